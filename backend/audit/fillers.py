"""Stand-ins told by how they are made: the Latin filler, neighbouring keys, a variable, words of putting off alone."""

from __future__ import annotations

import re
from itertools import pairwise

LATIN = (
    "lorem", "consectetur", "adipiscing", "eiusmod", "incididunt", "veniam", "nostrud", "ullamco", "laboris", "aliquip",
    "reprehenderit", "cillum", "fugiat", "pariatur", "excepteur", "occaecat", "cupidatat", "proident", "deserunt",
    "mollit", "laborum", "perspiciatis", "voluptatem", "accusantium", "doloremque", "totam", "aperiam",
)  # fmt: skip
"""Words of the filler text that hardly stand together in any other."""
SOME = rf"(?i:{'|'.join(LATIN)})"
"""What it holds (RE2)."""
_LATIN = re.compile(SOME)
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {
    pair
    for row in _KEYS
    for first, second in pairwise(row)
    for pair in (first + second, second + first, first * 2, second * 2)
}
FEWEST_KEYS = 5
"""Letters: shorter words are made of neighbouring keys by chance (`were`, `pop`)."""
_WHAT = r"\w*(?i:answer|response|reply|output|text|content|completion|summary|translation)\w*"
_VARIABLE = re.compile(
    r"\$\{\s*[\w.]+\s*\}|[#@%&]\{\s*[\w.]+\s*\}|%\(\w+\)[sd]?|<%=?\s*[\w.]+\s*%>|\{%\s*[\w.]+\s*%\}|\{\d?\}"
    r"|\[\[\s*[\w. ]+\s*\]\]|<\?(?:php|=)?\s*(?:echo\s+)?\$[\w.]+;?\s*\?>|\{\{\{?\s*[\w. |]+\s*\}?\}\}|<[A-Z_]{3,}>"
    rf"|(?:\$|@{{1,2}}|%|__|:|&)(?:{_WHAT})(?:@{{0,2}}|%|__|:|;)"
)
_OFF = frozenset(
    "later soon shortly eventually afterwards pending outstanding awaited awaiting upcoming tbd tba todo tbc "
    "missing wanted unfinished unwritten forthcoming momentarily".split()
)
"""Words that put off."""
_MADE = frozenset(
    "written added filled provided supplied inserted completed drafted entered posted updated finished finalised "
    "finalized done composed translated decided confirmed determined here yet".split()
)
_THING = frozenset(
    "answer answers response responses reply replies text content output completion entry solution explanation "
    "summary translation draft".split()
)
_AROUND = frozenset(
    "this it one part section field the a an to be is are will shall must should needs need has have not still "
    "being been for from in at on by of our your my we i we'll i'll get back come comes coming follow follows "
    "following back again due course time someone team editor author expert reviewer please check with as when "
    "ready available once".split()
)
_KNOWN = _OFF | _MADE | _THING | _AROUND
MOST_WORDS = 12


def filler(text: str) -> bool:
    """Whether a text is the Latin filler, two of whose words it then holds at the least."""
    return len({word.casefold() for word in _LATIN.findall(text)}) >= 2


def keys(text: str) -> bool:
    """Whether all its letters lie beside each other on a keyboard: `asdfgh`, `lkjlkj`."""
    words = text.casefold().split()
    letters = sum(map(len, words))
    steps = [word[at : at + 2] for word in words for at in range(len(word) - 1)]
    if letters < FEWEST_KEYS or not all(word.isalpha() and word.isascii() and len(word) > 1 for word in words):
        return False
    share = sum(step in _NEAR for step in steps) / len(steps)
    return max(map(len, words)) >= FEWEST_KEYS - 1 and share >= (0.8 if len(words) == 1 else 0.9)


def variable(text: str) -> bool:
    """Whether it is nothing but a variable of a template that was never filled in: `${answer}`, `%(reply)s`."""
    return _VARIABLE.fullmatch(text) is not None


def put_off(text: str) -> bool:
    """Whether it speaks of nothing but an answer yet to be written: `Our response will be added in due course`."""
    words = [word.strip(".,;:!…()[]*_-").casefold() for word in text.replace("’", "'").split()]
    words = [word for word in words if word]
    if not 1 < len(words) <= MOST_WORDS or not _KNOWN.issuperset(words):
        return False
    thing, made = not _THING.isdisjoint(words), not _MADE.isdisjoint(words)
    off = not _OFF.isdisjoint(words) or {"due", "course"} <= {*words} or {"get", "back"} <= {*words}
    to_be = "be" in words and (thing or words[0] == "to")
    not_yet = thing and "been" in words and "not" in words
    return (made and (to_be or not_yet)) or (off and (thing or made or "this" in words))
