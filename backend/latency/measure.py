"""`run_latency`: the one way into a latency test, for every skin; what is asked is checked here."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from backend.errors import InputError
from backend.latency.prompts import Prompt
from backend.latency.report import LatencyReport
from backend.latency.targets import Targets, as_targets
from backend.latency.wanted import Mode, OnProgress

DEFAULT_USERS = (1, 4, 8)
REMOTE_USERS, REMOTE_REQUESTS = 64, 2000
"""The most we put on somebody else's machine: users at once, and counted requests a level."""
MOST_USERS = 4096


def run_latency(
    url: str,
    model: str,
    *,
    mode: Mode | None = None,
    users: Sequence[int] | None = None,
    requests: int | None = None,
    max_tokens: int = 64,
    prompts: Sequence[Prompt] | None = None,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    rate: float | None = None,
    api_key_env: str | None = None,
    api_key: str | None = None,
    targets: Targets | Mapping[str, float] | None = None,
    preset: str | None = None,
    share: float | None = None,
    compare: Sequence[str] = (),
    timeout_s: float = 60.0,
    seed: int = 0,
    allow_remote: bool = False,
    on_progress: OnProgress | None = None,
    request_log: Path | None = None,
    cancel: threading.Event | None = None,
) -> LatencyReport:
    """Test `model` at `url` (with or without /v1) with each number of `users`, `requests` counted requests a level.

    `mode` chooses levels and sizes (see `LatencyTest`); without one there are the levels of `users` and no others.
    `users`: default (1, 4, 8), as far as there are requests for. `requests`: exactly so many; by default 120, and more
    at the highest level while it is too close to call. With a `rate` (arrivals a second, Poisson) one level without a
    cap, or one for each number of `users` as a cap. `targets`: {"ttft_ms": 300, "tpot_ms": 50, "e2e_ms": 2000}, any
    of them, or a `preset`; at least `share` (fraction; 0.95, or the preset's) of the requests has to keep them all.
    `input_tokens` asks for made-up prompts of that size, `output_tokens` for answers of exactly that size where the
    server can. `compare`: other models, measured in turns with this one, as "name" or "name@url". `api_key` is for a
    server of our own; a person names an environment variable. `timeout_s` is the longest silence waited out.

    `on_progress` gets a `Progress` about twice a second, on this thread. `request_log` gets one JSON line of raw
    stamps a request, as they are answered. Setting `cancel`, or Ctrl-C, ends the test early; the report then holds
    what was measured and says `stopped`. The load comes from a process of its own.

    Raises InputError for arguments that cannot be used, an endpoint that is not there, refuses the key, does
    not serve the model, answers with a web page or never answers.
    """
    from backend.latency.check import base_url, key_from
    from backend.latency.presets import preset as named
    from backend.latency.run import Plan, run_test

    base = base_url(url, allow_remote)
    if preset is not None and targets:
        raise InputError("Targets and a preset of targets were both given.", where="--target, --preset")
    wanted = named(preset) if preset is not None else None
    share = share if share is not None else wanted.share if wanted else 0.95
    levels = _levels(users, requests, mode)
    _check_numbers(levels, requests, rate, share, (max_tokens, timeout_s, input_tokens or 1, output_tokens or 1))
    if allow_remote:
        _check_caps(levels, requests, mode)
    if api_key is not None and api_key_env is not None:
        raise InputError("A key and the name of a variable holding a key were both given.", where="--api-key-env")
    asked = [name.partition("@") for name in compare]
    others = tuple((name, base_url(at, allow_remote) if at else base) for name, _, at in asked)
    key = api_key if api_key is not None else key_from(api_key_env)
    if key is not None and len({urlsplit(at).hostname for at in (base, *dict(others).values())}) > 1:
        do = "Compare models of one machine, or measure one after the other."
        raise InputError("The key of one machine is not sent to another.", where="--compare", do=do)
    if len({model, *dict(others)}) <= len(others):
        raise InputError("The models to compare must all be different.", where="--compare")
    plan = Plan(
        base=base,
        model=model,
        users=(None,) if rate is not None and users is None else levels,
        requests=requests,
        max_tokens=output_tokens or max_tokens,
        prompts=prompts,
        rate=rate,
        key=key,
        targets=wanted.targets if wanted else as_targets(targets),
        share=share,
        timeout_s=timeout_s,
        seed=seed,
        mode=mode,
        compare=others,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        users_given=users is not None or mode != "sweep",
    )
    return run_test(plan, on_progress, request_log, cancel)


def _levels(users: Sequence[int] | None, requests: int | None, mode: Mode | None) -> tuple[int, ...]:
    """The numbers of users, ascending. Raises InputError for none."""
    if users is not None and not users:
        raise InputError("No number of users was given.", where="--users", do='Give for example "--users 1,4,8".')
    if users is None and mode == "sweep":
        return (1,)
    if users is None and mode is not None:
        return (DEFAULT_USERS[-1],)
    return tuple(sorted(set(users or [number for number in DEFAULT_USERS if number <= max(requests or 120, 1)])))


def _check_numbers(
    levels: Sequence[int], requests: int | None, rate: float | None, share: float, above_zero: Sequence[float]
) -> None:
    if levels[0] < 1 or min(above_zero) <= 0:
        raise InputError("Users, tokens and the timeout must be 1 or more.", where="--users, --max-tokens")
    if rate is not None and not 0 < rate <= 10_000:
        raise InputError(f"The rate {rate} cannot be used.", where="--rate", do="Give requests a second, above 0.")
    if not 0 < share < 1:
        raise InputError(f"The share {share} cannot be used.", where="--share", do="Give a fraction such as 0.95.")
    if requests is not None and requests < (1 if rate is not None else levels[-1]):
        raise InputError(
            f"{requests} requests are too few for {levels[-1]} users.",
            where="--requests, --users",
            do="Let every user send at least one counted request.",
        )
    if requests is None and levels[-1] > MOST_USERS:
        raise InputError(f"{levels[-1]} users at once are more than {MOST_USERS}.", where="--users")


def _check_caps(levels: Sequence[int], requests: int | None, mode: Mode | None) -> None:
    """What may be put on another machine; a standard test goes to twice the users."""
    if levels[-1] * (2 if mode == "standard" else 1) > REMOTE_USERS or (requests or 0) > REMOTE_REQUESTS:
        raise InputError(
            f"At most {REMOTE_USERS} users and {REMOTE_REQUESTS} requests a level are sent to another machine.",
            where="--users, --requests",
            why="A standard test also measures twice the users asked for." if mode == "standard" else "",
        )
