"""Everything a rule may know: one frozen section per step, None while it has not been measured.

Rows are 0-based positions of records in the order of the person's file. Shares and metric scores are
fractions 0–1, memory is GiB, durations carry their unit in the name. Backend measures; rules only read.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules.results import DifferenceFacts, EvaluationFacts, LatencyFacts, ReadingFacts, ServingFacts, SliceFacts

__all__ = [
    "ArmFacts",
    "CurveFacts",
    "DataFacts",
    "DifferenceFacts",
    "EvaluationFacts",
    "Facts",
    "GoalFacts",
    "Group",
    "LatencyFacts",
    "ModelFacts",
    "PlanFacts",
    "Range",
    "ReadingFacts",
    "ReviewFacts",
    "Rows",
    "RunFacts",
    "ServingFacts",
    "SignOffFacts",
    "SliceFacts",
    "SplitFacts",
    "TrialsFacts",
]

Rows = tuple[int, ...]
Range = tuple[float, float, float]
"""An estimate: low, typical, high."""


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
    """One group the person named: rows that belong to it, and how many of those had the favourable answer.

    `favourable` is None where no answer was named. Raises ValueError for more favourable rows than rows.
    """

    name: str
    rows: int
    favourable: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= (self.favourable or 0) <= self.rows:
            raise ValueError(f"group {self.name}: {self.favourable} favourable rows of {self.rows}")


@dataclass(frozen=True)
class DataFacts:
    """Step 2, the audit. A field is None where the question does not apply or could not be measured."""

    rows: int
    usable_rows: int
    unreadable: tuple[tuple[int, str], ...] = ()  # (row, reason; of text files and sheets it begins with the place)
    empty_inputs: Rows = ()
    empty_answers: Rows = ()
    duplicates: Rows = ()  # every member of a group but the first
    near_duplicates: Rows | None = None  # every member of a group but the first
    repeats: tuple[tuple[int, int], ...] = ()  # (row of the two above, the first of its group)
    conflicts: Rows | None = None  # every member of a group; None where many answers can be right
    label_counts: tuple[tuple[str, int], ...] | None = None  # most frequent first; classification only
    label_spellings: tuple[tuple[str, ...], ...] | None = None  # groups of spellings of one label, commonest first
    label_spelling_rows: Rows | None = None
    label_errors: Rows | None = None  # worst first
    off_topic: Rows | None = None
    read_whole: bool = True  # whether some rows were read as wholes to find these, where that tells of more
    broken_encoding: Rows = ()
    markup: Rows | None = None
    other_language: Rows | None = None
    main_language: str = ""
    cut_off: Rows | None = None
    malformed: Rows | None = None
    refusals: Rows = ()
    placeholders: Rows = ()
    top_answer_share: float | None = None  # share of the commonest answer; open-ended tasks only
    top_answer_rows: Rows = ()  # rows with the commonest answer, where it is common
    looping: Rows = ()  # rows whose answer says the same words again and again; open-ended tasks only
    distinct_bigrams: float | None = None  # distinct-2 of the answers (Li et al. 2016); open-ended tasks only
    system_prompts: int = 0  # distinct system prompts
    instructions: int | None = None  # distinct fixed instruction wordings found in front of the inputs
    broken_conversations: tuple[tuple[int, str], ...] = ()
    secrets: Rows = ()
    personal: Rows = ()
    personal_kinds: tuple[tuple[str, int], ...] = ()
    groups: tuple[Group, ...] | None = None  # None when the person named none
    without_group: int = 0  # rows whose group column is empty, where others' is not and groups are compared
    in_several_groups: int = 0  # rows that belong to more than one of `groups`, and count in each
    sampled: tuple[tuple[str, int], ...] = ()  # (measurement, rows looked at) where not every row was

    @property
    def compared_groups(self) -> tuple[Group, ...] | None:
        """The groups with rows whose favourable answers were counted; None with fewer than two to compare."""
        counted = tuple(group for group in self.groups or () if group.rows and group.favourable is not None)
        return counted if len(counted) > 1 else None


@dataclass(frozen=True)
class SplitFacts:
    """Step 2, the split. `smallest_visible_gain` is the 95 % half-width the test rows allow, 0–1."""

    train: int
    validation: int
    test: int
    leaked: Rows = ()  # of the test file: rows that ask exactly what a row of the data asks
    leaked_near: Rows = ()  # those that ask nearly that
    smallest_visible_gain: float = 1.0
    rows_for_smallest_gain: int | None = None


@dataclass(frozen=True)
class CurveFacts:
    """A learning curve: (train rows, value on the validation rows) points. `flat` is None when it can't be told.

    The value is the score named in `measure`, or the loss (nats per answer token, lower is better).
    """

    points: tuple[tuple[int, float], ...]
    flat: bool | None
    gain_of_doubling: tuple[float, float] | None = None  # low, high of the forecast gain, in units of the measure
    learner: str = ""
    measure: str = "accuracy"
    ranges: tuple[tuple[float, float], ...] = ()  # low, high of each point (95 %)
    measured: bool = False  # with the model that is to be trained, not with a cheap learner in its place


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
    """Step 3. `probe_gain` is what a few dozen training steps added over the best arm; None if not probed."""

    model: str
    arms: tuple[ArmFacts, ...]
    baseline: ArmFacts
    best: ArmFacts
    beats_baseline: bool | None  # paired test of best arm against the baseline; None: can't tell
    prompt_lacks: tuple[str, ...] | None = ()  # None: not English, not judged
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

    @property
    def closest_rival(self) -> tuple[str, float] | None:
        """The other candidate with the fewest bits per byte on the person's answers; None without one."""
        return min(self.rivals, key=lambda rival: rival[1], default=None)


@dataclass(frozen=True)
class PlanFacts:
    """Step 4, estimates (low, typical, high) beside what the person has. None: not asked for or unknown."""

    train_gib: Range
    serve_gib: Range
    available_gib: float | None
    hours: Range | None
    hours_allowed: float | None = None
    cost: Range | None = None
    cost_allowed: float | None = None
    ttft_ms: Range | None = None
    tpot_ms: Range | None = None
    ttft_target_ms: float | None = None
    tpot_target_ms: float | None = None
    steps: int = 0
    early_stopping: bool = True
    search_trials: int = 0
    prompt_matches: bool = True  # the prompt and chat template in training are the ones to be served

    @property
    def latency_estimates(self) -> tuple[tuple[str, Range, float], ...] | None:
        """(what in words, estimate in ms, target in ms) where both are known; None when none is."""
        pairs = (
            ("The wait for the first word (TTFT)", self.ttft_ms, self.ttft_target_ms),
            ("The time per further word piece (TPOT)", self.tpot_ms, self.tpot_target_ms),
        )
        return tuple((what, range_, target) for what, range_, target in pairs if range_ and target) or None

    @property
    def budget_estimates(self) -> tuple[tuple[str, str, Range, float], ...] | None:
        """(what in words, unit, estimate, what was given) where both are known; None when none is."""
        pairs = (
            ("Training time", "hours", self.hours, self.hours_allowed),
            ("Cost", "in your currency", self.cost, self.cost_allowed),
        )
        known = ((what, unit, range_, given) for what, unit, range_, given in pairs if range_ and given is not None)
        return tuple(known) or None


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
    asked: int = 0  # validation prompts answered right after training, of which
    ended: int = 0  # so many answers came to an end
    recalled_of: int = 0  # training rows answered right after training, of which
    recalled: int = 0  # so many were answered exactly as learnt


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
