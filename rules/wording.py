"""How findings say numbers: counts, shares and lists, the same in every rule."""

from __future__ import annotations

from collections.abc import Sequence

CLEAN_COPY = "`tunewise audit DATA --fix OUT` writes a cleaned copy; add `--preview` to see every change first."
"""What a rule offers whose rows a clean copy mends or leaves out without being asked."""


def share(part: float, whole: float) -> float:
    """The part as a fraction of the whole; 0 when there is nothing to divide by."""
    return part / whole if whole > 0 else 0.0


def percent(fraction: float) -> str:
    """0.034 is `3.4%`; what would round to nothing although it is something is `<0.1%`."""
    return "<0.1%" if 0 < fraction < 0.0005 else f"{fraction:.1%}"


def points(*fractions: float) -> str:
    """A difference of two shares, or its interval: 0.034 is `+3.4 points`, with 0.07 `+3.4 to +7.0 points`."""
    return f"{' to '.join(f'{100 * fraction:+.1f}' for fraction in fractions)} points"


def count_of(number: int, noun: str, plural: str = "") -> str:
    """`1 row`, `1,200 rows`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def of_rows(part: int, whole: int) -> str:
    """`3 of 1,200 rows (0.2%)`."""
    return f"{part:,} of {whole:,} rows ({percent(share(part, whole))})"


def listed(names: Sequence[str], most: int = 5) -> str:
    """`a, b, c`, and how many more where there are more than `most`."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
