"""The normal form in which texts are compared, and the words of a text."""

from __future__ import annotations

import re
import unicodedata

from backend.domain import Example

_EDGE_MARKS = ".,;:!\"'‘’“”„«»…¿¡。،۔।"
"""Sentence marks and quotation marks that do not count at the edges of a word."""
_WORD = re.compile(r"[぀-ヿ㐀-鿿豈-﫿가-힯]|[^\W_぀-ヿ㐀-鿿豈-﫿가-힯]+(?:['’][^\W\d_]+)?")
"""A word, with what follows an apostrophe; each sign of a script that sets no spaces is one of its own."""
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+(?:'[A-Za-z]+)?")
"""The same where there is nothing beyond ASCII, in half the time."""
_LETTERS_AND_DIGITS = bytes(code if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))
"""Letters and digits of ASCII as they are, all else as a space."""
_OF_PROGRAMS = b"=(){}[];<>_|+*/\\"
"""Signs that programs are full of."""
_OF_PROGRAM = re.compile(r"[\w\])'\"][(\[.=_]\w|\w\(|\w[=\[]|\A(?:[-+*/%<>!=]?=|[<>*/+-]|->)\Z")
"""A word as it hangs together in a program, or an operator that stands alone."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
"""Words of scripts without spaces, between which a full stop names no part of anything: `4399.功能`."""
PROGRAM_WORDS = 0.25
"""Share of words that hang together so above which a text is a program: of 5,000 functions in Python hardly one in
twenty has less, of texts hardly one has a fifth."""

_DECLARES = re.compile(
    r"\s*(?:@[^\n]*\n\s*)*(?:(?:async )?def \w+\(|class \w+(?:\([^\n]*\))?:[ \t]*\n|func (?:\([^)\n]*\) )?\w+[\[(])"
)
"""How a function or a class begins in Python and Go."""
ADDRESS_FILLED_IN = re.compile(r"\b[a-z][a-z+.-]{1,20}://[^\s$]{0,200}\$\{\w+\}\S*")
"""An address of which a shell or a program fills in a part: `postgres://user:${DB_PASSWORD}@db`."""

FEWEST_OF_A_QUESTION = 4
"""Words from which on a question is one without its mark as well."""
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Signs without width: soft hyphens, joiners, marks of direction and of byte order."""


def normal(text: str) -> str:
    """Unicode NFKC, case folded, spaces collapsed, sentence marks at the edges of words dropped.

    Operators, brackets, question marks and marks inside words stay: `3 - 4` is not `3 + 4`, `3.5` is not `35`.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return " ".join([bare for word in text.casefold().split() if (bare := word.strip(_EDGE_MARKS))])


def words(text: str) -> list[str]:
    """The words in order, as written."""
    if not text.isascii():
        return _WORD.findall(text)
    return _ASCII_WORD.findall(text) if "'" in text else kept(text, _LETTERS_AND_DIGITS).split()


def kept(text: str, table: bytes) -> str:
    """An ASCII text with its signs exchanged by the table, in a tenth of the time of `str.translate`."""
    return text.encode().translate(table).decode()


def program_signs(text: str) -> int:
    """How many signs it holds that programs are full of."""
    raw = text.encode("utf-8", "surrogatepass")
    return len(raw) - len(raw.translate(None, _OF_PROGRAMS))


def is_program(text: str) -> bool:
    """Whether so many of its first words hang together by signs as they do in programs: `self.lines[at]`, `x = 1`."""
    text = text[:1000]
    parts = (text if text.isascii() else _UNSPACED.sub(" 字 ", text)).split()
    return sum(_OF_PROGRAM.search(part) is not None for part in parts) > PROGRAM_WORDS * len(parts)


def declares(text: str) -> bool:
    """Whether it begins as a function or a class does, however much of it is documentation."""
    return _DECLARES.match(text) is not None


def asked(example: Example) -> str:
    """Everything before the answer, in normal form: what two rows share when they ask the same.

    Without the question mark at the end, which many people leave out, but for a few words: `Really?` is not `Really`.
    """
    parts = [example.system, *(f"{turn.role}: {turn.content}" for turn in example.history), example.input]
    said = "\n".join(map(normal, parts))
    return said.rstrip(f"?؟ {_EDGE_MARKS}") if len(words(example.input)) >= FEWEST_OF_A_QUESTION else said


def raw_asked(example: Example) -> str:
    """Everything before the answer but the system prompt, as written."""
    if not example.history:
        return example.input
    return "\n".join([*(turn.content for turn in example.history), example.input])
