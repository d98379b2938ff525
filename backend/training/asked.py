"""What a person asked of a running worker: to save and stop after its step, or to stop at once."""

from __future__ import annotations

import signal

STOP_NOW = signal.SIGUSR1
NUMBERS = (signal.SIGTERM, signal.SIGINT, STOP_NOW)


class StopNow(BaseException):
    """Asked to stop at once; not an Exception, so that nothing on the way takes it for an error of its own."""


class Asked:
    """Listens from when it is made. SIGTERM and SIGINT set `stop`: the run saves and ends after the step it is in.

    SIGUSR1 raises StopNow wherever the process is: what was not saved by then is given up.
    """

    def __init__(self) -> None:
        self.stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._heard)
        signal.signal(STOP_NOW, self._now)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, NUMBERS)  # what was asked since the run's turn came is heard now

    def _heard(self, number: int, frame: object) -> None:
        self.stop = True

    def _now(self, number: int, frame: object) -> None:
        signal.signal(STOP_NOW, signal.SIG_IGN)  # once is enough: what follows must be able to say that it ended
        raise StopNow
