"""What every record is: frozen, typed, closed, and fingerprinted by what it says and was made from."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field


def now() -> str:
    """The time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: equal content gives equal text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class Frozen(BaseModel):
    """Base of everything that touches disk or another process."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Record(Frozen):
    """What one step left behind. `made_from` holds the fingerprints of the records it was made from."""

    at: str = Field(default_factory=now)
    made_from: dict[str, str] = {}

    def fingerprint(self) -> str:
        """SHA-256 of the canonical content and of what it was made from; when and how fast does not count."""
        content = self.model_dump(mode="json", exclude={"at", "seconds"})
        return hashlib.sha256(canonical(content).encode()).hexdigest()
