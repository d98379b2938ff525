"""Placeholder answers: TODO, N/A, lorem ipsum and other stand-ins for an answer that was never written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from backend.audit.sift import rows_holding
from backend.domain import Example, Task

LONGEST = 120
"""Characters. A stand-in is short, but for lorem ipsum."""
LABEL_SHARE = 0.05
"""A label of that share of the rows is a label."""
REMARK_SHARE = 0.30
"""Where answers are texts, so many equal ones are what the task wants, however odd."""
TEXT_WORDS = 4
"""Median words of an answer from which on answers are texts and not labels."""

_THING = r"(?:answers?|responses?|repl(?:y|ies)|completions?|outputs?|texts?|content|summary|translation|label|value)"
_ACTION = (
    r"(?:add|answer|complete|decide|define|determine|do|fill|insert"
    r"|provide|supply|translate|update|write|follow|come|confirm|announce)"
)
_ACTED = (
    r"(?:added|answered|completed|decided|defined|determined|done|filled|inserted|provided|supplied|translated"
    r"|updated|written|announced"
    r"|confirmed|recorded|continued|available|given)"
)
_ALWAYS = re.compile(
    rf"""
    (?:to[ -]?do|t\.?b\.?[dcaw]|fixme|x{{3,}}|wip)(?:\s*[:.!–—-].*|\s+later.*)?
    |(?:(?:{_THING}|this)\s+)?(?:(?:will|to|needs?\s+to|must|should|has\s+to|shall)\s+(?:still\s+)?be
        |is\s+yet\s+to\s+be|yet\s+to\s+be)\s+{_ACTED}(?:\s+in)?
        (?:\s+(?:later|soon|here|by\s+\w+))?
    |(?:(?:i['’]?ll|i\s+will|we['’]?ll|we\s+will|will|to|please|must|need\s+to)\s+)?{_ACTION}(?:\s+(?:this|it|me|in
        |the|your|an?|some|{_THING}))*\s+(?:later|soon|here|below)
    |(?:please|to|kindly)\s+(?:fill(?:\s+\w+)?\s+in|complete|fill\s+(?:in|out))|fill\s+(?:me|this|it)?\s*in
    |(?:(?:the|an?|your|my)\s+)?{_THING}\s+(?:to\s+follow|follows|pending|missing|unknown|needed|required|awaited
        |outstanding|not\s+{_ACTED}|(?:pending|awaiting)\s+\w+)
    |(?:needs?|requires?|awaiting|waiting\s+for|missing|pending)\s+(?:(?:an?|the)\s+)?(?:{_THING}|review|expert
        |input|feedback)|to\s+follow
    |(?:not|never)\s+(?:yet\s+)?(?:answered|translated|written|completed|recorded|filled\s+in)(?:\s+yet)?
        |un(?:answered|translated|written)
    |(?:same|as|see|like)(?:\s+as)?\s+(?:the\s+)?(?:above|before|previous(?:\s+\w+)?)|ditto|idem|siehe\s+oben
        |voir\s+ci-dessus|ver\s+arriba
    |(?:insert|enter|type|write|put|add|provide|place|paste)\s+(?:your|the|an?
        |some(?:thing)?)?\s*(?:\w+\s+)?(?:{_THING}|something)(?:\s+(?:here|below))?
    |(?:(?:double-?)?click|tap|press)\s+(?:here\s+)?to\s+(?:edit|enter|add|type|write)(?:\s+\w+){{0,3}}
    |(?:your|the|some)?\s*(?:\w+\s+)?{_THING}\s+(?:goes|go|comes|belongs|to\s+go)\s+(?:in\s+)?here
    |(?:your|some)\s+(?:\w+\s+)?{_THING}(?:\s+here)?|{_THING}\s+here
    |(?:sample|dummy|test|place-?holder|filler|example|default|mock|temp|fake)\s+{_THING}|place-?holders?(?:\s+\w+)?
        |dummy
    |(?:no|missing|empty|blank)\s?-?(?:input|output|answer|response|reply|content|string|value|text
        |result)(?:\s+{_ACTED})?
    |coming\s+soon|work\s+in\s+progress|under\s+construction|change\s?me
    |(?:this\s+is\s+(?:just\s+|only\s+)?an?\s+)?(?:test(?:ing)?[\s,.]*){{1,4}}(?:\d[\d\s]*)?|(?:bla+h?[\s,.]*){{2,}}
        |foo\s?bar(?:\s?baz)?|foo|lorem(?:\s+ipsum)?|abc\s?123
    |(?:asdf|qwer|qwerty|hjkl|jkl|zxcv|fdsa)(?:asdf|qwer|ty|jkl|zxcv|gh|fdsa|\s)*|([b-df-hj-np-tv-z]{{2,4}}|asd|qwe
        |ase|sad)\1+|([a-z])\2{{3,}}
    |object\s+object
    |(?:(?:antwort|text|übersetzung)\s+)?(?:folgt|wird\s+(?:noch\s+)?(?:nachgereicht|ergänzt
        |ausgefüllt))(?:\s+noch)?|(?:noch\s+)?zu\s+(?:ergänzen|erledigen)|hier\s+(?:bitte\s+)?(?:text|antwort)\s+\w+
        |bitte\s+ausfüllen
    |à\s+(?:compléter|remplir|venir|définir)|(?:por|a)\s+(?:completar|definir|rellenar)|pendiente|da\s+(?:completare
        |definire|compilare)|(?:nog\s+)?in\s+te\s+vullen|volgt(?:\s+nog)?|do\s+uzupełnienia
    |待补充|待定|待填写|待补|未入力|未回答|未定|未記入|暂无|추후\s?입력|미정
    """,
    re.IGNORECASE | re.VERBOSE,
)
SOME = "(?i:lorem ipsum|dolor sit amet, consectetur)"
"""What a long stand-in holds (RE2)."""
_SLOT = re.compile(
    rf"(?:[\[<{{(%$@#_]+\s*(?:[^\W_]+[ _-]){{0,3}}(?:{_THING}|to-?do|tbd|tba|place-?holder|input|blank|name"
    rf"|here)(?:[ _-]\w+)?\s*[\]>}})%$@#_]+"
    rf"|(?-i:(?:[A-Z]+_)*(?:ANSWER|TEXT|RESPONSE|OUTPUT|PLACEHOLDER|INSERT|YOUR)(?:_[A-Z]+)+)|(?:your|insert"
    rf"|enter)(?:_[a-z]+)+|[a-z]+(?:_[a-z]+)*_here"
    r"|[\[<({](?:deleted|removed|redacted|draft|no content)[\])}>]|#(?:ref|value|name|div/0|num|null)[!?]?)",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"#?\s*(?:n\.?\s?/?\s?a\.?|none|null|nan|nil|undefined|empty|missing|unknown|not\s+(?:available|applicable"
    r"|provided|found|given)"
    rf"|no\s+(?:{_THING}|data|information|comment|result)s?(?:\s+(?:provided|given|available|found|yet|needed))?|blank"
    r"|test|pending|default|value|label|content|text|na|n/a\s*\([^)]*\)|example|sample)[.!]?|[-–—_.…?*/\\=~ ]+|[?!]+",
    re.IGNORECASE,
)
"""Stand-ins that are also real labels or findings: counted while they are rare and the task has no use for them."""
_EDGES = re.compile(
    r"^(?:<!--|//|/\*|#|%|--)\s*(?=[a-z])|^[\[({<\"'*`_]+|\s*(?:-->|\*/)$|[\])}>\"'*`_:!]+$", re.IGNORECASE
)


def placeholders(examples: Sequence[Example], task: Task, likely: Sequence[int] | None = None) -> tuple[int, ...]:
    """Rows whose whole answer is a stand-in, or that holds lorem ipsum.

    `likely` are the indices of examples that hold `SOME`, where known already.
    """
    words = [len(example.answer[: 2 * LONGEST].split()) for example in examples[:: max(1, len(examples) // 2_000)]]
    answers_are_texts = bool(words) and median(words) >= TEXT_WORDS
    lorem = set(rows_holding(examples, SOME) if likely is None else likely)
    plain = {
        example.row: " ".join(example.answer[: 2 * LONGEST].split())
        for index, example in enumerate(examples)
        if len(example.answer.strip()) <= LONGEST or index in lorem
    }
    shares = Counter(text.casefold() for text in plain.values())
    most = (REMARK_SHARE if answers_are_texts else LABEL_SHARE) * len(examples)
    maybe = task not in ("extract", "structured")
    verdicts = {
        text: _stands_in(text, maybe, rare=shares[text.casefold()] <= max(1, most)) for text in set(plain.values())
    }
    return tuple(row for row, text in plain.items() if verdicts[text])


def _stands_in(text: str, maybe: bool, rare: bool) -> bool:
    maybe = maybe and rare
    if not text:
        return False
    lower = text.casefold()
    if "lorem ipsum dolor" in lower or "dolor sit amet, consectetur" in lower:
        return True
    if len(text) > LONGEST:
        return False
    if maybe and _MAYBE.fullmatch(text):
        return True
    bare = _EDGES.sub("", text).strip().rstrip(".").strip()
    if maybe and bare and _MAYBE.fullmatch(bare):
        return True
    return rare and bool(_ALWAYS.fullmatch(bare) or _SLOT.fullmatch(text))
