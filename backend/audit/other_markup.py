"""Markup of other kinds than HTML: of wikis, boards, blogs, LaTeX, reST, Markdown and mail.

Signs written out as `\\u00e9` or `=C3=A9` are damage, not markup (`escapes.py`).
"""

from __future__ import annotations

import re

_BOARD = (
    r"url|quote|img|color|colour|size|spoiler|b|i|u|s|center|left|right|code|font|list|youtube|video|html|php|indent"
    r"|attach(?:ment)?|email|table|media|highlight|sub|sup"
)
BOARD = re.compile(rf"\[/?(?:{_BOARD})(?:=[^\]\n]{{0,200}})?\]", re.IGNORECASE)
"""A tag of the markup of bulletin boards: `[b]`, `[/quote]`."""
_TEMPLATE = (
    r"cite|infobox|reflist|citation|main|see also|stub|cn|fact|sfn|efn|refn|convert|lang|coord|short description"
    r"|use \w+ dates|redirect|dead link|ipa\w*|birth date|death date|navbox|authority control|unreferenced|clarify"
    r"|flag|as of|portal|commons|taxobox|quote|blockquote|isbn|webarchive|expand|refimprove|multiple issues"
    r"|defaultsort|disambiguation|[\w ]{2,20}-stub"
)
_OTHER = re.compile(
    # Boards
    rf"\[({_BOARD})(?:=[^\]\n]*)?\](?=[\s\S]*?\[/\1\])"
    r"|\[/(?:quote|url|img|colou?r|size|code|spoiler|center|[biu])\]"
    # Wikis
    r"|\[\[(?:file|image|category|media):[^\]]*\]\]|\[\[[^\]\[\n|]{2,60}\|[^\]\[\n]{1,60}\]\]"
    rf"|\{{\{{(?:{_TEMPLATE})\b[^}}]*\}}\}}|'''[^'\n]+'''|^\{{\| ?(?:class|style|border)=|^#redirect ?\[\["
    r"|__(?:no)?(?:toc|editsection|index)__|^(={2,5}) ?[^=\n]{1,80}[^=\s] ?\2\s*$"
    # Blogs
    r"|\[[a-z][\w-]*(?:\s+[a-z][\w-]*=[\"“'][^\"”'\]\n]*[\"”'])+\s*/?\]"
    r"|\[(?:caption|gallery|vc_\w+|et_pb_\w+)\b[^\]\n]*\]"
    # Markdown
    r"|!\[[^\]\n]*\]\((?:https?:|data:|//|/|\.\./)[^)\n]*\)"
    r"|\[(?:read|learn|view|see) (?:more|all)[^\]\n]{0,30}\]\([^)\n]*\)"
    r"|\[(?:↑|back to top|top|skip to [^\]\n]*)\]\(#[^)\n]*\)"
    # reST
    r"|^\.\. (?:image|figure|raw|toctree|include|contents|_[\w-]+:)|(?<!`)`[^`<\n]{1,60} <https?://[^>\n]*>`_"
    # LaTeX, RTF, Org
    r"|(?<=[a-z.,}~ ])\\(?:cite[pt]?|footnote|label|ref|includegraphics)(?:\[[^\]\n]*\])?\{[^}\n]*\}"
    r"|\\(?:textbf|textit|emph|section|subsection|paragraph|underline)\{[^}\n]{3,}\}(?![^\n]*\$)"
    r"|\\hline\b|\\pard\b|\\par\\par\b|\\b0\\par\b"
    r"|^#\+(?:title|author|date|options|begin_\w+|end_\w+)\b|^[ \t]*:properties:[ \t]*$"
    # Links of wikis and Org, mail, templates
    r"|\[https?://[^\s\]]+ [^\]\n]{1,80}\](?!\()|\[\[https?:[^\]\n]*\]\[[^\]\n]*\]\]|=20\n"
    r"|<%=? [\w.]+ %>|<\?php\b|\*\|[A-Z_]+\|\*|\{% (?:end)?(?:if|for|block) ?[^%\n]*%\}"
    r"|\\(?:begin|end)\{(?:itemize|enumerate|figure|center|quote|abstract)\}|\{\\rtf1",
    re.IGNORECASE | re.MULTILINE,
)
HINTS = (
    "[caption", "[gallery", "[vc_", "[et_pb", '="', "=“", "[/", "[[", "{{", "'''", "{|", "toc__", "__no", "==", "![",
    "more](", "all](", "](#", ".. ", ">`_", r"\cite", r"\footnote", r"\label", r"\ref", r"\includeg", r"\text",
    r"\hline", r"\par", r"\b0", "#+", ":properties:", "=20", "<%", "<?php", "*|", "{%", "[http",
    r"\emph", "section{", r"\begin{", r"\rtf", r"\underline", r"\paragraph",
)  # fmt: skip
"""Lower case; what every text with such markup holds."""
_DOCUMENT = re.compile(r"\\documentclass|\\usepackage|\\begin\{(?:align|equation|matrix|tabular)", re.IGNORECASE)
_UNFILLED = re.compile(r"(?<!\$)\{\{ ?\$?[a-z_]+(?:\.[a-z_]+)? ?\}\}", re.IGNORECASE)
_OF_TEMPLATES = re.compile(
    r"templat|placeholder|variable|replace|curly|brace|merge|token|config|workflow|snippet|macro|render|expression"
    r"|jinja|handlebars|mustache|vue|angular|django|liquid|helm|ansible"
    r"|\b(?:a|an|the|this) (?:\w+ )?function\b|[=:{]\s*[\"'`]",
    re.IGNORECASE,
)
"""Texts about templates, or programs."""
_PICTURE = re.compile(r"(?<!\w)!\[[^\]\n]{0,200}\]\([^()\n]{1,300}\)|(?<!\w)!\[[\w ,.'’-]{0,100}\]\[[\w -]{0,40}\]")
_OF_MARKDOWN = re.compile(r"markdown|readme|\balt[- ]text|\bsyntax", re.IGNORECASE)
_WORDS = re.compile(
    rf"\[/?(?:{_BOARD})(?:=[^\]\n]*)?\]|\[\[(?:[^\]\[\n|:]+\|)?([^\]\[\n|:]+)\]\]"
    r"|'''?|^={2,5} ?|(?<=\w) ?={2,5}\s*$"
    r"|\\(?:textbf|textit|emph|underline|section|subsection|paragraph)\{([^}\n]*)\}",
    re.IGNORECASE | re.MULTILINE,
)


FORMS = (_OTHER, _UNFILLED, _PICTURE)
"""One of which every text with such markup holds."""


def has_slot(text: str) -> bool:
    """Whether it holds a slot of a template: `{{first_name}}`."""
    return "{{" in text and _UNFILLED.search(text) is not None


def has_other(text: str) -> bool:
    """Whether there is any. Whole LaTeX documents and formulas are meant to be what they are."""
    lower = text.lower()
    if not any(hint in lower for hint in HINTS):
        return False
    if "{{" in lower and _UNFILLED.search(text) and not _OF_TEMPLATES.search(text):
        return True
    if "![" in lower and _PICTURE.search(text) and not _OF_MARKDOWN.search(_PICTURE.sub(" ", text)):
        return True
    return not ("\\" in text and _DOCUMENT.search(text)) and _OTHER.search(text) is not None


def without(text: str) -> str:
    """The words of the text, without what set them off."""
    if not has_other(text):
        return text
    return _OTHER.sub("", _PICTURE.sub("", _WORDS.sub(lambda found: found.group(1) or found.group(2) or "", text)))
