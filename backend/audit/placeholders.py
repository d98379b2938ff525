"""Placeholder answers: TODO, N/A, lorem ipsum and other stand-ins for an answer that was never written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import compress, permutations
from statistics import median

import numpy as np

from backend.audit import fillers
from backend.audit.columns import answers
from backend.audit.never_filled_in import has_gaps, looks
from backend.audit.pattern_lists import lines, part
from backend.audit.sift import MANY_LIKELY, by_re2, rows_holding
from backend.audit.text import words
from backend.audit.unwritten import PROSE_WORDS, TEXT_WORDS, only_called, says_what_is_lacking, unwritten
from backend.domain import Example, Task

LONGEST = 120
"""Characters. A stand-in is short, but for lorem ipsum."""
LABEL_SHARE = 0.05
"""Share of the rows above which an answer of a label task is one of its labels."""
LABEL_PART = 0.30
"""Of how often the usual label occurs, above which an answer is a label like the others."""
REMARK_SHARE = 0.30
"""Where answers are texts, the share of rows above which equal ones are what the task wants, however odd."""

JSON_SHARE, OPENS_JSON = 0.9, ("{", "[")
"""Share of answers in JSON from which `N/A` is no value: there it would stand in quotes, and within one."""
AS_LONG = 1.7
"""Times as long as its source, or as short, that a translation of one line may be."""
TERSE = 2.5
"""The same for how short it may be where the source speaks of what is missing itself: `Name is empty, so …`."""
FEW = 2
"""Rows: so many equal answers can be slips in any file."""
OPEN = 0.5
"""Distinct over all short answers: above this, any single word can be a real answer (anagrams, rhymes, riddles)."""
OF_TITLES = 5
"""Other answers from which on a word such as `unspecified` is one of theirs."""
NO_WORDS = frozenset("na nan null nil none undefined todo tbd tba tbc fixme wip idk".split())
"""Letters only, and yet no word that a sentence could be made of."""

_THING = part("stand_ins", "thing")
_SURELY = re.compile(lines("stand_ins", "surely"), re.IGNORECASE)
_OF_WORK = re.compile(lines("stand_ins", "work"), re.IGNORECASE)
"""Labels of how far work has got: beside them `todo` is a label as well."""
_WORDINGS = re.compile("|".join(lines("stand_ins", name) for name in ("english", "notes", "abroad")), re.IGNORECASE)
_IN_PROSE = re.compile(lines("stand_ins", "prose"), re.IGNORECASE)
_NUMBER = re.compile(r"-?\d[\d.,:/-]*")
_COUNTED, MOST_COUNTED = re.compile(r"\d{1,9}(?:\.\d{1,4})?"), 4
"""Numbers in a question; with more of them any number could come of two."""
_CODE = re.compile(r"-1|-?9{3,}|404|50[0-4]|(?:9999|0000|1970|1900)-\d\d-\d\d")
"""Numbers that programs write where there is no value."""
NUMBERS_SHARE = 0.02
"""Share of answers that are other numbers; from this share upwards such a code is one of them."""
_SET = re.compile(r"\{\s*(?:-?\d[\d.,;\s-]*)?\}")
"""Numbers in braces: beside `{-2, 0}` the answer `{0}` is a set too, and no place that a program fills in."""
_BY_SIGNS = re.compile(r"[-–—_.…?*/\\=~]")
_OWN_WORD = re.compile(r"([^\W_])(?!\1)[^\W_]", re.IGNORECASE)
SIGNS_SHARE, LONG_SIGNS_SHARE, LONG_SIGNS = 0.30, 0.03, 6
"""Share of answers without a word, and of those of six different signs or more; from either share upwards signs are how
this file answers (Morse code, drawings, operators). Stand-ins made of signs are short, and under 30 % of the rows."""
SOME = (
    rf"{fillers.SOME}|\[\s*[A-Za-z][\w' -]*\]|[<{{](?:[Ii]nsert|[Yy]our|\{{)|\{{ ?[A-Za-z][\w. ]*\}}|%\(\w|%[sd]\b|___"
    r"|<[A-Z][A-Z_]{2}|\bXX|[$€£] ?X|\b(?:TODO|FIXME|TBD)\b|\((?:insert|add) |\b(?:undefined|NaN|null) [a-z]"
    r"|(?i:dear|hello|hi|hey),? (?:None|null|undefined|[Nn]a[Nn]|<<|«|[@:]name|\$|%|\{)|%[A-Z]{3}|@@[A-Z]"
)
"""What a long stand-in holds (RE2), or an answer with places never filled in."""
_SLOT = re.compile(
    # In brackets, or between signs: `[insert answer here]`, `{{placeholder}}`.
    rf"(?:[\[<{{(%$@#_]+\s*(?:[^\W_]+[ _-]){{0,3}}"
    rf"(?:{_THING}|to-?do|tbd|tba|place-?holder|input|blank|name|here)(?:[ _-]\w+)?\s*[\]>}})%$@#_]+"
    # As the name of a variable: `MODEL_OUTPUT_HERE`, `your_answer`.
    r"|(?-i:(?:[A-Z]+_)*(?:ANSWER|TEXT|RESPONSE|OUTPUT|PLACEHOLDER|INSERT|YOUR)(?:_[A-Z]+)+)"
    r"|(?:your|insert|enter)(?:_[a-z]+)+|[a-z]+(?:_[a-z]+)*_here"
    # As sites and spreadsheets write it: `[deleted]`, `#REF!`.
    r"|[\[<({](?:deleted|removed|redacted|draft|no content)[\])}>]|#(?:ref|value|name|div/0|num|null)[!?]?)",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"#?\s*(?:n\.?\s?/?\s?a\.?|none|null|nan|nil|undefined|empty|missing|unknown"
    r"|not\s+(?:available|applicable|provided|found|given)"
    rf"|no\s+(?:{_THING}|data|information|comment|result)s?(?:\s+(?:provided|given|available|found|yet|needed))?"
    r"|blank|test|pending|default|value|label|content|text|na|n/a\s*\([^)]*\)|example|sample)[.!]?"
    r"|[-–—_.…?*/\\=~ ]+|[?!]+",
    re.IGNORECASE,
)
_IN_TEXTS = re.compile(
    r"a ?:[\s.…_-]*|\w*(?:Error|Exception): .{1,80}"
    r"|nothing|in\s+progress|deleted|no\s+idea|don['’]?t\s+know|ignore|vide|néant|sans\s+objet|no\s+disponible"
    r"|[^\w\s]{1,5}"
    r"|draft|skip(?:ped)?|same|later|not\s+(?:yet|done|sure|finished)|un(?:finished|k)|incomplete|stub"
    r"|error|timeout|fail(?:ed|ure)|no\s+match"
    r"|offen|entfällt|leer|folgt|vac[ií]o|brak|saknas|s\.\s?o|bd|无|없음|なし|同上"
    r"|pending|see\s+above|answer|response|output|text|none\s+given|<unk>|%[sd]|\$\d"
    r"|(?:[\[(<{]\s*[\]>)}]|``|\"\"|'')"
    r"|[\[<{]{1,3}[%=]*\s*(?!(?:b|i|p|u|s|br|hr|div|span|li|ul|a)\b)[a-z][\w .'’-]{0,40}\s*%?[\]>}]{1,3}"
    r"|(?:dear\s+)?\[[a-z ]+\](?:,\s*(?:\[[a-z ]+\])?)?|[\[({<\"“]?(?:\.{2,}|…)[\])}>\"”]?",
    re.IGNORECASE,
)
"""Stand-ins where answers are texts: elsewhere they may well be the answer."""
FORMS = 0.30
"""Share of rows with such places above which letters to be filled in are what the file teaches."""
_STUCK = re.compile(r"\w\W+(?:.*\W)?(\w)\1{19,}")
"""An answer that began, then ran on in one letter: a loop (`loops.py`)."""
_TO_TRANSLATE = re.compile(r"\W*(?:please )?translate\b[^:\n]{0,60}:\s*", re.IGNORECASE)
_TO_GO_ON = re.compile(
    r"\W*(?:continue|go on|complete|finish|what (?:comes|follows)|setze|ergänze|continuez|continúa|continua)\b",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"(?:See|Refer to) (?!(?:the )?(?:answers?|repl(?:y|ies)|prompt|row|item|ticket|thread|e-?mail|message|notes?)\b)"
    r"(?:[A-Z]\w*|[a-z]{3,})(?: [A-Za-z]\w*){0,5} (?:above|below)"
    r" for (?:further |more |additional )?(?:details|information)\."
)
"""A cross-reference to a part of a text that has a name: as the next sentence of a passage it is no stand-in."""
_OF_WORK_LEFT = re.compile(r"\b(?:TODO|FIXME|TBD|TBA|TBC|WIP|XXX)\b")
"""What notes to oneself begin with, and what programs are asked to look for."""
_REMARK = re.compile(r"(?<=\w{4}) \([^()]{2,40}\)?\Z")
_EDGES = re.compile(
    r"^(?:<!--|//|/\*|#|%|--)\s*(?=[a-z])|^[\[({<\"'*`_!=~|-]+\s*|\s*(?:-->|\*/)$|\s*[\])}>\"'*`_:!=~|-]+$",
    re.IGNORECASE,
)


def placeholders(examples: Sequence[Example], task: Task, likely: Sequence[int] | None = None) -> tuple[int, ...]:
    """Rows whose whole answer is a stand-in, that hold lorem ipsum, or letters with places never filled in.

    What many rows answer is what the file wants, unless no file can want it (`TODO`, `insert answer here`).
    `likely` are the indices of examples that hold `SOME`, where known already.
    """
    candidates = set(rows_holding(examples, SOME) if likely is None else likely)
    may_have_gaps = candidates if len(candidates) <= MANY_LIKELY else _looked_at_again(examples, candidates)
    told = answers(examples)
    short = np.flatnonzero(np.fromiter(map(len, map(str.strip, told)), np.int64, len(told)) <= LONGEST).tolist()
    looked_at = sorted(candidates.union(short)) if candidates else short
    said = list(map(told.__getitem__, looked_at))
    spaced = {answer: " ".join(answer[: 2 * LONGEST].split()) for answer in set(said)}  # labels are few
    plain = list(map(spaced.__getitem__, said))
    counts: Counter[str] = Counter()
    for text, times in Counter(plain).items():
        counts[text.casefold()] += times
    common = [text for text, times in counts.items() if times > FEW]
    surely = {text for text in common if _SURELY.fullmatch(_bare(text))}
    sample = [example.answer[: 2 * LONGEST] for example in examples[:: max(1, len(examples) // 2_000)]]
    written = [words for words in map(str.split, sample) if not surely or " ".join(words).casefold() not in surely]
    usual_words = median(map(len, written)) if written else 0.0
    answers_are_texts = usual_words >= TEXT_WORDS
    if surely and not answers_are_texts and any(map(_OF_WORK.fullmatch, common)):
        surely = set()
    surely -= _copied(surely, map(examples.__getitem__, looked_at), plain)
    most = (REMARK_SHARE if answers_are_texts else LABEL_SHARE) * len(examples)
    in_json = sum(answer.lstrip()[:1] in OPENS_JSON for answer in sample) >= JSON_SHARE * len(sample)
    free = task not in ("extract", "structured") or in_json
    usual = 0.0 if answers_are_texts else LABEL_PART * _usual(counts)
    open_words = not answers_are_texts and len(counts) > OPEN * len(plain)
    verdicts = {}
    long = [text for text in set(plain) if len(text) > LONGEST]
    with_latin = by_re2(long, fillers.LOOK)[0].tolist() if len(long) > MANY_LIKELY else range(len(long))
    no_filler = {*long}.difference(map(long.__getitem__, with_latin))
    for text in set(plain):
        times = counts[text.casefold()]
        rare = times <= max(1, most) and (times == 1 or not usual or times <= max(usual, FEW))
        is_word = open_words and text.isalpha() and text.casefold() not in NO_WORDS
        is_free = free and not (in_json and text[:1] in OPENS_JSON)
        verdicts[text] = text.casefold() in surely or (
            not is_word and text not in no_filler and _stands_in(text, usual_words, free=is_free, rare=rare)
        )
    verdicts |= dict.fromkeys(_titles(verdicts), False)
    by_signs = {text for text, stands_in in verdicts.items() if stands_in and _of_signs(text)}
    if by_signs and _answers_in_signs(sample):
        verdicts |= dict.fromkeys(by_signs, False)
    if sum(_SET.fullmatch(text) is not None and not fillers.variable(text) for text in map(str.strip, sample)) > 1:
        verdicts |= {text: False for text in verdicts if _SET.fullmatch(text)}
    numbers = sum(bool(_NUMBER.fullmatch(text)) and not _CODE.fullmatch(text) for text in map(str.strip, sample))
    if free and usual_words >= PROSE_WORDS and numbers < NUMBERS_SHARE * len(sample):
        verdicts |= {text: True for text in verdicts if _CODE.fullmatch(text)}
    unfilled = [examples[at].row for at in may_have_gaps if has_gaps(examples[at]) or _goes_on_in_latin(examples[at])]
    found = {examples[at].row for at in compress(looked_at, map(verdicts.__getitem__, plain))}
    for example in [example for example in examples if example.row in found] if found else ():
        asks = task == "translate" or _TO_TRANSLATE.match(example.input)
        goes_on = _TO_GO_ON.match(example.input) and _REFERS.fullmatch(example.answer.strip())
        named = _names_what_was_asked(example) or _comes_of_a_sum(example)
        if goes_on or named or _is_message(example) or (asks and _translates(example, usual_words)):
            found.remove(example.row)
    return tuple(sorted(found.union(unfilled if len(unfilled) <= FORMS * len(examples) else ())))


def _looked_at_again(examples: Sequence[Example], likely: Iterable[int]) -> set[int]:
    """Those of the likely rows whose answer may have gaps or go on in Latin, all of them looked at at once."""
    some = sorted(likely)
    found = by_re2([examples[at].answer for at in some], fillers.LOOK, *looks())
    return {some[place] for places in found for place in places.tolist()}


def _goes_on_in_latin(example: Example) -> bool:
    """Whether the Latin filler stands behind a real answer, and not in the question."""
    return fillers.runs_on_in_latin(example.answer) and not fillers.runs_on_in_latin(example.input)


def _bare(text: str) -> str:
    """The text without brackets, marks of comments, sentence marks around it, and a remark in brackets behind it."""
    return _REMARK.sub("", _EDGES.sub("", text.rstrip(". "))).strip().rstrip(".").strip()


def _is_message(example: Example) -> bool:
    """`Error: no such file`, where the question is about such a message too."""
    return example.answer.lstrip()[:5].casefold() == "error" and "error" in example.input.casefold()


def _names_what_was_asked(example: Example) -> bool:
    """`grep -rn TODO src`, where the question has that word too: behind others, which by themselves are no note."""
    text = " ".join(example.answer.split())
    word = _OF_WORK_LEFT.search(text)
    if word is None or word.group() not in example.input or not any(map(str.isalnum, text[: word.start()])):
        return False
    return not _stands_in(_OF_WORK_LEFT.sub("", text).strip(" ,;:–—-"), PROSE_WORDS, free=True, rare=True)


def _comes_of_a_sum(example: Example) -> bool:
    """`What is 9 percent of 7400?`, `666`: two numbers of the question make it, of which there are few."""
    text = example.answer.strip().rstrip(".")
    given = _COUNTED.findall(example.input.replace(",", ""))
    if not text.isdecimal() or text[0] == "0" or not 1 < len(given) <= MOST_COUNTED:
        return False
    made = (
        value
        for a, b in permutations(map(float, given), 2)
        for value in (a + b, a - b, a * b, a * b / 100, a / (b or 1))
    )
    return any(abs(float(text) - value) < 1e-6 for value in made)


def _translates(example: Example, usual_words: float) -> bool:
    """Whether only its words speak for a note, and it is about as long as the line above: that may say the same."""
    text = " ".join(example.answer.split())
    source = _TO_TRANSLATE.sub("", example.input.rstrip()).rpartition("\n")[2]
    ratio = len(text) / max(1, len(source))
    shortest = 1 / (TERSE if says_what_is_lacking(source) else AS_LONG)
    return shortest < ratio < AS_LONG and not _stands_in(text, usual_words, free=True, rare=True, by_words=False)


def _copied(texts: set[str], examples: Iterable[Example], plain: Sequence[str]) -> set[str]:
    """Those that most questions answered so hold: they are taken from there, as the label of a comment is. `plain` are
    the answers of the examples."""
    asked: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for example, answer in zip(examples, plain, strict=True) if texts else ():
        if (text := answer.casefold()) in texts:
            asked[text] += 1
            held[text] += _bare(text) in example.input.casefold()
    return {text for text in texts if 2 * held[text] > asked[text]}


def _titles(verdicts: dict[str, bool]) -> set[str]:
    """Those told by a word that at least as many other answers hold within what they say: `Fever, unspecified` beside
    `Fracture of the arm, part unspecified`."""
    called = {text: states for text, stands_in in verdicts.items() if stands_in and (states := only_called(text))}
    if not called:
        return set()
    told = Counter(word for states in called.values() for word in states)
    of_others = (words(text.casefold()) for text, stands_in in verdicts.items() if not stands_in)
    held = Counter(word for others in of_others for word in told.keys() & set(others))
    return {text for text, states in called.items() if all(held[word] >= max(OF_TITLES, told[word]) for word in states)}


def _of_signs(text: str) -> bool:
    """Whether there is no number and no word in it, only signs: `. / -- .`, `x--xo`, or one letter again and again."""
    few = len(text) >= LONG_SIGNS and len({*filter(str.isalpha, text.casefold())}) <= 2
    return (
        (few or _OWN_WORD.search(text) is None)
        and not any(map(str.isdigit, text))
        and (_BY_SIGNS.search(text) is not None or len(text) > 2)
    )


def _answers_in_signs(texts: Sequence[str]) -> bool:
    """Whether signs are how many of these answers are written."""
    signs = [answer for answer in texts if _of_signs(answer)]
    long = [answer for answer in signs if len(bare := _EDGES.sub("", answer)) >= LONG_SIGNS and len({*bare}) > 1]
    return len(signs) >= SIGNS_SHARE * len(texts) or len(long) >= max(2, LONG_SIGNS_SHARE * len(texts))


def _usual(labels: Counter[str]) -> float:
    """How often the label of the median row occurs."""
    counts = sorted(labels.values(), reverse=True)
    seen = 0
    for rows in counts:
        seen += rows
        if 2 * seen >= sum(counts):
            return float(rows)
    return 0.0


def _stands_in(text: str, usual_words: float, *, free: bool, rare: bool, by_words: bool = True) -> bool:
    """Whether a text is a stand-in by its wording, among answers of usually so many words.

    `free`: answers are neither taken from the question nor in a form where `none` or `unknown` is a value.
    `rare`: so few rows answer so that it is no answer of its own. `by_words`: it may be told by its words alone.
    """
    if not text:
        return False
    if fillers.filler(text):
        return True
    bare = _bare(text)
    if not rare or len(text) > LONGEST or _STUCK.search(bare):
        return False
    among_texts = free and usual_words >= TEXT_WORDS
    known = [*([_MAYBE] if free else ()), *([_IN_TEXTS] if among_texts else ())]
    if among_texts and usual_words >= PROSE_WORDS:
        known.append(_IN_PROSE)
    return (
        _WORDINGS.fullmatch(bare) is not None
        or any(pattern.fullmatch(bare) or pattern.fullmatch(text) for pattern in known)
        or _SLOT.fullmatch(text) is not None
        or fillers.mashed(bare)
        or (free and ((by_words and unwritten(text, usual_words)) or fillers.variable(text) or fillers.keys(bare)))
    )
