"""Gates: what the rules found, what was waived by whom and why, what passed and what was not asked."""

from __future__ import annotations

from backend.decisions import Waiver
from backend.report.given import ReportInput
from backend.report.page import Fold, Section, Table
from rules.judge import Verdict


def section(given: ReportInput) -> Section:
    """Every rule is somewhere in here."""
    by_state: dict[str, list[Verdict]] = {}
    for one in given.verdicts:
        state = "waived" if one.state in ("block", "warn") and _waived(one, given) else one.state
        by_state.setdefault(state, []).append(one)
    states = ("block", "waived", "warn", "passed", "not asked", "broken")
    counts = {state: len(by_state.get(state, ())) for state in states}
    tables = (
        _table("Open blocks: these stop the project", by_state.get("block", ())),
        _waivers(given, by_state.get("waived", ())),
        _table("Warnings", by_state.get("warn", ())),
        _table("Notes", by_state.get("note", ())),
        Table(
            "Broken rules: they vouch for nothing", ("Rule", "Trouble"),
            tuple((one.rule.id, one.trouble) for one in by_state.get("broken", ())),
        ),
        Table(
            "Thresholds this project changed", ("Rule", "Threshold", "Value"),
            tuple((rule, name, f"{value:g}") for rule, own in given.policy.items() for name, value in own.items()),
        ),
    )
    return Section(
        id="gates",
        title="Gates",
        words=(
            f"{len(given.verdicts)} rules: {counts['passed']} passed, {counts['block']} block, "
            f"{counts['waived']} waived, {counts['warn']} warn, {counts['not asked']} not asked yet (that is not "
            f"a pass), {counts['broken']} broken.",
        ),
        tables=tuple(table for table in tables if table.rows),
        folds=(
            Fold("Passed", tuple(f"{one.rule.id} – not so: {one.rule.problem}" for one in by_state.get("passed", ()))),
            Fold(
                "Not asked yet",
                tuple(f"{one.rule.id} – waits for: {_in_words(one.missing)}" for one in by_state.get("not asked", ())),
            ),
        ),
    )


def _in_words(paths: tuple[str, ...]) -> str:
    """`goal.smallest_gain` is "goal, smallest gain"."""
    return "; ".join(path.replace(".", ", ").replace("_", " ") for path in paths)


def _waived(one: Verdict, given: ReportInput) -> bool:
    return one.rule.id in given.waived and all(f.waivable for f in one.findings if f.severity == "block")


def _table(caption: str, verdicts: list[Verdict] | tuple[Verdict, ...]) -> Table:
    found = [(one.rule.id, finding.message, finding.fix) for one in verdicts for finding in one.findings]
    return Table(caption, ("Rule", "What was seen", "What to do"), tuple(found))


def _waivers(given: ReportInput, verdicts: list[Verdict] | tuple[Verdict, ...]) -> Table:
    blocking = {one.rule.id: one.findings[0].message for one in verdicts}
    rows = tuple((w.rule, blocking.get(w.rule, w.message), _by(w), w.why) for w in given.waivers)
    return Table("Waived blocks", ("Rule", "What was seen", "Waived by", "Why"), rows)


def _by(waiver: Waiver) -> str:
    return f"{waiver.by} – waived by the demo, not by a person" if waiver.stand_in else waiver.by
