"""Stand-ins told by how they are made: the Latin filler, neighbouring keys, a variable."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from backend.audit.vocabulary import word_list

SOME = rf"(?i:{'|'.join(sorted(word_list('latin_own')))})"
"""What the Latin filler holds (RE2): words that hardly stand together in any other text."""
_LATIN = re.compile(SOME)
_ANY_LATIN = rf"(?i:{'|'.join(sorted(word_list('latin')))})"
LOOK = rf"{SOME}|(?:{_ANY_LATIN}[^\pL]+){{4}}{_ANY_LATIN}"
"""What every text holds (RE2) that `filler` or `runs_on_in_latin` finds something in."""
_SENTENCE_END = re.compile(r"[.!?:\n\"“”]+")
_WORD = re.compile(r"[^\W\d_]+")
LATIN_SHARE = 0.75
"""Share of the words of a text that the filler has, above which one that is its own makes it the filler."""
FEWEST_LATIN = 4
"""Fewest words of a sentence that is told by the share of such words; of fewer, all must be such."""
LATIN_RUN = 6
"""Words side by side: fewer are quoted (`lorem ipsum`)."""
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {
    pair
    for row in _KEYS
    for first, second in pairwise(row)
    for pair in (first + second, second + first, first * 2, second * 2)
}
FEWEST_KEYS = 5
"""Letters: shorter words are made of neighbouring keys by chance (`were`, `pop`)."""
MOST_LETTERS, LONG = 3, 7
"""Most different letters of a single word that is none, and fewest letters that it has in all."""
_FEW_LETTERS = re.compile(r"(?!h)(?!.*(.)\1)(?=.*[b-df-hj-np-tv-z]{2}).*")
"""No letter twice in a row, and two consonants side by side: no word and no laughter of so few letters is so long."""
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


def filler(text: str) -> bool:
    """Whether a sentence of a text is the Latin filler: nearly all its words are of that kind, and one is its own."""
    return any(map(_is_latin, _SENTENCE_END.split(text)))


@lru_cache(2**12)  # lines of programs and templates come again and again
def _is_latin(sentence: str) -> bool:
    said = [word.casefold() for word in _WORD.findall(sentence)]
    known = sum(map(word_list("latin").__contains__, said))
    if known < LATIN_SHARE * len(said):
        return False
    own = {word.casefold() for word in _LATIN.findall(sentence)}
    if len(said) < FEWEST_LATIN:
        return len(own) > 1 and known == len(said)
    return known >= LATIN_SHARE * len(said) and (bool(own) or (len(said) > FEWEST_LATIN and known == len(said)))


def runs_on_in_latin(text: str) -> bool:
    """Whether so many words of the Latin filler stand side by side in a text, two of them its own."""
    known = own = 0
    for word in _WORD.findall(text.casefold()):
        if word not in word_list("latin"):
            known = own = 0
            continue
        known, own = known + 1, own + (word in word_list("latin_own"))
        if known >= LATIN_RUN and own > 1:
            return True
    return False


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
    if len(words) == 1 and letters >= LONG and len({*words[0]}) <= MOST_LETTERS and _FEW_LETTERS.fullmatch(words[0]):
        return True
    share = sum(step in _NEAR for step in steps) / len(steps)
    return max(map(len, words)) >= FEWEST_KEYS - 1 and share >= (0.8 if len(words) == 1 else 0.9)


def variable(text: str) -> bool:
    """Whether it is nothing but a variable of a template that was never filled in: `${answer}`, `%(reply)s`."""
    return _VARIABLE.fullmatch(text) is not None
