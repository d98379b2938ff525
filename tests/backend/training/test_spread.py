"""How many GPUs a run is planned for, and how the model lies on them: from sizes, rows and free memory."""

from __future__ import annotations

import pytest

from backend.errors import InputError
from backend.models.catalogue import Shape
from backend.models.estimate import estimates
from backend.models.machine import machine
from backend.training.config import Knobs
from backend.training.settings import derive_settings, overridden
from backend.training.spread import spread_out

EIGHT = Shape(8.0, 32, 4096, 32, 8, 128, 14336, 128_256, 8192)
SEVENTY = Shape(70.0, 80, 8192, 64, 8, 128, 28672, 128_256, 8192)


def planned(shape, gpus, free_gib=79.0, tokens=2000, method="lora", name="H100", own=None):
    derived = derive_settings(1600, [(tokens - 10, 10)] * 1600, shape.billions, 8192, name != "this computer", method)
    made = overridden(spread_out(derived, shape, machine(name), gpus, free_gib, tokens), own or {})
    Knobs.model_validate({one.name: one.value for one in made})
    return {one.name: one for one in made}


@pytest.mark.parametrize(
    ("shape", "gpus", "free_gib", "tokens", "expected"),
    [
        (EIGHT, 1, 79.0, 2000, (1, None)),
        (EIGHT, 4, 79.0, 2000, (4, "copies")),
        (EIGHT, 3, 79.0, 2000, (2, "copies")),  # 16 rows cannot be shared by three
        (EIGHT, 8, 79.0, 60, (1, None)),  # too little to do
        (EIGHT, 4, 12.0, 2000, (4, "shards")),  # a neighbour has taken the memory
        (SEVENTY, 4, 79.0, 500, (4, "shards")),
    ],
)
def test_the_choice_follows_sizes_and_free_memory_and_says_why(shape, gpus, free_gib, tokens, expected):
    made = planned(shape, gpus, free_gib, tokens)
    spread = made.get("spread")
    assert (made["processes"].value, spread and spread.value) == expected
    assert made["processes"].reason and (spread is None or f"{free_gib:.0f} GiB are free" in spread.reason)
    share = made["batch_size"].value // made["processes"].value
    assert share % made["micro_batch"].value == 0


def test_a_processor_has_one_process_and_what_a_person_says_counts():
    assert planned(EIGHT, 1, name="this computer")["processes"].value == 1
    made = planned(EIGHT, 4, own={"processes": 2, "spread": "shards"})
    assert (made["processes"].value, made["spread"].value, made["processes"].source) == (2, "shards", "you")
    assert planned(EIGHT, 4, own={"batch_size": 6})["processes"].value == 3
    with pytest.raises(InputError, match="shards"):
        planned(EIGHT, 4, own={"spread": "shards", "method": "full", "learning_rate": 1e-5})
    with pytest.raises(InputError, match="multiple"):
        planned(EIGHT, 4, own={"batch_size": 6, "processes": 4})


def test_the_estimates_know_of_shards_and_of_shared_work():
    def known(**more):
        return {one.name: one for one in estimates(SEVENTY, machine("H100"), tokens=1e6, **more)}

    whole, parts = known(), known(gpus=4, shards=4)
    assert whole["train_memory"].low > 80 > parts["train_memory"].typical
    assert whole["train_speed"].typical < parts["train_speed"].typical < 4 * whole["train_speed"].typical
    assert "4 GPUs" in parts["train_memory"].formula and "4 GPUs" in parts["train_speed"].formula
