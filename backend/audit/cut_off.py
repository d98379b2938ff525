"""Cut-off answers: answers that stop in the middle, told by at least two signs together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from backend.audit.text import words
from backend.audit.vocabulary import word_list
from backend.domain import Example, Task

PROSE: tuple[Task, ...] = ("summarise", "translate", "answer")
MIN_WORDS = 8
"""Shorter answers may be titles, names or labels, which need no full stop."""
ENDS_PROPERLY = 0.70
"""Share of long answers that must end with a mark before the lack of one is a sign."""
VOCABULARY_OF = 5_000
"""Answers whose words are known: a word that is whole occurs soon again."""
SELDOM_LAST = 0.03
"""Share of a word's uses at the end of a sentence up to which ending on it is a sign."""
HEAP = 0.20
"""Share of the answers without an end that make a heap at one length."""
OPEN_STRETCH = 3
"""Words after the last full stop that make an ending without one suspicious in itself."""

_END = re.compile(r"""[.!?…。！？؟।:;)\]}>"'”’»*`|~]\s*\Z|[^\w\s,\-–—(\[{]\s*\Z""")
_LIST_LINE = re.compile(r"\A\s*(?:[-*•+]|\d+[.)]|[|#>]|[A-Za-z_][\w ]{0,30}:)\s")
_STOP = re.compile(r"[.!?。！？…:](?:[\"'”’)\]]*)(?:\s|\Z)|\n")
_PROGRAM = re.compile(r"[=(){}\[\];<>_|+*/\\]")
PROGRAM_SHARE = 0.02
"""Share of such signs up to which a text is prose; programs and formulas end as they like."""
_INDENTED = re.compile(r"^(?: {4,}|\t+)\S", re.MULTILINE)
_SENTENCE_END = frozenset(".!?。！？…")


def cut_off(examples: Sequence[Example], task: Task) -> tuple[int, ...] | None:
    """Rows with two or more signs of being cut; None for tasks whose answers are not prose."""
    if task not in PROSE:
        return None
    texts = [(example.row, example.answer.rstrip()) for example in examples]
    long = [(row, text) for row, text in texts if text.count(" ") >= 3 * MIN_WORDS or len(text.split()) >= MIN_WORDS]
    if not long:
        return ()
    ends = [text[-1] in ".!?" or bool(_END.search(text[-20:])) for _, text in long]
    proper = sum(ends) / len(long)
    lengths = Counter(len(text) for _, text in long)
    longest = max(lengths)
    capped = lengths[longest] >= max(5, 0.01 * len(long))
    open_ended = [(row, text) for (row, text), ended in zip(long, ends, strict=True) if not ended]
    known = [text for _, text in long][:: max(1, len(long) // VOCABULARY_OF)]
    half_words = _half_words(known, [text for _, text in open_ended])
    same_length = _at_one_length([text for _, text in open_ended])
    inside = _inside_words(known) if open_ended else frozenset()
    rows = [row for (row, text), ended in zip(long, ends, strict=True) if ended and _open_fence(text)]
    for (row, text), half, alike in zip(open_ended, half_words, same_length, strict=True):
        prose = proper >= ENDS_PROPERLY and not _is_program(text)
        at_limit = (prose and alike) or (capped and len(text) == longest)
        inner = half or (prose and text.casefold().split()[-1] in inside)
        if _open_fence(text) or _signs(text, prose) + at_limit + inner >= 2:
            rows.append(row)
    return tuple(sorted(rows))


def _is_program(text: str) -> bool:
    return len(_PROGRAM.findall(text)) > PROGRAM_SHARE * len(text) or _INDENTED.search(text) is not None


def _at_one_length(open_ended: list[str]) -> list[bool]:
    """Is the text as long as many others without an end, in characters or in words? A limit leaves such a heap."""
    enough = max(5, HEAP * len(open_ended))
    signs, counts = Counter(len(text) for text in open_ended), Counter(len(text.split()) for text in open_ended)
    return [
        sum(signs[len(text) + step] for step in (-1, 0, 1)) >= enough or counts[len(text.split())] >= 2 * enough
        for text in open_ended
    ]


def _inside_words(known: list[str]) -> frozenset[str]:
    """Words that stand inside of sentences, but hardly ever at their end."""
    inside: Counter[str] = Counter()
    final: Counter[str] = Counter()
    for text in known:
        for word in text.casefold().split():
            if word[-1] in _SENTENCE_END:
                final[word.rstrip(".!?…\"'”’)")] += 1
            else:
                inside[word] += 1
    return frozenset(word for word, times in inside.items() if times >= 4 and final[word] <= SELDOM_LAST * times)


def _half_words(known: list[str], open_ended: list[str]) -> list[bool]:
    """Does the last word of each open-ended text occur nowhere else, though other words begin with it?"""
    if not open_ended:
        return []
    vocabulary = Counter(word for text in known for word in set(text.casefold().split()))
    beginnings = {word[:size] for word, rows in vocabulary.items() if rows > 1 for size in range(3, len(word))}
    last = [text.casefold().split()[-1] for text in open_ended]
    return [len(word) >= 3 and vocabulary[word] <= 1 and word in beginnings for word in last]


def _signs(text: str, prose: bool) -> int:
    last_line = text.rsplit("\n", 1)[-1]
    if _LIST_LINE.match(last_line):
        return int(_open_bracket(text))
    ends_small = text.casefold().split()[-1] in word_list("cannot_end") or text.endswith((",", "-", "–", "—", "(", "["))
    return (
        prose
        + ends_small
        + _open_bracket(text)
        + (prose and _open_stretch(text) >= OPEN_STRETCH)
    )


def _open_stretch(text: str) -> int:
    """Words since the last end of a sentence; 0 when the text holds none, since then it may use no full stops."""
    ends = [match.end() for match in _STOP.finditer(text)]
    if not any(sign in _SENTENCE_END for sign in text):
        return 0
    return len(words(text[ends[-1] :])) if ends else 0


def _open_bracket(text: str) -> bool:
    return _open_fence(text) or any(text.count(pair[0]) > text.count(pair[1]) for pair in ("()", "[]", "{}"))


def _open_fence(text: str) -> bool:
    return text.count("```") % 2 == 1
