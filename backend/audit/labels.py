"""Fills `data.label_counts`, `data.label_spellings`, `data.label_spelling_rows`: how often labels occur, how spelt.

For the rules rare-class, class-imbalance and inconsistent-labels, on tasks that choose among labels.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

from backend.audit.columns import answers
from backend.domain import Example

_LOOSE = re.compile(r"[\s_\-./,:;!?'\"`()\[\]{}<>*#‘’“”„«»…–—~|\\]+")
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u2060\ufe0f\ufeff]")
_DRESSED = re.compile(r"^[\s'\"`(\[{<*‘’“”„«»]+|[\s'\"`)\]}>*‘’“”«».,:;!]+$")
"""What is put around a label that is a number or a sign; a minus is part of it."""


def label_counts(examples: Sequence[Example]) -> tuple[tuple[str, int], ...]:
    """(label, rows) most frequent first; spellings of one label are counted as one, under the commonest spelling."""
    spelt = _by_key(examples)
    totals = [(_commonest(counts), sum(counts.values())) for counts in spelt.values()]
    return tuple(sorted(totals, key=lambda pair: (-pair[1], pair[0])))


def label_spellings(examples: Sequence[Example]) -> tuple[tuple[str, ...], ...]:
    """Groups of spellings that differ only by case, spaces or punctuation, commonest spelling first."""
    groups = [counts for counts in _by_key(examples).values() if len(counts) > 1]
    return tuple(tuple(sorted(counts, key=lambda name: (-counts[name], name))) for counts in groups)


def spelling_rows(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose label is not the commonest spelling of it."""
    others = {name for counts in _by_key(examples).values() for name in counts if name != _commonest(counts)}
    return tuple(example.row for example in examples if example.answer in others) if others else ()


def commonest_spellings(examples: Sequence[Example]) -> dict[str, str]:
    """Label key → its commonest spelling."""
    return {key: _commonest(counts) for key, counts in _by_key(examples).items()}


@lru_cache(maxsize=10_000)
def label_key(answer: str) -> str:
    """What a label is when case, spaces and punctuation do not count; labels without letters stand for themselves.

    `-1` is not `1`, `1-2` is not `12`; `C++`, `C#` and the grade `A-` keep their signs.
    """
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", answer)).casefold().strip()
    if not any(letter.isalpha() for letter in text):
        bare = _DRESSED.sub("", text)
        return text if bare.isascii() and not any(map(str.isdigit, bare)) else bare  # `.-` is not `-`
    if re.fullmatch(r"[^\W\d]{1,2}[-+#*]+", text):
        return text
    return _LOOSE.sub("", text) or text


def _by_key(examples: Sequence[Example]) -> dict[str, Counter[str]]:
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for answer, times in Counter(answers(examples)).items():
        if answer.strip():
            spelt[label_key(answer)][answer] += times
    return spelt


def _commonest(counts: Counter[str]) -> str:
    """Ties go to the spelling without stray spaces, then to the alphabet, so that the choice is stable."""
    return min(counts, key=lambda name: (-counts[name], name != name.strip(), name))
