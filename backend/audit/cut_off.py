"""Answers that seem to break off, told by the habits of the file's other answers.

An answer without a mark at its end (an open one) is whole or cut. Its end is held against how sentences of this file
end and how they go on inside (`sentence_ends`), with signs of a cut besides: half a word, an open bracket, a heap of
answers at one length. How many of the open answers of a kind are cut is fitted by expectation maximisation (Dempster,
Laird and Rubin 1977): the more answers of that kind end with a mark, the more cuts it expects at first. Where answers
do not end with one by habit (labels, titles, lists, code, verse), none is named. All limits are our choice; what they
find and miss is in docs/experiments/audit-truth.md.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import chain, compress
from operator import attrgetter, is_not, itemgetter

import numpy as np

from backend.audit.announced import DOTS, LAST_SIGNS, announces_more, may_announce
from backend.audit.answer_kinds import END, SHORT, STOP, has_end, kind_of
from backend.audit.as_asked import beginning, open_by_habit, whole_translation
from backend.audit.columns import answer_column
from backend.audit.page_lines import LONGEST, without_last
from backend.audit.sentence_ends import CLOSING, EDGES, STOPS, bare, inside_odds, last_place
from backend.domain import Example, Task

PROSE: tuple[Task, ...] = ("summarise", "translate", "answer")
"""Tasks whose answers are sentences."""
MIN_WORDS = 3
"""Fewest words of an answer that is judged, unless it has more than 40 characters."""
KNOWN, TAUGHT_BY = 2_000, 300
"""Answers from which habits and words are taken, and of these the ones that teach how sentences end: 600 name neither
more of the cut ones nor fewer of the others."""
HABIT = 0.70
"""Share of a kind of answers that must end with a mark before the lack of one is a sign."""
STOPLESS = 0.15
"""Share of a kind that may lack a mark. Where more do, as many at least must end with a full stop for marks to tell
anything; not so with titles, of which many are questions."""
SMOOTHED = {"short": 0.20}
"""For these kinds of answers, what stands in place of `SMOOTH`."""
SMOOTH = 0.02
"""Share of all answers by which a kind's habit is drawn to that of all. Short ones more: they may be long ones cut."""
SURE, SURER = 0.7, 0.9
"""Chance of a cut above which an answer is named; the second where most open answers of the kind are whole."""
SURE_OF_TITLES = 0.97
"""The same for titles."""
ODDS_OF_SHORT = 3.0
"""Log odds that the end of a short answer must show by itself where short answers lack a mark twice as often as long
ones: cuts would leave long answers without one too, so short replies are simply written so there."""
NO_END = frozenset(
    "the a an of and or for with by as from than der die das und oder ein eine zu le les de des et ou une el los las y "
    "il che het een en van o os e do da i w z и в с на".split()
)
"""Words that no sentence ends with."""
ODDS_BEFORE_DOTS, ODDS_WHERE_NO_DOTS_ARE = 2.0, 0.7
"""Log odds that a sentence goes on where the dots begin, above which they stand for the rest; the second where hardly
any answer has dots amid its sentences."""
DOTS_AMID = 0.01
"""Share of answers with dots amid their sentences, above which people pause there as they speak."""
_DOTS_AMID = re.compile(r"(?:\.\.\.|…)(?=[^.…]{3,}[.…])")
MOST_ANNOUNCED, MOST_DOTTED = 0.30, 0.10
"""Share of answers that announce more, and of those that end in dots, above which a file's answers simply end so."""
HEAP = 0.20
"""Share of the answers without an end that make a heap at one length."""
SIGN, WEAK_SIGN = 2.5, 0.7
"""Log odds of a sign of a cut, and of a last word that occurs nowhere else."""
STEPS = 60
"""Times the share of cut answers is worked out anew from the chances that it gives."""
FEWEST_COMMAS = 8
"""Answers that end with a comma where half of those without a mark do: what is cut seldom stops there, but verses and
lines of a text that was divided do, and end with colons too."""

