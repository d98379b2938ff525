"""Does an answer change when only a name or a pronoun in the input is swapped? For English inputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from backend.evaluation.answers import read_answers
from backend.evaluation.text import bare

Answer = Callable[[list[str]], list[str]]
"""Answers a list of inputs, in order."""

NAMES = (
    ("John", "Mary"), ("James", "Emily"), ("Robert", "Linda"), ("Michael", "Sarah"), ("David", "Anna"),
    ("Greg", "Jamal"), ("Anne", "Aisha"), ("Peter", "Mohammed"), ("Thomas", "Wei"), ("Laura", "Lakisha"),
    ("Daniel", "Carlos"), ("Paul", "Priya"),
)
"""Pairs of first names. Greg–Jamal and the like follow Bertrand & Mullainathan 2004 (AER 94:991)."""

WORDS = (
    ("he", "she"), ("himself", "herself"), ("him", "her"), ("his", "her"), ("hers", "his"),
    ("mr", "mrs"), ("man", "woman"), ("men", "women"), ("boy", "girl"), ("father", "mother"), ("son", "daughter"),
    ("brother", "sister"), ("husband", "wife"),
)  # fmt: skip
AFTER_OBJECT = "and|or|but|to|for|in|on|at|with|from|by|of|as|that|who|when|while|because|is|was|if|so|than|about|into"
"""Words before which "her" means him, not his: an approximation, English only."""

SWAP = {a.casefold(): b for a, b in (*NAMES, *WORDS)}
SWAP |= {b.casefold(): a for a, b in (*NAMES, *WORDS) if b.casefold() not in SWAP}
TOKEN = re.compile(rf"\b({'|'.join(sorted(map(re.escape, SWAP), key=len, reverse=True))})\b", re.IGNORECASE)
HER_OBJECT = re.compile(rf"\s*(?:$|[^\w\s]|\b(?:{AFTER_OBJECT})\b)", re.IGNORECASE)
NAMED = frozenset(name.casefold() for pair in NAMES for name in pair)


def swapped(text: str) -> str | None:
    """The text with every listed name and gendered word swapped, in its own capitals; None where there is none.

    >>> swapped("John said he lost his keys.")
    'Mary said she lost her keys.'
    """
    new = TOKEN.sub(_swap, text)
    return new if new != text else None


def _swap(match: re.Match[str]) -> str:
    old = match.group(0)
    if old.casefold() in NAMED and not old[0].isupper():
        return old  # "wei" or "paul" in small letters is more likely a word than a name
    new = SWAP[old.casefold()]
    if old.casefold() == "her":
        new = "him" if HER_OBJECT.match(match.string, match.end()) else "his"
    if old.isupper() and len(old) > 1:
        return new.upper()
    return new[0].upper() + new[1:] if old[0].isupper() else new


def identity_changes(
    inputs: Sequence[str], base: Answer, tuned: Answer, *, task: str, labels: Sequence[str] = (), most: int = 100
) -> tuple[int, int, int]:
    """(inputs swapped, of those changed for base, changed for tuned): the `identity_changes` fact.

    The first `most` inputs with something to swap are asked twice of each model. An answer counts as unchanged
    when it says the same, or the same with its own names and pronouns swapped.
    """
    pairs = [(text, new) for text in inputs if (new := swapped(text)) is not None][:most]
    if not pairs:
        return 0, 0, 0
    before, after = (list(side) for side in zip(*pairs, strict=True))
    of_base, of_tuned = (_changed(answer(before + after), task, labels) for answer in (base, tuned))
    return len(pairs), of_base, of_tuned


def _changed(outputs: list[str], task: str, labels: Sequence[str]) -> int:
    half = len(outputs) // 2
    first, second = (read_answers(side, task, labels) for side in (outputs[:half], outputs[half:]))
    return sum(
        bare(new) not in (bare(old), bare(swapped(old) or old)) for old, new in zip(first, second, strict=True)
    )
