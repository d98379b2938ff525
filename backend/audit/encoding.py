"""Broken encoding: text decoded wrongly (mojibake), replacement characters and control characters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.audit import misread
from backend.audit.sift import rows_holding
from backend.audit.text import raw_asked
from backend.domain import Example

_BROKEN = re.compile("[\ufffd\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]|\x1b\\[[\\d;?]*[A-Za-z]")
"""Tab, line ends, form feed and vertical tab do occur in sound text; colours of a terminal do not."""
_COLOUR = re.compile("\x1b\\[[\\d;?]*[A-Za-z]")
LOGS = 0.30
"""Share of rows with colours from which on they are what the data look like."""
CONTROLS = r"\x1b\[|[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]"
SOME = r"[\x{fffd}\x{80}-\x{9f}]|[^\x00-\x7f]{2}|[ÃÂ] |" + misread.SOME
"""One of them is in every damaged text (RE2), `SOME` where it is not ASCII: bytes read as signs come in twos at least,
though a second may be a space."""
_FOREIGN = re.compile("[^\x00-\x7f]+")
_SOUND = bytes({*range(32, 127), *b"\t\n\v\f\r\x1b"})


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
    coloured = {example.row for example in damaged if "\x1b[" in example.input or "\x1b[" in example.answer}
    if len(coloured) > LOGS * len(examples):
        damaged = [e for e in damaged if e.row not in coloured or is_broken(_COLOUR.sub("", f"{e.input}\n{e.answer}"))]
    return tuple(example.row for example in damaged)


def is_broken(text: str) -> bool:
    """True for U+FFFD, control characters, and mojibake that ftfy both recognises and can undo."""
    if text.isascii():
        return bool(text.encode().translate(None, _SOUND)) or ("\x1b" in text and _CONTROL.search(text) is not None)
    if ("\ufffd" in text or not text.replace("\n", "").isprintable()) and _BROKEN.search(text):
        return True
    return misread.has_misread(text) or _unscrambled(text) != text


def repaired(text: str) -> str:
    """The text with mojibake undone and control characters gone; U+FFFD stays, since what it stood for is lost."""
    from ftfy.fixes import fix_c1_controls

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
