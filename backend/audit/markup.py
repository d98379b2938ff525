"""Leftover markup: HTML, entities, tracking links, page furniture, and code fences around plain answers."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from html.entities import html5

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
)
from backend.audit.columns import answers, inputs
from backend.audit.sift import any_of, rows_holding, texts_holding
from backend.audit.text import declares
from backend.domain import Example, Task

CODE_SHARE = 0.20
"""Share of answers that are code, tags aside, above which code in an answer is what was asked for; and of inputs."""
SEEN = 500
"""Answers looked at for that."""
FEWEST_ASKED = 3
"""Words of a line that says what to do."""
WANTED_SHARE = 0.30
"""When so many rows hold it, it is what the task is about, not a leftover."""

_NAMES = (
    "div|span|br|hr|img|table|tbody|thead|tr|td|th|ul|ol|li|script|style|font|nav|footer|header|html|body|head|meta|"
    "link|button|form|iframe|center|blockquote|section|article|strong|em|h[1-6]|sup|sub|small|label|input|"
    "svg|noscript|figure|figcaption|textarea|fieldset|tfoot|colgroup|aside|picture|canvas|dl|dt|dd|strike|tt|wbr|"
    "marquee"
)
_AS_PAIR = (
    "p|a|b|i|u|s|code|pre|kbd|mark|time|abbr|cite|address|video|audio|details|summary|select|option|q|del|ins|big|main"
)
"""Names that stand for something else where they are not closed again: `<path>`, `<option>`."""
_TAG = re.compile(
    rf"</?(?:{_NAMES})(?:\s[^<>]*)?/?>"
    rf"|<({_AS_PAIR})(?:\s[^<>]*)?>(?=.{{0,2000}}?</\1>)|</(?:{_AS_PAIR})>"
    r"|<(?P<own>[a-z][\w:.-]{1,30})(?:\s[^<>]*)?>(?=[^<].{0,2000}?</(?P=own)>)"
    r"|<!doctype\s|(?:\A|\n|[.!?][\"'”’)]?)\s*<p>(?=\s*\S|\Z)"
    r"|<[a-z][a-z0-9-]*(?:\s+[a-z][\w:-]*=(?:\"[^\"<>]*\"|'[^'<>]*'))+\s*/?>"
    r"|</?(?:o|w|v|m|st1):\w+[^<>]*>|<\?xml\b",
    re.I | re.S,
)
_ANY_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_DOCUMENT = re.compile(r"<(html|div|table|ul|form|p)\b(?=.{0,5000}?</\1>)", re.I | re.S)
_LINE_END = re.compile(r"<br\b|</(?:p|div|li|tr|h[1-6])\b", re.I)
_COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->|<(script|style)\b(?:(?!<\1\b).)*?</\1>", re.I | re.S)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|([a-z]{2,8}\d{0,2}));", re.I)
_NO_BREAK = re.compile(r"&nbsp(?![\w;]*[;=])", re.I)
"""Written without its semicolon, as browsers let pass."""
# No link within a link, and a thousand signs at most: so the time for a text of links grows with the text.
_TRACKING = re.compile(
    r"(?:https?://|www\.)(?:(?!://|www\.)[^\s<>]){1,1000}[?&]"
    r"(?:(?:utm|hsa|mtm|itm|pk|vero|oly|guce|at|ns|mc|sc)_\w*"
    r"(?:source|medium|campaign|channel|content|term|referrer|[ce]?id)\w*="
    r"|(?:\w{0,8}clk?id|[gw]braid|igsh|_hsenc|_hsmi|mkt_tok|ref_src|li_fat_id|cmp(?:id)?|s_cid|s_kwcid|_ga|guccounter"
    r"|srsltid|trk\w*|tracking_?id|campaign_?id|smid|spm|scm|hsctatracking|wt\.mc_id|link_?code|aff(?:iliate)?_?id"
    r"|share_?id|epik|igshid)="
    r"|ref=(?:tw|nav_|sr_)|source=(?:newsletter|email|rss|twitter|facebook)|feature=share|tag=[\w-]+-2\d\b)\S*",
    re.I,
)
"""Parameters of links that say through which campaign somebody came."""
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
_CAREFUL = (
    (("<",), _TAG),
    (("<!--", "<script", "<style"), _COMMENT),
    (("://", "www."), _TRACKING),
    (chat_tokens.TOKEN_HINTS, chat_tokens.TOKEN),
    (page_frame.FRAME_HINTS, page_frame.FRAME),
)
"""Patterns, and in lower case what every text they match holds."""
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
    rows = set()
    for index in some:
        example = examples[index]
        if task == "translate":
            example = _without_carried_over(example)
        material = as_asked.material(example.input, asked)
        is_code = coded and page_code.is_code(example.answer)
        if _is_left(example, material, index in lined, fewest, is_code, asked_of_code):
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


def _is_left(example: Example, material: str, lined: bool, fewest: int, is_code: bool, asked_of_code: bool) -> bool:
    """`material`: the question without what is asked in many rows. `lined`: whether it may hold lines of a page.

    `is_code`: the answer is code that was asked for. `asked_of_code`: inputs of the file are code.
    """
    return (
        has_markup(material, lined, fewest, example.answer)
        or any(has_markup(turn.content, lined=False) for turn in example.history)
        or (
            not (asked_of_code or _begins_as_program(example.input))
            and page_code.left_in(example.input, example.answer)
        )
        or chat_tokens.in_answer(example.answer, f"{example.system}\n{example.input}")
        or (not is_code and has_markup(example.answer, lined, fewest, example.input))
        or (not is_code and page_code.left_in(example.answer, f"{example.system}\n{example.input}"))
    )


def _is_instruction(line: str) -> bool:
    """Whether a line that many questions share may say what to do, and is nothing of a page."""
    if len(line.split()) < FEWEST_ASKED or has_markup(line, lined=False):
        return False
    return not page_lines.furniture(f"\n{line}", fewest=0)


def _without_carried_over(example: Example) -> Example:
    """The row without the tags, and the words of pages at its end, that a translation has in common with its source:
    who shows these texts needs them."""
    for pattern in (_ANY_TAG, other_markup.BOARD):
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
    for place in texts_holding(texts, sources.SOME)[0]:
        plain = _CODE.sub(" x ", texts[place]) if "`" in texts[place] else texts[place]
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


def has_markup(text: str, lined: bool = True, fewest: int = page_lines.FEWEST_WORDS, beside: str = "") -> bool:
    """Code in backticks is left out, and what is quoted in a program: there tags are meant.

    `lined`: whether it may hold lines of a page, around which it has the `fewest` words at least. `beside`: what is
    answered to it, or asked; where that is about rights, a notice of them is no leftover.
    """
    plain = _CODE.sub(" x ", text) if "`" in text else text
    lower = plain.lower()
    if any(word in lower for word in _SPEAKING):
        plain = _SPOKEN_OF.sub(" x ", plain)
    if not _marked(plain, fewest if lined else 0, beside):
        return False
    return not _is_program(plain) or _marked(_QUOTED.sub(" ", plain), 0, beside)


def _marked(plain: str, fewest: int, beside: str) -> bool:
    """`fewest`: words of the text around lines of a page; 0 where it may hold none."""
    if "&" in plain and any(not (name := match.group(1)) or f"{name};" in html5 for match in _ENTITY.finditer(plain)):
        return True
    lower = plain.lower()
    if "&nbsp" in lower and _NO_BREAK.search(plain):
        return True
    if any(any(hint in lower for hint in hints) and pattern.search(plain) for hints, pattern in _CAREFUL):
        return True
    if page_frame.has_notice(plain, lower) and not page_frame.is_of_rights(beside):
        return True
    if other_markup.has_other(plain) or copied.has_code(plain, lower) or page_frame.is_amid(plain, lower):
        return True
    return bool(page_lines.before_sentences(plain)) or (fewest > 0 and bool(page_lines.furniture(plain, fewest)))


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
    text = chat_tokens.without(_COMMENT.sub("", other_markup.without(text)))
    text = _TAG.sub(lambda tag: "\n" if _LINE_END.match(tag.group()) else "", text)
    text = html.unescape(_NO_BREAK.sub(" ", text)).replace("\xa0", " ")
    text = _TRACKING.sub(lambda link: link.group().split("?")[0], text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<![ \t])[ \t]*+\n[ \t]*+", "\n", text)).strip()


def _tags_are_the_task(examples: Sequence[Example]) -> bool:
    """Markup in answers too, or opened and closed like a document: HTML, or a template, is wanted, not left over."""
    tagged = sum(bool(_TAG.search(e.answer)) or other_markup.has_slot(e.answer) for e in examples)
    structured = sum(bool(_DOCUMENT.search(e.input)) for e in examples)
    return max(tagged, structured) > WANTED_SHARE * len(examples)
