"""Everything a rule may know: one frozen section per step, None while it has not been measured.

Rows are 0-based positions of records in the order of the person's file. Shares and metric scores are
fractions 0–1, memory is GiB, durations carry their unit in the name. Backend measures; rules only read.
"""

from __future__ import annotations

from dataclasses import dataclass

Rows = tuple[int, ...]


@dataclass(frozen=True)
class GoalFacts:
    """Step 1, as the person said it. `fresh_facts` are the phrases that ask for knowledge that changes."""

    task: str  # classify | extract | summarise | translate | answer | structured
    sentence: str
    domain: str = ""
    metric: str | None = None
    suitable_metrics: tuple[str, ...] = ()
    target: float | None = None
    smallest_gain: float | None = None
    good_examples: int = 0
    bad_examples: int = 0
    definition_of_good: str = ""
    expert: str = ""
    trainer: str = ""
    engineering_hours: float | None = None
    complex_task: bool = False
    groups: tuple[str, ...] = ()
    fresh_facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """One group the person named: rows that belong to it, and how many of those had the favourable answer."""

    name: str
    rows: int
    favourable: int | None = None


@dataclass(frozen=True)
class DataFacts:
    """Step 2, the audit. A field is None where the question does not apply or could not be measured."""

    rows: int
    usable_rows: int
    unreadable: tuple[tuple[int, str], ...] = ()  # (line or row, reason)
    empty_inputs: Rows = ()
    empty_answers: Rows = ()
    duplicates: Rows = ()  # every member of a group but the first
    near_duplicates: Rows | None = None  # every member of a group but the first
    conflicts: Rows | None = None  # every member of a group; None where many answers can be right
    label_counts: tuple[tuple[str, int], ...] | None = None  # most frequent first; classification only
    label_spellings: tuple[tuple[str, ...], ...] | None = None  # spellings that differ by case, space, punctuation
    label_spelling_rows: Rows | None = None
    label_errors: Rows | None = None  # worst first
    off_topic: Rows | None = None
    broken_encoding: Rows = ()
    markup: Rows | None = None
    other_language: Rows | None = None
    main_language: str = ""
    cut_off: Rows | None = None
    malformed: Rows | None = None
    refusals: Rows = ()
    placeholders: Rows = ()
    top_answer_share: float | None = None  # share of the commonest answer; open-ended tasks only
    distinct_bigrams: float | None = None  # distinct-2 of the answers (Li et al. 2016); open-ended tasks only
    system_prompts: int = 0  # distinct system prompts
    instructions: int | None = None  # distinct fixed instruction wordings found in front of the inputs
    broken_conversations: tuple[tuple[int, str], ...] = ()
    secrets: Rows = ()
    personal: Rows = ()
    personal_kinds: tuple[tuple[str, int], ...] = ()
    groups: tuple[Group, ...] | None = None  # None when the person named none
    sampled: tuple[tuple[str, int], ...] = ()  # (measurement, rows looked at) where not every row was


@dataclass(frozen=True)
class SplitFacts:
    """Step 2, the split. `smallest_visible_gain` is the 95 % half-width the test rows allow, 0–1."""

    train: int
    validation: int
    test: int
    leaked: Rows = ()  # test or validation rows that are also in train, exactly or nearly
    leaked_near: Rows = ()
    smallest_visible_gain: float = 1.0
    rows_for_smallest_gain: int | None = None


@dataclass(frozen=True)
class CurveFacts:
    """A learning curve: (train rows, validation score) points. `flat` is None when it can't be told."""

    points: tuple[tuple[int, float], ...]
    flat: bool | None
    gain_of_doubling: tuple[float, float] | None = None  # low, high of the forecast gain
    learner: str = ""


@dataclass(frozen=True)
class ArmFacts:
    """One measured way of prompting, or the trivial baseline, on the validation rows."""

    name: str
    kind: str  # trivial | bare | prompt | few-shot
    decoding: str  # free | labels | none
    value: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True)
class TrialsFacts:
    """Step 3. `probe_gain` is what some dozen training steps added over the best arm; None if not probed."""

    model: str
    arms: tuple[ArmFacts, ...]
    baseline: ArmFacts
    best: ArmFacts
    beats_baseline: bool | None  # paired test of best arm against the baseline; None: can't tell
    prompt_lacks: tuple[str, ...] = ()  # of: task, output form, constraint, audience
    prompt_open_wording: tuple[str, ...] = ()
    probe_gain: float | None = None


