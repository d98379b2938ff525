"""weak-slice: a part of the test rows scores far below the whole."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import EvaluationFacts, Facts, SliceFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import percent

RULE = Rule(
    id="weak-slice",
    family="iteration",
    step="evaluate",
    severity="warn",
    problem="The model is much weaker on some kinds of input.",
    why="A good average hides it, but the people with these inputs meet it every time.",
    fix=(
        "Read the mistakes of this part, collect more rows of its kind, add them as a new data version and train again."
    ),
    needs=("evaluation",),
    thresholds={
        "fewest_rows": Threshold(10, "rows of the slice", "our choice: fewer rows show nothing"),
        "gap": Threshold(0.10, "below the whole, fraction", "our choice: 10 points"),
    },
    fires_on=Facts(evaluation=EvaluationFacts(0.8, (), (SliceFacts("long mails", 0.55, 0.4, 0.7, 40),))),
    quiet_on=Facts(evaluation=EvaluationFacts(0.8, (), (SliceFacts("long mails", 0.78, 0.63, 0.88, 40),))),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.evaluation
    whole = facts.evaluation.whole
    for part in facts.evaluation.slices:
        if part.rows >= limits.fewest_rows and whole - part.value >= limits.gap:
            yield Hit(
                f"“{part.name}”: {percent(part.value)} (95% interval {percent(part.low)} to {percent(part.high)}, "
                f"{part.rows:,} rows) against {percent(whole)} on the whole.",
                measured=whole - part.value,
                threshold=limits.gap,
                unit="below the whole",
            )
