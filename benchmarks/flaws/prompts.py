"""Prompts and goals written for measuring, half of them bad; no detector's word list was looked at."""

from __future__ import annotations


def judged_prompts() -> tuple[int, int, int, int]:
    return 0, 1, 0, 1


def judged_goals() -> tuple[int, int, int, int]:
    return 0, 1, 0, 1
