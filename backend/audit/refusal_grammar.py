"""The grammar of refusing, in parts: who, that they do not, what an assistant does, and what it was asked.

Over texts in lower case on one line, with `n't` and `'m` written out.
"""

from __future__ import annotations

ADVERBS = (
    r"(?:(?:\w+ly|just|also|still|even|(?:in|with)(?: all| a)? (?:good|clear) (?:conscience|faith)"
    r"|in (?:all )?conscience|at (?:this|the) \w+|under any circumstances),? ){0,2}"
)
ACT = (
    r"(?:help|assist|aid|comply|fulfil+|oblige|engage|participate|take part|answer|respond|repl[y]|discuss|talk"
    r"|speak|comment"
    r"|provide|supply|give|offer|share|reveal|disclose|generate|create|write|produce|compose|draft|complete|continue"
    r"|proceed"
    r"|carry out|perform|execute|process|accommodate|address|grant|do|advise|describe|explain|support|go (?:into"
    r"|along)"
    r"|look|tell|teach|instruct|satisfy|meet|honou?r|entertain|promote|encourage|endorse|facilitate|make|browse"
    r"|access|role-?play)"
)
DOING = (
    r"(?:help|assist|comply|fulfil+|engag|participat|tak(?=ing part)|answer|respond|reply|discuss|talk|speak|comment"
    r"|provid|supply|giv"
    r"|offer|shar|reveal|disclos|generat|creat|writ|produc|compos|draft|complet|continu|proceed|perform|process"
    r"|handl|address|do"
    r"|advis|describ|explain|support|go|tell|teach|promot|encourag|facilitat|mak)ing(?: part)?"
)
AM_NOT = (
    r"(?:able|going|allowed|permitted|authori[sz]ed|equipped|designed|programmed|prepared|willing|supposed|meant"
    r"|qualified|free"
    r"|programmed|trained|built|made|created|set up|at liberty|in a position) to"
)
NOT = (
    rf"(?:(?:(?:can|will|would|must|should|shall|may) ?not(?:,? and (?:will|can|would|must) ?not)?(?: be able to)?"
    rf"|am (?:\w+ly )?(?:not {AM_NOT}|unable to|forbidden to|prohibited to)"
    r"|(?:would )?(?:rather|prefer)(?: to)? not(?: to)?"
    r"|do not (?:think|believe|feel) (?:that )?i (?:can|could|should|would be able to|am able to|am allowed to)"
    r"|(?:have been|was|am) (?:\w+ly )?(?:instructed|told|trained|programmed|designed|asked|configured) not to"
    r"|(?:do not|does not) (?:have (?:the|any) (?:\w+ ){0,2}(?:ability|capability|capacity|means|authority"
    r"|permission|tools?)|know how) to"
    r"|do not (?=provide|generate|create|produce|disclose|engage|assist|offer|promote|endorse|support)"
    r"|lack the (?:ability|capability|capacity|means|authority|permission) to"
    r"|have no (?:way|means|ability|possibility|permission|authority) to"
    r"|(?:(?:must|have to|will|shall|would|need to|am going to|am obliged to|am required to|am forced to|can only) )?"
    rf"(?:have to |need to )?(?:\w+ly )?(?:decline|refuse) to) {ADVERBS}{ACT}"
    rf"|(?:can|will|would|shall|am) ?not (?:be )?{DOING}"
    rf"|(?:do not|am not|would not) (?:feel(?:ing)? |be )?(?:\w+ly )?(?:comfortable|at ease|right|okay|ok"
    rf"|happy)(?: with| about)? {DOING}"
    r"|(?:(?:must|have to|will|shall|would|need to|am going to|am (?:obliged|required|forced|bound|compelled) to) )?"
    r"(?:have to |need to )?(?:\w+ly )?"
    r"(?:decline|refuse|turn down|pass on|refrain from|abstain from)"
    rf"(?: {DOING})?"
    r"|(?:would |will )?(?:rather|prefer to|have to) (?:avoid|steer clear of|stay away from|skip))"
)
META = (
    r"(?:requests?|questions?|prompts?|quer(?:y|ies)|tasks?|topics?|subjects?|inquir(?:y|ies)|demands?|contents?"
    r"|materials?"
    r"|conversations?|discussions?|chat|information|advice|guidance|assistance|help|instructions?|opinions?|matters?"
    r"|story|stories|texts?|outputs?|responses?|answers?|activit(?:y|ies)|(?:kinds?|types?|sorts?|nature)(?= of"
    r"|[.,!;]|$)|things?|stuff|scenarios?"
    r"|role-?play|language|jokes?|one|manner|assignments?|homework|behaviou?rs?|actions?|details?)"
)
CORE = (
    r"(?:requests|questions|prompts|queries|information|advice|guidance|instructions|contents?|materials?|assistance"
    r"|opinions?|answers?|homework)"
)
END = (
    r"(?=\s*(?:$|[.!,;:?)–—-]|\b(?:as|because|since|due|for|but|and|or|in any|under|here|today|at (?:this"
    r"|the) (?:time|moment)|right now|either|yet"
    r"|unless|if|without(?! (?:you|him|her|them|tears|crying|help)\b))\b))"
)
THIS = (
    rf"(?!but |(?<=(?:help|make) )it\b)(?:(?:(?:to |for )?(?:you|anyone|anybody|users|people|someone) )?(?:(?:with|to"
    rf"|in|on"
    rf"|about|of|for|into|from|out|up|by) )?"
    rf"(?:(?:(?:doing|having|making) )?(?:that|this|these|those|it|such)(?: (?:for|to) you)?{END}"
    rf"|(?:that|this|these|those|such|your|any)(?: [\w'’-]+){{0,3}}? {META}\b"
    rf"|(?:an?|the)(?: [\w'’-]+){{0,2}}? (?:requests?|questions?|prompts?|query|topics?|inquiry|answer|requested \w+"
    rf"|kind of {META})\b"
    rf"|(?:[\w'’-]+ ){{0,2}}(?:harmful|hateful|explicit|illegal|violent|sexual\w*|offensive|inappropriate|dangerous"
    rf"|unethical|discriminatory"
    rf"|derogatory|defamatory|copyrighted) [\w'’ -]{{0,30}}?{META}\b"
    rf"|(?:(?!the |an? )[\w'’-]+ ){{0,2}}(?:{CORE} (?:for|on|about|of|to|with|regarding|that|which|related"
    rf"|involving)\b"
    rf"|{META}(?: (?:for|on|about|of|like|regarding|in) (?:that|this|it|such|these|those|your)\b|{END})))"
    rf"|(?:you )?(?:to )?do (?:that|this|it){END})"
)
ALONE = rf"\b(?! but| it\b)(?<=help|sist|mply|swer|pond|lige|lfil|fill|inue|ment|fuse|line){END}"

STRONG = (
    r"(?:a\.?i\.?|artificial intelligence|(?:large )?language[ -]model|llm|chat-?gpt|gpt(?:-?\d\w*)?"
    r"|machine[ -]learning model)"
)
WEAK = (
    r"(?:(?:simple |mere |helpful )?(?:(?:virtual|digital|automated|online|text-based|computer|conversational"
    r"|machine|chat) ?-?"
    r"(?:assistant|agent|program|programme|bot|model|system)|chat-?bot|bot|robot|machine|computer|piece of software"
    r"|algorithm))"
)
HEAD = (
    r"(?:[ -](?:(?:large )?language|based|powered|driven|text|generative))*(?:[ -](?:model|assistant|chat-?bot|bot"
    r"|system|program|tool|agent))?"
    r"(?=\s*(?:$|[,.!;:()–—]|\b(?:i|my|and|so|but|which|that|without|with|created|developed|trained|made|built"
    r"|designed|from|by)\b))"
)
"""The noun ends here: an AI researcher is no machine."""
NO = r"\b(?:not|no|cannot|unable|lack|only|never|without|beyond|decline|refuse)\b"
