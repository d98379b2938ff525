"""What a learning curve says, in words: the same on the page and on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.facts import CurveFacts

SAID = {
    True: "{who} hardly improved any more: better examples will help more than further ones.",
    False: "{who} still improved with more rows: further good examples are likely to help.",
    None: "{who} was trained on growing parts. It can't be told yet whether more rows would help.",
}


def told(curve: CurveFacts) -> str:
    """Whether more rows would help, and by how much twice as many would, as a range."""
    who = f"The model itself ({curve.learner})" if curve.measured else "A quick, simple learner"
    said = SAID[curve.flat].format(who=who)
    if curve.gain_of_doubling is None:
        return said
    low, high = curve.gain_of_doubling
    if curve.measure == "loss":
        return f"{said} Twice as many rows would change its error (loss) by {-high:+.3f} to {-low:+.3f}."
    gain = " to ".join(f"{round(100 * end, 1) + 0.0:+.1f}" for end in (low, high)) + " points"  # never "-0.0"
    estimate = "" if curve.measured else " (an estimate: a power law carried on, 95 % range)"
    return f"{said} Twice as many rows would change its {curve.measure} by {gain}{estimate}."


def points(curve: CurveFacts) -> list[tuple[str, str, str]]:
    """(rows, value, 95% interval) of each point."""
    between = [f"{_value(curve, low)} to {_value(curve, high)}" for low, high in curve.ranges]
    return [
        (f"{rows:,}", _value(curve, value), said)
        for (rows, value), said in zip(curve.points, between or ["–"] * len(curve.points), strict=True)
    ]


def _value(curve: CurveFacts, value: float) -> str:
    return f"{value:.3f}" if curve.measure == "loss" else f"{value:.1%}"


def name(curve: CurveFacts) -> str:
    """What the points show."""
    return "error on the validation rows (loss)" if curve.measure == "loss" else "score on the validation rows"
