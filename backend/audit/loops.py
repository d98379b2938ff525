"""Fills `data.looping` (rule repetitive-answers): answers that go round in circles.

They say the same words straight on, again and again, as a model does that has got stuck.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from backend.audit.columns import answers
from backend.audit.text import is_program
from backend.domain import Example

LONGEST_ROUND = 300
"""Words (or signs, where words are not set apart) of a round."""
LONG_ROUND = 15
"""Fewest words (or signs) of a round of which the last one counts when half of it is there."""
VARIED = 0.72
"""Different words over all words above which an answer holds no loop worth the name."""
FEWEST = 8
"""Words of an answer that can loop."""
WIDE_WORD = 15
"""Signs a word on average above which a text sets no spaces between words."""
PROBE = 12
"""Signs (in short answers a sixth of them) that must stand in an answer twice, taken from its end and its quarters,
before its words are looked at: what goes round in circles for a quarter of an answer covers one of these places."""
SHORT_PROBE = 6
"""Signs that stand twice in a text of a few words in any order, at two of its quarters, if longer ones do not."""
FEWEST_SIGNS = 20
"""Signs of a run without spaces (`hahahaha…`) that is a loop once it is more than half of an answer."""
LONG_TAIL = 40
"""Signs of such a run at the end of an answer that make it a loop whatever stands before."""
LONGEST_PIECE = 12
"""Signs of what comes back in such a run."""
FEWEST_STUCK, _AT_END = 12, " \n.,!?…"
"""Times that a few signs stand straight on at the end, but for these marks, of a text that got stuck there."""
LAST_WORDS, FEW = 30, 3
"""Words at the end of a text, and how many different ones, that say the same all the time if not straight on."""
_TO_REPEAT = re.compile(
    r"(?:\A|[\n.!?:;,\"'“‘(>*-]\s{0,3}|\b(?:and|can|could|just|keep|now|please|should|then|would|you|you to) )"
    r"repeat(?:ing)?\b"
    r"|\brepeat(?:ing)?\b[^.!?\n]{0,60}\b(?:again|chorus|copies|following|forever|letters?|lines?|numbers?|over"
    r"|patterns?|phrases?|refrain|seconds?|sentences?|signs?|strings?|syllables?|this|times|verses?|words?)\b"
    r"|\brepeated\b.{0,20}\btimes\b"
)
"""What asks for it; a text that goes on about repeating, `he was obliged to repeat what he had said`, does not."""
FEWEST_OF_SALAD, FEW_WORDS, FEW_LINES = 24, 0.3, 3
"""Words, share of different ones among them, and most line breaks, of a text that says a few words in any order. Of
150,000 sound answers of two examiners, programs aside, the poorest has 0.39."""
STUTTER = 60
"""Signs from its beginning within which the beginning of an answer that stutters comes back."""
_STUTTERS = re.compile(r"((?=[^\W\d_])(?:\S{1,20} ){1,4}?)\1{6,}")
FEWEST_ECHOED = 4
"""Different words of a text that says all of its words more than once: tags of words (`O O O B-PER`) are fewer."""
COUNTER = "#"
"""What stands for a number that counts on, where the parts of a text are compared."""
_SHOUTS = "!?！？"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
).split()
_COUNTER = re.compile(
    rf"\(?(?:\d{{1,4}}|[A-Za-z]|[ivxl]{{1,6}}|[IVXL]{{1,6}})[.):]\)?|#?\d{{1,4}}[,;!?]?|(?i:{'|'.join(_ORDINALS)}),?"
)
_LISTED = re.compile(r"[.):]\)?\Z")
_COUNT = re.compile(r"\d+|[A-Za-z]+")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
FEWEST_COUNTED = 5
"""Rounds of a sentence in which nothing but a number goes on."""
_BASES = frozenset("ACGTUN\n")
_MARKS = ".,;:!?…\"'()“”"
_DRAWN = "=-*#~._"
LONG_LINE = 90
"""Such signs straight on, at the end of an answer, are more than a line drawn or a blank to fill in."""
FILE_DRAWS, _TO_DRAW = (
    0.10,
    re.compile(r"draw|line|separat|divid|ascii|\bart\b|pattern|print|star|repeat", re.IGNORECASE),
)
"""Share of rows with such lines above which they are what the file is about; and what asks for one."""
LONG_SHOUT, LONG_EMOJI = 25, 10
"""Marks and emojis of a run that make it one: shorter ones are emphasis."""
PROGRAM_SHARE = 0.04
"""Share of brackets, bars and the like above which a text is a program, a table or a formula."""


def looping(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose answer goes round in circles, unless it was asked to repeat something or copies a loop."""
    found, lines = [], []
    for example in map(examples.__getitem__, _coming_back(answers(examples))):
        turn = loop(example.answer) or run_on(example.answer)
        if (turn and not _asked(example, turn)) or _echoes(example.answer):
            found.append(example.row)
        elif not turn and (
            (_ends_in_line(example.answer) and not _TO_DRAW.search(example.input)) or _stuck(example.answer)
        ):
            lines.append(example.row)
    return tuple(sorted([*found, *(lines if len(lines) <= FILE_DRAWS * len(examples) else [])]))


