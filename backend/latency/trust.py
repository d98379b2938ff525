"""Whether a measurement can be believed: is it still the same endpoint, and did it know the prompts before?"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from backend.latency.metrics import ServerSide, parse, server_side
from backend.latency.probe import Identity, identity, is_loopback, metrics_text
from backend.latency.prompts import Prompt, made_up, shared_beginning
from backend.latency.record import Record

SUSPICIOUS = 0.3
"""Share of known prompt tokens above which it is looked into; less is a template's beginning."""
SLACK_TOKENS, SLACK_SHARE = 32, 0.1
"""More tokens than an honest cache of shared beginnings would know, so many or this part of a prompt, is a warm cache.
Two blocks of vLLM's cache (16 tokens each)."""
CONTROL_WORDS = 60
CONTROL_KNOWN = 0.8
"""A share of a text that nobody ever sent, which no honest cache can know."""


class Trust:
    """Asked before, between and after the levels. `broken` says in words why the test is not valid, "" while it is."""

    def __init__(self, base: str, prefix: str, key: str | None, prompts: Sequence[Prompt] | None) -> None:
        self.base, self.prefix, self.key = base, prefix, key
        self.start = random.SystemRandom().randrange(1, 1_000_000)
        self.numbered = False
        self.broken = ""
        self.notes: list[str] = []
        self._shared = shared_beginning(prompts or ())
        self._first: Identity | None = None
        self._text: str | None = None
        self._ours = is_loopback(urlsplit(base).hostname or "")

    def look(self) -> None:
        """Remember who answers, and what it has counted so far."""
        self._first = self._first or identity(self.base, self.prefix, self.key)
        self._text = metrics_text(self.base, self.key)

    def knew(self, first: Record) -> bool:
        """Whether the very first prompt was known already: a test before this one asked it."""
        share = self._known_share([first], self._side_since())
        if share is None or share < max(0.5, self._shared + 0.3):
            return False
        self.numbered = True
        self.notes.append(
            "The endpoint had met these prompts before, so each was given a number in front: its cache would have made "
            "the answers look faster than people will find them."
        )
        return True

    def check(self, records: Sequence[Record], side: ServerSide, ask_control: Callable[[], Record]) -> None:
        """After a level: the same endpoint, and prompts it did not know?"""
        if self.broken:
            return
        self._check_identity(records)
        share = self._known_share(records, side)
        if self.broken or share is None or share < max(SUSPICIOUS, self._shared):
            return
        before = metrics_text(self.base, self.key)
        control = ask_control()
        self._text = before
        control_share = self._known_share([control], self._side_since()) or 0.0
        sizes = [record.prompt_tokens for record in records if record.prompt_tokens]
        size = sum(sizes) / len(sizes) if sizes else 0.0
        honest = control_share * (control.prompt_tokens or 0) + self._shared * size
        slack = max(SLACK_TOKENS, SLACK_SHARE * size)
        if control_share >= CONTROL_KNOWN or (size and share * size > honest + slack):
            self.broken = (
                f"The endpoint knew {share:.0%} of the prompts' tokens before they were asked (its prompt cache was "
                "warm), so first words came faster than people will find them: restart it or give other prompts "
                "(--prompts), and measure again."
            )
        else:
            self.notes.append(
                f"The endpoint's cache knew {share:.0%} of the prompts' tokens: the beginning that they all share."
            )

    def control(self) -> list[dict[str, str]]:
        """A chat nobody ever sent."""
        return next(made_up(CONTROL_WORDS, random.SystemRandom().randrange(2**32)))

    def _check_identity(self, records: Sequence[Record]) -> None:
        now = identity(self.base, self.prefix, self.key)
        marks = frozenset(record.fingerprint for record in records if record.fingerprint)
        first = self._first or Identity()
        if not first.fingerprints and marks:  # of the level's beginning: a change within it shows as well
            start = next(record.fingerprint for record in records if record.fingerprint)
            first = self._first = replace(first, fingerprints=frozenset([start]))
        changed = first.changed(replace(now, fingerprints=marks))
        if not changed:
            return
        if marks - first.fingerprints and not self._ours and "fingerprint" in changed:
            self.notes.append(f"Several machines seem to answer at this address: {changed}.")
            self._first = replace(first, fingerprints=first.fingerprints | marks)
            return
        self.broken = (
            f"The endpoint changed while it was measured: {changed}. The figures mix two servers; measure again."
        )

    def _side_since(self) -> ServerSide:
        now = metrics_text(self.base, self.key) if self._text else None
        return server_side([parse(self._text), parse(now)]) if self._text and now else ServerSide()

    @staticmethod
    def _known_share(records: Sequence[Record], side: ServerSide) -> float | None:
        """The share of prompt tokens that were cached: as told with each answer, else from the server's counters."""
        told = [(r.cached_tokens, r.prompt_tokens) for r in records if r.cached_tokens is not None and r.prompt_tokens]
        if told:
            return sum(cached for cached, _ in told) / sum(size for _, size in told)
        return side.cache_hits
