"""too-few-examples: fewer usable training pairs than tuning needs."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts, SplitFacts
from rules.rule import Hit, Limits, Rule, Threshold

WAIVE = (
    "Collect more clean pairs, or measure a learning curve (`tunewise curve PROJECT`) and the prompts (step 3); then "
    "the expert may run `tunewise waive PROJECT too-few-examples --by NAME --why TEXT`."
)

RULE = Rule(
    id="too-few-examples",
    family="quality",
    step="data",
    severity="block",
    levels="block below 1,000; can be waived from 200 on when a learning curve is measured; never below 50",
    belief="More data is always better.",
    problem="There are too few usable examples to learn from.",
    why=(
        "With few examples the model learns their accidents instead of the task, and no test on so few rows "
        "can show it."
    ),
    fix=(
        "Collect more clean pairs, aiming at 1,000 to 5,000; until then a good prompt with a few examples in "
        "it usually does better."
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
        "never_below": Threshold(50, "training pairs", "OpenAI fine-tuning guide: gains begin at 50-100 examples"),
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
    curve = facts.curve is not None
    gap = facts.trials is not None
    if count < limits.never_below:
        how = f"Below {limits.never_below:,.0f} this cannot be waived."
    elif count < limits.waivable_from:
        how = f"A waiver is possible from {limits.waivable_from:,.0f} on."
    elif curve:
        how = f"A learning curve is measured{_says(facts)}, so the named expert may waive this in writing"
        how += "." if gap else "; weigh it with what the best prompt reaches without tuning (step 3)."
    else:
        how = (
            "The named expert may waive this once it is measured what more rows would bring (learning curve) "
            "and what the best prompt reaches without tuning (baseline gap)."
        )
    yield Hit(
        f"{count:,} usable training pairs; {limits.enough:,.0f} are wanted. {how}",
        measured=count,
        threshold=limits.enough,
        unit="training pairs",
        waivable=count >= max(limits.waivable_from, limits.never_below) and curve,
        fix=WAIVE if count >= limits.waivable_from else None,
    )


def _says(facts: Facts) -> str:
    """What the curve says of more rows, where the model itself was measured."""
    if facts.curve is None or not facts.curve.measured:
        return ""
    return {
        True: " and says that more rows would hardly help",
        False: " and says that more rows would help",
        None: " and cannot tell whether more rows would help",
    }[facts.curve.flat]
