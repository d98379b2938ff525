"""What the chat advisor may look at: read-only views of one project, as text with numbers from its facts.

No tool changes anything, and none ever will: changes and signatures are a person's act, elsewhere.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from advisor.lookup import explain, find_rule, find_term
from advisor.run_words import under_way
from advisor.words import (
    STATE_WORDS,
    STEP_TITLES,
    VERDICT_WORDS,
    contrast,
    count_of,
    duration,
    finding_words,
    findings_of,
    one_line,
    printable,
    rule_named,
    score,
    standing_line,
)
from advisor.words import next_step as next_in_words
from backend.domain import Evaluation, LatencyRecord, Plan, PromptTrials
from backend.workbench import Workbench

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from rules.facts import DataFacts
    from rules.rule import Finding

MOST_ROWS, LONGEST_TEXT, MOST_FINDINGS = 20, 300, 12
SECRET_RULES = ("secrets", "personal-data")


class Tools:
    """The tools of one project. Their names, arguments and docstrings are what a chat model is shown."""

    def __init__(self, workbench: Workbench) -> None:
        self.workbench = workbench

    def all(self) -> list[BaseTool]:
        """Every tool, for a chat model to be bound to."""
        from langchain_core.tools import StructuredTool

        functions = (
            self.where_do_i_stand, self.next_step, self.list_findings, self.explain_finding, self.rows_of_finding,
            self.explain_term, self.scores, self.plan_settings, self.training_progress, self.latency_result,
        )
        return [StructuredTool.from_function(function) for function in functions]

    def where_do_i_stand(self) -> str:
        """The state of the project's ten steps, and how much stops the person or needs a look."""
        now = self.workbench.standing()
        lines = [f"{n}. {STEP_TITLES[step.step]}: {STATE_WORDS[step.state]}" for n, step in enumerate(now.steps, 1)]
        return "\n".join([f"Project {self.workbench.project.name}. {standing_line(now)}", *lines])

    def next_step(self) -> str:
        """What the person should do next, and the commands for it."""
        words, commands = next_in_words(self.workbench.standing(), self.workbench.project.id)
        return "\n".join([words, "On the command line:", *(f"  {command}" for command in commands)])

    def list_findings(self, severity: Literal["all", "block", "warn", "note"] = "all") -> str:
        """The open findings, worst first: all of them, or only what blocks, warns or is a note."""
        now = self.workbench.standing()
        found = [f for f in findings_of(now.verdicts) if severity in ("all", f.severity)]
        if severity == "block":
            found = [finding for finding in found if finding.rule not in now.waived]
        if not found:
            nothing = {"block": "Nothing blocks you.", "warn": "No warnings.", "note": "No notes."}
            return nothing.get(severity, "Nothing was found in what has been measured so far.")
        lines = [f"{f.rule} ({VERDICT_WORDS[f.severity]}): {f.message}" for f in found[:MOST_FINDINGS]]
        if len(found) > MOST_FINDINGS:
            lines.append(f"… and {len(found) - MOST_FINDINGS} more.")
        if severity == "block":
            name = self.workbench.project.name
            lines += ["What to do:", *(f"{f.rule}: {finding_words(f, name).fix}" for f in found[:3])]
        return "\n".join(lines)

    def explain_finding(self, rule: str = "") -> str:
        """What one rule found in this project, why it matters and what to do. Without a rule: the worst finding."""
        now = self.workbench.standing()
        name = self._rule(rule)
        if name is None:
            if rule:
                return f"There is no rule called {one_line(rule)!r}. `tunewise rules` lists them all."
            return "Nothing was found in what has been measured so far."
        found = [finding for finding in findings_of(now.verdicts) if finding.rule == name]
        if not found:
            verdict = next(v for v in now.verdicts if v.rule.id == name)
            known = verdict.rule
            return (
                f"{name}: {VERDICT_WORDS[verdict.state]}. It looks for this: {known.problem} "
                f"Why it matters: {known.why} What would help: {known.fix}"
            )
        words = finding_words(found[0], self.workbench.project.name)
        lines = [f"{words.rule} ({words.label}): {words.title}", *(finding.message for finding in found)]
        if words.rows:
            lines.append(f"It is about {words.rows}.")
        lines += [f"Why it matters: {words.why}", f"What to do: {words.fix}"]
        if name in now.waived:
            lines.append(f"Set aside by {now.waived[name].by}: {now.waived[name].why}")
        elif words.waivable:
            lines.append("The expert may set this block aside, in writing.")
        return "\n".join(lines)

    def rows_of_finding(self, rule: str = "", count: int = 5) -> str:
        """Some rows a finding is about, quoted as data. Rows with secrets or personal data are not shown."""
        now = self.workbench.standing()
        name = self._rule(rule, with_rows=True)
        found = [finding for finding in findings_of(now.verdicts) if finding.rule == name and finding.rows]
        if not found:
            return f"No rows: {name or 'no finding'} names none in this project."
        rows = found[0].rows
        shown = rows[: max(1, min(count, MOST_ROWS))]
        lines = [f"{name} is about {count_of(len(rows), 'row')}, counted from 0, the file's first record. For example:"]
        facts = now.facts.data
        examples = {example.row: example for example in self.workbench.examples(shown)}
        for row in shown:
            example = examples.get(row)
            if example is None:
                lines.append(f"row {row}: {_why_unreadable(facts, row)}")
            elif name in SECRET_RULES or (facts and row in {*facts.secrets, *facts.personal}):
                lines.append(f"row {row}: not shown here, because it holds personal data or a secret")
            else:
                lines.append(f"row {row}: input {_quoted(example.input)}, answer {_quoted(example.answer)}")
        return "\n".join(lines)

    def explain_term(self, term: str) -> str:
        """What a technical term means and why it matters, in plain words."""
        found = explain(term)
        return f"{found[0]}: {found[1]}" if found else f"The glossary has no entry for {one_line(term, 40)!r}."

    def scores(self) -> str:
        """The measured scores with their intervals, and whether the tuned model is better; else the prompt trials."""
        project = self.workbench.project
        evaluation, trials = project.fresh(Evaluation), project.fresh(PromptTrials)
        if evaluation:
            names = ("Base model, bare", "Base model, best prompt", "Tuned model")
            lines = ["On the sealed test rows:"]
            for name, arm in zip(names, evaluation.arms, strict=True):
                lines.append(f"{name}: {'; '.join(score(metric, each) for metric, each in arm.metrics.items())}")
            return "\n".join(lines + [contrast(one) for one in evaluation.comparisons if one.primary])
        if trials:
            metric = next(iter(trials.arms[0].metrics))
            lines = [f"No tuned model has been measured yet. Prompts on {trials.model}, on the validation rows:"]
            for arm in trials.arms:
                best = " (best)" if arm.prompt.name == trials.best else ""
                lines.append(f"{arm.prompt.name}{best}: {score(metric, arm.metrics[metric])}")
            return "\n".join(lines)
        return "Nothing has been measured yet. Scores come with the prompt trials (step 3) and the evaluation (step 7)."

    def plan_settings(self, reason: str = "") -> str:
        """The planned training settings, each with its reason; or only the one named in `reason`."""
        plan = self.workbench.project.fresh(Plan)
        if plan is None:
            return "There is no plan yet, or it is out of date: it is made in step 4."
        asked = (find_term(reason) or reason).lower().removeprefix("lora ").replace(" ", "_") if reason else ""
        named = [setting for setting in plan.settings if asked and asked in setting.name.lower()]
        lines = [f"Model {plan.model}, prompt {plan.prompt.name}."]
        lines += [f"{setting.name} = {setting.value}: {setting.reason}" for setting in named or plan.settings]
        return "\n".join(lines)

    def training_progress(self) -> str:
        """How the newest training run is: state, step, loss, best score, time left."""
        from backend.events import Failed, Progress, Validated

        run = self.workbench.run_state()
        if run is None:
            return "No training has been started yet."
        lines = [printable(under_way(run)) if run.state == "queued" else f"Run {run.run_id}: {run.state}."]
        steps = [event for event in run.events if isinstance(event, Progress)]
        if steps:
            last = steps[-1]
            left = f", about {duration(last.eta_s)} left" if run.state == "running" else ""
            lines.append(
                f"Step {last.step} of {last.of}, loss {last.loss:.3f}, {last.tokens_per_s:.0f} tokens/s{left}."
            )
        best = [event for event in run.events if isinstance(event, Validated) and event.best]
        if best:
            scored = "" if best[-1].score is None else f", {best[-1].metric} {best[-1].score:.1%}"
            lines.append(f"Best so far at step {best[-1].step}: validation loss {best[-1].loss:.3f}{scored}.")
        if run.events and isinstance(run.events[-1], Failed):
            failed = run.events[-1]
            lines.append(printable(f"{failed.what} {failed.do} The log: {failed.log}"))
        return "\n".join(lines)

    def latency_result(self) -> str:
        """The last latency test of the served model: waiting times level by level, and the verdict."""
        from backend.latency import LatencyReport

        record = self.workbench.project.fresh(LatencyRecord)
        if record is None:
            return "No latency has been measured yet, or it is out of date: it is part of step 9."
        done = LatencyReport.model_validate(record.report)
        lines = []
        for level in done.levels:
            times = [
                f"{words} p50 {found.p50:.0f} ms, p95 {found.p95:.0f} ms"
                for words, found in (("first word (TTFT)", level.ttft_ms), ("per token (TPOT)", level.tpot_ms))
                if found.p50 is not None and found.p95 is not None
            ]
            failed = f", {level.failed} failed" if level.failed else ""
            asked = f"{count_of(level.users, 'user')} at once, {level.requests} requests{failed}"
            lines.append(f"{asked}: {'; '.join(times)}")
        return "\n".join([*lines, f"{done.verdict}: {done.because}"])

    def _rule(self, rule: str, with_rows: bool = False) -> str | None:
        """The rule that is meant; for an empty name the worst finding's."""
        if rule:
            return rule if rule_named(rule) else find_rule(rule)
        now = self.workbench.standing()
        found: list[Finding] = [f for f in (*now.blocks, *findings_of(now.verdicts)) if f.rows or not with_rows]
        return found[0].rule if found else None


def _quoted(text: str) -> str:
    """One quoted line, so that a row can't look like anything but a row."""
    return json.dumps(one_line(text, LONGEST_TEXT), ensure_ascii=False)


def _why_unreadable(facts: DataFacts | None, row: int) -> str:
    reasons = dict((*facts.unreadable, *facts.broken_conversations)) if facts else {}
    return f"could not be read: {one_line(reasons[row])}" if row in reasons else "not in this version of the data"
