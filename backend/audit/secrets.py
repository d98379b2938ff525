"""Secrets: keys and tokens of formats that name themselves, private keys, and nothing guessed from randomness."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain

from backend.audit import named_secrets, written_secrets
from backend.audit.named_secrets import find_named
from backend.audit.sift import MANY_LIKELY, by_re2, first_look
from backend.audit.text import raw_asked
from backend.audit.written_secrets import find_written, stands_in
from backend.domain import Example

_FORMATS = re.compile(
    r"""
    (?:(?<![A-Za-z0-9_/+-])|(?<=://))(?:
     (?P<aws>(?:AKIA|ASIA)[A-Z0-9]{16})
    |(?P<github>gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})
    |(?P<gitlab>gl(?:pat|dt|rt|cbt|ptt|soat)-[A-Za-z0-9_-]{20,64})
    |(?P<slack>xox[abeoprs]-(?:\d{9,14}-){1,3}[A-Za-z0-9]{16,64}|xapp-\d-[A-Z0-9]{8,14}-\d{9,14}-[a-z0-9]{32,80})
    |(?P<webhook>https://hooks\.slack\.com/services/T[A-Z0-9]{8,11}/B[A-Z0-9]{8,11}/[A-Za-z0-9]{24}
        |https://[\w.-]{1,60}\.office\.com/webhook\w{0,3}/[0-9a-f-]{36}@[0-9a-f-]{36}
            /IncomingWebhook/[0-9a-f]{32}/[\w-]{8,80}
        |https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{17,20}/[A-Za-z0-9_-]{60,80})
    |(?P<stripe>[sr]k_live_[A-Za-z0-9]{24,99}|whsec_[A-Za-z0-9+/]{32,64})
    |(?P<google>AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{40,400})
    |(?P<openai>sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}
        |sk-[A-Za-z0-9]{48}|sk-[a-f0-9]{32}|sk-or-v1-[0-9a-f]{64})
    |(?P<anthropic>sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,120})
    |(?P<models>gsk_[A-Za-z0-9]{52}|r8_[A-Za-z0-9]{37}|pplx-[A-Za-z0-9]{48}|xai-[A-Za-z0-9]{70,90}|hf_[A-Za-z0-9]{34})
    |(?P<packages>npm_[A-Za-z0-9]{36}|pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}|rubygems_[a-f0-9]{48}
        |oy2[a-z0-9]{43}|cio[A-Za-z0-9]{32}|dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,40})
    |(?P<mail>SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}|key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}
        |xkeysib-[a-f0-9]{64}-\w{16})
    |(?P<cloud>AccountKey=[A-Za-z0-9+/]{86}==|dop_v1_[a-f0-9]{64}|dapi[a-f0-9]{32}|hvs\.[A-Za-z0-9_-]{24,200}
        |[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70}|pul-[a-f0-9]{40}|sbp_[a-f0-9]{40}|pscale_tkn_[\w.-]{32,64}
        |NRAK-[A-Z0-9]{27}|gl(?:c|sa)_[A-Za-z0-9+/=_]{32,200}|SK[a-f0-9]{32}|EAAC[A-Za-z0-9]{60,300})
    |(?P<work>shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|sq0[a-z]{3}-[A-Za-z0-9_-]{22,43}|lin_api_[A-Za-z0-9]{40}
        |(?:secret_|ntn_)[A-Za-z0-9]{43,50}|pat[A-Za-z0-9]{14}\.[a-f0-9]{64}|figd_[A-Za-z0-9_-]{40,50}
        |ATATT3[A-Za-z0-9_=-]{150,250}|sntry[su]_[A-Za-z0-9+/=_]{60,250})
    |(?P<more>[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}|AGE-SECRET-KEY-1[A-Z0-9]{58}
        |tskey-[a-z]+-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,50}|PMAK-[a-f0-9]{24}-[a-f0-9]{34}
        |pscale_(?:pw|oauth)_[\w.-]{32,64}|sl\.(?:u\.)?[A-Za-z0-9_-]{120,200}|HRKU-[A-Za-z0-9_-]{36,80}
        |(?:vcp|nfp|nfc|nfo)_[A-Za-z0-9]{36,60}|fm2_[A-Za-z0-9+/]{60,}|\d/\d{12,18}(?:/\d{12,18})?:[a-f0-9]{32})
    |(?P<bot>\d{8,10}:AA[A-Za-z0-9_-]{33}|[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})
    |(?P<packed>LS0tLS1CRUdJTi(?:BSU0EgUFJJ|BQUklWQVRF|BFQyBQUklW|BPUEVOU1NI)[A-Za-z0-9+/]{40,})
    |(?P<wallet>5[HJK][1-9A-HJ-NP-Za-km-z]{49})
    |(?P<services>nvapi-[A-Za-z0-9_-]{60,70}|1//0[A-Za-z0-9_-]{60,120}|ops_eyJ[A-Za-z0-9_-]{150,}=*)
    |(?P<push>sq[upa]_[0-9a-f]{40}|sk\.eyJ[A-Za-z0-9_-]{20,200}\.[A-Za-z0-9_-]{20,60}
        |AAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{100,180})
    |(?P<jwt>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})
    )(?![A-Za-z0-9_/+-])
    |(?i:aws.{0,20}secret.{0,20}[=:]\s*["']?)(?P<awssecret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])
    |(?i:(?:bitcoin|btc|wallet|wif)\b[^\n]{0,30}?\W)(?P<wif>[KL][1-9A-HJ-NP-Za-km-z]{51})(?![A-Za-z0-9])
    |(?i:(?:eth(?:ereum)?|wallet|private|secret|signing)[ _-]?(?:private[ _-]?)?key\b[^\n\w]{0,6}(?:is\ )?)
        (?P<ether>0x[0-9a-fA-F]{64})(?![A-Za-z0-9])
    |(?<=\w)(?P<hash>:\$(?:1|5|6|y|apr1|2[aby])\$[./A-Za-z0-9$]{20,120})
    |(?P<login>\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql)(?:\+\w+)?
        ://[^\s:/@'"]*:[^\s/@'"]{6,}@[^\s'"]+)
    |(?P<private>BEGIN\ (?:RSA\ |EC\ |DSA\ |OPENSSH\ |ENCRYPTED\ |PGP\ )?PRIVATE\ KEY(?:\ BLOCK)?-{0,6}
        (?:\\n|\s|[\w-]+:[^\n]*\n)*[A-Za-z0-9+/=]{40,}
        |Private-Lines:\ \d+(?:\\r|\\n|\s){1,4}[A-Za-z0-9+/=]{40,})
    |\\?"auth\\?"\s?:\s?\\?"(?P<registry>[A-Za-z0-9+/]{12,400}={0,2})\\?"
    """,
    re.VERBOSE,
)  # formats as their makers document them
SOME = (
    r"AKIA|ASIA|gh[pousr]_|github_pat_|gl[a-z]{1,4}[-_]|xox[a-z]-|xapp-|hooks\.slack|api/webhooks|k_live_|whsec_"
    r"|AIza|GOCSPX-|ya29\.|sk-|gsk_|r8_|pplx-|xai-|hf_|npm_|pypi-|rubygems_|dckr_"
    r"|SG\.|key-[0-9a-f]{32}|[0-9a-f]{32}-us|xkeysib-"
    r"|AccountKey=|dop_v1_|dapi[a-f0-9]{32}|hvs\.|\.atlasv1\.|pul-|sbp_|pscale_|NRAK-|SK[a-f0-9]{32}|EAAC"
    r"|shp(?:at|ca|pa|ss)_|sq0|lin_api_|secret_|ntn_|pat[A-Za-z0-9]{14}\.|figd_|ATATT3|sntry|:AA[A-Za-z0-9_-]{33}"
    r"|eyJ|(?i:aws.{0,20}secret)|://[^\s/@]*:[^\s/@]{6,}@|PRIVATE KEY|Private-Lines|\"auth\\?\" ?:"
    r"|\dQ~|tskey-|PMAK-|sl\.|HRKU-|vcp_|nf[pco]_|fm2_|nvapi-|1//0[A-Za-z0-9_-]{9}"
    r"|office\.com/webhook|oy2[a-z0-9]{9}|cio[A-Za-z0-9]{32}"
    r"|5[HJK][1-9A-HJ-NP-Za-km-z]{9}|(?i:bitcoin|btc|wallet|wif)\W|(?i:key)[^\n\w]{0,6}(?:is )?0x[0-9a-fA-F]{9}"
    r"|\d/\d{12,18}|LS0tLS1CRUdJTi|sq[upa]_|sk\.eyJ|:APA91b|\w:\$(?:[156y]|apr1|2[aby])\$"
)
"""What every secret of a known format holds (RE2), but for the next; what the others hold is in `named_secrets`."""
_UNBROKEN = re.compile(r"\S{14}")
"""What every secret of a known format holds too, which is looked for in a tenth of the time."""
OF_NUMBERS = r"\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}"
"""Two parts of a token among whose letters there are digits: what begins with any full stop is dear to look for."""
_EXAMPLE = re.compile(
    r"example|x{4}|QWxhZGRpbjpv|\*{3}|\.\.\.|0{8}|1{8}|your[_-]|dummy|placeholder|redacted|changeme|insert|<|\$\{"
    r"|12345678901234567890|abcdefghij|:(?:pass(?:word|wd)?|secret|pwd|test)@"
    r"|@(?:localhost|127\.0\.0\.1|db|host(?:name)?|server)(?:[:/]|\Z)",
    re.IGNORECASE,
)
_JWT_IO = "eyJzdWIiOiIxMjM0NTY3ODkwI"
"""How the payload of the example token on jwt.io begins."""


def secrets(examples: Sequence[Example], likely: Sequence[int] | None = None) -> tuple[int, ...]:
    """Rows that hold a secret anywhere. `likely`: indices of those that hold one of the patterns for a first look."""
    if likely is None:  # several looks: one pattern for all is slow
        looked = first_look(examples, {"": SOME, "named": named_secrets.SOME}, {"numbers": OF_NUMBERS})
        likely = [*looked[""], *looked["named"], *looked["numbers"]]
    if len(set(likely)) > MANY_LIKELY:
        likely = _looked_at_again(examples, likely)
    return tuple(
        example.row
        for example in map(examples.__getitem__, sorted(set(likely)))
        if has_secret(raw_asked(example)) or has_secret(example.answer) or has_secret(example.system)
    )


def _looked_at_again(examples: Sequence[Example], likely: Iterable[int]) -> list[int]:
    """Those of the likely rows that hold one of the careful patterns, all of them looked at at once: but for known
    formats, which would not fit into RE2 and of which the first look is as close."""
    some = sorted(set(likely))
    said = [(raw_asked(example), example.answer, example.system) for example in map(examples.__getitem__, some)]
    texts = list(dict.fromkeys(chain.from_iterable(said)))
    looks = (SOME, OF_NUMBERS, *named_secrets.looks(), *written_secrets.looks())
    held = set(map(texts.__getitem__, chain.from_iterable(by_re2(texts, *looks))))
    return [at for at, texts_of in zip(some, said, strict=True) if not held.isdisjoint(texts_of)]


def has_secret(text: str) -> bool:
    """Documented example keys (`AKIAIOSFODNN7EXAMPLE`) and obvious dummies do not count."""
    return bool(find_secrets(text))


def find_secrets(text: str) -> list[tuple[int, int]]:
    """Start and end of every secret, in order."""
    spans = [match.span() for match in _FORMATS.finditer(text) if _real(match)] if _UNBROKEN.search(text) else []
    for start, end in chain(find_named(text), find_written(text)):
        behind = text[end : end + 20].partition("\n")[0]
        around = f"{text[max(0, start - 30) : end]}{behind}".replace("<", " ")
        if not _EXAMPLE.search(around) and all(end <= begins or start >= ends for begins, ends in spans):
            spans.append((start, end))
    return sorted(spans)


def hidden(text: str) -> str:
    """The text with every secret replaced by `<SECRET>`."""
    for start, end in reversed(find_secrets(text)):
        text = f"{text[:start]}<SECRET>{text[end:]}"
    return text


def _real(match: re.Match[str]) -> bool:
    found = match.group()
    if _EXAMPLE.search(found) or len(set(found)) < 8:
        return False
    if match.lastgroup == "login":
        return not stands_in(found.split("://", 1)[1].rpartition("@")[0].partition(":")[2])
    if match.lastgroup == "registry":
        return _is_login(match["registry"])
    return match.lastgroup != "jwt" or _is_jwt(found)


def _is_login(token: str) -> bool:
    """A user and a password in base 64, as Docker keeps them for a registry."""
    try:
        user, _, password = base64.b64decode(token + "=" * (-len(token) % 4)).decode().partition(":")
    except ValueError:
        return False
    return bool(user) and len(password) >= 6 and not stands_in(password)


def _is_jwt(token: str) -> bool:
    header, payload, _ = token.split(".")
    if payload.startswith(_JWT_IO):
        return False
    try:
        return "alg" in json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        return False
