"""Why a target was missed: the largest part of the wait, from the server's own account or from how the waits grew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from backend.latency.metrics import ServerSide
from backend.latency.report import Cause, Level
from backend.latency.targets import Targets

Kind = Literal["queueing", "prefill", "decode", "client", "failures"]

GROWN = 1.5
"""Times the single user's wait beyond which it is the other users that make the difference."""

ADVICE: dict[Kind, tuple[str, ...]] = {
    "queueing": (
        "Let fewer ask at once, or put a second copy of the server beside it.",
        "If the server allows more sequences at a time (vLLM: --max-num-seqs) and has memory for them, raise that.",
        "Shorter answers free a place sooner: lower --max-tokens.",
    ),
    "prefill": (
        "Shorten the prompts: instructions the tuned model no longer needs, examples, long documents.",
        "Put what all prompts share at their beginning, so that the server's prefix cache knows it.",
        "A smaller or quantised model, or a faster processor, reads prompts faster.",
    ),
    "decode": (
        "A smaller or quantised (FP8, 4-bit) model writes faster; so does hardware with more memory bandwidth.",
        "Serve the adapter merged into the model: an unmerged one costs time at every token.",
        "Let fewer ask at once: all of them share one stream of tokens.",
    ),
    "client": (
        "Close other programs on this machine, or measure from another one.",
        "Measure with fewer users at once.",
    ),
    "failures": (
        "Look into the server's log for the first failure, mend that, and measure again.",
        "Let fewer ask at once if it fails only under load, or if it limits how often one may ask (HTTP 429).",
    ),
}


def find_cause(
    level: Level, alone: Level | None, targets: Targets, side: ServerSide, invalid_by_client: bool
) -> Cause | None:
    """What most of the wait at `level` is made of; None when every request kept its targets or none was asked.

    `alone` is the level with a single user, for when the server tells nothing of its own.
    """
    if invalid_by_client:
        return _cause("client", "the program that measures was itself the slowest part", "inferred")
    missed = dict(level.missed)
    if not missed:
        return None
    most = max(missed, key=lambda name: missed[name])
    if most == "failed":
        return _cause("failures", f"{level.failed} of {level.requests} requests failed", "inferred")
    shares = {
        name: value
        for name, value in (("queueing", side.queue_ms), ("prefill", side.prefill_ms), ("decode", side.decode_ms))
        if value is not None
    }
    if len(shares) >= 2 and (most != "ttft" or {"queueing", "prefill"} <= shares.keys()):
        return _from_server(most, level, side, shares)
    return _inferred(most, level, alone, side, shares)


def _from_server(most: str, level: Level, side: ServerSide, shares: dict[str, float]) -> Cause:
    names: tuple[Kind, ...] = {"ttft": ("queueing", "prefill"), "tpot": ("decode",)}.get(
        most, ("queueing", "prefill", "decode")
    )  # type: ignore[assignment]
    kind: Kind = max(names, key=lambda name: shares.get(name, 0.0))
    told = {"queueing": "waited for a place", "prefill": "was read (prefill)", "decode": "was answered (decode)"}
    parts = ", ".join(f"{ms:,.0f} ms it {told[name]}" for name, ms in shares.items())
    extra = ""
    if side.preemptions:
        extra = f" {side.preemptions:,.0f} times the server ran out of memory for a running answer and began it anew."
        kind = "queueing" if most == "ttft" else kind
    elif kind == "queueing" and side.waiting:
        extra = f" On average {side.waiting:,.1f} stood in its queue and {side.running or 0:,.1f} were worked on."
    return _cause(kind, f"of a mean request, {parts}, says the server.{extra}", "server metrics", shares)


def _inferred(most: str, level: Level, alone: Level | None, side: ServerSide, shares: dict[str, float]) -> Cause | None:
    if most == "tpot":
        return _cause("decode", "each further token takes too long; the server tells no details", "inferred", shares)
    now, before = level.ttft_ms.p50, alone.ttft_ms.p50 if alone else None
    source: Literal["server metrics", "inferred"] = "server metrics" if side.waiting else "inferred"
    if side.waiting:
        why = f"on average {side.waiting:,.1f} requests stood in the server's queue"
        return _cause("queueing", why, source, shares)
    if now is None or before is None:
        return None
    slow, was = level.tpot_ms.p50, alone.tpot_ms.p50 if alone else None
    grown = f"{before:,.0f} ms alone and {now:,.0f} ms at this load"
    decode_ms = (level.e2e_ms.p50 or 0.0) - now
    if most == "e2e" and decode_ms > now:
        why = f"of the whole answer {decode_ms:,.0f} ms pass after its first word"
        if slow is not None and was is not None and slow > GROWN * was:
            why += f", and a token takes {slow:,.1f} ms in place of {was:,.1f} ms alone"
        return _cause("decode", why, source, shares)
    if level.users > 1 and now > GROWN * before:
        return _cause("queueing", f"the first word takes {grown}: requests wait for each other", source, shares)
    return _cause("prefill", f"the first word takes {grown}: it is slow even without others", source, shares)


def _cause(
    kind: Kind, because: str, source: Literal["server metrics", "inferred"], shares: dict[str, float] | None = None
) -> Cause:
    because = because[0].upper() + because[1:]
    because = because if because.endswith(".") else f"{because}."
    return Cause(kind=kind, because=because, advice=ADVICE[kind], source=source, shares=shares or {})


def alone_of(levels: Sequence[Level]) -> Level | None:
    """The level with one user, if one was measured."""
    return next((level for level in levels if level.users == 1 and level.rate_rps is None), None)
