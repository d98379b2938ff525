"""What people read, worded once: the command line, the app and the chat advisor all speak through this file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.why_here import why_here
from rules.rule import STEPS, Finding, Rule
from rules.wording import count_of, percent

if TYPE_CHECKING:
    from backend.audit.report import FindingReport
    from backend.domain import Contrast, Estimate
    from backend.errors import TunewiseError
    from backend.flow import Standing
    from rules.judge import Verdict

__all__ = [
    "AUDIT_VERDICTS",
    "FORMULA_STARTS",
    "HOW_TO",
    "SEVERITY_WORDS",
    "STATE_WORDS",
    "STEP_TITLES",
    "VERDICT_WORDS",
    "ErrorWords",
    "FindingWords",
    "contrast",
    "count_of",
    "counted",
    "duration",
    "error_words",
    "estimate_in_words",
    "figure",
    "finding_words",
    "findings_of",
    "metric_name",
    "next_step",
    "one_line",
    "printable",
    "rows_in_words",
    "rule_named",
    "safe_cell",
    "score",
    "standing_line",
    "step_to_do",
    "unsafe_cell",
    "verdict_line",
]

STEP_TITLES: dict[str, str] = {
    "goal": "Say what you want (goal)",
    "data": "Give and check your examples (data audit)",
    "prompt": "Try prompts first (prompt lab)",
    "plan": "Choose size and settings (plan)",
    "signoff": "Let the expert check and sign (sign-off)",
    "train": "Train (fine-tuning)",
    "evaluate": "Measure what it brought (evaluation)",
    "play": "Try both side by side (playground)",
    "serve": "Serve it and time it (latency test)",
    "report": "Write it all down (report)",
}
"""The ten steps in plain words, the term in brackets."""

HOW_TO: dict[str, tuple[str, ...]] = {
    "goal": ('tunewise goal {project} --goal "What the model should do, in one sentence" --metric … --target …',),
    "data": ("tunewise data {project} FILE",),
    "prompt": ("tunewise prompt {project} --model NAME",),
    "plan": ("tunewise plan {project}",),
    "signoff": ("tunewise review {project}", 'tunewise sign {project} --by NAME --statement "…"'),
    "train": ("tunewise train {project} --wait",),
    "evaluate": ("tunewise evaluate {project}", "tunewise read {project}"),
    "play": ('tunewise play {project} "some text"',),
    "serve": ("tunewise serve {project} --detach", "tunewise latency {project}"),
    "report": ("tunewise report {project}",),
}
"""The commands of each step; `{project}` is to be filled in."""

STATE_WORDS: dict[str, str] = {
    "done": "done",
    "out of date": "out of date: something it was made from has changed",
    "blocked": "blocked: something found here has to be put right",
    "next": "next",
    "waiting": "waiting for the steps before it",
    "optional": "whenever you like",
}
AUDIT_VERDICTS: dict[str, str] = {
    "pass": "Nothing was found that speaks against training on this data",
    "warn": "Usable, but look at this first",
    "block": "Don't train on this data as it is",
}
SEVERITY_WORDS: dict[str, str] = {"block": "stops you", "warn": "needs a look", "note": "good to know"}
VERDICT_WORDS: dict[str, str] = {
    **SEVERITY_WORDS,
    "passed": "fine",
    "not asked": "not asked yet",
    "broken": "could not be judged (our fault)",
}
ESTIMATES: dict[str, str] = {
    "train_memory": "Memory to train",
    "serve_memory": "Memory to serve",
    "train_speed": "Training speed",
    "train_hours": "Training time",
    "search_hours": "Search for better settings",
    "curve_hours": "To measure the learning curve",
    "ttft": "Wait for the first word (TTFT)",
    "tpot": "Time per further token (TPOT)",
}
METRICS: dict[str, str] = {
    "macro_f1": "macro-F1",
    "entity_f1": "entity F1",
    "rouge_l": "ROUGE-L",
    "bleu": "BLEU",
    "chrf": "chrF",
    "json_match": "JSON match",
}
"""The usual spelling of metrics, where it is not their name."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def printable(text: str) -> str:
    """Text of users and models without the control codes that could repaint a terminal or reverse its reading."""
    return _CONTROL.sub("�", text)


