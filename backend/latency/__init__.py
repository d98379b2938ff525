"""Measure how fast an OpenAI-compatible chat endpoint answers, and whether that meets a target."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.errors import InputError
from backend.latency.prompts import Prompt, read_prompts
from backend.latency.report import LatencyReport, Level
from backend.latency.targets import Targets, as_targets, parse_targets
from backend.latency.wanted import LatencyTest, Mode, OnProgress, Progress

__all__ = [
    "LatencyReport", "LatencyTest", "Level", "OnProgress", "Progress", "Prompt", "Targets", "parse_targets",
    "read_prompts", "run_latency",
]  # fmt: skip

DEFAULT_USERS = (1, 4, 8)
DEFAULT_REQUESTS = 120
"""Per level: shows 95 % within target with one miss to spare (Wilson); 73 without a miss would be the least."""
REMOTE_USERS, REMOTE_REQUESTS = 64, 2000
"""The most we put on somebody else's machine."""


def run_latency(
    url: str,
    model: str,
    *,
    mode: Mode | None = None,
    users: Sequence[int] | None = None,
    requests: int | None = None,
    max_tokens: int = 64,
    prompts: Sequence[Prompt] | None = None,
    rate: float | None = None,
    api_key_env: str | None = None,
    api_key: str | None = None,
    targets: Targets | Mapping[str, float] | None = None,
    share: float = 0.95,
    timeout_s: float = 60.0,
    seed: int = 0,
    allow_remote: bool = False,
    on_progress: OnProgress | None = None,
    request_log: Path | None = None,
    cancel: threading.Event | None = None,
) -> LatencyReport:
    """Test `model` at `url` (with or without /v1) with each number of `users`, `requests` counted requests a level.

    `users`: default (1, 4, 8), as far as there are requests for. With a `rate` (arrivals a second, Poisson) one
    level without a cap, or one for each number of `users` as a cap. `targets`: {"ttft_ms": 300, "tpot_ms": 50,
    "e2e_ms": 2000}, any of them; at least `share` (fraction) of the requests has to keep them all. `api_key` is
    for a server of our own; a person names an environment variable. `timeout_s` is the longest silence waited out.

    `on_progress` gets a `Progress` about twice a second, on this thread. `request_log`
    gets one JSON line of raw stamps a request. Setting `cancel`, or Ctrl-C, ends the test early; the report then
    holds what was measured and says `stopped`. Makes its own event loop, so call it from a plain thread.

    Raises InputError for arguments that cannot be used, an endpoint that is not there, refuses the key, does
    not serve the model, answers with a web page or never answers.
    """
    from backend.latency.check import base_url, key_from
    from backend.latency.run import Plan, run_test

    base = base_url(url, allow_remote)
    if users is not None and not users:
        raise InputError("No number of users was given.", where="--users", do='Give for example "--users 1,4,8".')
    requests = requests if requests is not None else DEFAULT_REQUESTS
    if mode is not None and users and min(users) > 1:
        users = (1, *users)
    levels = tuple(sorted(set(users or [number for number in DEFAULT_USERS if number <= max(requests, 1)])))
    if levels[0] < 1 or max_tokens < 1 or timeout_s <= 0:
        raise InputError("Users, max tokens and the timeout must be 1 or more.", where="--users, --max-tokens")
    if rate is not None and not 0 < rate <= 10_000:
        raise InputError(f"The rate {rate} cannot be used.", where="--rate", do="Give requests a second, above 0.")
    if not 0 < share < 1:
        raise InputError(f"The share {share} cannot be used.", where="--share", do="Give a fraction such as 0.95.")
    if requests < (1 if rate is not None else levels[-1]):
        raise InputError(
            f"{requests} requests are too few for {levels[-1]} users.",
            where="--requests, --users",
            do="Let every user send at least one counted request.",
        )
    if allow_remote and (levels[-1] > REMOTE_USERS or requests > REMOTE_REQUESTS):
        raise InputError(
            f"At most {REMOTE_USERS} users and {REMOTE_REQUESTS} requests a level are sent to another machine.",
            where="--users, --requests",
        )
    if api_key is not None and api_key_env is not None:
        raise InputError("A key and the name of a variable holding a key were both given.", where="--api-key-env")
    plan = Plan(
        base=base,
        model=model,
        users=(None,) if rate is not None and users is None else levels,
        requests=requests,
        max_tokens=max_tokens,
        prompts=prompts,
        rate=rate,
        key=api_key if api_key is not None else key_from(api_key_env),
        targets=as_targets(targets),
        share=share,
        timeout_s=timeout_s,
        seed=seed,
    )
    return asyncio.run(run_test(plan, on_progress, request_log, cancel))
