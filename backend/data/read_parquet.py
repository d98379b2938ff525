"""Reading a Parquet file: measured first, since a small one can unpack to far more than memory holds."""

from __future__ import annotations

from pathlib import Path

from backend.data.arrow_size import VALUE_BYTES, bytes_of
from backend.data.bounds import too_swollen
from backend.data.read_delimited import unique_names
from backend.data.table import Records
from backend.errors import InputError

BATCH = 5_000
"""Rows unpacked at a time."""


def read_parquet(file: Path) -> Records:
    """All columns as Python values. Raises InputError when damaged or too large once unpacked."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file) as source:
            names = unique_names(list(source.schema_arrow.names), str(file))
            groups = map(source.metadata.row_group, range(source.metadata.num_row_groups))
            values = sum(group.column(at).num_values for group in groups for at in range(group.num_columns))
            if trouble := too_swollen(file, file.stat().st_size, values * VALUE_BYTES):
                raise trouble
            texts = [
                column.path for column in map(source.schema.column, range(len(source.schema)))
                if column.physical_type == "BYTE_ARRAY"
            ]
        _measure(file, texts)
        rows: list[dict[str, object]] = []
        with parquet.ParquetFile(file) as source:
            for batch in source.iter_batches(batch_size=BATCH):
                rows.extend(batch.to_pylist())
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, OverflowError, MemoryError, IndexError) as error:
        raise InputError(
            "The Parquet file is damaged or of a kind that cannot be read.",
            where=str(file),
            why=str(error).splitlines()[0][:300] if str(error) else type(error).__name__,
            do="Write it once more.",
        ) from error
    return Records(names, rows, list(range(len(rows))))


def _measure(file: Path, texts: list[str]) -> None:
    """Raise InputError when the values take too much room. Equal texts stay one here, however often they are named.

    What the file says about its own size is not believed.
    """
    from pyarrow import parquet

    size, unpacked = file.stat().st_size, 0
    with parquet.ParquetFile(file, read_dictionary=texts) as source:
        for batch in source.iter_batches(batch_size=BATCH):
            unpacked += sum(map(bytes_of, batch.columns)) + VALUE_BYTES * batch.num_rows * (1 + batch.num_columns)
            if trouble := too_swollen(file, size, unpacked):
                raise trouble