def _coming_back(texts: Sequence[str]) -> list[int]:
    """Indices of the texts in which one of the probes stands twice, or that say a few words in any order."""
    found = []
    for at, text in enumerate(texts):
        quarter, count = len(text) // 4, text.count
        size, half = PROBE if len(text) >= 6 * PROBE else max(2, len(text) // 6), 2 * quarter
        if (
            count(text[-size:]) > 1
            or count(text[half : half + size]) > 1
            or count(text[quarter : quarter + size]) > 1
            or count(text[3 * quarter - size : 3 * quarter]) > 1
            or text.find(text[:size], 1, STUTTER) > 0
            or (
                sum(count(text[place : place + SHORT_PROBE]) > 1 for place in (quarter, half, 3 * quarter)) > 1
                and _is_salad(text)
            )
        ) and len(text) >= FEWEST:
            found.append(at)
    return found


def _asked(example: Example, turn: str) -> bool:
    asked = example.input.casefold()
    return f"{turn} {turn}" in example.input or turn * 4 in asked or _TO_REPEAT.search(asked) is not None


def _ends_in_line(text: str) -> bool:
    """Whether it ends in one sign that draws, far longer than a line, or straight after what it says."""
    text = text.rstrip()
    said = text.rstrip(text[-1:])
    run, beside = len(text) - len(said), len(said) - said.rfind("\n") - 1
    return text[-1:] in _DRAWN and (
        run >= LONG_LINE
        or (run >= LONG_SHOUT and beside >= FEWEST_SIGNS and text[-1] != "_")
        or (LONG_TAIL <= run < len(text) < 2 * run and text[-1] not in "._" and "\n" not in text)
    )


def _stuck(text: str) -> bool:
    """Whether it ends in the same few signs many times over, whatever they are, or says a few words all the time.

    Sequences of numbers or tags may: whole files of them are data.
    """
    ends = any(
        len({*end[-size:]}) > 1 and end.endswith(end[-size:] * FEWEST_STUCK) and not {*end[-size:]} <= _BASES
        for end in {text.rstrip(), text.rstrip(_AT_END)}
        for size in range(2, min(LONGEST_PIECE, len(end) // FEWEST_STUCK) + 1)
    )
    words = [_bare(part) for part in text[-LAST_WORDS * WIDE_WORD :].split()[-LAST_WORDS:]]
    return (
        ends
        or _STUTTERS.match(text) is not None
        or (len(words) == LAST_WORDS and len({*words}) <= FEW and all(map(str.isalpha, words)))
        or _is_salad(text)
    )


def _is_salad(text: str) -> bool:
    """Whether it says a few words all the time, in any order: tags, numbers, tables, verses and programs do not."""
    parts = text.split()
    kinds = {*parts}
    return (
        len(parts) >= FEWEST_OF_SALAD
        and len(kinds) <= FEW_WORDS * len(parts)
        and text.count("\n") <= FEW_LINES
        and 2 * sum(word != word.upper() or (word.isalpha() and not word.isascii()) for word in kinds) >= len(kinds)
        and not is_program(text)
    )


def _echoes(text: str) -> bool:
    """Whether every word, or nearly, is said again and again: `The The The road road road`."""
    words = text.casefold().split()
    echoed = [word for word, following in pairwise(words) if word == following and word.strip(_MARKS).isalpha()]
    return len(echoed) >= max(FEWEST, len(words) / 2) and len({*echoed}) >= FEWEST_ECHOED


def run_on(text: str) -> str:
    """The sign, or the few, that most of the text is again and again without a space; empty where none is.

    Lines drawn, blanks to fill in, long numbers and sequences of bases are none.
    """
    text = text.strip()
    if len(text) < LONG_EMOJI:
        return ""
    lower = text.lower()
    signs = np.frombuffer(lower.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    for size in range(1, min(LONGEST_PIECE, len(signs) // 4) + 1):
        if not _comes_back(lower, size):
            continue
        start, rounds = _longest(signs, size)
        end = start + rounds * size
        said = lower[start : start + size]
        if set(text[start:end]) <= _BASES:
            continue
        emoji = all(map(_is_emoji, said))
        fewest = LONG_EMOJI if emoji else FEWEST_SIGNS
        tail = LONG_EMOJI if emoji else LONG_SHOUT if said in _SHOUTS else LONG_TAIL
        half = len(lower) / 2 + 1
        most = half if end < len(lower) or rounds < 8 else min(half, LONG_LINE) if said.isdigit() else tail
        if rounds >= 4 and end - start >= max(fewest, most) and all(map(_is_said, said)):
            beside = lower[max(0, start - 1) : start] + lower[end : end + 1]
            return "" if said.isdigit() and any(sign.isalnum() or sign in ".," for sign in beside) else said
    return ""


def _comes_back(text: str, size: int) -> bool:
    """Whether as many signs come again straight on at the end, or in the middle, which lies in what is half a text."""
    middle = len(text) // 2
    return any(text[at : at + size] == text[at + size : at + 2 * size]
               for at in (len(text) - 2 * size, middle, middle - 2 * size))  # fmt: skip


def _is_said(sign: str) -> bool:
    return sign.isalnum() or sign in _SHOUTS or _is_emoji(sign)


def _is_emoji(sign: str) -> bool:
    return sign >= "\U0001f000" or "\u2600" <= sign <= "\u27bf" or sign in "\u2b50\u200d\ufe0f"


def loop(text: str) -> str:
    """The words that come back straight on; empty where none do.

    One word ten times, two or three words six times, up to five words four times, more words three times;
    a sentence of few words four times.
    """
    parts = text.split()
    spaced = len(parts) * WIDE_WORD > len(text)
    if not spaced:
        parts = list(text) if not text.isascii() else []
    if len(parts) < FEWEST or len(set(parts)) > VARIED * len(parts):
        return ""
    if sum(text.count(sign) for sign in "{}[]|=;<\\") > PROGRAM_SHARE * len(text):
        return ""
    numbers: dict[str, int] = {}
    bare = [_bare(part) for part in parts] if spaced and not is_program(text) else parts
    words = np.array([numbers.setdefault(part, len(numbers)) for part in bare])
    for size in range(1, min(LONGEST_ROUND, len(words) // 2) + 1):
        start, rounds = _longest(words, size)
        said = (" " if spaced else "").join(parts[start : start + size])
        if rounds < _enough(size, spaced, said) or not _are_words(said):
            continue
        columns = [parts[at : at + rounds * size : size] for at in range(start, start + size) if bare[at] == COUNTER]
        if (
            all(map(_regular, columns))
            and _goes_nowhere(columns, size, said)
            and (rounds * size * 4 >= len(words) or start + rounds * size >= len(words) - size)
        ):
            return said
    return ""


def _bare(part: str) -> str:
    """A word without the marks around it, so that these may vary; a number that may count the rounds as such."""
    return COUNTER if _COUNTER.fullmatch(part) else part.casefold().strip(_MARKS) or part


def _are_words(said: str) -> bool:
    """Labels of words in a sentence, `O O O B-PER`, and numbers are none; a sentence may be full of numbers."""
    parts = set(said.split())
    letters = sum(map(str.isalpha, said))
    sentence = said[-1] in ".!?" and letters > 0.2 * len(said) and any(len(p) > 3 and p.isalpha() for p in parts)
    signs = all(map(_is_emoji, "".join(parts))) or parts <= {"!", "?"}
    return parts != {"O"} and (letters > len(said) / 2 or sentence or signs)


def _regular(counters: list[str]) -> bool:
    """Whether they are all the same or count on in even steps, be it in digits, letters, Roman numerals or words."""
    signs = [_COUNT.findall(counter)[0].casefold() for counter in counters]
    readings: list[list[int | None]] = [
        [int(sign) if sign.isdigit() else None for sign in signs],
        [_roman(sign) for sign in signs],
        [ord(sign) if len(sign) == 1 else None for sign in signs],
        [_ORDINALS.index(sign) if sign in _ORDINALS else None for sign in signs],
    ]
    return len({*signs}) == 1 or any(
        len({later - earlier for earlier, later in pairwise(values)}) == 1
        for reading in readings
        if len(values := [value for value in reading if value is not None]) == len(signs)
    )


def _roman(sign: str) -> int | None:
    if not set(sign) <= _ROMAN.keys():
        return None
    values = [_ROMAN[letter] for letter in sign]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def _goes_nowhere(columns: list[list[str]], size: int, said: str) -> bool:
    """Whether what counts on are the marks of a list, or the only news in sentences: a list without full stops may."""
    counting = [column for column in columns if len({*column}) > 1]
    if len({tuple(_COUNT.findall(" ".join(column))) for column in counting}) > 1:
        return False  # several numbers that go on at their own pace: a timetable, a plan
    return not counting or (
        size > 3
        and (
            all(_LISTED.search(column[0]) for column in counting)
            or (said[-1] in ".!?" and len(counting[0]) >= FEWEST_COUNTED)
        )
    )


def _enough(size: int, spaced: bool, said: str) -> int:
    if not spaced:
        return max(4, 24 // size)
    if size > 1 and said[-1] in ".!?":
        return 4 if size <= 5 else 3
    return 10 if size == 1 else 6 if size <= 3 else 4 if size <= 5 else 3


def _longest(words: np.ndarray, size: int) -> tuple[int, int]:
    """(where it begins, how many rounds) of the longest stretch that comes back every `size` words; half of a long one
    counts as a round at the end."""
    same = (words[size:] == words[:-size]).tobytes()
    longest = max(same.split(b"\0"), key=len)
    return same.find(longest), (len(longest) + size // 2 * (size >= LONG_ROUND)) // size + 1
