"""What was asked in the playground and what both models said, kept in the project until a person clears it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

from pydantic import ValidationError

from backend.domain import Message
from backend.errors import InputError
from backend.record import Frozen
from backend.store import disk_errors, write_text

Who = Literal["base", "tuned"]
MODELS: tuple[Who, ...] = get_args(Who)
MOST_TOKENS, HIGHEST_TEMPERATURE, HIGHEST_SEED = 2048, 2.0, 2**31 - 1


class Settings(Frozen):
    """How both are asked. Temperature 0 takes the likeliest token each time; then top-p and the seed change nothing."""

    system: str = ""
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 128
    seed: int = 0

    def check(self) -> None:
        """Raises InputError for the first value that cannot be used, with what could."""
        for name, value, low, high, of in (
            ("temperature", self.temperature, 0, HIGHEST_TEMPERATURE, "0 is the likeliest answer, 1 the model's mix"),
            ("top-p", self.top_p, 0.01, 1, "1 leaves nothing out"),
            ("longest answer", self.max_tokens, 1, MOST_TOKENS, "counted in tokens"),
            ("seed", self.seed, 0, HIGHEST_SEED, "the same seed draws the same answer again"),
        ):
            if not low <= value <= high:
                raise InputError(f"The {name} must be between {low:g} and {high:,g}.", where=f"{value:g}", why=f"{of}.")


class Said(Frozen):
    """One model's answer as far as it has come.

    `tokens` is the true count (from the server or the tokenizer, the stop token included), None where a server tells
    none. Seconds since this model was asked: `first_s` to its first text, `seconds` to its last. `error` says why one
    `failed`; what came before stays.
    """

    model: Who
    text: str = ""
    tokens: int | None = 0
    first_s: float | None = None
    seconds: float = 0.0
    end: Literal["", "stop", "length", "stopped", "failed"] = ""
    error: str = ""

    @property
    def tokens_per_s(self) -> float | None:
        """Writing speed after the first token: (tokens − 1) / (last text − first text). None where it can't be told."""
        if self.first_s is None or not self.tokens or self.tokens < 2 or self.seconds <= self.first_s:
            return None
        return (self.tokens - 1) / (self.seconds - self.first_s)


class Asked(Frozen):
    """One question to both. `left` is drawn by lot when `blind`; `in_turn`: they shared one model and took turns."""

    id: str
    at: str
    text: str
    settings: Settings
    messages: tuple[Message, ...]
    left: Who
    blind: bool
    engine: str
    in_turn: bool
    base: Said
    tuned: Said

    @property
    def sides(self) -> tuple[Said, Said]:
        """(left answer, right answer)."""
        return (self.base, self.tuned) if self.left == "base" else (self.tuned, self.base)

    @property
    def whole(self) -> bool:
        """Whether both came to an end of their own: only then is a comparison fair."""
        return all(said.end in ("stop", "length") for said in self.sides)


class History:
    """A JSON line a question, oldest first, in the project's folder."""

    def __init__(self, folder: Path) -> None:
        self._kept, self._cleared = folder / "history.jsonl", folder / "cleared.jsonl"

    def add(self, asked: Asked) -> None:
        """Append one question with its answers."""
        with self._alone(), disk_errors(self._kept), self._kept.open("a+b") as file:
            file.truncate(self._kept.read_bytes().rfind(b"\n") + 1)  # half a line was never confirmed to anyone
            file.write((asked.model_dump_json() + "\n").encode())
            file.flush()
            os.fsync(file.fileno())

    def all(self) -> tuple[Asked, ...]:
        """Everything since it was last cleared, oldest first."""
        return tuple(self._read())

    def find(self, number: str) -> Asked:
        """The question of this id. Raises InputError when it is not (or no longer) there."""
        for asked in self._read():
            if asked.id == number:
                return asked
        raise InputError("That question is no longer in the history.", do="Ask it again, or bring the history back.")

    def clear(self) -> int:
        """Take all out of sight and return how many it were; until the next clearing they can be brought back."""
        with self._alone():
            count = len(self.all())
            if count:
                os.replace(self._kept, self._cleared)
            return count

    def bring_back(self) -> int:
        """Undo the last clearing; what was asked since stays. Returns how many came back."""
        with self._alone():
            if not self._cleared.exists():
                raise InputError("There is nothing to bring back.")
            old = self._cleared.read_text(encoding="utf-8")
            kept = self._kept.read_text(encoding="utf-8") if self._kept.exists() else ""
            write_text(self._kept, old + kept)
            self._cleared.unlink()
            return old.count("\n")

    @property
    def can_bring_back(self) -> bool:
        """Whether a clearing can be undone."""
        return self._cleared.exists()

    def _read(self) -> Iterator[Asked]:
        if not self._kept.exists():
            return
        for number, line in enumerate(self._kept.read_bytes().split(b"\n")[:-1], 1):
            try:
                yield Asked.model_validate_json(line)
            except ValidationError as error:
                raise InputError(
                    "The history of the playground cannot be read.", where=f"{self._kept}, line {number}",
                    why=str(error).splitlines()[0], do="Remove that line; votes are kept elsewhere.",
                ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        with (self._kept.parent / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
