"""Secrets: keys and tokens of formats that name themselves, private keys, and nothing guessed from randomness."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence

from backend.audit.text import raw_asked
from backend.domain import Example

_FORMATS = re.compile(
    r"""
    (?<![A-Za-z0-9_/+-])(?:
     (?P<aws>(?:AKIA|ASIA)[A-Z2-7]{16})
    |(?P<github>gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})
    |(?P<gitlab>glpat-[A-Za-z0-9_-]{20})
    |(?P<slack>xox[abprs]-(?:\d{9,14}-){1,3}[A-Za-z0-9]{16,64})
    |(?P<webhook>https://hooks\.slack\.com/services/T[A-Z0-9]{8,11}/B[A-Z0-9]{8,11}/[A-Za-z0-9]{24})
    |(?P<stripe>[sr]k_live_[A-Za-z0-9]{24,99})
    |(?P<google>AIza[A-Za-z0-9_-]{35})
    |(?P<openai>sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|sk-[A-Za-z0-9]{48})
    |(?P<anthropic>sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,120})
    |(?P<huggingface>hf_[A-Za-z]{34})
    |(?P<npm>npm_[A-Za-z0-9]{36})
    |(?P<pypi>pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,})
    |(?P<sendgrid>SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})
    |(?P<azure>AccountKey=[A-Za-z0-9+/]{86}==)
    |(?P<jwt>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})
    )(?![A-Za-z0-9_/+-])
    |(?P<private>-----BEGIN\ (?:RSA\ |EC\ |DSA\ |OPENSSH\ |ENCRYPTED\ |PGP\ )?PRIVATE\ KEY(?:\ BLOCK)?-----
        (?:\\n|\s|[\w-]+:[^\n]*\n)*[A-Za-z0-9+/=]{40,})
    """,
    re.VERBOSE,
)  # formats as their makers document them
_HINTS = ("AKIA", "ASIA", "gh", "glpat-", "xox", "slack.com", "k_live_", "AIza", "sk-", "hf_", "npm_", "pypi-", "SG.",
          "AccountKey=", "eyJ", "PRIVATE KEY")  # fmt: skip
_EXAMPLE = re.compile(r"EXAMPLE|XXXX|xxxx|\.\.\.|0{8}|1{8}|your[_-]?|dummy|placeholder|redacted", re.IGNORECASE)
_JWT_IO = "eyJzdWIiOiIxMjM0NTY3ODkwI"
"""How the payload of the example token on jwt.io begins."""


def secrets(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows that hold a secret anywhere."""
    return tuple(
        example.row
        for example in examples
        if has_secret(raw_asked(example)) or has_secret(example.answer) or has_secret(example.system)
    )


def has_secret(text: str) -> bool:
    """Documented example keys (`AKIAIOSFODNN7EXAMPLE`) and obvious dummies do not count."""
    return bool(find_secrets(text))


def find_secrets(text: str) -> list[tuple[int, int]]:
    """Start and end of every secret, in order."""
    if not any(hint in text for hint in _HINTS):
        return []
    return [match.span() for match in _FORMATS.finditer(text) if _real(match)]


def hidden(text: str) -> str:
    """The text with every secret replaced by `<SECRET>`."""
    for start, end in reversed(find_secrets(text)):
        text = f"{text[:start]}<SECRET>{text[end:]}"
    return text


def _real(match: re.Match[str]) -> bool:
    found = match.group()
    if _EXAMPLE.search(found) or len(set(found)) < 10:
        return False
    return match.lastgroup != "jwt" or _is_jwt(found)


def _is_jwt(token: str) -> bool:
    header, payload, _ = token.split(".")
    if payload.startswith(_JWT_IO):
        return False
    try:
        return "alg" in json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        return False
