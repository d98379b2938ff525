"""vague-prompt: the prompt does not say what to do, in what form, within what limits, for whom."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, TrialsFacts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.trial_cases import BASELINE, BEST
from rules.wording import listed

ESSENTIAL = frozenset({"task", "output form"})
"""Parts without which a prompt is too vague to go on with, be it the only one missing: our choice."""

RULE = Rule(
    id="vague-prompt",
    family="prompt",
    step="prompt",
    severity="warn",
    waivable=True,
    levels=(
        "block when the task, the output form or two parts are missing, or words that can mean anything stand in it; "
        "warn when only the constraints or only the audience is missing"
    ),
    problem="The prompt leaves too much open.",
    why="Where the prompt is vague the model guesses, and tuning would only teach it to guess more surely.",
    fix=(
        "Say in the prompt what to do, what the answer looks like, what must not happen and who reads it; "
        "then measure it with `tunewise prompt`."
    ),
    needs=("trials.prompt_lacks",),
    thresholds={
        "most_missing": Threshold(
            1,
            "missing parts",
            "our choice; task, form, limits and audience are what the prompt guides of OpenAI (best practices for "
            "prompt engineering) and Anthropic (be clear and direct) ask for",
        ),
    },
    fires_on=Facts(
        trials=TrialsFacts(
            "small", (BEST,), BASELINE, BEST, True, ("task", "output form"), prompt_open_wording=("something nice",)
        )
    ),
    quiet_on=Facts(trials=TrialsFacts("small", (BEST,), BASELINE, BEST, True)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.trials and facts.trials.prompt_lacks is not None
    lacks, wording = facts.trials.prompt_lacks, facts.trials.prompt_open_wording
    if lacks:
        yield Hit(
            f"The best prompt does not say: {listed(lacks)}.",
            measured=len(lacks),
            threshold=0,
            unit="missing parts",
            severity="block" if ESSENTIAL.intersection(lacks) or len(lacks) > limits.most_missing else "warn",
        )
    if wording:
        shown = listed([f"“{phrase}”" for phrase in wording])
        yield Hit(
            f"Wording that can mean anything in the best prompt: {shown}.",
            measured=len(wording),
            threshold=0,
            unit="phrases",
            severity="block",
        )