@dataclass(frozen=True)
class ModelFacts:
    """Step 4, about the chosen base model. `rivals` are (name, bits per byte) of the other candidates."""

    name: str
    billions: float
    context_tokens: int
    longest_input_tokens: int
    unsafe_files: tuple[str, ...] = ()
    remote_code: bool = False
    licence: str = ""
    bits_per_byte: float | None = None
    rivals: tuple[tuple[str, float], ...] = ()
    smaller_failed: bool = False
    rows_too_long: Rows = ()
    rows_answer_cut: Rows = ()
    planned_tokens: int = 0


@dataclass(frozen=True)
class PlanFacts:
    """Step 4, estimates (low, typical, high) beside what the person has. None: not asked for or unknown."""

    train_gib: tuple[float, float, float]
    serve_gib: tuple[float, float, float]
    available_gib: float | None
    hours: tuple[float, float, float] | None
    hours_allowed: float | None = None
    cost: tuple[float, float, float] | None = None
    cost_allowed: float | None = None
    ttft_ms: tuple[float, float, float] | None = None
    tpot_ms: tuple[float, float, float] | None = None
    ttft_target_ms: float | None = None
    tpot_target_ms: float | None = None
    steps: int = 0
    early_stopping: bool = True
    search_trials: int = 0
    prompt_matches: bool = True  # the prompt and chat template in training are the ones to be served


@dataclass(frozen=True)
class ReviewFacts:
    """Step 5, what the expert looked at. `agreement` is Cohen's kappa on rows two people judged."""

    required: int
    reviewed: int
    rejected: int
    bad_share_upper: float  # one-sided exact 95 % upper bound of the rejected share
    overlap: int = 0
    agreement: float | None = None


@dataclass(frozen=True)
class SignOffFacts:
    """Step 5, the signature. `changed_since` names the records that are not the ones signed."""

    signer: str
    trainer: str
    changed_since: tuple[str, ...] = ()
    stand_in: bool = False


@dataclass(frozen=True)
class RunFacts:
    """Step 6, a finished run. Losses are mean cross-entropy per answer token, in nats."""

    steps: int
    early_stopping: bool
    search_trials: int
    train_loss: float
    validation_loss: float
    best_validation_loss: float
    used_best_checkpoint: bool
    validation_rising: bool = False
    largest_logit_change: float | None = None  # tuned against base on the same tokens


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


@dataclass(frozen=True)
class ReadingFacts:
    """What a person read of the outputs. `stand_in` when nobody but the demo marked them."""

    read: int
    error_groups: int = 0
    error_groups_explained: int = 0
    stand_in: bool = False


@dataclass(frozen=True)
class ServingFacts:
    """Step 9, the parity check between the trainer's and the endpoint's prompts and greedy outputs."""

    prompts: int
    token_mismatches: int
    output_mismatches: int
    prompt_matches: bool = True


@dataclass(frozen=True)
class LatencyFacts:
    """Step 9, the measured latency at the number of users asked for."""

    verdict: str  # pass | fail | borderline | invalid
    good: int
    of: int
    low: float
    high: float
    share: float
    users: int


@dataclass(frozen=True)
class Facts:
    """All that is known about a project at one moment."""

    goal: GoalFacts | None = None
    data: DataFacts | None = None
    split: SplitFacts | None = None
    curve: CurveFacts | None = None
    trials: TrialsFacts | None = None
    model: ModelFacts | None = None
    plan: PlanFacts | None = None
    review: ReviewFacts | None = None
    signoff: SignOffFacts | None = None
    run: RunFacts | None = None
    evaluation: EvaluationFacts | None = None
    reading: ReadingFacts | None = None
    serving: ServingFacts | None = None
    latency: LatencyFacts | None = None

    def at(self, path: str) -> object:
        """The value at a dotted path such as `data.label_errors`; None as soon as a part is not measured.

        Raises AttributeError for a name that does not exist, so that a typing mistake in a rule shows.
        """
        value: object = self
        for name in path.split("."):
            if value is None:
                return None
            value = getattr(value, name)
        return value
