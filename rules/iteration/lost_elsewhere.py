"""lost-elsewhere: the general probe falls clearly below the base model (forgetting)."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DifferenceFacts, EvaluationFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import points

RULE = Rule(
    id="lost-elsewhere",
    family="iteration",
    step="evaluate",
    gate="serve",
    severity="warn",
    waivable=True,
    levels="warn when the drop is more than chance (significant); block when it is also above 10 points",
    problem="The model has lost abilities it had before.",
    why=(
        "Tuning on one narrow task can push out others (forgetting), which matters as soon as anybody asks "
        "something else."
    ),
    fix=(
        "Let training change the model less (a lower learning rate, fewer steps or a smaller adapter), or mix general "
        "examples into the data. If it will only ever be asked this one task, the expert may waive it."
    ),
    needs=("evaluation.probe_drop",),
    thresholds={
        "block_drop": Threshold(
            0.10,
            "drop of the probe score, fraction",
            "our choice: 10 points, as for weak slices",
        ),
    },
    fires_on=Facts(
        evaluation=EvaluationFacts(
            0.8, (), probe_drop=DifferenceFacts("probe", "base", -0.08, -0.14, -0.02, 0.01, "worse", 100)
        )
    ),
    quiet_on=Facts(
        evaluation=EvaluationFacts(
            0.8, (), probe_drop=DifferenceFacts("probe", "base", -0.01, -0.05, 0.03, 0.6, "can't tell", 100)
        )
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.evaluation and facts.evaluation.probe_drop
    drop = facts.evaluation.probe_drop
    blocks = drop.difference < -limits.block_drop
    if drop.verdict == "worse":
        yield Hit(
            f"On general questions the tuned model differs from the base model by {points(drop.difference)} "
            f"(95% interval {points(drop.low, drop.high)}, {drop.rows:,} questions).",
            measured=drop.difference,
            threshold=-limits.block_drop if blocks else 0,
            unit=drop.metric,
            severity="block" if blocks else "warn",
        )
