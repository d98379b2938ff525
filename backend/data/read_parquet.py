"""Reading a Parquet file."""

from __future__ import annotations

from pathlib import Path

from backend.data.read_delimited import unique_names
from backend.data.table import Records
from backend.errors import InputError

MAX_UNPACKED = 4 * 1024**3
"""Bytes after decompression. A small file can unpack to far more than memory holds."""


def read_parquet(file: Path) -> Records:
    """All columns as Python values. Raises InputError when damaged or too large once unpacked."""
    import pyarrow
    from pyarrow import parquet

    try:
        source = parquet.ParquetFile(file)
        meta = source.metadata
        unpacked = sum(meta.row_group(at).total_byte_size for at in range(meta.num_row_groups))
        if unpacked > MAX_UNPACKED:
            raise InputError(
                f"The Parquet file unpacks to {unpacked / 1e9:.1f} GB.",
                where=str(file),
                why=f"The limit is {MAX_UNPACKED / 1e9:.1f} GB.",
                do="Give a random sample of its rows.",
            )
        names = unique_names(list(source.schema_arrow.names), str(file))
        rows: list[dict[str, object]] = []
        for batch in source.iter_batches(batch_size=10_000):
            rows.extend(batch.to_pylist())
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, OverflowError, MemoryError) as error:
        raise InputError(
            "The Parquet file is damaged or of a kind that cannot be read.",
            where=str(file),
            why=str(error).splitlines()[0][:300] if str(error) else type(error).__name__,
            do="Write it once more.",
        ) from error
    return Records(names, rows, list(range(len(rows))))
