"""The latency report: percentiles of what was measured, level by level, as the command line prints it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from backend.latency.record import Record
from backend.latency.targets import Targets
from backend.statistics import wilson

Verdict = Literal["pass", "fail", "borderline", "invalid"]

Role = Literal["asked", "yardstick", "headroom", "arrivals", "search", "compared"]

JUDGED: tuple[Role, ...] = ("asked", "search")
"""The roles of levels that a verdict may rest on."""
P99_FROM = 300
"""Requests below which no 99th percentile is given: 299 without a miss are what it takes to show it (binomial)."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Percentiles(_Frozen):
    """Milliseconds. All None when `count` is 0; p99 also under 300 requests."""

    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    mean: float | None
    count: int


class WithinTarget(_Frozen):
    """`good` of `of` requests kept every target; `low` and `high` are its 95 % Wilson bounds, fractions 0–1."""

    good: int
    of: int
    low: float
    high: float


class Client(_Frozen):
    """What the measuring program itself was busy with: `cpu` 1.0 is one core."""

    loop_lag_p99_ms: float
    cpu: float


class Level(_Frozen):
    """One load level. `requests` = completed + failed; warm-up is in neither.

    `role`: "asked" for a level the verdict may rest on, "yardstick" for the single user everything is compared with,
    "headroom" for more users than asked, "arrivals" for random arrivals, "search" for a step of a sweep, "compared"
    for one side of a comparison. `model` is the model that answered.

    Rate levels also carry `rate_rps` and `response_ms`; others leave both out of their JSON. Without a cap,
    `users` of a rate level is the highest number in flight. `goodput_rps` and `within_target` are None when
    no target was given; `output_tokens_per_s` when the endpoint does not count its tokens. `failures` and
    `missed` count requests by what went wrong; `uncounted` answers have no usable token count, `lumped` ones
    had several tokens in a single chunk.
    """

    users: int
    requests: int
    completed: int
    failed: int
    ttft_ms: Percentiles
    tpot_ms: Percentiles
    inter_chunk_ms: Percentiles
    e2e_ms: Percentiles
    output_tokens_per_s: float | None
    requests_per_s: float
    goodput_rps: float | None
    within_target: WithinTarget | None
    client: Client
    failures: dict[str, int]
    missed: dict[str, int]
    uncounted: int
    lumped: int
    rate_rps: float | None = None
    response_ms: Percentiles | None = None
    role: Role = "asked"
    model: str = ""

    @model_serializer(mode="wrap")
    def _leave_out_rate(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        if self.rate_rps is None:
            del fields["rate_rps"], fields["response_ms"]
        return fields


class Cause(_Frozen):
    """What most of the wait is made of, where a target was missed, and what to try.

    `source` is "server metrics" when the endpoint's own /metrics tell, else "inferred" from how the waits grew with
    the users. `shares` gives the measured part of each kind in milliseconds of a mean request, where known.
    """

    kind: Literal["queueing", "prefill", "decode", "client", "failures"]
    because: str
    advice: tuple[str, ...]
    source: Literal["server metrics", "inferred"]
    shares: dict[str, float] = {}


class Difference(_Frozen):
    """One model minus the other over paired blocks: the mean in milliseconds and in percent, with 95% intervals."""

    ms: float
    low_ms: float
    high_ms: float
    percent: float
    low_percent: float
    high_percent: float


class Compared(_Frozen):
    """What `model` costs beside `against`, measured in turns; a None is a time that could not be seen."""

    model: str
    against: str
    users: int
    blocks: int
    requests: int
    ttft_ms: Difference | None
    tpot_ms: Difference | None
    e2e_ms: Difference | None
    because: str


class LatencyReport(_Frozen):
    """What `tunewise latency --json` prints. `stopped` marks a test that was cut short; it keeps what it has.

    `cut_short` says why in words ("" when it ran to its end). `judged_users`: of the level the verdict is about;
    `judged` is that level. `holds_users`: the most users at once for which the
    target was shown to hold; `knee_users`: where more users stop bringing more answers a second. Both None when not
    measured. `notes` are things to know that change no verdict.
    """

    endpoint: str
    model: str
    levels: tuple[Level, ...]
    verdict: Verdict
    because: str
    targets: Targets
    share: float
    stopped: bool
    mode: str | None = None
    cut_short: str = ""
    judged_users: int | None = None
    holds_users: int | None = None
    knee_users: int | None = None
    cause: Cause | None = None
    comparison: tuple[Compared, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def judged(self) -> Level | None:
        """The level the verdict is about; None when nothing was measured."""
        about = [one for one in self.levels if one.role in JUDGED]
        same = [one for one in about if one.users == self.judged_users]
        return next(iter([*same, *about[::-1], *self.levels[::-1]]), None)


def percentile(ordered: Sequence[float], fraction: float) -> float:
    """Linear interpolation between the closest ranks (Hyndman & Fan 1996, type 7) of an ascending sequence."""
    place = (len(ordered) - 1) * fraction
    below, above = math.floor(place), math.ceil(place)
    low, high = ordered[below], ordered[above]
    return min(high, low + (high - low) * (place - below))


def percentiles(values: Sequence[float | None], requests: int) -> Percentiles:
    """Percentiles of what is known; `requests` decides whether a p99 may be given."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return Percentiles(p50=None, p90=None, p95=None, p99=None, mean=None, count=0)
    return Percentiles(
        p50=percentile(known, 0.5),
        p90=percentile(known, 0.9),
        p95=percentile(known, 0.95),
        p99=percentile(known, 0.99) if requests >= P99_FROM else None,
        mean=math.fsum(known) / len(known),
        count=len(known),
    )


def level(
    records: Sequence[Record],
    targets: Targets,
    *,
    users: int | None,
    rate: float | None,
    lags_ms: Sequence[float],
    cpu: float,
    role: Role = "asked",
    model: str = "",
    begins: Sequence[int] = (0,),
) -> Level:
    """Sum up one level. Failed requests are in no percentile, and never within target.

    `begins`: the places in `records` where a stretch of load began; the time between stretches is not under load.
    """
    done = [record for record in records if record.failure is None]
    misses = [misses_of(record, targets) for record in records]
    good = sum(not missed for missed in misses)
    stretches = [records[a:b] for a, b in pairwise((*begins, len(records))) if b > a]
    window_s = sum((max(r.ended_ns for r in some) - min(r.sent_ns for r in some)) / 1e9 for some in stretches)
    tokens = [record.output_tokens for record in done]
    counted = [count for count in tokens if count is not None]
    asked = bool(targets.asked) and bool(records)
    share = wilson(good, len(records)) if asked else None

    def of(values: Sequence[float | None]) -> Percentiles:
        return percentiles(values, len(records))

    return Level(
        users=users if users is not None else most_at_once(records),
        requests=len(records),
        completed=len(done),
        failed=len(records) - len(done),
        ttft_ms=of([record.ttft_ms for record in done]),
        tpot_ms=of([record.tpot_ms for record in done]),
        inter_chunk_ms=of([gap for record in done for gap in record.gaps_ms]),
        e2e_ms=of([record.e2e_ms for record in done]),
        output_tokens_per_s=_per_s(sum(counted), window_s) if len(counted) == len(done) else None,
        requests_per_s=_per_s(len(done), window_s),
        goodput_rps=_per_s(good, window_s) if asked else None,
        within_target=WithinTarget(good=good, of=len(records), low=share.low, high=share.high) if share else None,
        client=Client(loop_lag_p99_ms=percentile(sorted(lags_ms), 0.99) if lags_ms else 0.0, cpu=cpu),
        failures=dict(Counter(record.failure.split(":")[0] for record in records if record.failure)),
        missed=dict(Counter(name for missed in misses for name in missed)),
        uncounted=sum(record.output_tokens is None for record in done),
        lumped=sum(len(record.chunks_ns) == 1 and (record.output_tokens or 0) > 1 for record in done),
        rate_rps=rate,
        response_ms=of([record.response_ms for record in done]) if rate is not None else None,
        role=role,
        model=model,
    )


def misses_of(record: Record, targets: Targets) -> tuple[str, ...]:
    """Which targets a request missed; ("failed",) for one without a complete answer.

    Waits count from the scheduled send, so that at a given rate our own queue is not hidden. An answer of one
    token has no time per further token and cannot miss that target.
    """
    if record.failure is not None:
        return ("failed",)
    waited = (record.sent_ns - record.scheduled_ns) / 1e6
    measured = {"ttft": record.ttft_ms, "tpot": record.tpot_ms, "e2e": record.e2e_ms}
    found = []
    for name, limit in targets.asked.items():
        value = measured[name]
        if value is not None and value + (waited if name != "tpot" else 0.0) > limit:
            found.append(name)
    return tuple(found)


def most_at_once(records: Sequence[Record]) -> int:
    """The highest number of requests in flight at one moment."""
    steps = sorted([(r.sent_ns, 1) for r in records] + [(r.ended_ns, -1) for r in records])
    now = most = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def _per_s(amount: float, window_s: float) -> float:
    return amount / window_s if window_s > 0 else 0.0
