"""Training as people meet it: by command and by the app's handlers, on a project that is ready to train."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
import signal

import pytest
import torch

from backend import Blocked, Goal, Judgement, Workbench
from backend.domain import Evaluation, GoodExample, Plan, Prompt, Split
from backend.errors import InputError
from backend.evaluation.compare import compare
from backend.evaluation.facts import evaluation_facts
from backend.evaluation.score import score_arm
from backend.models.folder import inspect
from backend.models.load import load_model
from backend.training import launch, worker
from backend.training.config import TrainingConfig

pytestmark = pytest.mark.slow
EXPERT = "Dr. Ada"
WISHES = {"refund": ("money back", "a credit note"), "delivery": ("the parcel sent", "a courier today")}


def pass_gates(wb, step):
    for _ in range(10):
        try:
            wb.require(step)
            return
        except Blocked as refusal:
            assert refusal.findings, refusal
            for finding in refusal.findings:
                wb.waive(finding.rule, EXPERT, "Acceptable for a model of two layers.")
    raise AssertionError("still blocked")


@pytest.fixture(scope="module")
def ready(tmp_path_factory, tiny_model):
    """A signed project: 400 rows, the tiny model, so small a length that a long row is left out."""
    home = tmp_path_factory.mktemp("ready")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        wb = Workbench.new("Warehouse", home)
        wb.set_goal(
            Goal(task="classify", sentence="Tell whether a message asks for a refund or for delivery.",
                 examples=tuple(GoodExample(input=f"m {n}", answer="refund", good=n < 3) for n in range(4)),
                 metric="accuracy", target=0.9, smallest_gain=0.2, definition_of_good="One word.", expert=EXPERT,
                 trainer="Bo", engineering_hours=30)
        )  # fmt: skip
        chance, rows = random.Random(1), set()
        things = "lamp kettle tent desk shelf bicycle jacket carpet ladder printer mirror drill".split()
        while len(rows) < 400:
            wish = chance.choice(sorted(WISHES))
            rows.add((f"{chance.choice(things)} {chance.randint(1, 9999)}: {chance.choice(WISHES[wish])}", wish))
        file = home / "rows.csv"
        with file.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([("message", "wish"), *sorted(rows)])
        wb.add_data(file)
        pass_gates(wb, "prompt")
        asked = "Does it ask for refund or delivery? Answer with one word.\n\n{input}"
        prompts = (Prompt(name="bare", kind="bare"), Prompt(name="asked", user=asked),
                   Prompt(name="labels", user=asked, decoding="labels"))  # fmt: skip
        wb.try_prompts(str(tiny_model), prompts, rows=20)
        pass_gates(wb, "plan")
        wb.make_plan({"epochs": 2, "batch_size": 8, "learning_rate": 5e-3, "evaluate_every": 10}, prompt="asked")
        pass_gates(wb, "signoff")
        for row in wb.start_review().sample:
            wb.review(Judgement(row=row, decision="accept", reviewer=EXPERT))
        pass_gates(wb, "signoff")
        wb.sign(EXPERT, "I read the sample.", [finding.rule for finding in wb.standing().warnings])
        pass_gates(wb, "train")
    return home, wb.project.id


@pytest.fixture
def project(ready, own_home, monkeypatch):
    """A copy of it in the test's own home."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    home, name = ready
    shutil.copytree(home, own_home, dirs_exist_ok=True)
    return Workbench.open(name, own_home)


