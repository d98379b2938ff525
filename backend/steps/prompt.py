"""Step 3: measure what prompting alone can do, beside a baseline that needs no model."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from backend.domain import Arm, Example, Goal, Prompt, PromptTrials, Split
from backend.errors import InputError
from backend.evaluation.answers import labels_of
from backend.evaluation.baseline import trivial_baseline
from backend.evaluation.facts import best_arm, trials_facts
from backend.flow import require
from backend.project import Project
from backend.prompts.improve import improved_prompts
from backend.prompts.wording import lacks, open_wording
from backend.steps import data
from backend.steps.arms import answer, answer_limit, metrics_of

Tell = Callable[[str, float], None]


def suggested_prompts(project: Project) -> tuple[Prompt, ...]:
    """Drafts from the goal and the training rows, for the person to edit."""
    goal = project.need(Goal, "Set the goal first (step 1).")
    split = project.need(Split, "Add data first (step 2).")
    train = data.examples(project, split.train)
    return improved_prompts(goal, train, labels(goal, train))


def labels(goal: Goal, train: Sequence[Example]) -> tuple[str, ...]:
    """The labels of a classification, most frequent first; empty for other tasks."""
    return labels_of(train) if goal.task == "classify" else ()


def try_prompts(
    project: Project, home: Path, model: str, prompts: Sequence[Prompt] | None, rows: int, tell: Tell
) -> PromptTrials:
    """Score every prompt on the same validation rows. Raises Blocked while the data is, InputError for a bad prompt."""
    from backend.models.generate import LocalModel
    from backend.models.resolve import resolve
    from backend.steps.probe import probe_score

    require(project, "prompt")
    goal = project.need(Goal, "Set the goal first (step 1).")
    split = project.need(Split, "Add data first (step 2).")
    train, validation = data.examples(project, split.train), data.examples(project, split.validation)
    chosen = list(prompts) if prompts else list(improved_prompts(goal, train, labels(goal, train)))
    _check(chosen)
    if len(validation) > rows:
        picked = random.Random(split.seed).sample(range(len(validation)), rows)  # noqa: S311 (a reproducible sample)
        validation = tuple(validation[place] for place in sorted(picked))
    tell("Loading the base model", 0.0)
    folder = resolve(model, home)
    local = LocalModel(folder)
    limit = answer_limit(local, train)
    names = labels(goal, train)
    arms: list[Arm] = []
    for place, prompt in enumerate(chosen):
        words = f"Measuring the prompt '{prompt.name}' ({place + 1} of {len(chosen)})"

        def step(done: float, words: str = words, place: int = place) -> None:
            tell(words, 0.05 + 0.95 * (place + done) / len(chosen))

        arms.append(answer(local, prompt, validation, goal, names, limit, step).arm)
    primary = metrics_of(goal)[0]
    best = best_arm(arms, primary)  # ties go to the prompt that comes first: the simpler ones are listed first
    baseline = trivial_baseline(train, validation, task=goal.task, metrics=metrics_of(goal), labels=names)
    text = f"{best.prompt.system}\n{best.prompt.user}".replace("{input}", "").strip()
    facts = trials_facts(
        model, arms, baseline, validation, task=goal.task, metric=primary, labels=names, best=best.prompt.name,
        prompt_lacks=lacks(text, goal.task), prompt_open_wording=open_wording(text),
    )
    if facts.beats_baseline is not True:
        def probing(done: float) -> None:
            tell("No prompt beats the trivial baseline: a short training shows whether the model can learn it", done)

        del local  # the probe loads the model again in a process of its own
        score = probe_score(project, goal, folder, best.prompt, train, validation, names, probing)
        facts = replace(facts, probe_gain=score - facts.best.value)
    with project.changing():
        return project.save(PromptTrials(model=model, arms=tuple(arms), best=best.prompt.name, facts=facts))


def _check(prompts: Sequence[Prompt]) -> None:
    names = [prompt.name for prompt in prompts]
    if not prompts or len(set(names)) < len(names) or not all(names):
        raise InputError("Every prompt needs a name of its own.", where=", ".join(names))
    for prompt in prompts:
        if prompt.user.count("{input}") != 1:
            raise InputError(
                "A prompt must contain {input} exactly once: that is where the row's text goes.",
                where=f"prompt {prompt.name!r}",
                why=f"It is there {prompt.user.count('{input}')} times.",
            )
