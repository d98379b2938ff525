"""What a latency test is asked to measure, and the news it gives while it runs: the interface of every skin.

`Workbench.test_latency(asked, on_progress, cancel)` returns the saved `LatencyRecord`; its `report` is a
`LatencyReport` as JSON. `on_progress` gets a `Progress` on the calling thread. Setting `cancel` ends the test early:
what was measured is saved and marked `stopped`. Requests are written as they are answered, one JSON line each, to
`backend.steps.latency.request_log(project)`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from backend.latency.report import Level, Verdict

Mode = Literal["quick", "standard", "sweep"]


@dataclass(frozen=True)
class LatencyTest:
    """What to measure on a project's own server.

    `mode`: quick (one user as the yardstick, then the users asked for: a minute or two), standard (more requests,
    twice the users, and random arrivals: about ten minutes) or sweep (1, 2, 4, … users until it no longer holds,
    then the boundary by halving). `users`: the levels wanted, the highest is the one judged; () takes the goal's.
    `requests`: counted requests at the judged level, then exactly so many; None lets the mode choose and go on while
    the result is too close to call. `targets` {"ttft_ms": 300, "tpot_ms": 50, "e2e_ms": 2000} and `share` (0–1):
    None takes the goal's; `preset` names one of `backend.latency.presets.PRESETS` in their place. `compare` names
    other models of the same server, such as ("base",), measured in turns with the tuned one. `input_tokens` and
    `output_tokens` ask for made-up prompts and answers of that size in place of the project's own texts.
    """

    mode: Mode = "quick"
    users: tuple[int, ...] = ()
    requests: int | None = None
    targets: Mapping[str, float] | None = None
    share: float | None = None
    preset: str | None = None
    compare: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True)
class Progress:
    """News of a running test: about twice a second, and whenever a level is complete.

    `done` of `of` counted requests are answered; `of` may grow while the test goes on by itself. `words` say what is
    being done. `levels` holds what was measured so far, ascending by users; the one `growing` (its place in `levels`;
    None between levels) still gets more requests. `verdict` and `because` are what the test would say if it ended
    now. `seconds` since the start; `seconds_left` is an estimate from the pace so far, None before it can be told.
    """

    done: int
    of: int
    words: str
    levels: tuple[Level, ...] = field(default=())
    growing: int | None = None
    verdict: Verdict = "borderline"
    because: str = ""
    seconds: float = 0.0
    seconds_left: float | None = None

    @property
    def share_done(self) -> float:
        return min(1.0, self.done / self.of) if self.of else 0.0


OnProgress = Callable[[Progress], None]
Cancel = threading.Event
