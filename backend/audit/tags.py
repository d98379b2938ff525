"""Marks of markup in a text, lines of a page aside: tags, entities, tracking links, notices, signs of programs."""

from __future__ import annotations

import re
from functools import cache
from html.entities import html5

from backend.audit import chat_tokens, copied, other_markup, page_frame
from backend.audit.wider import wider

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
TAG = re.compile(
    rf"</?(?:{_NAMES})(?:\s[^<>]*)?/?>"
    rf"|<({_AS_PAIR})(?:\s[^<>]*)?>(?=.{{0,2000}}?</\1>)|</(?:{_AS_PAIR})>"
    r"|<(?P<own>[a-z][\w:.-]{1,30})(?:\s[^<>]*)?>(?=[^<].{0,2000}?</(?P=own)>)"
    r"|<!doctype\s|(?:\A|\n|[.!?][\"'”’)]?)\s*<p>(?=\s*\S|\Z)"
    r"|<[a-z][a-z0-9-]*(?:\s+[a-z][\w:-]*=(?:\"[^\"<>]*\"|'[^'<>]*'))+\s*/?>"
    r"|</?(?:o|w|v|m|st1):\w+[^<>]*>|<\?xml\b",
    re.I | re.S,
)
ANY_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
DOCUMENT = re.compile(r"<(html|div|table|ul|form|p)\b(?=.{0,5000}?</\1>)", re.I | re.S)
LINE_END = re.compile(r"<br\b|</(?:p|div|li|tr|h[1-6])\b", re.I)
COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->|<(script|style)\b(?:(?!<\1\b).)*?</\1>", re.I | re.S)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|([a-z]{2,8}\d{0,2}));", re.I)
NO_BREAK = re.compile(r"&nbsp(?![\w;]*[;=])", re.I)
"""Written without its semicolon, as browsers let pass."""
# No link within a link, and a thousand signs at most: so the time for a text of links grows with the text.
TRACKING = re.compile(
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
_CAREFUL = (
    (("<",), TAG),
    (("<!--", "<script", "<style"), COMMENT),
    (("://", "www."), TRACKING),
    (chat_tokens.TOKEN_HINTS, chat_tokens.TOKEN),
    (page_frame.FRAME_HINTS, page_frame.FRAME),
)
"""Patterns, and in lower case what every text they match holds."""


def has_marks(plain: str, beside: str) -> bool:
    """Whether a text without code in backticks holds any.

    `beside`: what is answered to it, or asked; where that is about rights, a notice of them is no leftover.
    """
    if "&" in plain and any(not (name := match.group(1)) or f"{name};" in html5 for match in _ENTITY.finditer(plain)):
        return True
    lower = plain.lower()
    if "&nbsp" in lower and NO_BREAK.search(plain):
        return True
    if any(any(hint in lower for hint in hints) and pattern.search(plain) for hints, pattern in _CAREFUL):
        return True
    if page_frame.has_notice(plain, lower) and not page_frame.is_of_rights(beside):
        return True
    return other_markup.has_other(plain) or copied.has_code(plain, lower) or page_frame.is_amid(plain, lower)


@cache
def looks() -> tuple[str, ...]:
    """Patterns (RE2) one of which every text holds that `has_marks`: as one they would not fit into RE2."""
    return (
        wider(_ENTITY, NO_BREAK, *(pattern for _, pattern in _CAREFUL if pattern is not page_frame.FRAME)),
        wider(page_frame.FRAME, page_frame.RIGHTS),
        wider(*other_markup.FORMS, *copied.FORMS),
        wider(*page_frame.PIECES),
    )
