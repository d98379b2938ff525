"""Groups the person named: how many rows belong to each, and how many of those had the favourable answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.audit.labels import label_key
from backend.domain import Example
from rules.facts import Group


def groups(examples: Sequence[Example], names: Sequence[str], favourable: str = "") -> tuple[Group, ...] | None:
    """A `Group` per name; None when none was named.

    A row belongs to a group by its group column; where no row has one, by the name occurring as a word in the input.
    Other words can stand for the name: `women=she|her|woman`.
    """
    if not names:
        return None
    by_column = any(example.group.strip() for example in examples)
    wanted = label_key(favourable) if favourable else ""
    return tuple(_group(examples, name, wanted, by_column) for name in names)


def _group(examples: Sequence[Example], written: str, wanted: str, by_column: bool) -> Group:
    name, _, listed = (part.strip() for part in written.partition("="))
    terms = [term.strip() for term in listed.split("|") if term.strip()] or [name]
    word = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, terms))})(?!\w)", re.IGNORECASE)
    keys = {label_key(term) for term in (name, *terms)}
    members = [e for e in examples if (label_key(e.group) in keys if by_column else word.search(e.input))]
    good = sum(label_key(e.answer) == wanted for e in members) if wanted else None
    return Group(name, len(members), good)
