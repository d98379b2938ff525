"""Refusals that say otherwise than by `I cannot do that` that an assistant declines.

Over texts in lower case on one line, with `n't` and `'m` written out.
"""

from __future__ import annotations

import re

from backend.audit.refusal_grammar import ACT, ADVERBS, DOING, END, HEAD, MACHINE, META, NO, STRONG, THIS, WEAK

_RULES = r"(?:our|the|certain) (?:\w+ )?(?:usage|content|safety|community|ethical|ai) (?:guidelines?|polic\w+|rules)"
_OTHERWISE: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (hints, re.compile(pattern))
    for hints, pattern in (
        (
            # `not something I can help with`, `topics I will not discuss`, `my creators do not allow me`
            (" can", "i am", " will ", " feel ", " do ", " me "),
            r"\b(?:not|nothing|hardly) (?:something|anything|a \w+|one|the (?:kind|sort|type) of \w+)?\s?"
            r"(?:that |which )?i (?:can|could|will"
            r"|am (?:able|allowed|permitted|comfortable|equipped|designed|prepared|willing) (?:to|with)"
            rf"|am comfortable|feel comfortable) {ADVERBS}(?:{ACT}|{DOING})\b"
            r"|\b(?:something|anything|things?|topics?|subjects?|requests?) (?:that |which )?"
            rf"i (?:can|will|do|would|must) not (?:be able to )?{ADVERBS}(?:{ACT})"
            rf"(?: you)?(?: with| in| to| about)?{END}"
            r"|\bmy (?:creators?|developers?|designers?|programmers?|makers?|training|guidelines|instructions) "
            r"[^.!?]{0,20}?(?:give|allow|permit|let|program|train|design|prevent|forbid|prohibit|restrict)\w* me\b",
        ),
        (
            # `this is a topic I may not discuss`, `I was not designed to`, `let us talk about something else`
            (
                "something i", "not programmed", "not designed", "not hold", "trained me", "not verify",
                "change the subject", "change the topic", "something else", "i am not a",
            ),
            r"\b(?:that|this|it) is (?:something|a \w+|one thing) (?:that |which )?"
            rf"i (?:am not|can not|will not|must not|may not) (?:{ADVERBS})"
            rf"(?:(?:able|allowed|permitted|willing|supposed|authori[sz]ed|free) to )?{ACT}\b"
            r"|\bi (?:am|was) not (?:programmed|designed|trained|built|made|created) "
            rf"(?:to {ACT}\b|for (?:this|that|such)\b)"
            r"|\bi do not (?:hold|have|form) (?:any )?(?:personal |political )?"
            r"(?:views|opinions|beliefs|positions) on\b"
            r"|\b(?:openai|anthropic|google|meta|my (?:developers|creators)) "
            r"(?:has |have )?(?:trained|told|instructed|programmed) me (?:not|never) to\b"
            r"|\bi can not verify (?:that|this)\s*[.!]"
            r"|\A(?:let us|let's|can we|could we|shall we|may we|how about we|maybe we)[^.!?]{0,50} "
            r"(?:change the (?:subject|topic)|(?:talk|chat|speak) about (?:something|anything) else"
            r"|(?:another|a different) (?:subject|topic))"
            r"|\bi am not a (?:doctor|lawyer|physician|financial advis[eo]r)\b[^.!?]*"
            r"\bi can not (?:diagnose|advise|give|provide|prescribe)",
        ),
        (
            # `that is not what I was built for`, `above my pay grade`, `not my department`, `as Claude, I do not`
            (
                "what i was", "what i am", "my knowledge", "pay grade", "not my ", "in my ", "ally my ",
                "as claude", "as chatgpt", "as gemini", "as copilot",
            ),
            r"\b(?:this|that|it) is not (?:quite |really )?what i (?:was|am|have been) "
            r"(?:trained|built|made|designed|programmed|taught|here) (?:for|to|on)\b"
            r"|\bmy knowledge (?:here )?"
            r"(?:is not (?:sufficient|enough|good enough)|does not (?:reach|extend|cover|go))\b"
            r"|\A[^.!?]{0,30}\babove my pay grade\b"
            r"|\A(?:sorry,? |i am afraid )?(?:(?:that|this|it) is )?not (?:really )?(?:in(?:side)? |within )?"
            r"my (?:department|place|call|wheelhouse|remit|field|area|forte)(?:,? (?:sorry|i am afraid))?\W*\Z"
            rf"|\bas (?:claude|chatgpt|gemini|copilot)\b,? i [^.!?]*{NO}",
        ),
        (
            ("silent", "refuse to", "decline to"),
            r"\A(?:i am (?:afraid|sorry),? (?:but |that )?|sorry,? (?:but )?|unfortunately,? )?"
            rf"i (?:must|have to) {ADVERBS}(?:refuse|decline) to {ACT}\b[^.!?]*[.!?]?\s*\Z"
            r"|\A[^.!?]{0,80}\bi (?:must|have to|will|shall) (?:remain|stay|keep) silent\b[^.!?]{0,40}[.!?]?\s*\Z",
        ),
        (
            ("understand",),
            r"\bi do not (?:fully |quite |really )?understand (?:the|your|this) (?:question|request|prompt|query)\b"
            r"[^.!?]{0,20}\b(?:can not|unable to|not able to)\b",
        ),
        (
            ("outside", "beyond", "exceed", "not within", "not part"),
            r"\b(?:outside|beyond|exceeds?|not within|not part of) (?:of )?(?:the scope of )?"
            r"(?:what i (?:can|am (?:able|permitted|allowed))"
            r"|my (?:\w+ ){0,2}(?:abilit|capabilit|scope|programming|functions?\b|expertise\b|guidelines))",
        ),
        (
            # `that goes against OpenAI's usage policies`, `our content policy prohibits`
            ("guideline", "programming", "safety", "polic", "terms of", "instructions", " rules"),
            r"\b(?:against|violat\w+|conflicts? with|contrary to|outside|within|in line with|breach\w*|because of"
            r"|due to|follow\w*|per|under) "
            r"(?:(?:my|open-?ai(?:'s)?|anthropic(?:'s)?|google(?:'s)?|the developers?(?:'s?)?) (?:\w+ ){0,2}"
            r"(?:guidelines?|programming|safety \w+|(?:use|usage|content) polic\w+|terms of \w+|instructions)"
            rf"|the rules i (?:have|am|must))|\b(?:against|violat\w+|conflicts? with|contrary to|breach\w*) {_RULES}"
            # To follow rules is asked of people too: there it is somebody's own doing, or a request's.
            rf"|\A(?=.*\b(?:i|sorry|(?:this|that|your|such) {META})\b).*?"
            rf"\b(?:outside|within|in line with|because of|due to|follow\w*|per|under) {_RULES}"
            r"|\b(?:open-?ai(?:'s)?|content|usage|safety) (?:\w+ )?polic(?:y|ies) "
            r"(?:(?:do|does) not (?:allow|permit)|prevents?|prohibits?|forbids?)"
            r"|\bmy (?:programming|safety guidelines)\b",
        ),
        (
            (" my ",),
            r"(?<!\Abut that is )\b(?:against|violates?|conflicts? with|contrary to) "
            rf"my (?:\w+ )?(?:principles|values|polic\w+|rules|ethics|core \w+)(?: (?:to {ACT}|{DOING}|as an)|{END})",
        ),
        (
            # `it would not be appropriate for me to`, `no way for me to`
            ("it is ", "would be ", "would not be ", "does not seem ", "for me to "),
            r"\b(?:(?:it (?:is not|would not be|would be not|does not seem)|would not be|would be not) (?:\w+ly )?"
            r"(?:right|appropriate|ethical|responsible|possible|proper)"
            r"|(?:it is|it would be|would be) (?:\w+ly )?"
            r"(?:inappropriate|unethical|irresponsible|impossible|wrong|against my \w+)) "
            rf"(?:for me to (?:{ACT})\b|to {ACT} {THIS})"
            rf"|\bno way for me to {ACT}\b|\bnot (?:\w+ )?possible for me to {ACT}\b",
        ),
        (
            # `writing such a text would be irresponsible`
            ("ethical", "inappropriate", "responsible", "against my", "go against", "violate", "not something i"),
            rf"(?:\A|[.!?]\s*|\bbut\s|,\s*){DOING} (?:[\w-]+ ){{1,4}}(?:would be|is|would) (?:\w+ly )?"
            r"(?:irresponsible|unethical|inappropriate|against my|not something i|go against|violate)",
        ),
        (
            # `your request is inappropriate`, `a prompt that is not … could cause harm`
            ("request", "prompt", "question", "query"),
            r"\b(?:the|your|this|that) (?:\w+ )?(?:request|prompt|question|query) (?:you \w+ (?:\w+ )?)?"
            r"(?:is|was|seems|appears(?: to be)?) (?:\w+ly )?(?:inappropriate|unethical|harmful|offensive|against"
            r"|not appropriate|not something|outside (?:of )?(?:my|what|the scope))"
            r"|\b(?:request|prompt|question)[^.!?\n]{0,60}\b(?:not|un\w+)\b[^.!?\n]{0,40}"
            r"\b(?:may|might|could|would) (?:cause|promote|facilitate|encourage|lead to) "
            r"(?:\w+ )?(?:harm\w*|violence|illegal|hate|damage)",
        ),
        (
            # `my latest training data goes up to 2021`
            ("my ",),
            r"\bmy "
            r"(?:knowledge|information|(?:last |latest )?training(?: data)?|(?:last|latest) (?:knowledge )?update|data)"
            r"\b[^.!?\n]{0,30}"
            r"\b(?:up to|until|till|as of|ends?|stops?|was|is|in|cut-?s? ?off|limited to)\b[^.!?\n]{0,20}"
            r"\b(?:19|20)\d\d\b"
            r"|\bmy (?:knowledge cut-?off|training (?:data )?does not|training cut-?off)\b",
        ),
        (
            (
                "pass on", "say no", "no can do", "new topic", "filtered", "blocked",
                "no way of knowing", "still learning",
            ),
            r"\bi am (?:going to|gonna) (?:have to )?(?:pass on (?:this|that)|say no to (?:this|that))"
            r"|\A(?:sorry,? )?no can do\b|\btime to move on ?to a (?:new|different) topic"
            r"|\A(?:the |this |your )?(?:content|response|output|prompt)(?: was| has been)? (?:filtered|blocked)\b"
            r"|\bi am still learning\b[^.!?]*\b(?:can not|unable)\b"
            rf"|\A(?:sorry,? )?i have no way of knowing (?:that|this|it){END}",
        ),
        (
            ("can not identify", "made by anthropic"),
            r"\bi can not identify (?:any(?:one|body)|people|individuals|the person)"
            rf"|\bmade by anthropic\b[^.!?]*{NO}",
        ),
        (
            ("as a", "being a"),
            rf"\b(?:as|being) an? (?:[\w-]+ ){{0,3}}?{STRONG}{HEAD}"
            rf"|\b(?:as|being) an? {WEAK}{HEAD}(?=.*{NO})",
        ),
        (("i am ",), rf"{NO}[^.!?]{{0,80}}\bi am {MACHINE}"),
    )
)  # fmt: skip
"""Patterns with what every text they match holds."""


def says_no_otherwise(text: str) -> bool:
    """Whether one of them matches. `text` is plain, see above."""
    for hints, pattern in _OTHERWISE:
        for hint in hints:
            if hint in text:
                if pattern.search(text):
                    return True
                break
    return False
