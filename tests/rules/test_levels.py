"""Where severity, waiver or gate depend on the numbers: each level is reached, and only when it should be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.facts import (
    ArmFacts,
    CurveFacts,
    DataFacts,
    DifferenceFacts,
    EvaluationFacts,
    Facts,
    GoalFacts,
    Group,
    LatencyFacts,
    ModelFacts,
    PlanFacts,
    ReadingFacts,
    ReviewFacts,
    RunFacts,
    ServingFacts,
    SignOffFacts,
    SliceFacts,
    SplitFacts,
    TrialsFacts,
)
from rules.judge import all_rules, ask
from rules.rule import Rule

RULES: dict[str, Rule] = {rule.id: rule for rule in all_rules()}
ROWS = tuple(range(12))
DATA = DataFacts(rows=1000, usable_rows=1000)
GOAL = GoalFacts("classify", "Sort mails into spam and ham.")
BASELINE = ArmFacts("commonest answer", "trivial", "none", 0.5, 0.43, 0.57, 200)
BEST = ArmFacts("improved", "prompt", "labels", 0.7, 0.63, 0.76, 200)
ARMS = (BASELINE, BEST, replace(BEST, name="bare", kind="bare"), replace(BEST, name="4 examples", kind="few-shot"))
TRIALS = TrialsFacts("small", ARMS, BASELINE, BEST, True)
MODEL = ModelFacts("small", 0.1, 2048, 300)
PLAN = PlanFacts((1, 2, 3), (1, 2, 3), 8, (1, 2, 3), steps=200, search_trials=4)
RUN = RunFacts(200, True, 4, 0.4, 0.45, 0.45, True)
EVALUATION = EvaluationFacts(0.8, ())
REVIEW = ReviewFacts(60, 60, 0, 0.049, overlap=20)
CURVE = CurveFacts(((100, 0.6), (200, 0.7)), flat=False)
MEASURED = replace(CURVE, flat=None, measured=True)
BETTER = DifferenceFacts("accuracy", "prompt", 0.2, 0.1, 0.3, 0.001, "better", 200)
WORSE = replace(BETTER, difference=-0.2, low=-0.3, high=-0.1, verdict="worse")
DROP = DifferenceFacts("probe", "base", -0.2, -0.3, -0.1, 0.001, "worse", 100)


def data(**changes: object) -> Facts:
    return Facts(data=replace(DATA, **changes))


def training_pairs(count: int, curve: CurveFacts | None = None, trials: TrialsFacts | None = None) -> Facts:
    return Facts(data=DATA, split=SplitFacts(count, 100, 100), curve=curve, trials=trials)


def model(**changes: object) -> Facts:
    return Facts(model=replace(MODEL, **changes))


def plan(run: RunFacts | None = None, **changes: object) -> Facts:
    return Facts(plan=replace(PLAN, **changes), run=run)


def trials(**changes: object) -> Facts:
    return Facts(goal=replace(GOAL, target=0.9), trials=replace(TRIALS, **changes))


def evaluation(**changes: object) -> Facts:
    return Facts(evaluation=replace(EVALUATION, **changes))


def groups(first: tuple[int, int], second: tuple[int, int]) -> Facts:
    return data(groups=(Group("women", *first), Group("men", *second)))


CASES: list[tuple[str, Facts, str, bool, str]] = [
    # rule, facts, state, waivable, gate
    ("duplicate-rows", data(duplicates=ROWS), "warn", False, "prompt"),
    ("duplicate-rows", data(duplicates=tuple(range(201))), "block", False, "prompt"),
    ("duplicate-rows", data(duplicates=tuple(range(200))), "warn", False, "prompt"),
    ("conflicting-answers", data(conflicts=(1, 2)), "warn", False, "prompt"),
    ("conflicting-answers", data(conflicts=ROWS), "block", True, "prompt"),
    ("mislabelled-rows", data(label_errors=ROWS), "warn", False, "prompt"),
    ("mislabelled-rows", data(label_errors=tuple(range(60))), "block", True, "prompt"),
    ("off-topic-rows", data(off_topic=ROWS), "warn", False, "prompt"),
    ("off-topic-rows", data(off_topic=tuple(range(301))), "block", True, "prompt"),
    ("broken-encoding", data(broken_encoding=(1,)), "warn", False, "prompt"),
    ("broken-encoding", data(broken_encoding=ROWS), "block", False, "prompt"),
    ("malformed-answers", data(malformed=(1,)), "warn", False, "prompt"),
    ("malformed-answers", data(malformed=ROWS), "block", True, "prompt"),
    ("refusal-answers", data(refusals=(1,)), "warn", False, "prompt"),
    ("refusal-answers", data(refusals=ROWS), "block", True, "prompt"),
    ("placeholder-answers", data(placeholders=(1,)), "warn", False, "prompt"),
    ("placeholder-answers", data(placeholders=ROWS), "block", True, "prompt"),
    ("personal-data", data(personal=(1,)), "block", True, "prompt"),
    ("secrets", data(secrets=(1,)), "block", False, "prompt"),
    ("too-few-examples", training_pairs(1000), "passed", False, ""),
    ("too-few-examples", training_pairs(999), "block", False, "signoff"),
    ("too-few-examples", training_pairs(999, CURVE), "block", False, "signoff"),
    ("too-few-examples", training_pairs(999, None, TRIALS), "block", False, "signoff"),
    ("too-few-examples", training_pairs(999, CURVE, TRIALS), "block", True, "signoff"),
    ("too-few-examples", training_pairs(999, replace(CURVE, flat=None), TRIALS), "block", False, "signoff"),
    ("too-few-examples", training_pairs(999, MEASURED, TRIALS), "block", True, "signoff"),
    ("too-few-examples", training_pairs(200, CURVE, TRIALS), "block", True, "signoff"),
    ("too-few-examples", training_pairs(199, CURVE, TRIALS), "block", False, "prompt"),
    ("too-few-examples", training_pairs(49, CURVE, TRIALS), "block", False, "prompt"),
    ("more-than-needed", training_pairs(9000), "warn", False, "prompt"),
    ("more-than-needed", training_pairs(9000, CURVE), "passed", False, ""),
    ("more-than-needed", replace(training_pairs(9000), goal=replace(GOAL, complex_task=True)), "passed", False, ""),
    ("class-imbalance", data(label_counts=(("ham", 1000),)), "warn", False, "prompt"),
    ("rows-too-long", model(rows_too_long=(1,)), "warn", False, "signoff"),
    ("rows-too-long", model(rows_too_long=(1,), rows_answer_cut=(1,)), "block", False, "signoff"),
    ("outcome-skew", groups((100, 40), (100, 60)), "warn", False, "prompt"),
    ("outcome-skew", groups((100, 20), (100, 60)), "block", True, "prompt"),
    ("outcome-skew", groups((29, 2), (100, 60)), "note", False, "prompt"),
    ("outcome-skew", groups((30, 15), (100, 66)), "note", False, "prompt"),
    ("outcome-skew", groups((100, 0), (100, 0)), "note", False, "prompt"),
    ("group-missing", Facts(goal=replace(GOAL, groups=("women", "men")), data=replace(DATA, groups=(Group("men", 9),))), "warn", False, "prompt"),  # noqa: E501
    ("no-definition-of-good", Facts(goal=replace(GOAL, definition_of_good="As the team.")), "warn", False, "data"),
    ("no-definition-of-good", Facts(goal=replace(GOAL, good_examples=3, bad_examples=1)), "block", False, "data"),
    ("vague-prompt", trials(prompt_lacks=("audience",)), "warn", False, "plan"),
    ("vague-prompt", trials(prompt_lacks=("audience", "constraint")), "block", True, "plan"),
    ("vague-prompt", trials(prompt_lacks=("output form",)), "block", True, "plan"),
    ("vague-prompt", trials(prompt_open_wording=("nice",)), "block", True, "plan"),
    ("prompt-not-tried", trials(), "passed", False, ""),
    ("prompt-not-tried", trials(arms=ARMS[:3]), "block", False, "plan"),
    ("prompt-not-tried", replace(trials(), model=replace(MODEL, name="another")), "block", False, "signoff"),
    ("prompt-already-enough", replace(trials(), goal=replace(GOAL, target=0.7)), "block", True, "plan"),
    ("base-model-too-weak", trials(beats_baseline=None), "block", True, "plan"),
    ("base-model-too-weak", trials(beats_baseline=False, probe_gain=-0.01), "block", True, "plan"),
    ("base-model-too-weak", trials(beats_baseline=False, probe_gain=0.2), "passed", False, ""),
    ("model-too-large", model(billions=70), "block", True, "signoff"),
    ("model-too-large", model(billions=70, smaller_failed=True), "passed", False, ""),
    ("model-off-domain", model(bits_per_byte=1.0, rivals=(("b", 0.85),)), "warn", False, "signoff"),
    ("model-off-domain", model(bits_per_byte=1.0, rivals=(("b", 0.7),)), "block", True, "signoff"),
    ("model-off-domain", model(bits_per_byte=1.0), "not asked", False, ""),
    ("will-not-fit", plan(train_gib=(6, 7, 9)), "warn", False, "signoff"),
    ("will-not-fit", plan(serve_gib=(6, 9, 10)), "block", False, "signoff"),
    ("will-not-fit", plan(available_gib=None), "not asked", False, ""),
    ("too-slow-to-serve", plan(), "not asked", False, ""),
    ("too-slow-to-serve", plan(tpot_ms=(10, 40, 60), tpot_target_ms=50), "warn", False, "signoff"),
    ("too-slow-to-serve", plan(tpot_ms=(10, 55, 60), tpot_target_ms=50), "block", True, "signoff"),
    ("over-budget", plan(cost=(5, 20, 40), cost_allowed=10), "warn", False, "signoff"),
    ("over-budget", plan(cost=(5, 8, 40), cost_allowed=10), "passed", False, ""),
    ("no-early-stopping", plan(early_stopping=False), "warn", False, "signoff"),
    ("no-early-stopping", plan(run=replace(RUN, early_stopping=False)), "block", True, "serve"),
    ("no-early-stopping", plan(run=RUN, early_stopping=False), "passed", False, ""),
    ("untuned-settings", plan(search_trials=0), "warn", False, "serve"),
    ("untuned-settings", plan(run=replace(RUN, search_trials=1)), "block", True, "serve"),
    ("overfitted", Facts(run=replace(RUN, validation_loss=0.7)), "warn", False, "serve"),
    ("overfitted", Facts(run=replace(RUN, validation_rising=True, used_best_checkpoint=False)), "block", True, "serve"),
    ("overfitted", Facts(run=replace(RUN, used_best_checkpoint=False)), "passed", False, ""),
    ("adapter-has-no-effect", Facts(run=replace(RUN, largest_logit_change=0.0)), "block", False, "evaluate"),
    ("adapter-has-no-effect", Facts(run=RUN), "not asked", False, ""),
    ("reviewers-disagree", Facts(review=replace(REVIEW, agreement=0.55)), "warn", False, "train"),
    ("reviewers-disagree", Facts(review=replace(REVIEW, agreement=0.3)), "block", True, "train"),
    ("reviewers-disagree", Facts(review=REVIEW), "not asked", False, ""),
    ("signoff-outdated", Facts(signoff=SignOffFacts("Ada", "Bob", ("plan",))), "block", False, "train"),
    ("signed-by-trainer", Facts(signoff=SignOffFacts("demo", "Bob", stand_in=True)), "warn", False, "train"),
    ("never-stops", evaluation(endless=1, sampled=100), "warn", False, "serve"),
    ("never-stops", evaluation(endless=5, sampled=100), "block", False, "serve"),
    ("never-stops", evaluation(), "not asked", False, ""),
    ("gain-within-noise", evaluation(), "not asked", False, ""),
    ("gain-within-noise", evaluation(differences=(replace(BETTER, verdict="can't tell"),)), "block", True, "serve"),
    ("gain-within-noise", evaluation(differences=(replace(BETTER, against="base"),)), "not asked", False, ""),
    ("worse-than-base", evaluation(differences=(WORSE,)), "block", False, "serve"),
    ("worse-than-base", evaluation(differences=(BETTER, replace(WORSE, primary=False))), "passed", False, ""),
    ("weak-slice", evaluation(slices=(SliceFacts("few", 0.1, 0.0, 0.4, 9),)), "passed", False, ""),
    ("lost-elsewhere", evaluation(probe_drop=replace(DROP, difference=-0.05)), "warn", False, "serve"),
    ("lost-elsewhere", evaluation(probe_drop=DROP), "block", True, "serve"),
    ("lost-elsewhere", evaluation(probe_drop=replace(DROP, verdict="can't tell")), "passed", False, ""),
    ("answers-not-read", evaluation(), "block", False, "serve"),
    ("answers-not-read", replace(evaluation(), reading=ReadingFacts(30)), "passed", False, ""),
    ("answers-not-read", replace(evaluation(), reading=ReadingFacts(30, stand_in=True)), "warn", False, "serve"),
    ("errors-not-explained", Facts(reading=ReadingFacts(30, 2, 0)), "block", True, "serve"),
    ("group-quality-gap", evaluation(group_gap=(0.15, -0.02, 0.3)), "warn", False, "serve"),
    ("group-quality-gap", evaluation(group_gap=(0.25, 0.12, 0.3)), "block", True, "serve"),
    ("changes-with-identity", evaluation(identity_changes=(100, 30, 30)), "note", False, "serve"),
    ("changes-with-identity", evaluation(identity_changes=(100, 5, 10)), "warn", False, "serve"),
    ("changes-with-identity", evaluation(identity_changes=(100, 5, 20)), "block", True, "serve"),
    ("serve-mismatch", Facts(serving=ServingFacts(100, 0, 2)), "warn", False, "report"),
    ("serve-mismatch", Facts(serving=ServingFacts(100, 0, 10)), "block", False, "report"),
    ("serve-mismatch", Facts(serving=ServingFacts(100, 1, 0)), "block", False, "report"),
    ("serve-mismatch", Facts(serving=ServingFacts(100, 0, 0, prompt_matches=False)), "block", False, "report"),
    ("serve-mismatch", Facts(serving=ServingFacts(0, 0, 0)), "block", False, "report"),
    ("serve-mismatch", Facts(serving=ServingFacts(20, 0, 0, near_ties=3)), "note", False, "report"),
    ("misses-latency-target", Facts(latency=LatencyFacts("fail", 1, 200, 0, 0.1, 0.95, 4)), "block", True, "report"),
    ("misses-latency-target", Facts(latency=LatencyFacts("borderline", 190, 200, 0.9, 0.97, 0.95, 4)), "warn", False, "report"),  # noqa: E501
    ("misses-latency-target", Facts(latency=LatencyFacts("invalid", 0, 0, 0, 1, 0.95, 4)), "warn", False, "report"),
]


@pytest.mark.parametrize(("rule", "facts", "state", "waivable", "gate"), CASES, ids=lambda value: value if isinstance(value, str) else "")  # noqa: E501
def test_the_level_follows_the_numbers(rule: str, facts: Facts, state: str, waivable: bool, gate: str) -> None:
    verdict = ask(RULES[rule], facts, {})
    assert verdict.state == state, verdict
    worst = [finding for finding in verdict.findings if finding.severity == state]
    assert [(finding.waivable, finding.gate) for finding in worst[:1]] == ([(waivable, gate)] if gate else [])


def test_every_rule_whose_header_promises_a_block_reaches_one() -> None:
    reached = {rule for rule, _, state, _, _ in CASES if state == "block"}
    reached |= {rule.id for rule in RULES.values() if ask(rule, rule.fires_on, {}).state == "block"}
    assert reached == {rule.id for rule in RULES.values() if "block" in (rule.levels or rule.severity)}


def test_a_finding_carries_every_affected_row() -> None:
    near = Facts(split=SplitFacts(800, 100, 100, leaked=(12, 3, 40), leaked_near=(40, 41)))
    (finding,) = ask(RULES["leaked-rows"], near, {}).findings
    assert finding.rows == (3, 12, 40, 41)
    (finding,) = ask(RULES["mislabelled-rows"], data(label_errors=(9, 2, 5)), {}).findings
    assert finding.rows == (9, 2, 5)  # worst first, as measured
    cut, partly = ask(
        RULES["rows-too-long"], Facts(model=replace(MODEL, rows_too_long=(1, 2), rows_answer_cut=(2,))), {}
    ).findings
    assert (cut.rows, partly.rows) == ((2,), (1,))


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_what_was_measured_is_past_the_limit_told_whatever_the_severity(rule: Rule) -> None:
    sides: dict[str, set[bool]] = {}
    for facts in (rule.fires_on, *(facts for name, facts, *_ in CASES if name == rule.id)):
        for finding in ask(rule, facts, {}).findings:
            if finding.measured is not None and finding.threshold not in (None, finding.measured):
                sides.setdefault(finding.unit, set()).add(finding.measured > finding.threshold)
    assert all(len(side) == 1 for side in sides.values()), sides


@pytest.mark.parametrize(
    ("rule", "facts", "measured", "threshold"),
    [
        ("reviewers-disagree", Facts(review=replace(REVIEW, agreement=0.3)), 0.3, 0.4),
        ("reviewers-disagree", Facts(review=replace(REVIEW, agreement=0.5)), 0.5, 0.6),
        ("model-off-domain", model(bits_per_byte=1.0, rivals=(("b", 0.7),)), 0.3, 0.25),
        ("changes-with-identity", evaluation(identity_changes=(100, 5, 20)), 0.15, 0.1),
        ("changes-with-identity", evaluation(identity_changes=(100, 5, 10)), 0.1, 0.05),
        ("never-stops", evaluation(endless=1, sampled=100), 0.01, 0),
        ("lost-elsewhere", evaluation(probe_drop=replace(DROP, difference=-0.05)), -0.05, 0),
        ("will-not-fit", plan(train_gib=(6, 7, 9)), 9, 8),
        ("too-slow-to-serve", plan(tpot_ms=(10, 40, 60), tpot_target_ms=50), 60, 50),
        ("overfitted", Facts(run=replace(RUN, validation_rising=True)), None, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_finding_names_the_number_and_the_limit_that_decided(
    rule: str, facts: Facts, measured: float | None, threshold: float | None
) -> None:
    (finding,) = ask(RULES[rule], facts, {}).findings
    assert finding.measured == pytest.approx(measured) and finding.threshold == threshold


def test_the_limit_told_is_the_one_that_decided() -> None:
    for rows, told in ((200, ("warn", 200, 0)), (201, ("block", 201, 200))):
        (finding,) = ask(RULES["duplicate-rows"], data(duplicates=tuple(range(rows))), {}).findings
        assert (finding.severity, finding.measured, finding.threshold, finding.unit) == (*told, "rows")


def test_the_test_rows_needed_are_named() -> None:
    facts = Facts(
        goal=replace(GOAL, smallest_gain=0.03),
        split=SplitFacts(800, 100, 100, smallest_visible_gain=0.1, rows_for_smallest_gain=1234),
    )
    (finding,) = ask(RULES["test-set-too-small"], facts, {}).findings
    assert "1,234 test rows" in finding.message
    assert (finding.measured, finding.threshold, finding.waivable) == (0.1, 0.03, True)


def test_what_a_waiver_needs_is_said() -> None:
    (finding,) = ask(RULES["too-few-examples"], training_pairs(400), {}).findings
    assert "learning curve" in finding.message
    assert "without tuning" in finding.message
    assert "tunewise waive" in finding.fix
    (finding,) = ask(RULES["too-few-examples"], training_pairs(40), {}).findings
    assert "cannot be waived" in finding.message


@pytest.mark.parametrize(
    ("main", "said"),
    [
        ("English", "In another language than English: 12"),
        ("Cyrillic", "Not in the Cyrillic script: 12"),
        ("Hindi", "Not in the Devanagari script: 12"),
        ("nap", "In another language: 12"),  # a code, for want of a name
        ("", "In another language: 12"),
    ],
)
def test_the_main_language_is_said_in_words(main: str, said: str) -> None:
    (finding,) = ask(RULES["mixed-languages"], data(other_language=ROWS, main_language=main), {}).findings
    assert finding.message.startswith(said)
