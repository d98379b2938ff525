"""Which language a text is in, by its script and its commonest small words; None when that does not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from backend.audit.language_model import CODES, clear_language, likeliest
from backend.audit.slips import is_word
from backend.audit.text import declares, is_program, program_signs, words
from backend.audit.vocabulary import stop_words
from backend.domain import Example, Task

LOOK_AT, TOLD_BY = 2_000, 300
"""Texts looked at to tell the main language, and whether there is one."""
MIN_WORDS = 4
FEWEST_EXPECTED = 3
"""The same where the language of the rest is known."""
SPOKEN = 0.5
"""Share of words without a digit, of two letters or more, below which a text is no language: codes, doses, moves of
chess."""
HINTS = 0.1
"""Share of words that may be small words of the main language in a row of another one."""
FEW_WORDS = 12
"""Words up to which small words that the other language has too are no such hint."""
MIN_HITS = 2
MIN_LETTERS = 5
"""Letters of a script of its own that tell a language, where they are the greater part."""
SURE_FROM = 25
"""Fewest words in which small ones alone tell another language; in fewer the letters must not speak for the main."""
LEAD = 2.0
"""How many times more small words than those of the main language a row must have to be in another."""
LEAD_OF_RELATIVES = 1.25
"""The same where no language is expected: Danish and Norwegian share most of theirs."""
MAIN_SHARE = 0.70
"""Share of the rows that could be told which the main language must have; below that the data is multilingual."""
SWITCHED_BY = (0.7, 0.9)
"""Share of an answer by which a sentence has ended where it goes on in another language."""
FEWEST_SWITCHED, SEEN, FEW_SMALL = 6, 12, 0.25
"""Words of the rest of it; with more than such a share of small words of the main language in those seen first it is
in that, and looked at no further."""
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
"""Languages of Latin letters without accents."""
_SMALL_WORD = re.compile(r"(?<![^\W\d_])[a-zà-öø-ÿ]{4,}(?![^\W\d_])")
ENGLISH, FEWEST_STRANGE = 0.7, 2
"""Share of such words that are English where a text without small words is; and how many that are not tell that a text
is in another language though it begins in English: `Define "felo-de-se"`."""
LONGER = 4
"""Letters of a word that is no small one."""
REFERENCE, SHORT = 0.5, 9
"""Share of the words of the rest of a text with a capital from which upwards it is no sentence but a source, or the
name of something where the text has less words than the second."""
_NAMES_ONLY = re.compile(r"(?:[^\W\d_]{1,3}\W+|[A-ZÀ-Þ][\w'’.-]*\W*){1,5}")
"""At most five words that are capitalised or as short as `da`: a name."""
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
"""Share of such signs above which a text is a program, a formula or a table."""
_CODE = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|[\"“']/[a-z][^\"”'\n]{0,60}[\"”']|https?://\S+|\S+@\S+|(?<![\w~])~\d*[a-z]\b", re.S
)
"""What is in no language: code, commands that are quoted (`Mira "/help timeout"`), addresses, slots: `~a`."""


def other_language(examples: Sequence[Example], task: Task) -> tuple[tuple[int, ...] | None, str]:
    """(rows not in the main language, main language).

    The rows are None and the language "" when no language has a clear majority. For translation the inputs and the
    answers each have their own main language; the one named is that of the inputs.
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
    owners: dict[str, list[str]] = {}
    for name, small in stop_words().items():
        for word in small:
            owners.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in owners.items()}


def language_of(text: str) -> str | None:
    """The language, or None for short texts, code, lists, and mixtures."""
    return _told(text, "")


def _told(text: str, main: str) -> str | None:
    """The language; with `main` given, a language close to a third one is told all the same if neither is `main`."""
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
            return name
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
    return told


def _by_letters(text: str, told: str | None, main: str, words: int, hits: int) -> str | None:
    """What the letters say where the small words told another language than the main one, or none."""
    if told:
        named = _PERSON.fullmatch(text) or (main == "English" and words < SHORT and _names(text, told))
        return None if named or (words < SURE_FROM and likeliest(text) == main) else told
    many = hits > HINTS * words
    if (many and words > FEW_WORDS) or _NAMES_ONLY.fullmatch(text) or (main == "English" and _reads_as_english(text)):
        return None
    clear = clear_language(text, main)
    if clear == "English" and words < SHORT and not _of_english_words(text):
        return None
    if clear and many:  # `is` and `a` are words of several languages: in a short text they must not speak for one
        owners = _owners()
        own = sum(main in names and clear not in names for word in _WORDS.findall(text.casefold())
                  if (names := owners.get(word, ())))  # fmt: skip
        return clear if own <= HINTS * words else None
    return clear


def _names(text: str, told: str) -> bool:
    """Whether it begins with an English word, and the rest is a name of that language: `Define Centrum voor …`."""
    first, *others = [word.strip("\"'“”‘’().,?!") for word in text.split()]
    begins = [word[:1] for word in others if word[:1].isalpha()]
    own = first.casefold()
    capitals = sum(map(str.isupper, begins))
    return is_word(own) and told not in _owners().get(own, ()) and capitals >= REFERENCE * len(begins)


def _of_english_words(text: str) -> bool:
    """Whether more than half of its longer words, names too, are English ones: of `Tileset Grande, similar a Amplio`
    only such are as are Spanish."""
    longer = [word.casefold() for word in _WORDS.findall(text) if len(word) >= LONGER]
    return 2 * sum(map(is_word, longer)) > len(longer)


def _reads_as_english(text: str) -> bool:
    """Whether its longer words are English ones, or it begins with one and has hardly another that is none."""
    said = _SMALL_WORD.findall(text)
    known = sum(map(is_word, said))
    if said and known >= ENGLISH * len(said):
        return True
    first = _WORDS.match(text)
    return first is not None and is_word(first.group().casefold()) and len(said) - known < FEWEST_STRANGE


def _clearest(hits: dict[str, int], kinds: dict[str, int], words: int, main: str) -> str | None:
    """The language with the most small words, if it leads clearly; `kinds` counts how many different ones."""
    if not hits:
        return None
    (name, most), *rest = sorted(hits.items(), key=lambda pair: -pair[1])[:2]
    # where the rest is in a known language, only the distance to that one matters, not to a relative of this one
    second = hits.get(main, 0) if main and name != main else rest[0][1] if rest else 0
    enough = most >= (MIN_HITS if words < 12 and not second else 3) and kinds[name] >= 2
    lead = LEAD if main and name != main else LEAD_OF_RELATIVES
    return name if enough and most >= lead * second and most >= 0.15 * words else None


def _odd_ones(texts: list[tuple[int, str]], switching: bool = False) -> tuple[tuple[int, ...] | None, str]:
    """(rows in another language than the main one, main language); with `switching` those that go on in another too."""
    some = texts[:: max(1, len(texts) // LOOK_AT)]
    told = [language_of(text) or clear_language(text) for _, text in some]
    main = _main_language([text for _, text in some], told)
    if not main:
        return None, ""
    # what is in the main language when nothing is expected, is so all the more when that is
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
    """Whether it is told to be in another language than the main one, and no program of few signs."""
    return _told(text, main) not in (None, main) and not _is_code(text)


def _is_code(text: str) -> bool:
    return is_program(text) or declares(text)


def _main_language(some: list[str], names: list[str | None]) -> str:
    """The language of most texts; "" when there is none. Short texts are read a dozen at a time.

    `names` are the languages of the single texts.
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
    if first is None or second is None:
        return first if second is None else second
    return tuple(sorted({*first, *second}))
