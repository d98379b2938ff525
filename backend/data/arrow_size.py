"""What Arrow values would take in memory when each stands for itself, however often one is only pointed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow

VALUE_BYTES = 16
"""What a value costs besides its text, at the least: a million nulls take no room in a file."""


def bytes_of(values: pyarrow.Array) -> int:
    """Bytes of one array, without `VALUE_BYTES` for each of its values but those inside lists."""
    import pyarrow.compute as pc
    from pyarrow import types

    kind = values.type
    if types.is_dictionary(kind):
        inner = kind.value_type
        if not (types.is_string(inner) or types.is_binary(inner) or types.is_large_string(inner)):
            return int(values.nbytes)
        lengths = pc.binary_length(values.dictionary).cast("int64").take(values.indices)
        return int(pc.sum(lengths).as_py() or 0)
    if types.is_struct(kind):
        return sum(map(bytes_of, values.flatten()))
    if types.is_map(kind):
        return bytes_of(values.keys) + bytes_of(values.items) + VALUE_BYTES * len(values.keys)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        inside = values.flatten()
        return bytes_of(inside) + VALUE_BYTES * len(inside)
    return int(values.nbytes)
