"""How many different system prompts and fixed instruction wordings stand in front of the inputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from backend.audit.columns import with_system
from backend.domain import Example

MIN_WORDS = 3
"""Fewest words of a fixed wording: our choice."""
MIN_ROWS = 5
"""Fewest rows that open with it, or half a percent of all where that is more: our choice."""
COVERED = 0.5
"""Share of rows that must open with a wording used again and again before one can speak of fixed instructions."""

_OPENING = re.compile(r"\A\s*([^\n:]{8,300}+):\s|\A\s*([^\n]{8,300}+)\n")


def system_prompts(examples: Sequence[Example]) -> int:
    """Distinct system prompts; rows without one count as one more wording where others have one."""
    prompted = with_system(examples)
    found = {" ".join(system.split()) for system in {examples[at].system for at in prompted}}
    if len(prompted) < len(examples):
        found.add("")
    return 0 if found <= {""} else len(found)


def instructions(examples: Sequence[Example]) -> int | None:
    """Distinct fixed wordings in front of the inputs (up to a colon or line end); None where there are none."""
    matches = (_OPENING.match(example.input) for example in examples)
    openings = Counter(" ".join((match.group(1) or match.group(2)).split()) for match in matches if match)
    enough = max(MIN_ROWS, 0.005 * len(examples))
    fixed = {text: rows for text, rows in openings.items() if rows >= enough and len(text.split()) >= MIN_WORDS}
    return len(fixed) if fixed and sum(fixed.values()) >= COVERED * len(examples) else None
