"""Refusals that speak of nothing but themselves: who declines, that they decline, what kind of thing was asked.

Whoever declines a request as an assistant names nothing that it is about: `that's outside what I can help with`, `let's
steer clear of this topic`. Whoever declines for a reason of their trade does: `we cannot refund shoes after 30 days`.
So all words must be words of refusing, small words included, and some of them must say no, and to what.
"""

from __future__ import annotations

import re
from functools import cache

from backend.audit.vocabulary import phrases, stop_words, word_list

LONGEST = 260
"""Characters of an answer that says nothing else."""
STRANGE = 0.15
"""Share of the words behind the first sentence that may be others."""

_WORD = re.compile(r"[^\W\d_]+")
"""A run of letters."""
_SENTENCE = re.compile(r"[.!?]\s")
"""The end of a sentence that others follow."""
_FIRST_SENTENCE = re.compile(r"[\W\d_]*+(?:[^\W\d_]++|[ ,;:()'’–—-]++)++[.!?…\n]")
"""A text that has come to the end of its first sentence."""
_SHORTENED = frozenset("t m s d ll ve re".split())
"""What an apostrophe leaves of a word."""

_I = r"\b(?:i|me|my|mine|myself)\b"
"""The speaker."""
_WE = rf"\b(?:we|us|our|let's|language models?|(?:this|the|our|your|a) (?:\w+ )?{phrases('bots')})\b"
"""The speaker and others, or a machine that is spoken of."""
_NOT, _DECLINES = phrases("refusing_not"), phrases("refusing_declines")
"""That they do not; that they decline."""
_TALKS, _GIVES = phrases("refusing_talks"), phrases("refusing_gives")
"""What an assistant does by talking (help, answer, discuss), and what it gives or may do."""
_KIND = phrases("refusing_kinds")
"""Kinds of things that are asked."""
_ASKED = rf"\b(?:this|that|such|your|these|those|the|of|to|with) (?:\w+ ){{0,3}}?{_KIND}"
"""What was asked, pointed at and called by its kind."""
_SAYS_NO = re.compile(
    "|".join(
        (
            rf"(?=.*{_I})(?=.*{_NOT})(?=.*(?:{_TALKS}|{_GIVES}|{_ASKED}))",
            rf"(?=.*(?:{_WE}|\b(?:such|these) {_KIND}))(?=.*{_NOT})(?=.*(?:{_TALKS}|{_ASKED}|do that))",
            rf"(?=.*(?:{_I}|{_WE}|\b(?:this|that|such|your|these) (?:\w+ )*{_KIND}"
            rf"|\b(?:this is|this can not be|content)\b))(?=.*{_DECLINES})",
            rf"(?=.*{phrases('experts')})(?=.*{phrases('refusing_sends_on')})"
            r"(?=.*\b(?:you|i|me|your|please|question)\b)(?!.*\bnot need)",
            r"(?=.*\byou(?:r|rself)?\b)(?=.*\b(?:another source|elsewhere|(?:someone|somebody) else)\b)",
            rf"\A(?:(?:sorry|nope|no|so|really|afraid|i am|unfortunately)[, ]+)*{phrases('refusing_bare')} "
            rf"(?:{_TALKS}|{_GIVES}|do\b)",
            r"\A(?:sorry, )?no (?:comment|can do|answer from me)\W*\Z|\A(?:that )?i can not do\W*\Z",
            r"\A(?:\w+, )?(?:(?:this|that)(?: is|'s) off the table"
            r"|(?:a )?hard pass(?: on (?:this|that)(?: one)?)?)\W*\Z",
        )
    )
)
"""Of answers that say nothing else: who, that they do not, and what; or that it is declined; or who else to ask."""
_PLAINLY = re.compile(
    rf"\bi\b[^,;]*{_NOT}[^,;]*(?:{_TALKS}|{_ASKED})|(?=.*(?:{_I}|{_WE}))(?=.*{_ASKED})(?=.*{_DECLINES})"
)
"""What one other word does not make a reason of a trade."""
_OF_ANSWERING = re.compile(rf"{_TALKS}|{_ASKED}|\bno can do\b|\bhard pass\b|off the table")
"""What an exclamation must speak of: `You won't stop us!` is said in a story."""
_OTHERWISE = re.compile(
    r"\b(?:not|never) (?:\w+ )?understand\b|\b(?:yet|(?:until|unless|before) (?:you|we))\b|\bnot help (?:but|\w+ing)\b"
    r"|\bif you can not\b|\bi always\b|\b(?:do|does|did|would|could|can) not you\b"
    r"|\bmore (?:\w+ ){0,3}than (?:i|words) (?:can|could|will)\b(?! help| assist| answer)"
    r"|\bi can not (?:tell|say|thank|stress) (?:you )?(?:how|enough)\b"
    r"|\b(?:recommend|suggest) anything (?:better|more|else|other|different|but|except)\b"
    r"|\bnot (?:\w+ )?(?:all|everyone|everybody|everything)\b|\b(?:when|where|if|while) (?:we|i) (?:can|do|could) not\b"
    r"|\bor (?:we|you|they|it) (?:may|might|will) not\b|\b(?:make|made|making) (?:it|that|this) up\b"
    r"|\bin this (?:text|book|chapter|section|document|article|paper|manual|guide)\b|\bwe do (?:not )?know\b"
    r"|\b(?:i|we) (?:must|have to) (?:say|admit),? (?:that )?(?:it|they|he|she) \w+"
    r"|\b(?:i|we) (?:\w+ )?(?:believe|think) (?:that )?(?:we|they|it) should\b|\A(?:and |then )?(?:say|says|said)\b"
)
"""That nothing was understood, or happened yet; that somebody must; on what it depends; what passes words, or all else;
that not all is done, or what else would not be; what an author leaves out of a book, must say of it, or thinks right;
what others say."""
_MORE_HELP = re.compile(
    r"\b(?:is|if) there (?:is )?(?:any|some)thing else\b[^.!?]*[.!?]*"
    r"|(?:\A|(?<=[.!?,] ))(?:and |so |but )?anything else (?:that |which )?(?:i|we) (?:can|could|may)\b[^.!?]*[.!?]*"
    r"|\b(?:if|should|when(?:ever)?|let (?:me|us) know if) you (?:need|want|require) anything else\b[^.!?]*[.!?]*"
    r"|\b(?:do not|never|without) hesita\w+[^.!?]*[.!?]*"
)
"""That more help is to be had, which is said with many of the words that send somebody elsewhere."""
_SAYS_NO_BESIDES = re.compile(
    rf"{_NOT}|{_DECLINES}|\A\W*(?:(?:i am|so|very|really|my) )*(?:sorry|afraid|apolog\w+)\W*\Z"
)
"""That the rest of such a text says no, or nothing but an apology, so that the offer stands for an answer."""
_NO_ABROAD = re.compile(phrases("no_abroad"))
"""Words that say no in other languages, by their form."""
_I_ABROAD = frozenset("ich mir je nous ik jag jeg я мне puedo posso consigo mogę nemohu".split())
"""`I`, and verbs in that person, in other languages."""