@pytest.fixture
def tunewise(capsys):
    from advisor.cli import execute

    def call(*arguments):
        capsys.readouterr()
        code = execute([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_the_preview_tells_by_words_what_is_learnt_and_starts_nothing(project, tunewise):
    code, out, _ = tunewise("train", project.project.id, "--preview")
    assert code == 0 and project.run_state() is None
    assert re.search(r"[\d,]+ tokens are read only, [\d,]+ are learnt", out)
    learnt = [line.split("LEARNT", 1)[1] for line in out.splitlines() if line.strip().startswith("LEARNT")]
    assert learnt and all(line.endswith("<|im_end|>") for line in learnt)
    assert {re.sub(r"[| ]|<.im_end.>", "", line) for line in learnt} <= set(WISHES)
    asked = "".join(line for line in out.splitlines() if line.strip().startswith("read only"))
    assert "answer" in asked.replace("|", "").lower() and "<|im_end|>" in asked.replace("|", "|")
    code, out, _ = tunewise("train", project.project.id, "--preview", "--json", "-")
    seen = json.loads(out)
    assert seen["trained"] > 0 and {token["fate"] for row in seen["rows"] for token in row["tokens"]} >= {
        "masked", "trained",
    }  # fmt: skip


def test_the_page_shows_the_same_tokens_marked_in_words_too(project):
    from advisor.steps import train as page

    told, shown = page.see_tokens(project, lambda words, done: None)
    assert "are learnt" in told
    for fate, word in (("masked", "Read only"), ("trained", "Learnt")):
        assert f'<dt class="is-{fate}">{word}</dt>' in shown
    assert "&lt;|im_end|&gt;" in shown and "<|im_end|>" not in shown


def test_a_run_by_command_tells_what_was_measured_and_what_the_adapter_does(project, tunewise, tmp_path):
    name = project.project.id
    code, out, err = tunewise("train", name, "--wait")
    assert code == 0, out + err
    assert re.search(r"Measured before the start, in .*: [\d.e-]+ s a step", out) and "replaces the estimate" in out
    assert re.search(r"came to an end: \d of 8", out) and re.search(r"exactly as learnt: \d of 8", out)
    card = (project.run_state().folder / "adapter" / "README.md").read_text()
    assert "More Information Needed" not in card and "asked" in card and "SHA-256 of the rows it learnt from" in card
    code, out, err = tunewise("merge", name, "--out", tmp_path / "merged", "--json", "-")
    assert code == 0, out + err
    made = json.loads(out)
    assert made["prompts"] == 20 and made["same"] + made["ties"] >= 19  # two other answers would be refused
    whole = load_model(inspect(tmp_path / "merged"))
    assert {part.dtype for part in whole.parameters()} == {torch.bfloat16}
    assert not list((tmp_path / "merged").glob("adapter*"))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("mine")
    code, _, err = tunewise("merge", name, "--out", tmp_path / "taken")
    assert code == 2 and "something else" in err and (tmp_path / "taken" / "letter.txt").exists()


def test_stopped_at_once_by_command_it_says_what_is_kept_and_goes_on(project, tunewise):
    import time

    from advisor.steps import train as page

    name = project.project.id
    tunewise("train", name)
    while not any(event.kind == "progress" for event in project.run_state().events):
        assert project.run_state().state == "running"
        time.sleep(0.05)
    code, out, _ = tunewise("stop", name, "--now")
    assert code == 0 and "last complete checkpoint" in out
    code, out, _ = tunewise("follow", name)
    assert code == 0 and "stopped at once" in out and f"tunewise resume {name}" in out
    assert {each.step: each.state for each in project.standing().steps}["train"] != "done"
    shown = page.watch(project)[0]
    assert "Stopped by you" in shown and "checkpoint" in shown
    assert "Going on" in page.resume(project)[0]
    code, out, _ = tunewise("follow", name)
    assert code == 0 and "The run is done" in out


@pytest.fixture
def two_runs(project):
    """Two short runs that differ in learning rate and rows, both scored on the same test rows."""
    split, plan = project.fresh(Split), project.fresh(Plan)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)}
    settings = {one.name: one.value for one in plan.settings} | {"epochs": 1, "evaluate_every": 5, "score_rows": 8}
    for number, (rate, count) in enumerate(((5e-3, 80), (1e-3, 72)), 1):
        run_dir = project.project.folder / "runs" / f"20260101-00000{number}-test"
        config = TrainingConfig(
            run_id=run_dir.name, model=plan.model, prompt=plan.prompt, settings={**settings, "learning_rate": rate},
            metric="accuracy", labels=tuple(sorted(WISHES)), data_version=1,
        )  # fmt: skip
        launch.prepare(
            run_dir, config, project.examples(split.train[:count]), project.examples(split.validation[:20])
        )
        assert worker.main([str(run_dir)]) == 0
        test = project.examples(split.test[:40])
        said = [row.answer if number == 2 or place % 2 else "neither" for place, row in enumerate(test)]
        asked = {"task": "classify", "labels": config.labels}
        arm = score_arm(plan.prompt, test, said, metrics=("accuracy",), **asked)
        found = compare(arm, arm, arm, test, metrics=("accuracy",), primary="accuracy", **asked)
        facts = evaluation_facts(arm, found, test, metric="accuracy", **asked)
        project.project.save(Evaluation(run_id=run_dir.name, arms=(arm,) * 3, comparisons=found, facts=facts))
    for number, handler in handlers.items():
        signal.signal(number, handler)
    return project


