"""Reading a folder written by `datasets.save_to_disk`, or a data set of the Hugging Face hub."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.arrow_size import VALUE_BYTES, bytes_of
from backend.data.bounds import too_swollen
from backend.data.table import Records
from backend.errors import InputError

if TYPE_CHECKING:
    import datasets


def read_folder(folder: Path) -> Records:
    """Raises InputError when the folder is no saved data set, is damaged, or holds several parts."""
    if (folder / "dataset_dict.json").is_file():
        parts = sorted(entry.name for entry in folder.iterdir() if (entry / "state.json").is_file())
        raise InputError(
            f"The folder holds several parts: {', '.join(parts) or 'none'}.",
            where=str(folder),
            why="Tunewise takes one file or folder of examples, and one of test examples if there is any.",
            do=f"Give the folder of one part, such as {folder / (parts[0] if parts else 'train')}.",
        )
    state = folder / "state.json"
    if not state.is_file():
        raise InputError(
            "The folder is not a saved data set.",
            where=str(folder),
            why="It lacks the file state.json that datasets.save_to_disk writes.",
            do="Give the data file itself, or a folder written by save_to_disk.",
        )
    import datasets

    try:
        _refuse_outside_files(state)
        # In memory: a mapped file that is shorter than it says, or changes meanwhile, would end the whole process.
        return _records(datasets.load_from_disk(str(folder), keep_in_memory=True), folder)
    except InputError:
        raise
    except Exception as error:  # the library raises whatever a damaged file trips it over; it is one thing
        raise InputError(
            "The saved data set is damaged.", where=str(folder), why=_short(error), do="Save it once more."
        ) from error


def read_hub(name: str) -> tuple[Records, str, str]:
    """Records, format and content hash of `owner/name`, part `train`, or of `owner/name:part`.

    Raises InputError when it cannot be fetched: no network, no such data set, or a login is needed.
    """
    import datasets

    repository, _, part = name.partition(":")
    try:
        records = _records(datasets.load_dataset(repository, split=part or "train"), None)
    except Exception as error:  # network, hub and builders each raise their own; for the person it is one thing
        raise InputError(
            "The data set could not be fetched from the hub.",
            where=name,
            why=_short(error),
            do="There is no file of that name here either. Check the name and the network, or give a local file.",
        ) from error
    total = hashlib.sha256()
    for row in records.rows:
        total.update(json.dumps(row, sort_keys=True, default=str).encode())
    return records, "hub", total.hexdigest()


def _records(data: datasets.Dataset, folder: Path | None) -> Records:
    """`folder` is where the data lies; what unpacks to far more than its files hold is refused."""
    import datasets

    names = tuple(data.column_names)
    rows: list[dict[str, object]] = []
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) if folder else 0
    unpacked = 0
    for batch in data.with_format("arrow").iter(batch_size=5_000):
        chunks = [chunk for column in batch.columns for chunk in column.chunks]
        for chunk in chunks:
            chunk.validate(full=True)  # offsets that lead out of the file would be followed otherwise
        unpacked += sum(map(bytes_of, chunks)) + VALUE_BYTES * batch.num_rows * (1 + batch.num_columns)
        if folder and (trouble := too_swollen(folder, size, unpacked)):
            raise trouble
        rows.extend(batch.to_pylist())
    for name, feature in data.features.items():
        if isinstance(feature, datasets.ClassLabel):  # stored as a number; people and models need the name
            for row in rows:
                number = row[name]
                row[name] = feature.int2str(number) if isinstance(number, int) and number >= 0 else None
    return Records(names, rows, list(range(len(rows))))


def _refuse_outside_files(state: Path) -> None:
    for entry in json.loads(state.read_text(encoding="utf-8"))["_data_files"]:
        if Path(entry["filename"]).name != entry["filename"]:
            raise ValueError(f"state.json names a file outside the folder: {entry['filename']}")


def _short(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:300]}" if text else type(error).__name__
