"""A few real rows for each finding: the stretch it is about marked, everything private hidden."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from backend.audit.hide import hide, private_spans
from backend.audit.marks import marks
from backend.audit.text import asked
from backend.data.diff import Stretch
from backend.domain import Example
from backend.record import Frozen
from rules.facts import DataFacts

MOST_ROWS = 5
"""Most rows shown with a finding."""
MOST_CHARACTERS = 240
"""Of one text; the window is laid around what is marked."""
LEAD = 60
"""Characters shown before the first mark."""
LOOK_THROUGH = 2_000
"""Rows of a finding looked through to show those together that belong together."""


class ShownText(Frozen):
    """One text of a row in pieces: (words, whether the finding is about them)."""

    name: str
    parts: tuple[tuple[str, bool], ...]


class ShownRow(Frozen):
    """One row as it may be shown. `note` says what the texts do not: which row it copies, why it can't be read."""

    row: int
    texts: tuple[ShownText, ...] = ()
    note: str = ""


def shown_rows(
    rule: str, rows: Sequence[int], by_row: Mapping[int, Example], facts: DataFacts
) -> tuple[ShownRow, ...]:
    """Up to five rows of a finding, in its order; of contradictions the rows that contradict each other together.

    `by_row` are all rows the finding can be about, by their number.
    """
    reasons = dict((*facts.unreadable, *facts.broken_conversations))
    some = _together(rows, by_row) if rule == "conflicting-answers" else list(rows[:MOST_ROWS])
    copied = rule in ("duplicate-rows", "near-duplicate-rows")
    firsts = dict(facts.repeats) if copied else {}
    shown = []
    for row in some:
        if row in by_row:
            shown.append(_shown(rule, by_row[row], by_row.get(firsts.get(row, -1)), facts))
        elif row in reasons:
            shown.append(ShownRow(row=row, note=hide(reasons[row])))
    return tuple(shown)


def pieces(
    text: str, marked: Iterable[Stretch], most: int = MOST_CHARACTERS, as_found: bool = False
) -> tuple[tuple[str, bool], ...]:
    """The text in pieces, private stretches replaced by their kind, cut to `most` characters around the first mark.

    `as_found` writes `[email, hidden here]` for what stands in the data, so as not to be taken for a stand-in in it.
    """
    spots = sorted(marked)
    private = private_spans(text)
    edges = {0, len(text), *(edge for spot in spots for edge in spot), *(edge for span in private for edge in span[:2])}
    parts: list[tuple[str, bool]] = []
    for start, end in pairwise(sorted(edges)):
        spot = bisect_right(spots, start, key=lambda one: one[0]) - 1
        is_marked = spot >= 0 and start < spots[spot][1]
        at = bisect_right(private, start, key=lambda one: one[0]) - 1
        if at < 0 or start >= private[at][1]:
            _add(parts, text[start:end], is_marked)
        elif start == private[at][0]:
            kind = private[at][2]
            _add(parts, f"[{kind}, hidden here]" if as_found else f"<{kind.upper()}>", is_marked)
    return _window(parts, most)


def _add(parts: list[tuple[str, bool]], words: str, is_marked: bool) -> None:
    if parts and parts[-1][1] == is_marked:
        parts[-1] = (parts[-1][0] + words, is_marked)
    elif words:
        parts.append((words, is_marked))


def _window(parts: Sequence[tuple[str, bool]], most: int) -> tuple[tuple[str, bool], ...]:
    total = sum(len(words) for words, _ in parts)
    if total <= most:
        return tuple(parts)
    before = 0
    for words, is_marked in parts:
        if is_marked:
            break
        before += len(words)
    else:
        before = 0
    skip = max(0, min(before - LEAD, total - most))
    left, out = most, []
    if skip:
        out.append(("…", False))
    for words, is_marked in parts:
        piece = words[skip:][:left]
        skip = max(0, skip - len(words))
        left -= len(piece)
        if piece:
            out.append((piece, is_marked))
    if left == 0 and sum(len(words) for words, _ in out) < total:
        out.append(("…", False))
    return tuple(out)


def _shown(rule: str, example: Example, partner: Example | None, facts: DataFacts) -> ShownRow:
    beside = dict(_texts(partner)) if partner else {}
    texts = []
    for name, text in _texts(example):
        found = marks(rule, name, text, facts, beside.get(name, ""))
        if found or name in ("input", "answer"):
            texts.append(ShownText(name=name, parts=pieces(text, found)))
    note = f"copies row {partner.row}" if partner else ""
    if partner and rule == "near-duplicate-rows":
        note = f"nearly copies row {partner.row}: {hide(partner.input)[:MOST_CHARACTERS]}"
    return ShownRow(row=example.row, texts=tuple(texts), note=note)


def _texts(example: Example) -> list[tuple[str, str]]:
    turns = [(f"turn {at + 1}", turn.content) for at, turn in enumerate(example.history)]
    return [("system", example.system), *turns, ("input", example.input), ("answer", example.answer)]


def _together(rows: Sequence[int], by_row: Mapping[int, Example]) -> list[int]:
    groups: dict[str, list[int]] = {}
    for row in rows[:LOOK_THROUGH]:
        if row in by_row:
            groups.setdefault(asked(by_row[row]), []).append(row)
    return [row for group in groups.values() for row in group[:3]][:MOST_ROWS]
