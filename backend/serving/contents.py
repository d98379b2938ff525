"""Is what is served what was trained with? Chat template, end tokens and prompt, compared by their contents."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from backend.deployed import Check
from backend.domain import Prompt
from backend.models.load import load_tokenizer, stops_of
from backend.serving.vllm import Launch


def served_contents(
    launch: Launch, tokenizer: Any, stops: Collection[int], trained: Prompt, served: Prompt
) -> tuple[Check, ...]:
    """The three comparisons. `tokenizer` and `stops` are the trainer's; the server's are read from its model folder,
    and from the template it was started with.
    """
    theirs = load_tokenizer(launch.model)
    template = theirs.chat_template
    if launch.template is not None:
        template = launch.template.read_text(encoding="utf-8")
    ends = stops_of(launch.model, theirs)
    same_template = str(template).strip("\n") == str(tokenizer.chat_template).strip("\n")
    names = ", ".join(theirs.convert_ids_to_tokens(sorted(ends)))
    same_prompt = (trained.system, trained.user, trained.shots) == (served.system, served.user, served.shots)
    system = f"the system message “{served.system}”" if served.system else "no system message"
    return (
        _check("chat template", same_template, f"{len(str(template)):,} characters, from the model's folder"),
        _check("end of an answer", set(ends) == set(stops), names),
        _check("prompt", same_prompt, f"{system}, {len(served.shots)} solved examples"),
    )


def _check(name: str, holds: bool, said: str) -> Check:
    return Check(name=name, holds=holds, said=said if holds else f"not the one of the training: {said}")
