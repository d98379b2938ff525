"""The search over settings, as it goes on and when it is over: the same words on the page and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from advisor import plots
from advisor.cards import esc, section, table
from advisor.words import duration
from backend.events import SearchEnded, Trial

if TYPE_CHECKING:
    from backend.events import AnyEvent

COLUMNS = ("Trial", "Settings", "Rows seen", "Time", "How it ended", "Result")
STATES = {"complete": "ran to its end", "pruned": "given up: worse than others at the same rows", "failed": "diverged"}


def page(events: Sequence[AnyEvent]) -> str:
    """Every trial with its chart, and what was found; empty where nothing was searched."""
    trials = trials_of(events)
    if not trials:
        return ""
    found = next((event.found for event in reversed(events) if isinstance(event, SearchEnded)), None)
    ranks = sorted({str(one.settings.get("rank", "")) for one in trials}, key=lambda rank: (len(rank), rank))
    dots = [
        plots.Dot(
            float(one.settings["learning_rate"]), one.score, ranks.index(str(one.settings.get("rank", ""))),
            f"trial {one.number}{' (given settings)' if one.given else ''}: {settings(one)}, {result(one)}",
            hollow=one.given, ring=found is not None and found.chosen == one.number,
        )
        for one in trials if one.score is not None
    ]  # fmt: skip
    name = trials[0].measure
    told = "".join(f"<p>{esc(line)}</p>" for line in found.told) if found else f"<p>{esc(so_far(trials[-1]))}</p>"
    kinds = [f"rank {rank}" for rank in ranks if rank]
    return (
        section("Search for better settings")
        + told
        + plots.scatter(dots, kinds, "learning rate (hollow: the given settings; ringed: taken)", name)
        + plots.lines([plots.Line("best so far", best_so_far(trials), look=1, dots=True)], "trial", name)
        + table(COLUMNS, [row(one) for one in trials], "Every trial", numbers=(0, 2))
    )


def trials_of(events: Sequence[AnyEvent]) -> list[Trial]:
    """One for each number, the last word counting, in order."""
    return [one for _, one in sorted({event.number: event for event in events if isinstance(event, Trial)}.items())]


def best_so_far(trials: Sequence[Trial]) -> tuple[tuple[float, float], ...]:
    """(trial, best result of it and all before)."""
    points: list[tuple[float, float]] = []
    for one in trials:
        if one.score is not None:
            better = min if one.measure == "loss" else max
            points.append((float(one.number), better([one.score, *(point[1] for point in points[-1:])])))
    return tuple(points)


def row(one: Trial) -> tuple[str, ...]:
    """The cells of `COLUMNS`."""
    given = " (as given)" if one.given else ""
    return (
        f"{one.number} of {one.of}", settings(one) + given, f"{one.rows_seen:,}", duration(one.seconds),
        STATES[one.state], result(one),
    )  # fmt: skip


def settings(one: Trial) -> str:
    """`learning rate 0.0002, rank 16`."""
    return ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in one.settings.items())


def result(one: Trial) -> str:
    """The loss as it is, a score as a percentage."""
    if one.score is None:
        return "no result"
    return f"loss {one.score:.3f}" if one.measure == "loss" else f"{one.measure} {one.score:.1%}"


def so_far(one: Trial) -> str:
    """The newest trial in one line, and how long the rest may take."""
    left = f"; about {duration(one.eta_s)} for the rest" if one.eta_s else ""
    return f"Trial {one.number} of {one.of} {STATES[one.state]}: {settings(one)}, {result(one)}{left}."
