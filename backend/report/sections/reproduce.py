"""How to reproduce: the commands, the seeds, the settings really used, the versions, the hashes."""

from __future__ import annotations

import shlex
from pathlib import PurePath

from backend.report.given import ReportInput
from backend.report.page import Section, Table, number


def section(given: ReportInput) -> Section:
    """With the same file, model and versions these commands go the same way."""
    facts = [("Seed of the split", str(given.split.seed))] if given.split else []
    if given.journal_head:
        facts.append(("Head of the journal", given.journal_head))
    used = given.run.settings.items() if given.run else ()
    tables = (
        Table("Settings really used", ("Setting", "Value"), tuple((name, number(value)) for name, value in used)),
        Table("Versions", ("Package", "Version"), tuple(sorted(given.versions.items()))),
    )
    return Section(
        id="reproduce",
        title="How to reproduce",
        words=("The journal of reviews, signatures, waivers and votes is a chain of hashes: compare its head with the "
               "one printed here, and any later change shows.",) if given.journal_head else (),
        facts=tuple(facts),
        tables=tuple(table for table in tables if table.rows),
        code="\n".join(commands(given)),
    )


def commands(given: ReportInput) -> list[str]:
    """The command line of every step that was done, quoted for a shell."""
    name, goal, lines = given.name, given.goal, []
    if goal:
        asked = {"--task": goal.task, "--goal": goal.sentence, "--metric": goal.metric, "--target": goal.target,
                 "--smallest-gain": goal.smallest_gain, "--expert": goal.expert}
        options = [part for option, value in asked.items() if value not in (None, "") for part in (option, str(value))]
        lines.append(["tunewise", "new", name, *options])
    if given.dataset:
        lines.append(["tunewise", "data", name, PurePath(given.dataset.source_name).name])
    if given.trials:
        lines.append(["tunewise", "prompt", name, "--model", given.trials.model])
    if given.plan:
        lines.append(["tunewise", "plan", name])
    if given.signoff:
        lines += [["tunewise", "review", name], ["tunewise", "sign", name]]
    if given.run:
        lines.append(["tunewise", "train", name])
    if given.evaluation:
        lines.append(["tunewise", "evaluate", name])
    if given.deployment:
        lines.append(["tunewise", "serve", name])
    if given.latency and given.deployment:
        lines.append(["tunewise", "latency", given.deployment.endpoint, "--model", given.deployment.tuned_model])
    return [shlex.join(line) for line in [*lines, ["tunewise", "report", name]]]
