"""The flow's parameter model: what the Prefect UI shows as a form, and what the command fills in.

Names, URIs and numbers only: Prefect stores parameters in clear. `position` keeps the form's order,
because Postgres reorders JSON keys.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from yakin.domain.levels import Level

Yen = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=6), WithJsonSchema({"type": "number", "minimum": 0})]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Mode(StrEnum):
    """auto: a rehearsal when no vendor key and no own endpoint is configured, else real work."""

    AUTO = "auto"
    REAL = "real"
    REHEARSAL = "rehearsal"


def _at(position: int) -> JsonDict:
    return {"position": position}


class JobParameters(BaseModel):
    """A use case over a source for a department."""

    model_config = ConfigDict(extra="forbid", title="Job 業務")

    source: str = Field(
        title="Source 対象フォルダー",
        description="Folder path, file:// or s3://bucket/prefix as the worker sees it",
        min_length=1,
        json_schema_extra=_at(0),
    )
    use_case: str = Field(
        "inquiry_triage",
        title="Use case 用途",
        description="Name of a folder under use_cases/",
        pattern=r"^[a-z][a-z0-9_]*$",
        json_schema_extra=_at(1),
    )
    department: str = Field(
        "unassigned", title="Department 部門", description="Pays for this job", json_schema_extra=_at(2)
    )
    budget_jpy: Yen | None = Field(
        None,
        title="Job budget (yen) 業務の上限",
        description="Tax-exclusive. Empty: only the run's budget applies",
        json_schema_extra=_at(3),
    )
    baseline: Level | None = Field(
        None,
        title="Baseline level 既定の機密区分",
        description="Declared level of this source. Empty: the source register, else internal",
        json_schema_extra=_at(4),
    )
    level_floor: Level | None = Field(
        None,
        title="Level floor 機密区分の下限",
        description="Can only raise what is detected",
        json_schema_extra=_at(5),
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

    jobs: list[JobParameters] = Field(title="Jobs 業務", min_length=1, json_schema_extra=_at(0))
    budget_jpy: Yen = Field(
        title="Run budget (yen) 予算",
        description="Tax-exclusive. Never exceeded, whatever fails",
        json_schema_extra=_at(1),
    )
    deadline: Clock = Field(
        "06:00",
        title="Deadline (JST) 締切",
        description="Next time that the clock shows this",
        json_schema_extra=_at(2),
    )
    mode: Mode = Field(
        Mode.AUTO,
        title="Mode 実行区分",
        description="rehearsal asks sandbox vendors; its answers and budgets are kept apart",
        json_schema_extra=_at(3),
    )
    dry_run: bool = Field(
        False,
        title="Quote only 見積のみ",
        description="Stop after the plan; nothing is spent",
        json_schema_extra=_at(4),
    )
    new: bool = Field(
        False,
        title="Start a new run 新規実行",
        description="Do not resume the unfinished run",
        json_schema_extra=_at(5),
    )
    skip_holidays: bool = Field(
        False,
        title="Working days only 営業日のみ",
        description="End cleanly on a Japanese holiday",
        json_schema_extra=_at(6),
    )
    approval_above_jpy: Yen | None = Field(
        None,
        title="Approval above (yen) 承認が要る金額",
        description="A quote above this waits for a person",
        json_schema_extra=_at(7),
    )
    approval_wait_minutes: int = Field(
        60, ge=1, le=720, title="Approval wait (minutes) 承認待ち時間", json_schema_extra=_at(8)
    )
    standing_budget_jpy: Yen = Field(
        Decimal(0),
        title="Standing budget (yen) 承認不要枠",
        description="What may be spent when nobody approves in time",
        json_schema_extra=_at(9),
    )
    slice_documents: int = Field(
        100, ge=1, le=500, title="Documents per slice 処理グループの件数", json_schema_extra=_at(10)
    )
