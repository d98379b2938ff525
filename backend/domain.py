"""The records of a project: frozen, typed, closed, and fingerprinted by what they say."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field, PlainSerializer, TypeAdapter

from backend.deployed import Deployment as Deployment  # noqa: PLC0414 - records are found here, wherever they are written
from backend.deployed import Setting as Setting  # noqa: PLC0414
from backend.learned import LearningCurve as LearningCurve  # noqa: PLC0414
from backend.record import Frozen, Record
from backend.searched import Searched
from rules.facts import (
    CurveFacts,
    DataFacts,
    EvaluationFacts,
    ModelFacts,
    PlanFacts,
    RunFacts,
    SplitFacts,
    TrialsFacts,
)

Task = Literal["classify", "extract", "summarise", "translate", "answer", "structured"]
TASKS: tuple[Task, ...] = ("classify", "extract", "summarise", "translate", "answer", "structured")
Decoding = Literal["free", "labels"]


class Message(Frozen):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str


class Example(NamedTuple):
    """One training pair. `row` is the 0-based position in the person's file and never changes between versions.

    `history` holds earlier turns of a conversation; `input` is the last thing the user said. A tuple and no record,
    for there may be millions: types are checked where one is read from JSON, not where it is made.
    """

    row: int
    input: str
    answer: str
    system: str = ""
    history: tuple[Message, ...] = ()
    group: str = ""


WrittenExample = Annotated[Example, PlainSerializer(Example._asdict)]
"""Written as an object with names."""
EXAMPLE: TypeAdapter[Example] = TypeAdapter(WrittenExample)
"""An example to and from JSON. Raises pydantic's ValidationError, a ValueError, for what is none."""


class GoodExample(Frozen):
    """An example written by hand while stating the goal."""

    input: str
    answer: str
    good: bool = True


class Goal(Record):
    """Step 1. Fractions are 0–1, times carry their unit; None means the person did not say."""

    task: Task
    sentence: str
    domain: str = ""
    examples: tuple[GoodExample, ...] = ()
    metric: str | None = None
    target: float | None = Field(default=None, ge=0, le=1)
    smallest_gain: float | None = Field(default=None, gt=0, le=1)
    definition_of_good: str = ""
    expert: str = ""
    trainer: str = ""
    engineering_hours: float | None = Field(default=None, ge=0)
    training_hours: float | None = Field(default=None, gt=0)
    budget: float | None = Field(default=None, ge=0)
    price_per_hour: float | None = Field(default=None, ge=0)
    hardware: str = "this computer"
    ttft_ms: float | None = Field(default=None, gt=0)
    tpot_ms: float | None = Field(default=None, gt=0)
    users: int = Field(default=1, ge=1)
    within_target_share: float = Field(default=0.95, gt=0, lt=1)
    complex_task: bool = False
    group_column: str = ""
    groups: tuple[str, ...] = ()
    favourable_answer: str = ""


class Mapping(Frozen):
    """Which columns of the person's file mean what. `messages` stands alone; otherwise input and answer are needed."""

    input: str = ""
    answer: str = ""
    system: str = ""
    instruction: str = ""
    messages: str = ""
    group: str = ""


class Dataset(Record):
    """Step 2: one version of the data, stored as Arrow under `folder` in the project."""

    version: int
    folder: str
    source_name: str
    source_sha256: str
    source_rows: int
    format: str
    mapping: Mapping
    unreadable: tuple[tuple[int, str], ...] = ()
    content_sha256: str
    changes: int = 0
    test_source_sha256: str = ""


class Split(Record):
    """Step 2: which rows are used for what; `row` numbers, sorted. `sealed` names the hash of the test rows."""

    seed: int
    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]
    sealed: str
    facts: SplitFacts


class Audit(Record):
    """Step 2: what was measured on the data, the learning curve of a cheap proxy learner, and the time it took."""

    facts: DataFacts
    curve: CurveFacts | None = None
    seconds: float


class Prompt(Frozen):
    """One way of asking. `user` holds `{input}` once; `shots` are rows of train shown as solved examples."""

    name: str
    system: str = ""
    user: str = "{input}"
    shots: tuple[WrittenExample, ...] = ()
    decoding: Decoding = "free"
    kind: Literal["bare", "prompt", "few-shot"] = "prompt"


