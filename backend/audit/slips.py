"""Slips of the pen: is one word the other one mistyped, or another word?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from rapidfuzz.distance import OSA

from backend.audit.vocabulary import word_list
from backend.audit.word_vectors import word_vectors

Known = Callable[[str], int]
"""How often a word (lower case) stands in the file, or in as much of it as was read."""

MANY_TIMES = 8
"""A word so many times rarer than one a letter away from it is a slip that was made more than once."""
FAR = 4
"""Letters that differ between words of which none is the other in any way."""
LETTERS_OFF = 3
"""Letters that may differ at most, and a third of the shorter word, where nothing else tells that two words are one."""
SURE = 3
"""Times a word must stand in the file for a rarer one to be its misspelling where the shape alone says little."""


def negates(one: str, two: str) -> bool:
    """`safe`/`unsafe`, `increase`/`decrease`, `harmless`/`harmful`, `lessor`/`lessee`: few letters, all the sense."""
    if one[-3:] == two[-3:]:
        long, short = (one, two) if len(one) > len(two) else (two, one)
        if len(short) >= 3 and long.endswith(short) and long[: -len(short)] in word_list("negating_prefixes"):
            return True
        same = _shared_end(one, two)
        if same >= 3 and {one[:-same], two[:-same]} <= word_list("prefixes"):
            return True
    if one[:3] != two[:3]:
        return False
    begins = shared_beginning(one, two)
    return begins >= 3 and frozenset((one[begins:], two[begins:])) in _TURNED


_TURNED = frozenset(
    frozenset(pair)
    for pair in (
        ("less", "ful"), ("er", "ee"), ("or", "ee"), ("er", "est"), ("less", ""), ("ate", "ite"), ("ess", ""),
        ("ress", "or"), ("ide", "ite"), ("ane", "ene"),
    )
)  # fmt: skip
"""Endings that make another word of one."""


def is_slip(one: str, two: str, known: Known, as_name: bool = False, much_else: bool = False) -> bool:
    """True where one is the other mistyped, or the same but for accents or a plural.

    Words that both stand in the file more than once are two words, however alike. `as_name`: words that must not
    differ by more than a letter, and are long enough for that to be a slip. `much_else`: so many words around them are
    the same that a letter's difference is likelier a slip than another word.
    """
    size = min(len(one), len(two))
    far = (one + two).isascii() and len(one) != len(two) and OSA.distance(one, two, score_cutoff=FAR) > FAR
    if far or any(form(one) == form(two) for form in (bare, without_umlauts, _as_in_america)):
        return not far
    rare, common = sorted((known(one), known(two)))
    seldom = rare <= 1 or common >= MANY_TIMES * rare
    if not as_name and size >= 3 and (_plural(one, two) or (seldom and _is_small_transposed(one, two))):
        return True
    both_words = is_word(one) and is_word(two)
    if as_name and not both_words and one[-1] == two[-1] == "s":
        both_words = is_word(one[:-1]) and is_word(two[:-1])
    if both_words and not much_else:
        return False
    if both_words:
        likely = rare <= 1 and size >= 4 and one[0] == two[0] and one[-1] == two[-1] and not as_name
        return likely and OSA.distance(one, two, score_cutoff=1) <= 1
    if _as_seen(one) == _as_seen(two) and seldom:
        return (one.isalpha() or two.isalpha()) and (size >= 4 or (not as_name and (is_word(one) or is_word(two))))
    return size >= 3 and one.isalpha() and two.isalpha() and _is_mistyped(one, two, rare, common, as_name)


def _is_mistyped(one: str, two: str, rare: int, common: int, as_name: bool) -> bool:
    """`rare` and `common`: how often the rarer and the commoner of the two stand in the file."""
    size, sure = min(len(one), len(two)), is_word(one) != is_word(two)
    if size >= 4 and not as_name:
        mixed_up = rare <= 1 and sure and sorted(one) == sorted(two)
        if mixed_up or (rare <= 2 and _DOUBLED.sub(r"\1", one) == _DOUBLED.sub(r"\1", two)):
            return True
    same_start = one[0] == two[0]
    most = 1 if as_name else min(max(1, size // 3), 2 + same_start) if sure else 1 + (size >= 7)
    if OSA.distance(one, two, score_cutoff=3) > most:
        return False
    if rare <= 2 and is_typical(one, two):
        return True
    if rare > 1 or common >= SURE:
        return common >= MANY_TIMES * rare or (rare <= 1 and ((size >= 5 and same_start) or not as_name))
    fewest = (6 if as_name else 4) - sure if same_start or (sure and not as_name) else 6 + as_name
    return size >= fewest


@lru_cache(maxsize=1 << 17)
def may_be_one(one: str, two: str) -> bool:
    """Whether anything here could take one word for the other, whatever the file: texts of one template ask it of the
    same words again and again."""
    most = min(max(1, min(len(one), len(two)) // 3), LETTERS_OFF)
    return (
        OSA.distance(one, two, score_cutoff=most) <= most
        or one.startswith(two[:3])
        or two.startswith(one[:3])
        or not forms(one).isdisjoint(forms(two))
    )


@lru_cache(maxsize=1 << 16)
def forms(word: str) -> frozenset[tuple[int, str]]:
    """Forms of a word, numbered: two that may be the same word share one, and few words need as many tries as pairs."""
    written = (form(word) for form in (bare, without_umlauts, _as_in_america, _as_seen, _without_ies))
    return frozenset(enumerate((*written, "".join(sorted(word)), _DOUBLED.sub(r"\1", word))))


def is_near(one: str, two: str) -> bool:
    """Whether a letter or two make one of the other, be they words or not."""
    size = min(len(one), len(two))
    return size >= 3 and one.isalpha() and two.isalpha() and OSA.distance(one, two, score_cutoff=2) <= 1 + (size >= 6)


@lru_cache(maxsize=1 << 16)
def is_word(word: str) -> bool:
    """Whether it is an English word or name that a language model's tokens hold whole: 30,000 of the commonest."""
    vectors = word_vectors()
    return vectors is not None and vectors.is_token(word)


