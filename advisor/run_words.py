"""What happens in a training run, in words: the same on the command line and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.words import count_of, duration, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.events import AnyEvent, Measured, Reduced, Samples, Tracked, Waiting
    from backend.steps.train import RunState
    from rules.facts import RunFacts


def waiting(event: Waiting) -> str:
    """Where a run stands in the line, and who has what it waits for."""
    where = "next in the line" if event.place == 1 else f"place {event.place} in the line"
    return f"Waiting for its turn, {where}. {event.why}"


def under_way(state: RunState) -> str:
    """That a run goes on by itself: training, or waiting for it."""
    last = state.events[-1] if state.events else None
    if state.state == "queued" and last is not None and last.kind == "waiting":
        return f"Run {state.run_id}: {waiting(last)} It starts by itself, also when this is closed."
    return f"Run {state.run_id} is training."


def stopping(state: RunState | None, save: bool) -> str:
    """What becomes of a run that was just asked to stop; `state` is how it was before."""
    if state is None or not state.going:
        return "There was nothing to stop: the run had ended."
    if state.state == "queued":
        return "It was taken out of the line."
    if save:
        return "Asked to stop. It ends after the step it is in, and keeps the best state so far."
    return "Asked to stop at once. What was learnt since the last complete checkpoint is given up."


def measured(event: Measured) -> str:
    """What the trial before the start measured, in place of the plan's estimate."""
    tries = f" and {duration(event.validation_s)} for each try on the validation rows" if event.validation_s else ""
    return (
        f"Measured before the start, in {duration(event.took_s)}: {event.step_s:.2g} s a step{tries}. "
        f"{count_of(event.steps, 'step')} will take about {duration(event.eta_s)}, with {event.memory_gib:.1f} GiB of "
        "memory. This replaces the estimate of the plan."
    )


def reduced(event: Reduced) -> str:
    """Why it now computes in smaller portions, and that the result is the same."""
    how = f"{event.rows_before} rows at once did not fit into memory, so it goes on with {event.rows_now}"
    if event.twice:
        how = "Not even one row fitted into memory, so parts are now computed twice"
    since = f"from step {event.step}" if event.step else "from the beginning"
    return f"{how}, {since}. A step still learns from the same rows: the result stays the same, it only takes longer."


def sampled(event: Samples) -> str:
    """One of the answers as they are now, in a line; all of them: `tunewise runs PROJECT RUN`."""
    first = event.rows[0]
    when = f"after step {event.step:,}" if event.step else "before training"
    answer, right = one_line(first.output, 60) or "nothing", one_line(first.reference, 60)
    return f"{when} it answers “{answer}” where “{right}” is right"


def tracked(event: Tracked) -> str:
    """How to see what the tracker was told, or why it was told nothing."""
    if event.trouble:
        return (
            f"The tracker {event.tracker} failed, and was told nothing more; the run itself is recorded as ever. It "
            f"said: {event.trouble}"
        )
    return f"Told to {event.tracker}, too." + (f" To see it there: {event.see}" if event.see else "")


def told(events: Sequence[AnyEvent]) -> Iterator[str]:
    """What should still be read after the run: what the search found, what was measured, and where memory ran out."""
    from backend.events import Measured, Reduced, SearchEnded, Tracked

    for event in [event for event in events if isinstance(event, SearchEnded)][-1:]:
        yield from event.found.told

    yield from [measured(event) for event in events if isinstance(event, Measured)][-1:]
    yield from (reduced(event) for event in events if isinstance(event, Reduced))
    yield from [tracked(event) for event in events if isinstance(event, Tracked)][-1:]


def kept(last: AnyEvent | None) -> str:
    """What a run that was stopped at once has kept."""
    steps = getattr(last, "steps", 0)
    return f"it keeps its checkpoint of step {steps:,}." if steps else "there was no complete checkpoint yet."


def checks(facts: RunFacts) -> Iterator[str]:
    """What was seen of the adapter right after training."""
    if facts.largest_logit_change is not None:
        yield f"The adapter changes what the model says: largest change of a logit {facts.largest_logit_change:.3g}."
    if facts.asked:
        yield f"Sampled answers that came to an end: {facts.ended} of {facts.asked}."
    if facts.recalled_of:
        yield (
            f"Training rows (those with the shortest answers) answered exactly as learnt: {facts.recalled} of "
            f"{facts.recalled_of}."
        )
