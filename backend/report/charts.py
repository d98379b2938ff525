"""Charts as small inline SVG: they follow the page's colours, need no script, and say in words what they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from backend.report.page import Chart
from rules.wording import percent

WIDTH = 720
LEFT = 200
RIGHT = 64


@dataclass(frozen=True)
class Bar:
    """One score with its 95% interval, fractions 0–1. `kind` is the CSS class: tuned, base or trivial."""

    name: str
    value: float
    low: float
    high: float
    kind: str = "base"


def bars(title: str, scores: Sequence[Bar], target: float | None = None) -> Chart:
    """Horizontal bars from 0 to 100 % with whiskers for the interval, and the target as a dashed line."""
    top, step = 30, 40
    bottom = top + step * len(scores)

    def x(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, value)), 1)

    parts = [
        f'<line class="grid" x1="{x(tick)}" x2="{x(tick)}" y1="{top - 6}" y2="{bottom}"/>'
        f'<text class="tick" x="{x(tick)}" y="{bottom + 18}" text-anchor="middle">{tick:.0%}</text>'
        for tick in (0, 0.25, 0.5, 0.75, 1)
    ]
    for place, bar in enumerate(scores):
        y = top + place * step
        parts.append(
            f'<text x="{LEFT - 10}" y="{y + 20}" text-anchor="end">{_short(bar.name)}</text>'
            f'<rect class="{escape(bar.kind)}" x="{LEFT}" y="{y + 4}" width="{x(bar.value) - LEFT:.1f}" height="24"/>'
            f'<path class="whisker" d="M{x(bar.low)} {y + 16}H{x(bar.high)}M{x(bar.low)} {y + 10}v12'
            f'M{x(bar.high)} {y + 10}v12"/>'
            f'<text x="{WIDTH - 2}" y="{y + 20}" text-anchor="end">{percent(bar.value)}</text>'
        )
    if target is not None:
        parts.append(
            f'<line class="target" x1="{x(target)}" x2="{x(target)}" y1="{top - 6}" y2="{bottom}"/>'
            f'<text class="tick" x="{x(target)}" y="{top - 12}" text-anchor="middle">target {target:.0%}</text>'
        )
    told = "; ".join(f"{b.name} {percent(b.value)} ({percent(b.low)} to {percent(b.high)})" for b in scores)
    aim = f" Target {target:.0%}." if target is not None else ""
    return _chart(title, f"{title}: {told}.{aim}", bottom + 26, parts)


def curves(title: str, lines: Sequence[tuple[str, Sequence[tuple[float, float]]]], across: str) -> Chart:
    """Lines over steps; each is (name, points), drawn in the CSS classes line0, line1, …. Empty lines are left out."""
    drawn = [(name, list(points)) for name, points in lines if points]
    every = [point for _, points in drawn for point in points]
    right = max((step for step, _ in every), default=1) or 1
    high = max((value for _, value in every), default=1) or 1
    top, bottom, left, edge = 30, 260, 56, WIDTH - 16

    def at(step: float, value: float) -> str:
        return f"{left + (edge - left) * step / right:.1f} {bottom - (bottom - top) * value / high:.1f}"

    parts = [
        f'<line class="grid" x1="{left}" x2="{edge}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{share * high:.2f}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
        for y in (bottom - (bottom - top) * share,)
    ]
    parts += [
        f'<text class="tick" x="{left}" y="{bottom + 20}" text-anchor="middle">0</text>',
        f'<text class="tick" x="{edge}" y="{bottom + 20}" text-anchor="end">{escape(across)} {right:g}</text>',
    ]
    for place, (name, points) in enumerate(drawn):
        path = "M" + "L".join(at(*point) for point in _thinned(points))
        x = left + 180 * place
        parts.append(
            f'<path class="line{place}" d="{path}"/><line class="line{place}" x1="{x}" x2="{x + 24}" y1="14" y2="14"/>'
            f'<text class="tick" x="{x + 30}" y="18">{escape(name)}</text>'
        )
        if len(points) < 40:
            dots = (at(*point).split() for point in points)
            parts += [f'<circle class="dot{place}" cx="{cx}" cy="{cy}" r="3"/>' for cx, cy in dots]
    told = "; ".join(f"{name} from {points[0][1]:.3f} to {points[-1][1]:.3f}" for name, points in drawn)
    return _chart(title, f"{title}, {right:g} {across}s: {told}.", bottom + 30, parts)


def _thinned(points: Sequence[tuple[float, float]], most: int = 300) -> Sequence[tuple[float, float]]:
    every = -(-len(points) // most)
    return points if every <= 1 else [*points[::every], points[-1]]


def _short(name: str, most: int = 26) -> Markup:
    return escape(name if len(name) <= most else name[: most - 1] + "…")


def _chart(title: str, words: str, height: int, parts: Sequence[str]) -> Chart:
    svg = (
        f'<svg role="img" aria-label="{escape(words)}" viewBox="0 0 {WIDTH} {height}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )
    return Chart(Markup(svg), words)  # noqa: S704 (every text above went through escape)
