"""Leftover markup: HTML, entities, tracking links, page furniture, and code fences around plain answers."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

from backend.audit import (
    as_asked,
    chat_tokens,
    copied,
    fences,
    other_markup,
    page_code,
    page_frame,
    page_lines,
    sources,
    tags,
)
from backend.audit.columns import answers, inputs
from backend.audit.sift import MANY_LIKELY, any_of, by_re2, rows_holding, texts_holding
from backend.audit.text import declares
from backend.audit.wider import wider
from backend.domain import Example, Task

CODE_SHARE = 0.20
"""Share of answers that are code, tags aside, above which code in an answer is what was asked for; and of inputs."""
SEEN = 500
"""Answers looked at for that."""
FEWEST_ASKED = 3
"""Words of a line that says what to do."""
WANTED_SHARE = 0.30
"""When so many rows hold it, it is what the task is about, not a leftover."""

_WEB = re.compile(r"<[^<>]*>|&#?\w+;")
SOME = "|".join((
    any_of(
        ("<", "&", "://", "www.",
         *(hint for hint in (*page_frame.FRAME_HINTS, *page_frame.RIGHTS_HINTS) if hint not in page_frame.IN_PROSE),
         *other_markup.HINTS, *chat_tokens.TOKEN_HINTS, *chat_tokens.TURN_HINTS,
         *page_code.HINTS, *copied.SIGNS, ":`", "{@")
    ),
    sources.SOME,
    *page_frame.IN_PROSE.values(),
    *page_frame.AMID,
    page_lines.BEFORE_SENTENCES,
    page_lines.IN_FRONT,
))  # fmt: skip
"""What every text with leftovers holds (RE2), but for lines of a page of their own."""
PROGRAM_SHARE = 0.40
"""Share of lines like those of a program above which a text is one."""
_OF_A_PROGRAM = re.compile(
    r"[;{}]\s*$"
    r"|^\s*(?:def|class|import|from|return|if|elif|else|for|while|try|except|with|raise|var|let|const|function"
    r"|public|private|static|void|int|#include|using|package)\b.*[:;({\w)]\s*$"
    r"|^\s*[\w.\[\]]+ ?[-+*/|]?= ?\S"
    r"|^\s*[\w.]+\(.*\)\s*$"
)
_QUOTED = re.compile(r"\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?:#|//) [^\n]*")
_DOCUMENTED = re.compile(r"\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''")
_NAMED = r"(?:<[^<>\s]{1,30}>|\[/?\w{1,12}\]|&\w{2,8};|\\\w+\{\w*\}|@[a-z]+)"
_SPOKEN_OF = re.compile(
    rf"{_NAMED}(?= (?:tags?|elements?|entit(?:y|ies)|tokens?|attributes?|commands?|lines?)\b)"
    rf"|\b(?:write|type|use|put|insert) {_NAMED}(?= (?:when|for|to|instead|in|at|where)\b)"
    rf"|\b(?:tags?|elements?|entit(?:y|ies)|tokens?|commands?) {_NAMED}(?:,? (?:and|or) {_NAMED})?"
    r"|\[<[a-z]+>\]",
    re.IGNORECASE,
)
"""What a text calls by its name: `the <br> tag`, `the tokens [CLS] and [SEP]`, or may be left away: `[<label>]`."""
_SPEAKING = ("tag", "element", "entit", "token", "command", "attribute", " line", "write ", "type ", "use ", "put ",
             "insert ", "[<")  # fmt: skip
"""One of which every text holds that does so, in lower case."""
_PIECES = re.compile(r"[^.!?…。！？]+")
"""What sentences end around."""
SHOWN = 200
"""Characters up to which a text may be what a program shows: our choice."""
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.S)


class _Looked(NamedTuple):
    """Texts that surely have no marks in them, no button before a sentence, no code of a page, no turns of a talk."""

    unmarked: Collection[str] = frozenset()
    unled: Collection[str] = frozenset()
    uncoded: Collection[str] = frozenset()
    unspoken: Collection[str] = frozenset()


_UNLOOKED = _Looked()


def markup(
    examples: Sequence[Example],
    task: Task,
    likely: Sequence[int] | None = None,
    fenced: Sequence[int] | None = None,
    lined: Collection[int] | None = None,
) -> tuple[int, ...] | None:
    """Rows with leftovers; None when markup is so common that the task is about it.

    `likely` are the indices of examples that hold `SOME`, `fenced` of those that hold `fences.FENCE`, `lined` of those
    that may hold lines of a page, where known already.
    """
    lined = page_lines.rows_with_lines(examples) if lined is None else set(lined)
    some = lined.union(rows_holding(examples, SOME) if likely is None else likely)
    shown = examples[:: max(1, len(examples) // SEEN)]
    fewest = 1 if task in ("answer", "summarise") else page_lines.FEWEST_WORDS  # elsewhere buttons may be what is asked
    coded = sum(page_code.is_code(_WEB.sub("", example.answer)) for example in shown) >= CODE_SHARE * len(shown)
    asked_of_code = sum(page_code.is_code(example.input) for example in shown) >= CODE_SHARE * len(shown)
    asked = as_asked.instructions(examples, _is_instruction) if lined else frozenset[str]()
    chosen = [_without_carried_over(examples[at]) if task == "translate" else examples[at] for at in some]
    materials = [as_asked.material(example.input, asked) for example in chosen]
    looked = _look(chosen, materials) if len(some) > MANY_LIKELY else _UNLOOKED
    rows = set()
    for index, example, material in zip(some, chosen, materials, strict=True):
        if _is_left(example, material, index in lined, fewest, coded, asked_of_code, looked):
            rows.add(example.row)
    roles = {examples[index].row for index in some if _has_role(examples[index])}
    if len(roles) <= max(1, copied.ROLES_SHARE * len(examples)):
        rows |= roles
    rows |= _of_sources(examples, some, coded)
    if (coded or len(rows) > WANTED_SHARE * len(examples)) and _tags_are_the_task(examples):
        return None
    dressed = fences.rows_in_fences(examples, task, rows_holding(examples, fences.FENCE) if fenced is None else fenced)
    if len(dressed) <= WANTED_SHARE * len(examples):
        rows |= dressed
    return tuple(sorted(rows))


def _look(examples: Sequence[Example], materials: Sequence[str]) -> _Looked:
    """What the texts of these rows do not hold, all looked at at once."""
    told = chain.from_iterable((one.input, one.answer, *(turn.content for turn in one.history)) for one in examples)
    texts = list(dict.fromkeys(chain(materials, told)))
    plain = [_CODE.sub(" x ", text) if "`" in text else text for text in texts]
    spoken, led, *marked = by_re2(plain, wider(_SPOKEN_OF), page_lines.looks_led(), *tags.looks())
    coded, speaking = by_re2(texts, any_of(page_code.HINTS), any_of((*chat_tokens.TURN_HINTS, "<")))
    unmarked, unled, uncoded, unspoken = (
        {*texts}.difference(map(texts.__getitem__, chain.from_iterable(places)))
        for places in ((spoken, *marked), (spoken, led), (coded,), (speaking,))
    )
    return _Looked(unmarked, unled, uncoded, unspoken)


def _is_left(
    example: Example, material: str, lined: bool, fewest: int, coded: bool, asked_of_code: bool, looked: _Looked
) -> bool:
    """`material`: the question without what is asked in many rows. `lined`: whether it may hold lines of a page.

    `coded`: answers of the file are code that was asked for. `asked_of_code`: inputs of the file are code.
    """
    asked, answer = example.input, example.answer
    return (
        has_markup(material, lined, fewest, answer, looked)
        or any(has_markup(turn.content, lined=False, looked=looked) for turn in example.history)
        or (
            asked not in looked.uncoded
            and not (asked_of_code or _begins_as_program(asked))
            and page_code.left_in(asked, answer)
        )
        or (answer not in looked.unspoken and chat_tokens.in_answer(answer, f"{example.system}\n{asked}"))
        or (
            (lined or not (answer in looked.unmarked and answer in looked.unled and answer in looked.uncoded))
            and not (coded and page_code.is_code(answer))
            and (
                has_markup(answer, lined, fewest, asked, looked)
                or (answer not in looked.uncoded and page_code.left_in(answer, f"{example.system}\n{asked}"))
            )
        )
    )


def _is_instruction(line: str) -> bool:
    """Whether a line that many questions share may say what to do, and is nothing of a page."""
    if len(line.split()) < FEWEST_ASKED or has_markup(line, lined=False):
        return False
    return not page_lines.furniture(f"\n{line}", fewest=0)


def _without_carried_over(example: Example) -> Example:
    """The row without the tags, and the words of pages at its end, that a translation has in common with its source:
    who shows these texts needs them."""
    for pattern in (tags.ANY_TAG, other_markup.BOARD):
        if Counter(pattern.findall(example.input)) == Counter(pattern.findall(example.answer)):
            example = example._replace(input=pattern.sub(" ", example.input), answer=pattern.sub(" ", example.answer))
    source, told = example.input.rpartition("\n")[2], example.answer.strip()
    if len(told) <= SHOWN and "\n" not in told and len(_PIECES.findall(source)) == len(_PIECES.findall(told)):
        asked = page_lines.without_last(example.input)  # `Please wait...`: a program says so, in both languages
        if asked != example.input:
            return example._replace(input=asked, answer=page_lines.without_last(told))
    return example


def _of_sources(examples: Sequence[Example], some: Iterable[int], coded: bool) -> set[int]:
    """Rows with markup of a form that few rows have."""
    having: dict[int, set[int]] = {}
    likely = [examples[index] for index in some]
    asked, told = inputs(likely), answers(likely)
    owners, texts, others = [*likely, *likely], [*asked, *told], [*told, *asked]
    without_code = {
        place: _CODE.sub(" x ", texts[place]) if "`" in texts[place] else texts[place]
        for place in texts_holding(texts, sources.SOME)[0]
    }
    if len(without_code) > MANY_LIKELY:
        held = set(chain.from_iterable(by_re2(list(without_code.values()), *sources.looks())))
        without_code = {place: plain for at, (place, plain) in enumerate(without_code.items()) if at in held}
    for place, plain in without_code.items():
        for form in sources.forms_in(plain, others[place]):
            if not (_is_program(plain) or declares(plain)) and not (coded and page_code.is_code(plain)):
                having.setdefault(form, set()).add(owners[place].row)
    few = max(1, sources.OWN_SHARE * len(examples))
    return {row for rows in having.values() if len(rows) <= few for row in rows}


def _has_role(example: Example) -> bool:
    """Whether a role of a documentation source stands in it, and no code that it documents."""
    texts = (example.input, example.answer)
    return any(map(copied.has_role, texts)) and not any(
        "```" in text or _OF_A_PROGRAM.search(text.split("\n", 1)[0]) or _is_program(text) for text in texts
    )


def has_markup(
    text: str,
    lined: bool = True,
    fewest: int = page_lines.FEWEST_WORDS,
    beside: str = "",
    looked: _Looked = _UNLOOKED,
) -> bool:
    """Code in backticks is left out, and what is quoted in a program: there tags are meant.

    `lined`: whether it may hold lines of a page, around which it has the `fewest` words at least. `beside`: what is
    answered to it, or asked; where that is about rights, a notice of them is no leftover. `looked`: what is known.
    """
    unmarked, unled = text in looked.unmarked, text in looked.unled
    if unmarked and unled and not lined:
        return False
    plain = _CODE.sub(" x ", text) if "`" in text else text
    if not (unmarked or unled):  # else it calls nothing by its name
        lower = plain.lower()
        plain = _SPOKEN_OF.sub(" x ", plain) if any(word in lower for word in _SPEAKING) else plain
    if not (
        (not unmarked and tags.has_marks(plain, beside))
        or (not unled and page_lines.before_sentences(plain))
        or (lined and fewest > 0 and page_lines.furniture(plain, fewest))
    ):
        return False
    if not _is_program(plain):
        return True
    quoted = _QUOTED.sub(" ", plain)
    return tags.has_marks(quoted, beside) or bool(page_lines.before_sentences(quoted))


def _begins_as_program(text: str) -> bool:
    return _OF_A_PROGRAM.search(text.lstrip().split("\n", 1)[0]) is not None and _is_program(text)


def _is_program(text: str) -> bool:
    """Whether enough of its lines are those of a program, what it says of itself left aside."""
    written = [line for line in text.split("\n") if line.strip()]
    lines = [line for line in _DOCUMENTED.sub("", text).split("\n") if line.strip()]
    return len(written) > 2 and sum(bool(_OF_A_PROGRAM.search(line)) for line in lines) > PROGRAM_SHARE * len(lines)


def stripped(text: str) -> str:
    """Tags and fences taken away, entities and tracking links made plain; the words stay."""
    bare = fences.without(text)
    if bare != text:
        return bare
    if page_code.left_in(text):
        text = page_code.without(text).strip()
    if copied.has_role(text):
        text = copied.without(text)
    text = sources.without(text)
    if not has_markup(text):
        return text
    text = page_frame.without_amid(text)
    for find in (page_lines.before_sentences, partial(page_lines.furniture, fewest=1)):
        for start, end in reversed(find(text)):
            text = text[:start] + text[end:]
    text = copied.without(text)
    text = chat_tokens.without(tags.COMMENT.sub("", other_markup.without(text)))
    text = tags.TAG.sub(lambda tag: "\n" if tags.LINE_END.match(tag.group()) else "", text)
    text = html.unescape(tags.NO_BREAK.sub(" ", text)).replace("\xa0", " ")
    text = tags.TRACKING.sub(lambda link: link.group().split("?")[0], text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<![ \t])[ \t]*+\n[ \t]*+", "\n", text)).strip()


def _tags_are_the_task(examples: Sequence[Example]) -> bool:
    """Markup in answers too, or opened and closed like a document: HTML, or a template, is wanted, not left over."""
    tagged = sum(bool(tags.TAG.search(e.answer)) or other_markup.has_slot(e.answer) for e in examples)
    structured = sum(bool(tags.DOCUMENT.search(e.input)) for e in examples)
    return max(tagged, structured) > WANTED_SHARE * len(examples)
