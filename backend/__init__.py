"""Tunewise as a library: `from backend import Workbench, Goal`.

Names are loaded when they are used: a small process (the one that measures latency) need not load everything.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backend.decisions import Judgement, Reading, Vote
    from backend.domain import Goal, Mapping, Prompt
    from backend.errors import Blocked, CannotTell, InputError, TunewiseError
    from backend.workbench import Workbench

__all__ = [
    "Blocked",
    "CannotTell",
    "Goal",
    "InputError",
    "Judgement",
    "Mapping",
    "Prompt",
    "Reading",
    "TunewiseError",
    "Vote",
    "Workbench",
]
_FILES = {
    "decisions": ("Judgement", "Reading", "Vote"),
    "domain": ("Goal", "Mapping", "Prompt"),
    "errors": ("Blocked", "CannotTell", "InputError", "TunewiseError"),
    "workbench": ("Workbench",),
}


def __getattr__(name: str) -> Any:
    for file, names in _FILES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{file}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
