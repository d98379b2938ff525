"""Step 9: serve base and tuned with vLLM, and prove that the endpoint does what the trainer did."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.deployed import Deployment, Divergence, Setting
from backend.domain import Goal, Message, Plan, Run, Split
from backend.errors import InputError
from backend.flow import require
from backend.models.folder import ModelFolder
from backend.models.load import is_whole
from backend.models.resolve import resolve
from backend.project import Project
from backend.prompts.encode import prompt_ids
from backend.prompts.render import render
from backend.serving import server as vllm_server
from backend.serving.chances import trainer_chances
from backend.serving.contents import served_contents
from backend.serving.failures import excerpt
from backend.serving.keepers import keep
from backend.serving.merge import forget_merged, merged_folder
from backend.serving.parity import END, Parity, Parting, Reference, check_parity
from backend.serving.phases import Phase
from backend.serving.sizing import Wanted, size
from backend.serving.state import key_path, log_path
from backend.serving.vllm import command
from backend.steps import data
from backend.steps.arms import longest_answer
from backend.training.config import read_config
from rules.facts import ServingFacts

Tell = Callable[[str, float], None]
PARITY_PROMPTS = 20
MERGED_SHARE = 0.05
"""Share of prompts a merged model may answer otherwise before it is refused: the limit of the rule serve-mismatch."""


@dataclass(frozen=True)
class Served:
    """What the project has to serve."""

    goal: Goal
    plan: Plan
    run: Run
    split: Split
    base: ModelFolder
    adapter: Path


@dataclass(frozen=True)
class Trainer:
    """What the trainer said, kept after its model is out of memory: references by the name they are served under."""

    references: dict[str, list[Reference]]
    chats: list[list[Message]]
    limit: int
    tokenizer: Any
    stops: tuple[int, ...]


def serve(
    project: Project, home: Path, tell: Tell, merged: bool = False, port: int | None = None, stay: float | None = 0.0
) -> Deployment:
    """Start (or find) the server and compare it with the trainer. Raises Blocked while the evaluation forbids it.

    With `merged`, and where all weights were trained, only the tuned model is served, as one model; else base and tuned
    from one server. The server lives as long as this process and `stay` seconds longer (None: until it is stopped).
    """
    require(project, "serve")
    served = what_to_serve(project, home)
    alone = merged or is_whole(served.adapter)
    # The trainer's own answers come first, so that its model is out of memory before the server's comes in.
    trainer = trainer_answers(project, served, ("tuned",) if alone else ("base", "tuned"), tell)
    wanted = _wanted(project, served, merged, trainer.limit, lambda words: tell(words, 0.25))

    def phase(now: Phase) -> None:
        tell(f"vLLM: {now.words}", 0.3 + 0.5 * now.done)

    server = _matching(project, wanted, port, stay) or vllm_server.start(
        _folder(project), wanted, port=port, stay=stay, on_phase=phase
    )
    compared = _compare(server, trainer, tell)
    really_other = {number for parity in compared.values() for number in parity.different}
    if wanted.model == merged_place(project) and len(really_other) > MERGED_SHARE * len(trainer.chats):
        server.stop()
        forget_merged(merged_place(project))
        raise InputError(
            "The merged model does not answer like the tuned one, so it is not served.",
            why=f"{len(really_other)} of {len(trainer.chats)} answers really differ after merging.",
            do="Serve with the adapter: leave --merged out.",
        )
    return _save(project, served, server, trainer, compared)


def server_state(project: Project) -> str:
    """In words: not running, or which phase at which address."""
    server = vllm_server.find_running(_folder(project))
    return "not running" if server is None else f"{server.phase().words} at {server.endpoint.url}"


def stop_server(project: Project) -> None:
    """End the server and everything it started."""
    vllm_server.stop(_folder(project))


@dataclass(frozen=True)
class ProjectServer:
    """The server of one project, for those who look after it: `Workbench.server`."""

    project: Project
    home: Path

    def explain(self, merged: bool = False) -> tuple[Setting, ...]:
        """How it would be set up here and now, each setting with its reason; nothing is started or merged."""
        from backend.models.load import load_tokenizer

        served = what_to_serve(self.project, self.home)
        limit = longest_answer(load_tokenizer(served.base.path), data.examples(self.project, served.split.train))
        # One model of its own has the base model's shapes; it need not be there to be explained.
        alone = merged or is_whole(served.adapter)
        return size(_asked(served, served.base.path, None if alone else served.adapter, limit)).settings

    def phase(self) -> Phase | None:
        """How far it is, with the time so far and the time left; None when none runs."""
        server = vllm_server.find_running(_folder(self.project))
        return None if server is None else server.phase()

    @property
    def key_file(self) -> Path:
        """Where programs of this user find the key while it runs."""
        return key_path(_folder(self.project))

    def log_excerpt(self) -> tuple[str, ...]:
        """The last lines of its log, also of one that has ended; empty when there was none."""
        return excerpt(log_path(_folder(self.project)))

    def keep(self, stay: float) -> bool:
        """Take over one that is running: it lives as long as this process and `stay` seconds longer. True if it was."""
        running = vllm_server.find_running(_folder(self.project)) is not None
        if running:
            keep(_folder(self.project), stay)
        return running

    def release(self) -> bool:
        """This process needs it no longer: it ends unless somebody else keeps it. True when it ended."""
        return vllm_server.release(_folder(self.project))

    def wait(self) -> InputError | None:
        """Block while it runs; then why it ended by itself, or None when it was stopped."""
        return vllm_server.wait_for_end(_folder(self.project))


def what_to_serve(project: Project, home: Path) -> Served:
    """Raises InputError for a step that is missing or out of date."""
    goal, split = project.need(Goal, "Set the goal first."), project.need(Split, "Add data first (step 2).")
    plan, run = project.need(Plan, "Plan first (step 4)."), project.need(Run, "Train first (step 6).")
    return Served(goal, plan, run, split, resolve(plan.model, home), project.folder / run.adapter)


def trainer_answers(project: Project, served: Served, names: Sequence[str], tell: Tell) -> Trainer:
    """The trainer's own greedy answers to validation prompts, one at a time, and how likely each word was."""
    from backend.models.generate import LocalModel

    tell("Answering with the trainer, to compare", 0.02)
    local = LocalModel(served.base, adapter=served.adapter)
    limit = longest_answer(local.tokenizer, data.examples(project, served.split.train))
    validation = data.examples(project, served.split.validation)
    picked = random.Random(served.split.seed).sample(list(validation), min(PARITY_PROMPTS, len(validation)))  # noqa: S311
    chats = [render(served.plan.prompt, row) for row in picked]
    prompts = [tuple(prompt_ids(local.tokenizer, chat)) for chat in chats]
    references: dict[str, list[Reference]] = {}

    def answer() -> list[Reference]:
        made = local.generate(
            chats, limit, batch_size=1, on_progress=lambda done, of: tell("Answering with the trainer", 0.2 * done / of)
        )
        return [
            Reference(_plain(chat), ids, one.ids, not one.hit_limit, trainer_chances(local, ids, one.ids))
            for chat, ids, one in zip(chats, prompts, made, strict=True)
        ]

    references["tuned"] = answer()
    if "base" in names:
        with local.base():
            references["base"] = answer()
    return Trainer(references, chats, limit, local.tokenizer, tuple(local.stops))


