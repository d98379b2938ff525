"""One line of JSON, read fast where that is safe: anything odd is left to the careful reader."""

from __future__ import annotations

import re

import orjson

_KEY = re.compile(rb'"[ \t\r\n]*:')
_LONG_NUMBER = re.compile(rb"\d{17}")


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