def one_line(text: str, most: int = 100) -> str:
    """Printable text on one line, at most `most` characters."""
    flat = " ".join(printable(text).split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def safe_cell(text: str) -> str:
    """Text for a spreadsheet cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unsafe_cell(cell: str) -> str:
    """The text that `safe_cell` made this cell of."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def rows_in_words(rows: Sequence[int], most: int = 10) -> str:
    """`rows 3, 7 and 12`, with `and 5 more` after `most`. Rows count from 0; empty for none."""
    if not rows:
        return ""
    shown = [str(row) for row in rows[:most]]
    if len(rows) > most:
        return f"rows {', '.join(shown)} and {len(rows) - most:,} more"
    return f"row {shown[0]}" if len(shown) == 1 else f"rows {', '.join(shown[:-1])} and {shown[-1]}"


def figure(value: float) -> str:
    """A measured or estimated figure to three digits: `1.89`, `26.8`, `1,630`."""
    if abs(value) < 999.5:
        return f"{value:.3g}"
    step = 10 ** (len(str(int(abs(value)))) - 3)
    return f"{round(value / step) * step:,}"


def estimate_in_words(one: Estimate) -> str:
    """`Memory to train: about 1.89 GiB (between 1.33 and 2.6; the formula)`."""
    name = ESTIMATES.get(one.name, one.name)
    between = f"between {figure(one.low)} and {figure(one.high)}"
    return f"{name}: about {figure(one.typical)} {one.unit} ({between}; {one.formula})"


def duration(seconds: float) -> str:
    """`under 1 s`, `40 s`, `3 min`, `2 h 5 min`."""
    whole = max(0, round(seconds))
    if seconds < 1:
        return "under 1 s"
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def metric_name(metric: str) -> str:
    """`macro-F1` for `macro_f1`."""
    return METRICS.get(metric, metric.replace("_", " "))


def score(metric: str, numbers: Mapping[str, float]) -> str:
    """`accuracy 81.3% (95% interval 77.1% to 84.8%, 400 rows)` from the contract's value, low, high, rows."""
    low, high = percent(numbers["low"]), percent(numbers["high"])
    rows = count_of(int(numbers["rows"]), "row")
    return f"{metric_name(metric)} {percent(numbers['value'])} (95% interval {low} to {high}, {rows})"


def contrast(found: Contrast) -> str:
    """`accuracy, tuned against prompt: better by 18.2 points (95% interval 13.1 to 23.4, 400 rows)`."""
    from backend.evaluation.compare import in_words

    return f"{metric_name(found.metric)}, {found.second} against {found.first}: {in_words(found)}"


@dataclass(frozen=True)
class FindingWords:
    """One finding as it is shown: `title` is the problem, `label` its severity in words, `rows` a phrase or empty."""

    rule: str
    title: str
    label: str
    message: str
    why: str
    fix: str
    rows: str
    waivable: bool


def rule_named(rule: str) -> Rule | None:
    """The rule with this id; None when there is none."""
    from rules.judge import all_rules

    return next((known for known in all_rules() if known.id == rule), None)


def finding_words(finding: Finding | FindingReport, project: str = "", task: str = "") -> FindingWords:
    """A finding of a project, or of the audit of a file, in words.

    In a `project` the commands are those of the project; with a `task` the reason says what it means there.
    """
    rule = rule_named(finding.rule)
    here = why_here(finding.rule, task)
    return FindingWords(
        rule=finding.rule,
        title=rule.problem if rule else finding.rule,
        label=SEVERITY_WORDS[finding.severity],
        message=finding.message,
        why=f"{finding.why} {here}" if here else finding.why,
        fix=_in_project(finding.fix, project) if project else finding.fix,
        rows=rows_in_words(finding.rows),
        waivable=isinstance(finding, Finding) and finding.waivable,
    )


def _in_project(fix: str, project: str) -> str:
    """The rules know files only; a project has a command of its own for the same, and a name."""
    name = project if re.fullmatch(r"[\w.-]+", project) else f'"{project}"'
    for there, here in (
        ("audit DATA --fix OUT", f"data {name} --fix"), ("audit DATA --test", f"data {name} FILE --test"),
        ("audit DATA", f"data {name}"), (" PROJECT ", f" {name} "),
    ):
        fix = fix.replace(there, here)
    return fix


def verdict_line(findings: Sequence[Finding] | Sequence[FindingReport], flawed: int, rows: int) -> str:
    """`Don't train on this data as it is: 3 things stop you, 4 need a look; 12 of 1,400 rows are affected.`"""
    blocks, warnings = (sum(found.severity == kind for found in findings) for kind in ("block", "warn"))
    parts = []
    if blocks:
        parts.append(f"{count_of(blocks, 'thing')} stop{'s' if blocks == 1 else ''} you")
    if warnings:
        many = f"{warnings}" if blocks else count_of(warnings, "thing")
        parts.append(f"{many} need{'s' if warnings == 1 else ''} a look")
    said = AUDIT_VERDICTS["block" if blocks else "warn" if warnings else "pass"]
    if not parts:
        return f"{said}."
    affected = f"; {flawed:,} of {count_of(rows, 'row')} {'is' if flawed == 1 else 'are'} affected" if flawed else ""
    return f"{said}: {', '.join(parts)}{affected}."


def counted(rows: int, here: int) -> str:
    """`12 rows, 3 of them counted under a worse finding already`; empty for a finding that names none."""
    elsewhere = f", {rows - here:,} of them counted under a worse finding already" if here < rows else ""
    return f"{count_of(rows, 'row')}{elsewhere}" if rows else ""


def findings_of(verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    """All findings, what blocks first, then warnings, then notes."""
    found = [finding for verdict in verdicts for finding in verdict.findings]
    return tuple(sorted(found, key=lambda finding: list(SEVERITY_WORDS).index(finding.severity)))


def standing_line(now: Standing) -> str:
    """`4 of 10 steps done. 1 thing stops you, 3 need a look.`"""
    done = sum(step.state == "done" for step in now.steps)
    parts = [f"{done} of {len(now.steps)} steps done."]
    if now.blocks:
        parts.append(f"{count_of(len(now.blocks), 'thing')} stop{'s' if len(now.blocks) == 1 else ''} you.")
    if now.warnings:
        parts.append(f"{count_of(len(now.warnings), 'thing')} need{'s' if len(now.warnings) == 1 else ''} a look.")
    if not now.blocks and not now.warnings:
        parts.append("Nothing is in the way.")
    return " ".join(parts)


def step_to_do(now: Standing) -> str:
    """The first step whose work is not done; the report when all is. What is blocked has been worked on."""
    return next((each.step for each in now.steps if each.state not in ("done", "blocked", "optional")), "report")


def next_step(now: Standing, project: str) -> tuple[str, tuple[str, ...]]:
    """What to do next in words, and the commands for it. A block comes first when it stops the step to do."""
    step = step_to_do(now)
    stopping = [finding for finding in now.blocks if STEPS.index(finding.gate) <= STEPS.index(step)]
    if stopping:
        worst = stopping[0]
        words = f"Put this right first: {worst.message} {_in_project(worst.fix, project)}"
        commands = [f"tunewise check {project}"]
        if worst.step == "data":
            commands.append(f"tunewise data {project} --preview   # then --fix, for what can be mended automatically")
        if worst.waivable:
            commands.append(f'tunewise waive {project} {worst.rule} --by EXPERT --why "…"')
        return words, tuple(commands)
    state = now.steps[STEPS.index(step)].state
    again = " It has to be done again, because something before it changed." if state == "out of date" else ""
    return f"Next: {STEP_TITLES[step]}.{again}", tuple(line.format(project=project) for line in HOW_TO[step])


@dataclass(frozen=True)
class ErrorWords:
    """An error as it is shown. `details` are one line each: where, why, what to do, or what blocks."""

    what: str
    details: tuple[str, ...]


def error_words(error: TunewiseError) -> ErrorWords:
    """What happened, where, why and what to do; for a blocked step everything that stands in its way."""
    from backend.audit.hide import hide
    from backend.errors import Blocked, InputError

    if isinstance(error, Blocked):
        lines = [f"First: {STEP_TITLES.get(name, name)}: not done, or out of date." for name in error.missing]
        for found in error.findings:
            lines.append(f"{found.rule}: {found.message} What to do: {_in_project(found.fix, 'PROJECT')}")
        return ErrorWords(f"This can't start yet: {STEP_TITLES[error.step]}.", tuple(printable(line) for line in lines))
    if isinstance(error, InputError):
        labelled = (("Where", error.where), ("Why", error.why), ("What to do", error.do))
        # What is wrong may quote the data; where it is names a file or a field, and has to stay as it is.
        shown = ((name, text if name == "Where" else hide(text)) for name, text in labelled if text)
        return ErrorWords(printable(hide(error.what)), tuple(printable(f"{name}: {text}") for name, text in shown))
    return ErrorWords(printable(str(error)), ())