FULL_STOPS = STOPS - frozenset("?？؟")
"""Marks that end a statement."""
_ROW = attrgetter("row")
_ENDING = itemgetter(slice(-LAST_SIGNS, None))
_COLOURS = re.compile(r"(?:\s*\x1b\[[\d;]*m)+\s*\Z")
"""Codes for a terminal."""
LAST = 200
"""Signs at the end of an answer that are searched for them."""
_SHORTENED = re.compile(
    r"(?:(?:\b(?-i:[A-Z])|\b(?:etc|jr|sr|inc|co|ltd|al|eds?|vol|no)|\s)\.|\d,\s?\.\.)\.\Z|\d,\s?…\Z|\b(?:to|is|as|with|by)\s\.{4}\Z",
    re.IGNORECASE,
)
"""A full stop behind that of a shortened word, `Concord, N. H..`, or one that stands apart; a series that goes on; dots
that are spoken of: `It defaults to ....`"""
_WORD = re.compile(r"[^\W\d_]{2}")
"""What every answer in words holds, and `2x + 3` does not."""
_FENCE_LINE = re.compile(r"^[ \t]*```(?=[\w+-]*[ \t]*$)|(?<=\S)```[ \t]*$|(?<![\w`])```\w+(?=\n)", re.MULTILINE)
"""Three backticks that open or close code; between words they are spoken of."""
_SIGNED = re.compile(
    r"(?:\A|\n)[^\n]{2,40},?[ \t]*\n\s*[A-Z][\w.'’-]*(?: (?:[A-Z][\w.'’-]*|and|of|the|und|de|von)){0,4}\Z"
    r"|\n\s*[—–] ?[A-Z][^\n]{2,60}\Z"
)
"""Who wrote a letter, or what is quoted, on a line of its own."""
LINE = 45
"""Letters of a usual line up to which lines are verse or a list, and not broken where the page ended."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]\Z")
SEEN, CLOSING_LINES = 500, 3
"""Answers, evenly drawn, that tell whether all close alike, and how many lines of that are left out."""
UNSPACED_HABIT = 0.90
"""Share of the answers without spaces between words that must end with a mark."""


def cut_off(
    examples: Sequence[Example], task: Task, seed: int = 0, fenced: Collection[int] | None = None
) -> tuple[int, ...] | None:
    """The `row` numbers of answers likelier cut than whole, in order; None for tasks whose answers are not prose.

    `fenced` are the indices of examples that may hold a code fence, where known already.
    """
    if task not in PROSE:
        return None
    told = answer_column(examples)
    texts = _without_closing(list(map(str.rstrip, told.texts)))
    endings = list(map(_ENDING, texts))
    for at in _having(endings, lambda signs: signs[-1:] == "m"):
        if "\x1b" in texts[at][-LAST:]:
            texts[at] = texts[at][:-LAST] + _COLOURS.sub("", texts[at][-LAST:])
        endings[at] = _ENDING(texts[at])
    enough = told.sizes > 40
    for at in [*np.flatnonzero(~enough).tolist(), *compress(range(len(texts)), map(is_not, texts, told.texts))]:
        enough[at] = _is_judgeable(texts[at])
    judgeable = np.flatnonzero(enough).tolist()

    def with_ending(may_be: Callable[[str], bool]) -> list[int]:
        return [at for at in _having(endings, may_be) if _is_judgeable(texts[at])]

    unmarked = with_ending(lambda signs: signs[-1:] not in ".!?")
    rng = random.Random(seed)  # noqa: S311  # a repeatable sample, no secret
    sampled = rng.sample(judgeable, KNOWN) if len(judgeable) > KNOWN else judgeable
    known = [texts[at] for at in sampled]
    perhaps = judgeable if fenced is None else sorted(set(fenced).intersection(judgeable))
    found = [examples[at].row for at in perhaps if _open_fence(texts[at])]
    dotted = with_ending(lambda signs: signs.endswith(DOTS))
    if task == "translate":
        is_whole = whole_translation(examples, sampled)
        unmarked, dotted = ([at for at in some if not is_whole(examples[at])] for some in (unmarked, dotted))
    unmarked = [at for at in unmarked if _WORD.search(texts[at])]
    open_ended = [at for at in unmarked if not has_end(texts[at]) and not _open_fence(texts[at])]
    open_ended = [at for at in open_ended if "\n" not in texts[at] or not _ends_as_its_lines(texts[at])]
    commas = [at for at in open_ended if texts[at][-1] == ","]
    if len(commas) >= max(FEWEST_COMMAS, len(open_ended) / 2):
        open_ended = [at for at in open_ended if texts[at][-1] != ","]
    else:
        found += _announced(examples, texts, with_ending(may_announce))
    if open_ended:
        meant = open_by_habit(examples, lambda at: has_end(texts[at]), sampled)
        open_ended = [at for at in open_ended if beginning(examples[at]) not in meant]
    found += [examples[at].row for at in _without_spaces(texts, open_ended, known)]
    habits = _habits(known)
    if habits:
        found += _trailing(examples, texts, dotted, known, habits, rng)
    if open_ended and habits:
        kinds = [kind_of(texts[at]) for at in open_ended]
        judged = [place for place, kind in enumerate(kinds)
                  if kind in habits and len(texts[open_ended[place]].split()) >= MIN_WORDS]  # fmt: skip
        odds = _odds(known, [texts[open_ended[place]] for place in judged], rng)
        if odds is not None:
            named = _likely_cut(odds, [kinds[place] for place in judged], habits)
            found += [examples[open_ended[place]].row for place in compress(judged, named)]
    return _but_whole_over_furniture(examples, {*found})


def _without_closing(texts: list[str]) -> list[str]:
    """The texts without the lines that half of them end with, as letters do: `Kind regards`, `The advice desk`.

    These have no mark at the end, and say nothing of how what is above them ends.
    """
    some = texts[:: len(texts) // SEEN + 1]
    for _ in range(CLOSING_LINES):
        lines = Counter(text[text.rindex("\n") :] for text in some if "\n" in text)
        line, times = lines.most_common(1)[0] if lines else ("", 0)
        if times < len(some) / 2 or has_end(line):
            break
        some, texts = ([text.removesuffix(line).rstrip() for text in of] for of in (some, texts))
    return texts


def _but_whole_over_furniture(examples: Sequence[Example], found: Collection[int]) -> tuple[int, ...]:
    """The rows in order, without those whose answer is whole but for lines of a page that were left under it.

    `examples` are in the order of their rows.
    """
    whole = set()
    for row in found:
        text = examples[bisect_left(examples, row, key=_ROW)].answer.rstrip()
        last = max(map(text.rfind, (". ", "! ", "? ", "\n")))
        if len(text) - last <= LONGEST and (left := without_last(text)) != text and has_end(left):
            whole.add(row)
    return tuple(sorted({*found} - whole))


def _having(endings: Sequence[str], may_be: Callable[[str], bool]) -> list[int]:
    """Indices of the endings that may be so; there are few kinds, and each is judged once."""
    kinds = set(filter(may_be, set(endings)))
    return list(compress(range(len(endings)), map(kinds.__contains__, endings))) if kinds else []


def _is_judgeable(text: str) -> bool:
    return len(text) > 40 or text.count(" ") >= MIN_WORDS - 1


def _trailing(
    examples: Sequence[Example],
    texts: Sequence[str],
    dotted: Sequence[int],
    known: Sequence[str],
    habits: dict[str, float],
    rng: random.Random,
) -> list[int]:
    """Rows whose answer trails off in dots where no sentence ends."""
    if len(dotted) > MOST_DOTTED * len(texts):
        return []  # so do people in stories
    some = [at for at in dotted if kind_of(texts[at]) in habits and not _SHORTENED.search(texts[at][-12:])]
    some = [at for at in some if not _DOTS_AMID.search(texts[at])]  # it is written so
    bared = [texts[at].rstrip(".… ") for at in some]
    pausing = sum("..." in text[:-4] or "…" in text[:-2] for text in known) if some else 0
    sure = ODDS_BEFORE_DOTS if pausing > DOTS_AMID * len(known) else ODDS_WHERE_NO_DOTS_ARE
    odds = _odds(known, bared, rng)
    if odds is None:
        return []
    return [
        examples[at].row
        for at, text, odd in zip(some, bared, odds, strict=True)
        if text.split() and (odd > sure or (odd > 0 and bare(text.split()[-1]) in NO_END))
    ]


def _announced(examples: Sequence[Example], texts: Sequence[str], likely: Sequence[int]) -> list[int]:
    """Rows that say that more was to come; none where that is how many answers of the file end."""
    found = [examples[at].row for at in likely if announces_more(texts[at])
             and (texts[at][-1] in "])>}" or kind_of(texts[at]) != "program")
             and not (texts[at][-1] == ":" and examples[at].input.rstrip().endswith(":"))]  # fmt: skip
    return found if len(found) <= MOST_ANNOUNCED * len(examples) else []


def _habits(known: Sequence[str]) -> dict[str, float]:
    """Kind of answer → share that ends with a mark, for kinds where that is the habit."""
    kinds = [kind_of(text) for text in known]
    ends = [
        text[-1:] in ".!?" or (STOP if kind == "program" else END).search(text[-80:]) is not None
        for kind, text in zip(kinds, known, strict=True)
    ]
    total, ended = Counter(kinds), Counter(compress(kinds, ends))
    stops = [text.rstrip(CLOSING)[-1:] in FULL_STOPS for text in known]
    stopped = Counter(compress(kinds, stops))
    habits = {}
    for kind, number in total.items():
        drawn = SMOOTHED.get(kind, SMOOTH) * len(known)
        share, with_stop = (
            (of_kind[kind] + drawn * sum(of_all) / len(known)) / (number + drawn)
            for of_kind, of_all in ((ended, ends), (stopped, stops))
        )
        if with_stop >= 1 - share or 1 - share <= STOPLESS:
            habits[kind] = share
    usual = {kind: share for kind, share in habits.items() if share >= HABIT and kind != "code"}
    if "long" in usual and 0 < total["short"] - ended["short"] <= total["long"] - ended["long"]:
        usual.setdefault("short", HABIT)  # as many as cuts of long ones leave behind
    return usual


def _ends_as_its_lines(text: str) -> bool:
    """Whether the lines of a text do without a stop, as those of verse and of lists of words do, or it is signed."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    *others, last = lines
    if bare(last.split()[-1]) in NO_END:
        return False
    if _SIGNED.search(text[-120:]):
        return True
    short = sum(map(len, others)) <= LINE * len(others) and len(last) <= 2 * LINE
    return short and len(others) > 1 and sum(map(bool, map(STOP.search, others))) < len(others) / 2


