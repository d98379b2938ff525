"""Merging asks for room first, and leaves nothing half made behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.errors import InputError
from backend.models.folder import inspect
from backend.serving.merge import merged_folder


def test_a_model_too_large_for_the_disk_is_refused_before_anything_is_written(tiny_model, tmp_path):
    base = inspect(tiny_model)
    huge = replace(base, shape=replace(base.shape, billions=1e6))
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_model.safetensors").write_bytes(b"not read before there is room")
    told: list[str] = []
    with pytest.raises(InputError, match="not enough space on the disk") as refused:
        merged_folder(huge, adapter, tmp_path / "out" / "merged", told.append)
    assert "GiB are free" in refused.value.why and refused.value.do and not told
    assert list((tmp_path / "out").iterdir()) == []
