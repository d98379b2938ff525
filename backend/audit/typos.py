"""Words mistyped in texts that have one telling answer: there even a name may be, `git cat-file --btach`.

Where nothing but the words tells, a name a letter off is another name (`slips.py`).
"""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from backend.audit.courtesy import without_courtesy
from backend.audit.slips import MANY_TIMES, Known, is_typical, is_word, negates
from backend.audit.text import words
from backend.audit.vocabulary import opposites, synonyms

FEWEST, SHARE = 2, 0.25
"""Words of a text that may be mistyped, or such a share of them."""
TWO_OFF = 5
"""Letters of a word in which two may be wrong."""
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
"""Where one part of a name ends and the next begins: `planText`, `ipv6Address`."""


def differ_by_typos(first: str, second: str, known: Known) -> bool:
    """Whether the texts are the same word for word, courtesies aside, but for a few that are no words at all, a letter
    or two off. Names of programs are taken part by part."""
    one, two = without_courtesy(first), without_courtesy(second)
    parts = _JOINT.sub(" ", one), _JOINT.sub(" ", two)
    return _differ_by_typos(one, two, known) or _differ_by_typos(*parts, known)


def _differ_by_typos(first: str, second: str, known: Known) -> bool:
    ones, twos = words(first.casefold()), words(second.casefold())
    if len(ones) != len(twos):
        return False
    differ = [(one, two) for one, two in zip(ones, twos, strict=True) if one != two]
    few = 0 < len(differ) <= max(FEWEST, SHARE * len(ones))
    return few and all(_is_typo(one, two, known) or _is_typo(two, one, known) for one, two in differ)


def _is_typo(word: str, meant: str, known: Known) -> bool:
    """Whether a word is no word at all, but what was meant, or a word that means the same, but for a letter or two."""
    if not (word.isalpha() and meant.isalpha()) or is_word(word) or 1 < known(word) > known(meant) / MANY_TIMES:
        return False
    if negates(word, meant) or (word, meant) in opposites():
        return False
    return _is_off(word, meant, known) or any(_is_off(word, other, known) for other in synonyms().get(meant, ()))


def _is_off(word: str, meant: str, known: Known) -> bool:
    most = 1 + (len(meant) >= TWO_OFF)
    if OSA.distance(word, meant, score_cutoff=most) > most:
        return False
    return is_word(meant) or known(meant) > 1 or is_typical(word, meant)
