"""Turns in which an assistant says no to any question at all, whatever the question named.

Over texts in lower case on one line, with `n't` and `'m` written out.
"""

from __future__ import annotations

import re

_ASKED = r"(?:questions?|requests?|topics?|subjects?|quer(?:y|ies)|prompts?|matters?)\b"
"""What was asked, called by its kind."""
_INSTRUCTED = r"instructed|programmed|trained|configured|directed"
"""What was done to the assistant beforehand."""
_TOLD = rf"\bi (?:have been|was|am) (?:\w+ly )?(?:{_INSTRUCTED}"
"""Left open for further words."""
_SAYING = r"(?:comment|answer|discuss|speak|talk|respond|reply|giv|provid)ing"
"""What it keeps from."""
_ELSEWHERE = r"(?:ask|expert|human|professional|elsewhere|source|someone)"
"""Whom or where to ask instead."""
TURNS = re.compile(
    "|".join(
        (
            rf"\bi am not (?:\w+ly )?(?:equipped|built|qualified|in a position) to (?:handle|field|take)"
            rf" (?:\w+ )?{_ASKED}",
            r"\A(?:the |my |this )?(?:answer|response|reply|output) (?:is |was |has been )?"
            r"(?:withheld|suppressed|declined)(?: (?:for|due to|because|by|on) [^.!?]{3,60})?\W*\Z",
            r"\A(?:sorry|apologies|unfortunately)\W+can not (?:do|help(?! but)|assist|answer|comply)"
            r"(?:(?! \w+ing\b) \w+){0,4}\W*\Z",
            r"\A(?:i am )?(?:sorry|afraid|apologies|unfortunately)\W+(?:but )?i (?:can not|am (?:unable|not able) to)"
            r" (?:(?:write|speak) about|write|compose|generate|draft|rewrite|paraphrase|summari[sz]e|translate"
            r"|make (?:a|an|up) (?:\w+ )?(?:poem|story|list|recipe|summary|joke|song|plan))\b[^.!?]{1,60}[.!?]?\Z",
            r"\blet(?:'s| us) (?:try|pick|choose|go with|move on to|switch to)"
            r" (?:an?)?(?:other|different|new| different| new) (?:topic|subject|question)\b",
            r"\A(?:sorry|apologies|no|nope|nah)\W+(?:i am )?not going to (?:answer|discuss)(?: (?:that|this|it))?\W*\Z",
            r"\banswering (?:(?:that|this|it|your \w+) )?would (?:\w+ )?(?:break|breach|violate|go against)\b",
            rf"\A(?:i am (?:sorry|afraid)|sorry|unfortunately),? (?:but )?i can not[.!] [^.!?]*\b{_ELSEWHERE}\b",
            rf"{_TOLD}) (?:not|never) to (?:talk|speak|comment|discuss|answer)\b",
            rf"{_TOLD}|asked|told) to"
            rf" (?:(?:keep|stay|steer) (?:away|clear|out) (?:from|of)|avoid) (?:\w+ )?{_ASKED}",
            r"\A(?:\w+,? )?let(?:'s| us) not go (?:there|into (?:that|this))[.,;!].{0,40}\b(?:else|help you)\b",
            r"\bi have no knowledge (?:of|about) [^.!?]*\b(?:as|since|because|being) [^.!?]*"
            r"\b(?:model|bot|assistant)\b",
            r"\A\W*(?:the )?(?:\w+ )?(?:model|assistant|a\.?i|bot|chat-?gpt|llm) (?:has )?(?:refused|declined)"
            r"(?: to (?:answer|respond|reply|comply|help))?\W*\Z",
            r"\bi can neither confirm nor deny\b",
            rf"\bi (?:must|have to|need to|shall|will|would rather) (?:\w+ly )?(?:refrain|abstain) from {_SAYING}\b",
            r"\bas (?:your|an?|the) (?:ai|a\.i\.|virtual|digital|language)\b[^.!?]{0,30}"
            r"\bi have (?:got )?(?:my )?limits\b",
            r"\b(?:open-?ai|anthropic|google)(?:'s)? (?:[\w-]+ ){0,2}polic(?:y|ies)"
            r" (?:stops?|keeps?|bars?|blocks?) me\b",
            r"\bi (?:do not have|have no) (?:\w+ )?(?:browsing|search|internet)(?: access)?"
            r" (?:enabled|switched on|turned on)",
            r"\bnot being (?:a )?human(?: being)?, i can not\b",
            r"\bi (?:am|do) not (?:feel )?(?:\w+ly )?comfortable (?:providing|giving|sharing|offering)"
            r" (?:\w+ )?(?:details|information|specifics|guidance|advice|instructions)\b",
        )
    )
)
"""The turns, each told by words that are said for nothing else."""
TURN_HINTS = (
    r"(?i:(?:equipped|built|qualified|position) to (?:handle|field|take)|withheld|suppressed"
    r"|not going to (?:answer|discuss)|answering (?:\w+ )*would"
    rf"|(?:{_INSTRUCTED}|asked|told) (?:not|never|to) "
    r"|not go (?:there|into)|no knowledge (?:of|about)|neither confirm"
    r"|\A.{0,24}(?:refused|declined)|(?:refrain|abstain) from|limits"
    r"|polic(?:y|ies) (?:stop|keep|bar|block)|(?:browsing|search|internet|access) (?:enabled|switched|turned)"
    r"|not being (?:a )?human|comfortable (?:providing|giving|sharing|offering)"
    r"|\A.{0,24}(?:can['’]?t|cannot|can not)(?: do| help| assist| answer| comply|[.!]))"
)
"""What each of them holds (RE2)."""
