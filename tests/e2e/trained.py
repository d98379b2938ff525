"""A project on its way through the steps by the Python API: for tests of what comes after."""

from __future__ import annotations

from pathlib import Path

from mails import mails, write

from backend import Blocked, Judgement, Reading, Workbench
from backend.domain import EXAMPLE, Evaluation, Goal, GoodExample, Prompt
from backend.events import Done, follow
from backend.training import launch
from backend.training.config import read_config

EXPERT = "Ann"
GOAL = Goal(
    task="classify",
    sentence="Tell which team should answer a mail to the shop: billing, delivery or repair.",
    domain="bicycle shop",
    examples=tuple(GoodExample(input=f"mail {n}", answer="billing", good=n < 3) for n in range(4)),
    metric="accuracy", target=0.9, smallest_gain=0.1,
    definition_of_good="It names the one team that can solve the request.",
    expert=EXPERT, trainer="Bob", engineering_hours=30, ttft_ms=60_000, tpot_ms=60_000, within_target_share=0.5,
)  # fmt: skip
ASK = "Which team should answer this mail: billing, delivery or repair? Answer with one word.\n\n{input}"
PROMPTS = (
    Prompt(name="bare", kind="bare"), Prompt(name="question", system="You sort mails for a bicycle shop.", user=ASK),
    Prompt(name="labels", user=ASK, decoding="labels"),
)  # fmt: skip


def make(name: str, home: Path, model: Path, folder: Path) -> Workbench:
    """Trained for a few steps, evaluated, and read; every block set aside by the expert."""
    bench = Workbench.new(name, home)
    bench.set_goal(GOAL)
    bench.add_data(write(folder / "mails.csv", mails(1100)))
    _set_aside(bench, "prompt")
    bench.try_prompts(str(model), PROMPTS, rows=20)
    _set_aside(bench, "plan")
    bench.make_plan({"epochs": 1, "learning_rate": 5e-3}, prompt="question")
    _set_aside(bench, "signoff")
    for row in bench.start_review().sample:
        bench.review(Judgement(row=row, decision="accept", reviewer=EXPERT))
    _set_aside(bench, "signoff")
    bench.sign(EXPERT, "I read the whole sample and it may be learned.", [w.rule for w in bench.standing().warnings])
    _set_aside(bench, "train")
    bench.train(search_trials=0)
    list(bench.follow())
    bench.finish_run()
    _set_aside(bench, "evaluate")
    bench.evaluate(rows=40)
    for example, _ in bench.outputs_to_read(30):
        bench.read_output(Reading(row=example.row, mark="good", reader=EXPERT))
    evaluation = bench.fresh(Evaluation)
    assert evaluation is not None
    for group in evaluation.error_groups:
        bench.explain_errors(group.name, "Two layers cannot know better.", EXPERT)
    _set_aside(bench, "serve")
    return bench


def train_again(bench: Workbench, rows: int, **settings: float) -> None:
    """Another run of the project beside the one it goes on with: the first rows only, and other settings."""
    first = bench.run_state().folder
    config = read_config(first)
    again = first.with_name(f"{first.name}-again")
    changed = config.model_copy(update={"run_id": again.name, "settings": {**config.settings, **settings}})
    examples = [
        [EXAMPLE.validate_json(line) for line in (first / name).read_bytes().split(b"\n") if line]
        for name in ("train.jsonl", "validation.jsonl")
    ]
    launch.prepare(again, changed, examples[0][:rows], examples[1])
    launch.start(again)
    last = list(follow(again / "events.jsonl", lambda: launch.alive(again)))[-1]
    assert isinstance(last, Done), last


def _set_aside(bench: Workbench, step: str) -> None:
    for _ in range(10):
        try:
            bench.require(step)
            return
        except Blocked as blocked:
            assert blocked.findings, blocked
            for found in blocked.findings:
                bench.waive(found.rule, EXPERT, "Acceptable for a model of two layers.")
    raise AssertionError(f"{step} is still blocked")
