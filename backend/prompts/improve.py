"""Prompts drafted from the goal: bare, the person's own sentence, an improved wording, and solved examples."""

from __future__ import annotations

import json
from collections.abc import Sequence

from backend.domain import Example, Goal, Prompt
from backend.prompts.shots import pick_shots

MOST_LABELS = 50
"""Beyond this the list of labels would be most of the prompt."""
SHOTS = 4
SEED = 42


def improved_prompts(goal: Goal, train: Sequence[Example], labels: Sequence[str]) -> tuple[Prompt, ...]:
    """Four to five ways of asking, simplest first. `labels` are those of a classification, else empty."""
    sentence = goal.sentence.strip().rstrip(".") + "."
    improved = f"{sentence} {answer_form(goal, train, labels)}\n\n{{input}}"
    shots = pick_shots(train, labels, SHOTS, SEED)
    drafts = [
        Prompt(name="bare", kind="bare"),
        Prompt(name="your sentence", user=f"{sentence}\n\n{{input}}"),
        Prompt(name="improved", user=improved),
        Prompt(name=f"improved + {len(shots)} examples", user=improved, shots=shots, kind="few-shot"),
    ]
    if labels:
        drafts.append(Prompt(name="improved, labels only", user=improved, decoding="labels"))
    return tuple(drafts)


def answer_form(goal: Goal, train: Sequence[Example], labels: Sequence[str]) -> str:
    """One or two sentences that say what the answer must look like, read off the training answers."""
    if labels and len(labels) <= MOST_LABELS:
        return f"Answer with exactly one of: {', '.join(sorted(labels))}. Write nothing else."
    if labels:
        return "Answer with the label only. Write nothing else."
    if goal.task in ("extract", "structured"):
        keys = _common_keys(train)
        form = f"JSON with the keys {', '.join(keys)}" if keys else "the result"
        return f"Return only {form}. Write nothing else."
    words = sorted(len(example.answer.split()) for example in train)
    most = max(5, words[int(0.9 * (len(words) - 1))] if words else 50)
    about = f"Use at most {most} words."
    if goal.task == "translate":
        return "Write only the translation, nothing else."
    if goal.task == "summarise":
        return f"Write only the summary, for a reader who has not seen the text. {about}"
    reader = f" for a reader from the field of {goal.domain}" if goal.domain else " for the person who asks"
    return f"Answer in plain language{reader}. {about}"


def _common_keys(train: Sequence[Example]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    rows = train[:200]
    for example in rows:
        try:
            parsed = json.loads(example.answer)
        except ValueError:
            return ()
        for key in parsed if isinstance(parsed, dict) else ():
            counts[str(key)] = counts.get(str(key), 0) + 1
    return tuple(key for key, count in counts.items() if count > len(rows) / 2)
