"""What was seen of one request: raw stamps, and the waits that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Record:
    """What was seen of one request. Times are nanoseconds of one monotonic clock (time.perf_counter_ns).

    `chunks_ns` holds the arrival of every chunk with content; the role-only chunk, the usage chunk and [DONE]
    are none. `output_tokens` is the server's own count. `failure` is None for a complete answer; the part of
    it before a colon is the kind. `scheduled_ns` differs from `sent_ns` only when a rate is asked for.
    """

    scheduled_ns: int
    sent_ns: int
    ended_ns: int
    chunks_ns: tuple[int, ...] = ()
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    reasoned: bool = False
    status: int | None = None
    failure: str | None = None

    @property
    def ttft_ms(self) -> float | None:
        """First content − send."""
        return (self.chunks_ns[0] - self.sent_ns) / 1e6 if self.chunks_ns else None

    @property
    def e2e_ms(self) -> float | None:
        """Last content − send."""
        return (self.chunks_ns[-1] - self.sent_ns) / 1e6 if self.chunks_ns else None

    @property
    def response_ms(self) -> float | None:
        """Last content − *scheduled* send: waiting for our turn counts too (no coordinated omission)."""
        return (self.chunks_ns[-1] - self.scheduled_ns) / 1e6 if self.chunks_ns else None

    @property
    def tpot_ms(self) -> float | None:
        """(Last content − first content) / (tokens − 1), for two tokens or more.

        None as well when the model thought aloud: its hidden tokens are in the count, not in the content.
        """
        if not self.chunks_ns or self.output_tokens is None or self.output_tokens < 2 or self.reasoned:
            return None
        return (self.chunks_ns[-1] - self.chunks_ns[0]) / 1e6 / (self.output_tokens - 1)

    @property
    def gaps_ms(self) -> tuple[float, ...]:
        """Time between neighbouring content chunks; a chunk may hold several tokens."""
        return tuple((b - a) / 1e6 for a, b in pairwise(self.chunks_ns))
