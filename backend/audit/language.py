"""Which language a text is in, by its script, its commonest small words and its letters; None when these do not tell.

Small words tell languages of one script apart (Grefenstette 1995, "Comparing two language identification schemes"); in
short texts, which have few of them, a model of letters helps (`language_model`). Where no other reason is given, the
limits below are our choice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from backend.audit.language_model import CODES, LEAST_LETTERS, clear_language, likeliest
from backend.audit.slips import is_word
from backend.audit.text import declares, is_program, program_signs, words
from backend.audit.vocabulary import stop_words
from backend.domain import Example, Task

LOOK_AT = 2_000
"""At least so many texts, and fewer than twice as many, are looked at to tell the main language."""
TOLD_BY = 300
"""The same to tell whether there is a main language."""
MIN_WORDS = 4
"""Fewest words without digits of a text whose language is told by its small words."""
FEWEST_EXPECTED = 3
"""Fewest words without digits of a text whose language is told by its letters, where that of the others is known."""
SPOKEN = 0.5
"""Share of words without a digit, of two letters or more, below which a text is no language: codes, doses, moves of
chess."""
HINTS = 0.1
"""Most small words of the main language, which the other does not have, in a row of that, as a share of its words."""
MIN_HITS = 2
"""Fewest small words that tell a language in fewer than 12 words, with none of the next likely one; else it takes 3."""
MIN_LETTERS = 5
"""Fewest letters of a script of its own that tell a language, where they are the greater part."""
SURE_FROM = 25
"""Fewest words of which the small ones alone tell another language; in fewer the letters must not be for the main."""
LEAD = 2.0
"""How many times as many small words of another language as of the main one a row must have to be in the other."""
LEAD_OF_RELATIVES = 1.25
"""The same between the two likeliest languages where none is expected: Danish and Norwegian share most small words."""
MAIN_SHARE = 0.70
"""Share that the main language has of the rows whose language is told; with less the data is in several languages."""
SWITCHED_BY = (0.7, 0.9)
"""Places in an answer, as shares of it: what follows the last sentence that ends before is looked at by itself."""
FEWEST_SWITCHED = 6
"""Fewest words of what follows, unless its letters alone tell that it is in another language."""
SEEN, FEW_SMALL = 12, 0.25
"""What follows is in the main language if more than this share of its first `SEEN` words are small words of that."""
TOGETHER = 12
"""Rows read as one text to tell the main language where single rows are too short for it."""

_SCRIPTS = {
    "Chinese": "㐀-鿿", "Japanese": "぀-ヿ", "Korean": "가-힯ᄀ-ᇿ", "Arabic": "؀-ۿݐ-ݿ", "Hebrew": "֐-׿", "Greek": "Ͱ-Ͽἀ-῿",
    "Thai": "฀-๿", "Hindi": "ऀ-ॿ", "Cyrillic": "Ѐ-ӿ", "Bengali": "ঀ-৿", "Tamil": "஀-௿", "Telugu": "ఀ-౿", "Kannada": "ಀ-೿",
    "Malayalam": "ഀ-ൿ", "Gujarati": "઀-૿", "Punjabi": "਀-੿", "Sinhala": "඀-෿", "Georgian": "Ⴀ-ჿ", "Armenian": "԰-֏",
    "Khmer": "ក-៿", "Lao": "຀-໿", "Burmese": "က-႟", "Amharic": "ሀ-፿", "Tibetan": "ༀ-࿿",
}  # fmt: skip
_SCRIPT = {name: re.compile(f"[{signs}]") for name, signs in _SCRIPTS.items()}
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_ACCENTED = re.compile(r"(?<![^\W_])[^\W\d_A-Z]*[à-öø-ÿĀ-ſ\u01a0-\u01b0Ạ-ỿ][^\W\d_]*")
PLAIN = ("English", "Indonesian", "Swahili", "Tagalog")
"""Languages written in Latin letters without accents."""
_IN_LOWER_CASE = re.compile(r"(?<![^\W\d_])[a-zà-öø-ÿ]{4,}(?![^\W\d_])")
"""A word of four letters or more in lower case, accented or not."""
ENGLISH = 0.7
"""Share of such words that are English in a text that reads as English."""
FEWEST_STRANGE = 2
"""Fewest such words that are not English in a text that begins in English and is in another language all the same: one
may be what is asked about, `Define "felo-de-se"`."""
LONGER = 4
"""Fewest letters of a word that is no small one."""
REFERENCE = 0.5
"""Share of words with a capital from which on a text is no sentence but the name of a book or of a body."""
SHORT = 9
"""A text of fewer words may be hardly more than a name, which tells little of its language."""
_NAMES_ONLY = re.compile(r"(?:[^\W\d_]{1,3}\W++|[A-ZÀ-Þ][\w'’.-]*+\W*+){1,5}(?:\d{1,4})?")
"""At most five words that are capitalised or as short as `da`, and a year or a version behind them: a name."""
_PERSON = re.compile(
    r"\W*(?:[A-ZÀ-Þ][\w.'’-]*\s)+(?:(?:al|bin|d[aeiou]|del|dell[ao]|den|der|des|dos|das|el|ibn|l[aeo]|las|los|te[nr]"
    r"|v[ao]n|y|zu)\s)+(?:[A-ZÀ-Þ][\w'’-]*+\W*+){1,3}"
)
"""`Nigel de la Tierre` is called so in any language."""
_FOREIGN = re.compile(f"[{''.join(_SCRIPTS.values())}]")
_STOP = re.compile(r"[.!?:\n。！？](?:(?<=[.!?:])(?<! .)\s+|(?<=\n)(?<!\n\n)\n*+(?=\S)|(?<=[。！？]))")
"""Where a sentence or a line ends; lines of code are indented, and their signs stand between spaces. It begins with a
class of signs, which makes it fast."""
PROGRAM_SHARE = 0.06
"""Share of signs that programs are full of above which a text is a program, a formula or a table."""
_CODE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|[\"“']/[a-z][^\"”'\n]{0,60}[\"”']|https?://\S+|\S+@\S+|(?<![\w~])~\d*[a-z]\b", re.S
)
"""What is in no language: code, commands that are quoted (`Mira "/help timeout"`), addresses, slots: `~a`."""


def other_language(examples: Sequence[Example], task: Task) -> tuple[tuple[int, ...] | None, str]:
    """(the `row` numbers of rows not in the main language, the name of that language).

    The rows are None and the language "" when no language has a clear majority. Answers are looked at where they are
    texts: for the tasks summarise, answer and translate. They have a main language of their own. The one named is that
    of the inputs; where they have none, that of the answers, but not for translations. Some languages are named by
    their script (Cyrillic), rare ones by the code that `language_model` has for them.
    """
    rows, main = _odd_ones([(e.row, e.input) for e in examples])
    if task in ("summarise", "answer", "translate"):
        others, answers = _odd_ones([(e.row, e.answer) for e in examples], switching=True)
        rows, main = _union(rows, others), main or ("" if task == "translate" else answers)
    return rows, main


def several_languages(texts: Sequence[str]) -> bool:
    """Whether enough texts are in a language that can be told, and none of the languages is that of most."""
    some = texts[:: max(1, len(texts) // TOLD_BY)]
    told = Counter(name for text in some if (name := language_of(text)))
    return told.total() >= max(10, 0.3 * len(some)) and max(told.values()) < MAIN_SHARE * told.total()


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    """Small word → the languages that have it."""
    owners: dict[str, list[str]] = {}
    for name, small in stop_words().items():
        for word in small:
            owners.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in owners.items()}


def language_of(text: str) -> str | None:
    """The name of the language, or of its script; None for short texts, code, lists, and mixtures."""
    return _told(text, "")


def _told(text: str, main: str) -> str | None:
    """The language, "another" where the text is only known not to be in `main`, or None.

    `main` is the language expected, "" where none is. With one expected, it is enough that a text is clearly not in
    that one: it does not matter which of two related languages it is in.
    """
    text = text[:1000]
    if any(sign in text for sign in "`/@~"):
        text = _CODE.sub(" ", text)
    if not text.isascii() and _FOREIGN.search(text):
        letters = sum(map(str.isalpha, text))
        counts = {name: found for name, signs in _SCRIPT.items() if (found := len(signs.findall(text)))}
        if counts.get("Japanese", 0) > 0.05 * counts.get("Chinese", 0):  # Japanese mixes both scripts
            counts["Japanese"] += counts.pop("Chinese", 0)
        name, most = max(counts.items(), key=lambda pair: pair[1])
        if most >= 0.6 * letters and most >= MIN_LETTERS:
            return None if name == "Chinese" and main == "Japanese" and _may_be_japanese(text) else name
        if most > 0.2 * letters:
            return None
    if program_signs(text) > PROGRAM_SHARE * len(text):
        return None
    folded = text.casefold()
    written = words(folded) if folded.isascii() else _WORDS.findall(folded)
    spoken = [word for word in written if word.isalpha() or not any(map(str.isdigit, word))]
    longer = sum(len(word) > 1 for word in spoken)
    if len(spoken) < (FEWEST_EXPECTED if main else MIN_WORDS) or longer < SPOKEN * len(written):
        return None
    owners = _owners()
    hits: dict[str, int] = {}
    kinds: dict[str, int] = {}  # different words
    for word, times in Counter([word for word in spoken if word in owners]).items():
        for name in owners[word]:
            hits[name] = hits.get(name, 0) + times
            kinds[name] = kinds.get(name, 0) + 1
    of_main = hits.get(main, 0)
    told = _clearest(hits, kinds, len(spoken), main) if len(spoken) >= MIN_WORDS else None
    if main in CODES and told != main:
        told = _by_letters(text, told, main, len(spoken), of_main)
    if told is None and main in PLAIN and not text.isascii() and of_main <= HINTS * len(spoken):
        accented = sum(word[0].islower() for word in _ACCENTED.findall(text))  # names are capitalised
        return "another" if accented >= max(2, 0.2 * len(spoken)) else None
    left = told is None and main in _SCRIPT and len(spoken) >= FEWEST_SWITCHED and _is_left_in_english(text)
    return "English" if left else told


def _may_be_japanese(text: str) -> bool:
    """Whether a text in Chinese characters may be Japanese, whose names and labels often have no others.

    Not if Japanese standards lack one of them, nor if it is longer and does not look Japanese.
    """
    signs = "".join(_SCRIPT["Chinese"].findall(text))
    try:
        signs.encode("euc_jis_2004")
    except UnicodeEncodeError:
        return False
    return len(signs) < LEAST_LETTERS or likeliest(text) == "Japanese"


def _by_letters(text: str, told: str | None, main: str, words: int, hits: int) -> str | None:
    """The language by the letters, where the small words told another than the main one, or none.

    `told`: what the small words said. `hits`: how many of so many `words` are small words of the main language.
    """
    if told:
        named = _PERSON.fullmatch(text) or (main == "English" and words < SHORT and _names(text, told))
        if named or (likeliest(text) if words < SURE_FROM else clear_language(text)) == main:
            return None
        unclear = main == "English" and _is_english(_IN_LOWER_CASE.findall(text)) and not clear_language(text, main)
        return None if unclear else told  # `replace die, replace dies` has words that are Dutch as well
    if _NAMES_ONLY.fullmatch(text) or (main == "English" and _reads_as_english(text)):
        return None
    clear = clear_language(text, main)
    if clear == "English" and words < SHORT and not _of_english_words(text):
        return None
    if clear and hits > HINTS * words:  # `de` and `a` are words of several languages, and must not speak for one
        owners = _owners()
        own = sum(main in names and clear not in names for word in _WORDS.findall(text.casefold())
                  if (names := owners.get(word, ())))  # fmt: skip
        return clear if own <= HINTS * words else None
    return clear


def _names(text: str, told: str) -> bool:
    """Whether it begins with an English word, and the rest is a name in the language told: `Define Centrum voor …`."""
    first, *others = [word.strip("\"'“”‘’().,?!") for word in text.split()]
    begins = [word[:1] for word in others if word[:1].isalpha()]
    own = first.casefold()
    capitals = sum(map(str.isupper, begins))
    return is_word(own) and told not in _owners().get(own, ()) and capitals >= REFERENCE * len(begins)


def _of_english_words(text: str) -> bool:
    """Whether more than half of its longer words are English, names too: not in `Tileset Grande, similar a Amplio`."""
    longer = [word.casefold() for word in _WORDS.findall(text) if len(word) >= LONGER]
    return 2 * sum(map(is_word, longer)) > len(longer)


def _reads_as_english(text: str) -> bool:
    """Whether its longer words are English ones, or it begins with one and has hardly another that is none."""
    said = _IN_LOWER_CASE.findall(text)
    if _is_english(said):
        return True
    first = _WORDS.match(text)
    strange = len(said) - sum(map(is_word, said))
    return first is not None and is_word(first.group().casefold()) and strange < FEWEST_STRANGE


def _is_english(said: Sequence[str]) -> bool:
    return len(said) > 0 and sum(map(is_word, said)) >= ENGLISH * len(said)


def _is_left_in_english(text: str) -> bool:
    """Whether it is a sentence of English words where the others are in another script: names are not all small."""
    said = _IN_LOWER_CASE.findall(text) if text.isascii() else []
    return len(said) >= FEWEST_EXPECTED and _is_english(said)


def _clearest(hits: dict[str, int], kinds: dict[str, int], words: int, main: str) -> str | None:
    """The language with the most small words, if it leads clearly.

    `hits`: how many of so many `words` are small words of each language; `kinds`: how many different ones.
    """
    if not hits:
        return None
    (name, most), *rest = sorted(hits.items(), key=lambda pair: -pair[1])[:2]
    # where the rest is in a known language, only the distance to that one matters, not to a relative of this one
    second = hits.get(main, 0) if main and name != main else rest[0][1] if rest else 0
    enough = most >= (MIN_HITS if words < 12 and not second else 3) and kinds[name] >= 2
    lead = LEAD if main and name != main else LEAD_OF_RELATIVES
    return name if enough and most >= lead * second and most >= 0.15 * words else None


def _odd_ones(texts: list[tuple[int, str]], switching: bool = False) -> tuple[tuple[int, ...] | None, str]:
    """(the rows of `texts`, (row, text), in another language than the main one; the main language).

    With `switching` also those that begin in the main language and go on in another.
    """
    some = texts[:: max(1, len(texts) // LOOK_AT)]
    told = [language_of(text) or clear_language(text) for _, text in some]
    if "Japanese" in told:  # else all that has no kana would speak for Chinese
        told = [None if name == "Chinese" and _may_be_japanese(text) else name
                for name, (_, text) in zip(told, some, strict=True)]  # fmt: skip
    main = _main_language([text for _, text in some], told)
    if not main:
        return None, ""
    # what was told to be in the main language without expecting it need not be looked at again
    clear = {row for (row, _), name in zip(some, told, strict=True) if name == main}
    others = [row for row, text in texts if row not in clear and _is_foreign(text, main)]
    if switching:
        seen = set(others)
        others += [row for row, text in texts if row not in seen and _switches(text, main) and not _is_code(text)]
    return tuple(others), main


def _switches(text: str, main: str) -> bool:
    """Whether a text goes on in another language than the main one after some sentence."""
    ends = [match.end() for match in _STOP.finditer(text, 0, int(SWITCHED_BY[-1] * len(text)))]
    starts = {max((end for end in ends if end <= share * len(text)), default=0) for share in SWITCHED_BY}
    return any(_in_another(text[start:], main) for start in starts - {0})


def _in_another(rest: str, main: str) -> bool:
    """Whether the rest of a text, from the beginning of a sentence, is in another language than the main one."""
    words = rest.casefold().split()
    plain = rest.isascii() or "".join(filter(str.isalpha, rest)).isascii()
    accented = main not in PLAIN and not _FOREIGN.search(rest)  # so accents say nothing
    if len(words) < FEWEST_SWITCHED and (plain or accented):
        return False
    owners = _owners()
    if sum(main in owners.get(word, ()) for word in words[:SEEN]) > FEW_SMALL * min(len(words), SEEN):
        return False
    begins = [sign for word in rest.split() if (sign := word.strip("\"'([")[:1]).isalpha()]
    if plain and (len(begins) < FEWEST_SWITCHED or sum(map(str.isupper, begins)) >= REFERENCE * len(begins)):
        return False
    return _told(rest, main) not in (None, main)


def _is_foreign(text: str, main: str) -> bool:
    """Whether a text is in another language than the main one, and no program."""
    return _told(text, main) not in (None, main) and not _is_code(text)


def _is_code(text: str) -> bool:
    return is_program(text) or declares(text)


def _main_language(some: list[str], names: list[str | None]) -> str:
    """The language of most texts; "" when there is none. Where single texts are too short, a dozen is read as one.

    `names` are the languages of the single texts, as far as they are told.
    """
    told = Counter(name for name in names if name)
    if told.total() < max(10, 0.3 * len(some)):
        joined = [" ".join(some[at : at + TOGETHER]) for at in range(0, len(some), TOGETHER)]
        told = Counter(name for text in joined if (name := language_of(text) or clear_language(text)))
        if told.total() < max(5, 0.6 * len(joined)):
            return ""
    if not told:
        return ""
    main, rows = told.most_common(1)[0]
    return main if rows >= MAIN_SHARE * told.total() else ""


def _union(first: tuple[int, ...] | None, second: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The rows of both in order; those of one where the other could not be told, and None where neither could."""
    if first is None or second is None:
        return first if second is None else second
    return tuple(sorted({*first, *second}))
