"""Scripts and style rules of a page that got into a text without their tags."""

from __future__ import annotations

import re
from functools import lru_cache

from backend.audit.text import ADDRESS_FILLED_IN

_PROPERTY = (
    r"(?:color|background|margin|padding|font|display|width|height|border|text|float|position|z-index|line-height"
    r"|overflow|opacity|top|left|right|bottom|visibility|cursor|max|min|flex|grid|align|justify|list-style"
    r"|white-space|transition|transform|box|outline|content|vertical-align|letter-spacing|clear|animation|fill|src)"
    r"(?:-[a-z]+)*"
)
_RULE = (
    r"(?:^[ \t]*|(?<=[.!?};>]) ?)(?:[.#@]?[a-z*][\w.#:@>~+, ()\[\]=\"'*-]{0,80}|[.#][\w-]+)\s?\{"
    rf"(?:\s*{_PROPERTY}\s*:\s*[^;{{}}\n]{{1,80}}[;}}])+"
)
_AT_RULE = r"@(?:import\s+url\(|media\s*(?:\(|screen|print|only|all)[^{\n]{0,60}\{|font-face\s*\{|charset\s+[\"'])"
_CALL = (
    r"(?:document|window|location|navigator)\.(?:getelement\w*|queryselector\w*|createelement|write|writeln|ready"
    r"|cookie|body|location|onload|onscroll|addeventlistener|datalayer|href|__\w+|open|useragent)\s*[(.=\[]"
    r"|(?:\$|jquery)\((?:document|window|function|this|[\"'][.#]?[\w -]+[\"'])[^)\n]{0,200}\)\.?"
    r"|\b(?:var|let|const)\s+[\w$]+\s*=\s*(?:[\w$.]+\s*\|\|\s*)?"
    r"(?:\[\s*\]|\{|function\b|document\.|window\.|new\s+\w+\(|[\"'][^\"'\n]*[\"'];|\d+;|!?[\w.]+\([^)\n]*\);)"
    r"|\bfunction\s*\w*\s*\([\w$, ]*\)\s*\{|\(function\s*\([\w$, ]*\)\s*\{"
    r"|\}\)\s*\((?:document|window|jquery)?\)?[,; ]"
    r"|\b(?:ga|fbq|gtag|_gaq\.push|__gatracker|dataLayer\.push|googletag\.\w+\.push|twq|ttq|hj)\(\s*[\"'\[{]"
    r"|\bsettimeout\(\s*function|\bconsole\.(?:log|error)\(|\btypeof\s+[\w.]+\s*[!=]==?\s*[\"']undefined"
    r"|[\"']@context[\"']\s*:\s*[\"']https?:|^\s*//\s?<!\[cdata\["
    r"|googlesyndication|adsbygoogle|__NEXT_DATA__|\bnew\s+xmlhttprequest\("
)
_WHOLE = re.compile(
    r"@media\b[^{}\n]{0,80}\{(?:[^{}]{1,200}\{[^{}]{0,400}\}\s*){1,20}\}"
    r"|(?:^|(?<=[\s}]))[.#@]?[a-z*][\w.#:@>~+()-]{0,60} ?"
    rf"\{{(?:\s?{_PROPERTY}\s?:\s?[^;{{}}\n]{{1,80}}[;}}]){{1,40}} ?\}}?"
    r"|\{\s?\"@context\"\s?:\s?\"https?://schema\.org[^{}]{0,2000}(?:\{[^{}]{0,500}\}[^{}]{0,500}){0,20}\}"
    r"|\b(?:style|onclick|onload)=\"[^\"\n]{0,300}\"(?:\s?>)?",
    re.MULTILINE,
)
"""Rules, structured data and properties of a tag, complete: what stands behind them on their line need be no code."""
_STYLE = re.compile(rf"{_RULE}|{_AT_RULE}", re.IGNORECASE | re.MULTILINE)
_SCRIPT = re.compile(_CALL, re.IGNORECASE | re.MULTILINE)
_ATTRIBUTE = (
    r"(?:class|id|style|href|src(?:set)?|alt|rel|target|lang|dir|role|width|height|(?:col|row)span|cell(?:padding|spacing)"
    r"|v?align|bgcolor|border|itemprop|property|content|http-equiv|xmlns|on[a-z]{3,20}|(?:data|aria|ng|v|xml|xmlns|og)[:-][\w-]{1,40})"
)
"""What tags have. A manual tells other options in its sentences: `e.g. start="2000-03-01" end="2011-01-01"`."""
_SIGNS = tuple(
    (weight, re.compile(pattern, re.IGNORECASE | re.MULTILINE))
    for weight, pattern in (
        (2, rf"\b{_ATTRIBUTE}\s?=\s?[\"'][^\"'\n]*[\"'](?=[\s/>;,)]|\Z)"),
        (2, r"\b[\w:-]{1,40}\s?=\s?[\"'][^\"'\n]*[\"'](?=\s?[/>;)]|\Z)"),
        (1, r"\b[\w:-]{1,40}\s?=\s?[\"'][^\"'\n]*[\"'](?=[\s,])"),
        (1, r"[\"'][@\w-]+[\"']\s?:\s?(?:[\"'\[{\d]|true|false|null)"),
        (2, rf"(?:\b{_PROPERTY}|--[\w-]+)\s?:\s?[^;{{}}\n]{{1,60}}[;}}]"),
        (1, r"\w\((?!\d\w?\))[^()\n]*\)\s?(?:[;{]|\.\w|\)[;.{])"),
        (2, r";\s*(?:\Z|$|\}|var\b|\w+\()"),
        (2, r"^\s*(?:[\w.$]+\([^\n]*\)|(?:return|let|var|const|import|export)\b[^\n]*);\s*$"),
        (1, r"[{}]"),
        (1, r"=>|[!=]==|&&|\|\||\+=|\+\+|!\w|\?\.|\]\]|\[\d?\]"),
        (1, r"\b(?:function|var|const|return|typeof|void 0|undefined|null|this\.\w+)\b"),
        (1, r"\b(?-i:[a-z]{1,20}[A-Z])\w{0,30}\b(?=[.(=])|\b\w+\.\w+\.\w+\b|\b\w\.\w+\("),
        (3, r"/\*.{0,100}?\*/|!important|schema\.org|\bog:\w+|@type\b|@context|charset=|itemprop"),
    )
)
"""Signs of code and what each weighs, twice at most."""
FEWEST_SIGNS = 4
"""What the signs of a line weigh together at least where it is code, whatever it does."""
_DENSE = re.compile(r"[{}();=<>\[\]\"':&|!/]")
LONGEST = 2_000
"""Characters of a line that are looked at."""
FEWEST_MARKS = 2
DENSE = 0.08
"""Marks in a line of code, and their share."""
_OF_SCRIPTS = (
    "document.", "window.", "$(", "jquery(", "ga('", "fbq(", "gtag(", "_gaq", "settimeout(", "= []",
    "typeof ", "console.", "googlesyndication", "adsbygoogle", "xmlhttprequest", "@context", "var ",
)  # fmt: skip
HINTS = ("{", "@import", '="', "='", '":', ");", "px;", *_OF_SCRIPTS)
"""Lower case; every text with such code holds one."""
_SUBJECT = re.compile(
    r"\b(?:css|html5?|java ?script|jquery|js|node\.?js|react(?:\.?js)?|vue|angular|dom|scripts?|code|coding|snippets?"
    r"|style ?sheets?|selectors?|divs?|functions?|syntax|programm(?:e[rd]|ing)|developers?"
    r"|web ?(?:page|site|design|dev)\w*|frameworks?|api|php|python|browser|typescript|variables?|regex"
    r"|json|sql|query|queries|arrays?|callbacks?|loops?|algorithms?|shell|bash|perl|java|yaml|xml|config\w*"
    r"|command line|terminal|latex|formula|equation)\b",
    re.IGNORECASE,
)
"""Texts that speak of programs, or of pages, may well show some."""
_OPENING = re.compile(r"[{(\[=]")
_REMARK = re.compile(r"/\*(?:(?!/\*|\*/).)*+\*/|(?<!:)//[^\n]*|^[ \t]*+(?:#|--)[^\n]*", re.MULTILINE | re.DOTALL)
"""What code says in words about itself."""
_SENTENCE = re.compile(r"[^\W\d_][.!?][\"”')]* +")
MOST = 0.6
"""Share of a text that may be code and still be left over around words."""
CODE_DENSE = 0.05
"""Their share in a text that is code."""
_LINE = re.compile(r"[^\n]{12,}")
_ENVIRONMENT = re.compile(r"\$\{[A-Z_][A-Z\d_]{1,60}\}")
"""What a shell fills in, in words as in code: `Set the key to "${API_KEY}"`."""
_SAID = re.compile(r"(?:[^\W\d_][\w'’-]{0,40},? ){4}[^\n{};=.!?]{0,300}[.!?]")
"""A sentence, which such code is left over around."""

