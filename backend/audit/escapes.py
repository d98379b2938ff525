"""Escapes left in prose: `caf\\u00e9`, `caf=C3=A9`, `caf%C3%A9`, `\\n` written out. They belong in code and links."""

from __future__ import annotations

import re

from backend.domain import Example

SOME = (
    r"\\[uU][0-9a-fA-F]{4}|\\x[c-fC-F][0-9a-fA-F]|=[C-F][0-9A-F]|=3D|=\r?\n|%20[A-Za-z]|%[C-F][0-9A-F]%[89AB][0-9A-F]"
    r"|\\[nrt]|<U\+[0-9A-F]{4}|_x00[0-9A-F]{2}_"
)
"""What every one of them holds (RE2)."""
_NUMBERED = r"(?<![\\\"'`\[(/+])\\(?:u(?!00[0-7])[0-9a-fA-F]{4}|U000[0-9a-fA-F]{5})(?![\"'`\])]\W)"
_BYTES = r"(?<![\\\"'`\[(/])(?:\\x[c-f][0-9a-f](?:\\x[89ab][0-9a-f])+|(?<=[a-z])\\x[c-f][0-9a-f](?=[a-z .,]))"
_QUOTED = (
    r"(?<![=/?&\d\"'])=[C-F][0-9A-F](?:=[89AB][0-9A-F])+|(?<=[a-z])=[C-F][0-9A-F](?=[a-z])|(?<![^\s])=[C-F][0-9A-F](?=[a-z]{2})"
    r"|(?<=[a-z]{2})=[EF]\d(?![\w=])|(?<=[a-z]{2})=(?=\r?\n[a-z])|(?<=\w)=3D(?=[\"\w])"
)
_PERCENT = (
    r"(?<![^\s\"“(])[\w,;!'’-]{0,40}(?:%[C-F][0-9A-F](?:%[89AB][0-9A-F])+|(?<=[A-Za-z])%20(?=[A-Za-z]))"
    r"(?:[\w%,;!'’-]|\.(?=\s|\Z)){0,80}(?![\w/.:?&=@#+%])"
)
_LINE_ENDS = (
    r"(?<!\\)(?:\\r)?\\n(?:\\r?\\n)+|\\r\\n|(?<=[.!?:;,…”*。！？])(?:[\"')\]])?\ ?\\n(?![a-z+*?{}\])|])"
    r"|(?<=\w)\ ?\\n(?=\ ?[-•*]\ |\ ?\d+[.)]\ |[A-Z][a-z ])|(?<=\w)\\t(?=[A-Z\d])|(?<=[.!?])\\n\Z"
)
_EXPORTED = r"<U\+(?!D[89A-F])(?:[0-9A-F]{4,5}|10[0-9A-F]{4})>|_x00[0-9A-F]{2}_"
"""As R and Excel write signs."""
_LEFT = re.compile("|".join((_EXPORTED, _NUMBERED, f"(?i:{_BYTES})", _QUOTED, _PERCENT, _LINE_ENDS)))
_PROGRAM = re.compile(
    r"[`{}]|[=!<>]=|[=-]>|\(\)|</|;\s*\n|>>>|[A-Z]:\\|\\[sdwSWDB.()\[\]|^$+*?/]|\\\\|\\(?!x[0-9a-f]{2}\b)[a-z]{2,}\b(?<!\\r\\n)[{\\]|\$\S+\$"
    r"|(?m:^\s*(?:\||#include|(?:const|let|var) \w+ ?=|import \w"
    r"|from \w+ import|def \w|class \w+[:(]|\w+ = [\w\"'\[]))|\w\(['\"]"
)
"""Code, patterns, LaTeX, paths."""
_ABOUT = re.compile(
    r"unicode|escap|json|regex|regular expression|utf-?8|latex|\bcode\b|python|javascript|\bjava\b|\bstrings?\b"
    r"|\bbash\b|shell|printf|new ?line|line ?(?:break|feed|end)|encod|decod|quoted-printable"
    r"|percent-|\bhex|backslash|\burls?\b|excel|function|代码|换行|转义|编码|正则|コード|改行|код",
    re.IGNORECASE,
)
"""A question about such signs, or about programs, wants them."""


def has_left(example: Example) -> bool:
    """Whether an escape was left in a question or answer that is prose."""
    texts = (example.input, example.answer)
    some = any(sign in text for sign in ("\\", "=", "%", "<U+", "_x00") for text in texts)
    return some and not _ABOUT.search(example.input) and any(map(_left, texts))


def _left(text: str) -> bool:
    return _LEFT.search(text) is not None and not _PROGRAM.search(text)


def undone(text: str) -> str:
    """The text with what its escapes stand for, where it is prose."""
    return _LEFT.sub(_meant, text) if _left(text) else text


def _meant(found: re.Match[str]) -> str:
    """What it stands for, or the same again where its bytes are no text."""
    from quopri import decodestring
    from urllib.parse import unquote

    said = found.group()
    if said[0] in "<_":
        return chr(int(said.strip("<U+>_x"), 16))
    if "\\n" in said or "\\r" in said or "\\t" in said:
        return said.replace("\\r", "").replace("\\n", "\n").replace("\\t", "\t")
    if "%" in said:
        return unquote(said)
    if said.startswith("="):
        raw = decodestring(said.encode("latin-1", "ignore"))
    else:
        again = said.encode("ascii").decode("unicode_escape")
        if said[1] != "x":
            return again
        raw = again.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
