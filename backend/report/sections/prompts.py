"""Prompt first: what asking well achieves without any tuning."""

from __future__ import annotations

from backend.report.charts import Bar, bars
from backend.report.given import ReportInput
from backend.report.page import Section, Table, score_words
from rules.facts import ArmFacts

KINDS = {"bare": "no prompt", "prompt": "prompt", "few-shot": "prompt with solved examples", "trivial": "rule of thumb"}
READ = {"free": "written freely", "labels": "picked among the labels", "none": "no model"}


def section(given: ReportInput) -> Section | None:
    """Scores on the validation rows; the test rows were not touched for this."""
    trials = given.trials
    if trials is None:
        return None
    facts = trials.facts
    beats = {True: "yes", False: "no, it is worse", None: "can't tell"}[facts.beats_baseline]
    arms = (facts.baseline, *facts.arms)
    metric = given.metric or "score"
    return Section(
        id="prompts",
        title="Prompt first",
        words=(f"Every way of asking was measured with {trials.model} on validation rows, beside a rule of thumb.",),
        facts=(("Best way of asking", trials.best), ("Better than the rule of thumb", beats)),
        charts=(bars(f"Prompts on validation rows, {metric}", [_bar(arm, trials.best) for arm in arms]),),
        tables=(
            Table(
                "Ways of asking",
                ("Name", "Kind", "Answers", f"{metric} (95% interval, rows)"),
                tuple((arm.name, KINDS[arm.kind], READ[arm.decoding], _score(arm)) for arm in arms),
            ),
        ),
    )


def _bar(arm: ArmFacts, best: str) -> Bar:
    kind = "trivial" if arm.kind == "trivial" else "best" if arm.name == best else "base"
    return Bar(arm.name, arm.value, arm.low, arm.high, kind)


def _score(arm: ArmFacts) -> str:
    return score_words({"value": arm.value, "low": arm.low, "high": arm.high, "rows": arm.rows})
