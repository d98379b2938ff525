"""Which stretch of a text a rule objects to, so that a person sees it at once."""

from __future__ import annotations

import json
import re

from backend.audit.encoding import WORDS_LOST, repaired
from backend.audit.language import language_of
from backend.audit.markup import stripped
from backend.audit.page_frame import places
from backend.audit.personal import find_personal
from backend.audit.secrets import find_secrets
from backend.data.diff import Stretch, differences
from rules.facts import DataFacts

ANSWER_RULES = frozenset(
    ("empty-answers", "conflicting-answers", "mislabelled-rows", "inconsistent-labels", "placeholder-answers",
     "repetitive-answers", "rare-class")
)  # fmt: skip
"""Rules that object to the answer as a whole."""
INPUT_RULES = frozenset(("empty-inputs", "off-topic-rows", "duplicate-rows", "leaked-rows"))
"""Rules that object to the input as a whole."""
MENDS = {"broken-encoding": repaired, "leftover-markup": stripped}
"""Rules whose stretch is what mending the text would take away, each with what mends it."""
LAST_WORDS, ENDING = 4, 400
"""Words at the end of an answer that is cut off which are marked, and characters among which they are looked for."""
BEFORE = 3
"""Characters marked before the place where JSON breaks, so that the mark can be seen and what led to it read."""
_LOST = re.compile(r"[\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f]+|â€|" + WORDS_LOST)
"""Damage that nothing mends: replacement marks, control characters, letters of a wrong code, lost words."""
_FIRST_SENTENCE = re.compile(r"\s*.{0,160}?(?:[.!?。！？](?=\s|\Z)|\n|\Z)", re.DOTALL)
"""The sentence that refuses is the first; one of more than 160 characters is not marked."""


def marks(rule: str, name: str, text: str, facts: DataFacts, beside: str = "") -> list[Stretch]:
    """(start, end) of the stretches to mark in the `text` called `name` (input, answer, system or an earlier turn).

    Empty where the rule with the id `rule` has nothing against this text. `facts` are those of the whole file; `beside`
    is the same text of the row that this one nearly copies.
    """
    found: list[Stretch] = []
    if not text:
        pass
    elif rule == "personal-data":
        found = [(start, end) for start, end, _ in find_personal(text)]
    elif rule == "secrets":
        found = find_secrets(text)
    elif rule in MENDS:
        found = differences(text, MENDS[rule](text))[0] or [match.span() for match in _LOST.finditer(text)]
        found = found or (places(text) if rule == "leftover-markup" else [])
    elif rule == "near-duplicate-rows":
        found = differences(text, beside)[0] if beside else []
    elif rule == "mixed-languages":
        found = _whole(text) if language_of(text) not in (None, facts.main_language) else []
    elif name == "answer":
        found = _in_answer(rule, text)
    elif name == "input" and rule in INPUT_RULES:
        found = _whole(text)
    return found


def _in_answer(rule: str, text: str) -> list[Stretch]:
    if rule == "cut-off-answers":
        words = list(re.finditer(r"\S+", text[-ENDING:]))[-LAST_WORDS:]
        return [(max(0, len(text) - ENDING) + words[0].start(), len(text))] if words else []
    if rule == "refusal-answers":
        first = _FIRST_SENTENCE.match(text)
        return [first.span()] if first else []
    if rule == "malformed-answers":
        return [(_breaks_at(text), len(text))]
    return _whole(text) if rule in ANSWER_RULES else []


def _breaks_at(text: str) -> int:
    """The place where JSON stops making sense, a little before; else the beginning."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return max(0, min(error.pos, len(text) - 1) - BEFORE)
    except (ValueError, RecursionError):
        return 0
    return 0


def _whole(text: str) -> list[Stretch]:
    return [(0, len(text))]
