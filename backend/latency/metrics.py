"""The server's own account of a load level, from its Prometheus page: where the time went, as it saw it.

Names: vLLM (docs: usage/metrics), SGLang (references/production_metrics), TGI (reference/metrics), llama.cpp
(tools/server, --metrics). They change between versions, so several names are tried and none is required.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from backend.latency.probe import metrics_text

EVERY_S = 1.0
_LINE = re.compile(r"^([A-Za-z_:][\w:]*)(?:\{[^}]*\})?\s+(\S+)", re.M)

QUEUE = ("vllm:request_queue_time_seconds", "sglang:queue_time_seconds", "tgi_request_queue_duration")
PREFILL = ("vllm:request_prefill_time_seconds",)
DECODE = ("vllm:request_decode_time_seconds",)
TTFT = ("vllm:time_to_first_token_seconds", "sglang:time_to_first_token_seconds")
RUNNING = (
    "vllm:num_requests_running", "sglang:num_running_reqs", "tgi_batch_current_size", "llamacpp:requests_processing",
)  # fmt: skip
WAITING = ("vllm:num_requests_waiting", "sglang:num_queue_reqs", "tgi_queue_size", "llamacpp:requests_deferred")
CACHE_USE = (
    "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "sglang:token_usage", "llamacpp:kv_cache_usage_ratio",
)  # fmt: skip
PREEMPTIONS = ("vllm:num_preemptions_total", "sglang:num_retracted_reqs")
CACHE_ASKED = ("vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total")
CACHE_HIT = ("vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total")

Snapshot = dict[str, float]


@dataclass(frozen=True)
class ServerSide:
    """What the server says of one level. Times are milliseconds of a mean request; None is what it does not tell.

    `waiting_share`: the part of the looks (one a second) at which somebody waited. `cache_hits`: the share of prompt
    tokens it knew already. `cache_full`: the highest share of its key-value memory in use.
    """

    queue_ms: float | None = None
    prefill_ms: float | None = None
    decode_ms: float | None = None
    ttft_ms: float | None = None
    running: float | None = None
    waiting: float | None = None
    waiting_share: float | None = None
    preemptions: float | None = None
    cache_hits: float | None = None
    cache_full: float | None = None

    @property
    def tells(self) -> bool:
        return any(value is not None for value in (self.queue_ms, self.prefill_ms, self.waiting))


def parse(text: str) -> Snapshot:
    """Every series of a Prometheus page by name, summed over its labels (several engines, several models)."""
    found: Snapshot = {}
    for name, written in _LINE.findall(text):
        try:
            value = float(written)
        except ValueError:
            continue  # not a sample: somebody's free text
        if math.isfinite(value):
            found[name] = found.get(name, 0.0) + value
    return found


def server_side(looks: Sequence[Snapshot]) -> ServerSide:
    """From looks in order of time; the first and the last bound the level, as counters only grow."""
    if len(looks) < 2:
        return ServerSide()
    first, last = looks[0], looks[-1]
    waiting = _seen(looks[1:], WAITING)
    asked = _grown(first, last, CACHE_ASKED)
    return ServerSide(
        queue_ms=_mean_ms(first, last, QUEUE),
        prefill_ms=_mean_ms(first, last, PREFILL),
        decode_ms=_mean_ms(first, last, DECODE),
        ttft_ms=_mean_ms(first, last, TTFT),
        running=_mean(_seen(looks[1:], RUNNING)),
        waiting=_mean(waiting),
        waiting_share=sum(value > 0 for value in waiting) / len(waiting) if waiting else None,
        preemptions=_grown(first, last, PREEMPTIONS),
        cache_hits=(_grown(first, last, CACHE_HIT) or 0.0) / asked if asked else None,
        cache_full=max(_seen(looks[1:], CACHE_USE), default=None),
    )


class Sampler:
    """Looks at the page when entered, once a second, and when left; `looks` holds what it saw. A thread of its own."""

    def __init__(self, base: str, key: str | None) -> None:
        self.looks: list[Snapshot] = []
        self._base, self._key = base, key
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="latency-metrics")

    def __enter__(self) -> Sampler:
        self._look()
        if self.looks:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self.looks:
            self._thread.join()
            self._look()

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            self._look()

    def _look(self) -> None:
        text = metrics_text(self._base, self._key)
        snapshot = parse(text) if text else {}
        if snapshot:
            self.looks.append(snapshot)


def _mean_ms(first: Snapshot, last: Snapshot, histograms: Sequence[str]) -> float | None:
    for name in histograms:
        count = last.get(f"{name}_count", 0.0) - first.get(f"{name}_count", 0.0)
        if count > 0:
            return 1000 * (last.get(f"{name}_sum", 0.0) - first.get(f"{name}_sum", 0.0)) / count
    return None


def _grown(first: Snapshot, last: Snapshot, counters: Sequence[str]) -> float | None:
    for name in counters:
        if name in last:
            return last[name] - first.get(name, 0.0)
    return None


def _seen(looks: Sequence[Snapshot], gauges: Sequence[str]) -> list[float]:
    return [next(look[name] for name in gauges if name in look) for look in looks if any(n in look for n in gauges)]


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
