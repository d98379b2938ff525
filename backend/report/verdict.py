"""Go, no-go or not yet, and why in plain words: a pure function of what the project has shown."""

from __future__ import annotations

from typing import Literal

from backend.domain import Contrast
from backend.evaluation.compare import PROMPT, TUNED, in_words
from backend.report.given import ReportInput
from rules.rule import Finding
from rules.wording import percent

Conclusion = Literal["go", "no-go", "not yet"]

HEADLINES: dict[Conclusion, str] = {
    "go": "Go: the tuned model may be put to use.",
    "no-go": "No-go: don't put this model to use.",
    "not yet": "Not yet: something is still missing.",
}

LATENCY_RULE = "misses-latency-target"


def verdict(given: ReportInput) -> tuple[Conclusion, tuple[str, ...]]:
    """The conclusion and its reasons, the weightiest first.

    no-go: a block is open that nobody waived, the latency test failed without a waiver, or the target is clearly
    missed (the whole 95% interval is under it). not yet: a step is missing or out of date, a rule is broken, the
    latency test or the target can't be told. Else go.
    """
    against = _against(given)
    if against:
        return "no-go", tuple(against)
    missing = _missing(given)
    if missing:
        return "not yet", tuple(missing)
    return "go", tuple(_in_favour(given))


def open_blocks(given: ReportInput) -> tuple[Finding, ...]:
    """Blocking findings without a waiver. What can't be waived stays open whatever waiver there is."""
    return tuple(
        finding
        for one in given.verdicts
        for finding in one.findings
        if finding.severity == "block" and not (finding.waivable and finding.rule in given.waived)
    )


def primary_contrast(given: ReportInput, first: str = PROMPT) -> Contrast | None:
    """Tuned against the best prompt (or `first`) on the primary metric."""
    found = given.evaluation.comparisons if given.evaluation else ()
    return next((c for c in found if c.primary and c.first == first and c.second == TUNED), None)


def tuned_score(given: ReportInput) -> dict[str, float] | None:
    """Value, low, high, rows of the tuned model on the primary metric."""
    return given.evaluation.arms[-1].metrics.get(given.metric) if given.evaluation else None


def _against(given: ReportInput) -> list[str]:
    found = [f"{finding.message} {finding.fix} [{finding.rule}]" for finding in open_blocks(given)]
    told = {finding.rule for finding in open_blocks(given)}
    latency = given.latency
    if latency and latency.report["verdict"] == "fail" and LATENCY_RULE not in {*told, *given.waived}:
        found.append(f"The latency test failed: {latency.report['because']}")
    score, target = tuned_score(given), given.goal.target if given.goal else None
    if score and target is not None and score["high"] < target:
        found.append(f"The target of {percent(target)} is missed: {_score(given, score)}.")
    return found


def _missing(given: ReportInput) -> list[str]:
    steps = (
        ("goal", given.goal),
        ("data, audit and split", given.dataset and given.audit and given.split),
        ("prompt trials", given.trials),
        ("plan", given.plan),
        ("expert's signature", given.signoff),
        ("training run", given.run),
        ("evaluation on the test rows", given.evaluation),
        ("deployment", given.deployment),
        ("latency test", given.latency),
    )
    undone = [name for name, record in steps if record is None]
    found = [f"Not done yet, or out of date: {', '.join(undone)}."] if undone else []
    broken = [one.rule.id for one in given.verdicts if one.state == "broken"]
    if broken:
        found.append(f"These rules are broken and vouch for nothing: {', '.join(broken)}.")
    latency = given.latency
    if latency and latency.report["verdict"] in ("borderline", "invalid"):
        found.append(f"The latency test can't tell ({latency.report['verdict']}): {latency.report['because']}")
    score, target = tuned_score(given), given.goal.target if given.goal else None
    if score and target is not None and score["value"] < target <= score["high"]:
        found.append(f"Whether the target of {percent(target)} is met can't be told: {_score(given, score)}.")
    return found


def _in_favour(given: ReportInput) -> list[str]:
    found = []
    contrast = primary_contrast(given)
    if contrast:
        found.append(f"Tuned against the best prompt on the base model, {contrast.metric}: {in_words(contrast)}.")
    score, target = tuned_score(given), given.goal.target if given.goal else None
    if score and target is not None:
        sure = "" if score["low"] >= target else " The interval reaches below the target, so this is likely, not sure."
        found.append(f"The target of {percent(target)} is met: {_score(given, score)}.{sure}")
    if given.latency:
        found.append(f"Latency: {given.latency.report['because']}")
    if given.waivers:
        found.append(f"Waived in writing: {', '.join(sorted(given.waived))}; see Gates for who and why.")
    if given.stand_ins:
        done = ", ".join(given.stand_ins)
        found.append(f"Done by the demo, not by a person: {done}. Have people do it before real use.")
    return found


def _score(given: ReportInput, score: dict[str, float]) -> str:
    return (
        f"{given.metric} {percent(score['value'])} "
        f"(95% interval {percent(score['low'])} to {percent(score['high'])}, {int(score['rows']):,} test rows)"
    )
