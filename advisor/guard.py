"""Who may talk to the app: only a browser on this machine that was started with our link, and only from our own page.

A pure ASGI guard, outside everything else. Gradio itself checks neither Host nor Origin and sends no security headers.
"""

from __future__ import annotations

import hmac
import html
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio starts from inline scripts and builds its HTML component with `new Function`, so both 'unsafe' words are
# needed for scripts; everything still has to come from this server, and nothing can be sent anywhere else.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WRONG_TRIES, PAUSE_S = 5, 60.0
"""After this many wrong passwords nobody can try again for the pause."""


@dataclass
class Door:
    """The token of this start, the cookie it is exchanged for, and the password where other machines may come in."""

    port: int
    password: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    wrong: list[float] = field(default_factory=list)

    @property
    def cookie_name(self) -> str:
        """Cookies are shared between the ports of a host, so each app names its own."""
        return f"tunewise-{self.port}"

    def open_to(self, request: Request) -> bool:
        """Whether the request carries the cookie of this start."""
        return hmac.compare_digest(request.cookies.get(self.cookie_name, "").encode(), self.cookie.encode())

    def let_in(self, to: str) -> Response:
        """Hand out the cookie and go on to a page of ours."""
        answer = RedirectResponse(to, status_code=303)
        answer.set_cookie(self.cookie_name, self.cookie, httponly=True, samesite="strict", path="/")
        return answer

    def paused(self, now_s: float) -> bool:
        """Whether too many wrong passwords came in lately."""
        self.wrong[:] = [at for at in self.wrong if now_s - at < PAUSE_S]
        return len(self.wrong) >= WRONG_TRIES


class Guard:
    """Wraps the whole app. Refuses other hosts (400), other origins (403) and whoever lacks the cookie (401)."""

    def __init__(self, app: ASGIApp, door: Door, hosts: Iterable[str]) -> None:
        self.app = app
        self.door = door
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request, and add the security headers to whatever answers it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # no websockets: Gradio streams over plain HTTP
            await send({"type": "websocket.close", "code": 1008})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in HEADERS}
                kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in ours]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        refusal = await self._refusal(Request(scope, receive))
        await (refusal or self.app)(scope, receive, guarded)

    async def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if host.rpartition(":")[0].strip("[]") not in self.hosts and host not in self.hosts:
            return Response("This address is not one the app was started for.", status_code=400)
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        changes = request.method not in SAFE_METHODS
        if changes and (origin not in {None, f"{request.url.scheme}://{host}"} or site not in {"same-origin", "none"}):
            return Response("Refused: this came from another site.", status_code=403)
        if self.door.open_to(request):
            return None
        return await self._password(request) if self.door.password else self._token(request)

    def _token(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if not token or not hmac.compare_digest(token.encode(), self.door.token.encode()):
            return _sign_in("That link is from an earlier start of the app." if token else "", False)
        rest = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "token"])
        return self.door.let_in("/" + request.url.path.lstrip("/") + (f"?{rest}" if rest else ""))

    async def _password(self, request: Request) -> Response:
        if request.method != "POST" or request.url.path != "/sign-in":
            return _sign_in("", True)
        now_s = time.monotonic()
        if self.door.paused(now_s):
            return _sign_in("Too many wrong passwords. Wait a minute, then try again.", True, 429)
        body = (await request.body())[:2000]
        given = parse_qs(body.decode("utf-8", "replace")).get("password", [""])[0]
        if hmac.compare_digest(given.encode(), self.door.password.encode()):
            return self.door.let_in("/")
        self.door.wrong.append(now_s)
        return _sign_in("That password is wrong.", True)


def _sign_in(words: str, password: bool, status: int = 401) -> Response:
    form = (
        '<form method="post" action="/sign-in"><label>Password <input type="password" name="password" required '
        'autofocus autocomplete="current-password"></label> <button>Sign in</button></form>'
        if password
        else "<p>Open the link that was printed in the terminal where Tunewise was started. It ends in "
        "<code>?token=…</code> and lets only you in.</p>"
    )
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Tunewise</title><style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;"
        "padding:0 1rem;color:#1d2733;background:#f7f8f8}</style>"
        f"<h1>Tunewise</h1><p role=alert>{html.escape(words)}</p>{form}</html>"
    )
    return HTMLResponse(page, status_code=status)
