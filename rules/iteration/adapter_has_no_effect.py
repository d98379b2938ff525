"""adapter-has-no-effect: the tuned model's outputs equal the base model's."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, RunFacts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="adapter-has-no-effect",
    family="iteration",
    step="train",
    severity="block",
    problem="Training has not changed the model.",
    why=(
        "What was trained is not in use: it was not saved, not loaded, or attached to the wrong place, and "
        "every later test would compare the base model with itself."
    ),
    fix=(
        "Look at the run's log (`tunewise follow`): did the error (loss) fall, were the steps larger than zero "
        "(learning rate), and which parts of the model (layers) were trained? Then train again."
    ),
    needs=("run.largest_logit_change",),
    thresholds={
        "smallest_change": Threshold(
            0.000001,
            "logits",
            "our choice: the same model on the same input gives zero; leaves room for rounding only",
        ),
    },
    fires_on=Facts(run=RunFacts(300, True, 4, 0.4, 0.45, 0.44, True, largest_logit_change=0.0)),
    quiet_on=Facts(run=RunFacts(300, True, 4, 0.4, 0.45, 0.44, True, largest_logit_change=3.2)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.run and facts.run.largest_logit_change is not None
    change = facts.run.largest_logit_change
    if change <= limits.smallest_change:
        yield Hit(
            "On the same texts the tuned and the base model give the same score to every word "
            f"(largest logit change {change:.2g}).",
            measured=change,
            threshold=limits.smallest_change,
            unit="logits",
        )
