"""One latency test from the first check to the report. This end decides and sums up; another process measures."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.latency import course
from backend.latency.cause import alone_of, find_cause
from backend.latency.check import check_first, check_models
from backend.latency.compare import compared
from backend.latency.dialect import Dialect
from backend.latency.knee import holds_users, knee_users
from backend.latency.metrics import ServerSide, server_side
from backend.latency.orders import Gathered, Halted, Orders
from backend.latency.process import Meter, MeterDied
from backend.latency.prompts import Prompt
from backend.latency.record import Record
from backend.latency.report import Compared, LatencyReport, Level, level
from backend.latency.targets import Targets
from backend.latency.trust import Trust
from backend.latency.verdict import client_trouble, decide, judged, more_requests
from backend.latency.wanted import Mode, OnProgress, Progress
from backend.store import write_text

PARTIAL_EVERY_S = 0.5
PARTIAL_COST = 20
"""News come at most at one part in so many of what summing up takes: on one core it would be measured too."""
LONGEST_STAGGER_S = 5.0


@dataclass(frozen=True)
class Plan:
    """Everything one latency test was asked to do. `users` ascend; (None,) is a rate without a cap.

    `compare` holds (model, base address) of others. `users_given`: False when a sweep is for nobody in particular.
    """

    base: str
    model: str
    users: tuple[int | None, ...]
    requests: int | None
    max_tokens: int
    prompts: Sequence[Prompt] | None
    rate: float | None
    key: str | None
    targets: Targets
    share: float
    timeout_s: float
    seed: int
    mode: Mode | None = None
    compare: tuple[tuple[str, str], ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    users_given: bool = True


def run_test(
    plan: Plan, on_progress: OnProgress | None, request_log: Path | None, cancel: threading.Event | None
) -> LatencyReport:
    """Run all levels; an interruption ends the test, not the report. Raises InputError from the first checks."""
    if request_log is not None:
        write_text(request_log, "")
    prefix = check_models(plan.base, plan.model, plan.key, plan.timeout_s)
    dialect = Dialect(prefix=prefix, fixed=plan.output_tokens is not None)
    bases = {plan.model: plan.base, **dict(plan.compare)}
    with Meter(plan.key, plan.timeout_s) as meter:
        orders = Orders(meter, bases, plan.key, plan.max_tokens, dialect, request_log)
        orders.seed = plan.seed
        if cancel is not None:
            orders.cancelled = cancel.is_set
        test = _Test(plan, orders, on_progress)
        try:
            test.run()
        except (Halted, KeyboardInterrupt):
            test.stopped, test.cut_short = True, orders.dead
        except MeterDied as died:
            test.stopped = True
            test.cut_short = f"The measuring process {died}; what it had measured until then is kept."
        return test.report()


class _Test:
    """The state of a running test: finished levels, and the one under way."""

    def __init__(self, plan: Plan, orders: Orders, on_progress: OnProgress | None) -> None:
        self.plan, self.orders, self.on_progress = plan, orders, on_progress
        self.levels: list[Level] = []
        self.now: Gathered | None = None
        self.stopped, self.cut_short = False, ""
        self.comparison: list[Compared] = []
        self.side = ServerSide()
        self.trust = Trust(plan.base, orders.dialect.prefix, plan.key, plan.prompts)
        self.foreseen = 0
        self.began, self.told_at, self.cost_s = time.monotonic(), 0.0, 0.0

    def run(self) -> None:
        plan = self.plan
        first = self._first()
        self.orders.stagger_s = min(LONGEST_STAGGER_S, (first.e2e_ms or 0.0) / 1000)
        if plan.mode == "sweep" and plan.rate is None:
            self._sweep()
        else:
            steps = course.given_steps(plan.mode, plan.users, plan.requests, plan.rate, plan.share)
            self.foreseen = sum(step.requests for step in steps)
            for step in steps:
                self._measure(step)
        if plan.rate is None and plan.mode in ("standard", "sweep"):
            self._beyond()
        if plan.compare:
            self._compare()

    def _first(self) -> Record:
        """The first real request, asked as this endpoint wants to be asked; what cannot work is said now."""
        plan, orders = self.plan, self.orders
        self._prompts()
        while True:
            self.trust.look()
            record = orders.once(plan.model)
            refused = orders.dialect.after(record) if record.failure else None
            if refused is None:
                break
            orders.dialect = refused
        check_first(record, plan.base, plan.model, plan.timeout_s)
        self.trust.prefix = orders.dialect.prefix
        for other, base in plan.compare:
            check_first(orders.once(other), base, other, plan.timeout_s)
        if plan.input_tokens is not None:
            self._fit_prompts(plan.input_tokens)
        elif self.trust.knew(record):
            self._prompts()
        return record

    def _prompts(self, words: int | None = None) -> None:
        given = list(self.plan.prompts) if self.plan.prompts else None
        numbered, start = self.trust.numbered, self.trust.start if self.trust.numbered or not given else 0
        self.orders.meter.order(do="prompts", prompts=given, words=words, numbered=numbered, start=start)

    def _fit_prompts(self, wanted: int) -> None:
        """Learn how many tokens a word takes from two made-up prompts, and ask with as many words as were wanted."""
        counts = []
        for words in (50, 250):
            self._prompts(words)
            counts.append(self.orders.once(self.plan.model, 1).prompt_tokens)
        few, many = counts
        if few is None or many is None or many <= few:
            self.trust.notes.append("The endpoint does not count prompt tokens: prompts have that many words instead.")
            self._prompts(wanted)
        else:
            self._prompts(max(1, round(50 + (wanted - few) * 200 / (many - few))))

    # --- the levels ------------------------------------------------------------------------------------------
    def _measure(self, step: course.Step) -> Level:
        """Measure a level, and more of it while its verdict is open and the step may grow."""
        plan, self.now = self.plan, Gathered(step, self.plan.model)
        wanted = step.requests
        while True:
            self.orders.block(self.now, wanted - len(self.now.records), self._tell_in_time)
            seen = self._sum_up(self.now)
            grown = more_requests(seen, plan.share, step.extend_to)
            if len(self.now.records) < wanted or grown is None:  # its time was up, or it is settled
                break
            self.foreseen += grown - wanted
            wanted = grown
        self._check(self.now)
        self.levels.append(seen)
        self.now = None
        self._tell()
        return seen

    def _check(self, gathered: Gathered) -> None:
        if gathered.step.role in ("asked", "search"):
            self.side = server_side(gathered.looks)
            control = self.trust.control()
            self.trust.check(
                gathered.records, self.side, lambda: self.orders.once(self.plan.model, max_tokens=1, messages=control)
            )

    def _sweep(self) -> None:
        """Double the users until the target fails, throughput stays flat or the limit is reached; then halve."""
        plan = self.plan
        wanted = {users for users in plan.users if users is not None} if plan.users_given else set()
        limit = max(course.SWEEP_TO, *wanted) if wanted else course.SWEEP_TO
        users, good, bad, best = 1, 0, 0, 0.0
        while True:
            seen = self._search(users)
            good, bad = self._bounds(seen, good, bad)
            flat = users >= 4 and not plan.targets.asked and seen.requests_per_s < best * (1 + course.FLAT)
            best = max(best, seen.requests_per_s)
            if bad or flat or users == limit:
                break
            users = min(2 * users, limit)
        while bad and bad - good > max(1, good // 8):
            good, bad = self._bounds(self._search((good + bad) // 2), good, bad)
        for count in sorted(wanted - {one.users for one in self.levels}):
            self._search(count)

    def _search(self, users: int) -> Level:
        step = course.search(users, self.plan.requests, self.plan.share)
        self.foreseen = self.orders.done + 2 * step.requests
        return self._measure(step)

    def _bounds(self, seen: Level, good: int, bad: int) -> tuple[int, int]:
        if seen.within_target is None:
            return seen.users, bad
        held = seen.within_target.low >= self.plan.share
        return (max(good, seen.users), bad) if held else (good, min(bad or seen.users, seen.users))

    def _beyond(self) -> None:
        """What a longer test adds to its verdict: room above the users asked for, and random arrivals."""
        top = judged(self.levels, self._highest(self.levels))
        if top is None:
            return
        extra = [course.headroom(top.users)] if self.plan.mode == "standard" else []
        extra += course.arrivals(top.requests_per_s)
        self.foreseen = self.orders.done + sum(step.requests for step in extra)
        for step in extra:
            self._measure(step)

    def _compare(self) -> None:
        """Turns of a few requests, the order reversed every time, each turn with the prompts of the one before."""
        plan, blocks = self.plan, course.SIZES[self.plan.mode].blocks
        users = plan.users[-1] or 1
        step = course.Step(users, max(10, 2 * users), "compared", longest_s=60)
        sides = {name: Gathered(step, name) for name in self.orders.bases}
        turns: dict[str, list[list[Record]]] = {name: [] for name in sides}
        self.foreseen = self.orders.done + blocks * len(sides) * step.requests
        try:
            for number in range(blocks):
                order = list(sides) if number % 2 == 0 else list(reversed(sides))
                for place, name in enumerate(order):
                    self.now, before = sides[name], len(sides[name].records)
                    self.orders.block(self.now, step.requests, self._tell_in_time, replay=place > 0)
                    turns[name].append(self.now.records[before:])
        finally:
            self.now = None
            self.levels += [self._sum_up(side) for side in sides.values() if side.records]
            self.comparison = [
                compared(plan.model, other, users, turns[plan.model], turns[other])
                for other in sides
                if other != plan.model
            ]

    # --- what came out ---------------------------------------------------------------------------------------
    def _sum_up(self, gathered: Gathered) -> Level:
        began = time.monotonic()
        summed = level(
            gathered.records,
            self.plan.targets,
            users=gathered.step.users,
            rate=gathered.step.rate,
            lags_ms=gathered.lags_ms,
            cpu=gathered.cpu_s / gathered.seconds if gathered.seconds else 0.0,
            role=gathered.step.role,
            model=gathered.model,
            begins=gathered.begins,
        )
        self.cost_s = time.monotonic() - began
        return summed

    def _tell_in_time(self) -> None:
        if time.monotonic() - self.told_at >= max(PARTIAL_EVERY_S, PARTIAL_COST * self.cost_s):
            self._tell()

    def _tell(self) -> None:
        if self.on_progress is None:
            return
        self.told_at = time.monotonic()
        plan, done = self.plan, self.orders.done
        growing = len(self.levels) if self.now is not None and self.now.records else None
        partial = (self._sum_up(self.now),) if self.now is not None and growing is not None else ()
        levels = (*self.levels, *partial)
        highest = self._highest(levels)
        verdict, because = decide(levels, plan.targets, plan.share, highest=highest, stopped=True)
        of, seconds = max(self.foreseen, done), time.monotonic() - self.began
        words = f"{_load(levels[-1])}: {done} of {of} requests" if levels else "Looking at the endpoint"
        left = seconds / done * (of - done) if done else None
        self.on_progress(Progress(done, of, words, levels, growing, verdict, because, seconds, left))

    def _highest(self, levels: Sequence[Level]) -> int | None:
        """The users the verdict is about; in a sweep for nobody in particular, the most it holds for."""
        if self.plan.users_given:
            return self.plan.users[-1]
        return holds_users(levels, self.plan.share) or min((one.users for one in levels), default=None)

    def report(self) -> LatencyReport:
        """What is known now."""
        if self.now is not None and self.now.records:  # of the level that was cut short
            self.levels.append(self._sum_up(self.now))
            self.side, self.now = server_side(self.now.looks), None
        plan = self.plan
        levels = sorted(self.levels, key=lambda one: (one.role == "compared", one.rate_rps or 0.0, one.users))
        highest = self._highest(levels)
        verdict, because = decide(
            levels,
            plan.targets,
            plan.share,
            highest=highest,
            stopped=self.stopped,
            invalid=self.orders.dead or self.trust.broken,
        )
        top = judged(levels, highest)
        cause = None
        if top is not None:
            trouble = bool(client_trouble(top, plan.targets))
            cause = find_cause(top, alone_of(levels), plan.targets, self.side, trouble) if verdict != "pass" else None
        return LatencyReport(
            endpoint=plan.base,
            model=plan.model,
            levels=tuple(levels),
            verdict=verdict,
            because=because,
            targets=plan.targets,
            share=plan.share,
            stopped=self.stopped,
            mode=plan.mode,
            cut_short=self.cut_short,
            judged_users=top.users if top is not None else None,
            holds_users=holds_users(levels, plan.share) if plan.targets.asked else None,
            knee_users=knee_users(levels),
            cause=cause,
            comparison=tuple(self.comparison),
            notes=(*self.orders.dialect.notes, *self.trust.notes),
        )


def _load(one: Level) -> str:
    return f"{one.rate_rps:g} a second" if one.rate_rps is not None else f"{one.users} at once"
