"""Step 9, second half: load-test the served model with the project's own texts, and keep what was measured."""

from __future__ import annotations

import threading
from pathlib import Path

from backend.domain import Deployment, Example, Goal, LatencyRecord, Plan, Prompt, Split
from backend.errors import InputError
from backend.latency import LatencyTest, OnProgress, run_latency
from backend.models.calibrate import calibration
from backend.models.resolve import resolve
from backend.project import Project
from backend.prompts.render import render
from backend.record import now
from backend.serving import server as vllm_server
from backend.steps import data
from backend.steps.arms import longest_answer

LATENCY_PROMPTS = 400


def request_log(project: Project) -> Path:
    """Where the newest test wrote every request as one JSON line, while it ran; it may not exist yet."""
    return project.folder / "serving" / "requests.jsonl"


def test_latency(
    project: Project,
    home: Path,
    asked: LatencyTest | None,
    on_progress: OnProgress | None,
    cancel: threading.Event | None,
) -> LatencyRecord:
    """Load-test the tuned model with this project's own prompts; an answer may be half as long again as the longest
    right one. Raises InputError while no server runs.
    """
    from backend.models.load import load_tokenizer

    goal, plan = project.need(Goal, "Set the goal first."), project.need(Plan, "Plan first (step 4).")
    split = project.need(Split, "Add data first (step 2).")
    project.need(Deployment, "Serve it first (`tunewise serve`).")
    server = vllm_server.find_running(project.folder / "serving")
    if server is None:
        raise InputError("The server is not running.", where=project.name, do="Start it with `tunewise serve`.")
    asked = asked or LatencyTest()
    goals = {"ttft_ms": goal.ttft_ms, "tpot_ms": goal.tpot_ms}
    targets = {name: value for name, value in goals.items() if value is not None}
    wanted = dict(asked.targets) if asked.targets is not None else targets if asked.preset is None else None
    share = asked.share if asked.share is not None or asked.preset is not None else goal.within_target_share
    rows = data.examples(project, split.validation + split.train[:LATENCY_PROMPTS])
    report = run_latency(
        server.endpoint.url,
        "tuned",
        mode=asked.mode,
        users=sorted({*asked.users}) if asked.users else (goal.users,),
        requests=asked.requests,
        max_tokens=longest_answer(load_tokenizer(resolve(plan.model, home).path), rows),
        prompts=[_chat(plan.prompt, row) for row in rows],
        api_key=server.endpoint.key,
        targets=wanted,
        preset=asked.preset,
        share=share,
        compare=asked.compare,
        input_tokens=asked.input_tokens,
        output_tokens=asked.output_tokens,
        on_progress=on_progress,
        request_log=request_log(project),
        cancel=cancel,
    )
    with project.changing():
        return project.save(
            LatencyRecord(
                report=report.model_dump(mode="json"),
                targets={f"{name}_ms": value for name, value in report.targets.asked.items()},
                share=report.share,
                calibration=calibration(project, report, now()),
            )
        )


def _chat(prompt: Prompt, row: Example) -> list[dict[str, str]]:
    return [message.model_dump() for message in render(prompt, row)]
