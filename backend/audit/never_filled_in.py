"""Places in an answer that were never filled in: `[Company Name]`, `{name}`, `XX working days`, `Answer: ____`."""

from __future__ import annotations

import re

from backend.audit.text import ADDRESS_FILLED_IN
from backend.audit.unwritten import TEXT_WORDS
from backend.audit.wider import wider
from backend.domain import Example

BRIEF = 120
"""Characters of an answer in which a blank is left open."""
_HEAD = (
    r"(?i:name|date|company|address|phone|number|e-?mail|city|amount|time|title|position|product"
    r"|customer|recipient|sender|department|location|price|link|url|topic|event|reason|days?|country|id|order"
    r"|place|person|here|text|answer|details|value|website|issue|problem|subject|service|role|month|year)"
)
_UNFILLED = re.compile(
    rf"(?<![\w)\]\[<{{])[\[<{{]{{1,2}}\s*(?:(?:[A-Za-z][\w'’-]*[ _]){{0,3}}{_HEAD}|X{{1,4}}"
    r"|(?:[Ii]nsert|INSERT|[Yy]our|YOUR|TODO|TBD|[Aa]dd|[Dd]escribe|[Ss]pecify)[ _:][^\]>}\n]{1,40}|[A-Z]{3,}_\d)"
    r"\s*[\]>}]{1,2}"
)
"""A place in a letter that was never filled in: `[Company Name]`, `<insert date>`."""
_AMOUNT = re.compile(
    r"(?<![\w.-])(?:[$€£] ?X{1,4}\b|X{2,4}(?= ?(?:%|percent\b|[€$£]"
    r"|(?:business |working )?(?:days?|hours?|minutes?|weeks?|months?)\b|dollars\b|euros?\b)))"
)
"""A number that was never filled in: `XX working days`, `$XX`."""
_REMARKED = re.compile(
    # A note to oneself.
    r"(?:\A|\n|[.!?…][\"”’)]* )(?:TODO|FIXME|TBD)\b(?=[:.!]|\s*\Z| [–—-])"
    r"|[\[(](?:TODO|FIXME|TBD|TBC)\b[^\])\n]{0,40}[\])]|\((?:insert|add) [^)\n]{3,40}\)"
    r"|\[[\w ]{0,30}\bto be (?:added|confirmed|completed|inserted|determined|filled in)\]"
    # What a program writes where there is no value.
    r"|\[object Object\]|\[delete as (?:appropriate|applicable)\]"
    r"|\b(?:undefined|NaN|null) "
    r"(?:days?|hours?|minutes?|weeks?|months?|years?|percent|euros?|dollars?|users?|people|items?|times)\b"
    # A number or a variable never put in.
    r"|\bX{3}-X{3,4}(?:-X{4})?\b|\bX{2}([/.-])X{2}\1X{2,4}\b"
    r"|@@[A-Z_]+@@|%[A-Z_]{3,}%|<<\w*(?i:name|date|placeholder|insert)\w*>>"
    r"|(?:\A|\n)(?:[Dd]ear|[Hh]ello|[Hh]i|[Hh]ey),? "
    r"(?:None|null|undefined|[Nn]a[Nn]|«\w+»|[@:$]\w{0,12}[Nn]ame|\$\w+|%\w+%?|\{\d\})(?=[,.!:\n])"
)
"""What who wrote or sent a text left in it: a note to oneself, a value that was never there, a number never put in."""
_VARIABLE = re.compile(
    r"(?<![\\$\w])\{ ?[A-Za-z][A-Za-z_]{1,20}(?:[ _.][A-Za-z]{2,15}){0,2} ?\}|\{\{ ?[\w. ]{2,30} ?\}\}"
    r"|%\(\w+\)s|(?<![\w%])%[sd]\b|<[A-Z][A-Z_]{2,20}(?:[ _][A-Z]+)?>|\$\{\w+\}"
)
"""A variable of a template: `{name}`, `%s`, `<NAME>`."""
_QUOTED = re.compile(r"\([^()\n]{0,60}\)|[\"“`'][^\"”`'\n]{0,60}[\"”`'](?!\w)")
"""What a text about messages quotes of them: `(cannot open file %s)`."""
_SAID = re.compile(r"[\"“„«][^\"”»\n]{0,60}[\"”»]")
_OPTIONAL = re.compile(r"\[[^\w\[\]\n]*+\w[^\[\]\n]*+\[[^\n]{0,500}?\]\]+")
"""What may be left away within what may be left away, as the usage of a command is written: `YEAR [MONTH [DAY]]`."""
_OF_DOCUMENTS = re.compile(r"<[A-Z]+(?:_[A-Z]+)+>")
"""How instructions write what their reader is to put there: `Never paste <YOUR_TOKEN>`."""
_ADDRESSED = re.compile(r"\b(?:dear|hello|hi|hey),?\s+[\[<{]", re.IGNORECASE)
"""A place for the name of who is written to; who writes may well be left open."""
_OF_LETTERS = re.compile(r"\b(?:dear|hello|hi|regards|sincerely|thanks?)\b", re.IGNORECASE)
_TO_SOMEBODY = re.compile(
    r"\b(?:dear|hello|hi|you|your|we|our|thanks?|regards|visit|call|contact|please)\b", re.IGNORECASE
)
_TEMPLATES = re.compile(
    r"templat|placeholder|variable|format|string|merge|code|regex|python|latex|function|\\|%s", re.IGNORECASE
)
"""Questions about templates and programs."""
_SHOWN = re.compile(
    r"templat|placeholder|variable|replace|curly|brace|merge|token|environment|config|\.ya?ml|shell|syntax"
    r"|jinja|mustache|director(?:y|ies)\b",
    re.IGNORECASE,
)
"""Words of answers that show how a template is written."""
_OF_CODE = re.compile(r"[{}<>=;\\|`$]|\w\(|^\s*[#/*]|\bprint", re.MULTILINE)
_BLANKS = re.compile(r"(?:\A|[\s:(\"“])_{3,}(?=[\s.,;:!?)\"”]|\Z)")
"""Left to be filled in, in an answer so short that it is no form to be signed: `Answer: ____`, `It is ____.`"""