_LEFT_OVER = re.compile(
    r"\b(?:[^\W\d_]+['’]?[ ,:]+){3}[^\W\d_]|[\u3040-\u9fff]{6}|\b[\uac00-\ud7af]+ [\uac00-\ud7af]+ "
)
_ANNOUNCING = re.compile(r"[ \t]*[A-Z][a-z]*(?: [a-z]+){2,12}:? (?=[{\[\"'(])")
"""What a sentence says before it shows something: `This code will print {…}`."""
_NO_WORDS = frozenset("{}=<>")
_OF_STYLE = re.compile(
    r"\b(?:css|html5?|style|selectors?|divs?|class(?:es)?|rules?|margin|padding|colou?r|web ?(?:page|site)s? design)\b",
    re.IGNORECASE,
)


def left_in(text: str, beside: str = "") -> bool:
    """Whether such code stands in a text that is about something else. `beside`: what else the row says."""
    if "${" in text:
        text = _ENVIRONMENT.sub("x", ADDRESS_FILLED_IN.sub("x", text))
    rest = _without_whole(text)
    announcing: list[str] = []
    if rest == text:
        lower = text.lower()
        is_data = text[:1] in ("{", "[") and text.rstrip()[-1:] in ("}", "]")
        if is_data or not any(hint in lower for hint in HINTS) or _SUBJECT.search(beside):
            return False
        if not (places := stretches(text)):
            return False
        rest = _cut(text, places)
        announcing = [found.group() for start, _ in places if (found := _ANNOUNCING.match(text, start))]
    elif _says_something(rest) and not _OF_STYLE.search(f"{rest}\n{beside}"):
        return True
    if not _SAID.search(rest) or len(rest) < (1 - MOST) * len(text):
        return False
    return not any(map(_SUBJECT.search, (rest, beside, *announcing)))


