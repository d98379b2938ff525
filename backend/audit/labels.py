"""How often each label occurs, and in which spellings.

Fills `data.label_counts`, `data.label_spellings` and `data.label_spelling_rows`, for the rules rare-class,
class-imbalance and inconsistent-labels on tasks that choose among labels. Two labels count as one where they are the
same but for case, spaces and punctuation (`label_key`), where one is the other with a word around it or in short
(`_in_other_words`), or with a slip of the pen (`_mistyped`). The limits below are our choice.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from backend.audit.columns import answer_counts
from backend.audit.slips import is_slip, negates, without_umlauts
from backend.domain import Example

_MARKS = re.compile(r"[\s_\-./,:;!?'\"`()\[\]{}<>*#‘’“”„«»…–—~|\\]+")
"""What does not count in a label with letters: spaces and punctuation."""
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u2060\ufe0f\ufeff]")
"""Signs without width, which nobody sees."""
_AROUND_NUMBER = re.compile(r"^[\s'\"`(\[{<*‘’“”„«»]+|[\s'\"`)\]}>*‘’“”«».,:;!]+$")
"""What is put around a label that is a number or a sign; a minus is part of it."""
_NOUN = (
    r"(?:label|categor(?:y|ie|ia|ía)|class(?:ification)?|klasse|answer|sentiment|intent|topic|type|tag|output|result"
    r"|prediction|catégorie|étiquette|etiqueta|etichetta|метка|категория|类别|标签|ラベル)"
)
_PREFIX = re.compile(
    rf"[\s{{\[\"'_#]*(?:the )?{_NOUN}(?: is)?[\"']?\s*[:=：–_/-]+\s*|(?:(?:the )?{_NOUN} )?is:? "
    r"|\(?\d{1,2}[.)] ?(?!\d)",
    re.IGNORECASE,
)
"""What may stand before a label: `label: spam`, `the category is spam`, `__label__spam` (a program's), `1. spam`."""
_SUFFIX = re.compile(rf"\s{_NOUN}\W*\Z", re.IGNORECASE)
"""What may stand behind a label: `spam category`."""
SHORT_FOR = {"pos": "positive", "neg": "negative", "neu": "neutral", "y": "yes", "n": "no", "t": "true", "f": "false"}
"""Usual abbreviations of labels, where the file has the long form too."""
_PICTURES = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
"""Symbols and emojis."""
_AND = re.compile(r"(?<=[^\W\d_]{2})\s*(?:&|\+|\s(?:and|und|et|y)\s)\s*(?=[^\W\d_]{2})")
_LIKE_LATIN = str.maketrans("аеорсухіѕј", "aeopcyxisj")
"""Cyrillic letters as the Latin ones that they look like."""
_CYRILLIC, _LATIN = re.compile("[а-џ]"), re.compile("[a-z]")
SELDOM = 5
"""Most rows of a label that may be another one mistyped."""
OFTEN = 12
"""How many times as many rows, at least, the label must have that was meant."""
MOST_LABELS = 200
"""Most labels among which slips are looked for: more are no fixed set, and their names may well be alike."""
SHORTEST = 4
"""Fewest letters of a word in which a slip is seen: of shorter ones, one letter makes another word."""
LEFT_OUT = 4
"""Fewest letters that a shortened word lacks: `tech` of `technical`."""
_WORD = re.compile(r"[^\W_]+")


def label_counts(examples: Sequence[Example]) -> tuple[tuple[str, int], ...]:
    """(label, rows) most frequent first; spellings of one label are counted as one, under the commonest spelling."""
    spelt = _by_key(examples)
    totals = [(_commonest(counts), sum(counts.values())) for counts in spelt.values()]
    return tuple(sorted(totals, key=lambda pair: (-pair[1], pair[0])))


def label_spellings(examples: Sequence[Example]) -> tuple[tuple[str, ...], ...]:
    """For each label that is written in more than one way its spellings, commonest first."""
    groups = [counts for counts in _by_key(examples).values() if len(counts) > 1]
    return tuple(tuple(sorted(counts, key=lambda name: (-counts[name], name))) for counts in groups)


def spelling_rows(examples: Sequence[Example]) -> tuple[int, ...]:
    """The `row` numbers of rows whose label is not in its commonest spelling."""
    others = {name for counts in _by_key(examples).values() for name in counts if name != _commonest(counts)}
    return tuple(example.row for example in examples if example.answer in others) if others else ()


def commonest_spellings(examples: Sequence[Example]) -> dict[str, str]:
    """Label as written → its commonest spelling."""
    return {name: _commonest(counts) for counts in _by_key(examples).values() for name in counts}


@lru_cache(maxsize=10_000)
def label_key(answer: str) -> str:
    """One form for all spellings of a label that differ by case, spaces, punctuation, emojis or the order around `and`.

    Labels without letters lose no more than what is put around a number: `-1` is not `1`, `1-2` is not `12`. `C++`,
    `C#` and the grade `A-` keep their signs. HTML entities are read, and Cyrillic letters among Latin ones are taken
    for those that they look like. Cached, since the same few labels come again in every row.
    """
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", html.unescape(answer))).casefold().strip()
    if not any(letter.isalpha() for letter in text):
        bare = _AROUND_NUMBER.sub("", text)
        return text if bare.isascii() and not any(map(str.isdigit, bare)) else bare  # `.-` is not `-`
    if re.fullmatch(r"[^\W\d]{1,2}[-+#*]+", text):
        return text
    if _CYRILLIC.search(text) and _LATIN.search(text):
        text = text.translate(_LIKE_LATIN)
    parts = _AND.split(text)  # the order says nothing: `shipping & delivery`, `delivery and shipping`
    return "".join(sorted(_MARKS.sub("", _PICTURES.sub("", part)) for part in parts)) or text


def _by_key(examples: Sequence[Example]) -> dict[str, Counter[str]]:
    """Key of a label → each of its spellings and how many rows have it. Empty labels are left out."""
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for answer, times in answer_counts(examples).items():
        if key := label_key(answer):
            spelt[key][answer] += times
    rows = {key: sum(counts.values()) for key, counts in spelt.items()}
    for other, key in [*_in_other_words(spelt, rows), *_mistyped(spelt, rows)]:
        if other in spelt:
            spelt[key].update(spelt.pop(other))
    return spelt


def _in_other_words(spelt: Mapping[str, Counter[str]], rows: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """(key, key of the label meant) of labels that others write without a word around, `label: spam`, or in full."""
    for key, counts in spelt.items():
        written = next(iter(counts))
        bare = _SUFFIX.sub("", _PREFIX.sub("", written, count=1) if _PREFIX.match(written) else written)
        rest = label_key(bare) if bare != written else SHORT_FOR.get(key, key)
        if rest != key and rows.get(rest, 0) >= rows[key]:
            yield key, rest


def _mistyped(spelt: Mapping[str, Counter[str]], rows: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """(key, key of the label meant) of labels that are a common one with one word mistyped: `acccount access`."""
    rare = [key for key in spelt if rows[key] <= SELDOM]
    if not rare or len(rare) == len(spelt) or len(spelt) > MOST_LABELS:
        return
    words = {key: _WORD.findall(_commonest(counts).casefold()) for key, counts in spelt.items()}
    known: Counter[str] = Counter()
    for key, said in words.items():
        known.update(dict.fromkeys(said, rows[key]))
    for other in rare:
        for key in spelt:
            if rows[key] >= OFTEN * rows[other] and _is_mistyped(words[other], words[key], known):
                yield other, key
                break


def _is_mistyped(other: Sequence[str], label: Sequence[str], known: Mapping[str, int]) -> bool:
    """Whether the words of `other` are those of `label`, one of them shortened or with a slip.

    `known`: in how many rows each word stands.
    """
    differ = [(one, two) for one, two in zip(other, label, strict=False) if one != two]
    if len(other) != len(label) or len(differ) != 1:
        return False
    one, two = differ[0]
    if len(label) > 1 and len(one) >= SHORTEST - 1 and len(two) >= len(one) + LEFT_OUT and two.startswith(one):
        return True
    if min(len(one), len(two)) < SHORTEST or not (one.isalpha() and two.isalpha()) or negates(one, two):
        return False
    near = OSA.distance(one, two, score_cutoff=1) <= 1 or without_umlauts(one) == without_umlauts(two)
    return near and is_slip(one, two, lambda word: known.get(word, 0))


def _commonest(counts: Counter[str]) -> str:
    """The spelling of most rows. Ties go to one without stray spaces, then to the alphabet, so the choice is stable."""
    return min(counts, key=lambda name: (-counts[name], name != name.strip(), name))
