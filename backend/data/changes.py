"""One change to one row, how it is shown before it is made, and the log of those that were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from backend.audit.hide import hide
from backend.audit.shown import pieces
from backend.data.diff import differences
from backend.domain import EXAMPLE, Example
from backend.record import Frozen, canonical


class Change(Frozen):
    """One change to one row: the row dropped, or a text of it (`field`) edited from `before` to `after`.

    `why` says about a dropped row what its rule alone does not. `before` and `after` are the real texts: show a
    `Preview`, write a `Logged`.
    """

    row: int
    rule: str
    action: Literal["drop", "edit"]
    field: str = ""
    before: str | None = None
    after: str | None = None
    why: str = ""


class Preview(Frozen):
    """A change as it may be shown: in pieces, (words, whether they go or come), private stretches hidden.

    `after` is empty for a row that is left out.
    """

    row: int
    rule: str
    action: Literal["drop", "edit"]
    field: str
    before: tuple[tuple[str, bool], ...]
    after: tuple[tuple[str, bool], ...]
    why: str


class Logged(Frozen):
    """A change as it is written down: `old_sha256` is of the row before any change, "" for one never read."""

    row: int
    rule: str
    action: Literal["drop", "edit"]
    field: str
    old_sha256: str
    before: str | None
    after: str | None
    why: str


def preview(change: Change) -> Preview:
    """The change as rows before and after."""
    before, after = change.before or "", change.after or ""
    gone, come = differences(before, after) if change.action == "edit" else ([(0, len(before))], [])
    return Preview(
        row=change.row, rule=change.rule, action=change.action, field=change.field,
        before=pieces(before, gone, as_found=True), after=pieces(after, come), why=hide(change.why),
    )  # fmt: skip


def write_changes(changes: Iterable[Change], examples: Sequence[Example], path: Path) -> None:
    """The log: one change a line, in the order they are made. `examples` are the rows before."""
    by_row = {example.row: example for example in examples}
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for change in changes:
            file.write(_logged(change, by_row.get(change.row)).model_dump_json() + "\n")


def row_sha256(example: Example) -> str:
    """SHA-256 of what a row says, as canonical JSON without its number."""
    said = {name: value for name, value in EXAMPLE.dump_python(example).items() if name != "row"}
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def _logged(change: Change, example: Example | None) -> Logged:
    return Logged(
        row=change.row, rule=change.rule, action=change.action, field=change.field,
        old_sha256=row_sha256(example) if example else "",
        before=None if change.before is None else hide(change.before),
        after=None if change.after is None else hide(change.after),
        why=hide(change.why),
    )  # fmt: skip
