"""What surrounds the text of a web page, wherever it stands: notices on cookies and rights, share buttons, scripts."""

from __future__ import annotations

import re

from backend.audit.pattern_lists import part

SITE = part("page_lines", "site")
"""Names of sites on which pages are shared."""
FRAME = re.compile(
    rf"""
    skip\s+to\s+(?:main\s+|primary\s+)?(?:content|navigation|footer|menu)|toggle\s+navigation
    |back\s+to\s+top\b(?=\s*(?:↑|\Z|\n|\|))
    |accept\s+(?:all\s+)?cookies|(?:this|our)\s+(?:web)?site\s+uses\s+cookies
        |\bwe\s+(?:and\s+our\s+partners\s+)?use\s+cookies(?!\s+(?:only|for|on|as|if|when)\b)
    |(?:agree(?:ing)?|consent(?:ing)?)\s+to\s+(?:our|the)\s+use\s+of\s+cookies|cookies\s+help\s+us\s
    |(?:website|webseite|seite|sitio(?:\ web)?|site|sito)
        \s+(?:verwendet|nutzt|utilise\ des|utiliza|usa|utilizza\ i)\s+cookie
    |your\s+browser\s+does\s+not\s+(?:currently\s+)?support|comments\s+are\s+closed
    |must\s+be\s+logged\s+in\s+to\s+(?:post|comment|reply|view)|e-?mail\s+address\s+will\s+not\s+be\s+published
    |cookies?\s+to\s+(?:improve|enhance|ensure|give|offer|personali[sz]e)\s+(?:your|you|that|our)
    |manage\s+(?:cookie\s+)?(?:consent|preferences)
    |share\s+(?:this\s*)?(?:article\s+|post\s+|page\s+)?(?:on|via|to|:)\s*{SITE}\b
    |{SITE}(?:\s*[|·,/]?\s+{SITE}){{2,}}
    |(?:follow|like|find)\s+us\s+on\s+{SITE}
    |click\s+here\s+to\s+(?:un)?subscribe|unsubscribe\s+(?:here|from\s+this)
    |(?:sign\s+up|subscribe)\s+(?:for|to)\s+(?:our|the)\s+(?:\w+\s+)?newsletter
    |please\s+(?:enable|turn\s+on)\s+java\s?script|enable\s+java\s?script\s+to\s+(?:view|run|use|continue|see)
    |javascript\s+(?:is|must\s+be|needs\s+to\s+be)\s+(?:disabled|enabled|required|turned\s+o)
    |(?:read|learn|show|view|load|see)\s+(?:more|all)\s*(?:»|›|→|>>|\.\.\.\Z)|continue\s+reading\s*(?:»|→|below|\.\.\.)
    |(?:^|[.!?|]\s+)advertisement\s*(?:[-–—|]|\n|\Z)
    |\[\s*(?:edit(?:\s+source)?|hide|show)\s*\]|\[citation\s+needed\]|(?-i:P)owered\s+by\s+wordpress
    |leave\s+a\s+(?:comment|reply)\s*(?:\Z|\n)
    |was(?<=\S[ ]was)\s+this\s+(?:article|page|post|information|answer|content|section)\s+(?:helpful|useful)
        \s*\?\s*yes\b\W{{0,5}}no\b
    |\bhome\s*(?:[>»›]|&gt;|/(?=\s))\s*\w+
    |\bsave\s+my\s+name,\s+e-?mail|\bnotify\s+me\s+of\s+(?:new|follow)|uses\s+akismet
    |this\s+e-?mail\s+was\s+sent\s+to
    |\b(?:article|post|story|piece)\s+(?:was\s+)?(?:first|originally)\s+(?:appeared|published|posted)
        \s+(?:on|in|at|by)\s(?!(?:early\s|late\s)?\d)
    |receiving\s+this\s+(?:e-?mail|newsletter|message)\s+because
    |this\s+page\s+was\s+last\s+(?:edited|modified|updated)(?!\s+in\s+\d{4},)
    |\blast\s+edited\s+by\s+\w+|retrieved\s+from\s+["“]?https?:
    |contains?\s+affiliate\s+links|as\s+an\s+amazon\s+associate
    |[(\[]\s*(?:link\s+)?opens\s+in\s+(?:a\s+)?new\s+(?:window|tab)
    |opens\s+in\s+(?:a\s+)?new\s+(?:window|tab)\s*(?:\n|\Z)
    |required\s+fields\s+are\s+marked|view\s+this\s+post\s+on\s
    |\(click\s+(?:on\s+)?(?:(?:the\s+|this\s+)?(?:image|picture|photo)\s+)?to\s+enlarge\)
    |google_ad_client|googletag|window\.dataLayer|document\.write\(|<!\[CDATA\[
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
"""Notices on cookies and scripts, buttons for sharing and subscribing, marks of wikis, code of advertisements."""
FRAME_HINTS = (
    "browser does not", "are closed", "logged in to", "will not be published", "hide]", "show]", "show ]", "hide ]",
    "<![cdata[", "save my name", "notify me of", "akismet", "was sent to", "originally appeared",
    "originally published", "originally posted", "first appeared", "first published", "receiving this",
    "was last edited", "was last modified", "was last updated", "last edited", "retrieved from", "affiliate links",
    "amazon associate", "new window", "new tab", "fields are marked", "to enlarge)", "this post on",
    "skip to", "toggle nav", "back to top", "cookie", "manage consent", "manage preferences", "share on",
    "share via", "share to", "share this", "share:", "facebook", "twitter", "linkedin", "whatsapp", "us on",
    "subscribe", "newsletter", "javascript", "java script", "»", "›", "→", ">>", " more...",
    "continue reading", "helpful?", "useful?", "helpful ?", "useful ?", "advertisement",
    "edit ]", "[edit", "[citation", "wordpress", "leave a", "home >", "home /",
    "home&gt;", "google_ad", "googletag", "datalayer", "document.write",
)  # fmt: skip
"""Lower case; a text that holds none of them needs no look with `FRAME`."""
IN_PROSE = {
    "us on": r"(?i:(?:follow|like|find)\s+us on)", "leave a": r"(?i:leave a\s+(?:comment|reply))",
    "©": r"(?i:copyright\s+©)|©\s*(?s:.{0,60})(?:19|20)\d\d",
}  # fmt: skip
"""Hints that stand in any prose, or in damaged text, → what else must stand beside them (RE2)."""

_RIGHTS = (
    r"(?:all\s+rights\s+reserved|copyright\s+©|©\s*(?:19|20)\d\d"
    r"|©\s*[\w .,&'’-]{2,50}\s(?:19|20)\d\d|copyright\s+(?:\(c\)\s*)?(?:19|20)\d\d)"
)
"""A notice of rights itself: `© 2019 Example Ltd`, `all rights reserved`."""
RIGHTS = re.compile(
    r"\A(?!.*(?:licen[cs]e|redistribut|permission is|warrant(?:y|ies)|portions|(?:is|are) copyright"
    r"|copyright.*copyright))"
    rf"(?:(?!\W*(?:copyright|©|\(c\)|files:)).{{12,}}?{_RIGHTS}"
    rf"|[^\n]{{0,80}}{_RIGHTS}[^\n]{{0,40}}\n.{{8,}}"
    r"|\W*(?:copyright|©)[^\n]{4,80}?rights\s+reserved\.?\s.{20,})",
    re.IGNORECASE | re.DOTALL,
)
"""A notice of rights under or over a text that is about something else."""
_OF_RIGHTS = re.compile(r"licen[cs]e|permission|redistribut|\brights\b|copyright", re.IGNORECASE)
"""Words of texts that are about rights."""
_NOTICE = re.compile(_RIGHTS, re.IGNORECASE)
"""A notice of rights, wherever it stands."""
RIGHTS_HINTS = ("rights reserved", "©", "copyright 1", "copyright 2", "copyright (c) ")
"""Lower case; a text that holds none of them needs no look with `RIGHTS`."""

_ON = r"(?:on|at|am|le|el|em|il|op|den|dnia|på)"
"""What stands before a date, in the languages of `_PUBLISHED`."""
_BY = r"(?:by|von|par|por|da|di|door|przez|av|af)"
"""What stands before who wrote it, in the same."""
_CAPITALISED = r"[^\W\d_a-zß-ÿ][\w.'’-]*+"
"""A word that begins with a capital letter."""
_NAME = (
    rf"(?:[a-z]\w{{2,14}}|{_CAPITALISED}"
    rf"(?:\s(?!(?:The|You|Your|We|Our|If|This|It|In|A|An|For|To|There|When)\b){_CAPITALISED})?+)"
)
"""A nickname, or one or two words in capitals that begin no sentence."""
_WHEN = (
    r"(?:[^\W\d]{3,10},?\s)?(?:\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s)?[^\W\d]{3,10}\.?,?\s(?:de\s)?\d{4}"
    r"|[^\W\d]{3,9}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4})"
    r"(?:,?\s(?:-\s|at\s)?\d{1,2}[:.]\d\d(?:\s?[apAP][mM])?)?"
)
"""A date, and the time behind it if there is one: `March 3, 2019`, `3. März 2019`, `2019-03-03 at 4:15 pm`."""
_PUBLISHED = (
    r"(?:Posted|Published|Submitted|Written|Uploaded|Updated|Last\s(?:updated|modified|edited)"
    r"|Veröffentlicht|Geschrieben|Publié|Publicado|Escrito|Pubblicato|Scritto|Geplaatst|Gepubliceerd"
    r"|Opublikowan[oey]|Publicerad|Udgivet|Publisert|Опубликовано)"
)
"""That a page was published, in a dozen European languages."""
_BYLINE = re.compile(
    rf"(?:\A|(?<=[\n.!?…\"”]))\s{{0,9}}{_PUBLISHED}:?\s"
    rf"(?:(?:{_ON}\s)?{_WHEN}(?:\s{_BY}\s{_NAME})?|{_BY}:?\s{_NAME}\s(?:{_ON}\s)?{_WHEN})"
    r"(?=\s*[|·•\n]|\s+[^\W\d_a-zß-ÿ][\w'’-]*+(?!,)|\s*\Z)"
)
"""Who wrote it and when, in front of a sentence or between two: `Posted on March 3, 2019 by admin Already have we`."""
_PAGES = ("page ", "seite ", "página ", "pagina ", "strona ", "sida ", "side ")
"""`page` in several languages."""
_TURN = (
    r"(?:first|prev(?:ious)?|next|last|older|newer|erste|zurück|weiter|nächste|premi[eè]re|précédent\w*|suivant\w*"
    r"|anterior|siguiente|próxim[ao]|seguinte|precedente|successiv[ao]|avanti|vorige|volgende|następna|poprzednia"
    r"|nästa|neste)"
)
"""What turns to the first, next, former or last page, in several languages."""
_OF = rf"\b(?:{'|'.join(map(str.strip, _PAGES))})\s\d+\s(?:of|von|sur|de|di|van|z|av|af)\s\d+\s"
"""`Page 1 of 3`."""
_PAGER = re.compile(
    rf"(?:{_OF}(?:(?:\d+\s){{2,}}|{_TURN}\b|[»›>])|(?:[«‹<]|\b{_TURN})\s?1\s2\s3\b"
    rf"|\b1\s2\s3\s(?:\d+\s){{0,9}}(?:(?:…|\.\.\.)\s)?(?:\d+\s)?(?:{_TURN}\b|[»›]))"
    rf"(?:\s?(?:\d+|…|{_TURN}\b|[»›>]))*",
    re.IGNORECASE,
)
"""What turns the pages of a site: `Page 1 of 3 1 2 3 Next »`."""
_HINTS = (
    "1 2 3", *_PAGES, "posted", "submitted", "written", "uploaded", "dated", "modified", "edited", "publi", "pubbl",
    "veröffentlicht", "geschrieben", "escrito", "scritto", "geplaatst", "opublik", "udgivet", "опубликовано",
)  # fmt: skip
"""Lower case; what every text with such a piece holds."""
PIECES = (_BYLINE, _PAGER)
"""One of which every text with such a piece holds."""
FEWEST_AROUND = 3
"""Words around it: else it may be what was asked for."""
AMID = (
    rf"{_PUBLISHED}:?\s[^.!?\n]{{1,50}}\d{{2}}",
    rf"(?i:{_OF}[\dfpnlowzesvagm»›>])",
    "1 2 3 ",
)
"""What every text with a byline or a pager amid its sentences holds (RE2)."""


def places(text: str) -> list[tuple[int, int]]:
    """(start, end) of notices and buttons that stand anywhere, in order."""
    return [found.span() for found in FRAME.finditer(text)] or [found.span() for found in _NOTICE.finditer(text)]


def has_notice(text: str, lower: str) -> bool:
    """Whether a notice of rights stands over or under something else; `lower` is the text in small letters."""
    return any(hint in lower for hint in RIGHTS_HINTS) and RIGHTS.search(text) is not None


def is_of_rights(text: str) -> bool:
    """Whether a text speaks of rights, a notice of them aside: then a notice beside it is what it is about."""
    return _OF_RIGHTS.search(_NOTICE.sub("", text)) is not None


def is_amid(text: str, lower: str) -> bool:
    """Whether a byline or a pager stands amid the sentences of a text; `lower` is the text in small letters."""
    if not any(hint in lower for hint in _HINTS):
        return False
    rest = without_amid(text)
    return rest != text and len(rest.split()) >= FEWEST_AROUND


def without_amid(text: str) -> str:
    """The text without bylines and what turns pages."""
    return _PAGER.sub("", _BYLINE.sub("", text))
