"""Caps: one row per scope, key and period with its counters. Every cap that applies must have room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain.documents import RunId
from yakin.domain.money import Period, Scope, period_of
from yakin.store.queries import Row, load_queries

_SQL = load_queries("budgets")


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A cap and how much of it is spent and reserved."""

    budget_id: int
    scope: Scope
    key: str
    period: Period
    rehearsal: bool
    cap_jpy: Decimal
    reserved_jpy: Decimal
    spent_jpy: Decimal
    standing: bool  # the next period starts with the same cap


def run_key(run_id: RunId, job: int | None = None) -> str:
    """The key of a run's own cap, or of one job inside it."""
    return run_id if job is None else f"{run_id}/{job}"


async def set_cap(  # noqa: PLR0913 - what identifies the row, by name
    conn: AsyncConnection,
    scope: Scope,
    key: str,
    on: date,
    cap_jpy: Decimal,
    *,
    rehearsal: bool,
    fiscal_start_month: int = 4,
    standing: bool = True,
) -> int:
    """Set the cap of the period that covers a day; the budget's id. What is spent stays spent.

    The key of day, month and fiscal year is the empty string. A standing cap is carried into the
    next periods when a run opens there.
    """
    period = period_of(scope, on, fiscal_start_month)
    row = await _SQL.one(
        conn,
        "set_cap",
        scope=scope.value,
        key=key,
        period_start=period.start,
        period_end=period.end,
        cap_jpy=cap_jpy,
        rehearsal=rehearsal,
        standing=standing,
    )
    assert row is not None
    return int(row["budget_id"])


async def carry_standing_caps(conn: AsyncConnection, on: date, *, rehearsal: bool) -> None:
    """Open the period that covers a day for every standing cap whose newest period is over."""
    for row in await _SQL.all(conn, "ended_standing_caps", on=on, rehearsal=rehearsal):
        scope = Scope(row["scope"])
        period = period_of(scope, on, row["period_start"].month if scope is Scope.FISCAL_YEAR else 4)
        await _SQL.run(
            conn,
            "carry_cap",
            budget_id=row["budget_id"],
            period_start=period.start,
            period_end=period.end,
        )


async def caps(conn: AsyncConnection, on: date, rehearsal: bool) -> list[BudgetRow]:
    """Every cap in force on a day, runs' own caps left out."""
    return [_budget(row) for row in await _SQL.all(conn, "caps", on=on, rehearsal=rehearsal)]


async def budgets_for(
    conn: AsyncConnection, run_id: RunId, use_case: str, department: str, vendor: str, *, job: int = 0
) -> tuple[int, ...]:
    """The ids of every cap that a call has to fit: the run's, its job's, and those of its business day."""
    rows = await _SQL.all(
        conn,
        "for_call",
        run_id=run_id,
        run_key=run_key(run_id),
        job_key=run_key(run_id, job),
        use_case=use_case,
        department=department,
        vendor=vendor,
    )
    return tuple(int(row["budget_id"]) for row in rows)


async def room_jpy(conn: AsyncConnection, budget_ids: Sequence[int]) -> Decimal:
    """The smallest room among these caps, reservations counted; never below zero. No cap means no room."""
    row = await _SQL.one(conn, "room", budget_ids=list(budget_ids))
    assert row is not None
    return Decimal(row["room_jpy"])


async def release(conn: AsyncConnection, attempt_id: str) -> None:
    """Give back the reservation of an attempt that was not sent. A second time does nothing."""
    row = await _SQL.one(conn, "release_attempt", attempt_id=attempt_id)
    if row is not None:
        await _SQL.run(conn, "ledger_release", attempt_id=attempt_id)
        await give_back(conn, [(row["budget_ids"], row["worst_jpy"], Decimal(0))])


async def give_back(conn: AsyncConnection, ended: Iterable[tuple[Sequence[int], Decimal, Decimal]]) -> None:
    """Turn reservations into what was spent: caps, held and spent yen of each. Locks in the order of the ids."""
    held: dict[int, Decimal] = {}
    spent: dict[int, Decimal] = {}
    for budget_ids, held_jpy, spent_jpy in ended:
        for budget_id in budget_ids:
            held[budget_id] = held.get(budget_id, Decimal(0)) + held_jpy
            spent[budget_id] = spent.get(budget_id, Decimal(0)) + spent_jpy
    order = sorted(held)
    await _SQL.run(conn, "lock", budget_ids=order)
    await _SQL.run(
        conn,
        "give_back",
        budget_ids=order,
        held_jpy=[held[each] for each in order],
        spent_jpy=[spent[each] for each in order],
    )


@dataclass(frozen=True, slots=True)
class Pressure:
    """A cap as a refused call sees it. `in_flight_jpy` is what live workers hold and may give back."""

    budget_id: int
    scope: Scope
    cap_jpy: Decimal
    reserved_jpy: Decimal
    spent_jpy: Decimal
    in_flight_jpy: Decimal

    @property
    def left_jpy(self) -> Decimal:
        """What is neither spent nor reserved; below zero when a vendor billed over its worst case."""
        return self.cap_jpy - self.spent_jpy - self.reserved_jpy

    def may_fit(self, worst_jpy: Decimal) -> bool:
        """Whether the call can fit once everything in flight is given back."""
        return self.spent_jpy + self.reserved_jpy - self.in_flight_jpy + worst_jpy <= self.cap_jpy


async def pressure(conn: AsyncConnection, budget_ids: Sequence[int]) -> list[Pressure]:
    """These caps as they are now, with what live workers hold in each."""
    rows = await _SQL.all(conn, "pressure", budget_ids=list(budget_ids))
    return [
        Pressure(
            row["budget_id"],
            Scope(row["scope"]),
            row["cap_jpy"],
            row["reserved_jpy"],
            row["spent_jpy"],
            row["in_flight_jpy"],
        )
        for row in rows
    ]


def _budget(row: Row) -> BudgetRow:
    return BudgetRow(
        budget_id=row["budget_id"],
        scope=Scope(row["scope"]),
        key=row["key"],
        period=Period(row["period_start"], row["period_end"]),
        rehearsal=row["rehearsal"],
        cap_jpy=row["cap_jpy"],
        reserved_jpy=row["reserved_jpy"],
        spent_jpy=row["spent_jpy"],
        standing=row["standing"],
    )