def test_runs_are_listed_shown_in_full_and_compared(project, two_runs, tunewise):
    name = project.project.id
    code, out, _ = tunewise("runs", name)
    assert code == 0 and f"tunewise runs {name} 1 2" in out and "50.0% (" in out and "100.0% (" in out
    code, out, _ = tunewise("runs", name, "2")
    assert code == 0 and "learning_rate: 0.001" in out and "before training: " in out and "grad norm" in out
    code, out, _ = tunewise("runs", name, "1", "2", "--json", "-")
    found = json.loads(out)
    differ = {(one["kind"], one["name"]): one["values"] for one in found["differences"]}
    assert differ[("settings", "learning_rate")] == [0.005, 0.001] and differ[("data", "rows learnt")] == [80, 72]
    assert differ[("data", "training rows")][0] != differ[("data", "training rows")][1]
    assert set(differ) == {("settings", "learning_rate"), ("data", "rows learnt"), ("data", "training rows")}
    (contrast,) = found["contrasts"]
    assert (contrast["first"], contrast["second"], contrast["verdict"]) == ("Run 1", "Run 2", "better")
    assert contrast["rows"] == 40 and contrast["low"] > 0
    code, out, _ = tunewise("runs", name, "1", "2")
    assert code == 0 and "Run 2 against Run 1: better by 50.0 points" in out and "epochs" not in out
    code, _, err = tunewise("runs", name, "1", "9")
    assert code == 2 and "no run '9'" in err
    _the_page_lays_the_curves_over_each_other(project)


def _the_page_lays_the_curves_over_each_other(project):
    from advisor.steps import train as page

    title, offered, button = page.offer_runs(project)
    assert "Compare runs" in title and [value for _, value in offered.choices] == ["2", "1"] and button.visible
    _, shown = page.compare_runs(project, [])
    charts = re.findall(r'<svg class="tw-chart".*?</svg>', shown)
    assert len(charts) == 7 and all("Run 1" in chart and "Run 2" in chart for chart in charts)
    assert 'aria-label="error on training rows (loss) over step. Run 1: from' in charts[0]
    assert charts[0].count('<path class="line look-0"') == charts[0].count('<path class="line look-1"') == 2
    assert shown.count("Run 2, step 9") == 5 and "learning_rate" in shown
    assert "<td" in shown and "epochs" not in shown


def test_with_one_run_or_none_the_page_says_what_is_to_come(project, tunewise):
    from advisor.steps import train as page

    assert page.offer_runs(project)[0] == ""
    code, out, _ = tunewise("runs", project.project.id)
    assert code == 0 and "No run yet" in out
    with pytest.raises(InputError, match="not 0"):
        page.compare_runs(project, [])


def test_a_plan_follows_the_method_and_refuses_what_cannot_be(project, tunewise):
    name = project.project.id
    if not torch.cuda.is_available():
        code, _, err = tunewise("plan", name, "--set", "method=qlora")
        assert code == 2 and "QLoRA" in err and "NVIDIA" in err and "method=lora" in err
    code, _, err = tunewise("plan", name, "--set", "method=full", "--set", "learning_rate=0.0002")
    assert code == 2 and "forget" in err
    before = {one.name: one for one in project.fresh(Plan).estimates}
    code, out, _ = tunewise("plan", name, "--set", "method=full", "--prompt", "asked")
    assert code == 0 and "Every weight is trained" in out
    plan = project.fresh(Plan)
    assert not {"rank", "alpha", "dropout"} & {setting.name for setting in plan.settings}
    assert plan.value("method") == "full" and plan.value("learning_rate") == 2e-5
    after = {one.name: one for one in plan.estimates}
    assert after["train_memory"].formula.startswith("full") and before["train_memory"].formula.startswith("lora")
    assert after["train_hours"].typical > before["train_hours"].typical