def _says_something(rest: str) -> bool:
    """Whether words are left around whole rules, and no code."""
    return _NO_WORDS.isdisjoint(rest) and not rest.strip()[:1].islower() and _LEFT_OVER.search(rest) is not None


def is_code(text: str) -> bool:
    """Whether a text is code and no words around it, its remarks left aside."""
    if "/" in text or "#" in text or "--" in text:
        text = _REMARK.sub("", text)
    return len(_DENSE.findall(text)) >= CODE_DENSE * len(text) > 0 and not _SAID.search(text)


def without(text: str) -> str:
    """The text without such code, what it is about left aside."""
    text = _without_whole(text)
    return _cut(text, stretches(text))


def _without_whole(text: str) -> str:
    return _WHOLE.sub(" ", text) if "{" in text or '="' in text else text


def _cut(text: str, places: list[tuple[int, int]]) -> str:
    for start, end in reversed(places):
        text = f"{text[:start].rstrip(' ')}{text[end:]}"
    return text


def stretches(text: str) -> list[tuple[int, int]]:
    """(start, end) of the lines, or of the pieces of a line, that hold such code."""
    lower = text.lower()
    forms = [_STYLE] if "{" in lower or "@import" in lower else []
    if any(hint in lower for hint in (*_OF_SCRIPTS, "function")):
        forms.append(_SCRIPT)
    places = [match.span() for form in forms for match in form.finditer(text)]
    places += [match.span() for match in _LINE.finditer(text) if _is_code(match.group())]
    found: list[tuple[int, int]] = []
    for first, last in sorted(places):
        if found and first < found[-1][1]:
            continue
        start = text.rfind("\n", 0, first) + 1
        end = text.find("\n", last)
        opening = _OPENING.search(text, first)
        sentences = list(_SENTENCE.finditer(text, start, opening.start() if opening else last))
        if sentences:
            start = sentences[-1].end()
        found.append((start, len(text) if end < 0 else end))
    return found


@lru_cache(2**12)  # lines of programs come again and again
def _is_code(line: str) -> bool:
    line = line[:LONGEST]
    if sum(map(line.count, "{;=\"'")) < FEWEST_MARKS:
        return False
    ends = [sentence.end() for sentence in _SENTENCE.finditer(line)]
    for piece in (line, *(line[end:] for end in ends[-2:])):
        if len(_DENSE.findall(piece)) >= DENSE * len(piece):
            weighed = sum(weight * min(2, len(sign.findall(piece))) for weight, sign in _SIGNS)
            if weighed >= FEWEST_SIGNS:
                return True
    return False