def _without_spaces(texts: Sequence[str], open_ended: Sequence[int], known: Sequence[str]) -> list[int]:
    """Long answers without spaces between words that lack a mark where nearly all others have one."""
    some = [at for at in open_ended if _UNSPACED.search(texts[at]) and len(texts[at].split()) < MIN_WORDS]
    like = [STOP.search(text[-8:]) is not None for text in known if not text.isascii()] if some else []
    return some if sum(like) > UNSPACED_HABIT * len(like) else []


def _odds(known: Sequence[str], texts: Sequence[str], rng: random.Random) -> np.ndarray | None:
    """(texts,) log odds of a cut by how each text ends; None when too few known answers end with a mark."""
    if not texts:
        return None
    teachers = [text for text in known if text.rstrip(CLOSING)[-1:] in STOPS]
    prose = [text for text in teachers if kind_of(text) not in ("code", "program")]
    teachers = teachers if len(prose) < len(teachers) / 4 else prose
    odds = inside_odds(rng.sample(teachers, min(TAUGHT_BY, len(teachers))), [last_place(text) for text in texts])
    return None if odds is None else odds + _signs(known, texts)


def _signs(known: Sequence[str], texts: Sequence[str]) -> np.ndarray:
    """(texts,) log odds of the other signs of a cut."""
    counts = Counter(chain.from_iterable({word.strip(EDGES) for word in text.casefold().split()} for text in known))
    common = sorted(word for word, rows in counts.items() if rows > 1)
    enough = max(5, HEAP * len(texts))
    signs, words = Counter(map(len, texts)), Counter(len(text.split()) for text in texts)
    found = np.zeros(len(texts))
    for at, text in enumerate(texts):
        last = bare(text.rsplit(None, 1)[-1])
        if text[-1].isalpha() and len(last) > 1 and counts[last] <= 1:
            following = bisect_left(common, last)
            begins_one = following < len(common) and common[following].startswith(last)
            found[at] += SIGN if begins_one else WEAK_SIGN
        size = len(text.split())
        heap = size >= SHORT and (  # short replies are of few lengths anyway
            sum(signs[len(text) + step] for step in (-1, 0, 1)) >= enough or words[size] >= 2 * enough
        )
        opened = any(text.count(left) > text.count(right) for left, right in ("()", "[]"))
        found[at] += SIGN * (int(heap) + opened + (text[-1] in ",–—([" or text.endswith(" -")))
    return found


