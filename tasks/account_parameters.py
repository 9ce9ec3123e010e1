"""What is asked of a reconciliation, and what it comes to: ids, names of models and numbers."""

import calendar
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from yakin.catalogue.invoices.read import InvoiceFormat
from yakin.domain.account import Cause
from yakin.domain.differences import State
from yakin.domain.pricing import Tier

NOBODY = "yakin reconcile"  # what it settles by itself, nobody signs


class ReconcileParameters(BaseModel):
    """Which account, how it is read, and what may be done about it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Annotated[str, Field(description="The account's file, or a folder whose files are one account")]
    vendor: Annotated[str, Field(description="Operator or endpoint, as in bi.cost_by_vendor")]
    format: Annotated[InvoiceFormat | None, Field(description="Left out: the file tells it")] = None
    mapping: Annotated[str | None, Field(description="YAML with an `invoices:` section; left out: the catalogue's")] = (
        None
    )
    month: Annotated[
        Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] | None,
        Field(description="YYYY-MM; left out: the days that the account covers"),
    ] = None
    complete: Annotated[bool, Field(description="What is not on the account was not billed")] = False
    rehearsal: Annotated[bool, Field(description="Against the ledger of rehearsals")] = False
    book: Annotated[bool, Field(description="Write explained differences as corrections")] = False
    by: Annotated[str, Field(description="Who books")] = ""

    @model_validator(mode="after")
    def _who_books(self) -> Self:
        if self.book and not self.by.strip():
            raise ValueError("book needs `by`: corrections say who made them")
        return self

    @property
    def made_by(self) -> str:
        """Whose name is on what is written."""
        return self.by.strip() or NOBODY

    @property
    def period(self) -> tuple[date, date] | None:
        """The month's days."""
        if self.month is None:
            return None
        year, month = map(int, self.month.split("-"))
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


class ImportedAccount(BaseModel):
    """The files of an account in the database."""

    model_config = ConfigDict(frozen=True)

    invoice_ids: tuple[int, ...]
    already_there: int
    lines: int
    skipped: int


class CauseAmount(BaseModel):
    """How much of a difference has one cause."""

    model_config = ConfigDict(frozen=True)

    cause: Cause
    native: Decimal
    jpy: Decimal


class ComparedPart(BaseModel):
    """One day, model, tier and state, after settling and booking."""

    model_config = ConfigDict(frozen=True)

    day: date
    model: str | None
    tier: Tier | None
    state: State
    lines: int
    attempts: int
    currency: str | None
    ours_native: Decimal
    theirs_native: Decimal
    ours_jpy: Decimal
    theirs_jpy: Decimal
    causes: list[CauseAmount]


class ReconciliationSummary(BaseModel):
    """The `reconcile` object of the command. `found` is before anything was settled or booked, `left` after it."""

    model_config = ConfigDict(frozen=True)

    reconciliation_id: int
    vendor: str
    rehearsal: bool
    period_start: date
    period_end: date
    complete: bool
    imported: ImportedAccount
    found: list[CauseAmount]
    lost: int
    lost_jpy: Decimal
    released: int
    booked: int
    booked_jpy: Decimal
    proposed: list[CauseAmount]
    left: list[CauseAmount]
    parts: list[ComparedPart]
    all_explained: bool
    notes: list[str]
