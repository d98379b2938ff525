"""What one model costs beside another: both measured in turns, so that a machine that slows down slows both."""

from __future__ import annotations

import math
from collections.abc import Sequence

from backend.latency.record import Record
from backend.latency.report import Compared, Difference, percentile

Blocks = Sequence[Sequence[Record]]
"""The counted requests of one model, a list for each of its turns."""


def compared(model: str, against: str, users: int, ours: Blocks, theirs: Blocks) -> Compared:
    """`model` minus `against` over blocks that were measured one after the other, with 95% intervals.

    Each block gives one median; the differences of neighbouring blocks are the sample (paired t interval, blocks − 1
    degrees of freedom). Percent likewise, from the ratios. A block without a complete answer is left out with its twin.
    """
    pairs = list(zip(ours, theirs, strict=False))
    found = {name: _difference([(_middle(a, name), _middle(b, name)) for a, b in pairs]) for name in _TIMES}
    return Compared(
        model=model,
        against=against,
        users=users,
        blocks=len(pairs),
        requests=sum(len(a) for a, _ in pairs),
        ttft_ms=found["ttft_ms"],
        tpot_ms=found["tpot_ms"],
        e2e_ms=found["e2e_ms"],
        because=_in_words(model, against, found),
    )


_TIMES = {"ttft_ms": "the first word", "tpot_ms": "each further token", "e2e_ms": "the whole answer"}


def _middle(block: Sequence[Record], name: str) -> float | None:
    values = sorted(v for r in block if r.failure is None and (v := getattr(r, name)) is not None)
    return percentile(values, 0.5) if values else None


def _difference(pairs: Sequence[tuple[float | None, float | None]]) -> Difference | None:
    known = [(a, b) for a, b in pairs if a is not None and b is not None and b > 0]
    if len(known) < 2:
        return None
    ms, low, high = _interval([a - b for a, b in known])
    percent, low_percent, high_percent = _interval([100 * (a / b - 1) for a, b in known])
    return Difference(
        ms=ms, low_ms=low, high_ms=high, percent=percent, low_percent=low_percent, high_percent=high_percent
    )


def _interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and its 95 % t interval (Student 1908)."""
    from scipy.special import stdtrit  # far lighter to import than scipy.stats

    count = len(values)
    mean = math.fsum(values) / count
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1))
    half = float(stdtrit(count - 1, 0.975)) * spread / math.sqrt(count)
    return mean, mean - half, mean + half


def _in_words(model: str, against: str, found: dict[str, Difference | None]) -> str:
    parts = []
    for name, what in _TIMES.items():
        one = found[name]
        if one is None:
            continue
        if one.low_ms <= 0 <= one.high_ms:
            parts.append(
                f"for {what} no difference can be shown ({one.low_ms:+,.1f} to {one.high_ms:+,.1f} ms, "
                f"{one.low_percent:+,.0f} to {one.high_percent:+,.0f} %)"
            )
        else:
            more = "more" if one.ms > 0 else "less"
            parts.append(
                f"{what} takes {abs(one.ms):,.1f} ms {more} ({one.percent:+,.0f} %, 95% interval "
                f"{one.low_percent:+,.0f} to {one.high_percent:+,.0f} %)"
            )
    if not parts:
        return f"'{model}' and '{against}' gave too few answers to compare."
    return f"'{model}' beside '{against}': " + "; ".join(parts) + "."
