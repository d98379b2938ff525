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
from backend.audit.refusal_asked import ASKED_HINTS, asked_in_vain
from backend.audit.refusal_grammar import ACT, ADVERBS, ALONE, DOING, END, HEAD, NO, NOT, STRONG, THIS, WEAK
from backend.audit.refusal_turns import TURN_HINTS, TURNS
from backend.audit.refusal_words import opens_with_refusing, speaks_of_refusing_only
from backend.audit.refusals_abroad import ABROAD, ABROAD_HINTS
from backend.audit.sift import texts_holding
from backend.domain import Example

OPENING = 260
"""Characters. A refusal says so at once; further on, such words are quoted or told."""
BRIEF = 60
"""Characters of answers that are labels or replies, which come again and again: each is looked at once."""

_FIRST = re.compile(
    r"\bi (?=am|can|will|would|must|should|shall|may|do|was|have|lack|refuse|decline|prefer|rather|\w+ly )"
)
_CLAUSE = re.compile(
    r"(?:\A|[.!?,;:(–—-]\s*|\b(?:but|so|and|that|afraid|sorry|however|therefore|then|thus|hence|unfortunately|sadly"
    r"|because|since|as"
    r"|where|really)\s+|\A(?:for|due|because|given|without|under|out of)\b[^.!?,]{3,40}\s)\Z"
)
"""What stands before an `I` that begins a clause."""
_DECLINES = re.compile(
    rf"i (?:am (?:sorry|afraid)[ ,]*(?:but |that )*i )?(?:(?:do|can) not [^.!?,]{{3,40}} (?:and"
    rf"|so) )?{ADVERBS}{NOT}(?: {THIS}|{ALONE})"
)
_MACHINE = rf"(?:\w+ly |just |still |but ){{0,2}}(?:(?:an? )?(?:[\w-]+ ){{0,3}}?{STRONG}|an? {WEAK}){HEAD}"
_OF_ITSELF = re.compile(
    "|".join(
        (
            r"i (?:can not|am (?:unable|not able) to|do not have the \w+ to) (?:directly )?(?:view|see|process|open"
            r"|access|browse|display"
            r"|hear|watch|search)(?:,? (?:or|and) \w+)? (?:real[ -]time|live data|current events"
            r"|images|pictures|photos|videos|audio|files|links"
            r"|attachments|external|the internet|the web"
            r"|websites|urls)\b",
            r"i (?:do not have|have no|do not possess|do not hold|lack|have never had) (?:any |the |an? "
            r"|direct ){0,2}(?:access to"
            r" (?:\w+[\w-]*[ ,]){0,2}?(?:real[ -]time|live|current|up-to-date|the (?:internet|web)|external"
            r"|personal data)"
            rf"|(?:capability|capacity) to\b|ability to (?:{ACT}|feel|see|hear|remember|experience|open|view|have"
            rf"|think|form)\b"
            r"|personal (?:opinions?|experiences?|feelings?|beliefs?|preferences?|emotions?|views?|thoughts)"
            r"|(?:internet|web) access"
            r"|(?:feelings|emotions|opinions|consciousness|beliefs|preferences)(?: or \w+)?(?:,? (?:as|since|because"
            r"|being)\b"
            r"| (?:as|like) (?:a )?humans?| of my own\b))",
            r"i can only (?:process|understand|read|work with|handle) text\b|i am still under development\b",
            r"i (?:am|can) only (?:able to |here to |allowed to |programmed to |designed to )?(?:answer|help|assist"
            r"|respond|discuss)\b(?![^.!?]* (?:if|when|once) )",
            r"i (?:am|was|have been) (?:\w+ly )?(?:created|trained|designed|built|made|developed"
            r"|programmed) (?:by \w+ )?(?:not to|to"
            r" (?:be (?:\w+ly )?(?:a )?(?:helpful|harmless|safe|respectful|honest)|(?:only )?(?:provide|assist|avoid"
            r"|promote|respect|decline"
            r"|refuse|answer|respond|follow|generate|prioriti[sz]e)))",
            r"i was (?:created|trained|developed) by (?:openai|anthropic|google|meta|mistral|microsoft)\b",
            r"i (?:do not have|have no|can not (?:see|access|get|look up)|lack) (?:any "
            r"|access to (?:any )?)?(?:real[ -]time|live"
            r"|current|up[ -]to[ -]date|up-to-the-minute|the latest|recent|today's) (?:data|information|info|news"
            r"|figures"
            r"|prices|updates|results|knowledge)\b",
            r"i (?:do not (?:know|have|understand)|have not got|lack) (?:nearly |quite )?enough (?:about (?:this|that"
            r"|it)"
            r"|knowledge|information|info|context|background)(?: (?:on|about) (?:this|that|it))?(?: to (?:answer|say"
            r"|help)"
            rf"(?: (?:this|that|you|it))?)?{END}",
            r"i (?:would|will|must|shall|have to|want to)(?: rather| better| prefer to)? (?:keep (?:that|this"
            r"|it) to myself"
            r"|(?:share|say|reveal) nothing|not comment|leave (?:that|this|it) (?:unsaid|unanswered))\b",
            r"i (?:was|am|have been) (?:\w+ly )?(?:trained|built|made|designed|taught|programmed) (?:for|to"
            r"|on) [^.!?]{2,60}"
            r"(?:,| and| but)? not (?:for |to do |on |with )?(?:this|that|such)\b",
            r"i (?:have no|do not have(?: any)?|lack) (?:knowledge|information|data) (?:of|about|on) (?:any )?"
            r"(?:events?|anything|developments|news|things)(?: \w+){0,3} (?:after|since|beyond|past) ",
            rf"i am {_MACHINE}(?=.*{NO})",
            rf"i am (?:just|only|merely|simply) (?:an? )?(?:[\w-]+ ){{0,3}}?{STRONG}{HEAD}",
        )
    )
)
_OTHERWISE: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (hints, re.compile(pattern))
    for hints, pattern in (
        ((" can", "i am", " will ", " feel ", " do ", " me "), rf"\b(?:not|nothing|hardly) (?:something|anything"
                                                               rf"|a \w+|one|the (?:kind|sort"
                                                               rf"|type) of \w+)?\s?(?:that |which )?i (?:can|could"
         rf"|will|am (?:able|allowed|permitted|comfortable|equipped|designed|prepared|willing) (?:to|with)"
         rf"|am comfortable|feel comfortable) {ADVERBS}(?:{ACT}|{DOING})\b"
         rf"|\b(?:something|anything|things?|topics?|subjects?|requests?) (?:that |which )?i (?:can|will|do|would"
         rf"|must) not (?:be able to )?{ADVERBS}(?:{ACT})(?: you)?(?: with| in| to| about)?{END}"
         rf"|\bmy (?:creators?|developers?|designers?|programmers?|makers?|training|guidelines"
         rf"|instructions) [^.!?]{{0,20}}?(?:give|allow|permit|let|program|train|design"
         r"|prevent|forbid|prohibit|restrict)\w* me\b"),
        (("something i", "not programmed", "not designed", "not hold", "trained me", "not verify", "change the subject",
          "change the topic", "something else", "i am not a"),
         rf"\b(?:that|this|it) is (?:something|a \w+|one thing) (?:that |which )?i (?:am not|can not|will not"
         rf"|must not|may not)"
         rf" (?:{ADVERBS})(?:(?:able|allowed|permitted|willing|supposed|authori[sz]ed|free) to )?{ACT}\b"
         rf"|\bi (?:am|was) not (?:programmed|designed|trained|built|made|created) (?:to {ACT}\b|for (?:this"
         rf"|that|such)\b)"
         r"|\bi do not (?:hold|have|form) (?:any )?(?:personal |political )?(?:views|opinions|beliefs|positions) on\b"
         r"|\b(?:openai|anthropic|google|meta|my (?:developers|creators)) (?:has |have )?(?:trained|told"
         r"|instructed|programmed)"
         r" me (?:not|never) to\b|\bi can not verify (?:that|this)\s*[.!]"
         r"|\A(?:let us|let's|can we|could we|shall we|may we|how about we"
         r"|maybe we)[^.!?]{0,50} (?:change the (?:subject"
         r"|topic)|(?:talk|chat|speak) about (?:something|anything) else|(?:another|a different) (?:subject|topic))"
         r"|\bi am not a (?:doctor|lawyer|physician|financial advis[eo]r)\b[^.!?]*\bi can not (?:diagnose|advise"
         r"|give|provide|prescribe)"),
        (("what i was", "what i am", "my knowledge", "pay grade", "not my ", "in my ", "ally my ", "as claude",
          "as chatgpt", "as gemini", "as copilot"),
         r"\b(?:this|that|it) is not (?:quite |really )?what i (?:was|am|have been) (?:trained|built|made|designed"
         r"|programmed|taught|here) (?:for|to|on)\b|\bmy knowledge (?:here )?(?:is not (?:sufficient|enough"
         r"|good enough)"
         r"|does not (?:reach|extend|cover|go))\b|\A[^.!?]{0,30}\babove my pay grade\b"
         r"|\A(?:sorry,? |i am afraid )?(?:(?:that|this|it) is )?not (?:really )?(?:in(?:side)? |within )?my"
         r" (?:department|place|call|wheelhouse|remit|field|area|forte)(?:,? (?:sorry|i am afraid))?\W*\Z"
         rf"|\bas (?:claude|chatgpt|gemini|copilot)\b,? i [^.!?]*{NO}"),
        (("silent", "refuse to", "decline to"),
         rf"\A(?:i am (?:afraid|sorry),? (?:but |that )?|sorry,? (?:but )?|unfortunately,? )?i (?:must|have to)"
         rf" {ADVERBS}(?:refuse|decline) to {ACT}\b[^.!?]*[.!?]?\s*\Z"
         r"|\A[^.!?]{0,80}\bi (?:must|have to|will|shall) (?:remain|stay|keep) silent\b[^.!?]{0,40}[.!?]?\s*\Z"),
        (("understand",), r"\bi do not (?:fully |quite |really )?understand (?:the|your|this) (?:question|request"
         r"|prompt|query)\b[^.!?]{0,20}\b(?:can not|unable to|not able to)\b"),
        (("outside", "beyond", "exceed", "not within", "not part"), r"\b(?:outside|beyond|exceeds?|not within"
                                                                    r"|not part of) (?:of )?(?:the scope of )?"
         r"(?:what i (?:can|am (?:able|permitted|allowed))|my"
         r" (?:\w+ ){0,2}(?:abilit|capabilit|scope|programming|functions?\b|expertise\b"
         r"|guidelines))"),
        (("guideline", "programming", "safety", "polic", "terms of", "instructions", " rules"),
         r"\b(?:against|violat\w+|conflicts? with|contrary to|outside|within|in line with|breach\w*|because of"
         r"|due to|follow\w*|per|under)"
         r" (?:(?:my|open-?ai(?:'s)?|anthropic(?:'s)?|google(?:'s)?"
         r"|the developers?(?:'s?)?) (?:\w+ ){0,2}(?:guidelines?|programming|safety \w+"
         r"|(?:use|usage|content) polic\w+|terms of \w+|instructions)"
         r"|(?:our|the|certain) (?:\w+ )?(?:usage|content|safety|community|ethical|ai) (?:guidelines?|polic\w+"
         r"|rules)|the rules i (?:have|am|must))"
         r"|\b(?:open-?ai(?:'s)?|content|usage|safety) (?:\w+ )?polic(?:y|ies) (?:(?:do|does) not (?:allow|permit)"
         r"|prevents?|prohibits?|forbids?)"
         r"|\bmy (?:programming|safety guidelines)\b"),
        ((" my ",), rf"(?<!\Abut that is )\b(?:against|violates?|conflicts? with|contrary to)"
                    r" my (?:\w+ )?(?:principles|values|polic\w+"
                    rf"|rules|ethics|core \w+)(?: (?:to {ACT}|{DOING}|as an)|{END})"),
        (("it is ", "would be ", "would not be ", "does not seem ", "for me to "),
         r"\b(?:it (?:is|would be|would not be|does not seem)|would be)"
         r" (?:not )?(?:\w+ly )?(?:right|appropriate|ethical|responsible|possible"
                              r"|proper"
         rf"|inappropriate|unethical|irresponsible|impossible|wrong|against my \w+) (?:for me to (?:{ACT})\b"
         rf"|to {ACT} {THIS})"
         rf"|\bno way for me to {ACT}\b|\bnot (?:\w+ )?possible for me to {ACT}\b"),
        (("ethical", "inappropriate", "responsible", "against my", "go against", "violate", "not something i"),
         rf"(?:\A|[.!?]\s*|\bbut\s|,\s*){DOING} (?:[\w-]+ ){{1,4}}(?:would be|is|would) (?:\w+ly )?(?:irresponsible"
         rf"|unethical|inappropriate"
         r"|against my|not something i|go against|violate)"),
        (("request", "prompt", "question", "query"), r"\b(?:the|your|this|that) (?:\w+ )?(?:request|prompt|question"
                                                     r"|query) (?:you \w+ (?:\w+ )?)?(?:is|was|seems"
                                                     r"|appears(?: to be)?)"
         r" (?:\w+ly )?(?:inappropriate|unethical|harmful|offensive|against|not appropriate|not something"
         r"|outside (?:of )?(?:my|what|the scope))"
         r"|\b(?:request|prompt|question)[^.!?\n]{0,60}\b(?:not|un\w+)\b[^.!?\n]{0,40}\b(?:may|might|could"
         r"|would) (?:cause|promote|facilitate"
         r"|encourage|lead to) (?:\w+ )?(?:harm\w*|violence|illegal|hate|damage)"),
        (("my ",), r"\bmy (?:knowledge|information|(?:last |latest )?training(?: data)?|(?:last"
                   r"|latest) (?:knowledge )?update|data)\b[^.!?\n]{0,30}"
         r"\b(?:up to|until|till|as of|ends?|stops?|was|is|in|cut-?s? ?off|limited to)\b[^.!?\n]{0,20}\b(?:19"
         r"|20)\d\d\b"
         r"|\bmy (?:knowledge cut-?off|training (?:data )?does not|training cut-?off)\b"),
        (("pass on", "say no", "no can do", "new topic", "filtered", "blocked", "no way of knowing", "still learning"),
         r"\bi am (?:going to|gonna) (?:have to )?(?:pass on (?:this|that)|say no to (?:this|that))"
         r"|\A(?:sorry,? )?no can do\b|\btime to move on ?to a (?:new|different) topic"
         r"|\A(?:the |this |your )?(?:content|response|output|prompt)(?: was| has been)? (?:filtered|blocked)\b"
         r"|\bi am still learning\b[^.!?]*\b(?:can not|unable)\b"
         rf"|\A(?:sorry,? )?i have no way of knowing (?:that|this|it){END}"),
        (("can not identify", "made by anthropic"),
         rf"\bi can not identify (?:any(?:one|body)|people|individuals|the person)|\bmade by anthropic\b[^.!?]*{NO}"),
        (("as a", "being a"), rf"\b(?:as|being) an? (?:[\w-]+ ){{0,3}}?{STRONG}{HEAD}|\b(?:as"
                              rf"|being) an? {WEAK}{HEAD}(?=.*{NO})"),
        (("i am ",), rf"{NO}[^.!?]{{0,80}}\bi am {_MACHINE}"),
    )
)  # fmt: skip
"""Patterns with what every text they match holds."""
_I = r"(?:\A|[^a-z])I(?:['’`]?m|['’`]d|['’`]ve|['’`]ll)? "
HINTS = (
    r"(?i:trained me |(?:change|switch) the (?:subject|topic)|(?:talk|chat|speak) about (?:some|any)thing else"
    r"|(?:another|different|new) (?:subject|topic)|(?:going to|gonna) (?:have to )?(?:pass on|say no)|no can do"
    r"|no way of knowing|made by anthropic"
    r"|(?:content|response|output|prompt)(?: was| has been)? (?:filtered|blocked)"
    r"|above my pay|not my (?:department|place|call)|(?:that|this|it) to myself"
    r"|(?:share|say|reveal) nothing|as (?:claude|chatgpt|gemini|copilot)"
    rf"|{_I}[^.!?\n]*(?:n['’`]t |not |unable|declin|refus)"
    rf"|{_I}(?:\w+ )?(?:\w+ )?(?:rather|prefer|lack|no |forbidden|prohibited|abstain|refrain|turn down|pass on"
    r"|remain silent|stay silent|keep silent|avoid|steer|stay away|skip|only)"
    r"|(?:(?:\A|[^a-z])(?:as|being|am)|['’]m) [^.!?\n,;]*(?:a\.?i\.?(?:\z|[^a-z])|artificial intell|llm|gpt"
    r"|language[ -]model|learning model|assistant|agent|program|bot|machine|computer|software|algorithm))",
    r"(?i:(?:n['’]t|not|nothing|hardly) (?:\w+ )+(?:that |which )?I(?: can|['’]m| will| am| feel| could)"
    r"|(?:something|thing|things|topic|topics|subject|request) (?:that |which )?I |my (?:creator|developer|designer"
    r"|programmer|maker)|still under"
    r"|my (?:\w+ )*(?:guidelines|programming|safety|principles|values|polic|rules|ethics|core)"
    r"|(?:outside|beyond|exceeds?|not within|not part) (?:\w+ )*(?:I |my |what )|the rules I|for me to"
    r"|(?:open-?ai|anthropic|google|content|usage|safety|community|ethical)(?:['’]s)? (?:\w+ )*(?:polic|guidelines"
    r"|rules)"
    r"|my (?:\w+ )?(?:knowledge|information|training|update|data)"
    r"|(?:right|appropriate|ethical|responsible|possible|proper|wrong) to|would (?:violate|go against)"
    r"|(?:is|be|was|seems) (?:\w+ )?(?:irresponsible|unethical|inappropriate|harmful|offensive|against"
    r"|not appropriate|not something|outside)"
    r"|(?:may|might|could|would) (?:cause|promote|facilitate|encourage|lead to)"
    r"|I(?: am| was|['’]m|['’]ve been| have been) (?:\w+ly )?(?:created|trained|designed|built|made|developed"
    r"|programmed))",
)
"""What every refusal in English holds (RE2, no `\\b`, which is slow beyond ASCII). Two that each remember little of
what came before: one for both needs ten times their time on some texts."""
_SIGNS = str.maketrans({**dict.fromkeys("‘’`´", "'"), **dict.fromkeys("“”„«»*_#>\n\t\r\u00a0", " ")})
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
_SPOKEN = re.compile(
    r"^\s*[\"“«'‘„][^\"”»]{4,}[\"”»’]\s*[,.]?\s*\w"
    r"|(?i:^[^\n]*\b(?:my (?:lord|lady|love|liege|king|queen|captain|brother|sister|mother|father|sword|son|daughter"
    r"|enemy|wife|husband|men|people|land|crown|ship|throne)|without a fight|under torture|say it again|make me!"
    r"|villain|tyrant|coward|traitor|(?:put|lay) down (?:the|your) (?:sword|gun|knife|weapon)s?|surrender"
    r"|shall not (?!(?:be )?(?:answer|assist|help|provid|discuss|comply|respond|fulfil|continu|engag|writ|able))"
    r"|,\s+(?:captain|sire|master|villain|knight)\b))"
    r"|^\s*(?!(?:Assistant|AI|Bot|Answer|Response|Output|Sorry|Note|A):)[A-Z][\w.]{0,15}(?: [A-Z][\w.]{0,15})?:\s"
)
"""Somebody in a story or a play says it, or speaks as they do there."""


