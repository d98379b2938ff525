"""What the deciding end wants of the measuring process: one request, a block of load, other prompts; and the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from backend.latency.client import NOT_REACHED, TIMED_OUT
from backend.latency.course import Step
from backend.latency.dialect import Dialect
from backend.latency.metrics import Sampler, Snapshot
from backend.latency.probe import proxy_for
from backend.latency.process import Meter
from backend.latency.record import Record
from backend.store import disk_errors

DEAD_AFTER = 10
"""Requests in a row that nobody answered after which an endpoint is taken for dead."""
LONGEST_S = 86400.0


class Halted(Exception):
    """The test ends here, with what it has."""


@dataclass
class Gathered:
    """A level as far as it was measured; `begins` holds the place of each block's first record."""

    step: Step
    model: str
    records: list[Record] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    lags_ms: list[float] = field(default_factory=list)
    cpu_s: float = 0.0
    seconds: float = 0.0
    looks: list[Snapshot] = field(default_factory=list)


class Orders:
    """`dead` says why the endpoint is taken for dead, "" while it answers. `done` counts requests of all levels."""

    def __init__(
        self, meter: Meter, bases: dict[str, str], key: str | None, max_tokens: int, dialect: Dialect, log: Path | None
    ) -> None:
        self.meter, self.bases, self.key, self.max_tokens = meter, bases, key, max_tokens
        self.dialect, self.log = dialect, log
        self.cancelled: Callable[[], bool] = lambda: False
        self.stagger_s, self.seed = 0.0, 0
        self.done = self._silent = 0
        self.dead = ""

    def block(self, into: Gathered, requests: int, tell: Callable[[], None], replay: bool = False) -> None:
        """Measure `requests` more of a level. `tell` is called often, also while nothing comes. Raises Halted."""
        step, base = into.step, self.bases[into.model]
        into.begins.append(len(into.records))
        with Sampler(base, self.key) as sampler:
            self.meter.order(
                do="block",
                url=self._url(base),
                proxy=proxy_for(base),
                replay=replay,
                requests=requests,
                body=self.dialect.body(into.model, self.max_tokens),
                users=step.users,
                rate=step.rate,
                stagger_s=self.stagger_s,
                longest_s=min(step.longest_s, LONGEST_S),
                seed=self.seed + len(into.records),
            )
            for message in self.meter.read(lambda: self.cancelled() or bool(self.dead)):
                if message is not None and message["is"] == "record":
                    self._keep(into, as_record(message["record"]))
                elif message is not None and message["is"] == "watch":
                    into.lags_ms += message["lags_ms"]
                    into.cpu_s += message["cpu_s"]
                    into.seconds += message["seconds"]
                tell()
        into.looks += sampler.looks
        if self.cancelled() or self.dead:
            raise Halted

    def once(self, model: str, max_tokens: int | None = None, messages: list[dict[str, str]] | None = None) -> Record:
        """One request of its own, not counted. Raises Halted when cancelled meanwhile."""
        base = self.bases[model]
        body = self.dialect.body(model, max_tokens or self.max_tokens)
        if messages is not None:
            body["messages"] = messages
        self.meter.order(do="once", url=self._url(base), proxy=proxy_for(base), body=body)
        found: Record | None = None
        for message in self.meter.read(self.cancelled):
            if message is not None and message["is"] == "record":
                found = as_record(message["record"])
        if found is None:
            raise Halted
        return found

    def _url(self, base: str) -> str:
        return f"{base}{self.dialect.prefix}/chat/completions"

    def _keep(self, into: Gathered, record: Record) -> None:
        into.records.append(record)
        self.done += 1
        if self.log is not None:
            step = into.step
            line = {"model": into.model, "users": step.users, "rate_rps": step.rate, "role": step.role}
            with disk_errors(self.log), self.log.open("ab") as log:
                log.write(orjson.dumps({**line, **asdict(record)}) + b"\n")
        unanswered = (record.failure or "").startswith((NOT_REACHED, TIMED_OUT)) and not record.chunks_ns
        self._silent = self._silent + 1 if unanswered else 0
        if self._silent >= max(DEAD_AFTER, 2 * (into.step.users or 1)) and not self.dead:
            self.dead = (
                f"The endpoint stopped answering after {self.done - self._silent} counted requests ({record.failure}). "
                "Look into its log for why it ended, start it again, and repeat the test; what was measured until "
                "then is kept."
            )


def as_record(fields: dict[str, Any]) -> Record:
    """A record as it comes from the measuring process or its log's line (less the load's own fields)."""
    return replace(Record(**fields), chunks_ns=tuple(fields["chunks_ns"]))
