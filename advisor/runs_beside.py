"""Training runs beside each other, in words: the same rows for the table of a terminal and of a page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from advisor.words import count_of, duration, metric_name, one_line
from rules.wording import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.events import Sample, Validated
    from backend.statistics import Interval
    from backend.steps.runs import Compared, RunTold
    from backend.training.story import Story

Answered = tuple[str, str, tuple[tuple[str, str], ...]]
"""A row that was answered: its input, the right answer, and (who or when, what was answered) in turn."""
STATES = {"queued": "waiting", "running": "training", "done": "finished", "stopped": "stopped", "failed": "failed"}
KINDS = {"data": "Data", "model": "Model and prompt", "settings": "Setting", "program": "Program and machine"}
CURVES = {
    "loss": "error on training rows (loss)",
    "validation_loss": "error on validation rows (loss)",
    "score": "score on a validation sample",
    "learning_rate": "step size (learning rate)",
    "grad_norm": "length of the gradient (grad norm)",
    "tokens_per_s": "tokens per second",
    "memory_gib": "memory, GiB",
}
"""What each curve shows, most telling first."""
HASH = 64
"""Digits of a SHA-256; twelve of them are shown."""
DIFFER = "What differs; all else that was recorded is the same"
CHOOSE = (
    "Choose between runs by the validation rows. The test rows are for the last word: picking the best of many runs by "
    "them makes the winner look better than it is."
)


def listed(run: RunTold) -> tuple[str, ...]:
    """Number, id, state, data version, steps, validation loss and score of the kept state, test score."""
    told = run.story
    version = str(told.about["data"].get("version", "–"))
    loss = f"{told.kept.loss:.3f}" if told.kept else "–"
    return (
        str(run.number), told.run_id, STATES[told.state], version, f"{told.steps:,}", loss, sampled(told.kept),
        _tested(run.test),
    )  # fmt: skip


LISTED = (
    "Run", "Id", "State", "Data version", "Steps", "Error, validation rows", "Score, validation sample",
    "Score, test rows",
)  # fmt: skip


def in_one_line(run: RunTold) -> str:
    """For a list to choose from: what tells this run from the others."""
    told = run.story
    parts = [run.name, told.at[:16].replace("T", " ") or "not begun", STATES[told.state]]
    if "version" in told.about["data"]:
        parts.append(f"data version {told.about['data']['version']}")
    if told.kept:
        parts.append(f"error {told.kept.loss:.3f}")
    if told.kept and told.kept.score is not None:
        parts.append(f"{metric_name(told.metric)} {percent(told.kept.score)}")
    return " · ".join(parts)


def results(runs: Sequence[RunTold]) -> Iterator[tuple[str, ...]]:
    """How each run went: a name, then a cell for each run."""
    told = [run.story for run in runs]
    yield "State", *(one.failed or STATES[one.state] for one in told)
    yield "Steps", *(f"{one.steps:,}" for one in told)
    yield "Kept: the state after step", *(f"{one.kept.step:,}" if one.kept else "–" for one in told)
    yield "Error on validation rows there (loss)", *(f"{one.kept.loss:.3f}" if one.kept else "–" for one in told)
    yield f"Score on a validation sample there ({_metrics(told)})", *(sampled(one.kept) for one in told)
    yield f"Score on the test rows ({_metrics(told)})", *(_tested(run.test) for run in runs)
    yield "Time", *(duration(one.seconds) if one.seconds is not None else "–" for one in told)


def contrasts(compared: Compared) -> Iterator[str]:
    """Which run is better on the test rows, or why that cannot be told."""
    from backend.evaluation.compare import in_words

    for found in compared.contrasts:
        yield f"On the same test rows {found.second} against {found.first}: {in_words(found)}."
    if len(compared.contrasts) < len(compared.runs) - 1:
        yield (
            "Runs are compared row by row on the test rows where both were evaluated (step 7) on the rows of the "
            "current data."
        )
    yield CHOOSE


def differences(compared: Compared) -> Iterator[tuple[str, ...]]:
    """What is not the same: its kind, its name, then a cell for each run."""
    for found in compared.differences:
        yield KINDS[found.kind], found.name, *(_cell(value) for value in found.values)


def no_difference(compared: Compared) -> str:
    """In words, where nothing that was recorded differs; else empty."""
    same = "Nothing that was recorded differs: the same data, model, settings and program, so the same result."
    return "" if compared.differences else same


def answers(compared: Compared) -> Iterator[Answered]:
    """The last answer of each run to each of the rows that more than one of them was asked."""
    last = [run.story.samples[-1].rows if run.story.samples else () for run in compared.runs]
    answered = [{(one.input, one.reference): _answer(one) for one in rows} for rows in last]
    times = Counter(asked for known in answered for asked in known)
    for asked in (asked for asked, count in times.items() if count > 1):
        said = ((after(run), known.get(asked, "not asked")) for run, known in zip(compared.runs, answered, strict=True))
        yield *asked, tuple(said)


def after(run: RunTold) -> str:
    """`Run 2, step 40`: the state whose answers are shown last."""
    return f"{run.name}, step {run.story.samples[-1].step:,}" if run.story.samples else run.name


def evolving(told: Story) -> Iterator[Answered]:
    """What one run answered to each of the rows shown, from which step to which: alike ones together."""
    for place, first in enumerate(told.samples[0].rows if told.samples else ()):
        groups: list[tuple[list[int], str]] = []
        for seen in told.samples:
            answer = _answer(seen.rows[place])
            if groups and groups[-1][1] == answer:
                groups[-1][0].append(seen.step)
            else:
                groups.append(([seen.step], answer))
        yield first.input, first.reference, tuple((_steps(steps), answer) for steps, answer in groups)


def _steps(steps: Sequence[int]) -> str:
    begins = "before training" if steps[0] == 0 else f"step {steps[0]:,}"
    return begins if len(steps) == 1 else f"{begins} to step {steps[-1]:,}"


def _answer(sample: Sample) -> str:
    return sample.output or "(nothing)"


def _metrics(told: Sequence[Story]) -> str:
    return ", ".join(dict.fromkeys(metric_name(one.metric) for one in told))


def sampled(kept: Validated | None) -> str:
    """The score on the sample with its interval and rows."""
    if kept is None or kept.score is None:
        return "–"
    if kept.low is None or kept.high is None:  # recorded before scores had an interval
        return percent(kept.score)
    return f"{percent(kept.score)} ({percent(kept.low)} to {percent(kept.high)}, {count_of(kept.rows, 'row')})"


def _tested(test: Interval | None) -> str:
    if test is None:
        return "not measured"
    return f"{percent(test.value)} ({percent(test.low)} to {percent(test.high)}, {count_of(test.rows, 'row')})"


def _cell(value: object) -> str:
    if value is None:
        return "not recorded"
    if isinstance(value, float):
        return f"{value:g}"
    text = one_line(str(value))
    hashed = len(text) == HASH and set(text) <= set("0123456789abcdef")
    return f"{text[:12]}…" if hashed else text or "(none)"
