"""Broken encoding: text decoded wrongly (mojibake), replacement characters and control characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.audit import escapes, garble, misread
from backend.audit.sift import rows_holding
from backend.audit.slips import is_word
from backend.audit.text import raw_asked
from backend.domain import Example

_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
"""Signs that mean something in the font they come from alone."""
_COLOURED = r"\x1b\[[\d;?]*[A-Za-z]"
_ESCAPE = r"\x1b(?![\[\]()#%78=>])"
"""Before a letter or a space: no command to a terminal, of which a text may tell."""
_SIGNS = "\ufeff\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f"
_AMID = f"(?<=[^\\r\\n])[\v\f](?=[^\\r\\n])|{_COLOURED}|{_ESCAPE}"
_BROKEN = re.compile(f"[{_SIGNS}\ufffc\ufffd\ufffe\uffff{_PRIVATE}]|{_AMID}")
_CONTROL = re.compile(f"[{_SIGNS}]|{_AMID}")
"""Tab and line ends do occur in sound text, form feed and vertical tab beside a line end too; colours do not."""
_FONT = re.compile(f"[{_PRIVATE}]")
_COLOUR = re.compile(_COLOURED)
LOGS = 0.30
"""Share of rows with colours, signs of a font or escapes above which they are what the data look like."""
_SUBJECT = re.compile("mojibake|garbled|乱码|文字化け", re.IGNORECASE)
"""Said of damaged text alone."""
_ABOUT = re.compile(
    r"\b(?:utf-?(?:8|16)|latin-?1|iso-?8859|windows-125\d|cp-?(?:125\d|437|850|932)|code ?pages?|charsets?|bytes?"
    r"|(?:en|de)cod(?:ed?|ings?)|replacement character|byte[ -]order mark)\b"
    rf"|kodierung|codificación|encodage|кодировк|{_SUBJECT.pattern}",
    re.IGNORECASE,
)
"""Who explains damaged text shows some; but for `_SUBJECT` these words stand in many a technical text."""
_PICTURES = re.compile("[\u2400-\u241f\u2421]{2}")
"""Signs for control characters in place of these."""
WORDS_LOST = r"(?<!\S)\?{3,}(?:[ ,.:-]{1,2}\?{3,})+"
"""Words of which all letters came out as question marks."""
_LOST = re.compile(rf"(?<=[a-z])\?{{1,2}}(?:t|s|re|ve|ll|m)(?![\w=&/?])|â\?|{WORDS_LOST}")
"""An apostrophe that came out as a question mark: `don?t`; words of which all letters did."""
_LETTER_LOST = re.compile(r"(?<![^\s(\"“„«])([^\W\d_]+)\?{1,2}([^\W\d_A-Z]+)(?=[\s.,;!?)\"”'’-]|\Z)")
"""`M?ller`. Where both sides are words, a space was left out."""
LETTERS_LOST = 3
"""Such words of a text, whatever they are; where there are fewer, a letter or two must stand before the mark."""
_RUNS_LOST = re.compile(r"(?<![^\W\d_!?])\?{4,}")
LOST_SHARE, LOST_SIGNS = 0.20, 8
"""Share of a text that such question marks are, and how many."""
FEW_LETTERS = 3
"""Of the side before the question mark that is short enough to be no word, and of the one behind it at least."""
CONTROLS = (
    r"\x1b|[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]|[^\r\n]\x0c"
    r"|\?(?:[tsm]|re|ve|ll)[ .,]|\?{3}[ ,.:-]{1,2}\?|[A-Za-z]\?{1,2}[a-z]|\?{8}"
    rf"|{escapes.SOME}"
)
_SMALL = "à-öø-ÿ"
SOME = (
    r"[\x{feff}\x{fffc}-\x{ffff}\x{80}-\x{9f}\x{e000}-\x{f8ff}\x{f0000}-\x{10ffff}]|[ÃÂ] "
    rf"|[^\x00-\x7f][^\x00-\x7f{_SMALL}]|[^\x00-\x7f{_SMALL}][^\x00-\x7f]"
    rf"|[a-z][\x{{4e00}}-\x{{9fff}}]|[\x{{4e00}}-\x{{9fff}}][a-z]|{misread.SOME}"
)
"""One of them is in every damaged text (RE2), `SOME` where it is not ASCII: bytes read as signs come in twos at least,
though a second may be a space; small accented letters, `ção`, are damage from four in a row on."""
_PLAIN_SIGNS = re.compile(r"[^A-Za-z0-9]+")
_FOREIGN = re.compile("[^\x00-\x7f]+")
_PLAIN = bytes({*range(32, 127), *b"\t\n\r"})
_SOUND = _PLAIN + b"\v\f\x1b"


def broken_encoding(examples: Sequence[Example], likely: Sequence[int] | None = None) -> tuple[int, ...]:
    """Rows where anything is damaged. `likely` are the indices of examples that hold `CONTROLS` or `SOME`, where known.

    The colours of a terminal are no damage where many rows have them: those are logs.
    """
    if likely is None:
        likely = rows_holding(examples, f"{CONTROLS}|{SOME}")
    damaged = [
        example
        for example in map(examples.__getitem__, sorted(set(likely)))
        if is_broken(raw_asked(example)) or is_broken(example.answer) or (example.system and is_broken(example.system))
    ]
    if len(damaged) > LOGS * len(examples):
        about = {e.row for e in damaged if _ABOUT.search(f"{e.input}\n{e.answer}") or _is_mended(e)}
        if len(about) > LOGS * len(examples):
            damaged = [e for e in damaged if e.row not in about]
    damaged = [e for e in damaged if not _SUBJECT.search(f"{e.input}\n{e.answer}")]
    coloured = {example.row for example in damaged if "\x1b[" in example.input or "\x1b[" in example.answer}
    if len(coloured) > LOGS * len(examples):
        damaged = [e for e in damaged if e.row not in coloured or is_broken(_COLOUR.sub("", f"{e.input}\n{e.answer}"))]
    of_a_font = {example.row for example in damaged if _FONT.search(f"{example.input}{example.answer}")}
    if len(of_a_font) > LOGS * len(examples):
        damaged = [e for e in damaged if e.row not in of_a_font or is_broken(_FONT.sub("", f"{e.input}\n{e.answer}"))]
    escaped = [examples[at].row for at in {*likely} if escapes.has_left(examples[at])]
    found = {example.row for example in damaged}
    return tuple(sorted(found.union(escaped if len(escaped) <= LOGS * len(examples) else ())))


def _is_mended(example: Example) -> bool:
    """Whether the answer is the input without its damage: that is what is to be learnt."""
    same = _PLAIN_SIGNS.sub("", example.input) == _PLAIN_SIGNS.sub("", example.answer)
    return same and not is_broken(example.answer) and is_broken(example.input)


def is_broken(text: str) -> bool:
    """True for U+FFFD, control characters, signs of private use, garble, and mojibake that ftfy can undo."""
    if text.isascii():
        raw = text.encode()
        odd = bool(raw.translate(None, _SOUND)) or (bool(raw.translate(None, _PLAIN)) and bool(_CONTROL.search(text)))
        return odd or _lost(text)
    if "\ufffc" in text or "â€" in text or _PICTURES.search(text):  # of three bytes read as signs the last may be lost
        return True
    if ("\ufffd" in text or not text.replace("\n", "").isprintable()) and _BROKEN.search(text):
        return True
    return _lost(text) or misread.has_misread(text) or garble.is_garbled(text) or _unscrambled(text) != text


def _lost(text: str) -> bool:
    if "?" not in text:
        return False
    if _LOST.search(text) or (
        text.count("?") >= max(LOST_SIGNS, LOST_SHARE * len(text)) and _RUNS_LOST.search(text) is not None
    ):
        return True
    parts = [(one.lower(), two) for one, two in _LETTER_LOST.findall(text)]
    lost = [(one, two) for one, two in parts if not (is_word(one) and is_word(two))]
    return len(lost) >= LETTERS_LOST or any(
        len(one) < FEW_LETTERS <= len(two) and not is_word(two) and not (len(one) > 1 and is_word(one))
        for one, two in lost
    )


def repaired(text: str) -> str:
    """The text with mojibake undone and control characters gone; U+FFFD stays, since what it stood for is lost.

    Escapes left in prose are read.
    """
    from ftfy.fixes import fix_c1_controls

    text = escapes.undone(text)
    if not is_broken(text):
        return text
    return _CONTROL.sub("", fix_c1_controls(misread.read_again(_unscrambled(text))))


def _around_foreign(text: str) -> str:
    """The stretches beyond ASCII with four signs on either side: what mojibake is told by, and all of it."""
    spans = [(max(0, match.start() - 4), match.end() + 4) for match in _FOREIGN.finditer(text)]
    return text if len(spans) > 50 else "\n\n".join([text[start:end] for start, end in spans])


def _unscrambled(text: str) -> str:
    import ftfy
    from ftfy.badness import is_bad

    if text.isascii() or not is_bad(_around_foreign(text)):
        return text
    return ftfy.fix_encoding(text)
