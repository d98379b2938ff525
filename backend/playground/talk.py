"""Two answers on their way: each on a thread of its own, so that neither waits for the other to be read or shown.

The threads do not need whoever asked: when a browser goes away, both answers still come to their end and are kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from backend.errors import TunewiseError
from backend.playground.asked import Said, Who
from backend.serving.chat import HangUp

SHOWN_EVERY_S = 0.1


@dataclass(frozen=True)
class Bit:
    """The next piece of an answer: `tokens` so far (None: not told), seconds since asking; `end` with the last one."""

    text: str
    tokens: int | None
    seconds: float
    end: Literal["", "stop", "length"] = ""


Voice = Callable[[HangUp], Iterator[Bit]]
Lane = Sequence[tuple[Who, Voice]]
"""Models that take turns because they share something; lanes run at the same time."""


class Talk:
    """Both answers, growing. `keep(base, tuned)` is called once, when both have ended, on one of our threads."""

    def __init__(self, lanes: Sequence[Lane], keep: Callable[[Said, Said], None]) -> None:
        self._hang_up = HangUp()
        self._changed = threading.Condition()
        self._said: dict[Who, Said] = {"base": Said(model="base"), "tuned": Said(model="tuned")}
        self._version, self._running, self._over = 0, len(lanes), False
        self._trouble: Exception | None = None
        self._keep, self._lanes = keep, lanes

    def start(self) -> None:
        """Ask both."""
        for lane in self._lanes:
            threading.Thread(target=self._run, args=(lane,), daemon=True).start()

    def stop(self) -> None:
        """End both at once, also before their first token; what came is kept."""
        self._hang_up.now()

    @property
    def over(self) -> bool:
        """Whether both have ended and are kept."""
        return self._over

    def pairs(self) -> Iterator[tuple[Said, Said]]:
        """(base, tuned) whenever there is more, ten times a second at most; the last pair is final and kept.

        A model's own trouble is told in its answer; anything else that went wrong is raised here.
        """
        seen = -1
        while True:
            with self._changed:
                while self._version == seen and not self._over:
                    self._changed.wait()
                seen, over = self._version, self._over
                pair = (self._said["base"], self._said["tuned"])
            if over and self._trouble:
                raise self._trouble
            yield pair
            if over:
                return
            time.sleep(SHOWN_EVERY_S)

    def _run(self, lane: Lane) -> None:
        trouble: Exception | None = None
        try:
            for who, voice in lane:
                self._listen(who, voice)
        except Exception as error:  # handed to whoever listens: a thread has nobody to raise to
            trouble = error
            self._hang_up.now()
        with self._changed:
            self._trouble = self._trouble or trouble
            self._running -= 1
            last = self._running == 0
        if last:
            self._end()

    def _end(self) -> None:
        try:
            if self._trouble is None:
                self._keep(self._said["base"], self._said["tuned"])
        except Exception as error:  # as above
            self._trouble = error
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _listen(self, who: Who, voice: Voice) -> None:
        try:
            if not self._hang_up.done:
                for bit in voice(self._hang_up):
                    self._add(who, bit)
        except TunewiseError as error:
            told = getattr(error, "what", "") or str(error)
            rest = [getattr(error, name, "") for name in ("why", "do")]
            self._change(who, end="failed", error=" ".join(part for part in (told, *rest) if part))
        if not self._said[who].end:
            self._change(who, end="stopped")

    def _add(self, who: Who, bit: Bit) -> None:
        said = self._said[who]
        news: dict[str, object] = {"tokens": bit.tokens, "end": bit.end}
        if bit.text:
            news |= {"text": said.text + bit.text, "seconds": bit.seconds}
            news |= {} if said.first_s is not None else {"first_s": bit.seconds}
        self._change(who, **news)

    def _change(self, who: Who, **news: object) -> None:
        with self._changed:
            self._said[who] = self._said[who].model_copy(update=news)
            self._version += 1
            self._changed.notify_all()
