"""Groups the person named: how many rows belong to each, and how many of those had the favourable answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from backend.audit.labels import label_key
from backend.domain import Example
from rules.facts import Group

MOST = 20
"""Different values of a group column up to which each is a group to compare; more are authors or cases, not groups. Our
choice."""


def groups(
    examples: Sequence[Example], names: Sequence[str], favourable: str = ""
) -> tuple[tuple[Group, ...] | None, int]:
    """(a `Group` for each of `names`, number of rows that belong to several of them).

    Where no names are given, the values of the group column are the groups; where there is none either, the first is
    None. A row belongs to a group by its group column; where no row has one, by the name standing as a word in its
    input. Other words can stand for the name: `women=she|her|woman`. `favourable` is the answer that a group is counted
    to have got, whatever its case and spaces; where it is empty nothing is counted (`Group.favourable` is None).
    """
    by_column = any(map(str.strip, set(map(attrgetter("group"), examples))))
    names = names or (_in_column(examples) if by_column else ())
    if not names:
        return None, 0
    wanted = label_key(favourable) if favourable else ""
    found: list[Group] = []
    memberships: Counter[int] = Counter()
    for written in names:
        name, members = _members(examples, written, by_column)
        good = sum(label_key(member.answer) == wanted for member in members) if wanted else None
        found.append(Group(name, len(members), good))
        memberships.update(member.row for member in members)
    return tuple(found), sum(times > 1 for times in memberships.values())


def without_group(examples: Sequence[Example]) -> int:
    """Number of rows whose group column is empty, where other rows have one; 0 where none has."""
    empty = sum(not group.strip() for group in map(attrgetter("group"), examples))
    return empty if empty < len(examples) else 0


def _in_column(examples: Sequence[Example]) -> tuple[str, ...]:
    """The column's values, each in its commonest spelling; none where there are too many, or nothing to compare."""
    spellings = Counter(example.group.strip() for example in examples if example.group.strip())
    names: dict[str, str] = {}
    for spelling, _ in spellings.most_common():
        names.setdefault(label_key(spelling), spelling)
    return tuple(sorted(names.values())) if 2 <= len(names) <= MOST else ()


def _members(examples: Sequence[Example], written: str, by_column: bool) -> tuple[str, list[Example]]:
    """(name of the group, the rows that belong to it)."""
    name, _, listed = (part.strip() for part in written.partition("="))
    terms = [term.strip() for term in listed.split("|") if term.strip()] or [name]
    word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, terms))})(?!\w)", re.IGNORECASE)
    keys = {label_key(term) for term in (name, *terms)}
    return name, [e for e in examples if (label_key(e.group) in keys if by_column else word.search(e.input))]
