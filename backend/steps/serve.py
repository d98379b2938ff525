"""Step 9: serve base and tuned with vLLM, and prove that the endpoint does what the trainer did."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from backend.domain import Deployment, Goal, Message, Plan, Run, Split
from backend.flow import require
from backend.models.resolve import resolve
from backend.project import Project
from backend.prompts.encode import prompt_ids
from backend.prompts.render import render
from backend.serving import server as vllm_server
from backend.serving.parity import Reference, check_parity
from backend.serving.state import launch_path
from backend.serving.vllm import Launch, command
from backend.steps import data
from backend.steps.arms import answer_limit
from rules.facts import ServingFacts

Tell = Callable[[str, float], None]
PARITY_PROMPTS = 20


def serve(project: Project, home: Path, tell: Tell) -> Deployment:
    """Start (or find) the server and compare it with the trainer. Raises Blocked while the evaluation forbids it."""
    from backend.models.generate import LocalModel

    require(project, "serve")
    goal, split = project.need(Goal, "Set the goal first."), project.need(Split, "Add data first (step 2).")
    plan, run = project.need(Plan, "Plan first (step 4)."), project.need(Run, "Train first (step 6).")
    base, adapter = resolve(plan.model, home), project.folder / run.adapter
    train = data.examples(project, split.train)
    # The trainer's own answers come first, so that its model is out of memory before the server's comes in.
    tell("Answering with the trainer, to compare", 0.05)
    model = LocalModel(base, adapter=adapter)
    limit = answer_limit(model, train)
    validation = data.examples(project, split.validation)
    picked = random.Random(split.seed).sample(list(validation), min(PARITY_PROMPTS, len(validation)))  # noqa: S311
    chats = [render(plan.prompt, row) for row in picked]
    answers = model.generate(chats, limit, batch_size=1)
    references = [
        Reference(_plain(chat), tuple(prompt_ids(model.tokenizer, chat)), answer.ids)
        for chat, answer in zip(chats, answers, strict=True)
    ]
    ends = tuple(model.stops)
    del model

    def phase(words: str) -> None:
        tell(f"vLLM: {words}", {"loading": 0.3, "ready": 0.8}.get(words, 0.5))

    server = _matching(project, base.path, adapter) or vllm_server.start(
        _folder(project), base.path, adapter,
        length=min(base.context_tokens, int(plan.value("max_length")) + limit),
        users=max(8, goal.users), on_phase=phase,
    )
    tell("Comparing the endpoint with the trainer", 0.85)
    parity = check_parity(
        server.endpoint, "tuned", references, limit, end_ids=ends,
        tell=lambda done, of: tell("Comparing the endpoint with the trainer", 0.85 + 0.15 * done / of),
    )
    launch = Launch.model_validate_json(launch_path(_folder(project)).read_bytes())
    with project.changing():
        return project.save(
            Deployment(
                endpoint=server.endpoint.url,
                base_model="base",
                tuned_model="tuned",
                engine=f"vLLM ({launch.build} build)",
                argv=tuple(command(launch, server.state.port)),
                facts=ServingFacts(
                    prompts=parity.prompts,
                    token_mismatches=parity.token_mismatches,
                    output_mismatches=parity.output_mismatches,
                    prompt_matches=parity.token_mismatches == 0,
                ),
            )
        )


def server_state(project: Project) -> str:
    """In words: not running, or which phase at which address."""
    server = vllm_server.find_running(_folder(project))
    return "not running" if server is None else f"{server.phase()} at {server.endpoint.url}"


def stop_server(project: Project) -> None:
    """End the server and everything it started."""
    vllm_server.stop(_folder(project))


def _matching(project: Project, model: Path, adapter: Path) -> vllm_server.Server | None:
    """The running server if it serves exactly these weights; another one is stopped."""
    server = vllm_server.find_running(_folder(project))
    if server is None:
        return None
    launch = Launch.model_validate_json(launch_path(_folder(project)).read_bytes())
    if (launch.model, launch.adapter) == (model.resolve(), adapter.resolve()):
        return server
    vllm_server.stop(_folder(project))
    return None


def _folder(project: Project) -> Path:
    return project.folder / "serving"


def _plain(chat: Sequence[Message]) -> list[dict[str, str]]:
    return [message.model_dump() for message in chat]
