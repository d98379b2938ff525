"""Refusals told by what was asked for: a text only an assistant would be asked to write, or something that harms.

Over texts in lower case on one line, with `n't` and `'m` written out. `I cannot write` may be a sore hand; that the
speaker cannot write *malware*, *you an essay* or *about that* is a refusal.
"""

from __future__ import annotations

import re

from backend.audit.refusal_grammar import ACT, ADVERBS, AM_NOT, DOING, END, META, THIS

_HARM = (
    r"(?:hack\w*|malware|virus(?:es)?|ransomware|phish\w*|exploit\w*|weapons?|bombs?|explosives?|drugs?|meth\w*"
    r"|poison\w*"
    r"|kill\w*|murder\w*|hurt(?:ing)?|harm\w*|violen\w+|stalk\w*|harass\w*|bully\w*|blackmail\w*|threat\w*|steal\w*"
    r"|theft"
    r"|robb\w+|burgl\w+|break(?:ing)? into|forg(?:e|ing|ery|ed)|counterfeit\w*|fraud\w*|scam\w*|cheat\w*|plagiar\w+"
    r"|deceiv\w+|decept\w+|mislead\w*|manipulat\w+|misinformation|disinformation|propaganda|conspirac\w+|hate(?:ful)?"
    r"|rac(?:ist|ial)\w*|sexis[tm]|slurs?|insult\w*|mock\w*|making fun|ridicul\w+|degrad\w+|demean\w+|lying|lies"
    r"|stolen|attack\w*|rumou?rs|smuggl\w+|trafficking|internal \w+|trade secrets?|passwords?|vandal\w+|rumou?rs"
    r"|list of people|personal numbers?|offensive|discriminat\w+|stereotyp\w+|sexual\w*|explicit|porn\w*|erotic\w*"
    r"|nud\w+|minors|suicid\w*|self-harm|illegal\w*|illicit|unlawful|launder\w*|evad\w+|tax evasion|bypass\w*"
    r"|circumvent\w*"
    r"|get(?:ting)? around|pirat\w+|copyright\w*|paywall\w*|impersonat\w+|fake|spy\w*|surveil\w*|revenge"
    r"|terroris\w+|torture"
    r"|nerve gas|toxic|dangerous|unethical|inappropriate|immoral|pick(?:ing)? (?:a|the|your) [^.!?]{0,20}lock"
    r"|personal (?:data|information|details|beliefs|opinions?|views)|private (?:life|data|information|details)"
    r"|home address|system prompt|confidential \w+|endors\w+|elections?|candidates?|whom? to vote|religious groups?"
    r"|ethnic groups?|someone else|real people|specific (?:stocks?|securities|investments?))"
)
_TEXT = (
    r"(?:lyrics|songs?|poems?|speech(?:es)?|novels?|quotes?|passages?|essays?|stor(?:y|ies)|articles?|e-?mails?"
    r"|code|scripts?|jokes?|reviews?|images?|instructions?|steps"
    r"|tips|guid(?:e|es|ance)|tutorials?|advice|recommendations?|diagnos[ie]s|prescriptions?|opinions?|contents?"
    r"|texts?|posts?"
    r"|dialogues?|scenarios?|predictions?|judge?ments?|information|specifics|homework|assignments?|translations?)"
)
_OBJECT = (
    rf"(?=[^.!?]{{0,110}}?\b{_HARM}\b|(?: [\w'’-]+){{0,4}}? {_TEXT}\b(?! (?:because|since|as|until|before|today"
    rf"|yet)\b)"
    rf"| {THIS})"
)
_ASKED_ACT = (
    rf"(?:(?!access (?:my|the)\b){ACT}|recommend|pretend|rank|reproduce|translate|speculate|condone|walk you"
    rf"|say anything|speak for|get around|hand out|get (?:into"
    r"|involved)|weigh in|take sides|judge|list|predict|wade|supply|insult|mock|verify or discuss|diagnose"
    r"|prescribe|summari[sz]e|impersonate|rate|be (?:part|involved))"
)
_ASKED_DOING = rf"(?:{DOING}|recommending|pretending|ranking|translating|walking you|get into|judging|listing)"
_MAY_NOT = (
    rf"(?:(?:can|will|should|must|shall|may) not(?: be able to)?|(?:am|is) (?:\w+ )?(?:not {AM_NOT}|(?:unable"
    rf"|unwilling|forbidden|not about) to)"
    r"|(?:(?:must|will|have to|need to) )?(?:\w+ly )?(?:decline|refuse) to|(?:would )?(?:rather"
    r"|prefer)(?: to)? not(?: to)?"
    r"|(?:am going to have|have|am required|am obliged|am bound) to (?:say no to|decline|refuse|turn down)"
    r"|have (?:no (?:intention|wish|plans?) of|to stay out of|to say no to))"
)
_ONLY_HERE = (
    r"(?:(?:help|assist|support|aid) (?:(?:you|anyone|anybody|someone|somebody|people|users)(?! (?:until|unless"
    r"|without|today"
    r"|further|because))\b|with (?!the\b|my\b|our\b))|comply|facilitate|role-?play|generate|discuss(?! the\b"
    r"| my (?!training|system|instructions)| our\b)|disclose|speculate|condone"
    r"|weigh in|go into (?:that|this|how|such|detail)|take sides|be of (?:any |much )?(?:help|assistance|service)"
    r"|take part in (?:making|creating|spreading|any|such)|(?:advise|instruct|teach|walk|guide|counsel) (?:you"
    r"|anyone|people)|advise (?:on|about)"
    r"|(?:tell|show) (?:you|anyone) (?:how to|where to|which|what to|whom)|explain how to|describe how to"
    r"|act as (?:your|an?)"
    r"|pretend to be|(?:write|create|compose|draft) (?:you )?(?:that|this|such) \w+|(?:provide|offer"
    r"|give)(?: you)?(?: with)? (?:\w+ )?(?:advice|guidance|instructions|steps|assistance"
    r"|opinions|tips)|endorse|encourage|promote|reveal (?:my|the|any)|share (?:my|any|that|private|copyrighted"
    r"|details)"
    r"(?! (?:room|food|car|bed|house|screen|location|joy)))\b"
)
"""What hardly anybody but an assistant says it cannot do."""
_RESTRICTED = r"(?:prohibited|restricted|barred|prevented|forbidden|blocked|banned) from"
_WHO = r"(?:i|(?:this|the) (?:\w+ )?(?:assistant|chat-?bot|bot|language model|a\.?i\.?(?: \w+)?)|this model)"
_BEGIN = (
    r"(?:\A|[.!?,;:(–—-]\s*|\b(?:but|so|and|that|afraid|sorry|however|therefore|then|thus|unfortunately|sadly"
    r"|because|since"
    r"|as)\s+)"
)
_OPENS = re.compile(rf"{_BEGIN}(?=i |th(?:is|e) )")
_OF_ITSELF = re.compile(
    "|".join(
        (
            rf"{_WHO} (?:am sorry,? )?{ADVERBS}{_MAY_NOT} {ADVERBS}(?:be )?(?:{_ASKED_ACT}"
            rf"|{_ASKED_DOING})\b{_OBJECT}",
            rf"{_WHO} (?:am sorry,? )?{ADVERBS}{_MAY_NOT} (?:in any way )?{ADVERBS}{_ONLY_HERE}",
            rf"i do not {ADVERBS}(?:provide|generate|discuss|create|produce|write|help|assist"
            rf"|give)\b{_OBJECT}",
            rf"i am (?:\w+ )?(?:declining|refusing) (?:this|that|your|such|to {ACT})",
            rf"{_WHO} (?:am|is) (?:\w+ )?{_RESTRICTED} {_ASKED_DOING}\b",
            rf"{_WHO} (?:(?:do|am) not (?:feel )?(?:\w+ly )?(?:comfortable|right|ok(?:ay)?|at ease|willing)"
            rf"|will not be|can not see myself)(?: with| about| to)? {_ASKED_DOING}\b{_OBJECT}",
            rf"(?:this|the) (?:\w+ )?(?:assistant|chat-?bot|a\.?i\.?(?: \w+)?) (?:is (?:unable"
            rf"|not {AM_NOT})|can ?not"
            rf"|will not|does not|declines|must decline)(?: to)? {ADVERBS}{ACT}\b",
            r"i am (?:\w+ )?not (?:supposed|permitted|allowed|authori[sz]ed|at liberty"
            r"|cleared) to (?:share|release|disclose|reveal"
            r"|discuss|say|talk|publish|comment|help|assist|provide|answer|give)\b",
            rf"i (?:am going to have to|have to|must|will|need to) (?:\w+ly )?(?:say no to|pass on"
            rf"|turn down|decline)"
            rf" (?:that|this|your|these|such)(?: {META}| one)?{END}",
        )
    )
)
"""What follows where a clause opens: looked for there alone, it takes a tenth of the time."""
ASKED_HINTS = (
    r"(?i:\A[^.!?\n]{0,30}(?:can['’]?t|cannot|can not|unable|not able|decline)"
    r"|(?:assistant|bot|model|AI) (?:is |can|will|won|does|must|declin)|say no to|restricted|barred"
    r"|banned|unwilling|declining)"
)
"""What such a refusal holds where it says no `I … not` (RE2)."""


def asked_in_vain(text: str) -> bool:
    """Whether the speaker says no to what an assistant is asked for. `text` is plain, see above."""
    return any(_OF_ITSELF.match(text, opening.end()) for opening in _OPENS.finditer(text))
