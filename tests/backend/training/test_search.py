"""The search over settings, on outcomes that are known beforehand, without a model."""

from __future__ import annotations

import math
import os
import random
import signal
import subprocess
import sys
import textwrap
import time

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.trial import TrialState

from backend.domain import Estimate, Goal
from backend.models.estimate import train_hours
from backend.searched import Tried
from backend.steps.plan_search import with_search
from backend.training.config import Knobs
from backend.training.explained import Evidence, explain_search
from backend.training.settings import derive_settings, overridden
from backend.training.space import as_trial, given, settings_of, space_of
from backend.training.study import (
    GIVEN,
    PLACE,
    RANDOM_FIRST,
    AtTheSameRows,
    at_place,
    ended,
    opened,
    repeat_what_was_cut,
    turn,
)

RANGES = {
    "learning_rate": FloatDistribution(5e-5, 1e-3, log=True),
    "rank": CategoricalDistribution([8, 16, 32]),
    "batch_size": CategoricalDistribution([8, 16]),
}


def tried(number, value, state="complete", given=False, **settings):
    one = Tried(
        number=number, settings=settings, state=state, value=value, rows_seen=64, seconds=1.0, given=given
    )
    return Evidence(one, RANGES, () if value is None else (value - 0.01, value + 0.01) * 10)


def outcomes(count, value, seed=0):
    """Trials drawn at random whose value is `value(settings, chance)`."""
    chance = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        settings = {
            "learning_rate": math.exp(chance.uniform(math.log(5e-5), math.log(1e-3))),
            "rank": chance.choice([8, 16, 32]), "batch_size": chance.choice([8, 16]),
        }  # fmt: skip
        found.append(tried(number, value(settings, chance), given=number == 1, **settings))
    return found


def off(settings):
    """How far the learning rate is from the best one, in factors of e."""
    return abs(math.log(settings["learning_rate"] / 3e-4))


def test_where_only_the_learning_rate_matters_it_is_said_to_matter_most():
    trials = outcomes(14, lambda settings, chance: 0.5 + 0.2 * off(settings) + chance.gauss(0, 0.02))
    found = explain_search(trials, "loss", higher_is_better=False)
    assert found.mattered == "learning_rate" and found.importance["learning_rate"] > 0.6
    assert sum(found.importance.values()) == pytest.approx(1) and found.chance < 0.05
    assert any("learning rate mattered most" in line for line in found.told)


def test_where_only_the_rank_matters_the_rank_is_named_and_higher_may_be_better():
    worth = {8: 0.9, 16: 0.6, 32: 0.5}
    trials = outcomes(14, lambda settings, chance: worth[settings["rank"]] + chance.gauss(0, 0.01))
    found = explain_search(trials, "accuracy", higher_is_better=True)
    assert found.mattered == "rank" and found.trial(found.best).settings["rank"] == 8


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_matters_or_trials_are_few_it_cannot_be_told(seed):
    noise = explain_search(outcomes(12, lambda _, chance: chance.gauss(0.5, 0.1), seed), "loss", False)
    few = explain_search(outcomes(5, lambda settings, _: off(settings), seed), "loss", False)
    assert noise.mattered == few.mattered == "" and few.importance == {}
    assert any("can't be told" in line for line in noise.told)


def test_a_trial_that_diverged_counts_as_worst_and_does_not_hide_the_rest():
    trials = outcomes(14, lambda settings, chance: 0.5 + 0.2 * off(settings) + chance.gauss(0, 0.02))
    wild = tried(15, None, "failed", learning_rate=9e-4, rank=8, batch_size=8)
    assert explain_search([*trials, wild], "loss", False).mattered == "learning_rate"


def rows(values):
    """Evidence of trials with these values by row; the first is given."""
    same = {"learning_rate": 2e-4, "rank": 16, "batch_size": 16}
    return [
        Evidence(
            Tried(number=number, settings=same, state="complete", value=sum(by_row) / len(by_row), rows_seen=64,
                  seconds=1, given=number == 1), RANGES, tuple(by_row),
        )
        for number, by_row in enumerate(values, 1)
    ]  # fmt: skip


def test_clearly_better_settings_are_taken_and_said_to_be_better():
    chance = random.Random(0)
    hard = [chance.uniform(0, 2) for _ in range(80)]  # rows differ far more than settings do
    better = [row - 0.1 + chance.gauss(0, 0.1) for row in hard]
    found = explain_search(rows([hard, better]), "loss", False)
    assert found.verdict == "better" and found.chosen == found.best == 2 and found.rows == 80
    assert 0.05 < found.low < found.gain < found.high < 0.15