_DIGIT_AS_LETTER = re.compile(r"[a-z]+[0158](?:[a-z]+[0158])*[a-z]*|[^\W\d_]+[347][^\W\d_]+")
"""`d0es`, `schoo1`."""
_LETTERS = str.maketrans("01i345678q9", "olleasbtbgg")
"""Digits → the letters that a machine may have read them for."""
_DIGITS_SEEN = str.maketrans("0123456789", "olzeasbtbg")
"""The same where a word is mostly digits."""
_SEEN_AS = (("rn", "m"), ("cl", "d"), ("vv", "w"), ("ll", "u"), ("rl", "n"), ("c", "e"), ("h", "b"))
"""Letters → those that they look like on a bad page."""


def is_misread(word: str) -> bool:
    """Whether the digits of a word (lower case) may be letters that were taken for them: `d0es`, `schoo1`, `1amp`."""
    letters = sum(map(str.isalpha, word))
    if word[0] in "01" and letters == len(word) - 1 >= 3:
        return is_word(word.translate(_LETTERS)) or is_word("i" + word[1:])
    if letters >= 2 * (len(word) - letters) and _DIGIT_AS_LETTER.fullmatch(word) is not None:
        return True
    return letters >= 3 and len(word) <= letters + 2 and is_word(word.translate(_DIGITS_SEEN))


def _as_seen(word: str) -> str:
    """One form for all words (lower case) that look alike in print."""
    word = word.translate(_LETTERS)
    for seen, meant in _SEEN_AS:
        word = word.replace(seen, meant)
    return word


_BRITISH = re.compile(
    r"(?<=[a-z][iy])(s)(?=e[ds]?\Z|ing\Z|ations?\Z)|(?<=[a-z]{3}o)(u)(?=r)|(?<=[bt])(re)(?=s?\Z)|(?<=en)(c)(?=es?\Z)"
    r"|(?<=og)(ue)(?=s?\Z)|(?<=[a-z]{4}[aeiou]l)(l)(?=ed\Z|ing\Z|ers?\Z)"
)
"""Parts of words that are spelt otherwise in America, a group each."""
_IN_AMERICA = ("", "z", "", "er", "s", "", "")
"""What stands there in America, group by group."""


def _as_in_america(word: str) -> str:
    return _BRITISH.sub(lambda found: _IN_AMERICA[found.lastindex or 0], word)


def is_typical(one: str, two: str) -> bool:
    """Two neighbouring letters inside exchanged, or one of them doubled: words of their own are seldom so alike."""
    if min(len(one), len(two)) < 5 or one[0] != two[0]:
        return False
    if len(one) == len(two):
        differ = [at for at, (left, right) in enumerate(zip(one, two, strict=True)) if left != right]
        return len(differ) == 2 and differ[1] == differ[0] + 1 and sorted(one) == sorted(two)
    long, short = (one, two) if len(one) > len(two) else (two, one)
    return any(long[at] == long[at - 1] and long[:at] + long[at + 1 :] == short for at in range(1, len(long)))


_DOUBLED = re.compile(r"(.)\1+")
"""A letter twice or more."""


def _is_small_transposed(one: str, two: str) -> bool:
    """`teh` for `the`: two neighbouring letters exchanged in one of the smallest words, which makes none of another."""
    small = word_list("small")
    return (
        len(one) == len(two)
        and one[0] == two[0]
        and (one in small) != (two in small)
        and sorted(one) == sorted(two)
        and OSA.distance(one, two, score_cutoff=1) <= 1
    )


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"})
"""Letters → how they are written where a keyboard lacks them."""


def without_umlauts(word: str) -> str:
    """A word as it is written where there are no umlauts: `für` as `fuer`, `smørrebrød` as `smoerrebroed`."""
    return word if word.isascii() else word.translate(_UMLAUTS)


_ENDING = re.compile(r"(?<=[a-z]{3})(?:e[sd]?|s|ing)\Z")
"""A regular ending of a verb or a noun in English."""
_DOUBLE_END = re.compile(r"([b-df-hj-np-tv-z])\1\Z")
"""A consonant that was doubled before an ending."""


def inflected(one: str, two: str) -> bool:
    """Whether two words differ in regular endings only: `stop`, `stopped`, `stopping`, but not `plan` and `plane`."""
    if one[:3] != two[:3]:
        return False
    stems = [_DOUBLE_END.sub(r"\1", _ENDING.sub("", word)) for word in (one, two)]
    stems = [stem[:-1] + "i" if stem[-1] == "y" else stem for stem in stems]
    return stems[0] == stems[1] and f"{one}e" != two and f"{two}e" != one


def _plural(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return long in (f"{short}s", f"{short}es", f"{short}'s", f"{short.removesuffix('y')}ies")


def _without_ies(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word


def bare(word: str) -> str:
    """A word without accents."""
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))


def shared_beginning(one: str, two: str) -> int:
    """How many signs both begin with."""
    return next(
        (at for at, (left, right) in enumerate(zip(one, two, strict=False)) if left != right), min(len(one), len(two))
    )


def _shared_end(one: str, two: str) -> int:
    return shared_beginning(one[::-1], two[::-1])
