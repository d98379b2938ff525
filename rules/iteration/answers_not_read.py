"""answers-not-read: too few sampled outputs read and marked by a person."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import EvaluationFacts, Facts, ReadingFacts
from rules.rule import Hit, Limits, Rule, Threshold

RULE = Rule(
    id="answers-not-read",
    family="iteration",
    step="evaluate",
    gate="serve",
    severity="block",
    levels="block; warn when the demonstration's stand-in marked them",
    problem="Hardly anybody has read what the model writes.",
    why="A score does not show tone, nonsense or harm; reading a few dozen answers does.",
    fix=(
        "Read and mark at least 30 sampled answers in step 7: `tunewise read PROJECT --out FILE` writes them out to be "
        "marked, `--from FILE` reads your marks."
    ),
    needs=("evaluation",),
    thresholds={
        "fewest_read": Threshold(
            30,
            "answers",
            "our choice: with 30 read, a fault in one answer of ten is seen with 96 % certainty",
        ),
    },
    fires_on=Facts(evaluation=EvaluationFacts(0.8, ()), reading=ReadingFacts(read=5)),
    quiet_on=Facts(evaluation=EvaluationFacts(0.8, ()), reading=ReadingFacts(read=40)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    read = facts.reading.read if facts.reading else 0
    if read < limits.fewest_read:
        yield Hit(
            f"Answers read and marked: {read:,}; at least {limits.fewest_read:.0f} are asked for.",
            measured=read,
            threshold=limits.fewest_read,
            unit="answers",
        )
    elif facts.reading and facts.reading.stand_in:
        yield Hit(
            f"{read:,} answers were marked by the demonstration's stand-in, not by a person.",
            measured=0,
            threshold=limits.fewest_read,
            unit="answers",
            severity="warn",
        )