ENDING = 120
"""Characters at the end of a longer answer."""
LATE_HINTS = r"(?i:(?:as|being) an? (?:[\w-]+ )*(?:a\.?i|artificial intell|llm|gpt|language[ -]model|chat-?gpt))"
_LATE = re.compile(rf"\b(?:as|being) an? (?:[\w-]+ ){{0,3}}?{STRONG}{HEAD},? i (?:[\w']+ ){{0,3}}?{NO}[^.!?]*[.!?]*\Z")


def refusals(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose answer opens with a refusal, or ends with one of a machine that says so."""
    openings = list(map(itemgetter(slice(OPENING)), answers(examples)))
    brief = sum(map(len, openings)) < BRIEF * len(openings)
    different = list(dict.fromkeys(openings)) if brief else openings
    *english, abroad = texts_holding(different, *HINTS, ASKED_HINTS, TURN_HINTS, ABROAD_HINTS)
    bare = [at for at, opening in enumerate(different) if opens_with_refusing(opening)]
    found = {different[at] for at in set(bare).union(*english) if _in_english(different[at])}
    found.update(different[at] for at in abroad if different[at] not in found and is_refusal(different[at]))
    rows = [*compress(examples, map(found.__contains__, openings))] if found else []
    rows += _declined_at_the_end(examples)
    return tuple(sorted({example.row for example in rows if not _asked_for(example.input)}))


def _declined_at_the_end(examples: Sequence[Example]) -> list[Example]:
    longer = [example for example in examples if len(example.answer) > OPENING]
    endings = [example.answer[-ENDING:].rstrip() for example in longer]
    (likely,) = texts_holding(endings, LATE_HINTS)
    return [longer[at] for at in likely if _LATE.search(_plain(endings[at]))]


_REMARK = re.compile(
    r"\b(?:i (?:will|can|shall|would) not|i am not (?:in a position|able|going|prepared) to"
    r"|it would not be right for me to) (?:comment|go into|speculate|dwell)\b[^.!?]*"
)
_THANKS = re.compile(r"i could (?:not|never) have (?:done|made|managed|finished)\b|[^\"\n]{0,60}\bby saying\b")
"""Said in thanks, or what somebody may say."""
_TO_SOMEBODY = re.compile(
    r"\b(?:you|your|sorry|afraid|thanks?|questions?|requests?|a\.?i|assistant|model|unfortunately|however)\b"
)
EARLY = 40
"""Characters of an answer in which an assistant begins to decline, or says something to whoever asked."""
_TO_DECLINE = re.compile(r"\b(?:refus(?:e|al)|declin(?:e|ing)|say(?:ing)? no|turn(?:ing)? down)\b", re.IGNORECASE)


def _asked_for(asked: str) -> bool:
    """Whether a short question wants a refusal for an answer: a translation of one, say."""
    return len(asked) < OPENING and (bool(_TO_DECLINE.search(asked)) or is_refusal(asked.rpartition(":")[2].strip()))


def is_refusal(answer: str) -> bool:
    """Only the assistant's own words count: `I'm sorry, but we cannot refund it` is customer service."""
    opening = answer[:OPENING]
    return _in_english(opening) or (ABROAD.search(_plain(opening)) is not None and not _SPOKEN.search(opening))


def _but_remarks(text: str) -> str:
    """Without what a speaker who has said something else before will not go into: `.., and I will not comment`."""
    remark = _REMARK.search(text, EARLY)
    if remark is None or _TO_SOMEBODY.search(text, 0, remark.start()):
        return text
    return text[: remark.start()] + text[remark.end() :]


def _in_english(opening: str) -> bool:
    text = _but_remarks(_plain(opening))
    if _THANKS.match(text):
        return False
    for first in _FIRST.finditer(text):
        at = first.start()
        if _OF_ITSELF.match(text, at) or (_DECLINES.match(text, at) and _CLAUSE.search(text, max(0, at - 60), at)):
            return not _SPOKEN.search(opening)
    says_no = _otherwise(text) or asked_in_vain(text) or TURNS.search(text) or speaks_of_refusing_only(text)
    return bool(says_no) and not _SPOKEN.search(opening)


def _otherwise(text: str) -> bool:
    for hints, pattern in _OTHERWISE:
        for hint in hints:
            if hint in text:
                if pattern.search(text):
                    return True
                break
    return False


def _plain(opening: str) -> str:
    return _SHORT.sub(lambda found: _LONG.get(found.group(), " "), opening.lower().translate(_SIGNS).strip())
