"""A clean copy: changes proposed from what the audit found, in a fixed order, each on record and undoable."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backend.audit.duplicates import duplicates
from backend.audit.encoding import repaired
from backend.audit.labels import commonest_spellings
from backend.audit.markup import stripped
from backend.audit.personal import masked
from backend.data.changes import Change, write_changes
from backend.domain import Example, Mapping
from backend.errors import InputError
from rules.facts import DataFacts

__all__ = ["FIXES", "Change", "apply", "check_rules", "offer", "propose", "write_changes", "write_jsonl"]

TEXTS = ("system", "input", "answer")


@dataclass(frozen=True)
class Fix:
    """What a clean copy does about a rule. `asked`: only when this rule is named, since a person has to judge it."""

    does: str
    asked: bool = False


FIXES: dict[str, Fix] = {
    "unreadable-rows": Fix("leaves out the rows that could not be read"),
    "broken-conversations": Fix("leaves out the broken conversations"),
    "broken-encoding": Fix("mends what can be mended of the broken characters"),
    "leftover-markup": Fix("takes the markup away and keeps the words"),
    "empty-inputs": Fix("leaves out the rows without an input"),
    "empty-answers": Fix("leaves out the rows without an answer"),
    "placeholder-answers": Fix("leaves out the rows whose answer is a stand-in"),
    "inconsistent-labels": Fix("writes each label in its commonest spelling"),
    "malformed-answers": Fix("leaves out the rows whose answer does not parse", asked=True),
    "refusal-answers": Fix("leaves out the rows in which an assistant refuses", asked=True),
    "cut-off-answers": Fix("leaves out the rows whose answer stops in the middle", asked=True),
    "repetitive-answers": Fix("leaves out the rows whose answer goes round in circles", asked=True),
    "mixed-languages": Fix("leaves out the rows in another language", asked=True),
    "off-topic-rows": Fix("leaves out the rows that seem to come from elsewhere", asked=True),
    "mislabelled-rows": Fix("leaves out the rows whose label is in doubt", asked=True),
    "duplicate-rows": Fix("keeps the first of each group of copies"),
    "near-duplicate-rows": Fix("keeps the first of each group of near copies", asked=True),
    "conflicting-answers": Fix("leaves out all rows that contradict each other", asked=True),
    "leaked-rows": Fix("leaves training rows out that are also in the test rows"),
    "secrets": Fix("leaves out the rows that hold a key or password"),
    "personal-data": Fix("puts stand-ins such as <EMAIL> in the place of personal data"),
}
"""What a clean copy can do, in the order in which it does it: what a later step judges, an earlier one has mended."""


@dataclass
class _Copy:
    """The rows as they are after the changes so far."""

    rows: dict[int, Example]
    changes: list[Change] = field(default_factory=list)

    def drop(self, rule: str, rows: Iterable[int], why: str = "") -> None:
        for row in rows:
            if row in self.rows:
                said = self.rows.pop(row)
                self.changes.append(Change(row=row, rule=rule, action="drop", before=_line(said), why=why))

    def edit(self, rule: str, rows: Iterable[int], mend: Callable[[str, str], str]) -> None:
        """Edit each text; a row whose input or answer would be blank after it is dropped."""
        for row in rows:
            if row not in self.rows:
                continue
            found = _edits(self.rows[row], rule, mend)
            if any(not (change.after or "").strip() and change.field in ("input", "answer") for change in found):
                self.drop(rule, [row], "nothing would be left of it")
                continue
            for change in found:
                if (change.after or "").strip():
                    self.changes.append(change)
                    self.rows[row] = _with(self.rows[row], change)


def propose(
    examples: Sequence[Example],
    facts: DataFacts,
    leaked_in_train: Iterable[int] = (),
    rules: Sequence[str] | None = None,
) -> list[Change]:
    """What a clean copy would change, in the order of `FIXES`. Earlier turns of a conversation are mended as well.

    `rules` limits it to those named, else every fix that needs no person's judgement is made. `leaked_in_train` are
    training rows to leave out because they also occur in the test rows.
    """
    chosen = [rule for rule, fix in FIXES.items() if (not fix.asked if rules is None else rule in rules)]
    copy = _Copy({example.row: example for example in examples})
    spelling = commonest_spellings(examples) if facts.label_spelling_rows else {}
    reasons = {"unreadable-rows": facts.unreadable, "broken-conversations": facts.broken_conversations}
    mends: dict[str, Callable[[str, str], str]] = {
        "broken-encoding": lambda _, text: repaired(text),
        "leftover-markup": lambda _, text: stripped(text),
        "inconsistent-labels": lambda name, text: spelling.get(text, text) if name == "answer" else text,
        "personal-data": lambda _, text: masked(text),
    }
    found: dict[str, Iterable[int]] = {
        rule: rows or () for rule, rows in _found(facts).items()
    } | {"leaked-rows": leaked_in_train}
    for rule in chosen:
        if rule in reasons:
            copy.changes += [Change(row=row, rule=rule, action="drop", why=reason) for row, reason in reasons[rule]]
        elif rule in mends:
            copy.edit(rule, found[rule], mends[rule])
        elif rule == "duplicate-rows" and copy.changes:  # mended texts may have become copies
            copy.drop(rule, duplicates(list(copy.rows.values())))
        else:
            copy.drop(rule, found[rule])
    return copy.changes


def offer(examples: Sequence[Example], facts: DataFacts, leaked_in_train: Iterable[int] = ()) -> list[Change]:
    """All that can be proposed: the changes that need no judgement, then those of each other rule as if made alone."""
    leaked = tuple(leaked_in_train)
    changes = propose(examples, facts, leaked)
    for rule, fix in FIXES.items():
        if fix.asked and _found(facts)[rule]:
            changes += propose(examples, facts, leaked, [rule])
    return changes


def check_rules(rules: Sequence[str] | None) -> None:
    """Raise InputError for a rule whose findings no clean copy can mend."""
    unknown = [rule for rule in rules or () if rule not in FIXES]
    if unknown:
        raise InputError(
            f"No change can be made for {unknown[0]!r}.", where="--rule", do=f"Choose among: {', '.join(FIXES)}."
        )


def apply(examples: Sequence[Example], changes: Iterable[Change]) -> list[Example]:
    """The examples with the changes made, in their order. The given examples stay as they are.

    Raises InputError when a text is no longer what the change was proposed for.
    """
    current = {example.row: example for example in examples}
    for change in changes:
        if change.action == "drop":
            current.pop(change.row, None)
        elif change.row in current:
            current[change.row] = _with(current[change.row], change)
    return [current[example.row] for example in examples if example.row in current]


def write_jsonl(examples: Sequence[Example], path: Path, mapping: Mapping | None = None) -> Mapping:
    """One object a line, in order, under the column names of `mapping`, else input, answer and group.

    Where any row has a system prompt or earlier turns they are chat messages. Reading the file back with the mapping
    returned gives the same examples, numbered anew.
    """
    given = mapping or Mapping()
    names = ("input", "answer") if given.instruction or not given.input else (given.input, given.answer)
    chat = any(example.system or example.history for example in examples)
    grouped = any(example.group for example in examples)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for example in examples:
            record = _as_chat(example) if chat else dict(zip(names, (example.input, example.answer), strict=True))
            if grouped:
                record[given.group or "group"] = example.group
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    columns = {"messages": "messages"} if chat else {"input": names[0], "answer": names[1]}
    return Mapping(**columns, group=(given.group or "group") if grouped else "")


def _found(facts: DataFacts) -> dict[str, tuple[int, ...] | None]:
    return {
        "broken-encoding": facts.broken_encoding,
        "leftover-markup": facts.markup,
        "empty-inputs": facts.empty_inputs,
        "empty-answers": facts.empty_answers,
        "placeholder-answers": facts.placeholders,
        "inconsistent-labels": facts.label_spelling_rows,
        "malformed-answers": facts.malformed,
        "refusal-answers": facts.refusals,
        "cut-off-answers": facts.cut_off,
        "repetitive-answers": facts.looping,
        "mixed-languages": facts.other_language,
        "off-topic-rows": facts.off_topic,
        "mislabelled-rows": facts.label_errors,
        "duplicate-rows": facts.duplicates,
        "near-duplicate-rows": facts.near_duplicates,
        "conflicting-answers": facts.conflicts,
        "secrets": facts.secrets,
        "personal-data": facts.personal,
    }


def _edits(example: Example, rule: str, mend: Callable[[str, str], str]) -> list[Change]:
    found = []
    for name, before in _texts(example):
        after = mend(name, before)
        if after != before:
            found.append(Change(row=example.row, rule=rule, action="edit", field=name, before=before, after=after))
    return found


def _texts(example: Example) -> list[tuple[str, str]]:
    """(field, text) of everything said in an example; earlier turns are `history.0`, `history.1`, …"""
    turns = [(f"history.{at}", turn.content) for at, turn in enumerate(example.history)]
    return [("system", example.system), *turns, ("input", example.input), ("answer", example.answer)]


def _with(example: Example, change: Change) -> Example:
    if dict(_texts(example)).get(change.field) != change.before or change.after is None:
        raise InputError(
            "A proposed change no longer fits its row.",
            where=f"row {change.row}, {change.field}",
            why="The text has changed since the change was proposed.",
            do="Run the audit once more and look at what it proposes then.",
        )
    if change.field in TEXTS:
        return Example(**{**example._asdict(), change.field: change.after})
    at = int(change.field.removeprefix("history."))
    turns = list(example.history)
    turns[at] = turns[at].model_copy(update={"content": change.after})
    return example._replace(history=tuple(turns))


def _line(example: Example) -> str:
    """What a row asks and answers, for the record of its leaving."""
    return f"{example.input} → {example.answer}"


def _as_chat(example: Example) -> dict[str, object]:
    messages = [{"role": "system", "content": example.system}] if example.system else []
    messages += [{"role": turn.role, "content": turn.content} for turn in example.history]
    messages += [{"role": "user", "content": example.input}, {"role": "assistant", "content": example.answer}]
    return {"messages": messages}
