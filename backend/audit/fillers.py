"""Stand-ins told by how they are made: the Latin filler, neighbouring keys, a variable, words of putting off alone."""

from __future__ import annotations

import re
from itertools import pairwise

from backend.audit.vocabulary import word_list

SOME = rf"(?i:{'|'.join(sorted(word_list('latin_own')))})"
"""What the Latin filler holds (RE2): words that hardly stand together in any other text."""
_LATIN = re.compile(SOME)
_WORD = re.compile(r"[^\W\d_]+")
LATIN_SHARE = 0.75
"""Share of the words of a text that the filler has, from which on one that is its own makes it the filler."""
FEWEST_LATIN = 4
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {
    pair
    for row in _KEYS
    for first, second in pairwise(row)
    for pair in (first + second, second + first, first * 2, second * 2)
}
FEWEST_KEYS = 5
"""Letters: shorter words are made of neighbouring keys by chance (`were`, `pop`)."""
_AGAIN = re.compile(
    r"([b-df-hj-np-tv-z]{2,4}|asd|qwe|ase|sad)\1+|([a-z])\2{3,}|a{3,}|abcd?e?f?|(?:abc){2,}|qwerty\w*"
    r"|(?:asdf|qwer|hjkl|jkl|zxcv|fdsa)(?:asdf|qwer|ty|jkl|zxcv|gh|fdsa| )*",
    re.IGNORECASE,
)
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


_CLAUSES = re.compile(r"[,;:.–—]+")
FEW_WORDS = 5


def filler(text: str) -> bool:
    """Whether a text is the Latin filler: by two words that are its own, or nearly all words being of its kind."""
    own = {word.casefold() for word in _LATIN.findall(text)}
    said = [word.casefold() for word in _WORD.findall(text)]
    known = sum(word in word_list("latin") for word in said)
    enough = len(said) >= FEWEST_LATIN and known >= LATIN_SHARE * len(said)
    return len(own) > 1 or (enough and (bool(own) or (len(said) > FEWEST_LATIN and known == len(said))))


def note(text: str) -> bool:
    """Whether it is a note to oneself or a colleague about an answer still to be written: `ask Tom about the figures`.

    All its words stand in such notes, but for a name or two, and it says what is to be done, later or with what.
    """
    written = [word.strip(".,;:!?…()[]*_-\"") for word in text.replace("’", "'").split()]
    written = [word for word in written if word]
    if not 1 < len(written) <= MOST_WORDS:
        return False
    words = [word.casefold() for word in written]
    does, things = word_list("noting_does"), word_list("noting_things")
    known = does | things | word_list("noting_words") | word_list("noting_later")
    names = [own for word, own in zip(words, written, strict=True) if word not in known]
    if len(names) > 2 or not all(name[0].isupper() or name[0] == "@" for name in names) or does.isdisjoint(words):
        return False
    later = not word_list("noting_later").isdisjoint(words)
    clauses = [clause.split() for clause in _CLAUSES.split(text.casefold())]
    to_do = any(clause and clause[0] in does for clause in clauses)
    if not things.isdisjoint(words[1:]) and "you" not in words:
        return later or to_do or (bool(names) and "to" in words) or text.endswith("?")
    if len(words) <= FEW_WORDS and not names and not word_list("noting_alone").isdisjoint((words[0], words[-1])):
        return {"you", "your"}.isdisjoint(words)
    return later and not word_list("noting_open").isdisjoint(words) and ("this" in words or "it" in words)


def mashed(text: str) -> bool:
    """Whether it is a few letters again and again, or the first of the alphabet: `asdasd`, `aaaa`, `abcd`."""
    return _AGAIN.fullmatch(text) is not None


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
