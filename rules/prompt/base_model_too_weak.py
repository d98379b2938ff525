"""base-model-too-weak: no prompt beats a trivial baseline, and a short training probe does not change that."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, TrialsFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.trial_cases import BASELINE, BEST
from rules.wording import percent, points

RULE = Rule(
    id="base-model-too-weak",
    family="prompt",
    step="prompt",
    severity="block",
    waivable=True,
    problem="This base model does not seem to understand the task.",
    why="Tuning sharpens what a model can already do a little; it seldom creates an ability that is not there.",
    fix=(
        "Try a base model that knows your subject better or is one size larger, or let it choose among the possible "
        "answers (labels); then run `tunewise prompt` again."
    ),
    needs=("trials",),
    thresholds={
        "probe_gain": Threshold(
            0,
            "gain of the probe, fraction",
            "our choice: any gain from a few dozen steps shows that the model can learn it",
        ),
    },
    fires_on=Facts(trials=TrialsFacts("small", (BEST,), BASELINE, BEST, None, probe_gain=0.0)),
    quiet_on=Facts(trials=TrialsFacts("small", (BEST,), BASELINE, BEST, True)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.trials
    best, baseline, gain = facts.trials.best, facts.trials.baseline, facts.trials.probe_gain
    if facts.trials.beats_baseline or (gain is not None and gain > limits.probe_gain):
        return
    probe = (
        "A short training on trial (probe) has not been run; it may show that the model can learn it."
        if gain is None
        else f"A short training on trial (probe) changed the score by {points(gain)}."
    )
    yield Hit(
        f"The best prompt reaches {percent(best.value)} (95% interval {percent(best.low)} to {percent(best.high)}, "
        f"{best.rows:,} rows); without any model, “{baseline.name}” reaches {percent(baseline.value)}, "
        f"and the comparison does not show the prompt to be better. {probe}",
        measured=best.value,
        threshold=baseline.value,
        unit="score",
    )
