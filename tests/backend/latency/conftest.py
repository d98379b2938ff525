"""Starts truth servers for the latency tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from benchmarks.truth_server import TruthServer


@pytest.fixture
def truth() -> Iterator[Callable[..., TruthServer]]:
    """`truth(ttft_s=0.1, quirk="cut")` gives a running server with that behaviour."""
    with ExitStack() as stack:
        yield lambda **behaviour: stack.enter_context(TruthServer(**behaviour).running())
