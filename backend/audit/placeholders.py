"""Placeholder answers: TODO, N/A, lorem ipsum and other stand-ins for an answer that was never written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from backend.audit import fillers
from backend.audit.columns import answers
from backend.audit.sift import rows_holding
from backend.domain import Example, Task

LONGEST = 120
"""Characters. A stand-in is short, but for lorem ipsum."""
LABEL_SHARE = 0.05
"""A label of that share of the rows is a label."""
LABEL_PART = 0.30
"""Of how often the usual label occurs: a label that is not rarer than that is a label like the others."""
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
    lorem\s+ipsum(?:\s+\w+)*|not\s+specified|(?:type|add|write|put|insert|enter|paste)\s+(?:\w+\s+){{0,2}}here\W*
    |(?:(?:sure|certainly|of\s+course|okay)[,.!]*\s+)?(?:here['’]?s|here\s+(?:is|are)|below\s+is)\s+(?:your|the|my)\s+{_THING}
    |the\s+{_THING}\s+(?:is|are)
    |(?:to[ -]?do|t\.?b\.?[dcaw]|fixme|x{{3,}}|wip)(?:\s*[:.!–—-].*|\s+later.*)?
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
    |(?-i:.{{0,15}}\b(?:TODO|TBD|FIXME|XXX)\b.{{0,40}})|(?:todo|tbd)\b.{{0,30}}|n/a\s*[-–—:].{{0,40}}|fix\s?me|fill_me
    |(?:this\s+is\s+)?an?\s+place-?holder|(?:same|see)\s+(?:{_THING}\s+)?(?:as\s+)?(?:above|before)|to\s+(?:be\s+)?check(?:ed)?
    |not\s+(?:yet\s+)?(?:implemented|done|finished)(?:\s+yet)?|(?:yada[\s,.]*){{2,}}|qwerty\w*|(?:more|details|content)\s+coming\s+soon
    |skip(?:ped)?\s+(?:this|by\s+\w+)|object\s+object|a{{3,}}|abcd?e?f?
    |(?:this\s+is\s+(?:just\s+)?)?(?:a\s+)?(?:place-?holder|dummy|sample|filler)\s+(?:text|{_THING})
    |(?:is\s+|was\s+)?(?:intentionally\s+)?left\s+blank|leave\s+(?:this\s+)?blank|this\s+page\s+intentionally\s+left\s+blank
    |nothing\s+here(?:\s+yet)?|(?:more\s+)?{_THING}\s+coming\s+soon|(?:draft|final)\s+{_THING}(?:\s+pending)?
    |(?:delete|replace|remove|fill)\s+(?:me|this(?:\s+\w+)?)|replace\s+with\s+\w+|fill\s?me|please\s+fill
    |see\s+(?:row|line|item|example|attached|attachment|attachments|notes?|below)(?:\s+\d+)?
    |(?:to\s+be\s+)?{_ACTED}\s+out\s+later|to\s+be\s+{_ACTED}\s+out(?:\s+later)?|(?:do|check|ask|fix|write)\s+later
    |(?:raise\s+|throw\s+new\s+)?not\s?implemented(?:error|exception)?(?:\(.*\))?|pass(?:\s*\#.*)?|.*(?:\#|//)\s*todo
    |(?:your|write|add|put|insert)\s+(?:your\s+)?(?:code|implementation|logic)(?:\s+goes)?\s+here
    |(?:code|implementation)\s+goes\s+here|implement\s+(?:me|this)
    |(?:api|server|network|connection|generation|timeout|parse|internal\s+server)\s+error(?:[\s:].*)?|error\s?:\s.{{0,50}}
    |(?:request\s+)?timed\s+out|rate\s+limit(?:ed|\s+exceeded).*|(?:generation|completion|request)\s+failed
    |failed\s+to\s+(?:generate|load|fetch|parse|get).*|no\s+{_THING}\s+(?:returned|received|generated)
    |{_THING}\s+(?:not\s+found|(?:is\s+)?unavailable|not\s+(?:yet\s+)?(?:ready|final(?:ised|ized)?))|null\s+{_THING}
    |temporarily\s+unavailable|needs?\s+work|i\s+(?:do\s?n[o'’]t|don['’]?t)\s+know\s+yet|not\s+sure\s+yet|idk
    |(?:(?:antwort|text|übersetzung)\s+)?(?:folgt|wird\s+(?:noch\s+)?(?:nachgereicht|ergänzt
        |ausgefüllt))(?:\s+noch)?|(?:noch\s+)?zu\s+(?:ergänzen|erledigen)|hier\s+(?:bitte\s+)?(?:text|antwort)\s+\w+
        |bitte\s+ausfüllen
    |(?:noch\s+)?(?:zu\s+(?:schreiben|übersetzen)|nicht\s+(?:übersetzt|ausgefüllt|beantwortet))|noch\s+offen|platzhalter(?:text)?
        |(?:antwort|text)\s+hier(?:\s+\w+)?|keine\s+(?:antwort|angabe)|wie\s+oben|folgt\s+(?:noch|später|in\s+kürze)|k\.\s?a
    |[àa]\s+(?:faire|rédiger|traduire)|(?:réponse|texte)\s+à\s+(?:venir|compléter)|(?:votre|la)\s+réponse\s+ici
        |(?:insérer|insérez|saisir|saisissez|écrire)\s+(?:le|la|votre|un)\s+\w+(?:\s+ici)?|(?:exemple|texte)\s+de\s+(?:réponse
        |remplacement)|pas\s+encore\s+\w+|en\s+attente|sans\s+réponse
    |(?:inserte|escriba|introduzca|ingrese)\s+(?:el|la|su|un)?\s*\w+(?:\s+aquí)?|su\s+(?:respuesta|texto)\s+aquí|por\s+hacer
        |texto\s+de\s+(?:ejemplo|relleno|prueba)|(?:igual|lo\s+mismo)\s+que\s+(?:arriba|antes)|sin\s+(?:respuesta|datos)
    |(?:a\s+)?preencher(?:\s+depois)?|sem\s+resposta|(?:inserisci|scrivi)\s+(?:il\s+|la\s+)?\w+(?:\s+qui)?|risposta\s+qui
        |vedi\s+sopra|come\s+sopra|in\s+attesa|da\s+(?:fare|scrivere|tradurre)|nog\s+te\s+doen|geen\s+antwoord|n\.?v\.?t
        |zie\s+boven|do\s+(?:zrobienia|napisania)|brak\s+odpowiedzi|jw|att\s+göra|kommer\s+snart|ej\s+ifyllt|se\s+ovan
        |нет\s+ответа|не\s+указано|н/д|(?:будет\s+)?(?:добавлено|заполнить)(?:\s+позже)?|см\.?\s+выше|заглушка|то\s+же\s+самое
    |占位符|待翻译|同上|此处填写\w*|(?:ここに)?(?:回答|テキスト|文章)を入力(?:してください)?|後で書く|サンプル(?:テキスト)?|여기에\s?입력
        |추후\s?작성|内容待定|قيد\s+الإعداد|يتبع|لا\s+توجد\s+إجابة
    |à\s+(?:compléter|remplir|venir|définir)|(?:por|a)\s+(?:completar|definir|rellenar)|pendiente|da\s+(?:completare
        |definire|compilare)|(?:nog\s+)?in\s+te\s+vullen|volgt(?:\s+nog)?|do\s+uzupełnienia
    |待补充|待定|待填写|待补|未入力|未回答|未定|未記入|暂无|추후\s?입력|미정
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BY_SIGNS = re.compile(r"[-–—_.…?*/\\=~]")
_OWN_WORD = re.compile(r"([^\W_])(?!\1)[^\W_]", re.IGNORECASE)
SIGNS_SHARE, LONG_SIGNS_SHARE, LONG_SIGNS = 0.30, 0.03, 6
"""Share of answers without a word (or of those of so many signs, not all the same) from which on signs are how this
file answers: Morse code, drawings, operators. Stand-ins made of signs are short, and a fifth of the rows at most."""
SOME = rf"{fillers.SOME}|\[\s*[A-Za-z][\w' -]*\]|[<{{](?:[Ii]nsert|[Yy]our|\{{)"
"""What a long stand-in holds (RE2), or an answer with places never filled in."""
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
    rf"|no\s+(?:{_THING}|data|information|comment|result)s?(?:\s+(?:provided|given|available|found|yet|needed))?"
    rf"|blank"
    r"|test|pending|default|value|label|content|text|na|n/a\s*\([^)]*\)|example|sample)[.!]?|[-–—_.…?*/\\=~ ]+|[?!]+",
    re.IGNORECASE,
)
_IN_TEXTS = re.compile(
    r"nothing|in\s+progress|deleted|no\s+idea|don['’]?t\s+know|ignore|vide|néant|sans\s+objet|no\s+disponible"
    r"|[^\w\s]{1,5}"
    r"|draft|skip(?:ped)?|same|later|not\s+(?:yet|done|sure|finished)|un(?:finished|k)|incomplete|stub"
    r"|error|timeout"
    r"|fail(?:ed|ure)|no\s+match|offen|entfällt|leer|folgt|vac[ií]o|brak|saknas|s\.\s?o|bd|无"
    r"|없음|なし|同上"
    r"|pending|see\s+above|answer|response|output|text|none\s+given|<unk>|%[sd]|\$\d|(?:[\[(<{]\s*[\]>)}]|``|\"\"|'')"
    r"|[\[<{]{1,3}[%=]*\s*(?!(?:b|i|p|u|s|br|hr|div|span|li|ul|a)\b)[a-z][\w .'’-]{0,40}\s*%?[\]>}]{1,3}"
    r"|(?:dear\s+)?\[[a-z ]+\](?:,\s*(?:\[[a-z ]+\])?)?|[\[({<\"“]?(?:\.{2,}|…)[\])}>\"”]?",
    re.IGNORECASE,
)
"""Stand-ins where answers are texts: elsewhere they may well be the answer."""
_HEAD = (
    r"(?i:name|date|company|address|phone|number|e-?mail|city|amount|time|title|position|product|customer|recipient|sender"
    r"|department|location|price|link|url|topic|event|reason|days?|country|id|order|place|person|here|text|answer|details"
    r"|value|website|issue|problem|subject|service|role|month|year)"
)
_UNFILLED = re.compile(
    rf"[\[<{{]{{1,2}}\s*(?:(?:[A-Za-z][\w'’-]*[ _]){{0,3}}{_HEAD}|X{{1,4}}|(?:[Ii]nsert|INSERT|[Yy]our|YOUR|TODO"
    rf"|TBD)[ _:][^\]>}}\n]{{1,40}})"
    r"\s*[\]>}]{1,2}"
)
"""A place in a letter that was never filled in: `[Company Name]`, `<insert date>`."""
FORMS = 0.10
"""Share of rows with such places from which on forms are what is wanted."""
"""Stand-ins that are also real labels or findings: counted while they are rare and the task has no use for them."""
_EDGES = re.compile(
    r"^(?:<!--|//|/\*|#|%|--)\s*(?=[a-z])|^[\[({<\"'*`_!=~|-]+\s*|\s*(?:-->|\*/)$|\s*[\])}>\"'*`_:!=~|-]+$",
    re.IGNORECASE,
)


def placeholders(examples: Sequence[Example], task: Task, likely: Sequence[int] | None = None) -> tuple[int, ...]:
    """Rows whose whole answer is a stand-in, or that holds lorem ipsum.

    `likely` are the indices of examples that hold `SOME`, where known already.
    """
    sample = [example.answer[: 2 * LONGEST] for example in examples[:: max(1, len(examples) // 2_000)]]
    words = [len(answer.split()) for answer in sample]
    answers_are_texts = bool(words) and median(words) >= TEXT_WORDS
    lorem = set(rows_holding(examples, SOME) if likely is None else likely)
    looked_at = {
        examples[index].row: answer
        for index, answer in enumerate(answers(examples))
        if len(answer.strip()) <= LONGEST or index in lorem
    }
    spaced = {answer: " ".join(answer[: 2 * LONGEST].split()) for answer in set(looked_at.values())}  # labels are few
    plain = {row: spaced[answer] for row, answer in looked_at.items()}
    shares: Counter[str] = Counter()
    for text, times in Counter(plain.values()).items():
        shares[text.casefold()] += times
    most = (REMARK_SHARE if answers_are_texts else LABEL_SHARE) * len(examples)
    maybe = task not in ("extract", "structured")
    usual = 0.0 if answers_are_texts else LABEL_PART * _usual(shares)
    verdicts = {}
    for text in set(plain.values()):
        times = shares[text.casefold()]
        rare = times <= max(1, most) and (times == 1 or not usual or times <= max(usual, 2))
        verdicts[text] = _stands_in(text, maybe, rare, answers_are_texts and maybe)
    by_signs = {text for text, stands_in in verdicts.items() if stands_in and _of_signs(text)}
    if by_signs and _answers_in_signs(sample):
        verdicts |= dict.fromkeys(by_signs, False)
    unfilled = [examples[index].row for index in lorem if _has_gaps(examples[index])]
    found = {row for row, text in plain.items() if verdicts[text]}
    return tuple(sorted(found.union(unfilled if len(unfilled) <= FORMS * len(examples) else ())))


def _of_signs(text: str) -> bool:
    """Whether there is no number and no word in it, only signs: `. / -- .`, `x--xo`, or one letter again and again."""
    few = len(text) >= LONG_SIGNS and len({*filter(str.isalpha, text.casefold())}) <= 2
    return (
        (few or _OWN_WORD.search(text) is None)
        and not any(map(str.isdigit, text))
        and (_BY_SIGNS.search(text) is not None or len(text) > 2)
    )


def _answers_in_signs(answers: Sequence[str]) -> bool:
    """Whether signs are how many of these answers are written."""
    signs = [answer for answer in answers if _of_signs(answer)]
    long = [answer for answer in signs if len(bare := _EDGES.sub("", answer)) >= LONG_SIGNS and len({*bare}) > 1]
    return len(signs) >= SIGNS_SHARE * len(answers) or len(long) >= max(2, LONG_SIGNS_SHARE * len(answers))


def _usual(shares: Counter[str]) -> float:
    """How often the label of the median row occurs."""
    counts = sorted(shares.values(), reverse=True)
    seen = 0
    for times in counts:
        seen += times
        if 2 * seen >= sum(counts):
            return float(times)
    return 0.0


def _has_gaps(example: Example) -> bool:
    """At least two different places never filled in, or one that says so, and none of them in the question."""
    gaps = {gap for gap in _UNFILLED.findall(example.answer) if gap not in example.input}
    return len(gaps) > 1 or any(re.match(r"\W*(?:insert|todo|tbd)", gap, re.IGNORECASE) for gap in gaps)


def _stands_in(text: str, maybe: bool, rare: bool, in_texts: bool = False) -> bool:
    maybe = maybe and rare
    if not text:
        return False
    if fillers.filler(text):
        return True
    bare = _EDGES.sub("", text).strip().rstrip(".").strip()
    known = [*([_MAYBE] if maybe else ()), *([_ALWAYS] if rare else ()), *([_IN_TEXTS] if rare and in_texts else ())]
    return len(text) <= LONGEST and (
        any(pattern.fullmatch(bare) or (pattern is not _ALWAYS and pattern.fullmatch(text)) for pattern in known)
        or (rare and _SLOT.fullmatch(text) is not None)
        or (maybe and (fillers.put_off(bare) or fillers.variable(text) or fillers.keys(bare)))
    )
