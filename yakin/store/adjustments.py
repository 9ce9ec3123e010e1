"""Corrections: `adjust` entries that say why and by whom. What was charged stays as it was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain.documents import AttemptId
from yakin.errors import UsageError
from yakin.store.json_values import storable
from yakin.store.queries import Row, load_queries

_SQL = load_queries("adjustments")


@dataclass(frozen=True, slots=True)
class Correction:
    """Yen, and the vendor's own amount where one is known, to add to what was charged; negative gives back."""

    amount_jpy: Decimal
    reason: str
    made_by: str
    amount_native: Decimal | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.made_by.strip():
            raise UsageError("a correction says why and who made it; give both")
        if (self.amount_native is None) != (self.currency is None):
            raise UsageError("a native amount needs its currency, and a currency its amount")


async def open_day(conn: AsyncConnection, on: date) -> date:
    """That business day, or the first one after it whose period is not locked."""
    row = await _SQL.one(conn, "open_day", on=on)
    assert row is not None
    day: date = row["day"]
    return day


async def open_day_of(conn: AsyncConnection, attempt_id: AttemptId) -> date | None:
    """The first open business day for a correction of an attempt; None for an attempt that does not exist."""
    row = await _SQL.one(conn, "attempt_day", attempt_id=attempt_id)
    if row is None:
        return None
    day: date = row["business_date"]
    return day if row["rehearsal"] else await open_day(conn, day)


async def cost_of(conn: AsyncConnection, attempt_id: AttemptId) -> Decimal:
    """Yen that an attempt has cost by now, corrections included."""
    row = await _SQL.one(conn, "attempt_cost", attempt_id=attempt_id)
    assert row is not None
    return Decimal(row["cost_jpy"])


async def adjust_attempt(
    conn: AsyncConnection, attempt_id: AttemptId, correction: Correction, *, on: date | None = None
) -> int:
    """Correct what an attempt cost; the entry's id. Its caps spend the difference, locked last, in their order.

    The business day is the attempt's unless `on` is given: an accounting period that is locked takes no more entries,
    and `open_day_of` says which day does.
    """
    await _SQL.run(conn, "lock_attempt", attempt_id=attempt_id)
    attempt = await _SQL.one(conn, "attempt", attempt_id=attempt_id)
    if attempt is None:
        raise UsageError(f"attempt {attempt_id} does not exist or reserved nothing; `yakin report` shows attempts")
    where = {
        "attempt_id": attempt_id,
        "run_id": attempt["run_id"],
        "rehearsal": attempt["rehearsal"],
        "department": attempt["department"],
        "use_case": attempt["use_case"],
        "cost_centre": attempt["cost_centre"],
        "vendor": None,
        "business_date": on or attempt["business_date"],
    }
    return await _enter(conn, where, correction, sorted(attempt["budget_ids"]))


async def adjust_vendor(
    conn: AsyncConnection, vendor: str, correction: Correction, *, on: date, rehearsal: bool = False
) -> int:
    """Correct a vendor's account as a whole, where no attempt is meant; the entry's id.

    The caps of that day, month, fiscal year and vendor spend it. It belongs to no department and no use case.
    """
    where = {
        "attempt_id": None,
        "run_id": None,
        "rehearsal": rehearsal,
        "department": "",
        "use_case": "",
        "cost_centre": "",
        "vendor": vendor,
        "business_date": on,
    }
    await _SQL.run(conn, "hold_caps")
    caps = await _SQL.all(conn, "vendor_caps", vendor=vendor, on=on, rehearsal=rehearsal)
    return await _enter(conn, where, correction, [row["budget_id"] for row in caps])


async def _enter(conn: AsyncConnection, where: Row, correction: Correction, budget_ids: Sequence[int]) -> int:
    row = await _SQL.one(
        conn,
        "adjust",
        **where,
        amount_jpy=correction.amount_jpy,
        amount_native=correction.amount_native,
        currency=correction.currency,
        reason=storable(correction.reason.strip()),
        made_by=storable(correction.made_by.strip()),
        budget_ids=list(budget_ids),
    )
    assert row is not None
    for budget_id in budget_ids:
        await _SQL.run(conn, "spend", budget_id=budget_id, amount_jpy=correction.amount_jpy)
    return int(row["entry_id"])
