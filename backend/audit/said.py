"""A text taken apart for comparison: its words as they are compared, and those of its parts that must not differ."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import eq

from backend.audit.courtesy import without_courtesy
from backend.audit.slips import is_misread
from backend.audit.text import words
from backend.audit.vocabulary import FIGURES, spellings, word_list
from backend.audit.written import in_one_way

_MINUS = re.compile(r"(?<=\d)\s*-\s*(?=\d)|\s-\s*(?=\d)")
"""A minus between numbers or before one; other strokes join words."""
_OPERATOR = re.compile(r"(?<=[\w\s)\]])\s*([-+*/×÷=<>^%|&]|[<>=!]=)\s*(?=[\s\d(\w])")
"""An operator between two words, numbers or brackets."""
_PART, _MORE = r"[^\WA-Za-z]*+[A-Za-z]", r"(?:\.|::|\\)[^\WA-Za-z]*+[A-Za-z]\w*+"
"""How the parts of such a name begin: with a letter of ASCII, after digits and signs of other scripts if there are
any."""
_MARKED = re.compile(
    rf"`[^`\n]+`|(?<!\w){_PART}(?:[^\W_]*+_{_PART}\w*+(?:{_MORE})*+|\w*+(?:{_MORE})++)"
    r"|_\w+|\b[a-z]+[A-HJ-Z]\w*|(?<!\w)[A-Z]{3}[A-Z.\d]*+(?=\()|(?<!\w)[/~$-]{1,2}[a-z][\w/.-]*"
)
"""Names of programs, functions, files and options. A capital I inside a word may be an l."""
_PERHAPS_MARKED = re.compile(r"[A-Z]\(|[.:\\_/~$A-Z-](?:(?<![A-Z])\w|(?<=[a-z][A-Z]))")
"""What every one of them but one in backticks holds: a tenth of the time of `_MARKED`, which tries every letter."""
_NOT = {"cannot": ("can", "not"), "cant": ("can", "not"), "wont": ("will", "not"), "cant't": ("can", "not")}
"""Forms with `not` that do not come apart by their ending."""
_STEMS = {"ca": "can", "wo": "will", "sha": "shall"}
"""What `n't` leaves of a verb → the verb."""
_SIGN_OF_OPERATOR = re.compile(r"[-+*/×÷=<>^%|&]")
"""A sign that every text with an operator holds."""
_SIGN = re.compile(r"[#-&()*+/<=>@\[-`{-~-]")
"""A sign of ASCII that is neither sentence mark nor quotation mark."""
_ENDS = ".,;:!?…。、！？，：；～~"
"""Marks with which a sentence ends or is drawn out."""
_QUOTE = re.compile(r"[\"'`“‘][^\w\s][\"'`”’]|[\"'`“‘]_")
"""What every text with a sign in quotation marks holds."""
_QUOTED = re.compile(r"[\"'`“‘]([^\w\s]|_)[\"'`”’]")
"""A sign that is spoken of, in quotation marks."""
_PATTERN = re.compile(
    # A class, a character one of a range or none of some: `\d`, `[a-z`, `[^/]+`. Not `\begin`, nor a footnote, `[^1]`.
    r"\\[dDwWsSbB](?![A-Za-z])|\[(?:a-z|A-Z|0-9)|\[\^[^\s\]]{1,20}\][*+{?]"
    # How often, and a group: `o{2,4}`, `(?:`, `(.*`, `.+$`, `(cat|dog`.
    r"|(?:[^\W_]|[)\].])\{\d{1,4},\d{0,4}\}|\(\?[:=!<iP]|[(^]\.[*+]|\.[*+][?$)]|\(\w{1,20}\|\w"
    # From the first sign to the last: `^cat$`.
    r"|(?<![^\s`\"'/])\^\S{1,200}\$(?![^\s`\"'/.,?])"
)
"""What only a regular expression holds."""
_SIGN_OF_PATTERN = re.compile(r"\\[A-Za-z]|[A-Za-z]-[A-Za-z]|[!#-&(-/:-@\[-_{-~]")
"""What says something in it besides the words: `\\d` is not `\\D`, nor `A-Z` `a-z`."""
_SHORTENED = re.compile(r"(i)['’]m|(\w+)['’](re|ll|ve|d)|(it|that|what|there|who|where|here|how|he|she|when|why)['’]s")
"""`I'm`, `they're`, `it's`: short forms but those with `not`."""
_IN_FULL = {"re": "are", "ll": "will", "ve": "have", "d": "would"}
"""Their endings spelt out."""
_VERBS = "ca|wo|sha|do|does|did|is|are|was|were|has|have|had|would|could|should|must|need|might"
"""Verbs that `n't` may follow, as it leaves them."""
_HAS_DIGIT = re.compile(r"\d")
"""A number said twice running is two numbers."""
_CONTRACTED = re.compile(rf"({_VERBS})n['’]?t")
"""These verbs with `n't`, the apostrophe or none."""
_DENIED = re.compile(r"([a-z]+)n['’]t")
"""Any verb with `n't`."""
_SHORT_FORMS = {*_NOT, *(f"{verb}nt" for verb in _VERBS.split("|"))}
"""Of the forms with `not` those without an apostrophe: where a text has neither, it is spelt out as it is."""
_SENTENCE_END = re.compile(r"[.!?:;\n\"“”(\[•|-]\W*\Z")
"""What ends right before a word that begins a sentence, a quotation or an item of a list."""
CODE = 3
"""Letters of a small word in capitals that is a code: `in DE`, `in IS`."""
CAPITALS = 0.8
"""Share of the words with a capital above which these are no signs of names."""
_PICTURE = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]|[#*0-9]\ufe0f?\u20e3")
"""An emoji, or a key with a sign on it."""
PICTURED = 20
"""Words up to which emojis are no mere decoration."""
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
"""Where a sentence ends and another begins."""
_IN_BRACKETS = re.compile(r"\s\(([^()\n]+)\)(?=[\s.,;:!]|\Z)(?![^.!?]*\?)")
"""A remark in brackets, not in a question."""
_ONE_WORD = spellings() | FIGURES
"""Word → the one spelling, or the figure, that stands for it."""
_LABEL = re.compile(
    # A word or two and a mark: `Question:`, `[Ticket]`, `FYI -`, `Hi Bob, `.
    r"\A\W*(?:[^\W\d_]+(?:\W[^\W\d_]+)?"
    r"(?:(?:\s?[:：\])>]|\s?[–—]|\s-)\s*(?:(?<=：)|\s)(?=\S)|,\s+(?=[A-Z])|\n+(?=\S))"
    r"|[QA][.]\s|@\w+[:,]?\s+(?=\S)"
    # A number: `3)`, `Task 3.`, `#17`.
    r"|(?:[^\W\d]{1,10}[.]?\s?)?#?\d{1,4}[\d.]{0,6}"
    r"(?:[.:)\]/]+\s*|\s[–—-]+\s+|\s(?=[\"'“«„]))(?=[^\W\d]|[\"'“«„¿¡`(*])"
    r"|(?:#|№ ?|(?:[Nn]r|[Nn]o|[Nn]umber)[.]? ?)\d{1,4}\s+(?=[^\W\d]))"
)
"""What may be put before a text."""
_REMARK = re.compile(
    r"\s[(\[][^\W\d]+(?:\W[^\W\d]*[^\W\dA-Z]){2,5}[)\]][\s.!]*\Z|\A\W*[(\[][^\W\d]+(?:\W[^\W\d]+){0,5}[)\]]\W*\s(?=\S)"
)
"""A remark before or after a text: `(sent from my phone)`. What stands inside of a question, or is written with a
capital, narrows it: `.. slow requests (Planning and Design)?`"""


@dataclass(frozen=True)
class Said:
    """A text as it is compared: its words in lower case, and those of its parts that must not differ."""

    words: list[str]
    bag: frozenset[str]
    numbers: tuple[str, ...]
    operators: tuple[str, ...]
    names: frozenset[str]
    capitals: bool
    """Whether nearly all words have one, which tell no names then."""
    marked: frozenset[str]
    text: str
    """As it was written, courtesies aside."""
    polite: Said | None = None
    """The same without greeting and thanks; None where there are none."""
    bare: tuple[Said, ...] = ()
    """Without a label, a remark in brackets, or both, where there are any."""


def read(text: str) -> Said:
    """Take a text apart once, however often it is compared."""
    text = _once(in_one_way(text))
    polite = without_courtesy(text)
    label = _LABEL.match(polite)
    bare = [polite[label.end() :]] if label else []
    if ")" in polite or "]" in polite:
        bare += [_REMARK.sub("", other) for other in (polite, *bare)]
    return _taken_apart(
        text,
        _taken_apart(polite) if polite != text else None,
        tuple(_taken_apart(other) for other in dict.fromkeys(bare) if other not in (polite, "")),
    )


def _once(text: str) -> str:
    """The text without what is written twice running, `vas-tu vas-tu`; half of it where a sentence is said twice."""
    parts = text.split()
    for again in {one for one, two in pairwise(parts) if one == two and len(one) > 2 and not one.isnumeric()}:
        text = re.sub(rf"(?<!\S){re.escape(again)}\s+(?={re.escape(again)}(?!\S))", "", text)
        parts = text.split()
    half = len(parts) // 2
    twice = len(parts) % 2 == 0 and half > 1 and parts[0] == parts[half] and parts[half - 1][-1] in ".!?…。？"
    return " ".join(parts[:half]) if twice and parts[:half] == parts[half:] else text


def _taken_apart(text: str, polite: Said | None = None, bare: tuple[Said, ...] = ()) -> Said:
    text = text.replace(" & ", " and ")
    written = words(text)
    lower = _in_one_form(_spelt_out(written))
    marked = frozenset(_in_one_form([word.casefold() for found in _marked(text) for word in words(found)]))
    numbers, names = read_numbers(lower), frozenset(_names(text))
    operators = (*_operators(text), *_signs_of_patterns(text))
    capitals = CAPITALS * len(written) < sum(word[0].isupper() for word in written)
    return Said(lower, frozenset(lower), numbers, operators, names, capitals, marked, text, polite, bare)


def show_other_pictures(left: Said, right: Said) -> bool:
    """Whether both show emojis, and other ones: one without them may only be the plainer."""
    if left.text.isascii() or right.text.isascii() or len(left.words) > PICTURED:
        return False
    shown = [_PICTURE.findall(said.text) for said in (left, right)]
    return all(shown) and shown[0] != shown[1]


def names_of(left: Said, right: Said) -> frozenset[str]:
    """The names in either; of two of which one has capitals for nearly all words, those of the other."""
    if left.capitals == right.capitals:
        return left.names | right.names
    return (right if left.capitals else left).names


def _marked(text: str) -> list[str]:
    """What `_MARKED` finds. But for backticks it finds nothing across a space, so most words need no look."""
    if "`" not in text:
        if not _PERHAPS_MARKED.search(text):
            return []
        text = " ".join([word for word in text.split() if _PERHAPS_MARKED.search(word)])
    return _MARKED.findall(text) if text else []


def read_numbers(lower: list[str]) -> tuple[str, ...]:
    """The words that hold a digit, in order, but for letters taken for digits."""
    others = [] if "".join(lower).isalpha() else [word for word in lower if not word.isalpha()]
    return tuple(word for word in others if any(letter.isdigit() for letter in word) and not is_misread(word))


def negations(lower: list[str]) -> int:
    """How many words deny."""
    return sum(word in word_list("negations") for word in lower)


def is_of_sentences(said: Said) -> bool:
    """Whether it is more than one sentence."""
    return _BETWEEN_SENTENCES.search(said.text) is not None


def other_sentences(left: Said, right: Said) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    """The words of each sentence that only one of them has, as often as it has it more than the other, and the other's.

    What is the same to the letter, most of it, is not taken into words.
    """
    ours, theirs = (Counter(_BETWEEN_SENTENCES.split(said.text)) for said in (left, right))
    one, two = (
        Counter(tuple(_in_one_form(_spelt_out(words(sentence)))) for sentence in more.elements())
        for more in (ours - theirs, theirs - ours)
    )
    return one - two, two - one


def remarks(said: Said) -> list[list[str]]:
    """The words of each remark in brackets, but for those in a question, which narrow what is asked."""
    return [_in_one_form(_spelt_out(words(remark))) for remark in _IN_BRACKETS.findall(said.text)]


def _in_one_form(lower: list[str]) -> list[str]:
    return lower if _ONE_WORD.keys().isdisjoint(lower) else [_ONE_WORD.get(word, word) for word in lower]


def _spelt_out(written: list[str]) -> list[str]:
    """In lower case, `n't` as `not`, `'re` as `are`, without apostrophes; a word said twice running once."""
    all_lower = "\n".join(written).casefold().split("\n") if written else []
    if any(map(eq, all_lower, islice(all_lower, 1, None))):
        all_lower = [word for before, word in zip(["", *all_lower], all_lower, strict=False)
                     if word != before or _HAS_DIGIT.search(word) or len(word) == 1]  # fmt: skip
    joined = "".join(all_lower)
    if _SHORT_FORMS.isdisjoint(all_lower) and "'" not in joined and "’" not in joined:
        return all_lower
    found: list[str] = []
    for lower in all_lower:
        contracted = (_CONTRACTED.fullmatch(lower) or _DENIED.fullmatch(lower)) if lower[-1] == "t" else None
        if contracted:
            found += [_STEMS.get(contracted.group(1), contracted.group(1)), "not"]
        elif lower in _NOT:
            found += _NOT[lower]
        elif not lower.isalnum() and (shortened := _SHORTENED.fullmatch(lower)):
            i, whose, ending, it = shortened.groups()
            found += [i or whose or it, "am" if i else _IN_FULL.get(ending, "is")]
        else:
            bare = lower if lower.isalnum() else lower.replace("'", "").replace("’", "")
            if not found or found[-1] != bare or not bare.isalpha() or len(bare) == 1:
                found.append(bare)
    return found


def _operators(text: str) -> list[str]:
    quoted = _QUOTED.findall(text) if _QUOTE.search(text) else []
    if not text.isascii() and 2 * sum(map(str.isalnum, text)) < len(text):  # a face of signs, most likely
        return [sign for sign in text if unicodedata.category(sign)[0] in "SP" and sign not in _ENDS]
    if not _SIGN_OF_OPERATOR.search(text):
        return quoted
    signs = _SIGN.findall(text)
    if len(signs) > sum(map(str.isalnum, text)):  # in a pattern or a formula each of them says something
        return signs
    minus = _MINUS.findall(text)
    return [mark for mark in _OPERATOR.findall(text) if mark != "-"] + ["-"] * len(minus) + quoted


def _signs_of_patterns(text: str) -> list[str]:
    """The signs of each regular expression: `^id-\\d$` and `^id_\\d$` are of the same words, and match other texts."""
    if not _PATTERN.search(text):
        return []
    patterns = [part.rstrip(_ENDS) for part in text.split() if _PATTERN.search(part)]
    return [sign for part in patterns for sign in _SIGN_OF_PATTERN.findall(part)]


_CAPITAL = re.compile(r"[^\W\d_a-z](?<!\w.)[\w'’]*")
"""A word with a capital."""
_ASCII_CAPITAL = re.compile(r"[A-Z](?<!\w.)[\w']*")
"""The same where there is nothing beyond ASCII, in half the time."""


def _names(text: str) -> set[str]:
    """Words with a capital that no sentence start explains. In a text all in capitals there are none to tell."""
    if text.isupper():
        return set()
    small = word_list("small")
    found = set()
    for match in (_ASCII_CAPITAL if text.isascii() else _CAPITAL).finditer(text):
        word, begin = match.group(), match.start()
        starts = begin == 0 or text[begin - 2 : begin] == ". " or _SENTENCE_END.search(text, max(0, begin - 6), begin)
        if (starts and not (len(word) > 1 and word.isupper())) or not word[0].isupper():
            continue
        lower = word.casefold().replace("'", "").replace("’", "")
        if lower in small and not (1 < len(word) <= CODE and word.isupper()):
            continue
        if lower not in ("im", "ill", "ive", "id"):
            found.add(_ONE_WORD.get(lower, lower))
    return found
