"""unsafe-weights: weights in a format that can run code, or a model that brings its own code.

Opening a pickle can run whatever its maker wrote into it, as Python's own documentation warns
(https://docs.python.org/3/library/pickle.html). Pickles that lie beside safetensors do not count: they are never opened
(`backend/models/folder.py`).
"""

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
    why=(
        "Some model files are little programs (pickle files), and some models bring programs of their own. The moment "
        "such a model is loaded, they can read, change or send away anything that you can."
    ),
    fix=(
        "Take a model, or a conversion of this one, whose weights are in files that hold numbers only (safetensors) "
        "and that needs no code of its own."
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
            f"Files of {facts.model.name} can run code when they are opened (pickle): {listed(unsafe)}.",
            measured=len(unsafe),
            threshold=0,
            unit="files",
        )
    if facts.model.remote_code:
        yield Hit(
            f"{facts.model.name} wants to run a program that comes with it (remote code).", measured=1, threshold=0
        )
