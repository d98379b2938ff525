"""From scored arms to what the rules may know about trials and evaluation, and to the evaluation JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.domain import Arm, Contrast, Evaluation, Example
from backend.evaluation.compare import BASE, PROMPT, TUNED
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


def trials_facts(
    model: str,
    arms: Sequence[Arm],
    baseline: Arm,
    best: str,
    metric: str,
    *,
    beats_baseline: bool | None,
    prompt_lacks: tuple[str, ...] = (),
    prompt_open_wording: tuple[str, ...] = (),
    probe_gain: float | None = None,
) -> TrialsFacts:
    """Step 3: every arm on one metric beside the trivial baseline; `best` is the name of the arm that was chosen.

    `beats_baseline` is the paired verdict of best against baseline, None: can't tell. Raises KeyError for a name
    that no arm has.
    """
    known = {arm.prompt.name: arm_facts(arm, metric) for arm in arms}
    return TrialsFacts(
        model=model,
        arms=tuple(known.values()),
        baseline=arm_facts(baseline, metric, trivial=True),
        best=known[best],
        beats_baseline=beats_baseline,
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
