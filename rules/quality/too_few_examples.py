"""too-few-examples: fewer usable training pairs than tuning needs.

Pairs of the training part where the data are split, else all usable ones. It blocks; whether it can be waived depends
on the number and on what has been measured, since a waiver should rest on more than hope: what the best prompt reaches,
and what more rows would bring.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import CurveFacts, DataFacts, Facts, SplitFacts
from rules.rule import Hit, Limits, Rule, Threshold

WAIVE = (
    "Collect more clean pairs. Or try the prompts (step 3) and measure what more rows would bring (`tunewise curve "
    "PROJECT`); then the expert may run `tunewise waive PROJECT too-few-examples --by NAME --why TEXT`."
)

RULE = Rule(
    id="too-few-examples",
    family="quality",
    step="data",
    severity="block",
    levels=(
        "block below 1,000, and no waiver below 200; from 200 upwards prompts may be tried first, and once these and a "
        "learning curve are measured it can be waived"
    ),
    problem="There are too few usable examples to learn from.",
    why=(
        "From few examples the model learns what these happen to have in common instead of the task, and too few are "
        "left over for a test that could show it."
    ),
    fix=(
        "Collect more clean pairs of input and answer, 1,000 to 5,000 in the end; until then a good prompt with a few "
        "examples in it usually does better."
    ),
    needs=("data",),
    thresholds={
        "enough": Threshold(
            1000,
            "training pairs",
            "LIMIT (arXiv 2311.13133): 1,000-6,000 samples are enough; LIMA (arXiv 2305.11206): 1,000 curated",
        ),
        "waivable_from": Threshold(
            200,
            "training pairs",
            "Azure fine-tuning guidance: 200-500 is where narrow tasks start to work",
        ),
        "never_below": Threshold(
            50,
            "training pairs",
            "OpenAI fine-tuning guide: gains begin at 50-100 examples; where `waivable_from` is set lower, this holds",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=400, usable_rows=400)),
    quiet_on=Facts(
        data=DataFacts(rows=2000, usable_rows=1900),
        split=SplitFacts(train=1500, validation=200, test=200),
    ),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    count = facts.split.train if facts.split else facts.data.usable_rows
    if count >= limits.enough:
        return
    waivable_from = max(limits.waivable_from, limits.never_below)
    wanted = _still_to_measure(facts)
    if count < limits.never_below:
        how = f"Below {limits.never_below:,.0f} this cannot be waived."
    elif count < waivable_from:
        how = f"A waiver is possible from {waivable_from:,.0f} pairs upwards."
    elif wanted:
        how = f"The named expert may waive this once you have measured {' and '.join(wanted)}."
    else:
        how = f"The prompts are tried and {_curve_says(facts.curve)}, so the named expert may waive this in writing."
    held_out = f" (of {facts.data.usable_rows:,}: the others are held out for the tests)" if facts.split else ""
    yield Hit(
        f"{count:,} usable training pairs{held_out}; {limits.enough:,.0f} are wanted. {how}",
        measured=count,
        threshold=limits.enough,
        unit="training pairs",
        waivable=count >= waivable_from and not wanted,
        gate="signoff" if count >= waivable_from else None,  # so that the prompts can be tried, which a waiver asks for
        fix=WAIVE if count >= waivable_from else None,
    )


def _still_to_measure(facts: Facts) -> list[str]:
    wanted = []
    if facts.trials is None:
        wanted.append("what the best prompt reaches without tuning (step 3)")
    if facts.curve is None or (facts.curve.flat is None and not facts.curve.measured):
        wanted.append("what more rows would bring (learning curve)")
    return wanted


def _curve_says(curve: CurveFacts | None) -> str:
    assert curve
    whose = "the model's learning curve" if curve.measured else "the learning curve of a quick learner (estimate)"
    says = {
        True: "says that more rows would hardly help",
        False: "says that more rows would help",
        None: "cannot tell whether more would help",
    }
    return f"{whose} {says[curve.flat]}"