def looks() -> tuple[str, ...]:
    """Patterns (RE2), one of which every answer holds that `has_gaps`.

    Of a variable its beginning alone, for what stands in it may be put away as a quotation. What may be left away
    within what may be left away is put away too: then anything may come to stand beside anything.
    """
    begins = r"\{[ (\"“`'{A-Za-z]|%\(|%[sd]|<[A-Z][A-Z_]|\$\{|XX|[$€£] ?X"
    return f"{begins}|{wider(_BLANKS, _REMARKED, _OPTIONAL)}", wider(_UNFILLED)


def has_gaps(example: Example) -> bool:
    """At least two different places never filled in, or one that says so or is in capitals, or an amount, and none of
    them in the question: or a variable of a template in a letter that is not to be a template."""
    if len(example.answer) <= BRIEF and _BLANKS.search(example.answer) and "__" not in example.input:
        return any(map(str.isalpha, example.answer))
    asked_for = _TEMPLATES.search(example.input) is not None
    remark = None if asked_for else _REMARKED.search(example.answer)
    if remark and remark.group() not in example.input:
        rest = example.answer.replace(remark.group(), "")
        return not _is_shown(rest) and len(rest.split()) >= TEXT_WORDS
    spoken = _QUOTED.sub(" ", ADDRESS_FILLED_IN.sub(" ", example.answer))
    variables = [gap for gap in _VARIABLE.findall(spoken) if gap not in example.input]
    if variables and not asked_for:
        rest = _VARIABLE.sub("", example.answer)
        enough = len(rest.split()) >= TEXT_WORDS or len(variables) > 1
        if enough and _TO_SOMEBODY.search(rest) and not _is_shown(rest):
            return True
    told = _OPTIONAL.sub(" ", example.answer)
    gaps = {gap for gap in _UNFILLED.findall(told) if gap not in example.input}
    if not _OF_LETTERS.search(example.answer):
        gaps = {gap for gap in gaps if not _OF_DOCUMENTS.fullmatch(gap) or gap == example.answer.strip()}
    open_amount = "XX" not in example.input and _AMOUNT.search(_SAID.sub(" ", told)) is not None
    rest = _UNFILLED.sub("", example.answer) if gaps else ""
    if any(gap[0] == "{" for gap in gaps) and _is_shown(rest):
        gaps = {gap for gap in gaps if gap[0] != "{"}  # of a program, which fills them in
    loud = any(gap.strip("[] ").isupper() for gap in gaps)
    says_so = any(re.match(r"\W*(?:insert|todo|tbd|(?:add|describe|specify)\s)", gap, re.IGNORECASE) for gap in gaps)
    addressed = bool(gaps) and _ADDRESSED.search(example.answer) is not None and not _OF_CODE.search(rest)
    theirs = {gap for gap in gaps if gap[0] == "[" and "our" not in gap}  # who writes may be left open: `[Your Name]`
    to_somebody = bool(theirs) and not asked_for and _TO_SOMEBODY.search(rest) is not None and not _is_shown(rest)
    return open_amount or loud or says_so or addressed or to_somebody or len(gaps) > 1


def _is_shown(text: str) -> bool:
    """Whether a text shows code, or how a template is written."""
    return (_OF_CODE.search(text.replace("; ", ", ")) or _SHOWN.search(text)) is not None
