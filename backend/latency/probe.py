"""Small questions to the endpoint beside the load: its models, its marks of identity, its own measurements."""

from __future__ import annotations

import ipaddress
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any
from urllib.parse import urlsplit

PROBE_TIMEOUT_S = 10.0
"""An endpoint that cannot even list its models in this time is taken for dead."""
MAX_BYTES = 8 * 2**20


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")


@dataclass(frozen=True)
class Identity:
    """What marks an endpoint as the same one: empty fields are what it does not tell."""

    models: tuple[str, ...] = ()
    server: str = ""
    started: str = ""
    fingerprints: frozenset[str] = field(default=frozenset())

    def changed(self, later: Identity) -> str:
        """In words what differs later; "" when nothing does, as far as both tell."""
        if self.models and later.models and self.models != later.models:
            return f"its models were {', '.join(self.models)} and are now {', '.join(later.models)}"
        if self.server and later.server and self.server != later.server:
            return f"it called itself {self.server} and now {later.server}"
        if self.started and later.started and self.started != later.started:
            return "it was restarted"
        new = later.fingerprints - self.fingerprints
        if self.fingerprints and new:
            before, after = ("/".join(sorted(marks)) for marks in (self.fingerprints, new))
            return f"its system_fingerprint was {before} and became {after}"
        return ""


class _Stay(urllib.request.HTTPRedirectHandler):
    """No redirect is followed: it could carry the key off this machine."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(url: str) -> str | None:
    """The proxy the environment names for this address; never one for this machine itself."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(parts.scheme)


def get(url: str, key: str | None, timeout_s: float = PROBE_TIMEOUT_S) -> Reply:
    """One GET. Raises TimeoutError when nothing comes, urllib.error.URLError when nobody is there."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - base_url lets only http(s) through
    proxy = proxy_for(url)
    proxies = urllib.request.ProxyHandler({urlsplit(url).scheme: proxy} if proxy else {})
    opener = urllib.request.build_opener(proxies, _Stay())
    try:
        with opener.open(request, timeout=timeout_s) as reply:
            return Reply(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.read(MAX_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read(65536))
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise error.reason from error
        raise


def identity(base: str, prefix: str, key: str | None) -> Identity:
    """What the endpoint says of itself now; an empty Identity when it does not answer."""
    try:
        reply = get(f"{base}{prefix}/models", key, 3.0)
    except OSError:
        return Identity()
    text = metrics_text(base, key)
    started = re.search(r"^process_start_time_seconds(?:\{[^}]*\})? (\S+)", text or "", re.M)
    return Identity(
        tuple(sorted(names(reply))) if reply.status == 200 else (),
        reply.headers.get("server", ""),
        started[1] if started else "",
    )


def names(reply: Reply) -> list[str]:
    """The model ids in an answer to /models. Raises ValueError when it is no JSON."""
    answer: Any = json.loads(reply.body)
    rows = answer.get("data") if isinstance(answer, dict) else None
    return [str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row] if isinstance(rows, list) else []


def metrics_text(base: str, key: str | None) -> str | None:
    """The endpoint's own measurements in Prometheus' text form; None when it gives none."""
    try:
        reply = get(f"{base}/metrics", key, 2.0)
    except (OSError, ValueError):
        return None
    return reply.body.decode("utf-8", "replace") if reply.status == 200 and not reply.is_page else None