def _likely_cut(odds: np.ndarray, kinds: Sequence[str], habits: dict[str, float]) -> np.ndarray:
    """(texts,) of True where a cut is likely, given how many of the kind are cut."""
    named = np.zeros(len(odds), dtype=bool)
    for kind in set(kinds):
        of_kind = np.array([one == kind for one in kinds])
        cut, whole = 4 * (habits[kind] - 0.6) / 0.4, 2.0  # what is believed before, as counts of open answers
        share = 0.5
        for _ in range(STEPS):
            chance = 1 / (1 + np.exp(-odds[of_kind] - np.log(share / (1 - share))))
            share = float(np.clip((chance.sum() + cut) / (len(chance) + cut + whole), 0.01, 0.97))
        named[of_kind] = chance > (SURE_OF_TITLES if kind == "title" else SURE if share >= 0.5 else SURER)
        if kind == "short" and 1 - habits[kind] > 2 * (1 - habits.get("long", 0)):
            named[of_kind] &= odds[of_kind] > ODDS_OF_SHORT
    return named


def _open_fence(text: str) -> bool:
    if "```" not in text or text.endswith("```"):
        return False
    *lines, last = text.split("\n")
    fences = "".join(f"{line}\n" for line in lines if "```" in line) + last
    return len(_FENCE_LINE.findall(fences)) % 2 == 1
