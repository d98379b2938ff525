"""Tunewise as a library: `from backend import Workbench, Goal`."""

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
