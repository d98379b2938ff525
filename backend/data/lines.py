"""Lines of a text file, each with a length limit, so that no file can fill the memory with one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

MAX_LINE = 10_000_000
"""Characters. Ten million are about two million tokens: no training example is that long."""

BAD_BYTES = range(0xDC80, 0xDD00)
"""Where `surrogateescape` puts bytes that are not valid UTF-8."""


def capped_lines(file: Path, encoding: str, cap: int = MAX_LINE) -> Iterator[tuple[str, bool]]:
    """(line with its line end, whole) in order; a line beyond `cap` comes cut, with whole = False.

    LF, CRLF and CR end a line. Invalid UTF-8 bytes come as surrogates (see `trouble_in`), invalid UTF-16 as U+FFFD.
    """
    escape = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    with file.open(encoding=encoding, errors=escape, newline="") as handle:
        while line := handle.readline(cap + 1):
            if len(line) <= cap or line.endswith(("\n", "\r")):
                yield line, True
                continue
            yield line[:200], False
            while (rest := handle.readline(1_000_000)) and not rest.endswith(("\n", "\r")):
                continue


def trouble_in(text: str) -> str:
    """Why this text cannot be used as it is, or "": bytes that are not UTF-8, half a character, or zero bytes."""
    if "\0" in text:
        return "holds zero (NUL) bytes"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        if code in BAD_BYTES:
            return f"is not valid UTF-8: byte 0x{code - 0xDC00:02X} (save the file as UTF-8)"
        return f"holds half a character (lone surrogate \\u{code:04x})"
    return ""
