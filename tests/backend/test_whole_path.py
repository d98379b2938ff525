"""The ten steps from Python, on a tiny model and data of our own, with a real worker, real files and real vLLM."""

import csv
import json
import random
import subprocess
import sys

import psutil
import pytest

from backend import Blocked, Goal, InputError, Judgement, Reading, Workbench
from backend.domain import Evaluation, GoodExample, Plan, Prompt, Run
from backend.events import Done, Progress, Saved, Validated
from backend.latency import LatencyTest
from backend.models.calibrate import estimates_now
from backend.serving import complete, find_running
from backend.serving.state import read_state

EXPERT = "Dr. Ada"
GOAL = Goal(
    task="classify",
    sentence="Tell whether a message to the warehouse asks for a refund or for delivery.",
    domain="mail order",
    examples=tuple(GoodExample(input=f"message {n}", answer="refund", good=n < 3) for n in range(4)),
    metric="accuracy",
    target=0.9,
    smallest_gain=0.1,
    definition_of_good="The one word a trained agent would choose.",
    expert=EXPERT,
    trainer="Bo",
    engineering_hours=30,
    ttft_ms=60_000,
    tpot_ms=60_000,
    within_target_share=0.5,
)
PROMPTS = (
    Prompt(name="bare", kind="bare"),
    Prompt(name="question", user="Does it ask for refund or delivery? Answer with one word.\n\n{input}"),
    Prompt(
        name="question, labels only",
        user="Does it ask for refund or delivery? Answer with one word.\n\n{input}",
        decoding="labels",
    ),
)
WORDS = {
    "refund": ("money back", "my payment returned", "the amount repaid", "a credit note"),
    "delivery": ("the parcel sent", "it shipped sooner", "a courier today", "the box at my door"),
}
THINGS = "lamp kettle tent desk shelf bicycle jacket carpet ladder printer mirror drill sofa radio pillow".split()
COLOURS = "red green blue white black grey brown yellow purple orange".split()
PLACES = "Oslo Lisbon Quito Nairobi Vienna Seoul Toronto Auckland Riga Lima Turin Ghent".split()


def write_messages(path, count, seed):
    rng = random.Random(seed)
    rows = set()
    while len(rows) < count:
        label = rng.choice(["refund", "delivery"])
        thing, colour, place = rng.choice(THINGS), rng.choice(COLOURS), rng.choice(PLACES)
        wish = f"i want {rng.choice(WORDS[label])} for number {rng.randint(1, 999)}"
        rows.add((f"{colour} {thing} from {place}: {wish}", label))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("message", "wish"), *sorted(rows)])
    return path


def pass_gates(wb, step):
    """Waive what the expert may waive; anything else is a failure of the test."""
    for _ in range(10):
        try:
            wb.require(step)
            return
        except Blocked as refusal:
            assert refusal.findings, refusal
            assert all(finding.waivable for finding in refusal.findings), refusal
            for finding in refusal.findings:
                wb.waive(finding.rule, EXPERT, "Acceptable for a model of two layers.")
    raise AssertionError("still blocked")


