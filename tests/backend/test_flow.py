"""Gates, staleness and waivers, on a project whose records are written as the steps write them."""

import multiprocessing

import pytest

from backend.decisions import Judgement, Review
from backend.domain import (
    Audit,
    Dataset,
    Goal,
    GoodExample,
    Mapping,
    Plan,
    Prompt,
    PromptTrials,
    ReviewPlan,
    SignOff,
    Split,
)
from backend.errors import Blocked, InputError
from backend.flow import require, standing, waive
from backend.project import Project
from rules.facts import ArmFacts, CurveFacts, DataFacts, ModelFacts, PlanFacts, SplitFacts, TrialsFacts

EXPERT = "Dr. Ada"
GOAL = Goal(
    task="classify",
    sentence="Tell whether a support message is a complaint or a question.",
    domain="customer support",
    examples=tuple(GoodExample(input=f"message {n}", answer="complaint", good=n < 3) for n in range(4)),
    metric="accuracy",
    target=0.9,
    smallest_gain=0.1,
    definition_of_good="One word, the one a trained agent would choose.",
    expert=EXPERT,
    trainer="Bo",
    engineering_hours=30,
)


def good_data(**changes):
    return DataFacts(
        **{"rows": 1700, "usable_rows": 1700, "label_counts": (("complaint", 850), ("question", 850)), **changes}
    )


def arm(name, kind, value):
    return ArmFacts(name, kind, "free", value, value - 0.05, value + 0.05, 150)


@pytest.fixture
def project(tmp_path):
    project = Project.create(tmp_path, "Support desk ✓")
    fill(project)
    return project


def fill(project, data=None):
    """Every record up to a signed plan."""
    project.save(GOAL)
    add_data(project, data or good_data())
    arms = (arm("bare", "bare", 0.5), arm("asked", "prompt", 0.6), arm("shots", "few-shot", 0.7))
    facts = TrialsFacts("m", arms, arm("majority", "trivial", 0.5), arms[2], True)
    project.save(PromptTrials(model="m", arms=(), best="shots", facts=facts))
    project.save(
        Plan(
            model="m",
            model_sha256="0",
            prompt=Prompt(name="shots"),
            settings=(),
            estimates=(),
            model_facts=ModelFacts("m", 0.1, 2048, 100, licence="apache-2.0", planned_tokens=256),
            facts=PlanFacts((1, 1, 1), (1, 1, 1), 24.0, (1, 1, 1), steps=100, search_trials=3),
        )
    )
    plan = project.save(ReviewPlan(seed=1, sample=tuple(range(60)), overlap=(), required=60))
    for row in plan.sample:
        judgement = Judgement(row=row, decision="accept", reviewer=EXPERT)
        project.journal.add("review", Review(review_plan=plan.fingerprint(), judgement=judgement))
    project.save(SignOff(signer=EXPERT, statement="I read sixty rows."))


def add_data(project, facts, version=1):
    project.save(
        Dataset(
            version=version, folder=f"data/v{version}", source_name="a.csv", source_sha256="0", source_rows=1700,
            format="csv", mapping=Mapping(input="text", answer="label"), content_sha256=str(version),
        )
    )
    split = SplitFacts(train=1300, validation=200, test=200, smallest_visible_gain=0.07)
    project.save(Split(seed=1, train=(0,), validation=(1,), test=(2,), sealed="s", facts=split))
    project.save(Audit(facts=facts, seconds=1.0, curve=CurveFacts(((100, 0.6), (1300, 0.8)), None)))


def test_a_good_project_may_train(project):
    assert standing(project).blocks == ()
    require(project, "train")
    assert standing(project).next_step == "train"


def test_an_empty_project_says_what_is_missing(tmp_path):
    project = Project.create(tmp_path, "empty")
    with pytest.raises(Blocked) as refusal:
        require(project, "train")
    assert refusal.value.missing == ("goal", "data", "prompt", "plan", "signoff")
    assert standing(project).next_step == "goal"
    require(project, "report")


def test_not_asked_is_not_passed(tmp_path):
    states = {v.rule.id: v.state for v in standing(Project.create(tmp_path, "empty")).verdicts}
    assert states["duplicate-rows"] == "not asked"
    assert "passed" not in states.values()