def _wanted(project: Project, served: Served, merged: bool, limit: int, tell: Callable[[str], None]) -> Wanted:
    if is_whole(served.adapter):
        return _asked(served, served.adapter, None, limit)
    if not merged:
        return _asked(served, served.base.path, served.adapter, limit)
    return _asked(served, merged_folder(served.base, served.adapter, merged_place(project), tell), None, limit)


def _asked(served: Served, model: Path, adapter: Path | None, limit: int) -> Wanted:
    prompt = int(served.plan.value("max_length"))
    return Wanted(
        model, adapter, name="tuned" if adapter is None else "base", length=prompt + limit, users=served.goal.users,
        length_why=f"{prompt:,} as in training, and {limit:,} for an answer half as long again as any known one.",
    )  # fmt: skip


def _matching(project: Project, wanted: Wanted, port: int | None, stay: float | None) -> vllm_server.Server | None:
    """The running server if it serves exactly these weights as they are wanted; another one is stopped."""
    server = vllm_server.find_running(_folder(project))
    if server is None:
        return None
    launch, adapter = server.launch, wanted.adapter.resolve() if wanted.adapter is not None else None
    same = (launch.model, launch.adapter, launch.names[-1]) == (wanted.model.resolve(), adapter, "tuned")
    if same and port in (None, server.state.port) and server.phase().name == "ready":
        keep(_folder(project), stay)
        return server
    server.stop()
    return None


