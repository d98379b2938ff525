"""Measure how fast an OpenAI-compatible chat endpoint answers, and whether that meets a target.

Names are loaded when they are used: the measuring process lives in this package too, and must start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backend.latency.measure import run_latency
    from backend.latency.prompts import Prompt, read_prompts
    from backend.latency.report import LatencyReport, Level
    from backend.latency.targets import Targets, parse_targets
    from backend.latency.wanted import LatencyTest, OnProgress, Progress

__all__ = [
    "LatencyReport",
    "LatencyTest",
    "Level",
    "OnProgress",
    "Progress",
    "Prompt",
    "Targets",
    "parse_targets",
    "read_prompts",
    "run_latency",
]
_FILES = {
    "measure": ("run_latency",),
    "prompts": ("Prompt", "read_prompts"),
    "report": ("LatencyReport", "Level"),
    "targets": ("Targets", "parse_targets"),
    "wanted": ("LatencyTest", "OnProgress", "Progress"),
}


def __getattr__(name: str) -> Any:
    for file, names in _FILES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{file}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
