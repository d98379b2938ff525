"""Training: the run as it went, its curves, its search and what it cost."""

from __future__ import annotations

from backend.events import Began, Done, Progress, Validated
from backend.report.charts import curves
from backend.report.given import ReportInput
from backend.report.page import Chart, Section, Table, duration, number
from backend.searched import Searched


def section(given: ReportInput) -> Section | None:
    """Measured, not estimated."""
    run = given.run
    if run is None:
        return None
    facts = run.facts
    ends = [event.why for event in given.events if isinstance(event, Done)]
    losses = (
        f"train {facts.train_loss:.3f}, validation {facts.validation_loss:.3f}, best {facts.best_validation_loss:.3f}"
    )
    lines = [
        ("Run", f"{run.run_id} on {run.hardware}"),
        ("Time", duration(run.seconds) + cost(given)),
        ("Steps", f"{facts.steps:,}" + (f", ended by: {ends[-1]}" if ends else "")),
        ("Loss (mean cross-entropy per answer token)", losses),
        ("Best checkpoint used", number(facts.used_best_checkpoint)),
        ("SHA-256 of the adapter", run.adapter_sha256),
        *_depends_on(given),
    ]
    if facts.largest_logit_change is not None:
        lines.append(("Largest change of a logit, tuned against base", f"{facts.largest_logit_change:.3g}"))
    if facts.asked:
        lines.append(("Sampled answers that came to an end", f"{facts.ended} of {facts.asked}"))
    if facts.recalled_of:
        exact = f"{facts.recalled} of {facts.recalled_of} (those with the shortest answers)"
        lines.append(("Training rows answered exactly as learnt", exact))
    if run.search:
        lines.append(("Search over settings", " ".join(run.search.told)))
    return Section(
        id="training",
        title="Training",
        facts=tuple(lines),
        charts=_curve(given),
        tables=(_search(run.search),) if run.search else (),
    )


def _depends_on(given: ReportInput) -> list[tuple[str, str]]:
    """The fingerprints of what it was made from, as the worker found them."""
    found = [("SHA-256 of the base model", given.plan.model_sha256)] if given.plan else []
    began = [event for event in given.events if isinstance(event, Began)]
    if began:
        found += [
            ("SHA-256 of the rows it learnt from", began[-1].train_sha256),
            ("SHA-256 of the rows it was chosen by", began[-1].validation_sha256),
            ("Tunewise", began[-1].program),
        ]
    return found


def cost(given: ReportInput) -> str:
    """The measured cost at the goal's price an hour, as an addition to the time; empty without a price."""
    if given.run is None or given.goal is None or given.goal.price_per_hour is None:
        return ""
    return f", {given.run.seconds / 3600 * given.goal.price_per_hour:,.2f} at {given.goal.price_per_hour:g} an hour"


def _curve(given: ReportInput) -> tuple[Chart, ...]:
    train = [(event.step, event.loss) for event in given.events if isinstance(event, Progress)]
    held = [(event.step, event.loss) for event in given.events if isinstance(event, Validated)]
    lines = (("train loss", train), ("validation loss", held))
    return (curves("Loss", lines, "step"),) if train or held else ()


def _search(found: Searched) -> Table:
    notes = {found.given: "as given", found.chosen: "taken"}
    if found.given == found.chosen:
        notes = {found.given: "as given, taken"}
    rows = tuple(
        (
            f"{one.number} {notes.get(one.number, '')}".strip(),
            ", ".join(f"{name} {number(value)}" for name, value in one.settings.items()),
            one.state,
            f"{one.rows_seen:,}",
            number(one.value),
        )
        for one in found.tried
    )
    title = f"Search over settings, scored on validation rows ({found.measure})"
    return Table(title, ("Trial", "Settings", "State", "Rows seen", "Result"), rows)
