"""The learning curve of the real model: on outcomes that are known beforehand, and as a job that may be stopped."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from backend.domain import EXAMPLE, Audit, Dataset, Example, Goal, LearningCurve, Mapping, Prompt, Split
from backend.events import Done, Learning
from backend.facts import facts_of
from backend.flow import standing
from backend.project import Project
from backend.steps.curve import measured_for, take_in
from backend.store import write_text
from backend.training import curve
from backend.training.config import CurveWanted, Knobs, TrainingConfig, read_config
from backend.training.curve import FOUND, Found, knobs_for, planned_parts, steps_for
from backend.training.growing import Part, curve_of
from rules.facts import CurveFacts, DataFacts, Facts, SplitFacts
from rules.judge import judge


def measured(law, spread=0.02, tested=200, rows=800, parts=None, binary=False, seed=0):
    """Parts whose mean of what is missing is `law(rows)`, apart by `spread` between repeats."""
    chance = random.Random(seed)
    hard = [chance.uniform(0.5, 1.5) for _ in range(tested)]  # rows differ, in the same way for all parts
    made = []
    for size, repeat in parts or planned_parts(rows):
        level = law(size) * math.exp(chance.gauss(0, spread))
        values = [level * each * math.exp(chance.gauss(0, 0.2)) for each in hard]
        if binary:
            values = [float(chance.random() < level) for _ in hard]
        made.append(Part(rows=size, repeat=repeat, by_row=tuple(values), seconds=1.0))
    return made


def test_a_loss_that_keeps_falling_is_rising_and_the_forecast_holds_the_truth():
    def law(rows):
        return 2.0 * rows**-0.3

    found = curve_of(measured(law), 800, "loss", "tiny")
    assert found.flat is False and found.measured and found.measure == "loss"
    low, high = found.gain_of_doubling
    assert 0 < low < law(800) - law(1600) < high
    assert [rows for rows, _ in found.points] == [100, 200, 400, 800]
    for (rows, value), (least, most) in zip(found.points, found.ranges, strict=True):
        assert least < value < most and least < law(rows) * 1.1


def test_a_loss_that_stays_is_flat_and_a_noisy_one_cannot_be_told():
    assert curve_of(measured(lambda rows: 0.4, spread=0.005), 800, "loss", "tiny").flat is True
    noisy = [curve_of(measured(lambda rows: 0.4, spread=0.3, seed=seed), 800, "loss", "tiny") for seed in range(20)]
    assert sum(found.flat is None for found in noisy) >= 14 and sum(found.flat is False for found in noisy) <= 2


def test_scores_are_shown_as_scores():
    parts = measured(lambda rows: 0.9 * (rows / 100) ** -0.7, binary=True, tested=400)
    found = curve_of(parts, 800, "accuracy", "tiny")
    assert found.flat is False and found.points[0][1] < found.points[-1][1] <= 1
    assert all(low <= value <= high for (_, value), (low, high) in zip(found.points, found.ranges, strict=True))
    perfect = curve_of(measured(lambda rows: 0.0, binary=True), 800, "accuracy", "tiny")
    assert perfect.flat is True and perfect.points[-1][1] == 1


def test_too_little_measured_gives_no_curve_or_no_judgement():
    parts = measured(lambda rows: 2.0 * rows**-0.3)
    assert curve_of([part for part in parts if part.rows < 400], 800, "loss", "tiny") is None
    once = [part for part in parts if part.repeat == 0]
    assert curve_of(once, 800, "loss", "tiny").flat is None  # nobody knows how far repeats would lie apart


def test_small_parts_have_more_repeats_and_passes_and_every_size_comes_first():
    assert planned_parts(800) == (
        (100, 0), (200, 0), (400, 0), (800, 0), (100, 1), (200, 1), (400, 1), (100, 2), (200, 2), (100, 3),
    )  # fmt: skip
    knobs = Knobs(batch_size=16, epochs=1, warmup_steps=5)
    assert knobs_for(knobs, 800).epochs == 3 and knobs_for(knobs, 8000).epochs == 1
    assert knobs_for(knobs, 100, repeat=2).seed == knobs.seed + 2
    assert steps_for(knobs, 800) == 3 * 50 and steps_for(knobs, 100) == 8 * 7  # never fewer than 50


@pytest.mark.parametrize(("flat", "state"), [(True, "warn"), (None, "warn"), (False, "passed")])
def test_the_judgement_of_too_many_rows_follows_what_the_model_itself_shows(flat, state):
    found = curve_of(measured(lambda rows: 2.0 * rows**-0.3), 800, "loss", "tiny")
    facts = Facts(data=DataFacts(rows=9000, usable_rows=9000), curve=replace(found, flat=flat))
    (verdict,) = [one for one in judge(facts) if one.rule.id == "more-than-needed"]
    assert verdict.state == state
    assert state == "passed" or "measured with the model itself" in verdict.findings[0].message


def test_a_measured_curve_replaces_the_quick_learners_until_the_data_change(tmp_path):
    project = Project.create(tmp_path, "reviews")
    project.save(Goal(task="classify", sentence="Tell praise from complaint.", metric="accuracy"))

    def data(version):
        project.save(Dataset(
            version=version, folder=f"data/v{version}", source_name="a.csv", source_sha256="0", source_rows=9200,
            format="csv", mapping=Mapping(input="text", answer="label"), content_sha256=str(version),
        ))  # fmt: skip
        split = SplitFacts(train=9000, validation=100, test=100)
        project.save(Split(seed=1, train=(0,), validation=(1,), test=(2,), sealed="s", facts=split))
        proxy = CurveFacts(((100, 0.6), (9000, 0.8)), False, learner="words")
        project.save(Audit(facts=DataFacts(rows=9200, usable_rows=9200), seconds=1.0, curve=proxy))

    data(1)
    assert not [one for one in standing(project).warnings if one.rule == "more-than-needed"]
    folder = project.folder / "curve"
    flat = curve_of(measured(lambda rows: 0.4, spread=0.005), 800, "loss", "tiny")
    config = TrainingConfig(run_id="curve", model="/models/tiny", prompt=Prompt(name="p"),
                            signed=measured_for(project), curve=CurveWanted(rows=800, total=9000))
    write_text(folder / "config.json", config.model_dump_json())
    write_text(folder / FOUND, Found(parts=10, seconds=60, facts=flat).model_dump_json())
    take_in(project)
    kept = project.fresh(LearningCurve)
    assert kept.facts == flat and kept.model == "tiny" and facts_of(project).curve == flat
    (finding,) = [one for one in standing(project).warnings if one.rule == "more-than-needed"]
    assert "measured with the model itself" in finding.message
    before = (project.folder / "curve.json").stat().st_mtime_ns
    take_in(project)
    assert (project.folder / "curve.json").stat().st_mtime_ns == before  # once is enough
    data(2)
    take_in(project)
    assert project.fresh(LearningCurve) is None and facts_of(project).curve.learner == "words"


def wanting_a_curve(run_dir, rows):
    config = read_config(run_dir).model_copy(update={"curve": CurveWanted(rows=rows, total=rows)})
    (run_dir / "config.json").write_text(config.model_dump_json())
    return run_dir


@pytest.mark.slow
def test_the_job_says_how_far_it_is_stops_goes_on_and_finds_the_same(prepared, tmp_path, worked, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(curve, "ENOUGH_STEPS", 20)  # for the test's sake
    run_dir = wanting_a_curve(prepared(tmp_path / "curve", epochs=1), 128)
    # Forty answers, each as likely, whatever is asked: few rows show few of them.
    for name, count in (("train", 128), ("validation", 24)):
        chance = random.Random(count)
        rows = [Example(row=row, input="film", answer=str(chance.randint(10, 49))) for row in range(count)]
        write_text(run_dir / f"{name}.jsonl", "".join(EXAMPLE.dump_json(row).decode() + "\n" for row in rows))
    plain, trained = curve._train, []

    def stopping(session, work, rows, repeat):  # as a person would, in the middle of the work
        session.asked.stop = len(trained) == 4
        plain(session, work, rows, repeat)
        trained.append((rows, repeat))

    monkeypatch.setattr(curve, "_train", stopping)
    events = worked(run_dir)
    assert isinstance(events[-1], Done) and events[-1].why == "stopped" and len(trained) == 4
    first = Found.model_validate_json((run_dir / FOUND).read_bytes())
    assert first.parts == 4 and first.facts.flat is None
    kept = {path.name: path.read_bytes() for path in (run_dir / "parts").iterdir()}
    assert len(kept) == 4
    monkeypatch.setattr(curve, "_train", plain)
    events = worked(run_dir)
    assert events[-1].why == "finished"
    found = Found.model_validate_json((run_dir / FOUND).read_bytes())
    assert found.parts == 10 and {rows for rows, _ in found.facts.points} == {16, 32, 64, 128}
    assert all((run_dir / "parts" / name).read_bytes() == content for name, content in kept.items())
    told = [event for event in events if isinstance(event, Learning)]
    assert told[-1].step == told[-1].of == events[-1].steps and told[-1].eta_s == 0
    values = [value for _, value in found.facts.points]
    assert values[0] > values[-1] and found.facts.flat is False
