"""Step."""

from __future__ import annotations

from typing import Any

LEAD = "x"
WHY = "y"


def build(page: Any) -> None:
    """To come."""
