"""base-model-too-weak: no prompt beats a trivial baseline, and a short training probe does not change that."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import ArmFacts, Facts, TrialsFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import percent, points

BASELINE = ArmFacts("commonest answer", "trivial", "none", 0.52, 0.45, 0.59, 200)
BEST = ArmFacts("improved prompt", "prompt", "labels", 0.63, 0.56, 0.69, 200)

RULE = Rule(
    id="base-model-too-weak",
    family="prompt",
    step="prompt",
    severity="block",
    waivable=True,
    problem="This base model does not seem to understand the task.",
    why="Tuning sharpens what a model can already do a little; it seldom creates an ability that is not there.",
    fix=(
        "Try a base model that knows your domain better or is one size larger, or let the answer be chosen "
        "among the labels; then run `tunewise prompt` again."
    ),
    needs=("trials",),
    thresholds={
        "probe_gain": Threshold(
            0,
            "gain of the probe, fraction",
            "our choice: any gain from some dozen steps shows that the model can learn it",
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
        "A short training probe has not been run; it may show that the model can learn it."
        if gain is None
        else f"A short training probe changed the score by {points(gain)}."
    )
    yield Hit(
        f"The best prompt reaches {percent(best.value)} (95% interval {percent(best.low)} to {percent(best.high)}, "
        f"{best.rows:,} rows); without any model, “{baseline.name}” reaches {percent(baseline.value)}, "
        f"and the comparison does not show the prompt to be better. {probe}",
        measured=best.value,
        threshold=baseline.value,
        unit="score",
    )
