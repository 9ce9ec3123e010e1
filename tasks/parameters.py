"""The flow's parameter model: what the Prefect UI shows as a form, and what the command fills in.

Names, URIs and numbers only: Prefect stores parameters in clear. `position` keeps the form's order,
because Postgres reorders JSON keys. What may be left out is described as the plain type without a
default, because the form makes a "float | None" switch of anything else.
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from yakin import use_cases
from yakin.domain.levels import Level

_AMOUNT: JsonDict = {"type": "number", "minimum": 0}
_LEVEL: JsonDict = {"type": "string", "enum": [str(level) for level in Level]}
_USE_CASES = ", ".join(sorted(each.parent.name for each in Path(use_cases.__path__[0]).glob("*/use_case.yaml")))

Amount = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=6)]
Yen = Annotated[Amount, WithJsonSchema(_AMOUNT)]
YenOrNone = Annotated[Amount | None, WithJsonSchema(_AMOUNT)]
LevelOrNone = Annotated[Level | None, WithJsonSchema(_LEVEL)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Mode(StrEnum):
    """auto: a rehearsal when no vendor key and no own endpoint is configured, else real work."""

    AUTO = "auto"
    REAL = "real"
    REHEARSAL = "rehearsal"


def _at(position: int) -> JsonDict:
    return {"position": position}


def _unset_at(position: int) -> Callable[[JsonDict], None]:
    """The field's place in the form; empty there means left out."""

    def write(schema: JsonDict) -> None:
        schema.pop("default", None)
        schema["position"] = position

    return write


class JobParameters(BaseModel):
    """A use case over a source for a department."""

    model_config = ConfigDict(extra="forbid", title="Job 業務")

    source: str = Field(
        title="Source 対象フォルダー",
        description="Folder path, file:// or s3://bucket/prefix, as the worker sees it",
        min_length=1,
        json_schema_extra=_at(0),
    )
    use_case: str = Field(
        "inquiry_triage",
        title="Use case 用途",
        description=f"What is asked of each document. Shipped: {_USE_CASES}; YAKIN_USE_CASES adds a folder",
        pattern=r"^[a-z][a-z0-9_]*$",
        json_schema_extra=_at(1),
    )
    department: str = Field(
        "unassigned",
        title="Department 部門",
        description="Whose budget pays for this job",
        json_schema_extra=_at(2),
    )
    budget_jpy: YenOrNone = Field(
        None,
        title="Job budget (yen) 業務の上限",
        description="Tax-exclusive. Empty: only the run's budget applies",
        json_schema_extra=_unset_at(3),
    )
    baseline: LevelOrNone = Field(
        None,
        title="Baseline level 既定の機密区分",
        description="Declared level of this source. Empty: the source register, else internal",
        json_schema_extra=_unset_at(4),
    )
    level_floor: LevelOrNone = Field(
        None,
        title="Level floor 機密区分の下限",
        description="No document counts as less sensitive than this. Empty: as detected",
        json_schema_extra=_unset_at(5),
    )
    backfill: bool = Field(
        False,
        title="Backfill 再回答",
        description="Ask again what an older prompt version answered",
        json_schema_extra=_at(6),
    )


class NightRunParameters(BaseModel):
    """One night: jobs that are planned together, a budget and a deadline."""

    model_config = ConfigDict(extra="forbid", title="Night run 夜間実行")

    jobs: list[JobParameters] = Field(
        title="Jobs 業務",
        description="Planned together: they share the budget and the night",
        min_length=1,
        json_schema_extra=_at(0),
    )
    budget_jpy: Yen = Field(
        title="Run budget (yen) 予算",
        description="Tax-exclusive. Never exceeded, whatever fails",
        json_schema_extra=_at(1),
    )
    deadline: Clock = Field(
        "06:00",
        title="Deadline (JST, HH:MM) 締切",
        description="The next time that the clock in Japan shows this; nothing is asked later",
        json_schema_extra=_at(2),
    )
    mode: Mode = Field(
        Mode.AUTO,
        title="Mode 実行区分",
        description="rehearsal 検証実行 asks sandbox vendors, and keeps its answers and budgets apart. "
        "auto: a rehearsal when no vendor key is set, else real work",
        json_schema_extra=_at(3),
    )
    dry_run: bool = Field(
        False,
        title="Quote only 見積のみ",
        description="Stop after the plan; nothing is asked and nothing is spent",
        json_schema_extra=_at(4),
    )
    approval_above_jpy: YenOrNone = Field(
        None,
        title="Approval above (yen) 承認が要る金額",
        description="A quote above this waits for a person to press Resume. Empty: nothing waits",
        json_schema_extra=_unset_at(5),
    )
    approval_wait_minutes: float = Field(
        60,
        gt=0,
        le=720,
        title="Approval wait (minutes) 承認待ち時間",
        description="How long to wait for that person, at most until the deadline",
        json_schema_extra=_at(6),
    )
    standing_budget_jpy: Yen = Field(
        Decimal(0),
        title="Standing budget (yen) 承認不要枠",
        description="What may be spent when the quote is declined or nobody answers in time",
        json_schema_extra={"position": 7, "default": 0},
    )
    outage_wait_minutes: float = Field(
        0,
        ge=0,
        le=720,
        title="Outage wait (minutes) 障害の待ち時間",
        description="How long documents wait for endpoints that do not answer, at most until the deadline",
        json_schema_extra=_at(8),
    )
    skip_holidays: bool = Field(
        False,
        title="Working days only 営業日のみ",
        description="Do nothing on a Saturday, Sunday or Japanese holiday",
        json_schema_extra=_at(9),
    )
    new: bool = Field(
        False,
        title="Start a new run 新規実行",
        description="Off: the same parameters on the same day go on with the unfinished run",
        json_schema_extra=_at(10),
    )
    batch: bool = Field(
        False,
        title="Wait for batches バッチ利用",
        description="May wait for batch answers until the deadline, at about half the price",
        json_schema_extra=_at(11),
    )
    slice_documents: int = Field(
        100,
        ge=1,
        le=500,
        title="Documents per slice 処理グループの件数",
        description="One slice is one task run in the graph",
        json_schema_extra=_at(12),
    )
    replan_on_drift: bool = Field(
        True,
        title="Re-plan on drift 再計画",
        description="When costs, times or endpoints differ from the plan, optimise what is left again at once",
        json_schema_extra=_at(13),
    )
