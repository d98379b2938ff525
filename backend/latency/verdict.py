"""Does the endpoint meet its targets? Pass and fail need evidence; without it the answer is borderline or invalid."""

from __future__ import annotations

import math
from collections.abc import Sequence

from backend.latency.knee import holds_users
from backend.latency.report import JUDGED, Level, Verdict
from backend.latency.targets import WORDS, Targets
from backend.statistics import Z95, wilson

CPU_LIMIT = 0.9
"""Cores used by the measuring program above which it, not the endpoint, may be the bottleneck."""
LAG_SHARE = 0.1
"""Late wake-ups (99th percentile) may be this part of the tightest wait asked for …"""
LAG_FLOOR_MS = 5.0
"""… but below this they are ordinary scheduling noise."""


def decide(
    levels: Sequence[Level], targets: Targets, share: float, *, highest: int | None, stopped: bool, invalid: str = ""
) -> tuple[Verdict, str]:
    """The verdict at the highest level asked, and the reason in plain words.

    `pass` when the lower bound of the share within target reaches `share`, `fail` when the upper bound stays
    under it, `borderline` between (also without targets, and when the test was cut short before it could
    tell), `invalid` when the client was the bottleneck, when nothing completed or when what a target is about
    cannot be seen, and for the reason given as `invalid`. `highest` is the number of users asked for at most; None
    when a rate was asked for.
    """
    last = judged(levels, highest)
    invalid = invalid or (_why_invalid(last, targets) if last is not None else "")
    if invalid:
        return "invalid", invalid
    if last is None:
        return "borderline", "The test was stopped before anything was measured."
    if not targets.asked:
        return "borderline", "No target was given, so there is nothing to pass or fail."
    if stopped and (last.requests == 0 or (highest is not None and last.users < highest)):
        return "borderline", f"The test was stopped before {highest or 'enough'} users were measured."
    return _by_evidence(levels, last, targets, share, stopped)


def judged(levels: Sequence[Level], highest: int | None) -> Level | None:
    """The level a verdict rests on: the one with `highest` users, else the last that was asked for."""
    about = [one for one in levels if one.role in JUDGED]
    exact = [one for one in about if one.users == highest]
    return next(iter([*exact[::-1], *about[::-1]]), levels[-1] if levels else None)


def _by_evidence(
    levels: Sequence[Level], last: Level, targets: Targets, share: float, stopped: bool
) -> tuple[Verdict, str]:
    within = last.within_target
    if within is None:
        return "borderline", "The test was stopped before anything was measured at the highest level."
    seen = (
        f"{within.good} of {within.of} requests ({within.good / within.of:.1%}, 95% interval {within.low:.1%} to "
        f"{within.high:.1%}) kept the target ({targets.in_words()}) {_where(last)}; {share:.1%} were asked."
    )
    if stopped:
        seen += " The test was stopped early."
    if within.low >= share:
        return "pass", seen
    if within.high < share:
        held = holds_users([one for one in levels if one is not last], share)
        so_far = f" It does hold with {_people(held)}." if held else ""
        return "fail", f"{seen} What went wrong: {_misses(last)}.{so_far}"
    return "borderline", f"{seen} Too close to call: {_what_would_settle(within.good, within.of, share)}"


def more_requests(level: Level, share: float, limit: int) -> int | None:
    """How many requests the level should have in all when it is too close to call; None when it is settled or full."""
    within = level.within_target
    if within is None or level.requests >= limit or within.low >= share or within.high < share:
        return None
    return min(limit, max(requests_to_pass(share, within.of - within.good), level.requests + level.requests // 2))


def client_trouble(level: Level, targets: Targets) -> str:
    """In words how the measuring program itself was the bottleneck; "" when it was not."""
    allowed = lag_allowed_ms(targets)
    if level.client.cpu > CPU_LIMIT:
        return (
            f"The measuring program itself was too busy {_where(level)} ({level.client.cpu:.0%} of a core): "
            "measure from a quieter machine."
        )
    if level.client.loop_lag_p99_ms > allowed:
        return (
            f"The measuring program itself was held up {_where(level)} (woken {level.client.loop_lag_p99_ms:.0f} ms "
            f"late, {allowed:.0f} ms are tolerable for this target): close other programs, or measure from another "
            "machine."
        )
    return ""


def _why_invalid(level: Level, targets: Targets) -> str:
    if level.completed == 0 and level.failed > 0:
        return f"Nothing completed {_where(level)}: all {level.requests} requests failed ({_failures(level)})."
    busy = client_trouble(level, targets)
    if busy:
        return busy
    if targets.tpot_ms is not None and level.uncounted:
        return (
            f"{level.uncounted} of {level.completed} answers came without a usable token count (usage), so the time "
            "per token is unknown: leave out the tpot target, or turn usage reporting on in the endpoint."
        )
    if targets.tpot_ms is not None and level.lumped * 2 > level.completed:
        return (
            f"{level.lumped} of {level.completed} answers came in one piece, so the time per token cannot be seen: "
            "something between here and the model gathers the stream."
        )
    return ""


def lag_allowed_ms(targets: Targets) -> float:
    """How late our own wake-ups may be: a tenth of the wait asked for, or one token's time, the tightest of them.

    A late wake-up moves a first or last stamp once, so it weighs on TPOT only through all tokens of an answer.
    """
    limits = [LAG_SHARE * value for value in (targets.ttft_ms, targets.e2e_ms) if value is not None]
    if targets.tpot_ms is not None:
        limits.append(targets.tpot_ms)
    return max(LAG_FLOOR_MS, min(limits, default=math.inf))


def requests_to_pass(share: float, misses: int = 0) -> int:
    """The fewest requests whose Wilson lower bound reaches `share` with that many misses. `share` is under 1."""
    count = max(misses + 1, math.ceil(share * Z95 * Z95 / (1 - share)))
    while wilson(count - misses, count).low < share:
        count += 1
    return count


def _what_would_settle(good: int, of: int, share: float) -> str:
    needed = requests_to_pass(share)
    if of < needed:
        return f"showing {share:.0%} takes at least {needed} requests even without a single miss."
    seen = good / of
    if seen == share:
        return "the measured share is the share asked for."
    more = math.ceil(share * (1 - share) * (Z95 / (seen - share)) ** 2)
    return f"about {max(more, of + 1)} requests would tell, if the share stays as it is."


def _where(level: Level) -> str:
    if level.rate_rps is not None:
        return f"at {level.rate_rps:g} requests a second"
    return f"with {_people(level.users)}"


def _people(users: int) -> str:
    return f"{users} user{'s' if users != 1 else ''} at once"


def _failures(level: Level) -> str:
    worst_first = sorted(level.failures.items(), key=lambda item: -item[1])
    return ", ".join(f"{count} × {reason}" for reason, count in worst_first)


def _misses(level: Level) -> str:
    parts = [
        f"{level.failed} failed ({_failures(level)})" if name == "failed" else f"{WORDS[name]} too late in {count}"
        for name, count in sorted(level.missed.items(), key=lambda item: -item[1])
    ]
    return "; ".join(parts)
