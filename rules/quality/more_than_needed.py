"""more-than-needed: more training pairs than such a task usually needs, and no sign that the last of them still help.

The pairs of the training part are counted, or all usable ones where the data are not split. A task is narrow unless the
goal says that it is complex. Where the learning curve says that more rows help, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="more-than-needed",
    family="quality",
    step="data",
    severity="warn",
    problem="There are more examples than the task needs.",
    why=(
        "Past a few thousand, extra rows of the same kind cost training time and bring in noise; a smaller, "
        "well-chosen set is often better."
    ),
    fix=(
        "Keep the cleanest and most varied few thousand rows: drop near copies, suspect answers and off-topic rows "
        "first. Or measure with the model itself whether more rows still help (its learning curve): `tunewise curve "
        "PROJECT`."
    ),
    needs=("data",),
    thresholds={
        "narrow_task": Threshold(
            5000,
            "training pairs",
            "LIMIT (arXiv 2311.13133): 1,000-6,000 are enough; AlpaGasus (arXiv 2307.08701): 9,000 chosen ones "
            "of 52,000 taught more than all",
        ),
        "complex_task": Threshold(50000, "training pairs", "H2O LLM Studio FAQ: 1,000-50,000 by complexity"),
    },
    fires_on=Facts(data=DataFacts(rows=9000, usable_rows=8800)),
    quiet_on=Facts(data=DataFacts(rows=3000, usable_rows=2900)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data
    count = facts.split.train if facts.split else facts.data.usable_rows
    is_complex = facts.goal is not None and facts.goal.complex_task
    most = limits.complex_task if is_complex else limits.narrow_task
    if count <= most or (facts.curve is not None and facts.curve.flat is False):
        return
    if facts.curve is None:
        seen = "nobody has measured whether the last thousands still help (no learning curve)"
    else:
        flat = "more rows hardly help any more (the learning curve is flat)"
        seen = flat if facts.curve.flat else "the learning curve cannot tell whether more rows help"
        learner = "the model itself" if facts.curve.measured else "a simple learner in the model's place"
        seen += f", measured with {learner}"
    yield Hit(
        f"{count:,} training pairs, above the {most:,.0f} that such a task usually needs, and {seen}.",
        measured=count,
        threshold=most,
        unit="training pairs",
    )
