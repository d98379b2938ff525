"""Answers that say themselves that more was to come: a remark that they were cut, the next number of a list, `e.g.`."""

from __future__ import annotations

import re

_CUT = (
    r"truncated|cut(?: off| short| here)?(?=\W)|clipped|trimmed|shortened|abridged|cont(?:inue[ds]?|\.)|to be continued"
    r"|\+\d+ (?:more )?(?:characters|words)|\+?\d+ chars|part \d of \d|omitted|snip(?:ped)?(?=\W)"
    r"|max(?:imum|\.)? (?:tokens?|length|characters)|limit reached|more to come"
    r"|(?:token|length|character|size) limit|read more|end of (?:preview|excerpt)"
    r"|abgeschnitten|gekürzt|fortsetzung|tronquée?|à suivre|truncad[oa]|cortad[oa]|continuará|continua|troncato"
    r"|tagliato|afgekapt|ingekort|wordt vervolgd|ucięt[eyo]|skrócon[eyo]|обрезан[оа]?|продолжение"
    r"|kesildi|devamı|截断|未完|待续|省略|続く|途中"
)
"""Words of a remark that a text was cut, in several languages."""
_REMARK = re.compile(
    r"[\[(<{]\W{0,4}(?:(?:the |this |my )?(?:rest|text|answer|output|response|reply|message|content)s? "
    rf"(?:was |is |has been )?)?(?:{_CUT})[^\[\](){{}}<>\n]{{0,40}}[\])>}}]\W{{0,3}}\Z"
    r"|\s[\[(](?:\.{3}|…)[\])]\Z",
    re.IGNORECASE,
)
"""Such a remark in brackets at the end, or dots in brackets."""
_EXAMPLE = re.compile(r"\b(?:e\. ?g|i\. ?e|z\. ?B|d\. ?h|p\. ?ex|p\. ?ej|т\. ?е)\.[,:]?\Z", re.IGNORECASE)
"""`e.g.` and its like at the end."""
_LAST_OF_EXAMPLE = "gebhе"
"""Last letters of those of them that end in a single one."""
_OPEN = ("such as", "for example", "for instance", "zum Beispiel", "par exemple", "por ejemplo", "ad esempio")
"""Phrases behind which an example must come."""
_OPENS = re.compile(rf"[.!?][\"'”)]* +(?:{'|'.join(_OPEN)}):\Z", re.IGNORECASE)
"""`.. of it. For example:`"""
_SHORT = frozenset((" viz.", " vs.", " cf.", " bijv.", " напр.", " Mr.", " Mrs.", " Ms.", " Dr.", " Prof."))
"""Words after which another must come."""
_CALLED = re.compile(r"\b(?:of|the|an?|to|in|with|by|for|from|on) (?:viz|vs|cf)\.\Z")
"""No such word, but the name of something: `operations outside of cf.`"""
_NUMBER = re.compile(r"(?:\A|\n|[.!?:;)][ \t]+)[ \t]*\(?(?P<number>\d{1,2})[.)][ \t]*\Z")
"""The number of an item at the end, and no item."""
_BULLET = re.compile(r"\n[ \t]*(?P<mark>[-*•+])[ \t]*\Z")
"""The sign of an item at the end, and no item."""
_COLON = re.compile(
    r"(?:\A|[.!?:][\"'”)*]*\s+|\n\s*\n)(?:[^\W_]+[ ,'’()\"“”*-]+){2,15}[^\W_]+[\"'“”*]*[ \u00a0]?:\Z"
    r"|[.!?][\"'”)]*\s+[^\W_]+ [^\W\dA-ZÀ-ÞА-Я_][^\W_]*[ \u00a0]?:\Z|[。！？]\s*[^\W_]{3,20}[:：]\Z"
    r"|\n[*#\s]*(?:[Ss]tep|[Pp]art|[Tt]ip|Option|Method|Schritt|Étape|Paso|Passo|Krok|Шаг) \d+[*]*:[*]*\Z",
)
"""Three words at least, or two behind a sentence, since `Ann:` is a speaker; lines of verse go on with a colon."""
_SHORTLY = re.compile(
    r"\b(?:do|does|did|is|are|was|were|ca|wo|could|would|should|have|has|had)n['’]\Z|(?<!\\)\b(?:[dlnjmc]|qu)['’]\Z"
    r"|\w [“„«]\Z|\n[ \t]*#{1,6}\Z"
)
"""Half of `doesn't` or `d'eau`, a quotation that was to begin, a heading without words."""
_HOSTS = ("://", "://www.", "://docs.", "://en.", "://m.", "://api.", "://help.", "://support.", "://blog.")
"""Ends of an address that is cut within the name of its host."""
LONGEST, LONGEST_EXAMPLE = 100, 8
"""Characters from the end."""
DOTS = ("..", "…")
"""How a text that trails off ends."""
LAST_SIGNS = 4
"""By which most texts are told to announce nothing."""
_LAST_OF_PHRASES = tuple({phrase[-LAST_SIGNS:] for phrase in (*_OPEN, *_SHORT, *_HOSTS)})
"""The last signs of phrases, short words and beginnings of addresses that end nothing."""


def may_announce(ending: str) -> bool:
    """Whether a text may announce more that has these `LAST_SIGNS`: most texts have others."""
    last, letter, before = ending[-1:], ending[-2:-1], ending[-3:-2]
    if last in ".," and (letter.isdigit() or (before in " .\n(" and letter.casefold() in _LAST_OF_EXAMPLE)):
        return True
    return last in ":：])>}-*•+|#“„«'’" or ending.endswith(_LAST_OF_PHRASES)


def announces_more(text: str) -> bool:
    """Whether a text without spaces at its end breaks off where it says that something follows."""
    last, ending = text[-1:], text[-LONGEST:]
    if last in ":：":
        return _COLON.search(ending) is not None or text.count("**") % 2 == 1 or _OPENS.search(ending) is not None
    if last == "|":
        return _is_short_row(text)
    if last in "'’“„«#":
        return _SHORTLY.search(ending) is not None
    if last in "])>}" and _REMARK.search(ending):
        return True
    shortened = text[text.rfind(" ") :] in _SHORT and _CALLED.search(ending) is None
    if shortened or text.endswith((*_OPEN, *_HOSTS)):
        return True
    return _EXAMPLE.search(ending, max(0, len(ending) - LONGEST_EXAMPLE)) is not None or _next_in_list(text)


def _is_short_row(text: str) -> bool:
    """Whether the last line is a row of a table that lacks cells the one before has."""
    rows = text.rsplit("\n", 2)[-2:]
    return len(rows) == 2 and rows[0].startswith("|") and rows[0].count("|") > rows[1].count("|") > 0


def _next_in_list(text: str) -> bool:
    if (bullet := _BULLET.search(text[-LONGEST:])) is not None:
        return re.search(rf"^[ \t]*{re.escape(bullet['mark'])} \S", text, re.MULTILINE) is not None
    number = _NUMBER.search(text[-LONGEST:]) if text[-2:-1].isdigit() else None
    if number is None:
        return False
    earlier = int(number["number"]) - 1
    begins = text[: len(text) - len(number.group())]
    return earlier > 0 and re.search(rf"(?:^|[\s(]){earlier}[.)] ", begins) is not None
