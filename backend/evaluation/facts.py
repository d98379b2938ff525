"""From scored arms to what the rules may know about trials and evaluation, and to the evaluation JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain import Arm, Contrast, Evaluation, Example
from backend.evaluation.compare import BASE, PROMPT, TUNED, compare_arms
from backend.evaluation.slices import group_scores, slices
from rules.facts import ArmFacts, DifferenceFacts, EvaluationFacts, SliceFacts, TrialsFacts


def arm_facts(arm: Arm, metric: str, trivial: bool = False) -> ArmFacts:
    """One arm on one metric; the trivial baseline has no decoding."""
    score = arm.metrics[metric]
    return ArmFacts(
        name=arm.prompt.name,
        kind="trivial" if trivial else arm.prompt.kind,
        decoding="none" if trivial else arm.prompt.decoding,
        value=score["value"],
        low=score["low"],
        high=score["high"],
        rows=int(score["rows"]),
    )


def best_arm(arms: Sequence[Arm], metric: str) -> Arm:
    """The arm with the highest score; the first of equals. Raises ValueError without arms."""
    return max(arms, key=lambda arm: arm.metrics[metric]["value"])


def trials_facts(
    model: str,
    arms: Sequence[Arm],
    baseline: Arm,
    examples: Sequence[Example],
    *,
    task: str,
    metric: str,
    labels: Sequence[str] = (),
    best: str | None = None,
    prompt_lacks: tuple[str, ...] | None = (),
    prompt_open_wording: tuple[str, ...] = (),
    probe_gain: float | None = None,
) -> TrialsFacts:
    """Step 3: every arm, the baseline, and whether the best arm (named, or the highest) beats it for sure.

    `beats_baseline` is None where a paired test can't tell, `prompt_lacks` where the wording is not judged.
    Raises StopIteration for a name no arm has.
    """
    winner = best_arm(arms, metric) if best is None else next(arm for arm in arms if arm.prompt.name == best)
    told = compare_arms(baseline, winner, examples, task=task, metric=metric, labels=labels)
    return TrialsFacts(
        model=model,
        arms=tuple(arm_facts(arm, metric) for arm in arms),
        baseline=arm_facts(baseline, metric, trivial=True),
        best=arm_facts(winner, metric),
        beats_baseline={"better": True, "worse": False, "can't tell": None}[told.verdict],
        prompt_lacks=prompt_lacks,
        prompt_open_wording=prompt_open_wording,
        probe_gain=probe_gain,
    )


def evaluation_facts(
    tuned: Arm,
    comparisons: Sequence[Contrast],
    examples: Sequence[Example],
    *,
    task: str,
    metric: str,
    labels: Sequence[str] = (),
    endless: int = 0,
    probe: tuple[SliceFacts, SliceFacts, DifferenceFacts] | None = None,
    identity_changes: tuple[int, int, int] | None = None,
    test_openings: int = 1,
) -> EvaluationFacts:
    """Step 7, from the tuned arm and the comparisons; `endless` counts answers that never stop, of all rows.

    Groups are those in the examples; without two of ten rows each the group facts stay None.
    """
    groups = group_scores(tuned, examples, task=task, metric=metric, labels=labels)
    before, after, drop = probe or (None, None, None)
    return EvaluationFacts(
        whole=tuned.metrics[metric]["value"],
        differences=tuple(_difference(contrast) for contrast in comparisons if contrast.second == TUNED),
        slices=slices(tuned, examples, task=task, metric=metric, labels=labels),
        endless=endless,
        sampled=len(tuned.rows),
        probe_base=before,
        probe_tuned=after,
        probe_drop=drop,
        group_scores=groups[0] if groups else None,
        group_gap=groups[1] if groups else None,
        identity_changes=identity_changes,
        test_openings=test_openings,
    )


def _difference(contrast: Contrast) -> DifferenceFacts:
    return DifferenceFacts(
        metric=contrast.metric,
        against=contrast.first,
        difference=contrast.difference,
        low=contrast.low,
        high=contrast.high,
        p_value=contrast.p_value,
        verdict=contrast.verdict,
        rows=contrast.rows,
        rows_needed=contrast.rows_needed,
        primary=contrast.primary,
    )


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation for programs: `arms[arm][metric]` is {"value", "low", "high", "rows"}; arms are called
    base, prompt and tuned, as in the comparisons. Raises ValueError unless the evaluation holds these three.
    """
    arms = dict(zip((BASE, PROMPT, TUNED), evaluation.arms, strict=True))
    return {
        "run": evaluation.run_id,
        "arms": {
            name: {metric: _score(**score) for metric, score in arm.metrics.items()} for name, arm in arms.items()
        },
        "prompts": {name: arm.prompt.name for name, arm in arms.items()},
        "comparisons": [contrast.model_dump(mode="json") for contrast in evaluation.comparisons],
        "slices": [{"name": s.name, **_score(s.value, s.low, s.high, s.rows)} for s in evaluation.facts.slices],
        "test_openings": evaluation.facts.test_openings,
    }


def _score(value: float, low: float, high: float, rows: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high, "rows": int(rows)}
