"""prompt-not-tried: fewer than three measured ways of prompting the chosen base model.

The trivial baseline is no prompt and does not count. That one of them has examples in it is advised, not checked.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import ArmFacts, Facts, ModelFacts, TrialsFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.trial_cases import BASELINE, BEST

BARE = ArmFacts("bare", "bare", "free", 0.18, 0.13, 0.24, 200)
"""The bare question, right in 18 %."""
SHOTS = ArmFacts("4 examples", "few-shot", "free", 0.48, 0.41, 0.55, 200)
"""A prompt with four examples in it, right in 48 %."""

RULE = Rule(
    id="prompt-not-tried",
    family="prompt",
    step="prompt",
    severity="block",
    problem="Too few prompts have been tried.",
    why="A better prompt costs minutes and often does the job; without measuring it nobody knows what tuning adds.",
    fix=(
        "Measure at least three prompts, one of them with examples in it (few-shot), on the base model you "
        "mean to tune: `tunewise prompt`."
    ),
    needs=("trials",),
    thresholds={
        "fewest_ways": Threshold(
            3,
            "ways of prompting",
            "our choice: bare, your own and an improved prompt are three",
        ),
    },
    fires_on=Facts(trials=TrialsFacts("small", (BASELINE, BEST), BASELINE, BEST, True)),
    quiet_on=Facts(
        trials=TrialsFacts("small", (BASELINE, BARE, BEST, SHOTS), BASELINE, BEST, True),
        model=ModelFacts("small", 0.1, 2048, 300),
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.trials
    ways = {arm.name for arm in facts.trials.arms if arm.kind != "trivial"}
    if len(ways) < limits.fewest_ways:
        yield Hit(
            f"Measured ways of prompting {facts.trials.model}: {len(ways)}; "
            f"at least {limits.fewest_ways:.0f} are asked for.",
            measured=len(ways),
            threshold=limits.fewest_ways,
            unit="ways of prompting",
        )
    if facts.model and facts.model.name != facts.trials.model:
        yield Hit(
            f"The prompts were measured on {facts.trials.model}, but the plan takes {facts.model.name}.",
            measured=0,
            threshold=limits.fewest_ways,
            unit="ways of prompting",
            gate="signoff",  # so that the plan can still be changed back
        )
