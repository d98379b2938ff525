"""Before any load: is there an endpoint, does it take our key, does it know the model, does it answer at all?"""

from __future__ import annotations

import os
import ssl
from urllib.error import URLError
from urllib.parse import urlsplit

from backend.errors import InputError
from backend.latency.answer import UNREADABLE
from backend.latency.client import ANSWERED_HTML, BAD_CERTIFICATE, NO_STREAM, NOT_REACHED, REDIRECTED, TIMED_OUT
from backend.latency.probe import PROBE_TIMEOUT_S, get, is_loopback, names
from backend.latency.record import Record

_A_URL = "Give the address of an OpenAI-compatible endpoint, for example http://127.0.0.1:8000."


def base_url(url: str, allow_remote: bool) -> str:
    """The address without /v1 and what follows. Raises InputError when it is no web address or not this machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise InputError("This is no web address.", where=url, why=str(error), do=_A_URL) from error
    if parts.scheme not in ("http", "https") or not host:
        raise InputError("This is no web address.", where=url, do=_A_URL)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError("The address may hold no password, query or fragment.", where=parts.hostname or "", do=_A_URL)
    if not allow_remote and not is_loopback(host):
        raise InputError(
            "This endpoint is on another machine.",
            where=host,
            why="A load test can disturb others and cost money, so it keeps to this machine unless told otherwise.",
            do="Say that you may load it: --remote (allow_remote=True from Python).",
        )
    path = parts.path.rstrip("/")
    for ending in ("/chat/completions", "/v1"):
        path = path.removesuffix(ending)
    return f"{parts.scheme}://{parts.netloc}{path}"


def key_from(variable: str | None) -> str | None:
    """The key in an environment variable. Raises InputError when it is named but not set."""
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise InputError(f"The environment variable {variable} is not set.", do="Set it to the endpoint's key.")
    return key


def check_models(base: str, model: str, key: str | None, timeout_s: float) -> str:
    """Ask for the list of models and return the path before it, "/v1" or "".

    An endpoint without such a list passes: the first request will tell. Raises InputError.
    """
    patience = min(PROBE_TIMEOUT_S, timeout_s)
    for prefix in ("/v1", ""):
        try:
            reply = get(f"{base}{prefix}/models", key, patience)
            if reply.status in (401, 403):
                raise wrong_key(base, reply.status)
            if reply.is_page and reply.status == 200:
                if prefix == "/v1":
                    raise web_page(base)
                break
            if reply.status != 200:
                continue
            listed = names(reply)
        except TimeoutError as error:
            raise never_answers(base, patience) from error
        except URLError as error:
            raise (bad_certificate if _untrusted(error) else not_reached)(base, str(error.reason)) from error
        except ConnectionError as error:
            raise not_reached(base, str(error)) from error
        except ValueError as error:
            what = "The endpoint's list of models is not JSON."
            raise InputError(what, where=f"{base}{prefix}/models", do=_A_URL) from error
        if listed and model not in listed:
            raise unknown_model(base, model, listed)
        return prefix
    return "/v1"


def check_first(record: Record, base: str, model: str, timeout_s: float) -> None:
    """Raise InputError when the first real request shows a mistake that no amount of further requests mends."""
    failure = record.failure or ""
    if record.status in (401, 403):
        raise wrong_key(base, record.status)
    if failure == ANSWERED_HTML:
        raise web_page(base)
    if failure.startswith(REDIRECTED):
        do = "If you trust that address, give it in place of this one."
        raise InputError(
            "The endpoint refuses the request and sends us to another address.", where=base, why=failure, do=do
        )
    if record.status == 404:
        what = f"The endpoint does not know the model '{model}', or this is not its address."
        raise InputError(what, where=base, why=failure, do=_A_URL)
    if failure.startswith(BAD_CERTIFICATE):
        raise bad_certificate(base, failure)
    if failure.startswith(NOT_REACHED):
        raise not_reached(base, failure)
    if failure.startswith(TIMED_OUT) and not record.chunks_ns:
        raise never_answers(base, timeout_s)
    if failure.startswith((UNREADABLE, NO_STREAM)):
        what = "The endpoint answers, but not with the stream of an OpenAI-compatible chat."
        do = "Give the address of a chat endpoint, and see that nothing on the way to it rewrites its answers."
        raise InputError(what, where=base, why=failure, do=do)
    if record.status is not None and 300 <= record.status < 500 and record.status != 429:
        do = "Check the address, the model and --max-tokens."
        raise InputError("The endpoint refuses the request.", where=base, why=failure, do=do)


def wrong_key(base: str, status: int) -> InputError:
    return InputError(
        f"The endpoint refuses our key (HTTP {status}).",
        where=base,
        do="Put the endpoint's key into an environment variable and name that with --api-key-env.",
    )


def web_page(base: str) -> InputError:
    return InputError("The endpoint answers with a web page (HTML), not with an API.", where=base, do=_A_URL)


def never_answers(base: str, seconds: float) -> InputError:
    return InputError(
        f"The endpoint accepts the connection but never answers (waited {seconds:g} s).",
        where=base,
        do="See in its log whether the model is loaded; restart it if it hangs.",
    )


def not_reached(base: str, why: str) -> InputError:
    do = "Start it, or correct the address and port."
    return InputError("The endpoint cannot be reached.", where=base, why=why, do=do)


def bad_certificate(base: str, why: str) -> InputError:
    return InputError(
        "The endpoint's certificate is not trusted here: self-signed, or of an authority this machine does not know.",
        where=base,
        why=why,
        do="If it is your own, name its certificate: SSL_CERT_FILE=/path/to/cert.pem tunewise latency …",
    )


def unknown_model(base: str, model: str, listed: list[str]) -> InputError:
    return InputError(
        f"The endpoint does not serve a model '{model}'.",
        where=base,
        why="It serves: " + ", ".join(listed[:50]),
        do="Use --model with one of these.",
    )


def _untrusted(error: URLError) -> bool:
    return isinstance(error.reason, ssl.SSLError)
