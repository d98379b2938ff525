"""The grammar of refusing, in parts: who, that they do not, what an assistant does, and what it was asked.

Over texts in lower case on one line, with `n't` and `'m` written out.
"""

from __future__ import annotations

ADVERBS = (
    r"(?:(?:\w+ly|just|also|still|even|(?:in|with)(?: all| a)? (?:good|clear) (?:conscience|faith)"
    r"|in (?:all )?conscience|at (?:this|the) \w+|under any circumstances),? ){0,2}"
)
"""What may stand between who declines and what they decline: `just`, `in good conscience`, `at this time`."""
ACT = (
    r"(?:help|assist|aid|comply|fulfil+|oblige|engage|participate|take part"
    r"|answer|respond|reply|discuss|talk|speak|comment"
    r"|provide|supply|give|offer|share|reveal|disclose"
    r"|generate|create|write|produce|compose|draft|complete|continue|proceed"
    r"|carry out|perform|execute|process|accommodate|address|grant|do"
    r"|advise|describe|explain|support|go (?:into|along)|look|tell|teach|instruct"
    r"|satisfy|meet|honou?r|entertain|promote|encourage|endorse|facilitate|make|browse|access|role-?play)"
)
"""What an assistant does, behind `cannot` or `unable to`: `help`, `provide`, `role-play`."""
DOING = (
    r"(?:help|assist|comply|fulfil+|engag|participat|tak(?=ing part)"
    r"|answer|respond|reply|discuss|talk|speak|comment"
    r"|provid|supply|giv|offer|shar|reveal|disclos"
    r"|generat|creat|writ|produc|compos|draft|complet|continu|proceed"
    r"|perform|process|handl|address|do"
    r"|advis|describ|explain|support|go|tell|teach|promot|encourag|facilitat|mak)ing(?: part)?"
)
"""The same in `-ing`, behind `I won't be` or `not comfortable`."""
AM_NOT = (
    r"(?:able|going|allowed|permitted|authori[sz]ed|equipped|designed|programmed|prepared|willing|supposed|meant"
    r"|qualified|free|trained|built|made|created|set up|at liberty|in a position) to"
)
"""What stands between `I am not` and what is not done: `able to`, `programmed to`."""
NOT = (
    # It cannot, or would rather not.
    r"(?:(?:(?:can|will|would|must|should|shall|may) ?not(?:,? and (?:will|can|would|must) ?not)?(?: be able to)?"
    rf"|am (?:\w+ly )?(?:not {AM_NOT}|unable to|forbidden to|prohibited to)"
    r"|(?:would )?(?:rather|prefer)(?: to)? not(?: to)?"
    r"|do not (?:think|believe|feel) (?:that )?i (?:can|could|should|would be able to|am able to|am allowed to)"
    r"|(?:have been|was|am) (?:\w+ly )?(?:instructed|told|trained|programmed|designed|asked|configured) not to"
    # It has no means to.
    r"|(?:do not|does not) (?:have (?:the|any) (?:\w+ ){0,2}"
    r"(?:ability|capability|capacity|means|authority|permission|tools?)|know how) to"
    r"|do not (?=provide|generate|create|produce|disclose|engage|assist|offer|promote|endorse|support)"
    r"|lack the (?:ability|capability|capacity|means|authority|permission) to"
    r"|have no (?:way|means|ability|possibility|permission|authority) to"
    # It declines to.
    r"|(?:(?:must|have to|will|shall|would|need to|am going to|am obliged to|am required to|am forced to|can only) )?"
    rf"(?:have to |need to )?(?:\w+ly )?(?:decline|refuse) to) {ADVERBS}{ACT}"
    # It will not be doing it, or is not at ease with it.
    rf"|(?:can|will|would|shall|am) ?not (?:be )?{DOING}"
    r"|(?:do not|am not|would not) (?:feel(?:ing)? |be )?(?:\w+ly )?"
    rf"(?:comfortable|at ease|right|okay|ok|happy)(?: with| about)? {DOING}"
    # It refuses what was asked, or keeps away from it.
    r"|(?:(?:must|have to|will|shall|would|need to|am going to|am (?:obliged|required|forced|bound|compelled) to) )?"
    r"(?:have to |need to )?(?:\w+ly )?"
    rf"(?:decline|refuse|turn down|pass on|refrain from|abstain from)(?: {DOING})?"
    r"|(?:would |will )?(?:rather|prefer to|have to) (?:avoid|steer clear of|stay away from|skip))"
)
"""That they do not: cannot, will not, would rather not, were told not to, have no means to, decline."""
META = (
    r"(?:requests?|questions?|prompts?|quer(?:y|ies)|tasks?|topics?|subjects?|inquir(?:y|ies)|demands?"
    r"|contents?|materials?|conversations?|discussions?|chat"
    r"|information|advice|guidance|assistance|help|instructions?|opinions?|matters?"
    r"|story|stories|texts?|outputs?|responses?|answers?|activit(?:y|ies)"
    r"|(?:kinds?|types?|sorts?|nature)(?= of|[.,!;]|$)"
    r"|things?|stuff|scenarios?|role-?play|language|jokes?|one|manner|assignments?|homework"
    r"|behaviou?rs?|actions?|details?)"
)
"""What an assistant calls what it was asked, whatever that was about."""
CORE = (
    r"(?:requests|questions|prompts|queries|information|advice|guidance|instructions|contents?|materials?|assistance"
    r"|opinions?|answers?|homework)"
)
"""Those of `META` behind which a subject may stand: `advice on ..` is asked for, `a story on ..` may be told of."""
END = (
    r"(?=\s*(?:$|[.!,;:?)–—-]|\b(?:as|because|since|due|for|but|and|or|in any|under|here|today"
    r"|at (?:this|the) (?:time|moment)|right now|either|yet|unless|if"
    r"|without(?! (?:you|him|her|them|tears|crying|help)\b))\b))"
)
"""The clause ends here, or says why or when."""
THIS = (
    r"(?!but |(?<=(?:help|make) )it\b)"  # who `cannot help but` or `help it` tells of themselves
    r"(?:(?:(?:to |for )?(?:you|anyone|anybody|users|people|someone) )?"
    r"(?:(?:with|to|in|on|about|of|for|into|from|out|up|by) )?"
    rf"(?:(?:(?:doing|having|making) )?(?:that|this|these|those|it|such)(?: (?:for|to) you)?{END}"
    rf"|(?:that|this|these|those|such|your|any)(?: [\w'’-]+){{0,3}}? {META}\b"
    r"|(?:an?|the)(?: [\w'’-]+){0,2}? "
    rf"(?:requests?|questions?|prompts?|query|topics?|inquiry|answer|requested \w+|kind of {META})\b"
    r"|(?:[\w'’-]+ ){0,2}(?:harmful|hateful|explicit|illegal|violent|sexual\w*|offensive|inappropriate|dangerous"
    rf"|unethical|discriminatory|derogatory|defamatory|copyrighted) [\w'’ -]{{0,30}}?{META}\b"
    r"|(?:(?!the |an? )[\w'’-]+ ){0,2}"
    rf"(?:{CORE} (?:for|on|about|of|to|with|regarding|that|which|related|involving)\b"
    rf"|{META}(?: (?:for|on|about|of|like|regarding|in) (?:that|this|it|such|these|those|your)\b|{END})))"
    rf"|(?:you )?(?:to )?do (?:that|this|it){END})"
)
"""What was asked, pointed at or called by its kind."""
ALONE = rf"\b(?! but| it\b)(?<=help|sist|mply|swer|pond|lige|lfil|fill|inue|ment|fuse|line){END}"
"""Nothing, behind verbs that need no object: `I cannot help.` They are told by their last four letters, since a look
behind must be of one length."""

