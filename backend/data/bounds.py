"""How much a file may become in memory: the bound on records, values, and on what a packed file unpacks to."""

from __future__ import annotations

from pathlib import Path

from backend.errors import InputError

MAX_RECORDS = 5_000_000
MAX_VALUES = 50_000_000
"""Values of all records together; each costs some hundred bytes in memory, however short it is in the file."""
MAX_UNPACKED = 2 * 1024**3
"""Bytes after unpacking."""
MAX_RATIO = 100
"""Times its own size that a packed file may unpack to, once that is more than `FREE`. Texts pack to a tenth or so."""
FREE = 16 * 1024**2


def too_swollen(file: Path, size: int, unpacked: int) -> InputError | None:
    """The error for a packed file of `size` bytes that unpacks to `unpacked` or more; None while that is fine."""
    if unpacked <= FREE or (unpacked <= MAX_UNPACKED and unpacked <= MAX_RATIO * size):
        return None
    limit = min(MAX_UNPACKED, max(FREE, MAX_RATIO * size))
    return InputError(
        f"The file unpacks to more than {unpacked / 1e6:,.0f} MB.",
        where=str(file),
        why=f"The limit for a file of {size / 1e6:,.2f} MB is {limit / 1e6:,.0f} MB: so small a file holding so much "
        "repeats itself, or is made to fill the memory.",
        do="Drop the repeated rows, or give the data as JSON lines.",
    )


def too_much(file: Path) -> InputError:
    """The error for more records or values than are read."""
    return InputError(
        "The file holds too much to be read at once.",
        where=str(file),
        why=f"The limits are {MAX_RECORDS:,} records and {MAX_VALUES:,} values.",
        do="Give a random sample of the rows: a few thousand good ones serve fine-tuning better than millions.",
    )