def _compare(server: vllm_server.Server, trainer: Trainer, tell: Tell) -> dict[str, Parity]:
    from backend.models.load import precision

    half = server.launch.dtype != "float32" or precision() != "float32"
    of = len(trainer.references)
    compared = {}
    for number, (name, references) in enumerate(trainer.references.items()):

        def step(done: int, all_: int, number: int = number) -> None:
            tell("Comparing the endpoint with the trainer", 0.8 + 0.2 * (number + done / all_) / of)

        compared[name] = check_parity(
            server.endpoint, name, references, trainer.limit, end_ids=trainer.stops, half=half, tell=step
        )
    return compared


def _save(
    project: Project, served: Served, server: vllm_server.Server, trainer: Trainer, compared: dict[str, Parity]
) -> Deployment:
    launch = server.launch
    trained = read_config(project.folder / served.run.folder).prompt
    checks = served_contents(launch, trainer.tokenizer, trainer.stops, trained, served.plan.prompt)
    tokens = {number for parity in compared.values() for number in parity.other_tokens}
    other = {number for parity in compared.values() for number in parity.different}
    ties = {parting.prompt for parity in compared.values() for parting in parity.partings} - other
    facts = ServingFacts(
        prompts=len(trainer.chats),
        token_mismatches=len(tokens),
        output_mismatches=len(other),
        prompt_matches=all(check.holds for check in checks),
        near_ties=len(ties),
    )
    divergences = tuple(
        _told(name, trainer, parting) for name, parity in compared.items() for parting in parity.partings
    )
    with project.changing():
        return project.save(
            Deployment(
                endpoint=server.endpoint.url,
                base_model="base" if "base" in launch.names else "",
                tuned_model="tuned",
                engine=f"vLLM ({launch.build} build)",
                argv=tuple(command(launch, server.state.port)),
                facts=facts,
                settings=server.settings,
                checks=checks,
                divergences=divergences,
            )
        )


def _told(model: str, trainer: Trainer, parting: Parting) -> Divergence:
    def word(token: int) -> str:
        return "(the answer ends)" if token == END else str(trainer.tokenizer.decode([token]))

    def shares(pair: tuple[float, float] | None) -> tuple[float, float] | None:
        return (math.exp(pair[0]), math.exp(pair[1])) if pair is not None else None

    return Divergence(
        model=model, prompt=trainer.chats[parting.prompt][-1].content, place=parting.place,
        expected=word(parting.expected), seen=word(parting.seen), trainer=shares(parting.trainer),
        endpoint=shares(parting.endpoint), near_tie=parting.near_tie,
    )  # fmt: skip


def _folder(project: Project) -> Path:
    return project.folder / "serving"


def merged_place(project: Project) -> Path:
    """Where the project keeps its merged model."""
    return project.folder / "merged"


def _plain(chat: Sequence[Message]) -> list[dict[str, str]]:
    return [message.model_dump() for message in chat]