def test_the_best_of_many_equals_is_not_called_better():
    """Each trial alone would pass a test of its own by chance often enough; together they must not."""
    called = 0
    for seed in range(20):
        chance = random.Random(seed)
        equals = [[chance.gauss(1, 0.3) for _ in range(60)] for _ in range(10)]
        found = explain_search(rows(equals), "loss", False)
        called += found.verdict == "better"
    assert called <= 3


def test_settings_within_one_standard_error_are_not_taken():
    chance = random.Random(1)
    base = [chance.gauss(1, 0.3) for _ in range(60)]
    near = [row - 0.002 + (0.1 if at % 2 else -0.1) for at, row in enumerate(base)]  # one standard error is 0.013
    found = explain_search(rows([base, near]), "loss", False)
    assert found.best == 2 and found.chosen == 1 and found.verdict == "can't tell"
    assert "given settings are used" in " ".join(found.told)
    likely = [row - 0.02 + (0.1 if at % 2 else -0.1) for at, row in enumerate(base)]
    found = explain_search(rows([base, likely, near, near]), "loss", False)
    assert found.chosen == 2 and (found.verdict == "better") == (found.low > 0)


def test_the_space_holds_the_given_settings_and_what_rows_method_and_plan_permit():
    knobs = Knobs(learning_rate=2e-4, batch_size=16, micro_batch=8, epochs=2, search_rows=4096, search_passes=3)
    space = space_of(knobs, 2000)
    assert set(space.ranges) == {"learning_rate", "rank", "batch_size", "epochs"} and not space.fixed
    assert space.ranges["batch_size"].choices == (8, 16, 32) and space.ranges["epochs"].choices == (1.0, 2.0, 3.0)
    assert space.rows % 64 == 0 and space.rows <= 2000
    assert given(knobs, space) == {"learning_rate": 2e-4, "rank": 16, "batch_size": 16, "epochs": 2.0}
    few = space_of(knobs.model_copy(update={"search_rows": 512}), 2000)
    assert "epochs" not in few.ranges and "more passes always look better" in few.fixed["epochs"]
    assert "batch_size" not in space_of(knobs, 100).ranges  # too few steps would be left
    whole = space_of(Knobs(method="full", learning_rate=2e-5), 2000)
    assert "rank" not in whole.ranges and whole.ranges["learning_rate"].high == 1e-4


def test_trials_with_other_batches_and_passes_are_looked_at_after_the_same_rows():
    knobs = Knobs(batch_size=16, micro_batch=8, epochs=2, warmup_steps=10, search_rows=2000, search_passes=3)
    space = space_of(knobs, 2000)
    seen = {}
    for batch in (8, 16, 32):
        for passes in (1.0, 3.0):
            one = settings_of(knobs, {"batch_size": batch, "epochs": passes}, 2000)
            assert one.batch_size % one.micro_batch == 0
            assert one.evaluate_every * batch == pytest.approx(knobs.evaluate_every * 16, abs=batch)
            short = as_trial(one, space, 2000)
            steps = round(space.rows * passes / batch)
            seen[batch, passes] = {step * batch for step in range(short.evaluate_every, steps, short.evaluate_every)}
            assert short.warmup_steps / steps == pytest.approx(10 / 250, abs=0.01)
    half = space.rows // 2
    assert all(seen[batch, 1.0] == {half} for batch in (8, 16, 32))
    assert all(seen[batch, 3.0] == {half * at for at in range(1, 6)} for batch in (8, 16, 32))


def reported(study, values, **settings):
    study.enqueue_trial(settings)
    trial = study.ask({"epochs": CategoricalDistribution([1.0, 3.0])})
    for seen, value in values.items():
        trial.report(value, seen)
    return trial


def test_a_trial_is_given_up_at_the_same_rows_and_passes_only():
    study = optuna.create_study(pruner=AtTheSameRows())
    for value in (0.5, 0.6, 0.7):
        study.tell(reported(study, {32: value}, epochs=1.0), value)
    assert reported(study, {32: 0.65}, epochs=1.0).should_prune()
    assert not reported(study, {32: 0.55}, epochs=1.0).should_prune()
    assert not reported(study, {48: 0.9}, epochs=1.0).should_prune()  # nobody was looked at after 48 rows
    assert not reported(study, {32: 0.9}, epochs=3.0).should_prune()  # its learning rate has further to go
    first = reported(study, {32: 0.9}, epochs=1.0)
    first.set_user_attr(GIVEN, True)
    assert not first.should_prune()