class ScoredRow(Frozen):
    """One scored answer. `scores` has its own value 0–1 for each metric, also where the whole is more than a mean."""

    row: int
    output: str
    scores: dict[str, float]


class Arm(Frozen):
    """One measured arm: every answer it gave, and per metric value, low, high, rows."""

    prompt: Prompt
    metrics: dict[str, dict[str, float]]
    rows: tuple[ScoredRow, ...]
    output_tokens: int = 0
    seconds: float = 0.0


class PromptTrials(Record):
    """Step 3: every arm measured on the validation rows with one base model, beside a trivial baseline."""

    model: str
    arms: tuple[Arm, ...]
    best: str
    facts: TrialsFacts


class Estimate(Frozen):
    """An estimated figure: low, typical, high, its unit and the name of its formula."""

    name: str
    low: float
    typical: float
    high: float
    unit: str
    formula: str


class Calibration(Frozen):
    """Of the latency estimate, by "ttft" and "tpot": `factors` measured ÷ formula, `spread` slowest 5 % ÷ middle."""

    model_sha256: str
    hardware: str
    users: int
    factors: dict[str, float]
    spread: dict[str, float]
    basis: str


class Candidate(Frozen):
    """A base model that was considered."""

    name: str
    billions: float
    licence: str = ""
    bits_per_byte: float | None = None
    baseline: float | None = None
    fits: bool | None = None
    estimates: tuple[Estimate, ...] = ()


class Plan(Record):
    """Step 4: the model, the prompt and every training setting with its reason."""

    model: str
    model_sha256: str
    prompt: Prompt
    settings: tuple[Setting, ...]
    estimates: tuple[Estimate, ...]
    candidates: tuple[Candidate, ...] = ()
    model_facts: ModelFacts
    facts: PlanFacts

    def value(self, name: str) -> float | int | str | bool:
        """The value of a setting; raises KeyError for a name the plan does not hold."""
        for setting in self.settings:
            if setting.name == name:
                return setting.value
        raise KeyError(name)


class ReviewPlan(Record):
    """Step 5: the stratified random sample the expert is asked to judge."""

    seed: int
    sample: tuple[int, ...]
    overlap: tuple[int, ...]
    required: int


class SignOff(Record):
    """Step 5: the expert's signature under exactly this data, split, goal and plan."""

    signer: str
    statement: str
    acknowledged: tuple[str, ...] = ()
    stand_in: bool = False


class Run(Record):
    """Step 6: a finished training run; its folder holds events, checkpoints and the adapter."""

    run_id: str
    folder: str
    adapter: str
    adapter_sha256: str
    settings: dict[str, float | int | str | bool]
    versions: dict[str, str]
    hardware: str
    seconds: float
    facts: RunFacts
    search: Searched | None = None


class Contrast(Frozen):
    """One paired comparison of the evaluation JSON."""

    metric: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p_value: float
    verdict: Literal["better", "worse", "can't tell"]
    rows: int
    rows_needed: int | None = None
    primary: bool = False


class ErrorGroup(Frozen):
    """Wrong answers that have something in common, worst first; an expert says why they happen."""

    name: str
    rows: tuple[int, ...]


class Evaluation(Record):
    """Step 7: base bare, base with best prompt and tuned on the sealed test rows."""

    run_id: str
    arms: tuple[Arm, ...]
    comparisons: tuple[Contrast, ...]
    error_groups: tuple[ErrorGroup, ...] = ()
    facts: EvaluationFacts


class LatencyRecord(Record):
    """Step 9: the latency report of DESIGN §5, as measured, and the targets it was held against."""

    report: dict[str, object]
    targets: dict[str, float]
    share: float
    calibration: Calibration | None = None


class Report(Record):
    """Step 10: where the report was written and what it concluded."""

    verdict: Literal["go", "no-go", "not yet"]
    reasons: tuple[str, ...]
    html: str
    markdown: str


RECORDS: dict[str, type[Record]] = {
    "goal": Goal,
    "dataset": Dataset,
    "split": Split,
    "audit": Audit,
    "curve": LearningCurve,
    "trials": PromptTrials,
    "plan": Plan,
    "reviewplan": ReviewPlan,
    "signoff": SignOff,
    "run": Run,
    "evaluation": Evaluation,
    "deployment": Deployment,
    "latency": LatencyRecord,
    "report": Report,
}
"""Every record kind by the name of its file in the project."""
