"""repetitive-answers: free-text answers that say the same thing over and over."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import DataFacts, Facts
from rules.rule import Hit, Limits, Rule, Threshold
from rules.wording import of_rows, percent

RULE = Rule(
    id="repetitive-answers",
    family="quality",
    step="data",
    severity="warn",
    belief="More data is always better.",
    problem="The answers are very much alike, or repeat themselves.",
    why=(
        "If one phrase or template dominates, the model learns the phrase and not the task; from answers that go round "
        "in circles it learns to get stuck."
    ),
    fix=(
        "Rewrite or drop the stereotyped answers and add answers in other words; if there are only a few "
        "possible answers, set the task type to classify."
    ),
    needs=("data.top_answer_share",),
    thresholds={
        "top_share": Threshold(
            0.20,
            "share of answers",
            "our choice: in free text one answer in five being the same is a template",
        ),
        "distinct_bigrams": Threshold(
            0.10,
            "distinct pairs of words",
            "our choice; the measure is Li et al. 2016 (arXiv 1510.03055)",
        ),
    },
    fires_on=Facts(data=DataFacts(rows=100, usable_rows=100, top_answer_share=0.4, distinct_bigrams=0.05)),
    quiet_on=Facts(data=DataFacts(rows=100, usable_rows=100, top_answer_share=0.01, distinct_bigrams=0.6)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.data and facts.data.top_answer_share is not None
    top, distinct = facts.data.top_answer_share, facts.data.distinct_bigrams
    looping = facts.data.looping
    if looping:
        yield Hit(
            f"Answers that say the same words again and again: {of_rows(len(looping), facts.data.rows)}.",
            measured=len(looping),
            threshold=0,
            unit="rows",
            rows=looping,
        )
    if top > limits.top_share:
        yield Hit(
            f"One and the same answer makes up {percent(top)} of all answers.",
            measured=top,
            threshold=limits.top_share,
            unit="share of answers",
            rows=facts.data.top_answer_rows,
        )
    if distinct is not None and distinct < limits.distinct_bigrams:
        yield Hit(
            f"Of all pairs of neighbouring words in the answers, only {percent(distinct)} differ (distinct-2).",
            measured=distinct,
            threshold=limits.distinct_bigrams,
            unit="distinct-2",
        )
