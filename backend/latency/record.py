"""What was seen of one request: raw stamps, and the waits that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Record:
    """What was seen of one request. Times are nanoseconds of one monotonic clock (time.perf_counter_ns).

    `scheduled_ns`: when it was due (with a rate) or wanted; `sent_ns`: when it was written to an open connection.
    `chunks_ns` holds the arrival of every chunk with content or a tool call; the role-only chunk, the usage chunk and
    [DONE] are none. `thought_ns` is the first chunk of streamed reasoning. `output_tokens` is the server's own count,
    `hidden_tokens` the part of it that was reasoned without being streamed. `failure` is None for a complete answer;
    the part of it before a colon is the kind. `fingerprint` is the server's own mark of what answered.
    """

    scheduled_ns: int
    sent_ns: int
    ended_ns: int
    chunks_ns: tuple[int, ...] = ()
    thought_ns: int | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    hidden_tokens: int = 0
    fingerprint: str = ""
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

        Streamed reasoning is tokens like any others, so then the span begins with its first chunk; reasoning that
        was counted but not streamed is left out of the tokens. None where all came in one piece: nothing was seen.
        """
        if not self.chunks_ns or self.output_tokens is None:
            return None
        first = self.chunks_ns[0] if self.thought_ns is None else min(self.thought_ns, self.chunks_ns[0])
        tokens = self.output_tokens - (self.hidden_tokens if self.thought_ns is None else 0)
        span = self.chunks_ns[-1] - first
        return span / 1e6 / (tokens - 1) if tokens >= 2 and span else None

    @property
    def gaps_ms(self) -> tuple[float, ...]:
        """Time between neighbouring content chunks; a chunk may hold several tokens."""
        return tuple((b - a) / 1e6 for a, b in pairwise(self.chunks_ns))