TRY = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from backend.training.config import Knobs
    from backend.training.study import *
    from backend.training.study import claimed, let_go
    run_dir, place = Path(sys.argv[1]), int(sys.argv[2])
    knobs = Knobs(search_trials=8)
    with at_place(run_dir, place):
        with turn(run_dir):
            study = opened(run_dir, knobs, place)
        while True:
            with turn(run_dir) as lock:
                repeat_what_was_cut(study, run_dir, place, {"learning_rate": 2e-4})
                if claimed(study) >= knobs.search_trials:
                    break
                def objective(trial, lock=lock):
                    trial.set_user_attr(PLACE, place)
                    let_go(lock)
                    rate = trial.suggest_float("learning_rate", 5e-5, 1e-3, log=True)
                    while (run_dir / "hold").exists():
                        time.sleep(0.05)
                    return rate
                study.optimize(objective, n_trials=1)
""")


def searcher(run_dir, place):
    return subprocess.Popen([sys.executable, "-c", TRY, str(run_dir), str(place)])


def test_two_processes_share_a_study_and_a_killed_one_loses_nothing(tmp_path):
    (tmp_path / "hold").touch()
    first, second = searcher(tmp_path, 0), searcher(tmp_path, 1)
    deadline = time.monotonic() + 120

    def going_on():
        with turn(tmp_path):
            trials = opened(tmp_path, Knobs(), 9).trials
        return {trial.user_attrs.get(PLACE): trial for trial in trials if trial.state == TrialState.RUNNING}

    while set(now := going_on()) != {0, 1}:  # both at work at the same time
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    cut = now[0].params
    (tmp_path / "hold").unlink()
    assert second.wait(timeout=60) == 0
    assert searcher(tmp_path, 0).wait(timeout=60) == 0
    with turn(tmp_path):
        study = opened(tmp_path, Knobs(), 9)
    trials = ended(study)
    assert len(trials) == 8 and sum(bool(trial.user_attrs.get(GIVEN)) for trial in trials) == 1
    assert not study.get_trials(states=(TrialState.RUNNING, TrialState.WAITING))
    assert not cut or cut in [trial.params for trial in trials]
    rates = [trial.params["learning_rate"] for trial in trials]
    assert len(set(rates)) == 8, "two processes drew the same settings"


def test_the_given_settings_are_tried_again_when_their_trial_was_cut(tmp_path):
    knobs = Knobs()
    first = {"learning_rate": 2e-4}
    with at_place(tmp_path, 0), turn(tmp_path):
        study = opened(tmp_path, knobs, 0)
        repeat_what_was_cut(study, tmp_path, 0, first)
        trial = study.ask({"learning_rate": RANGES["learning_rate"]})
        assert trial.params == first and trial.user_attrs[GIVEN]
        repeat_what_was_cut(study, tmp_path, 0, first)  # as after a kill: the trial was never told
        again = study.ask({"learning_rate": RANGES["learning_rate"]})
    assert again.number > trial.number and again.params == first and again.user_attrs[GIVEN]
    assert not ended(study) and RANDOM_FIRST > 1


def test_what_a_search_costs_is_said_in_the_plan_with_its_formula():
    lengths = [(90, 10)] * 2000
    goal = Goal(task="classify", sentence="x", training_hours=3.0)
    speed = Estimate(name="train_speed", low=500, typical=1000, high=2000, unit="tokens/s", formula="f")
    hours = train_hours(speed, tokens=200_000 * 2)
    figures = {"train_speed": speed, "train_hours": hours}
    derived = derive_settings(2000, lengths, 0.1, 4096, gpu=True)

    def planned(**given):
        return with_search(overridden(derived, given), figures, lengths, goal)

    offered, none = planned()
    reason = next(setting.reason for setting in offered if setting.name == "search_trials")
    assert "search_hours" not in none and "8 trials would take" in reason and "an estimate" in reason
    few, many = (planned(search_trials=count)[1]["search_hours"] for count in (4, 12))
    assert few.low < few.typical < few.high and many.typical == pytest.approx(3 * few.typical)
    assert few.formula == "4 trials x D / (tokens/s)"
    capped = planned(search_minutes=5)[1]["search_hours"]
    assert capped.high == pytest.approx(5 / 60) and "at most 5 minutes" in capped.formula
    spread = planned(search_trials=4, search_at_once=2)[1]["search_hours"]
    assert spread.typical == pytest.approx(few.typical / 2) and "2 at once" in spread.formula
    passes = {goal_hours: next(
        setting.value for setting in with_search(derived, figures, lengths, goal.model_copy(
            update={"training_hours": goal_hours}))[0] if setting.name == "search_passes")
        for goal_hours in (0.12, 3.0)}  # fmt: skip
    assert passes == {0.12: 2, 3.0: 3}  # a third pass only where the hours of the goal allow it
