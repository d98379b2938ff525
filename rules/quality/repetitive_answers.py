"""repetitive-answers: free-text answers that say the same thing over and over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rules.facts import DataFacts, Facts
from rules.rows_found import rows_found
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import percent

RULE = Rule(
    id="repetitive-answers",
    family="quality",
    step="data",
    severity="warn",
    problem="The answers are very much alike, or repeat themselves.",
    why=(
        "If one phrase or template dominates, the model learns the phrase and not the task; answers that repeat "
        "themselves teach it to get stuck in a loop."
    ),
    fix=(
        "Rewrite or drop the repeated answers and add answers in other words; if there are only a few possible "
        "answers, set the task type to classify (step 1, Goal)."
    ),
    needs=("data.top_answer_share",),
    thresholds={
        "top_share": Threshold(
            0.20,
            "share of answers",
            "our choice: in free text one answer in five being the same is a template",
        ),
        "distinct_bigrams": Threshold(
            0.10,
            "share of word pairs, 0–1",
            "our choice; the measure is distinct-2, Li et al. 2016 (arXiv 1510.03055)",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, top_answer_share=0.4, distinct_bigrams=0.05)),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, top_answer_share=0.01, distinct_bigrams=0.6)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    """One finding says all: a rule's rows stand in one place, however many things it saw."""
    assert facts.data and facts.data.top_answer_share is not None
    top, distinct = facts.data.top_answer_share, facts.data.distinct_bigrams
    looping = rows_found("Answers that say the same words again and again", facts.data.looping, facts.data.rows)
    hits = [replace(hit, fix="Delete or rewrite the rows named.") for hit in looping]
    if top > limits.top_share:
        hits.append(
            Hit(
                f"One and the same answer makes up {percent(top)} of all answers.",
                measured=top,
                threshold=limits.top_share,
                unit="share of answers",
                rows=facts.data.top_answer_rows,
            )
        )
    if distinct is not None and distinct < limits.distinct_bigrams:
        hits.append(
            Hit(
                f"Of all pairs of neighbouring words in the answers only {percent(distinct)} are different, the rest "
                "are repeats (distinct-2, of up to 100,000 pairs from 2,000 answers).",
                measured=distinct,
                threshold=limits.distinct_bigrams,
                unit="share of word pairs, 0–1",
            )
        )
    if hits:
        rows = tuple(sorted({row for hit in hits for row in hit.rows}))
        fix = hits[0].fix if len(hits) == 1 else None
        yield replace(hits[0], message=" ".join(hit.message for hit in hits), rows=rows, fix=fix)
