"""The page docs/rules.md, made from the headers of the rules: nobody edits it by hand.

Regenerate with `.venv/bin/python -m backend.rules_page > docs/rules.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rules.judge import all_rules
from rules.rule import STEPS, Family, Rule

FAMILIES: dict[Family, tuple[str, str]] = {
    "quality": (
        "Data quality",
        "A thousand to five thousand clean, on-topic pairs beat a huge noisy heap: noise, contradictions and bad "
        "formatting are learnt as well. Expect 60 to 70 % of the effort here.",
    ),
    "prompt": (
        "Prompt first",
        "Tuning refines, it does not create. Work on the prompt first and measure it, on a base model whose "
        "pre-training resembles your subject.",
    ),
    "size": (
        "The right size",
        "A small model often equals a huge one on a narrow task, at a fraction of training time, delay and cost.",
    ),
    "iteration": (
        "Measure and repeat",
        "Training, validation and test rows stay apart; the test is touched once; mistakes are read, understood and "
        "turned into better data for the next round.",
    ),
    "expertise": (
        "People who know the subject",
        "An expert says what good looks like, checks the data, explains the mistakes and signs.",
    ),
    "fairness": (
        "Fairness",
        "Tuning amplifies the bias in its data: look at who is represented and how before training, and at the "
        "answers after it.",
    ),
}
"""Family id to its title and what is true instead of its belief."""

STEP_NAMES = {
    "goal": "1 Goal",
    "data": "2 Data",
    "prompt": "3 Prompt first",
    "plan": "4 Right size",
    "signoff": "5 Expert sign-off",
    "train": "6 Train",
    "evaluate": "7 Evaluate",
    "play": "8 Playground",
    "serve": "9 Serve and latency",
    "report": "10 Report",
}

INTRODUCTION = """\
# The rules

<!-- Made from the headers in rules/ by `python -m backend.rules_page`; do not edit. -->

Tunewise asks these {count} questions again after every change. Each can have one of these answers:

| answer | what it means |
|---|---|
| **block** | The flow stops before a later step until this is mended. |
| **warn** | You may go on; the expert must acknowledge it when signing. |
| **note** | Good to know. |
| **passed** | Asked, and nothing found. |
| **not asked** | What the rule needs has not been measured yet. This never counts as passed. |
| **broken** | The rule itself failed: our fault, shown and never hidden. |

Where it says *can be waived*, the named expert may let a block pass in writing:
`tunewise waive PROJECT RULE --by NAME --why TEXT`. The waiver becomes part of the record and of the report.
Thresholds are defaults, each with its source; a project's policy may change them, and the report says so.
Row numbers start at 0, in the order of your file."""


def level(rule: Rule) -> str:
    """How severe a rule is and whether it can be waived, in one line."""
    if not rule.waivable:
        return rule.levels or rule.severity
    return f"{rule.levels}; a block can be waived" if rule.levels else f"{rule.severity}, can be waived"


def stops(rule: Rule) -> str:
    """Which step a block of this rule stops; nothing for a rule that never blocks."""
    blocks = "block" in (rule.levels or rule.severity)
    return f" A block stops step {STEP_NAMES[rule.gate]} and those after it." if blocks else ""


def section(rule: Rule) -> Iterator[str]:
    """The paragraphs of one rule, under an anchor named like it."""
    yield f'<a id="{rule.id}"></a>\n\n### `{rule.id}`'
    yield f"**{rule.problem}** Shown in step {STEP_NAMES[rule.step]}."
    about = (rule.why, rule.fix, f"{level(rule)}.{stops(rule)}")
    yield "\n".join(f"- *{name}:* {text}" for name, text in zip(("Why", "What to do", "Severity"), about, strict=True))
    if rule.thresholds:
        yield "Thresholds:"
        yield "\n".join(
            f"- `{name}` = {threshold.value:,g} {threshold.unit} ({threshold.source})"
            for name, threshold in rule.thresholds.items()
        )


def chapter(family: Family, rules: list[Rule]) -> Iterator[str]:
    """One family: the belief it tests, what is true, a table of its rules, then a section for each."""
    title, truth = FAMILIES[family]
    yield f"## {title}"
    yield f"The belief: *“{rules[0].belief}”*"
    yield truth
    table = ["| rule | what it notices | severity | step |", "|---|---|---|---|"]
    table += [f"| [`{r.id}`](#{r.id}) | {r.problem} | {level(r)} | {STEP_NAMES[r.step]} |" for r in rules]
    yield "\n".join(table)
    for rule in rules:
        yield from section(rule)


def page() -> str:
    """The whole page as Markdown, ending with a newline."""
    rules = all_rules()
    parts = [INTRODUCTION.format(count=len(rules))]
    for family in FAMILIES:
        members = sorted((rule for rule in rules if rule.family == family), key=lambda r: (STEPS.index(r.step), r.id))
        parts.extend(chapter(family, members))
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