def test_bad_data_stops_its_own_gate_and_all_later_ones_but_not_earlier_ones(tmp_path):
    project = Project.create(tmp_path, "bad")
    fill(project, good_data(empty_answers=(4, 9)))
    require(project, "data")
    for step in ("prompt", "plan", "signoff", "train", "evaluate", "serve"):
        with pytest.raises(Blocked) as refusal:
            require(project, step)
        assert "empty-answers" in {finding.rule for finding in refusal.value.findings}
    assert refusal.value.exit_code == 3


def test_changing_the_data_after_signing_makes_the_signature_stale_and_training_is_refused(project):
    add_data(project, good_data(usable_rows=1699), version=2)
    assert set(project.stale("signoff")) >= {"dataset", "split", "audit"}
    with pytest.raises(Blocked) as refusal:
        require(project, "train")
    assert "signoff-outdated" in {finding.rule for finding in refusal.value.findings}
    assert "signoff" in refusal.value.missing


def test_changing_the_goal_makes_the_plan_and_signature_stale_but_not_the_audit(project):
    project.save(GOAL.model_copy(update={"definition_of_good": "Something else entirely."}))
    assert project.stale("audit") == ()
    assert project.stale("plan") == ("goal",)
    assert "goal" in project.stale("signoff")


def test_saving_the_same_goal_again_changes_nothing(project):
    project.save(GOAL)
    require(project, "train")


def test_a_waivable_block_is_waived_by_the_expert_in_writing_until_the_data_changes(tmp_path):
    project = Project.create(tmp_path, "waived")
    fill(project, good_data(conflicts=tuple(range(40))))
    with pytest.raises(Blocked, match="conflicting-answers"):
        require(project, "prompt")
    with pytest.raises(InputError, match="Only the named domain expert"):
        waive(project, "conflicting-answers", "Bo", "I want to go on with this.")
    with pytest.raises(InputError, match="ten characters"):
        waive(project, "conflicting-answers", EXPERT, "ok")
    waive(project, "conflicting-answers", "dr. ada", "Both answers are right for these forty rows.")
    require(project, "prompt")
    assert standing(project).waived["conflicting-answers"].why.startswith("Both answers")
    add_data(project, good_data(conflicts=tuple(range(41))), version=2)
    with pytest.raises(Blocked, match="conflicting-answers"):
        require(project, "prompt")


def test_what_may_not_be_waived_is_refused(tmp_path):
    project = Project.create(tmp_path, "secret")
    fill(project, good_data(secrets=(3,)))
    with pytest.raises(InputError, match="cannot be waived"):
        waive(project, "secrets", EXPERT, "It is only a test key, really.")
    with pytest.raises(InputError, match="Nothing to waive"):
        waive(project, "duplicate-rows", EXPERT, "There are none of these.")


def test_policy_changes_a_threshold_and_is_kept(project, tmp_path):
    project.set_policy("too-few-examples", "enough", 5000)
    states = {v.rule.id: v.state for v in standing(Project.open(tmp_path, project.id)).verdicts}
    assert states["too-few-examples"] == "block"


def test_projects_open_by_id_or_name_and_never_outside(project, tmp_path):
    assert Project.open(tmp_path, "Support desk ✓").id == project.id
    for name in ("../..", "nothing", "a/b"):
        with pytest.raises(InputError):
            Project.open(tmp_path, name)
    assert Project.create(tmp_path, "Support desk ✓").id != project.id


def test_history_keeps_what_was_replaced(project):
    project.save(GOAL.model_copy(update={"target": 0.8}))
    assert [goal.target for goal in project.history(Goal)] == [0.9]


def test_a_damaged_record_is_named(project):
    (project.folder / "goal.json").write_text('{"task": "classify"')
    with pytest.raises(InputError, match="cannot be read") as error:
        standing(project)
    assert "goal.json" in error.value.where


def _save_goal(folder, n):
    project = Project(folder)
    with project.changing():
        project.save(GOAL.model_copy(update={"target": n / 100}))


def test_concurrent_writers_take_turns_and_lose_nothing(project):
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_save_goal, args=(project.folder, n)) for n in range(10)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    targets = {goal.target for goal in [*project.history(Goal), project.get(Goal)]}
    assert targets == {0.9, *(n / 100 for n in range(10))}


def test_a_policy_for_what_does_not_exist_is_refused(project):
    with pytest.raises(InputError, match="no threshold named"):
        project.set_policy("too-few-examples", "enuff", 1)
    with pytest.raises(InputError, match="no threshold named"):
        project.set_policy("no-such-rule", "enough", 1)
