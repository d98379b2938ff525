"""Do two similar texts say the same thing? A guard against `turn on`/`turn off` and `order 12`/`order 98`.

What counts is the kind of difference: a slip of the pen, a doubled or a missing small word, a space, a mark, two
neighbours exchanged leave a text what it is. Another number, name, operator, negation or content word does not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from operator import eq

from rapidfuzz.distance import Indel

from backend.audit.courtesy import without_courtesy
from backend.audit.slips import Known, is_misread, is_slip, negates
from backend.audit.text import words
from backend.audit.vocabulary import opposites, synonyms, word_list

SHORT = 12
"""Words below which only fillers may come or go."""
LONG = 20
"""Words from which on one missing or added content word in twenty leaves a text what it is."""
VERY_LONG = 40
"""Words from which on one in forty may be exchanged for a word the file does not know from elsewhere."""
SMALL_SHARE = 0.2
"""Share of the words that may be small words which come, go or change."""

LOST_END = 0.15
"""Share of its words that the end of a text may be which is lost."""
SYNONYMS = 8
"""Words of which one may be exchanged for a synonym."""

_MINUS = re.compile(r"(?<=\d)\s*-\s*(?=\d)|\s-\s*(?=\d)")
_OPERATOR = re.compile(r"(?<=[\w\s)\]])\s*([-+*/×÷=<>^%|&]|[<>=!]=)\s*(?=[\s\d(\w])")
_MARKED = re.compile(
    r"`[^`\n]+`|\w*[A-Za-z]\w*(?:(?:\.|::|\\|_)\w*[A-Za-z]\w*)+|_\w+|\b[a-z]+[A-HJ-Z]\w*|(?<!\w)[/~$-]{1,2}[a-z][\w/.-]*"
)
"""Names of programs, functions, files and options. A capital I inside a word may be an l."""
_PERHAPS_MARKED = re.compile(r"[.:\\_/~$A-Z-](?:(?<![A-Z])\w|(?<=[a-z][A-Z]))")
"""What every one of them but one in backticks holds: a tenth of the time of `_MARKED`, which tries every letter."""
_NOT = {"cannot": ("can", "not"), "cant": ("can", "not"), "wont": ("will", "not"), "cant't": ("can", "not")}
_STEMS = {"ca": "can", "wo": "will", "sha": "shall"}
_SIGN_OF_OPERATOR = re.compile(r"[-+*/×÷=<>^%|&]")
_SHORTENED = re.compile(r"(i)['’]m|(\w+)['’](re|ll|ve)|(it|that|what|there|who|where|here|how)['’]s")
_IN_FULL = {"re": "are", "ll": "will", "ve": "have"}
_VERBS = "ca|wo|sha|do|does|did|is|are|was|were|has|have|had|would|could|should|must|need|might"
_CONTRACTED = re.compile(rf"({_VERBS})n['’]?t")
_SHORT_FORMS = {*_NOT, *(f"{verb}nt" for verb in _VERBS.split("|"))}
"""Of the forms with `not` those without an apostrophe: where a text has neither, it is spelt out as it is."""
_SENTENCE_END = re.compile(r"[.!?:;\n\"“”(\[•|-]\W*\Z")


_LABEL = re.compile(r"\A\W*[^\W\d_]+(?:\W[^\W\d_]+)?(?:(?:\s?[:\])>]|\s?[–—]|\s-)\s+(?=\S)|,\s+(?=[A-Z]))")
_REMARK = re.compile(r"\s[(\[][^\W\d]+(?:\W[^\W\d]+){2,5}[)\]]\W*\Z")
"""What may be put before a text, `Question:`, `[Ticket]`, `FYI -`, and after it, `(sent from my phone)`."""


@dataclass(frozen=True)
class Said:
    """A text as it is compared: its words in lower case, and those of its parts that must not differ."""

    words: list[str]
    bag: frozenset[str]
    numbers: tuple[str, ...]
    operators: tuple[str, ...]
    names: frozenset[str]
    marked: frozenset[str]
    polite: Said | None = None
    """The same without greeting and thanks; None where there are none."""
    bare: tuple[Said, ...] = ()
    """Without a label, a remark in brackets, or both, where there are any."""


def read(text: str) -> Said:
    """Take a text apart once, however often it is compared."""
    polite = without_courtesy(text)
    label = _LABEL.match(polite)
    bare = [polite[label.end() :]] if label else []
    if ")" in polite or "]" in polite:
        bare += [_REMARK.sub("", other) for other in (polite, *bare)]
    return _taken_apart(
        text,
        _taken_apart(polite) if polite != text else None,
        tuple(_taken_apart(other) for other in dict.fromkeys(bare) if other not in (polite, "")),
    )


def _taken_apart(text: str, polite: Said | None = None, bare: tuple[Said, ...] = ()) -> Said:
    text = text.replace(" & ", " and ")
    written = words(text)
    lower = _spelt_out(written)
    marked = frozenset(word.casefold() for found in _marked(text) for word in words(found))
    numbers, operators, names = read_numbers(lower), tuple(_operators(text)), frozenset(_names(text))
    return Said(lower, frozenset(lower), numbers, operators, names, marked, polite, bare)


def _marked(text: str) -> list[str]:
    """What `_MARKED` finds. But for backticks it finds nothing across a space, so most words need no look."""
    if "`" not in text:
        if not _PERHAPS_MARKED.search(text):
            return []
        text = " ".join([word for word in text.split() if _PERHAPS_MARKED.search(word)])
    return _MARKED.findall(text) if text else []


def read_numbers(lower: list[str]) -> tuple[str, ...]:
    """The words that hold a digit, in order, but for letters taken for digits."""
    others = [] if "".join(lower).isalpha() else [word for word in lower if not word.isalpha()]
    return tuple(word for word in others if any(letter.isdigit() for letter in word) and not is_misread(word))


def say_the_same(first: str, second: str, known: Known = lambda word: 1) -> bool:
    """`alike` for two texts that are compared once. Without `known` nothing is known of other texts."""
    return alike(read(first), read(second), known)


def alike(left: Said, right: Said, known: Known) -> bool:
    """True when two texts differ in nothing but slips, small words, synonyms, marks, spaces, the order of neighbours,
    what is put around them, or a lost end.

    Never when numbers, names, negations, operators or opposites differ, or a content word is another one. What only
    one of them is labelled with does not count; where both are, the labels do.
    """
    one, two = left.polite or left, right.polite or right
    return (
        _alike(one, two, known)
        or ((one is not left or two is not right) and _alike(left, right, known))
        or any(_alike(bare, two, known) for bare in left.bare)
        or any(_alike(one, bare, known) for bare in right.bare)
    )


def hardly_differ(left: Said, right: Said) -> bool:
    """True when nothing differs but marks, spaces, and words that say hardly anything."""
    left, right = left.polite or left, right.polite or right
    empty = word_list("fillers")
    said = [[word for word in one.words if word not in empty] for one in (left, right)]
    return said[0] == said[1] != [] and (left.numbers, left.operators) == (right.numbers, right.operators)


def _alike(left: Said, right: Said, known: Known) -> bool:
    if left.operators == right.operators and _cut_short(left, right):
        return True
    if (left.numbers, left.operators) != (right.numbers, right.operators):
        return False
    if "".join(left.words) == "".join(right.words):
        return True
    if max(len(left.bag - right.bag), len(right.bag - left.bag)) > max(4, 0.4 * min(len(left.bag), len(right.bag))):
        return False  # a cheap look before the careful one
    ours, theirs = Counter(left.words), Counter(right.words)
    only_left, only_right = _beyond(ours, theirs), _beyond(theirs, ours)
    slips = _slips(left, right, only_left, only_right, known)
    if slips is None or _negations(only_left) != _negations(only_right) or _opposed(only_left, only_right):
        return False
    ours_left, theirs_left = (
        [slips.get(word, word) for word in _without(said.words, only)]
        for said, only in ((left, only_left), (right, only_right))
    )
    return _few_left(only_left, only_right, left, right, known) and _in_order(
        ours_left, theirs_left, left.names | right.names
    )


def _cut_short(left: Said, right: Said) -> bool:
    """Whether one is the beginning of the other, of which only a little is lost."""
    short, long = sorted((left.words, right.words), key=len)
    kept, lost = len(short), len(long) - len(short)
    if kept < SHORT or lost > max(1, LOST_END * len(long)) or short[:-1] != long[: kept - 1]:
        return False
    return long[kept - 1].startswith(short[-1]) and (lost > 0) and not _negations(long[kept:])


def _beyond(ours: Counter[str], theirs: Counter[str]) -> list[str]:
    """The words of ours that theirs has not, or not as often, in order."""
    more = [(word, times - theirs.get(word, 0)) for word, times in ours.items() if times > theirs.get(word, 0)]
    return [word for word, times in more for _ in range(times)]


def _slips(left: Said, right: Said, only_left: list[str], only_right: list[str], known: Known) -> dict[str, str] | None:
    """Word → what it is a slip of; those are taken off the lists. None where one denies the other."""
    found = {}
    opposed = opposites()
    marked, names = left.marked ^ right.marked, left.names | right.names
    others, exchanged = synonyms(), min(len(left.words), len(right.words)) // SYNONYMS
    for word in list(only_left):
        for other in only_right:
            if negates(word, other) or (word, other) in opposed:
                return None
            if word in marked or other in marked or _denies(word, other, known):
                continue
            as_name = word in names or other in names
            means = exchanged > 0 and not as_name and other in others.get(word, ())
            exchanged -= means
            if means or is_slip(word, other, known, as_name):
                only_left.remove(word)
                only_right.remove(other)
                found[word] = other
                break
    for run_on, apart in ((only_left, only_right), (only_right, only_left)):
        for word in list(run_on):
            for first in apart:
                rest = list(apart)
                rest.remove(first)
                if len(first) < len(word) and word.startswith(first) and word[len(first) :] in rest:
                    rest.remove(word[len(first) :])
                    run_on.remove(word)
                    apart[:] = rest
                    break
    return found


def _denies(word: str, other: str, known: Known) -> bool:
    """Whether one is a negation and the other may be a word of its own, as with `never` and `ever`."""
    no = word_list("negations")
    return (word in no or other in no) and (min(len(word), len(other)) < 5 or known(other if word in no else word) > 1)


def _few_left(only_left: list[str], only_right: list[str], left: Said, right: Said, known: Known) -> bool:
    """Whether what is no slip is little enough, and of the kind that does not matter."""
    small, polite = word_list("small"), word_list("polite")
    shorter = min(len(left.words), len(right.words))
    one_sided = not only_left or not only_right
    if shorter < SHORT:  # whoever asks the same in few words of their own uses other small words
        small = word_list("fillers") if one_sided else frozenset()
    elif one_sided:
        small = small | word_list("joining") | word_list("fillers")
    differing = {*only_left, *only_right}
    if differing & (left.marked | right.marked) or (differing - polite) & (left.names | right.names) - word_list(
        "small"
    ):
        return False
    lost = [word for word in only_left if word not in small and word not in polite]
    come = [word for word in only_right if word not in small and word not in polite]
    if max(len(only_left) - len(lost), len(only_right) - len(come)) > max(1, SMALL_SHARE * shorter):
        return False
    if lost and come:
        strange = all(known(word) <= 1 and len(word) > 3 for word in (*lost, *come))
        return strange and max(len(lost), len(come)) * VERY_LONG <= shorter
    return max(len(lost), len(come)) * LONG <= shorter


def _in_order(first: list[str], second: list[str], names: frozenset[str]) -> bool:
    """The same words of both, in the same order but for neighbours exchanged or a few words moved together."""
    if first == second:
        return True
    if [word for word in first if word in names] != [word for word in second if word in names]:
        return False
    if len(first) != len(second):
        return True
    differ = [at for at, (one, two) in enumerate(zip(first, second, strict=True)) if one != two]
    if len(differ) == 2 and differ[1] - differ[0] > 1 and first[differ[0]] == second[differ[1]]:
        return False  # two words far apart have changed places
    return bool(Indel.normalized_similarity(first, second) >= (0.85 if len(first) < VERY_LONG else 0.8))


def _without(all_words: list[str], lost: list[str]) -> list[str]:
    if not lost:
        return all_words
    left = Counter(lost)
    kept = []
    for word in reversed(all_words):
        if left[word] > 0:
            left[word] -= 1
        else:
            kept.append(word)
    return kept[::-1]


def _spelt_out(written: list[str]) -> list[str]:
    """In lower case, `n't` as `not`, `'re` as `are`, without apostrophes; a word said twice running once."""
    all_lower = "\n".join(written).casefold().split("\n") if written else []
    joined = "".join(all_lower)
    if _SHORT_FORMS.isdisjoint(all_lower) and "'" not in joined and "’" not in joined:
        if any(map(eq, all_lower, islice(all_lower, 1, None))):
            return [word for before, word in zip(["", *all_lower], all_lower, strict=False)
                    if word != before or not word.isalpha() or len(word) == 1]  # fmt: skip
        return all_lower
    found: list[str] = []
    for lower in all_lower:
        contracted = _CONTRACTED.fullmatch(lower) if lower[-1] == "t" else None
        if contracted:
            found += [_STEMS.get(contracted.group(1), contracted.group(1)), "not"]
        elif lower in _NOT:
            found += _NOT[lower]
        elif not lower.isalnum() and (shortened := _SHORTENED.fullmatch(lower)):
            i, whose, ending, it = shortened.groups()
            found += [i or whose or it, "am" if i else _IN_FULL.get(ending, "is")]
        else:
            bare = lower if lower.isalnum() else lower.replace("'", "").replace("’", "")
            if not found or found[-1] != bare or not bare.isalpha() or len(bare) == 1:
                found.append(bare)
    return found


def _negations(only: list[str]) -> int:
    return sum(word in word_list("negations") for word in only)


def _opposed(only_left: list[str], only_right: list[str]) -> bool:
    pairs = opposites()
    return any((one, two) in pairs for one in only_left for two in only_right)


def _operators(text: str) -> list[str]:
    if not _SIGN_OF_OPERATOR.search(text):
        return []
    minus = _MINUS.findall(text)
    return [mark for mark in _OPERATOR.findall(text) if mark != "-"] + ["-"] * len(minus)


_CAPITAL = re.compile(r"[^\W\d_a-z](?<!\w.)[\w'’]*")
_ASCII_CAPITAL = re.compile(r"[A-Z](?<!\w.)[\w']*")
"""The same where there is nothing beyond ASCII, in half the time."""


def _names(text: str) -> set[str]:
    """Words with a capital that no sentence start explains. In a text all in capitals there are none to tell."""
    if text.isupper():
        return set()
    small = word_list("small")
    found = set()
    for match in (_ASCII_CAPITAL if text.isascii() else _CAPITAL).finditer(text):
        word, begin = match.group(), match.start()
        starts = begin == 0 or text[begin - 2 : begin] == ". " or _SENTENCE_END.search(text, max(0, begin - 6), begin)
        if (starts and not (len(word) > 1 and word.isupper())) or not word[0].isupper():
            continue
        lower = word.casefold().replace("'", "").replace("’", "")
        if lower not in small and lower not in ("im", "ill", "ive", "id"):
            found.add(lower)
    return found
