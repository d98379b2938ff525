"""rows-too-long: rows longer than the model's context or the planned length."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ModelFacts, Rows
from rules.rule import Hit, Limits, Rule, Severity

RULE = Rule(
    id="rows-too-long",
    family="quality",
    step="plan",
    severity="warn",
    levels="warn; block for rows whose answer is cut away entirely",
    problem="Some rows are longer than training will read (the planned length).",
    why=(
        "What does not fit is cut off without a word: the model never sees it, or learns from an answer "
        "without its end."
    ),
    fix=(
        "Raise the planned length if memory allows, shorten or split these rows, or choose a model with a "
        "longer context; `tunewise plan` shows the effect."
    ),
    needs=("model",),
    fires_on=Facts(
        model=ModelFacts("small", 0.1, 2048, 900, rows_too_long=(4, 9), rows_answer_cut=(9,), planned_tokens=512),
    ),
    quiet_on=Facts(model=ModelFacts("small", 0.1, 2048, 300, planned_tokens=512)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.model
    longest = min(facts.model.planned_tokens or facts.model.context_tokens, facts.model.context_tokens)
    cut = set(facts.model.rows_answer_cut)
    partly = tuple(row for row in facts.model.rows_too_long if row not in cut)
    kinds: tuple[tuple[Severity, Rows, str], ...] = (
        ("block", facts.model.rows_answer_cut, "the answer is cut away entirely, so nothing is learnt from them"),
        ("warn", partly, "part of the text is cut away"),
    )
    for severity, rows, what in kinds:
        if rows:
            yield Hit(
                f"Rows longer than {longest:,} word pieces (tokens): {len(rows):,}; {what}.",
                measured=len(rows),
                threshold=0,
                unit="rows",
                rows=rows,
                severity=severity,
            )