def served_merged_in_the_foreground(wb):
    """`tunewise serve --merged` as a person starts it; the window is closed the hard way, and nothing stays behind."""
    argv = [sys.executable, "-c", "from advisor.cli import main; main()", "serve", wb.project.id, "--merged"]
    command = subprocess.Popen(
        [*argv, "--home", str(wb.home)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = []
    for line in command.stdout:
        said.append(line)
        if "until you press Ctrl-C" in line:
            break
    assert command.poll() is None, "".join(said)
    assert "merged into one model" in "".join(said) and "0 became other tokens" in "".join(said)
    state = read_state(wb.project.folder / "serving")
    assert state.models == ("tuned",) and wb.server.phase().name == "ready"
    processes = [process.find() for process in state.processes]
    command.kill()
    command.wait()
    _, left = psutil.wait_procs(processes, timeout=60)
    assert left == [] and wb.server_state() == "not running"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_from_goal_to_report(tmp_path, tiny_model):
    home = tmp_path / "home"
    wb = Workbench.new("Warehouse", home)
    data = write_messages(tmp_path / "messages.csv", 1500, seed=1)
    test = write_messages(tmp_path / "test.csv", 150, seed=2)
    before = data.read_bytes()

    with pytest.raises(Blocked):
        wb.try_prompts(str(tiny_model))
    wb.set_goal(GOAL)
    wb.add_data(data, test=test)
    pass_gates(wb, "prompt")
    trials = wb.try_prompts(str(tiny_model), PROMPTS, rows=60)
    assert [arm.prompt.name for arm in trials.arms] == ["bare", "question", "question, labels only"]
    assert trials.facts.beats_baseline or trials.facts.probe_gain is not None
    pass_gates(wb, "plan")
    plan = wb.make_plan({"epochs": 3, "batch_size": 16, "learning_rate": 5e-3}, prompt="question")
    assert all(setting.reason for setting in plan.settings)
    assert all(estimate.low <= estimate.typical <= estimate.high for estimate in plan.estimates)

    pass_gates(wb, "signoff")
    with pytest.raises(Blocked):
        wb.sign(EXPERT, "I have read nothing of it.", [])
    for row in wb.start_review().sample:
        wb.review(Judgement(row=row, decision="accept", reviewer=EXPERT))
    with pytest.raises(InputError, match="Only the named domain expert"):
        wb.sign("Bo", "I sign for the expert.", [])
    with pytest.raises(Blocked) as unsigned:
        wb.train()
    assert "signoff" in unsigned.value.missing
    pass_gates(wb, "signoff")
    wb.sign(EXPERT, "I read the whole sample.", [finding.rule for finding in wb.standing().warnings])

    run_id = wb.train()
    with pytest.raises(InputError, match="still going"):
        wb.train()
    events = list(wb.follow())
    assert isinstance(events[-1], Done), events[-1]
    assert {Progress, Validated, Saved} <= {type(event) for event in events}
    assert {each.step: each.state for each in wb.standing().steps}["train"] == "done"  # taken in by looking
    run = wb.finish_run()
    assert run.run_id == run_id
    assert wb.finish_run() == run
    assert run.facts.largest_logit_change > 0

    pass_gates(wb, "evaluate")
    evaluation = wb.evaluate()
    assert len(evaluation.arms) == 3
    assert evaluation.facts.test_openings == 1
    with pytest.raises(Blocked) as unread:
        wb.serve()
    assert "answers-not-read" in {finding.rule for finding in unread.value.findings}
    for example, _ in wb.outputs_to_read(30):
        wb.read_output(Reading(row=example.row, mark="good", reader=EXPERT))
    for group in evaluation.error_groups:
        wb.explain_errors(group.name, "Two layers cannot know better.", EXPERT)

    asked = wb.playground.ask("red lamp from Oslo: i want money back", blind=True)
    assert asked.whole
    assert (asked.engine, asked.in_turn) == ("transformers", True)
    wb.playground.vote(asked.id, "left")
    assert wb.playground.tally().decided == 1

    pass_gates(wb, "serve")
    served_merged_in_the_foreground(wb)  # first: another deployment would put the latency test out of date
    try:
        deployment = wb.serve()
        assert deployment.facts.prompts == 20
        assert deployment.facts.token_mismatches == 0
        assert deployment.facts.output_mismatches <= 1
        assert {check.name: check.holds for check in deployment.checks} == dict.fromkeys(
            ("chat template", "end of an answer", "prompt"), True
        )
        assert [setting.name for setting in deployment.settings] == [setting.name for setting in wb.server.explain()]
        assert all(one.near_tie or deployment.facts.output_mismatches for one in deployment.divergences)
        served = wb.playground.ask(asked.text)
        assert (served.engine, served.tuned.end) == ("vLLM", asked.tuned.end)
        assert (served.tuned.text, served.tuned.tokens) == (asked.tuned.text, asked.tuned.tokens)
        # Asked at the same time, the base model answers as alone: no adapter of its neighbour in the batch.
        endpoint = find_running(wb.project.folder / "serving").endpoint
        read = [message.model_dump() for message in served.messages]
        assert served.base.text == complete(endpoint, "base", read, served.settings.max_tokens).text
        latency = wb.test_latency(LatencyTest(users=(1, 2), requests=10))
        assert [level["users"] for level in latency.report["levels"]] == [1, 2]
        assert latency.calibration is not None and latency.calibration.users == GOAL.users == 1
        assert {e.name for e in estimates_now(wb.project, wb.fresh(Plan)) if "corrected" in e.formula} >= {"ttft"}
        assert json.dumps(latency.report)
    finally:
        wb.stop_server()
    assert wb.server_state() == "not running"

    report = wb.report()
    html = (wb.project.folder / "report.html").read_text(encoding="utf-8")
    assert report.verdict in html.lower()
    assert "Warehouse" in html
    assert (wb.project.folder / "report.md").exists()
    assert data.read_bytes() == before  # the person's file is never changed

    reopened = Workbench.open("Warehouse", home)
    assert reopened.fresh(Run) == run
    assert reopened.fresh(Evaluation) == evaluation
    assert all(state.state in ("done", "blocked") for state in reopened.standing().steps)
