"""Latency targets as a person writes them ("ttft=300ms", "e2e=2s") and as the report keeps them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from backend.errors import InputError

UNITS = {"ms": 1.0, "s": 1000.0}
WORDS = {"ttft": "first words", "tpot": "time per further token", "e2e": "whole answer"}
_TARGET = re.compile(r"\s*(?P<name>[A-Za-z0-9_]+)\s*=\s*(?P<number>[0-9.eE+-]+)\s*(?P<unit>[A-Za-z]*)\s*")
_HOW = 'Write it like "ttft=300ms", "tpot=50ms" or "e2e=2s".'


class Targets(BaseModel):
    """What a request has to keep to, in milliseconds; None means not asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ttft_ms: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    tpot_ms: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    e2e_ms: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @property
    def asked(self) -> dict[str, float]:
        """The targets that were given, by short name ("ttft"), in milliseconds."""
        pairs = {"ttft": self.ttft_ms, "tpot": self.tpot_ms, "e2e": self.e2e_ms}
        return {name: value for name, value in pairs.items() if value is not None}

    def in_words(self) -> str:
        return ", ".join(f"{WORDS[name]} within {value:g} ms" for name, value in self.asked.items())


def parse_target(text: str) -> tuple[str, float]:
    """("ttft", 300.0) from "ttft=300ms": the short name and milliseconds. Raises InputError."""
    match = _TARGET.fullmatch(text)
    if match is None:
        raise InputError(f"The target '{text}' cannot be read.", where="--target", do=_HOW)
    name, number, unit = match["name"].lower(), match["number"], match["unit"].lower()
    if name not in WORDS:
        why = "Known are ttft, tpot and e2e."
        raise InputError(f"'{name}' is no latency target.", where="--target", why=why, do=_HOW)
    if unit not in UNITS:
        raise InputError(f"The target '{text}' needs a unit, ms or s.", where="--target", do=_HOW)
    try:
        value = float(number) * UNITS[unit]
    except ValueError as error:
        raise InputError(f"'{number}' is not a number.", where="--target", do=_HOW) from error
    if not math.isfinite(value) or value <= 0:
        raise InputError(f"The target '{text}' must be more than zero.", where="--target", do=_HOW)
    return name, value


def parse_targets(texts: Iterable[str]) -> Targets:
    """All `--target` options together. Raises InputError for an unreadable one or one given twice."""
    found: dict[str, float] = {}
    for text in texts:
        name, value = parse_target(text)
        if name in found:
            raise InputError(
                f"The target {name} was given twice: {found[name]:g} ms and {value:g} ms.",
                where="--target",
                do="Give each target once.",
            )
        found[name] = value
    return Targets(**{f"{name}_ms": value for name, value in found.items()})


def as_targets(given: Targets | Mapping[str, float] | None) -> Targets:
    """Targets from {"ttft_ms": 300}. Raises InputError for unknown names and values not above zero."""
    if isinstance(given, Targets):
        return given
    for name, value in (given or {}).items():
        if name not in Targets.model_fields or not 0 < value < math.inf:
            known = ", ".join(Targets.model_fields)
            raise InputError(f"The target {name} = {value} cannot be used.", why=f"Known are {known}, each above 0.")
    return Targets(**dict(given or {}))
