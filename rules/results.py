"""What the steps after training measured: comparisons, readings, the served model. Units as in `rules.facts`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DifferenceFacts:
    """Tuned minus another arm on one metric, paired over the sealed test rows."""

    metric: str
    against: str  # base | prompt
    difference: float
    low: float
    high: float
    p_value: float
    verdict: str  # better | worse | can't tell
    rows: int
    rows_needed: int | None = None
    primary: bool = True


@dataclass(frozen=True)
class SliceFacts:
    """A part of the test rows: how the tuned model scores on it, with its interval."""

    name: str
    value: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True)
class EvaluationFacts:
    """Step 7. `endless` are sampled answers that ran into the length limit though the reference did not."""

    whole: float
    differences: tuple[DifferenceFacts, ...]
    slices: tuple[SliceFacts, ...] = ()
    endless: int = 0
    sampled: int = 0
    probe_base: SliceFacts | None = None  # the general probe, base model
    probe_tuned: SliceFacts | None = None
    probe_drop: DifferenceFacts | None = None
    group_scores: tuple[SliceFacts, ...] | None = None
    group_gap: tuple[float, float, float] | None = None  # difference between best and worst group, low, high
    identity_changes: tuple[int, int, int] | None = None  # rows swapped, changed for base, changed for tuned
    test_openings: int = 1

    @property
    def primary(self) -> tuple[DifferenceFacts, ...] | None:
        """The comparisons on primary metrics; None when nothing was compared."""
        return tuple(gap for gap in self.differences if gap.primary) or None

    @property
    def against_prompt(self) -> tuple[DifferenceFacts, ...] | None:
        """The primary comparisons with the best prompt on the base model; None when there is none."""
        return tuple(gap for gap in self.primary or () if gap.against == "prompt") or None

    @property
    def endless_share(self) -> float | None:
        """The share of sampled answers that never stop, 0–1; None when no answer was sampled."""
        return self.endless / self.sampled if self.sampled > 0 else None


@dataclass(frozen=True)
class ReadingFacts:
    """What a person read of the outputs. `stand_in` when nobody but the demo marked them."""

    read: int
    error_groups: int = 0
    error_groups_explained: int = 0
    stand_in: bool = False


@dataclass(frozen=True)
class ServingFacts:
    """Step 9, the parity check between the trainer's and the endpoint's prompts and greedy outputs.

    A prompt counts once, whichever of the served models differs. `near_ties` are answers that part only where two
    words were as good as equally likely; they are not among the `output_mismatches`.
    """

    prompts: int
    token_mismatches: int
    output_mismatches: int
    prompt_matches: bool = True
    near_ties: int = 0


@dataclass(frozen=True)
class LatencyFacts:
    """Step 9, the measured latency at the number of users asked for.

    `recalibrated` names the test by which the plan's latency estimate was corrected; "" when it was not.
    """

    verdict: str  # pass | fail | borderline | invalid
    good: int
    of: int
    low: float
    high: float
    share: float
    users: int
    recalibrated: str = ""
