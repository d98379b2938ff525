"""Which language a text is in, by its script and its commonest small words; None when that does not tell."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from backend.audit.text import words
from backend.audit.vocabulary import stop_words
from backend.domain import Example, Task

SAMPLE = 20_000
MIN_WORDS = 6
MIN_HITS = 3
LEAD = 2.0
"""How many times more small words the language must have than the runner-up."""
MAIN_SHARE = 0.80
"""Share of the rows that could be told which the main language must have; below that the data is multilingual."""

_SCRIPTS = {
    "Chinese": "㐀-鿿", "Japanese": "぀-ヿ", "Korean": "가-힯", "Arabic": "؀-ۿ", "Hebrew": "֐-׿", "Greek": "Ͱ-Ͽ",
    "Thai": "฀-๿", "Hindi": "ऀ-ॿ", "Cyrillic": "Ѐ-ӿ",
}  # fmt: skip
_SCRIPT = {name: re.compile(f"[{signs}]") for name, signs in _SCRIPTS.items()}


def other_language(
    examples: Sequence[Example], task: Task, seed: int = 0
) -> tuple[tuple[int, ...] | None, str, int]:
    """(rows not in the main language, main language, rows looked at).

    The rows are None and the language "" when no language has a clear majority. For translation the inputs and the
    answers each have their own main language; the one named is that of the inputs.
    """
    chosen = list(examples)
    if len(chosen) > SAMPLE:
        chosen = random.Random(seed).sample(chosen, SAMPLE)  # noqa: S311  # a repeatable sample, no secret
    rows, main = _odd_ones([(e.row, language_of(e.input)) for e in chosen])
    if task in ("summarise", "answer", "translate"):
        others, answers = _odd_ones([(e.row, language_of(e.answer)) for e in chosen])
        rows, main = _union(rows, others), main or ("" if task == "translate" else answers)
    return rows, main, len(chosen)


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    owners: dict[str, list[str]] = {}
    for name, small in stop_words().items():
        for word in small:
            owners.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in owners.items()}


def language_of(text: str) -> str | None:
    """The language, or None for short texts, code, lists, and mixtures."""
    text = text[:2000]
    letters = sum(sign.isalpha() for sign in text)
    if not text.isascii() and letters:
        counts = {name: len(signs.findall(text)) for name, signs in _SCRIPT.items()}
        if counts["Japanese"] > 0.05 * counts["Chinese"]:  # Japanese mixes both scripts
            counts["Japanese"] += counts.pop("Chinese")
        name, most = max(counts.items(), key=lambda pair: pair[1])
        if most >= 0.6 * letters and most >= 8:
            return name
        if most > 0.2 * letters:
            return None
    found = [word for word in words(text.casefold()) if word.isalpha()]
    if len(found) < MIN_WORDS:
        return None
    hits: Counter[str] = Counter()
    kinds: dict[str, set[str]] = {}
    for word in found:
        for name in _owners().get(word, ()):
            hits[name] += 1
            kinds.setdefault(name, set()).add(word)
    if not hits:
        return None
    (name, most), *rest = hits.most_common(2)
    second = rest[0][1] if rest else 0
    clear = most >= MIN_HITS and len(kinds[name]) >= 2 and most >= LEAD * second and most >= 0.15 * len(found)
    return name if clear else None


def _odd_ones(told: list[tuple[int, str | None]]) -> tuple[tuple[int, ...] | None, str]:
    known = Counter(name for _, name in told if name)
    if known.total() < max(10, 0.3 * len(told)):
        return None, ""
    main, rows = known.most_common(1)[0]
    if rows < MAIN_SHARE * known.total():
        return None, ""
    return tuple(row for row, name in told if name and name != main), main


def _union(first: tuple[int, ...] | None, second: tuple[int, ...] | None) -> tuple[int, ...] | None:
    if first is None or second is None:
        return first if second is None else second
    return tuple(sorted({*first, *second}))
