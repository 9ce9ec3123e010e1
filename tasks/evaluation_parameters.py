"""What is asked of an evaluation, and what it comes to: ids, names of models and numbers."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from tasks.parameters import Clock, JobParameters, Mode, NightRunParameters, Yen
from yakin.domain.documents import Reason


class EvaluationParameters(BaseModel):
    """Whose golden set is asked of which models, for how much and until when."""

    model_config = ConfigDict(extra="forbid", title="Evaluation 評価")

    use_case: str = Field(
        title="Use case 用途",
        description="Whose golden set is asked",
        pattern=r"^[a-z][a-z0-9_]*$",
        json_schema_extra={"position": 0},
    )
    budget_jpy: Yen = Field(
        title="Budget (yen) 予算",
        description="Tax-exclusive. Never exceeded, whatever fails",
        json_schema_extra={"position": 1},
    )
    models: list[str] = Field(
        default_factory=list,
        title="Models 対象モデル",
        description="Names of the catalogue. Empty: every model that can be asked today",
        json_schema_extra={"position": 2},
    )
    deadline: Clock = Field(
        "06:00",
        title="Deadline (JST, HH:MM) 締切",
        description="The next time that the clock in Japan shows this; nothing is asked later",
        json_schema_extra={"position": 3},
    )
    mode: Mode = Field(
        Mode.AUTO,
        title="Mode 実行区分",
        description="rehearsal 検証実行 asks sandbox vendors: what they score says nothing of real ones",
        json_schema_extra={"position": 4},
    )
    department: str = Field(
        "unassigned",
        title="Department 部門",
        description="Whose budget pays",
        json_schema_extra={"position": 5},
    )
    new: bool = Field(
        False,
        title="Start a new run 新規実行",
        description="Off: the same parameters on the same day go on with the unfinished evaluation",
        json_schema_extra={"position": 6},
    )

    def as_night(self, source: str) -> NightRunParameters:
        """The same as a run of one job over the folder of the golden items."""
        return NightRunParameters(
            jobs=[JobParameters(source=source, use_case=self.use_case, department=self.department)],
            budget_jpy=self.budget_jpy,
            deadline=self.deadline,
            mode=self.mode,
            new=self.new,
        )


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class ModelResult(_Row):
    """One model on the golden set. Yen and seconds are means per document, repairs included."""

    model: str
    offer: str
    items: int
    quality: float
    low: float
    high: float
    confidence: float
    cost_jpy: Decimal
    seconds: float
    unanswered: int  # items that it was asked and did not answer as the schema wants: nothing of them is right
    fields: dict[str, float]


class NotAsked(_Row):
    """A model that was asked no item, and why."""

    model: str
    why: str


class RuleResult(_Row):
    """What was learned, whether planning uses it, and why (not)."""

    kind: str
    name: str
    used: bool
    why: str


class UnaskedItem(_Row):
    """A golden item that not every allowed model could be asked, and the stated reason."""

    item: str
    reason: Reason


class GoldenTotals(_Row):
    """Documents of the golden set and how they ended; answered: every model that may see it was asked."""

    seen: int
    answered: int
    unanswered: int


class EvaluationSummary(_Row):
    """The `evaluate` object of the command's JSON."""

    run_id: str
    evaluation_id: int
    use_case: str
    use_case_version: str
    golden_version: str
    business_date: str
    rehearsal: bool
    budget_jpy: Decimal
    cost_jpy: Decimal
    unknown_jpy: Decimal
    items: int
    documents: GoldenTotals
    unanswered: list[UnaskedItem]
    models: list[ModelResult]
    not_asked: list[NotAsked]
    rules: list[RuleResult]
    size_words: str
