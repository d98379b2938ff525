"""What people type into a field, as a value: numbers with a point or a comma, shares also in percent."""

from __future__ import annotations

from backend.errors import InputError


def number(typed: str | None, name: str) -> float | None:
    """`0.9`, `0,9` or `90 %` is 0.9; nothing typed is None. Raises InputError naming the field."""
    text = (typed or "").strip().replace(" ", "").replace("\u00a0", "")
    if not text:
        return None
    share = text.endswith("%")
    try:
        value = float(text.removesuffix("%").replace(",", "."))
    except ValueError as error:
        do = "Type a number such as 0.9, 90 % or 300."
        raise InputError(f"{text!r} is not a number.", where=name, do=do) from error
    return value / 100 if share else value


def whole(typed: str | None, name: str) -> int | None:
    """A whole number, or None when nothing was typed. Raises InputError naming the field."""
    value = number(typed, name)
    if value is not None and value != int(value):
        raise InputError(f"{typed!r} is not a whole number.", where=name)
    return None if value is None else int(value)


def typed(value: float | None) -> str:
    """A number as it would be typed; empty for None."""
    return "" if value is None else f"{value:g}"


def listed(text: str | None) -> tuple[str, ...]:
    """The parts between commas, without blanks."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
