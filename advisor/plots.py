"""Charts drawn as inline SVG: they follow the colours of the page, need no script, and read aloud what they show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.cards import esc, short

WIDTH = 720
LABELS = 190
MOST_POINTS = 300
"""Of a curve; more cannot be seen."""
KEYS, KEY_STEP = 3, 20
"""Names in a row above a chart, and the height of such a row."""
SIGN = 7
"""Width of a letter, on average."""
TICKS = 4
"""Steps of the upright axis."""
FAR = 3
"""A target this many times above the highest point is not drawn to scale."""


@dataclass(frozen=True)
class Bar:
    """One score with its 95% interval, fractions 0–1. `plain` for what it is compared with."""

    name: str
    value: float
    low: float
    high: float
    rows: int
    plain: bool = False


def bars(scores: Sequence[Bar], metric: str, target: float | None = None) -> str:
    """Horizontal bars with whiskers, and the target as a dashed line."""
    if not scores:
        return ""
    step, top = 38, 26
    height = top + step * len(scores) + 30
    span = WIDTH - LABELS - 70

    def x(value: float) -> float:
        return LABELS + span * min(1.0, max(0.0, value))

    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<line class="axis" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{top - 4}" y2="{height - 26}"/>')
        parts.append(f'<text class="soft" x="{x(tick):.1f}" y="{height - 8}" text-anchor="middle">{tick:.0%}</text>')
    for place, bar in enumerate(scores):
        y = top + place * step
        tip = f"{esc(bar.name)}: {bar.value:.1%} (95% interval {bar.low:.1%} to {bar.high:.1%}, {bar.rows:,} rows)"
        kind = "bar base" if bar.plain else "bar"
        parts.append(
            f"<g><title>{tip}</title>"
            f'<text x="{LABELS - 10}" y="{y + 19}" text-anchor="end">{short(bar.name, 26)}</text>'
            f'<rect class="{kind}" x="{LABELS}" y="{y + 4}" width="{x(bar.value) - LABELS:.1f}" height="22" rx="3"/>'
            f'<path class="whisker" d="M{x(bar.low):.1f} {y + 15}H{x(bar.high):.1f}M{x(bar.low):.1f} {y + 10}v10'
            f'M{x(bar.high):.1f} {y + 10}v10"/>'
            f'<text x="{WIDTH - 60}" y="{y + 19}">{bar.value:.1%}</text></g>'
        )
    if target is not None:
        at = x(target)
        parts.append(f'<line class="target" x1="{at:.1f}" x2="{at:.1f}" y1="{top - 8}" y2="{height - 26}"/>')
        parts.append(f'<text x="{at:.1f}" y="{top - 12}" text-anchor="middle">target {target:.0%}</text>')
    told = "; ".join(f"{bar.name} {bar.value:.1%}, between {bar.low:.1%} and {bar.high:.1%}" for bar in scores)
    goal = f" Target {target:.0%}." if target is not None else ""
    return _svg(height, f"{metric}: {told}.{goal}", parts)


@dataclass(frozen=True)
class Line:
    """A named curve of (x, y) points. `look` 0 to 5 sets colour and dashes apart; `dots` marks each point."""

    name: str
    points: tuple[tuple[float, float], ...]
    look: int = 0
    dots: bool = False


def lines(
    curves: Sequence[Line], x_name: str, y_name: str, target: float | None = None, about: str = ""
) -> str:
    """Curves over a common x axis; both axes begin where it helps reading and are labelled with their ends.

    `about` says more than the name of the y axis to those who have the chart read aloud.
    """
    drawn = [curve for curve in curves if curve.points]
    if not drawn:
        return ""
    drawn = [replace(curve, points=_thinned(curve.points)) for curve in drawn]
    more = KEY_STEP * ((len(drawn) - 1) // KEYS)
    height, left, right, top, bottom = 280 + more, 64, WIDTH - 20, 30 + more, 236 + more
    xs = [point[0] for curve in drawn for point in curve.points]
    ys = [point[1] for curve in drawn for point in curve.points]
    # A target far above would press the curves flat; it is then only said.
    far = target is not None and target > FAR * max(ys)
    ys += [target] if target is not None and not far else []
    x0, x1 = min(xs), max(xs) if max(xs) > min(xs) else min(xs) + 1
    y0 = min(0.0, *ys)
    y1 = y0 + TICKS * _round_step((max(ys) - y0) / TICKS)

    def at(point: tuple[float, float]) -> str:
        x = left + (right - left) * (point[0] - x0) / (x1 - x0)
        return f"{x:.1f} {bottom - (bottom - top) * (point[1] - y0) / (y1 - y0):.1f}"

    parts = []
    for tick in range(TICKS + 1):
        value = y0 + (y1 - y0) * tick / TICKS
        y = float(at((x0, value)).split()[1])
        parts.append(f'<line class="axis" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="soft" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{_short(value)}</text>')
    for value, anchor in ((x0, "start"), (x1, "end")):
        x = at((value, y0)).split()[0]
        parts.append(f'<text class="soft" x="{x}" y="{bottom + 20}" text-anchor="{anchor}">{_short(value)}</text>')
    middle = (left + right) / 2
    parts.append(f'<text class="soft" x="{middle}" y="{bottom + 36}" text-anchor="middle">{esc(x_name)}</text>')
    parts.append(f'<text class="soft" x="{left - 48}" y="14">{esc(y_name)}</text>')
    keys = left - 28 + min(SIGN * len(y_name), WIDTH // 2)
    wide = (WIDTH - keys) / min(KEYS, len(drawn))
    for place, curve in enumerate(drawn):
        kind = f"line look-{curve.look}"
        parts.append(f'<path class="{kind}" d="M{"L".join(map(at, curve.points))}"/>')
        if curve.dots or len(curve.points) == 1:
            parts += [
                f'<circle class="dot look-{curve.look}" r="3.5" cx="{at(p).split()[0]}" cy="{at(p).split()[1]}"/>'
                for p in curve.points
            ]
        key, line = keys + wide * (place % KEYS), KEY_STEP * (place // KEYS)
        parts.append(
            f'<path class="{kind}" d="M{key} {10 + line}h28"/><text x="{key + 34}" y="{14 + line}">'
            f"{short(curve.name, int((wide - 40) / SIGN))}</text>"
        )
    said = ""
    if target is not None:
        y = float(top) if far else float(at((x0, target)).split()[1])
        said = f" Target {_short(target)}{', far above' if far else ''}."
        if not far:
            parts.append(f'<line class="target" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{right}" y="{y - 5:.1f}" text-anchor="end">{said.strip(" .").lower()}</text>')
    told = "; ".join(f"{c.name}: from {_short(c.points[0][1])} to {_short(c.points[-1][1])}" for c in drawn)
    return _svg(height, f"{about or y_name} over {x_name}. {told}.{said}", parts)


@dataclass(frozen=True)
class Wait:
    """How long people waited at one load: half waited less than `half`, 95 % less than `most` (None: not measured)."""

    name: str
    half: float | None
    most: float | None
    told: str = ""


def waits(levels: Sequence[Wait], what: str, target: float | None = None) -> str:
    """A row a load: a bar to the median and a line to the 95th percentile, milliseconds, and the target dashed."""
    known = [level.most for level in levels if level.most is not None]
    longest = max(known, default=0.0)
    if not longest:
        return ""
    # A target far above would press the bars flat; it is then only said.
    far = target is not None and target > FAR * longest
    step, top, left, right = 46, 30, LABELS, WIDTH - 150
    height = top + step * len(levels) + 6
    scale = (right - left) / (1.05 * max([longest] + ([target] if target is not None and not far else [])))
    parts, words = [], []
    for place, level in enumerate(levels):
        y = top + place * step
        parts.append(f'<text x="{left - 10}" y="{y + 15}" text-anchor="end">{short(level.name, 26)}</text>')
        told = short(level.told, 28)
        parts.append(f'<text class="soft" x="{left - 10}" y="{y + 32}" text-anchor="end">{told}</text>')
        if level.half is None or level.most is None:
            parts.append(f'<text class="soft" x="{left + 4}" y="{y + 15}">nothing measured yet</text>')
            continue
        middle, end = left + scale * level.half, left + scale * level.most
        told = f"half within {_short(level.half)} ms, 95 % within {_short(level.most)} ms"
        words.append(f"{level.name}: {told}")
        parts.append(
            f"<g><title>{esc(level.name)}: {told}</title>"
            f'<rect class="bar" x="{left}" y="{y}" width="{max(1.0, middle - left):.1f}" height="22" rx="3"/>'
            f'<path class="whisker" d="M{middle:.1f} {y + 11}H{end:.1f}M{end:.1f} {y + 4}v14"/>'
            f'<text x="{end + 8:.1f}" y="{y + 16}">{_short(level.half)} … {_short(level.most)} ms</text></g>'
        )
    said = ""
    if target is not None:
        said = f" Target {_short(target)} ms{', far to the right' if far else ''}."
        at = right if far else left + scale * target
        if not far:
            parts.append(f'<line class="target" x1="{at:.1f}" x2="{at:.1f}" y1="{top - 8}" y2="{height - 4}"/>')
        parts.append(f'<text x="{at:.1f}" y="{top - 14}" text-anchor="middle">{said.strip(" .").lower()}</text>')
    parts.append(f'<text x="0" y="14" class="soft">{esc(what)}</text>')
    return _svg(height, f"{what}. {'; '.join(words)}.{said}", parts)


SHAPES = ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", "M0 -6L6 0L0 6L-6 0z", "M-5 -5h10v10h-10z", "M0 -6L6 5H-6z")
"""Circle, diamond, square, triangle: told apart without colour."""


@dataclass(frozen=True)
class Dot:
    """One outcome. `kind` picks the shape; `hollow` for one that was given up, `ring` for what is to be noticed."""

    x: float
    y: float
    kind: int
    told: str
    hollow: bool = False
    ring: bool = False


def scatter(dots: Sequence[Dot], kinds: Sequence[str], x_name: str, y_name: str) -> str:
    """Outcomes over a logarithmic x axis, a shape for each kind; what each dot says is read aloud."""
    if not dots:
        return ""
    height, left, right, top, bottom = 280, 64, WIDTH - 20, 36, 236
    xs, ys = [math.log(dot.x) for dot in dots], [dot.y for dot in dots]
    x0, y0 = min(xs), min(ys)
    wide, tall = max(xs) - x0 or 1.0, max(ys) - y0 or 1.0
    parts = []
    for tick in range(5):
        y = bottom - (bottom - top) * tick / 4
        parts.append(f'<line class="axis" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        said = _short(y0 + tall * tick / 4)
        parts.append(f'<text class="soft" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{said}</text>')
    for at, end, anchor in ((left, x0, "start"), (right, x0 + wide, "end")):
        said = _short(math.exp(end))
        parts.append(f'<text class="soft" x="{at}" y="{bottom + 20}" text-anchor="{anchor}">{said}</text>')
    middle = (left + right) / 2
    parts.append(f'<text class="soft" x="{middle}" y="{bottom + 36}" text-anchor="middle">{esc(x_name)}</text>')
    parts.append(f'<text class="soft" x="{left - 48}" y="14">{esc(y_name)}</text>')
    for place, kind in enumerate(kinds):
        shape = SHAPES[place % len(SHAPES)]
        parts.append(f'<g transform="translate({left + 130 + 110 * place} 10)"><path class="dot" d="{shape}"/>'
                     f'<text x="12" y="4">{esc(kind)}</text></g>')
    for dot, x in zip(dots, xs, strict=True):
        at_x = left + 10 + (right - left - 20) * (x - x0) / wide
        at_y = bottom - (bottom - top) * (dot.y - y0) / tall
        ring = '<circle class="line" r="10" fill="none"/>' if dot.ring else ""
        parts.append(f'<g transform="translate({at_x:.1f} {at_y:.1f})"><title>{esc(dot.told)}</title>{ring}'
                     f'<path class="{"line" if dot.hollow else "dot"}" d="{SHAPES[dot.kind % len(SHAPES)]}"/></g>')
    return _svg(height, f"{y_name} over {x_name}. {'; '.join(dot.told for dot in dots)}.", parts)


def _thinned(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """At most `MOST_POINTS`, each the mean of as many neighbours; the last one stays."""
    size = -(-len(points) // MOST_POINTS)
    if size <= 1:
        return points
    groups = [points[start : start + size] for start in range(0, len(points) - 1, size)]
    means = [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]
    return (*means, points[-1])


def _round_step(least: float) -> float:
    """The next round number, so that an axis says 0.25, 0.5 and 0.75; 0.25 where all is 0."""
    if least <= 0:
        return 0.25
    power = 10.0 ** math.floor(math.log10(least))
    return next((step * power for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8) if step * power >= least), 10 * power)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _svg(height: float, told: str, parts: Sequence[str]) -> str:
    drawn = "".join(parts)
    chart = f'<svg class="tw-chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{esc(told)}">{drawn}</svg>'
    return f'<div class="tw-scroll" tabindex="0" role="region" aria-label="Chart">{chart}</div>'
