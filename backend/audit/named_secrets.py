"""Secrets of no known format, told by what they are called and by their looking drawn at random: `DB_PASSWORD=…`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

from backend.audit import written_secrets
from backend.audit.wider import wider
from backend.audit.written_secrets import ABROAD, OPTION

_OTHER_KEYS = r"(?:app(?:lication)?|master|licen[cs]e|pre-?shared|storage|admin|server|service|deploy|hmac)[ _-]?key"
SOME = (
    r"(?i:passw|passphrase|pwd|secret|token|api[_ -]?key|access[_ -]?key|auth[_-]?key|signing"
    r"|(?:private|encryption)[_-]?key|credential|sharedaccesskey|bearer|basic|ssws|[?&]sig=|sshpass|mysql|curl "
    r"|[^a-z]pw[ \"':=]"
    rf"|(?:{ABROAD}|{_OTHER_KEYS})[\w-]{{0,20}}"
    r"(?:[^a-z0-9]{0,5}[:=：]|[^a-z0-9]{1,5}(?:ist?|lautet|est|es|é|è|är|er|jest|это)[^a-z]))"
    rf"|[a-z]://[^\s/@:]*:[^\s/@]{{8,}}@|{written_secrets.SOME}"
)
"""What every one of them holds (RE2)."""

_CALLED = re.compile(
    # Its name,
    r"(?<![A-Za-z])(?:[\w.-]{0,30}?"
    r"(?:pass(?:word|wd|phrase)?|pwd|secret(?:[_-]?(?:access)?[_-]?key)?|token"
    r"|api[_ -]?key|access[_ -]?key|auth[_-]?key|(?:signing|encryption|private|sharedaccess|fastly|account)[_-]?key"
    rf"|{_OTHER_KEYS}|credentials?|sig|pw|_auth|{ABROAD})"
    r"(?:[_-]?(?:id|value|key|prod|live|base|dev|staging))?)[\"']?"
    # and its value, which is no further name: `token: access_token=…`.
    r"\s{0,3}(?::=|=>|[:=：]| is )\s{0,3}(?![\"'`]?[\w.-]{0,30}(?:key|token|secret|passw?(?:or)?d?|pwd)[\"']?[=:])"
    r"(?:[\"'`](?P<quoted>[^\s\"'`<>{}]{8,200})[\"'`]|[\"'`]?(?P<value>[^\s\"'`<>{}()\[\],;&]{8,200}))",
    re.IGNORECASE,
)
_MAYBE_CALLED = re.compile(
    rf"(?:pass|pwd|secret|token|key|credential|sig|pw|_auth|{ABROAD})[\w-]{{0,20}}[\"']?\s{{0,3}}"
    r"(?::=|=>|[=:：]| is )",
    re.IGNORECASE,
)
"""What `_CALLED` finds holds this, which is looked for in a tenth of the time."""
_LONGEST_NAME = 60
"""Characters of a name before that, and more."""
_HEADER = re.compile(r"\b(?:Bearer|Basic|SSWS)\s+(?P<value>(?!eyJ)[A-Za-z0-9+/_.~-]{16,400}=*)")
_TYPED = re.compile(
    rf"(?:{OPTION}[\w-]{{0,40}}?(?:password|passwd|pass|pwd|token|secret|api-?key)\s"
    r"|(?<![A-Za-z])(?i:password|passwd|(?:api|access|secret) key)\s"
    r"|\bsshpass -p ?|\bmysql\w*\s(?:[^\n]{0,80}\s)??-p"
    r"|\bcurl\s(?:[^\n]{0,160}\s)??(?:-u|--user)[ =]?['\"]?[^\s:'\"]{1,40}:)"
    r"['\"]?(?P<value>[^\s'\"`<>{}()\[\],;&$]{8,200})"
)
"""As they are typed in a terminal or stand in a `.netrc`: without a sign between name and value."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OF_A_KEY = re.compile(r"api[_ -]?key|secret|passw|(?:auth|access)[_ -]?token|[A-Z]_(?:TOKEN|KEY)\b")
"""Names under which a UUID is a key and no number of something."""
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://[^\s:/@'\"]*:(?P<value>[^\s/@'\"]{8,})@[^\s'\"]+")
_PATTERNS = (
    (_CALLED, (":", "=", "：", " is ")),
    (_TYPED, ("--", "passw", " key ", "sshpass", "mysql", "curl")),
    (_HEADER, ("bearer", "basic", "ssws")),
    (_LINK, ("://",)),
)
"""With what each match holds in lower case."""
_MIXED = re.compile(r"\d|(?<=\w)[!#%&$@^*?+](?=\w)")
"""A password has a digit, or a sign in the middle."""
_WORDS = re.compile(r"[_.\-/ &!?#$%@*+^]")
_SHAPE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\w]|_")


def looks() -> tuple[str, ...]:
    """Patterns (RE2), one of which every text holds in which `find_named` finds something."""
    return tuple(wider(pattern) for pattern, _ in _PATTERNS)


def find_named(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each value, without its name."""
    small = text.lower()
    for pattern, hints in _PATTERNS:
        if not any(hint in small for hint in hints):
            continue
        start = 0
        if pattern is _CALLED:
            if (likely := _MAYBE_CALLED.search(text)) is None:
                continue
            start = max(0, likely.start() - _LONGEST_NAME)
        for match in pattern.finditer(text, start):
            name = "value" if match.group("value") else "quoted"
            value = match.group(name).rstrip(".,:;!?")
            of_a_key = pattern is _CALLED and _UUID.fullmatch(value) and _OF_A_KEY.search(match.group())
            if of_a_key or looks_random(value):
                yield match.span(name)


def looks_random(value: str) -> bool:
    """Letters and digits (or signs) in ever new order: no word, no path, no name of a variable, no call.

    At least 3 bits a sign by Shannon's entropy, and a new kind of sign on average every third place or sooner; pure
    hexadecimal counts from 32 digits on.
    """
    if len(value) < 8 or not _MIXED.search(value) or not any(map(str.isalpha, value)):
        return False
    if re.fullmatch(r"[0-9a-f:.-]+|[0-9A-F:.-]+", value):
        return len(value) >= 32 and len(set(value)) >= 10 and value.isalnum()
    parts = _SHAPE.findall(value)
    words = [part for part in _WORDS.split(value) if part.isalpha() and len(part) > 3 and part[1:].islower()]
    if sum(map(len, words)) > 0.5 * len(value):
        return False
    counts = Counter(value)
    entropy = -sum(times / len(value) * log2(times / len(value)) for times in counts.values())
    return entropy >= 2.9 and len(parts) * 3.2 >= len(value) and len(parts) >= 4
