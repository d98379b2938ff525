"""What people decide, as it is written to the journal: reviews, readings, explanations, votes and waivers."""

from __future__ import annotations

from typing import Literal

from backend.domain import Message
from backend.record import Frozen


class Judgement(Frozen):
    """One reviewed row, as written to the journal."""

    row: int
    decision: Literal["accept", "fix", "reject"]
    why: str = ""
    fixed_answer: str | None = None
    reviewer: str
    stand_in: bool = False


class Review(Frozen):
    """The journal entry of one judgement: under which sample it was given."""

    review_plan: str
    judgement: Judgement


class Reading(Frozen):
    """One output a person read and marked, as written to the journal."""

    row: int
    mark: Literal["good", "acceptable", "bad"]
    note: str = ""
    reader: str
    stand_in: bool = False


class ReadingEntry(Frozen):
    """The journal entry of one reading: of which run."""

    run_id: str
    reading: Reading


class TestOpening(Frozen):
    """The journal entry of one look at the sealed test rows."""

    __test__ = False  # the name is the field's, not pytest's

    sealed: str
    run_id: str
    rows: int


class ErrorNote(Frozen):
    """The journal entry of an expert's explanation of one error group."""

    run_id: str
    group: str
    note: str
    by: str
    stand_in: bool = False


class Vote(Frozen):
    """One comparison in the playground, as written to the journal.

    `blind` is False once the names had been seen. `asked` is the question's id in the playground's history, and
    `messages` what both models read; votes of the first versions lack both, and which model stood on the left.
    """

    prompt: str
    left: str
    right: str
    winner: Literal["base", "tuned", "tie", "both bad"]
    voter: str = ""
    blind: bool = True
    asked: str = ""
    left_model: Literal["", "base", "tuned"] = ""
    messages: tuple[Message, ...] = ()


class VoteUndone(Frozen):
    """The journal entry that takes a vote back: the vote's own number in the journal."""

    vote: int


class Waiver(Frozen):
    """A block set aside in writing by the named expert, bound to the records it was judged on."""

    rule: str
    by: str
    why: str
    step_fingerprint: str
    message: str
    stand_in: bool = False
