"""Escapes left in prose: `caf\\u00e9`, `donu2019t`, `caf=C3=A9`, `caf%C3%A9`, `it\\'s`, `\\n` written out.

They belong in code and links.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from backend.domain import Example

SOME = (
    r"[\\%][uU][0-9a-fA-F]{4}|[A-Za-z]u00[c-f][0-9a-f]|[a-z ]u20[12][0-9a-f]|\\x[89a-fA-F][0-9a-fA-F]|\\3[0-5][0-7]\\2"
    r"|\\['\"]|=[C-F][0-9A-F]|=3D|=\r?\n|%20[A-Za-z]|%[C-F][0-9A-F]%[89AB][0-9A-F]|\\[nrt]"
    r"|<U\+[0-9A-F]{4}|_x00[0-9A-F]{2}_"
    r"|[a-z]<(?:[c-f][0-9a-f]|9[1-7])>|=\?[\w-]{3,12}\?[BQbq]\?|[a-z]\+A[MNOP][A-Za-z0-9+/]-|[a-z]#(?:39|8217|x27);"
)
"""What every one of them holds (RE2)."""
_NUMBERED = r"(?<![\\\"'`\[(/+])\\(?:u(?!00[0-7])[0-9a-fA-F]{4}|U000[0-9a-fA-F]{5})(?![\"'`\])]\W)"
_BYTES = (
    r"(?<![\\\"'`\[(/])(?:\\x[c-f][0-9a-f](?:\\x[89ab][0-9a-f])+|(?<=[a-z])\\x(?:[c-f][0-9a-f]|9[1-7])(?=[a-z .,]))"
    r"|(?:\\3[0-5][0-7](?:\\2[0-7]{2}){1,2})+"
)
_BARE = (
    r"(?<=[A-Za-z])u00[c-f][0-9a-f](?=[a-z .,;:!?)]|\Z)|(?<=[a-z ])u20[12][0-9a-f](?=[a-z .,;:!?)]|\Z)|%u[0-9A-Fa-f]{4}"
    r"|(?<=[a-z])#(?:39|8217|x27);(?=[a-z])|(?<=[a-z])\+A[MNOP][A-Za-z0-9+/]-(?=[a-z .,]|\Z)"
    r"|=\?[\w-]{3,12}\?[BQbq]\?[^?\s]+\?=|(?<=[a-z])<(?!dd)(?:[c-f][0-9a-f]|9[1-7])>(?:<[89ab][0-9a-f]>)*"
    r"|(?<=[a-z])\\'(?=[a-z])(?!\w+['\"])|\\u00(?:2[267]|3[ce])|(?<!\S)\\\"[^\"\\\n]{1,80}\\\"(?![\w:])"
)
"""Without their backslash or ampersand, as UTF-7, mail and R write signs, and quotes that were escaped in a program."""
_QUOTED = (
    r"(?<![=/?&\d\"'])=[C-F][0-9A-F](?:=[89AB][0-9A-F])+|(?<=[a-z])=[C-F][0-9A-F](?=[a-z])"
    r"|(?<![^\s])=[C-F][0-9A-F](?=[a-z]{2})|(?<=[a-z]{2})=[EF]\d(?![\w=])"
    r"|(?<=[a-z]{2})=(?=\r?\n[a-z])|(?<=\w)=3D(?=[\"\w])"
)
_PERCENT = (
    r"(?<![^\s\"“(])[\w,;!'’-]{0,40}(?:%[C-F][0-9A-F](?:%[89AB][0-9A-F])+|(?<=[A-Za-z])%20(?=[A-Za-z]))"
    r"(?:[\w%,;!'’-]|\.(?=\s|\Z)){0,2000}(?![\w/.:?&=@#+%])"
)
_LINE_ENDS = (
    r"(?<!\\)(?:\\r)?\\n(?:\\r?\\n)+|\\r\\n|(?<=[.!?:;,…”*。！？])(?:[\"')\]])?\ ?\\n(?![a-z+*?{}\])|])"
    r"|(?<=\w)\ ?\\n(?=\ ?[-•*]\ |\ ?\d+[.)]\ |[A-Z][a-z ])|(?<=\w)\\t(?=[A-Z\d])|(?<=[.!?])\\n\Z"
    r"|(?<=[a-z,;.!?] )\\[nt](?= [A-Za-z])"
)
_EXPORTED = r"<U\+(?!D[89A-F])(?:[0-9A-F]{4,5}|10[0-9A-F]{4})>|_x00[0-9A-F]{2}_"
"""As R and Excel write signs."""
_LEFT = re.compile("|".join((_EXPORTED, _NUMBERED, f"(?i:{_BYTES})", _BARE, _QUOTED, _PERCENT, _LINE_ENDS)))
_PROGRAM = re.compile(
    r"[`{}]|[=!<>]=|[=-]>|\(\)|</|;\s*\n|>>>|[A-Z]:\\|\\[sdwSWDB.()\[\]|^$+*?/]|\\\\"
    r"|\\(?!x[0-9a-f]{2}\b)[a-z]{2,}\b(?<!\\r\\n)[{\\]|\$\S+\$"
    r"|(?m:^[^\S\n]*"
    r"(?:\||#include|(?:const|let|var) \w+ ?=|import \w|from \w+ import|def \w|class \w+[:(]|\w+ = [\w\"'\[]))"
    r"|\w\(['\"]"
)
"""Code, patterns, LaTeX, paths."""
_ABOUT = re.compile(
    r"unicode|escap|json|regex|regular expression|utf-?8|latex|\bcode\b|python|javascript|\bjava\b|\bstrings?\b"
    r"|\bbash\b|shell|printf|new ?line|line ?(?:break|feed|end)|encod|decod|quoted-printable"
    r"|percent-|\bhex|backslash|\burls?\b|excel|function|代码|换行|转义|编码|正则|コード|改行|код",
    re.IGNORECASE,
)
"""A question about such signs, or about programs, wants them."""
_SHOWN = re.compile(
    r"\b(?:unicode|escape[ds]?|escaping|json|regex|python|javascript|new ?lines?|line (?:break|feed)s?|tabs?"
    r"|backslash\w*|strings?)\b",
    re.IGNORECASE,
)
"""What an answer that shows such signs speaks of."""
_USED = re.compile(
    r"\b(?:use|type|insert|enter|write|put|add|(?:separated?|split) (?:by|with)) \\[nrt]"
    r"(?= (?:to|for|when|as|if|instead)\b)",
    re.IGNORECASE,
)
"""An escape that one is told to write: `use \\n to add a line`."""


def has_left(example: Example) -> bool:
    """Whether an escape was left in a question or answer that is prose."""
    texts = (example.input, example.answer)
    some = any(sign in text for sign in ("\\", "=", "%", "<", "_x00", "u00", "u20", "+A", "#") for text in texts)
    return some and any(map(_left, texts)) and not _ABOUT.search(_LEFT.sub(" ", example.input))


def _left(text: str) -> bool:
    text = _USED.sub(" ", text) if "\\" in text else text
    found = _LEFT.search(text)
    if found is None or _PROGRAM.search(text):
        return False
    return not (found.group().strip()[:2] in ("\\n", "\\t", "\\u") and _SHOWN.search(text))


def undone(text: str) -> str:
    """The text with what its escapes stand for, where it is prose."""
    return _LEFT.sub(_meant, text) if _left(text) else text


def _bytes_in_brackets(said: str) -> str:
    raw = bytes.fromhex(re.sub("[<>]", "", said))
    return raw.decode("cp1252" if len(raw) == 1 else "utf-8", "replace")


def _mail_word(said: str) -> str:
    from email.header import decode_header, make_header

    return str(make_header(decode_header(said)))


_READ: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"\\['\"]"), lambda said: said.replace("\\", "")),
    (re.compile("#"), lambda said: html.unescape(f"&{said}")),
    (re.compile(r"=\?"), _mail_word),
    (re.compile(r"\+"), lambda said: said.encode().decode("utf-7")),
    (re.compile("<(?!U)"), _bytes_in_brackets),
    (re.compile("[<_u]|%u"), lambda said: chr(int(said.strip("<U+>_xu%"), 16))),
)
"""How such signs begin, and how they are read."""


def _meant(found: re.Match[str]) -> str:
    """What it stands for, or the same again where its bytes are no text."""
    from quopri import decodestring
    from urllib.parse import unquote

    said = found.group()
    for begins, read in _READ:
        if begins.match(said):
            return read(said)
    if "\\n" in said or "\\r" in said or "\\t" in said:
        return said.replace("\\r", "").replace("\\n", "\n").replace("\\t", "\t")
    if "%" in said:
        return unquote(said)
    if said.startswith("="):
        raw = decodestring(said.encode("latin-1", "ignore"))
    else:
        again = said.encode("ascii").decode("unicode_escape")
        if said[1] not in "x3":
            return again
        raw = again.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
