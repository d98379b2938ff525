"""Lines of JSON, read fast where that is safe: anything odd is left to the careful reader."""

from __future__ import annotations

import re
import secrets
from itertools import chain

import numpy as np
import orjson

_KEY = re.compile(rb'"[ \t\r\n]*:')
_SPACED_KEY = re.compile(rb'"[ \t\r\n]+:')
_LONG_NUMBER = re.compile(rb"\d{17}")
_PLAIN = frozenset((str, int, bool, type(None)))
_MARK = 10**15 + secrets.randbelow(10**15)
"""Stands between the lines where many are read as one list: no file can know it, so none can bridge two lines."""
_BETWEEN = b",%d," % _MARK
_BLANK, _QUOTE, _COLON, _BACKSLASH = (ord(sign) for sign in ' ":\\')


def quick_lines(block: bytes) -> list[dict[str, object]] | None:
    """The objects on these lines, ended by LF or CRLF, one on each; None where they must be read one by one.

    That is where `quick` would give up on any of them, or a line is blank.
    """
    body = block.rstrip(b"\r\n")
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return None
    joined = body.replace(b"\n", _BETWEEN)
    lines = (len(joined) - len(body)) // (len(_BETWEEN) - 1) + 1
    try:
        found = orjson.loads(b"[%b]" % joined)
    except orjson.JSONDecodeError:
        return None
    records: list[dict[str, object]] = found[::2]
    if len(records) != lines or len(found) != 2 * lines - 1 or found[1::2].count(_MARK) != lines - 1:
        return None
    if set(map(type, records)) != {dict} or (b"\\" in block and b"\\u0000" in block):
        return None
    keys = sum(map(len, records))
    written, only_texts = _written_keys(body)
    kinds = {str} if only_texts else set(map(type, chain.from_iterable(map(dict.values, records))))
    if not kinds <= _PLAIN:
        if float in kinds or _LONG_NUMBER.search(body):
            return None
        for value in chain.from_iterable(map(dict.values, records)):
            if type(value) is list or type(value) is dict:
                keys += _keys(value)
    return records if written == keys else None


def _written_keys(block: bytes) -> tuple[int, bool]:
    """How many keys are written here, one that comes twice counted twice, and whether a text follows each.

    -1 where that is not plain to see.
    """
    signs = np.frombuffer(block, np.uint8)
    colons = np.flatnonzero(signs == _COLON)
    before = signs[colons - 1]
    if (before <= _BLANK).any() and _SPACED_KEY.search(block):
        return -1, False
    after_quote = colons[before == _QUOTE]
    is_inside = signs[after_quote - 2] == _BACKSLASH  # of a text, unless the backslash is itself written so
    if (signs[after_quote[is_inside] - 3] == _BACKSLASH).any():
        return -1, False
    of_keys = after_quote[~is_inside]
    values = of_keys + 1 + (signs[of_keys + 1] == _BLANK)
    return len(of_keys), bool((signs[values] == _QUOTE).all())


def quick(line: bytes) -> dict[str, object] | None:
    """The object on this line of UTF-8, or None where the careful reader must look.

    That is for all that is no JSON object, for keys that may occur twice, for zero bytes, and for numbers that would
    not come out as they were written.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:  # the careful reader says why
        return None
    if type(value) is not dict or b"\\u0000" in line:
        return None
    keys, odd = len(value), False
    for inner in value.values():
        kind = type(inner)
        if kind is list or kind is dict:
            keys += _keys(inner)
            odd = True
        elif kind is float:
            return None
    if odd and _LONG_NUMBER.search(line):
        return None
    if line.count(b":") > keys and len(_KEY.findall(line)) > keys:
        return None
    return value


def _keys(value: object) -> int:
    """Keys of all objects inside, for values of any depth the parser lets through."""
    total = 0
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if type(inner) is dict:
            total += len(inner)
            waiting.extend(inner.values())
        elif type(inner) is list:
            waiting.extend(inner)
    return total
