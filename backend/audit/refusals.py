"""Refusals: answers in which an assistant declines, or speaks of itself as a machine.

No list of phrases: a refusal says that the speaker (`I`) does not (cannot, may not, would rather not) do what an
assistant does (help, answer, write) with what it was asked (`that`, `your request`, `such content`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import compress
from operator import itemgetter

from backend.audit.columns import answers
from backend.audit.language import language_of
from backend.audit.refusal_asked import ASKED_HINTS, asked_in_vain
from backend.audit.refusal_grammar import ACT, ADVERBS, ALONE, END, HEAD, MACHINE, META, NO, NOT, STRONG, THIS
from backend.audit.refusal_otherwise import says_no_otherwise
from backend.audit.refusal_turns import TURN_HINTS, TURNS
from backend.audit.refusal_words import opens_with_refusing, says_no_abroad, speaks_of_refusing_only
from backend.audit.refusals_abroad import ABROAD, ABROAD_HINTS
from backend.audit.sift import texts_holding
from backend.domain import Example

OPENING = 260
"""Characters of an answer in which it must begin to refuse: further on, such words are quoted or told. Our choice."""
BRIEF = 60
"""Characters, on average, below which answers are labels or replies that come again and again: of equal ones only one
is looked at."""

_FIRST = re.compile(
    r"\bi (?=am|can|will|would|must|should|shall|may|do|was|have|lack|refuse|decline|prefer|rather|\w+ly )"
)
"""Where the speaker says what they do or do not do: everything is looked for from there on."""
_CLAUSE = re.compile(
    r"(?:\A|[.!?,;:(–—-]\s*"
    r"|\b(?:but|so|and|that|afraid|sorry|however|therefore|then|thus|hence|unfortunately|sadly|because|since|as"
    r"|where|really)\s+"
    r"|\A(?:for|due|because|given|without|under|out of)\b[^.!?,]{3,40}\s)\Z"
)
"""What stands before an `I` that begins a clause."""
_DECLINES = re.compile(
    r"i (?:am (?:sorry|afraid)[ ,]*(?:but |that )*i )?"
    r"(?:(?:do|can) not [^.!?,]{3,40} (?:and|so) )?"
    rf"{ADVERBS}{NOT}(?: {THIS}|{ALONE})"
)
"""That the speaker does not do, as an assistant does, what was asked: the grammar of refusing put together."""
_MADE = r"(?:created|trained|designed|built|made|developed|programmed)"
"""What was done to a machine."""
_OF_ITSELF = re.compile(
    "|".join(
        (
            # What a machine cannot see, or has no way to.
            r"i (?:can not|am (?:unable|not able) to|do not have the \w+ to) (?:directly )?"
            r"(?:view|see|process|open|access|browse|display|hear|watch|search)(?:,? (?:or|and) \w+)? "
            r"(?:real[ -]time|live data|current events|images|pictures|photos|videos|audio|files|links|attachments"
            r"|external|the internet|the web|websites|urls)\b",
            # What a machine does not have.
            r"i (?:do not have|have no|do not possess|do not hold|lack|have never had) (?:any |the |an? |direct ){0,2}"
            r"(?:access to (?:\w+[\w-]*[ ,]){0,2}?"
            r"(?:real[ -]time|live|current|up-to-date|the (?:internet|web)|external|personal data)"
            r"|(?:capability|capacity) to\b"
            rf"|ability to (?:{ACT}|feel|see|hear|remember|experience|open|view|have|think|form)\b"
            r"|personal (?:opinions?|experiences?|feelings?|beliefs?|preferences?|emotions?|views?|thoughts)"
            r"|(?:internet|web) access"
            r"|(?:feelings|emotions|opinions|consciousness|beliefs|preferences)(?: or \w+)?"
            r"(?:,? (?:as|since|because|being)\b| (?:as|like) (?:a )?humans?| of my own\b))",
            # What it is limited to, and what it was made for.
            r"i can only (?:process|understand|read|work with|handle) text\b",
            r"i am still under development\b",
            r"i (?:am|can) only (?:able to |here to |allowed to |programmed to |designed to )?"
            r"(?:answer|help|assist|respond|discuss)\b(?![^.!?]* (?:if|when|once) )",
            rf"i (?:am|was|have been) (?:\w+ly )?{_MADE} (?:by \w+ )?(?:not to"
            r"|to (?:be (?:\w+ly )?(?:a )?(?:helpful|harmless|safe|respectful|honest)"
            r"|(?:only )?"
            r"(?:provide|assist|avoid|promote|respect|decline|refuse|answer|respond|follow|generate|prioriti[sz]e)))",
            r"i was (?:created|trained|developed) by (?:openai|anthropic|google|meta|mistral|microsoft)\b",
            # What it does not know.
            r"i (?:do not have|have no|can not (?:see|access|get|look up)|lack) (?:any |access to (?:any )?)?"
            r"(?:real[ -]time|live|current|up[ -]to[ -]date|up-to-the-minute|the latest|recent|today's) "
            r"(?:data|information|info|news|figures|prices|updates|results|knowledge)\b",
            r"i (?:do not (?:know|have|understand)|have not got|lack) (?:nearly |quite )?enough "
            r"(?:about (?:this|that|it)|knowledge|information|info|context|background)"
            r"(?: (?:on|about) (?:this|that|it))?"
            rf"(?: to (?:answer|say|help)(?: (?:this|that|you|it))?)?{END}",
            r"i (?:have no|do not have(?: any)?|lack) (?:knowledge|information|data) (?:of|about|on|regarding) "
            rf"this {META}\b",
            # What it would rather not say, or was not made for.
            r"i (?:would|will|must|shall|have to|want to)(?: rather| better| prefer to)? "
            r"(?:keep (?:that|this|it) to myself|(?:share|say|reveal) nothing|not comment"
            r"|leave (?:that|this|it) (?:unsaid|unanswered))\b",
            r"i (?:was|am|have been) (?:\w+ly )?(?:trained|built|made|designed|taught|programmed) (?:for|to|on) "
            r"[^.!?]{2,60}(?:,| and| but)? not (?:for |to do |on |with )?(?:this|that|such)\b",
            r"i (?:have no|do not have(?: any)?|lack) (?:knowledge|information|data) (?:of|about|on) "
            r"(?:any )?(?:events?|anything|developments|news|things)(?: \w+){0,3} (?:after|since|beyond|past) ",
            # What it is.
            rf"i am {MACHINE}(?=.*{NO})",
            rf"i am (?:just|only|merely|simply) (?:an? )?(?:[\w-]+ ){{0,3}}?{STRONG}{HEAD}",
        )
    )
)
"""What hardly anybody but a machine says of itself, whatever was asked."""
_I = r"(?:\A|[^a-z])I(?:['’`]?m|['’`]d|['’`]ve|['’`]ll)? "
"""`I`, as it opens what is looked for (RE2)."""
HINTS = (
    r"(?i:trained me |(?:change|switch) the (?:subject|topic)|(?:talk|chat|speak) about (?:some|any)thing else"
    r"|(?:another|different|new) (?:subject|topic)|(?:going to|gonna) (?:have to )?(?:pass on|say no)|no can do"
    r"|no way of knowing|made by anthropic|(?:content|response|output|prompt)(?: was| has been)? (?:filtered|blocked)"
    r"|above my pay|not my (?:department|place|call)"
    r"|(?:that|this|it) to myself|(?:share|say|reveal) nothing|as (?:claude|chatgpt|gemini|copilot)"
    rf"|{_I}[^.!?\n]*(?:n['’`]t |not |unable|declin|refus)"
    rf"|{_I}(?:\w+ )?(?:\w+ )?(?:rather|prefer|lack|no |forbidden|prohibited|abstain|refrain|turn down|pass on"
    r"|remain silent|stay silent|keep silent|avoid|steer|stay away|skip|only)"
    r"|(?:(?:\A|[^a-z])(?:as|being|am)|['’]m) [^.!?\n,;]*(?:a\.?i\.?(?:\z|[^a-z])|artificial intell|llm|gpt"
    r"|language[ -]model|learning model|assistant|agent|program|bot|machine|computer|software|algorithm))",
    r"(?i:(?:n['’]t|not|nothing|hardly) (?:\w+ )+(?:that |which )?I(?: can|['’]m| will| am| feel| could)"
    r"|(?:something|thing|things|topic|topics|subject|request) (?:that |which )?I "
    r"|my (?:creator|developer|designer|programmer|maker)|still under"
    r"|my (?:\w+ )*(?:guidelines|programming|safety|principles|values|polic|rules|ethics|core)"
    r"|(?:outside|beyond|exceeds?|not within|not part) (?:\w+ )*(?:I |my |what )|the rules I|for me to"
    r"|(?:open-?ai|anthropic|google|content|usage|safety|community|ethical)(?:['’]s)? (?:\w+ )*"
    r"(?:polic|guidelines|rules)"
    r"|my (?:\w+ )?(?:knowledge|information|training|update|data)"
    r"|(?:right|appropriate|ethical|responsible|possible|proper|wrong) to|would (?:violate|go against)"
    r"|(?:is|be|was|seems) (?:\w+ )?"
    r"(?:irresponsible|unethical|inappropriate|harmful|offensive|against|not appropriate|not something|outside)"
    r"|(?:may|might|could|would) (?:cause|promote|facilitate|encourage|lead to)"
    rf"|I(?: am| was|['’]m|['’]ve been| have been) (?:\w+ly )?{_MADE})",
)
"""What every refusal in English holds (RE2, no `\\b`, which is slow beyond ASCII). Two that each remember little of
what came before: one for both needs ten times their time on some texts."""
_SIGNS = str.maketrans({**dict.fromkeys("‘’`´", "'"), **dict.fromkeys("“”„«»*_#>\n\t\r\u00a0", " ")})
"""Apostrophes as one, and quotation marks, markup and breaks of lines as spaces."""
_SHORT = re.compile(
    r"can(?:'?t|not)\b|won'?t\b|n(?:(?:(?<=don)|(?<=wouldn))t|'t)\b|i(?<!\wi)'?m\b"
    r"|'(?:re\b|(?<=\bi')(?:d|ll|ve)|(?:(?<=\bit')|(?<=\bthat'))s)\b|  +"
)
"""Each begins with a sign of its own, which makes it fast."""
_LONG = {
    "can't": "can not", "cant": "can not", "cannot": "can not", "won't": "will not", "wont": "will not",
    "nt": " not", "n't": " not", "i'm": "i am", "im": "i am", "'d": " would", "'ll": " will", "'ve": " have",
    "'s": " is", "'re": " are",
}  # fmt: skip
"""What stands for each short form, so that the patterns need only one."""
_SPOKEN = re.compile(
    r"^\s*[\"“«'‘„][^\"”»]{4,}[\"”»’]\s*[,.]?\s*\w"
    r"|(?i:^[^\n]*\b(?:my (?:lord|lady|love|liege|king|queen|captain|brother|sister|mother|father|sword|son|daughter"
    r"|enemy|wife|husband|men|people|land|crown|ship|throne)"
    r"|without a fight|under torture|say it again|make me!|villain|tyrant|coward|traitor"
    r"|(?:put|lay) down (?:the|your) (?:sword|gun|knife|weapon)s?|surrender"
    r"|shall not (?!(?:be )?(?:answer|assist|help|provid|discuss|comply|respond|fulfil|continu|engag|writ|able))"
    r"|,\s+(?:captain|sire|master|villain|knight)\b))"
    r"|^\s*(?!(?:Assistant|AI|Bot|Answer|Response|Output|Sorry|Note|A):)[A-Z][\w.]{0,15}(?: [A-Z][\w.]{0,15})?:\s"
)
"""Somebody in a story or a play says it, or speaks as they do there."""


ENDING = 120
"""Characters at the end of a longer answer."""
LATE_HINTS = r"(?i:(?:as|being) an? (?:[\w-]+ )*(?:a\.?i|artificial intell|llm|gpt|language[ -]model|chat-?gpt))"
"""What every refusal at the end holds (RE2)."""
_LATE = re.compile(rf"\b(?:as|being) an? (?:[\w-]+ ){{0,3}}?{STRONG}{HEAD},? i (?:[\w']+ ){{0,3}}?{NO}[^.!?]*[.!?]*\Z")
"""A machine says what it is and that it does not, at the end of a longer answer."""


def refusals(examples: Sequence[Example]) -> tuple[int, ...]:
    """The `row` numbers, sorted, of answers that open with a refusal, or end with that of a machine which says so.

    Left out are those whose question asks for a refusal: how to decline an invitation, or a translation of one.
    """
    openings = list(map(itemgetter(slice(OPENING)), answers(examples)))
    brief = sum(map(len, openings)) < BRIEF * len(openings)
    different = list(dict.fromkeys(openings)) if brief else openings
    *english, abroad = texts_holding(different, *HINTS, ASKED_HINTS, TURN_HINTS, ABROAD_HINTS)
    bare = [at for at, opening in enumerate(different) if opens_with_refusing(opening)]
    found = {different[at] for at in set(bare).union(*english) if _in_english(different[at])}
    found.update(different[at] for at in abroad if different[at] not in found and is_refusal(different[at]))
    rows = [*compress(examples, map(found.__contains__, openings))] if found else []
    rows += _declined_at_the_end(examples)
    return tuple(sorted({example.row for example in rows if not (_asked_for(example.input) or _translates(example))}))


def _declined_at_the_end(examples: Sequence[Example]) -> list[Example]:
    longer = [example for example in examples if len(example.answer) > OPENING]
    endings = [example.answer[-ENDING:].rstrip() for example in longer]
    (likely,) = texts_holding(endings, LATE_HINTS)
    return [longer[at] for at in likely if _LATE.search(_plain(endings[at]))]


_REMARK = re.compile(
    r"\b(?:i (?:will|can|shall|would) not|i am not (?:in a position|able|going|prepared) to"
    r"|it would not be right for me to) "
    r"(?:comment|go into|speculate|dwell|(?:talk about|discuss|cover) (?:it|this|that|them) here)\b[^.!?]*"
)
"""What a speaker will not go into."""
_THANKS = re.compile(r"i could (?:not|never) have (?:done|made|managed|finished)\b|[^\"\n]{0,60}\bby saying\b")
"""Said in thanks, or what somebody may say."""
_SAYS = (
    r"(?:said|says|cried|replied|answered|asked|exclaimed|whispered|added|told|wrote)\b"
    r"[^.!?,:;\n\"“„«]{0,40}[,:]\s{0,3}"
)
"""That somebody says something, up to what is said."""
_TOLD = re.compile(
    rf"\b(?!(?:I|you|assistant|ai|bot|chat\w+|model)\b)[^\W\d_]+ {_SAYS}[\"“„«][^\"”“»]*+"
    rf"|\b(?:he|she|they) {_SAYS}(?-i:(?=[A-Z]))[^.!?\n]*+",
    re.IGNORECASE,
)
"""What somebody says in a story or a report: `he said to her: “I will not have it.”`, `he said, I will not do it`."""
_QUOTED = re.compile(
    r"\b(with|about|on|for|regarding) [\"“„«][^\"”“»\n]{1,120}[\"”“»](?=[\s.,;:!?)]|\Z)", re.IGNORECASE
)
"""What was asked, given back in its own words: `I can't help with "the first of these"`."""
_IDENTIFIER = re.compile(r"[^\W_]_[^\W_]")
"""Within a name of a program, which says what it is: `excluded_types`."""
_TO_SOMEBODY = re.compile(
    r"\b(?:you|your|sorry|afraid|thanks?|questions?|requests?|a\.?i|assistant|model|unfortunately|however)\b"
)
"""Words with which an answer turns to whoever asked."""
EARLY = 40
"""Characters of an answer in which an assistant begins to decline, or says something to whoever asked."""
_TO_DECLINE = re.compile(
    r"\b(?:refus(?:e|al)|declin(?:e|ing)|say(?:ing)? no(?! more\b)|turn(?:ing)? down)\b", re.IGNORECASE
)
"""Words of requests that want something declined."""


def _asked_for(asked: str) -> bool:
    """Whether a short question wants a refusal for an answer: a translation of one, say."""
    return len(asked) < OPENING and (bool(_TO_DECLINE.search(asked)) or is_refusal(asked.rpartition(":")[2].strip()))


def _translates(example: Example) -> bool:
    """Whether a no in English that speaks of nothing that was asked answers a no in another language, as short."""
    asked, opening = example.input, example.answer[:OPENING]
    if len(asked) >= OPENING or not says_no_abroad(asked) or language_of(asked) == "English":
        return False
    if language_of(opening) not in (None, "English") or ABROAD.search(_plain(opening)):
        return False
    return _in_english(opening) and not _declines(_told_by_itself(opening))


def is_refusal(answer: str) -> bool:
    """Whether an answer opens with a refusal, in any language that is known here.

    Only the assistant's own words count: `I'm sorry, but we cannot refund it` is customer service.
    """
    opening = answer[:OPENING]
    return _in_english(opening) or (ABROAD.search(_plain(opening)) is not None and not _SPOKEN.search(opening))


def _but_remarks(text: str) -> str:
    """The text without the remark of a speaker who has said something else before: `.., and I will not comment`."""
    remark = _REMARK.search(text, EARLY)
    if remark is None or _TO_SOMEBODY.search(text, 0, remark.start()):
        return text
    return text[: remark.start()] + text[remark.end() :]


def _in_english(opening: str) -> bool:
    text = _told_by_itself(opening)
    says_no = _declines(text) or (speaks_of_refusing_only(text) and not _IDENTIFIER.search(opening))
    return says_no and not _THANKS.match(text) and not _SPOKEN.search(opening)


def _told_by_itself(opening: str) -> str:
    return _but_remarks(_plain(_QUOTED.sub(r"\1 this request", _TOLD.sub(" ", opening))))


def _declines(text: str) -> bool:
    """Whether a plain text says that an assistant declines, in more than single words of refusing."""
    for first in _FIRST.finditer(text):
        at = first.start()
        if _OF_ITSELF.match(text, at) or (_DECLINES.match(text, at) and _CLAUSE.search(text, max(0, at - 60), at)):
            return True
    return bool(says_no_otherwise(text) or asked_in_vain(text) or TURNS.search(text))


def _plain(opening: str) -> str:
    return _SHORT.sub(lambda found: _LONG.get(found.group(), " "), opening.lower().translate(_SIGNS).strip())