STRONG = (
    r"(?:a\.?i\.?|artificial intelligence|(?:large )?language[ -]model|llm|chat-?gpt|gpt(?:-?\d\w*)?"
    r"|machine[ -]learning model)"
)
"""What only a machine that speaks is called."""
WEAK = (
    r"(?:(?:simple |mere |helpful )?"
    r"(?:(?:virtual|digital|automated|online|text-based|computer|conversational|machine|chat) ?-?"
    r"(?:assistant|agent|program|programme|bot|model|system)"
    r"|chat-?bot|bot|robot|machine|computer|piece of software|algorithm))"
)
"""What a machine that does not speak is called too, so that it must say no besides."""
HEAD = (
    r"(?:[ -](?:(?:large )?language|based|powered|driven|text|generative))*"
    r"(?:[ -](?:model|assistant|chat-?bot|bot|system|program|tool|agent))?"
    r"(?=\s*(?:$|[,.!;:()–—]"
    r"|\b(?:i|my|and|so|but|which|that|without|with|created|developed|trained|made|built|designed|from|by)\b))"
)
"""The rest of such a name, and where it ends: an AI model is a machine, an AI researcher is none."""
NO = r"\b(?:not|no|cannot|unable|lack|only|never|without|beyond|decline|refuse)\b"
"""A word that says no, in the rest of a sentence in which somebody says what they are."""
MACHINE = rf"(?:\w+ly |just |still |but ){{0,2}}(?:(?:an? )?(?:[\w-]+ ){{0,3}}?{STRONG}|an? {WEAK}){HEAD}"
"""What a machine says that it is, behind `I am`."""
