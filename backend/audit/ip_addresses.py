"""IP addresses that may lead to a person: public ones, not those of home networks, examples and well-known servers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

SOME = r"\d\.\d{1,3}\.\d{1,3}\.\d|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:"
"""What every address holds (RE2)."""

_FOUR = re.compile(r"(?<![\w.+-])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w+-]|\.\d|/\d)")
_SIX = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f]*:)(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}(?![\w:]|/\d)")
_VERSION = re.compile(
    r"(?:\bv(?:er(?:sion)?)?|version\w*|release|build|firmware|driver|update|upgraded? (?:to|from)|patch|sdk|chrome\w*"
    r"|section|clause|chapter|paragraph|§|abschnitt|kapitel|[a-z]+\.?js|[<>=~^]=?)[\s.:=\"'/]*(?:is|to|from)?\s*\Z",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b(?:ip|address(?:es)?|client|visitor|logged|login|from|host|user|adresse)\b", re.IGNORECASE)
_SERVERS = frozenset(
    ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222", "208.67.220.220",
     "4.2.2.2", "4.2.2.1", "2001:4860:4860::8888", "2001:4860:4860::8844", "2606:4700:4700::1111")
)  # fmt: skip
"""Public name servers, which every guide names."""
_EXAMPLES = tuple(
    ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
"""Set aside for examples by RFC 5737 and RFC 3849: an address only where the text says so."""


def find_ips(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, "ip") of each."""
    for match in (*_FOUR.finditer(text), *_SIX.finditer(text)):
        if _of_a_person(match.group(), text[max(0, match.start() - 40) : match.start()]):
            yield match.start(), match.end(), "ip"


def _of_a_person(found: str, before: str) -> bool:
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return False
    if str(address) in _SERVERS or _VERSION.search(before):
        return False
    said = _SAID.search(before) is not None
    if any(address in net for net in _EXAMPLES if net.version == address.version):
        return said
    if not address.is_global or address.is_multicast:
        return False
    if address.version == 4:  # small numbers throughout are a version or the number of a section
        return said or sum(int(part) > 30 for part in found.split(".")) >= 2
    return len(found.replace(":", "")) >= 8
