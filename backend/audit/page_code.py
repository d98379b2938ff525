"""Scripts and style rules of a page that got into a text without their tags."""

from __future__ import annotations

import re

_PROPERTY = (
    r"(?:color|background|margin|padding|font|display|width|height|border|text|float|position|z-index|line-height|overflow"
    r"|opacity|top|left|right|bottom|visibility|cursor|max|min|flex|grid|align|justify|list-style|white-space|transition"
    r"|transform|box|outline|content|vertical-align|letter-spacing|clear|animation|fill|src)(?:-[a-z]+)*"
)
_RULE = (
    r"(?:^[ \t]*|(?<=[.!?};>]) ?)(?:[.#@]?[a-z*][\w.#:@>~+, ()\[\]=\"'*-]{0,80}|[.#][\w-]+)\s?\{"
    rf"(?:\s*{_PROPERTY}\s*:\s*[^;{{}}\n]{{1,80}}[;}}])+"
)
_AT_RULE = r"@(?:import\s+url\(|media\s*(?:\(|screen|print|only|all)[^{\n]{0,60}\{|font-face\s*\{|charset\s+[\"'])"
_CALL = (
    r"(?:document|window|location|navigator)\.(?:getelement\w*|queryselector\w*|createelement|write|writeln|ready|cookie|body"
    r"|location|onload|onscroll|addeventlistener|datalayer|href|__\w+|open|useragent)\s*[(.=\[]"
    r"|(?:\$|jquery)\((?:document|window|function|this|[\"'][.#]?[\w -]+[\"'])[^)\n]*\)\.?"
    r"|\b(?:var|let|const)\s+[\w$]+\s*=\s*(?:[\w$.]+\s*\|\|\s*)?(?:\[\s*\]|\{|function\b|document\.|window\.|new\s+\w+\(|[\"'][^\"'\n]*[\"'];"
    r"|\d+;|!?[\w.]+\([^)\n]*\);)"
    r"|\bfunction\s*\w*\s*\([\w$, ]*\)\s*\{|\(function\s*\([\w$, ]*\)\s*\{|\}\)\s*\((?:document|window|jquery)?\)?[,; ]"
    r"|\b(?:ga|fbq|gtag|_gaq\.push|__gatracker|dataLayer\.push|googletag\.\w+\.push|twq|ttq|hj)\(\s*[\"'\[{]"
    r"|\bsettimeout\(\s*function|\bconsole\.(?:log|error)\(|\btypeof\s+[\w.]+\s*[!=]==?\s*[\"']undefined"
    r"|[\"']@context[\"']\s*:\s*[\"']https?:|^\s*//\s?<!\[cdata\[|googlesyndication|adsbygoogle|__NEXT_DATA__|\bnew\s+xmlhttprequest\("
)
_STYLE = re.compile(rf"{_RULE}|{_AT_RULE}", re.IGNORECASE | re.MULTILINE)
_SCRIPT = re.compile(_CALL, re.IGNORECASE | re.MULTILINE)
_OF_SCRIPTS = (
    "document.", "window.", "$(", "jquery(", "ga('", "fbq(", "gtag(", "_gaq", "settimeout(", "= []",
    "typeof ", "console.", "googlesyndication", "adsbygoogle", "xmlhttprequest", "@context", "var ",
)  # fmt: skip
HINTS = ("{", "@import", *_OF_SCRIPTS)
"""Lower case; every text with such code holds one."""
_SUBJECT = re.compile(
    r"\b(?:css|html5?|java ?script|jquery|js|node|react|vue|angular|dom|scripts?|cod(?:e|es|ing)|snippets?"
    r"|style ?sheets?|selectors?|divs?|functions?|syntax|programm?\w*|developers?|web ?(?:page|site|design|dev)\w*"
    r"|frameworks?|api|php|python|browser"
    r"|elements?|buttons?|typescript|variables?|regex|json|query|queries|arrays?|events?|callbacks?|loops?|algorithm\w*)\b",
    re.IGNORECASE,
)
"""Texts that speak of programs, or of pages, may well show some."""
_OPENING = re.compile(r"[{(\[=]")
_SENTENCE = re.compile(r"[^\W\d_][.!?][\"”')]* +")
MOST = 0.6
"""Share of a text that may be code and still be left over around words."""
_SAID = re.compile(r"(?:[^\W\d_][\w'’-]*,? ){4}[^\n{};=]*[.!?]")
"""A sentence, which such code is left over around."""


def left_in(text: str, beside: str = "") -> bool:
    """Whether such code stands in a text that is about something else. `beside`: what else the row says."""
    if text[:1] in ("{", "[") or not stretches(text):
        return False
    rest = without(text)
    if not _SAID.search(rest) or len(rest) < (1 - MOST) * len(text):
        return False
    return _SUBJECT.search(rest) is None and _SUBJECT.search(beside) is None


def without(text: str) -> str:
    """The text without such code, what it is about left aside."""
    for start, end in reversed(stretches(text)):
        text = f"{text[:start].rstrip(' ')}{text[end:]}"
    return text


def stretches(text: str) -> list[tuple[int, int]]:
    """(start, end) of the lines, or of the pieces of a line, that hold such code."""
    found: list[tuple[int, int]] = []
    lower = text.lower()
    forms = [_STYLE] if "{" in lower or "@import" in lower else []
    if any(hint in lower for hint in (*_OF_SCRIPTS, "function")):
        forms.append(_SCRIPT)
    for match in sorted((match for form in forms for match in form.finditer(text)), key=re.Match.start):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        opening = _OPENING.search(text, match.start())
        sentences = list(_SENTENCE.finditer(text, start, opening.start() if opening else match.end()))
        if sentences:
            start = sentences[-1].end()
        if not found or start >= found[-1][1]:
            found.append((start, len(text) if end < 0 else end))
    return found
