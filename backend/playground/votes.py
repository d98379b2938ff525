"""People's votes: which count, how often the tuned model won, and the same as preference pairs for later training."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backend.decisions import Vote, VoteUndone
from backend.errors import InputError
from backend.journal import Journal
from backend.statistics import Interval, wilson


@dataclass(frozen=True)
class Tally:
    """Votes of one kind. `share` of the tuned model among the votes that chose one, with its 95 % Wilson interval;
    ties and "both bad" choose none, so they are counted beside it."""

    tuned: int = 0
    base: int = 0
    ties: int = 0
    both_bad: int = 0

    @property
    def decided(self) -> int:
        return self.tuned + self.base

    @property
    def votes(self) -> int:
        return self.decided + self.ties + self.both_bad

    @property
    def share(self) -> Interval | None:
        return wilson(self.tuned, self.decided) if self.decided else None


@dataclass(frozen=True)
class Preferences:
    """Preference pairs as JSON lines (TRL's conversational format), and why other votes are not among them."""

    lines: tuple[str, ...]
    ties: int
    both_bad: int
    unusable: int
    open_votes: int
    test_rows: int

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def words(self) -> str:
        """What is in it and what was left out, in a sentence or four."""
        said = [f"{len(self.lines):,} preference pair{'' if len(self.lines) == 1 else 's'}."]
        out = [(self.ties, "tied"), (self.both_bad, "both bad"), (self.unusable, "with equal or empty answers")]
        left_out = ", ".join(f"{count:,} {why}" for count, why in out if count)
        said += [f"Left out, because they prefer neither: {left_out}."] if left_out else []
        said += [f"Voted on with the names in sight: {self.open_votes:,}."] if self.open_votes else []
        said += [
            f"About test rows: {self.test_rows:,}; whoever trains on those can't measure on them any more."
        ] if self.test_rows else []
        return " ".join(said)


def valid_votes(journal: Journal) -> tuple[tuple[int, Vote], ...]:
    """(number in the journal, vote) of every vote that was not taken back, oldest first."""
    votes: dict[int, Vote] = {}
    for entry in journal.entries():
        if entry.kind == "vote":
            votes[entry.number] = Vote.model_validate(entry.body)
        elif entry.kind == "vote undone":
            votes.pop(entry.body["vote"], None)
    return tuple(votes.items())


def seen(journal: Journal) -> frozenset[str]:
    """The questions ever voted on, taken back or not: their names have been seen since."""
    return frozenset(entry.body.get("asked", "") for entry in journal.entries("vote"))


def undo_last(journal: Journal) -> Vote:
    """Take the newest vote back and return it. Raises InputError when there is none."""
    votes = valid_votes(journal)
    if not votes:
        raise InputError("There is no vote to take back.")
    number, vote = votes[-1]
    journal.add("vote undone", VoteUndone(vote=number))
    return vote


def tally(votes: Sequence[Vote], blind: bool = True) -> Tally:
    """The blind votes counted, or with `blind=False` the others."""
    winners = [vote.winner for vote in votes if vote.blind is blind]
    return Tally(winners.count("tuned"), winners.count("base"), winners.count("tie"), winners.count("both bad"))


def preferences(votes: Sequence[Vote], test_inputs: Collection[str], test_rows: bool = True) -> Preferences:
    """Every decided vote as {"prompt": messages, "chosen": [answer], "rejected": [answer]}.

    The format is TRL's "preference" in its conversational form (TRL documentation, Dataset formats). `test_inputs` are
    the inputs of the test rows; without `test_rows` votes about them are left out.
    """
    lines, unusable, open_votes, tests = [], 0, 0, 0
    for vote in votes:
        if vote.winner not in ("base", "tuned"):
            continue
        about_test = vote.prompt in test_inputs
        if about_test and not test_rows:
            continue
        left_won = vote.winner == vote.left_model
        chosen, rejected = (vote.left, vote.right) if left_won else (vote.right, vote.left)
        if not (vote.left_model and vote.messages) or chosen == rejected or not chosen.strip():
            unusable += 1
            continue
        open_votes += not vote.blind
        tests += about_test
        pair = {
            "prompt": [message.model_dump() for message in vote.messages],
            "chosen": [{"role": "assistant", "content": chosen}],
            "rejected": [{"role": "assistant", "content": rejected}],
        }
        lines.append(json.dumps(pair, ensure_ascii=False))
    both = [vote.winner for vote in votes]
    return Preferences(tuple(lines), both.count("tie"), both.count("both bad"), unusable, open_votes, tests)
