"""Refusals told by what was asked for: a text only an assistant would be asked to write, or something that harms.

Over texts in lower case on one line, with `n't` and `'m` written out. `I cannot write` may be a sore hand; that the
speaker cannot write *malware*, *you an essay* or *about that* is a refusal.
"""

from __future__ import annotations

import re

from backend.audit.refusal_grammar import ACT, ADVERBS, AM_NOT, DOING, END, META, THIS

_HARM = (
    # Break-ins into machines, weapons, violence.
    r"(?:hack\w*|malware|virus(?:es)?|ransomware|phish\w*|exploit\w*|weapons?|bombs?|explosives?|drugs?|meth\w*"
    r"|poison\w*|kill\w*|murder\w*|hurt(?:ing)?|harm\w*|violen\w+|stalk\w*|harass\w*|bully\w*|blackmail\w*|threat\w*"
    # Theft, fraud, lies.
    r"|steal\w*|theft|robb\w+|burgl\w+|break(?:ing)? into|forg(?:e|ing|ery|ed)|counterfeit\w*|fraud\w*|scam\w*"
    r"|cheat\w*|plagiar\w+|deceiv\w+|decept\w+|mislead\w*|manipulat\w+"
    r"|misinformation|disinformation|propaganda|conspirac\w+"
    # Hate and mockery.
    r"|hate(?:ful)?|rac(?:ist|ial)\w*|sexis[tm]|slurs?|insult\w*|mock\w*|making fun|ridicul\w+|degrad\w+|demean\w+"
    # What is untrue, stolen or secret.
    r"|lying|lies|stolen|attack\w*|rumou?rs|smuggl\w+|trafficking|internal \w+|trade secrets?|passwords?|vandal\w+"
    r"|list of people|personal numbers?"
    # What offends, sex, what the law forbids.
    r"|offensive|discriminat\w+|stereotyp\w+"
    r"|sexual\w*|explicit|porn\w*|erotic\w*|nud\w+|minors|suicid\w*|self-harm|illegal\w*|illicit|unlawful|launder\w*"
    r"|evad\w+|tax evasion|bypass\w*|circumvent\w*|get(?:ting)? around|pirat\w+|copyright\w*|paywall\w*"
    r"|impersonat\w+|fake|spy\w*|surveil\w*|revenge|terroris\w+|torture|nerve gas|toxic|dangerous"
    r"|unethical|inappropriate|immoral|pick(?:ing)? (?:a|the|your) [^.!?]{0,20}lock"
    # What is private or secret, and on what an assistant takes no side.
    r"|personal (?:data|information|details|beliefs|opinions?|views)|private (?:life|data|information|details)"
    r"|home address|system prompt|confidential \w+|endors\w+|elections?|candidates?|whom? to vote|religious groups?"
    r"|ethnic groups?|someone else|real people|specific (?:stocks?|securities|investments?))"
)
"""What harms, offends, is secret, or is a matter on which an assistant takes no side."""
_TEXT = (
    r"(?:lyrics|songs?|poems?|speech(?:es)?|novels?|quotes?|passages?|essays?|stor(?:y|ies)|articles?|e-?mails?"
    r"|code|scripts?|jokes?|reviews?|images?|instructions?|steps|tips|guid(?:e|es|ance)|tutorials?"
    r"|advice|recommendations?|diagnos[ie]s|prescriptions?|opinions?|contents?|texts?|posts?|dialogues?|scenarios?"
    r"|predictions?|judge?ments?|information|specifics|homework|assignments?|translations?)"
)
"""Texts that an assistant is asked to write."""
_OBJECT = (
    rf"(?=[^.!?]{{0,110}}?\b{_HARM}\b"
    rf"|(?: [\w'’-]+){{0,4}}? {_TEXT}\b(?! (?:because|since|as|until|before|today|yet)\b)"
    rf"| {THIS})"
)
"""What it would be about: something harmful soon behind, a text, or what was asked."""
_ASKED_ACT = (
    rf"(?:(?!access (?:my|the)\b){ACT}|recommend|pretend|rank|reproduce|translate|speculate|condone"
    r"|walk you|say anything|speak for|get around|hand out|get (?:into|involved)|weigh in|take sides"
    r"|judge|list|predict|wade|supply|insult|mock|verify or discuss"
    r"|diagnose|prescribe|summari[sz]e|impersonate|rate|be (?:part|involved))"
)
"""What it is asked to do: `ACT`, and more that counts only with such an object."""
_OF_WHAT_WAS_GIVEN = (
    r"(?:provide|generate|create|produce|supply|write)(?: you)?(?: with)? (?:an?|the|any)(?: \w+)? "
    r"(?:analysis|continuation|definition|description|explanation|interpretation|overview|paraphrase|solution|summary"
    r"|synopsis|transcription|translation) (?:of|for|to) "
    r"(?:this|that|these|those|your|such|the (?:above|following|given|provided|requested))\b"
)
"""A text about what somebody handed over: `a description of this item`."""
_ASKED_DOING = rf"(?:{DOING}|recommending|pretending|ranking|translating|walking you|get into|judging|listing)"
"""The same in `-ing`."""
_MAY_NOT = (
    r"(?:(?:can|will|should|must|shall|may) not(?: be able to)?"
    rf"|(?:am|is) (?:\w+ )?(?:not {AM_NOT}|(?:unable|unwilling|forbidden|not about) to)"
    r"|(?:(?:must|will|have to|need to) )?(?:\w+ly )?(?:decline|refuse) to"
    r"|(?:would )?(?:rather|prefer)(?: to)? not(?: to)?"
    r"|(?:am going to have|have|am required|am obliged|am bound) to (?:say no to|decline|refuse|turn down)"
    r"|have (?:no (?:intention|wish|plans?) of|to stay out of|to say no to))"
)
"""That it does not: `NOT` without what would follow there, and more."""
_ONLY_HERE = (
    r"(?:(?:help|assist|support|aid) (?:(?:you|anyone|anybody|someone|somebody|people|users)"
    r"(?! (?:until|unless|without|today|further|because))\b|with (?!the\b|my\b|our\b))"
    r"|comply|facilitate|role-?play|generate|discuss(?! the\b| my (?!training|system|instructions)| our\b)"
    r"|disclose|speculate|condone|weigh in|go into (?:that|this|how|such|detail)|take sides"
    r"|be of (?:any |much )?(?:help|assistance|service)"
    r"|take part in (?:making|creating|spreading|any|such)"
    r"|(?:advise|instruct|teach|walk|guide|counsel) (?:you|anyone|people)|advise (?:on|about)"
    r"|(?:tell|show) (?:you|anyone) (?:how to|where to|which|what to|whom)|explain how to|describe how to"
    r"|act as (?:your|an?)|pretend to be|(?:write|create|compose|draft) (?:you )?(?:that|this|such) \w+"
    r"|(?:provide|offer|give)(?: you)?(?: with)? (?:\w+ )?"
    r"(?:advice|guidance|instructions|steps|assistance|opinions|tips)"
    r"|endorse|encourage|promote|reveal (?:my|the|any)"
    r"|share (?:my|any|that|private|copyrighted|details)"
    r"(?! (?:room|food|car|bed|house|screen|location|joy)))\b"
)
"""What hardly anybody but an assistant says it cannot do."""
_RESTRICTED = r"(?:prohibited|restricted|barred|prevented|forbidden|blocked|banned) from"
"""That somebody keeps it from something."""
_BOT = r"assistant|chat-?bot"
"""What it is called, in the third person."""
_AI = r"a\.?i\.?(?: \w+)?"
"""The same for an AI."""
_WHO = rf"(?:i|(?:this|the) (?:\w+ )?(?:{_BOT}|bot|language model|{_AI})|this model)"
"""Who declines."""
_BEGIN = (
    r"(?:\A|[.!?,;:(–—-]\s*"
    r"|\b(?:but|so|and|that|afraid|sorry|however|therefore|then|thus|unfortunately|sadly|because|since|as)\s+)"
)
"""What stands before a clause."""
_OPENS = re.compile(rf"{_BEGIN}(?=i |th(?:is|e) )")
"""Where a clause with such a subject opens."""
_OF_ITSELF = re.compile(
    "|".join(
        (
            rf"{_WHO} (?:am sorry,? )?{ADVERBS}{_MAY_NOT} {ADVERBS}(?:be )?(?:{_ASKED_ACT}|{_ASKED_DOING})\b{_OBJECT}",
            rf"{_WHO} (?:am sorry,? )?{ADVERBS}{_MAY_NOT} (?:in any way )?{ADVERBS}{_ONLY_HERE}",
            rf"{_WHO} (?:am sorry,? )?{ADVERBS}{_MAY_NOT} {ADVERBS}{_OF_WHAT_WAS_GIVEN}",
            rf"i do not {ADVERBS}(?:provide|generate|discuss|create|produce|write|help|assist|give)\b{_OBJECT}",
            rf"i am (?:\w+ )?(?:declining|refusing) (?:this|that|your|such|to {ACT})",
            rf"{_WHO} (?:am|is) (?:\w+ )?{_RESTRICTED} {_ASKED_DOING}\b",
            rf"{_WHO} (?:(?:do|am) not (?:feel )?(?:\w+ly )?(?:comfortable|right|ok(?:ay)?|at ease|willing)"
            rf"|will not be|can not see myself)(?: with| about| to)? {_ASKED_DOING}\b{_OBJECT}",
            rf"(?:this|the) (?:\w+ )?(?:{_BOT}|{_AI}) "
            rf"(?:is (?:unable|not {AM_NOT})|can ?not|will not|does not|declines|must decline)"
            rf"(?: to)? {ADVERBS}{ACT}\b",
            r"i am (?:\w+ )?not (?:supposed|permitted|allowed|authori[sz]ed|at liberty|cleared) to "
            r"(?:share|release|disclose|reveal|discuss|say|talk|publish|comment|help|assist|provide|answer|give)\b",
            r"i (?:am going to have to|have to|must|will|need to) (?:\w+ly )?(?:say no to|pass on|turn down|decline) "
            rf"(?:that|this|your|these|such)(?: {META}| one)?{END}",
        )
    )
)
"""What follows where a clause opens: looked for there alone, it takes a tenth of the time."""
ASKED_HINTS = (
    r"(?i:\A[^.!?\n]{0,30}(?:can['’]?t|cannot|can not|unable|not able|decline)"
    r"|(?:assistant|bot|model|AI) (?:is |can|will|won|does|must|declin)"
    r"|say no to|restricted|barred|banned|unwilling|declining)"
)
"""What such a refusal holds where it says no `I … not` (RE2)."""


def asked_in_vain(text: str) -> bool:
    """Whether the speaker says no to what an assistant is asked for. `text` is plain, see above."""
    return any(_OF_ITSELF.match(text, opening.end()) for opening in _OPENS.finditer(text))
