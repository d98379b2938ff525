"""prompt-already-enough: the best prompt meets the target without tuning."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, GoalFacts, TrialsFacts
from rules.rule import Hit, Limits, Rule
from rules.trial_cases import BASELINE, BEST
from rules.wording import percent

RULE = Rule(
    id="prompt-already-enough",
    family="prompt",
    step="prompt",
    severity="block",
    waivable=True,
    problem="A prompt alone already reaches your target.",
    why=(
        "A tuned model has to be trained, tested, served and renewed; if a prompt does the job, all of that "
        "is cost without gain."
    ),
    fix=(
        "Use the prompt as it is: that is a success. To go on, set a higher target with a reason, or have the "
        "expert waive this in writing."
    ),
    needs=("trials", "goal.target"),
    fires_on=Facts(
        goal=GoalFacts("classify", "Sort mails into spam and ham.", target=0.6),
        trials=TrialsFacts("small", (BEST,), BASELINE, BEST, True),
    ),
    quiet_on=Facts(
        goal=GoalFacts("classify", "Sort mails into spam and ham.", target=0.8),
        trials=TrialsFacts("small", (BEST,), BASELINE, BEST, True),
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.trials and facts.goal and facts.goal.target is not None
    best, target = facts.trials.best, facts.goal.target
    if best.value >= target:
        sure = "Even the lower end does" if best.low >= target else "The lower end does not, so it may be luck"
        yield Hit(
            f"“{best.name}” reaches {percent(best.value)} (95% interval {percent(best.low)} to {percent(best.high)}, "
            f"{best.rows:,} rows) and so meets the target of {percent(target)}. {sure}.",
            measured=best.value,
            threshold=target,
            unit="score",
        )
