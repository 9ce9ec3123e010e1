"""Closed accounting periods of real work: locked and unlocked by name, kept for ever, enforced by triggers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain.caps import NamedPeriod
from yakin.domain.money import Period
from yakin.errors import UsageError
from yakin.store.json_values import storable
from yakin.store.queries import Row, load_queries

_SQL = load_queries("period_locks")


@dataclass(frozen=True, slots=True)
class PeriodLock:
    """One locking of a period; `unlocked_at` is None while it holds."""

    label: str
    period: Period
    locked_at: datetime
    locked_by: str
    because: str
    unlocked_at: datetime | None
    unlocked_by: str | None
    unlocked_because: str | None


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What keeps a period from being closed: reservations that are not settled, runs that are not closed."""

    attempts: int
    reserved_jpy: Decimal
    runs: int


async def lock(conn: AsyncConnection, named: NamedPeriod, by: str, because: str) -> None:
    """Close a period. No cap in it is changed from then on, and no ledger entry is written with a day in it.

    Raises UsageError while money is reserved or a run is open there, or when it is locked already.
    """
    await _SQL.run(conn, "hold_writers")
    left = await still_open(conn, named.period)
    if left.attempts or left.runs:
        raise UsageError(_refusal(named.label, left))
    row = await _SQL.one(
        conn,
        "lock",
        label=named.label,
        period_start=named.period.start,
        period_end=named.period.end,
        by=storable(by),
        because=storable(because),
    )
    if row is None:
        raise UsageError(f"PERIOD: {named.label} is locked already; `yakin budget locks` shows by whom")


def _refusal(label: str, left: StillOpen) -> str:
    reasons = []
    if left.attempts:
        reasons.append(
            f"{left.attempts} reservations over ¥{left.reserved_jpy:f} are not settled: `yakin collect` lands batches, "
            "`yakin reconcile` settles attempts that are unknown"
        )
    if left.runs:
        reasons.append(f"{left.runs} runs are open: wait for them; one that died is closed by the next `yakin run`")
    return f"PERIOD: {label} cannot be locked yet: {'; '.join(reasons)}"


async def still_open(conn: AsyncConnection, period: Period) -> StillOpen:
    """What is in flight or unknown in a period of real work, and the runs that are not closed."""
    row = await _SQL.one(conn, "still_open", period_start=period.start, period_end=period.end)
    assert row is not None
    return StillOpen(**row)


async def unlock(conn: AsyncConnection, named: NamedPeriod, by: str, because: str) -> None:
    """Open a closed period again; that it was closed, and who opened it, stays. Raises UsageError when it is not."""
    done = await _SQL.run(
        conn,
        "unlock",
        period_start=named.period.start,
        period_end=named.period.end,
        by=storable(by),
        because=storable(because),
    )
    if done == 0:
        raise UsageError(f"PERIOD: {named.label} is not locked; `yakin budget locks` shows what is")


async def locks(conn: AsyncConnection) -> list[PeriodLock]:
    """Every locking, the newest first."""
    return [_lock(row) for row in await _SQL.all(conn, "locks")]


def _lock(row: Row) -> PeriodLock:
    period = Period(row.pop("period_start"), row.pop("period_end"))
    return PeriodLock(period=period, **row)
