"""The pages of the app, one file a step: layout, handlers, wiring."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def page_of(step: str) -> ModuleType:
    """The module of a step's page: `LEAD`, `WHY` and `build(page)`."""
    return import_module(f"advisor.steps.{step}")
