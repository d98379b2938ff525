"""unsafe-weights: weights in a format that can run code, or a model that brings its own code."""

from __future__ import annotations

from collections.abc import Iterator

from rules.facts import Facts, ModelFacts
from rules.rule import Hit, Limits, Rule
from rules.wording import listed

RULE = Rule(
    id="unsafe-weights",
    family="size",
    step="plan",
    severity="block",
    problem="This model could run foreign code on your computer.",
    why="Pickle files and models with code of their own can do anything a program can, the moment they are loaded.",
    fix=(
        "Take a model (or a conversion of this one) that consists of safetensors files only and needs no code "
        "of its own."
    ),
    needs=("model",),
    fires_on=Facts(model=ModelFacts("old", 1, 2048, 300, unsafe_files=("pytorch_model.bin",), remote_code=True)),
    quiet_on=Facts(model=ModelFacts("small", 0.1, 2048, 300)),
)


@RULE
def check(facts: Facts, limits: Limits) -> Iterator[Hit]:
    assert facts.model
    unsafe = facts.model.unsafe_files
    if unsafe:
        yield Hit(
            f"Weights that can run code (pickle): {listed(unsafe)}.", measured=len(unsafe), threshold=0, unit="files"
        )
    if facts.model.remote_code:
        yield Hit(f"{facts.model.name} asks to run code of its own (remote code).", measured=1, threshold=0)
