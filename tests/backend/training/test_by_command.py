"""Training as people meet it: by command and by the app's handlers, on a project that is ready to train."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil

import pytest
import torch

from backend import Blocked, Goal, Judgement, Workbench
from backend.domain import GoodExample, Plan, Prompt

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


def test_a_run_by_command_tells_what_was_measured_and_what_the_adapter_does(project, tunewise):
    name = project.project.id
    code, out, err = tunewise("train", name, "--wait")
    assert code == 0, out + err
    assert re.search(r"Measured before the start, in .*: [\d.e-]+ s a step", out) and "replaces the estimate" in out
    assert re.search(r"came to an end: \d of 8", out) and re.search(r"exactly as learnt: \d of 8", out)
    card = (project.run_state().folder / "adapter" / "README.md").read_text()
    assert "More Information Needed" not in card and "asked" in card


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
