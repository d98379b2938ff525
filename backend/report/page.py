"""What a report is built of: sections with sentences, facts, tables and charts, the same for every output form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from rules.wording import percent

BY_DEMO = "signed by the demo, not by a person"


@dataclass(frozen=True)
class Table:
    """Cells are plain text, escaped by the template; the first cell of a row is its heading."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """An inline SVG, and in words what it shows: for those who can't see it, and for Markdown."""

    svg: Markup
    words: str


@dataclass(frozen=True)
class Fold:
    """A long list that starts closed."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One part of the report; whatever is empty is left out."""

    id: str
    title: str
    words: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    folds: tuple[Fold, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class Figure:
    """One of the few numbers a manager needs."""

    label: str
    value: str
    note: str


def score_words(score: Mapping[str, float]) -> str:
    """A score with its 95% interval and rows: `81.0% (77.0% to 84.5%, 400 rows)`."""
    value, low, high = (percent(score[name]) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high}, {int(score['rows']):,} rows)"


def interval_words(score: Mapping[str, float]) -> str:
    """What stands beside a score: `95% interval 77.0% to 84.5%, 400 rows`."""
    return f"95% interval {percent(score['low'])} to {percent(score['high'])}, {int(score['rows']):,} rows"


def duration(seconds: float) -> str:
    """`42 s`, `7 min 12 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def number(value: float | int | str | bool | None) -> str:
    """A value as people write it; a dash for one that is not there."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def milliseconds(value: float | None) -> str:
    """`34 ms`; a dash where nothing was measured."""
    return "–" if value is None else f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"
