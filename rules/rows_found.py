"""What most rules of the data say: so many rows have a flaw, and here they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import floor

from rules.facts import Rows
from rules.rule import Hit
from rules.wording import listed, of_rows, share

_PLACE = re.compile(r"(?:line|record|row) \d")


def rows_found(
    what: str, rows: Rows | None, of: int, block_share: float | None = None, details: str = ""
) -> Iterator[Hit]:
    """`What: 3 of 1,200 rows (0.2%).` with all the rows, or nothing where there are none.

    With `block_share` it blocks once more than that share of the rows has the flaw; without, it has the severity of
    the header. `details` follow the count. The threshold is how many rows are let pass: 0, or those of the share.
    """
    if not rows:
        return
    blocks = block_share is not None and share(len(rows), of) > block_share
    yield Hit(
        f"{what}: {of_rows(len(rows), of)}{details}.",
        measured=len(rows),
        threshold=floor(block_share * of) if blocks and block_share else 0,
        unit="rows",
        rows=rows,
        severity="block" if blocks else None,
    )


def reasons(told: Sequence[tuple[int, str]], most: int = 3) -> str:
    """The first few reasons, each with its row where it does not name a place in the file itself (`line 5: …`)."""
    return listed([reason if _PLACE.match(reason) else f"row {row}: {reason}" for row, reason in told], most)
