"""A child that ends with its parent, however that ends: the kernel sees to it. Linux only."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with(parent: int, how: signal.Signals) -> None:
    """Have the kernel send this process `how` when its parent dies; end at once when that has happened."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)
