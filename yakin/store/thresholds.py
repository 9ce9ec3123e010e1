"""Caps of which a part is spent: found by one query, each told once whoever finds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain.money import Per, Period, Scope
from yakin.store.queries import Row, load_queries

_SQL = load_queries("thresholds")
LATE_DAYS = 7  # a batch, or a correction, may spend in a period that has just ended
CLAIMED_S = 60  # how long one process may take to tell a crossing before another one tries


@dataclass(frozen=True, slots=True)
class Crossing:
    """A cap of which `percent` or more is spent. `event_id` stays the same however often it is told."""

    crossing_id: int
    event_id: str
    found_at: datetime
    percent: int
    budget_id: int
    scope: Scope
    key: str
    per: Per
    period: Period
    rehearsal: bool
    cap_jpy: Decimal
    spent_jpy: Decimal


async def find_crossings(conn: AsyncConnection, percents: Sequence[int], on: date) -> int:
    """Write down what the caps in force on a day have newly crossed; how many. Once per cap, percent and amount."""
    return await _SQL.run(conn, "find", percents=list(percents), on=on, late_days=LATE_DAYS)


async def claim_untold(conn: AsyncConnection) -> list[Crossing]:
    """What nobody has told and nobody is telling, claimed for this process for a minute."""
    rows = await _SQL.all(conn, "claim", seconds=CLAIMED_S)
    return [_crossing(row) for row in sorted(rows, key=lambda row: row["crossing_id"])]


async def told(conn: AsyncConnection, crossings: Sequence[Crossing]) -> None:
    """These have arrived."""
    await _SQL.run(conn, "told", crossing_ids=[each.crossing_id for each in crossings])


def _crossing(row: Row) -> Crossing:
    period = Period(row.pop("period_start"), row.pop("period_end"))
    typed = {"event_id": str(row["event_id"]), "scope": Scope(row["scope"]), "per": Per(row["per"])}
    return Crossing(period=period, **row | typed)
