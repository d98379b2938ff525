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
    r"(?<![^\W_])(?:v(?:er)?\b|version\w*|versión|versione|versão|release[ds]?|builds?|firmware|drivers?"
    r"|up(?:date|grade)[ds]?|upgrading|updating|down(?:grade)[ds]?|patch(?:ed|es)?|hotfix|package|plugin|library"
    r"|module|kernel|bios|sdk|api|app|software|installed|installs?|requires?|ships?|shipped|migrat\w+|bump\w*"
    r"|aktualisier\w+|mise à jour|revision"
    r"|sections?|clauses?|chapter|paragraph|article|table|figure|appendix|step|rule|oid|abschnitt|kapitel"
    r"|[a-z]+\.?js)(?!\w)|§|[<>=~^!]=|[<>≥≤~^]",
    re.IGNORECASE,
)
_PRODUCT = re.compile(r"(?:(?<!/)\b[A-Za-z][\w.+]*/|\b[A-Z]\w*[ ]?|\b\w+==)\Z")
"""A name right before, as in `Firefox 4.2.1.7`, `Chrome/4.2.1.7` and `package==4.2.1.7`."""
_NETWORK = re.compile(
    r"(?<![^\W_])(?:ips?|ip_?v4|addr|address(?:es)?|adresse\w*|ip-adresse|dirección|indirizzo|hosts?|hosted|servers?"
    r"|pings?|pinged|connect\w*|clients?|routers?|subnet|log(?:ged)?[- ]?in|logins?|sign(?:ed)?[- ]?in|sign-?ups?"
    r"|visitors?|gateway|proxy|vpn|ssh|sshd|traffic|network|firewall|requests?|attack\w*|traceroute|whois|banned"
    r"|block(?:ed)?|whitelist\w*|blacklist\w*|resolve[ds]?|listening|curl|telnet|get|post|access\w*|session|port)"
    r"(?![^\W_])|://|@",
    re.IGNORECASE,
)
_RIGHT_BEFORE = re.compile(
    r"(?:(?<![^\W_])(?:ips?|ip_?v4|addr|address|ip-adresse|host|ping|ssh|whois|traceroute|curl|telnet)"
    r"(?: (?:is|was|ist|of|from))?[\s:=\"'(\[]*|://|@"
    r"|(?:login|log(?:ged)?|sign(?:ed)?|connect\w*|request\w*) ?(?:in )?(?:from|to) )\Z",
    re.IGNORECASE,
)
_PORT = re.compile(r":\d{2,5}\b|[^.!?\n]{0,25}\b(?:port|ip|address)\b", re.IGNORECASE)
_SMALL = 30
"""Few parts of an address, one in eight, and most parts of a version are no larger."""
_THREE_DIGITS = 100
_SERVERS = frozenset(
    ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222", "208.67.220.220",
     "4.2.2.2", "4.2.2.1", "2001:4860:4860::8888", "2001:4860:4860::8844", "2606:4700:4700::1111")
)  # fmt: skip
"""Public name servers, which every guide names."""
_AT_HOME = ("10.", "127.", "192.168.")
"""How addresses begin that no other network knows: of those the most common, told sooner."""
_EXAMPLES = tuple(
    ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
"""Set aside for examples by RFC 5737 and RFC 3849: nobody's."""
_SHOWN = re.compile(
    r"(?:\b(?:such as|for example|for instance|e\. ?g\.)[,:]?\s|^[ \t]*:?examples?:{1,2}\s+)[\"'‘“`(]?\Z",
    re.IGNORECASE | re.MULTILINE,
)
"""Right before an address that only shows how one looks."""


def find_ips(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, "ip") of each."""
    for match in (*_FOUR.finditer(text), *_SIX.finditer(text)):
        before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 40]
        if not match.group().startswith(_AT_HOME) and _of_a_person(match.group(), before, after):
            yield match.start(), match.end(), "ip"


def _of_a_person(found: str, before: str, after: str) -> bool:
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return False
    if str(address) in _SERVERS or address.is_multicast:
        return False
    if _SHOWN.search(before) or any(address in net for net in _EXAMPLES if net.version == address.version):
        return False
    if not address.is_global:
        return False
    if address.version == 6:
        return len(found.replace(":", "")) >= 8
    return _is_address([int(part) for part in found.split(".")], before, after)


def _is_address(parts: list[int], before: str, after: str) -> bool:
    """Whether four numbers are an address and no version: by the nearest word, and more of it for small numbers."""
    version, network = _last(_VERSION, before), _last(_NETWORK, before)
    if version > network or _VERSION.match(after.lstrip()):
        return False
    small = sum(part <= _SMALL for part in parts)
    if small > 2 or parts[1] == 0 or max(parts[:2]) <= _SMALL:  # as versions are
        return version < 0 and (_RIGHT_BEFORE.search(before) or _PORT.match(after)) is not None
    if max(parts) < _THREE_DIGITS:  # one address in forty, and most groups of a puzzle or a score
        return network >= 0 or _PORT.match(after) is not None
    return network >= 0 or not (0 in parts and _PRODUCT.search(before))


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match starts; -1 when there is none."""
    return max((match.start() for match in pattern.finditer(text)), default=-1)