@cache
def _abroad() -> frozenset[str]:
    small = frozenset(word for name, words in stop_words().items() if name != "English" for word in words)
    return small | word_list("negations") | word_list("asked_abroad") | word_list("refusing_abroad")


@cache
def _of_refusing() -> frozenset[str]:
    """The words of refusing in all languages, with what is left of them before and behind an apostrophe."""
    words = {piece for word in word_list("refusing") | _abroad() for piece in _WORD.findall(word)}
    return frozenset({*words, *(f"{word}n" for word in words), *_SHORTENED})


def opens_with_refusing(answer: str) -> bool:
    """Whether the first sentence holds hardly any words but those of refusing: a first look."""
    known = _of_refusing()
    for word in _WORD.finditer(answer):
        if word.group().lower() not in known:
            return _FIRST_SENTENCE.match(answer[: word.start()]) is not None
    return _FIRST_SENTENCE.match(f"{answer}\n") is not None


def speaks_of_refusing_only(text: str) -> bool:
    """Whether an answer (plain, see `refusals`) says no and nothing else."""
    if len(text) > LONGEST or (text.endswith("!") and not _OF_ANSWERING.search(text)):
        return False
    rest = _MORE_HELP.sub(" ", text)
    if rest != text and not _SAYS_NO_BESIDES.search(rest):
        return False
    end = found.start() if (found := _SENTENCE.search(text)) else len(text)
    first, behind = _WORD.findall(text[:end]), _WORD.findall(text[end:])
    refusing = word_list("refusing")
    strange = [len([word for word in part if word not in refusing]) for part in (first, behind)]
    if strange[0] == 0 and strange[1] <= STRANGE * len(behind):
        said = filter(_is_of_refusing, _SENTENCE.split(rest)) if strange[1] else [text]
        says_no = any(map(_SAYS_NO.search, said))
    else:
        plainly = sum(strange) <= max(1, STRANGE * (len(first) + len(behind))) and _PLAINLY.search(text[:end])
        says_no = bool(plainly) or _only_abroad(first)
    return says_no and not _OTHERWISE.search(text)


def says_no_abroad(text: str) -> bool:
    """Whether it says no in a word that is not English: what is a no in English may be a translation of it."""
    words = {word.lower() for word in _WORD.findall(text)}
    signs = (no for no in word_list("negations") if len(no) == 1)
    return not words.isdisjoint(_abroad_only()) or any(map(text.__contains__, signs))


@cache
def _abroad_only() -> frozenset[str]:
    english = stop_words()["English"] | word_list("refusing") | {"unless", "except", "hardly", "barely"}
    words = {"nichts", *word_list("negations")} - english
    return frozenset(no for no in words if not (no.isascii() and no.endswith("nt")))


def _is_of_refusing(sentence: str) -> bool:
    return word_list("refusing").issuperset(_WORD.findall(sentence))


def _only_abroad(words: list[str]) -> bool:
    if word_list("asked_abroad").isdisjoint(words) and _I_ABROAD.isdisjoint(words):
        return False
    no = any(word in word_list("negations") or _NO_ABROAD.fullmatch(word) for word in words)
    return no and all(word in _abroad() for word in words)
