"""What kind of answer a text is, by how such answers end: a list, code, a title, one of few words or of many."""

from __future__ import annotations

import re

from backend.audit.text import program_signs

SHORT = 8
"""Words under which an answer may well be a name or a title."""
PROGRAM_SHARE = 0.02
"""Share of signs of programs up to which a text is prose."""
END = re.compile(
    r"""[.!?…。！？؟।:;)\]}>"'”’»*`|~]\s*\Z|[^\w\s,\-–—(\[{]\s*\Z|[.!?]\d{1,3}\Z|[-–—_=]{3,}\Z|;\s(?:and|or)\Z"""
    r"""|[:;=8xX][-'^o]?[()\[\]DPp/\\|3*]+\Z|(?<!\]\()(?:https?://|www\.)\S+\Z|\S@\S+\.\w+\Z"""
    r"""|#{2,} ?[-$€]?[\w.,:/%]+\Z|[.!?]["”']? ?[-–—~] ?[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}\Z"""
)
"""A mark, a footnote's number after one, a line, the end of one item of an enumeration, a smiley, a link, what came out
of a sum on a line of its own (`#### 72`), who said it."""
STOP = re.compile(r"[.!?…。！？][\"'”’»)\]*`]*\s*\Z")
"""Texts with signs of programs end with any bracket: their habit is to end with a stop or not."""
_ASIDE = re.compile(r"(?<=[\w,.]) \((?:[^\W\d_]+,? ){1,9}[^\W\d_]+\)(?=[\s.,;:!?]|\Z)")
"""Words in brackets amid a sentence, which make it no program."""
_LIST_LINE = re.compile(r"\A\s*(?:[-*•+]|\d+[.)]|[|#>]|[A-Za-z_][\w ]{0,30}:)\s")
_INDENTED = re.compile(r"^(?: {4,}|\t+)\S", re.MULTILINE)


def has_end(text: str) -> bool:
    """Whether a text ends with a mark, or with a link."""
    if text[-1:] in ".!?" or END.search(text[-80:]) is not None:
        return True
    return text[max(text.rfind(" "), text.rfind("\n")) + 1 :].startswith(("http://", "https://"))


def kind_of(text: str) -> str:
    """One of list, code, program, title, short and long: kinds of answers that end each in a way of their own."""
    listed = ("\n" in text or text[:1] in "-*•") and _LIST_LINE.match(text.rsplit("\n", 1)[-1])
    if listed and not _of_sentences(text):
        return "list"
    if (text[:1].isspace() or "\n" in text) and _INDENTED.search(text):
        return "code"
    signs = program_signs(text)
    if signs > PROGRAM_SHARE * len(text) and signs - 2 * len(_ASIDE.findall(text)) > PROGRAM_SHARE * len(text):
        return "program"
    words = text.split(maxsplit=SHORT)
    if len(words) >= SHORT:
        return "long"
    great = [word for word in words[1:] if len(word) > 3 and word[0].isalpha()]
    titled = sum(word[0].isupper() for word in great)
    return "title" if great and titled >= 0.6 * len(great) else "short"


def _of_sentences(text: str) -> bool:
    """Whether the items of a list but the last, two at least, all end like sentences: then the last one does too."""
    items = [line for line in text.split("\n")[:-1] if _LIST_LINE.match(line)]
    return len(items) > 1 and all(map(STOP.search, items))
