"""Do two answers to one question contradict each other, though many answers can be right for this kind of task?

They do where the data is made of short facts, `1975`, `on Thursday`, that are asked for; wherever they say the same but
for a number, a negation or an opposite: `within 14 days`, `within 30 days`; and where they are two values of what can
be computed from the question. What was found so, and what wrongly: docs/decisions/0036. The limits below are our
choice, by the made-up files that are told of there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from decimal import Decimal
from functools import cache

from backend.audit.answers_elsewhere import telling_words
from backend.audit.own_words import light
from backend.audit.said import negations, read
from backend.audit.same_thing import beyond, opposed
from backend.audit.text import words
from backend.audit.vocabulary import opposites, word_list

FACT = 5
"""Most words of a short fact."""
MOSTLY = 0.8
"""Share of the answers, or of the questions, that must be of one kind for the data to be of that kind."""
LOOK_AT = 1000
"""Most texts that are looked at to tell the kind, at even distances."""
AGAIN = 0.33
"""Share of the names that must come again, and of those that must have several words, where things are named."""
MOST_ARE_TEXTS = 0.5
"""Share of the questions that must have more words than a fact, besides those of most questions, where things are
named."""
SUGGESTED = 0.1
"""Most questions, as a share, that ask for something like the others, or for ideas, of which there are many."""
LONGER = 4
"""Fewest letters of a word in a name that has a capital, unlike `of` and `the`."""
IN_COMMON = 0.2
"""Most of the words of the shorter of two names that both have though they name different things, as a share."""
LONGEST_NAME = 20
"""Most words of a name, small words not counted."""
FEWEST = 4
"""Fewest words of two answers that may say the same but for a number or a negation."""
_ASKS = re.compile(
    r"\W*(?:who|whom|whose|when|where|which|what|how (?:many|much|old|long|tall|far|often|big|high|deep|large|heavy)"
    r"|is|are|was|were|do|does|did|has|have|can|wer|wann|wo|welche[rsn]?|wie (?:viele?|hoch|alt|lang|weit|oft)|ist|sind"
    r"|(?:on|in|at|to|from|for|with|by|of|under|into) (?:which|what|whom|whose)"
    r"|(?:an|auf|bei|in|mit|seit|von|vor|zu) (?:welche[mnrs]?|wem|wann)|(?:à|dans|de|en|pour|sur) quel(?:le)?s?"
    r"|(?:a|de|desde|en|por) (?:cuál|cuándo|qué|quién)"
    r"|(?:give|identify|look up|name|provide|return|say|state|tell|write)(?: me| us)? (?:its|the)(?! (?:\w+ ){0,2}?"
    r"(?:answer|caption|comment|headline|idea|keyword|message|name for|note|paraphrase|reply|response|sentence|slogan"
    r"|story|summary|tag|title|topic)s?\b)(?=.{3,40}(?:\b(?:for|in|of|on|to)\b|:))"
    r"|(?:guess|identify|name|recogni[sz]e) the(?! (?:\w+ ){0,2}?(?:answer|headline|idea|name|title|topic)s?\b)"
    r"(?=.{3,40}\b(?:behind|defined|described|from|meant|shown|that|which|who|whose|with)\b)"
    r"|(?:the )?(?:\w+ ){0,2}?(?:abbreviation|author|birthday|capital|code|colou?r|continent|currency|founder|height"
    r"|inventor|length|number|population|price|size|symbol|weight|year) (?:for|in|of)"
    r"|(?:gib|nenne)(?: mir| uns)? (?:das|den|die)\b(?=.{3,40}(?:\b(?:für|von|zu)\b|:))"
    r"|(?:bestimme|errate|nenne) (?:das|den|die)\b(?=.{3,40}\b(?:beschrieben\w*|gemeint\w*|gesucht\w*)\b)"
    r"|qui|quand|où|quel(?:le)?s?|combien|quién|cuándo|dónde|cuál(?:es)?|cuánt[oa]s?|qué)\b"
    r"(?!.*\b(?:rhym|synonym|exampl))",
    re.IGNORECASE | re.DOTALL,
)
"""How one asks for a fact, of which there is one."""

_SUGGEST = re.compile(
    r"\b(?:advise|come up with|idea|ideas|invent|propose|recommend\w*|similar|something like|suggest\w*|give me an?"
    r"|name an?|might like|favou?rite)\b",
    re.IGNORECASE,
)
_COMPUTES = re.compile(
    r"\W*(?:(?:add|calculate|compute|convert|distribute|divide|evaluate|multiply|round|share|simplify|solve|split|subtract"
    r"|work out)\b|(?:determine|find) (?:its|the|x|y)\b)",
    re.IGNORECASE,
)
"""How one asks for a number that follows from others."""
_LEFT_OPEN = re.compile(r"(?:=|\b(?:equals?|is))\Z", re.IGNORECASE)
"""How what is to be computed ends where it is not asked for in words: `Area of a square of side 3 =`."""
_OPERATOR, _WORD = re.compile(r"[-−+*/×÷^=<>]"), re.compile(r"[^\W\d_]{4}")
_FIGURES = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_VALUE = re.compile(
    rf"([^\d\n]{{0,12}}?)([-−]?{_FIGURES})(?:/([1-9]\d{{0,9}}))?([^\d^]{{0,20}}(?:\^\d)?)"
)
"""A number or a fraction, and what stands before and behind it: a currency, a unit, `m^3`."""
_STATED = re.compile(
    r"(?:so |then |thus )?(?:the |my )?(?:answer|it|outcome|result|solution|sum|total|value)"
    r"(?: is| equals?| comes to|:| =) *(?:about |exactly |just )?([^\d\s]?)"
    rf"([-−]?{_FIGURES}) ?([^\W\d_]{{0,12}}|%)[.!]?",
    re.IGNORECASE,
)
"""A result without the way to it: `The result is 42.`, `The answer is €3.50.`"""
_NUMBER = re.compile(rf"(?<![\w.]){_FIGURES}")
ABOUT = 0.01
"""Share by which two results differ at most of which one may be the other rounded."""
_SENTENCE_END = re.compile(r"[.!]\s")
"""Where what is given ends, and a question follows: `A box holds 6 eggs. How many are in 4 boxes?`"""
_LABEL = re.compile(r"\A[^:?\n]{1,40}:\s+(?=\S)")
"""What may stand before a question: `Question:`, `Answer in a word:`."""
_WHOLE = re.compile(r"(?<![.,\w])[0-9]{1,15}(?![.,]?\w)")
"""A whole number in figures, which `1,000` and `3.50` are not."""
_LETTERLESS = re.compile(r"[^\w'’]|_")
"""Signs that are no part of a word."""
_RESULT = re.compile(r"([^=≈]*\d[^=≈]*)[=≈]([^=≈]+)")
"""What is computed, and what comes of it: `√(3² + 4²) = 5`."""
_YES = frozenset(("yes", "yeah", "yep", "ja", "oui", "sí", "sim", "tak", "да"))
"""Words in which, besides small ones, two answers may differ where one denies: `yes, you may`, `no, you may not`."""


def are_facts(answers: Sequence[str]) -> bool:
    """Whether four in five answers are so short that each is one fact."""
    some = answers[:: len(answers) // LOOK_AT + 1]
    return sum(0 < len(words(answer)) <= FACT for answer in some) >= MOSTLY * len(some)


def are_codes(answers: Sequence[str]) -> bool:
    """Whether four in five answers are one word with a digit: a question for a code has one right answer."""
    some = answers[:: len(answers) // LOOK_AT + 1]
    codes = (len(answer.split()) == 1 and any(map(str.isdigit, answer)) for answer in some)
    return sum(codes) >= MOSTLY * len(some)


def tell_names(questions: Sequence[str], answers: Sequence[str]) -> bool:
    """Whether it is told which of some known things a text belongs to: the film that a line is from, its author.

    The answers are names, and a third of them come again for other questions; these are no names themselves, as where
    names are paired, and ask for no suggestions.
    """
    some = questions[:: len(questions) // LOOK_AT + 1]
    said = [words(question.casefold()) for question in some]
    usual = Counter(word for one in said for word in set(one))  # an instruction is in all of them
    texts = sum(sum(2 * usual[word] < len(some) for word in one) > FACT for one in said)
    if texts < MOST_ARE_TEXTS * len(some) or sum(map(bool, map(_SUGGEST.search, some))) > SUGGESTED * len(some):
        return False
    given = [answer.strip() for answer in dict.fromkeys(answers)]
    named = sum(map(_is_name, given))
    longer = sum(" " in answer for answer in given)
    again = Counter(answer for _, answer in set(zip(questions, answers, strict=True)))
    rows = sum(times for times in again.values() if times > 1)
    return named >= MOSTLY * len(given) and longer >= AGAIN * len(given) and rows >= AGAIN * again.total()


def _is_name(text: str) -> bool:
    """Whether it begins with a capital or a digit, and so do its longer words; `Good morning` is none."""
    return not text[:1].islower() and not any(word[0].islower() and len(word) >= LONGER for word in text.split())


def ask_by_code(questions: Sequence[str]) -> bool:
    """Whether four in five questions ask for a fact and end in a code, as where things are looked up by their codes."""
    some = questions[:: len(questions) // LOOK_AT + 1]
    return sum(_ends_in_code(question) and asks_for_a_fact(question) for question in some) >= MOSTLY * len(some)


def _ends_in_code(question: str) -> bool:
    """Whether the last word has a digit. A plain number, `404`, counts only as the only one, without a mark behind."""
    *before, last = question.split() or [""]
    if not any(map(str.isdigit, last)):
        return False
    return any(map(str.isalpha, last)) or (last[-1].isdigit() and not any(map(str.isdigit, "".join(before))))


def are_unlike(first: str, second: str) -> bool:
    """Whether two short answers share hardly any words but small ones, and so are no two wordings of one thing."""
    one, two = telling_words(first), telling_words(second)
    return len(one & two) <= IN_COMMON * min(len(one), len(two)) and max(len(one), len(two)) <= LONGEST_NAME


def asks_for_a_fact(question: str) -> bool:
    """Whether a question, or a later line of it that ends in a question mark, opens by asking for one thing: `when`."""
    lines = [line for line in question.splitlines()[1:] if line.rstrip().endswith(("?", "？"))]
    return any(_ASKS.match(line) or _ASKS.match(_LABEL.sub("", line)) for line in (question, *lines))


def asks_for_a_value(question: str) -> bool:
    """Whether a number is asked for that follows from those in the question: `What is 220% of 147?`, `5x + 8 = 9`."""
    if not any(map(str.isdigit, question)):
        return False
    last = _SENTENCE_END.split(question.strip())[-1]
    if _COMPUTES.match(question) or _COMPUTES.match(last) or _LEFT_OPEN.search(question.rstrip(" \n\t:?")):
        return True
    if not _WORD.search(question) and _OPERATOR.search(question):
        return True
    return asks_for_a_fact(question) or asks_for_a_fact(last)


def other_value(first: str, second: str) -> bool:
    """Whether both are one number, and neither is the other rounded, or in another unit: `323.4` and `323.5`.

    They differ by at least one in the last place of the one with fewer places: 323.4 and 323 may be the same. Where one
    unit is left out they also differ in more than the zeros: `5` may be 5 million.
    """
    one, two = _VALUE.fullmatch(first.strip()), _VALUE.fullmatch(second.strip())
    if not one or not two:
        return False
    units = [{found[place].strip(" .=") for found in (one, two)} for place in (1, 4)]
    numbers = [Decimal(found[2].replace(",", "").replace("−", "-")) for found in (one, two)]
    numbers = [n / Decimal(found[3]) if found[3] else n for n, found in zip(numbers, (one, two), strict=True)]
    if any(len(pair - {""}) > 1 for pair in units):
        return False
    digits = {number.normalize().as_tuple().digits for number in numbers}
    exponent = max(int(number.as_tuple().exponent) for number in numbers)  # finite: only digits were matched
    differ = abs(numbers[0] - numbers[1]) >= Decimal(1).scaleb(exponent)
    return differ and (len(digits) > 1 or all(len(pair) == 1 for pair in units))


def other_result(question: str, first: str, second: str) -> bool:
    """Whether one answer is a result and no more (`The result is 42.`), and the other one works out another.

    The other holds numbers that are not in the question, and none of them is that result, rounded or in another unit.
    """
    for result, worked in ((first, second), (second, first)):
        found = _STATED.fullmatch(result.strip())
        if found and found[1] in worked and found[3].casefold() in worked.casefold():
            given, told = _numbers(question), _numbers(worked)
            (number,) = _numbers(found[2])
            if told - given and not any(_may_be_one(number, one) for one in told):
                return True
    return False


def _numbers(text: str) -> set[Decimal]:
    return {Decimal(one.replace(",", "")) for one in _NUMBER.findall(text)}


def _may_be_one(one: Decimal, two: Decimal) -> bool:
    digits = {number.normalize().as_tuple().digits for number in (one, two)}
    return len(digits) == 1 or abs(one - two) <= Decimal(ABOUT) * max(one, two)


def surely_agree(first: Set[str], second: Set[str]) -> bool:
    """Whether two answers, given by what stands between their blanks, in lower case, do not `contradict` each other:
    one speaks of a thing that the other does not. Seen in a hundredth of the time that reading them takes."""
    ours, theirs = first - second, second - first
    if _has_own(ours, theirs) or _has_own(theirs, ours):
        return True
    ours, theirs = ({_LETTERLESS.sub("", word) for word in more} for more in (ours, theirs))
    return _has_own(ours, theirs) or _has_own(theirs, ours)


def _has_own(ours: Set[str], theirs: Set[str]) -> bool:
    """Whether one of our words is none that may be written otherwise, nor part of one of theirs: `web site`."""
    longer = [other for other in theirs if len(other) > 1]
    return any(
        word.isalpha()
        and word not in _may_differ()
        and word not in theirs
        and not any(word in other or other in word for other in longer)
        for word in ours
    )


def differ_by_numbers(first: str, second: str) -> bool:
    """Whether two answers are the same to the letter but for whole numbers: they `contradict` each other then."""
    if _WHOLE.sub("0", first) != _WHOLE.sub("0", second) or len(words(first)) < FEWEST:
        return False
    ones, twos = (sorted(map(int, _WHOLE.findall(text))) for text in (first, second))
    return ones != twos


@cache
def _may_differ() -> frozenset[str]:
    """Words in which answers may differ that contradict each other, or that may be written otherwise."""
    return light() | word_list("negations") | _YES | {word for pair in opposites() for word in pair}


def _other_result(first: str, second: str) -> bool:
    """Whether both compute the same numbers, without letters that stand for any, and come to another value."""
    one, two = _RESULT.fullmatch(first), _RESULT.fullmatch(second)
    if not one or not two or any(map(str.isalpha, one[1])) or one[1].split() != two[1].split():
        return False
    return other_value(one[2].strip(" ."), two[2].strip(" ."))


def contradict(first: str, second: str) -> bool:
    """Whether two answers compute the same and come to another value; or, of `FEWEST` words or more, say the same but
    for numbers, a negation or an opposite."""
    if _other_result(first, second):
        return True
    one, two = read(first), read(second)
    if min(len(one.words), len(two.words)) < FEWEST or one.operators != two.operators:
        return False
    only_one, only_two = (beyond(Counter(a.words), Counter(b.words)) for a, b in ((one, two), (two, one)))
    if {*only_one} <= {*one.numbers} and {*only_two} <= {*two.numbers}:
        return len(only_one) == len(only_two) > 0
    if len(only_one) == len(only_two) == 1:
        return opposed(only_one, only_two)
    denied = (negations(only_one) == 0) != (negations(only_two) == 0)
    light = word_list("small") | word_list("negations") | _YES
    return denied and light.issuperset((*only_one, *only_two))
