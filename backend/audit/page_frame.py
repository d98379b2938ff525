"""What surrounds the text of a web page or of a chat: menus, notices, share buttons, chat tokens."""

from __future__ import annotations

import re

_SITE = (
    r"(?:facebook|twitter|x|linkedin|instagram|pinterest|whatsapp|reddit|youtube|tiktok|tumblr|google\+?|e-?mail|print)"
)
_ITEM = (
    r"(?:home|menu|search|cart|basket|login|log\s?in|log\s?out|register|sign\s?(?:in|up|out)|help|contact(?:\sus)?"
    r"|about(?:\sus)?|products?|services|blog|news|faqs?|shop|store|(?:my\s)?account|checkout|wishlist|careers|jobs"
    r"|support|privacy(?:\spolicy)?|terms(?:\s(?:of\s(?:use|service)|&\sconditions|and\sconditions))?|site\s?map"
    r"|imprint|cookies|cookie\s(?:policy|settings)|press|advertise|subscribe|rss|archives?|categories|tags|back|top"
    r"|next|previous|main\spage|(?:previous|next|related)\s(?:articles?|posts?))"
)
FRAME = re.compile(
    rf"""
    skip\s+to\s+(?:main\s+|primary\s+)?(?:content|navigation|footer|menu)|toggle\s+navigation
    |back\s+to\s+top\b(?=\s*(?:↑|\Z|\n|\|))
    |accept\s+(?:all\s+)?cookies|(?:this|our)\s+(?:web)?site\s+uses\s+cookies
        |\bwe\s+(?:and\s+our\s+partners\s+)?use\s+cookies
    |cookies?\s+to\s+(?:improve|enhance|ensure|give|offer|personali[sz]e)\s+(?:your|you|that|our)
    |manage\s+(?:cookie\s+)?(?:consent|preferences)
    |share\s+(?:this\s*)?(?:article\s+|post\s+|page\s+)?(?:on|via|to|:)\s*{_SITE}\b|{_SITE}(?:\s*[
        |·,/]?\s+{_SITE}){{2,}}
    |(?:follow|like|find)\s+us\s+on\s+{_SITE}
    |click\s+here\s+to\s+(?:un)?subscribe|unsubscribe\s+(?:here|from\s+this)
    |(?:sign\s+up|subscribe)\s+(?:for|to)\s+(?:our|the)\s+(?:\w+\s+)?newsletter
    |(?:enable|turn\s+on)\s+java\s?script|javascript\s+(?:is|must\s+be|to\s+be)\s+(?:disabled|enabled|required)
    |(?:read|learn|show|view|load|see)\s+(?:more|all)\s*(?:»|›|→|>>|\.\.\.\Z)|continue\s+reading\s*(?:»|→|below|\.\.\.)
    |(?:^|[.!?|]\s+)advertisement\s*(?:[-–—|]|\n|\Z)|\[\s*edit\s*\]|\[citation\s+needed\]|powered\s+by\s+wordpress
    |leave\s+a\s+(?:comment|reply)\s*(?:\Z|\n)
    |\bhome\s*(?:[>»›]|&gt;|/(?=\s))\s*\w+
    |(?:^|[\n|])\s*{_ITEM}(?:\s*[|·•»›>]\s*{_ITEM})+\s*(?:$|[\n|])
    |^\s*{_ITEM}(?:\s+{_ITEM}){{2,}}(?:\s*\(\d+\))?\s*$
    |(?:\A|\n)\s*(?:read\s+more|tweet\s+this|sponsored(?:\s+(?:content|post))?|sign\s+in\s+to\s+continue
        |filed\s+under:[^\n]*|posted\s+in\s[^\n|]*\|[^\n]*
        |\d+\s+comments?|(?:view|show)\s+(?:all\s+)?comments|print\s+this(?:\s+page)?)\s*(?=\n)
    |\n\s*(?:read\s+more|tweet\s+this|sponsored(?:\s+(?:content|post))?|sign\s+in\s+to\s+continue
        |filed\s+under:[^\n]*|posted\s+in\s[^\n|]*\|[^\n]*
        |\d+\s+comments?|(?:view|show)\s+(?:all\s+)?comments|print\s+this(?:\s+page)?)\s*\Z
    |google_ad_client|googletag|window\.dataLayer|document\.write\(|<!\[CDATA\[
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
FRAME_HINTS = (
    "read more\n", "\nread more", "tweet this", "sponsored", "sign in to", "filed under", "posted in", " comments",
    "print this", "<![cdata[",
    "skip to", "toggle nav", "back to top", "cookie", "manage consent", "manage preferences", "share on",
    "share via", "share to", "share this", "share:", "facebook", "twitter", "linkedin", "whatsapp", "us on",
    "subscribe", "newsletter", "javascript", "java script", "rights reserved", "©", "»", "›", "→", ">>", " more...",
    "continue reading", "advertisement", "edit ]", "[edit", "[citation", "wordpress", "leave a", "home >", "home /",
    "home&gt;", "google_ad", "googletag", "datalayer", "document.write", "log in |", "login", "privacy policy |",
    "| privacy", "menu", "sign in |", "previous article", "next article", "register |", "| register", "about |",
    "| about", "contact |", "| contact", "home |", "| home", "| help",
)  # fmt: skip
"""Lower case; a text that holds none of them needs no look with `FRAME`."""

_RIGHTS = r"(?:all\s+rights\s+reserved|copyright\s+©|©\s*(?:19|20)\d\d|©\s*\w+\s+(?:19|20)\d\d)"
RIGHTS = re.compile(
    rf"\A(?!.*(?:licen[cs]e|redistribut|permission is|warrant(?:y|ies)|copyright.*copyright))"
    rf"(?:(?!\W*(?:copyright|©|\(c\)|files:)).{{12,}}?{_RIGHTS}|[^\n]{{0,80}}{_RIGHTS}[^\n]{{0,40}}\n.{{8,}})",
    re.IGNORECASE | re.DOTALL,
)
"""A notice of rights under or over a text that is about something else."""
RIGHTS_HINTS = ("rights reserved", "©")

CHAT_TOKEN = re.compile(
    r"<\|[a-z][\w ]{1,30}\|>|<｜[^｜\n]{1,40}｜>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|<(?:bos|eos|pad|unk|mask)>|</s>|\A\s*<s>(?![\s\S]*</s>\s*\S)|\[(?:PAD|CLS|SEP|MASK|BOS|EOS|gMASK)\]"
    r"|<extra_id_\d+>"
    r"|^\s*\#{2,3}\s*(?:instruction|response|input|human|assistant|user|system|prompt|completion)s?\s*:",
    re.IGNORECASE | re.MULTILINE,
)
TURNS = re.compile(
    r"^\s*(?:human|user)\s*:[^\n]*\S[\s\S]*?^\s*(?:assistant|ai|bot)\s*:|^\s*(?:assistant|human)\s*:\s*\Z",
    re.IGNORECASE | re.MULTILINE,
)
"""Turns of a talk written into an answer; in an input a talk is what the question is about."""
TURN_HINTS = ("human:", "user:", "assistant:")

WIKI = re.compile(
    r"\[(url|quote|img|color|size|spoiler|b|i|u)(?:=[^\]\n]*)?\](?=[\s\S]*?\[/\1\])"
    r"|\[\[(?:file|image|category|media):[^\]]*\]\]|\[\[[^\]\[\n|]{2,60}\|[^\]\[\n]{1,60}\]\]"
    r"|\{\{(?:cite|infobox|reflist|citation|main|see also)\b[^}]*\}\}|'''[^'\n]+'''"
    r"|\[[a-z][\w-]*(?:\s+[a-z][\w-]*=[\"“'][^\"”'\]\n]*[\"”'])+\s*/?\]|\[(?:caption|gallery|vc_\w+"
    r"|et_pb_\w+)\b[^\]\n]*\]",
    re.IGNORECASE,
)
WIKI_HINTS = (
    "[caption", "[gallery", "[vc_", "[et_pb", "=\"", "=“", "[url", "[quote", "[img", "[color", "[size", "[spoiler",
    "[b]", "[i]", "[u]", "[[", "{{", "'''",
)  # fmt: skip
TOKEN_HINTS = (
    "<|", "<｜", "inst]", "sys>>", "_of_turn", "<bos", "<eos", "<pad", "<unk", "<mask", "</s>", "<s>", "[pad",
    "[cls", "[sep", "[mask", "[bos", "[eos", "[gmask", "<extra_id", "##",
)  # fmt: skip
