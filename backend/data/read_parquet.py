"""Reading a Parquet file: measured first, since a small one can unpack to far more than memory holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from backend.data.arrow_size import VALUE_BYTES, bytes_of
from backend.data.bounds import too_swollen
from backend.data.read_delimited import unique_names
from backend.data.table import Records
from backend.errors import InputError

BATCH = 5_000
"""Rows unpacked at a time."""
_COUNT = """
import sys
from pyarrow import parquet
told = parquet.read_metadata(sys.argv[1])
groups = map(told.row_group, range(told.num_row_groups))
print(sum(group.column(at).num_values for group in groups for at in range(group.num_columns)))
"""


def read_parquet(file: Path) -> Records:
    """All columns as Python values. Raises InputError when damaged or too large once unpacked."""
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file) as source:
            names = unique_names(list(source.schema_arrow.names), str(file))
            columns = list(map(source.schema.column, range(len(source.schema))))
            lists = any(column.max_repetition_level for column in columns)
            values = _values_in_lists(file) if lists else source.metadata.num_rows * len(columns)
            if trouble := too_swollen(file, file.stat().st_size, values * VALUE_BYTES):
                raise trouble
            texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
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


def _values_in_lists(file: Path) -> int:
    """How many values the file says it holds. Asked in a process of its own: where the description of a column is
    damaged, the library (pyarrow 26) ends the whole process instead of raising. Raises ValueError then."""
    done = subprocess.run([sys.executable, "-I", "-c", _COUNT, str(file)], capture_output=True, check=False)
    if done.returncode:
        raise ValueError("The description of a column is damaged.")
    return int(done.stdout)


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
