"""Quotes as they were stored with their plans."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain.documents import RunId
from yakin.store.queries import Row, load_queries

_SQL = load_queries("quotes")


@dataclass(frozen=True, slots=True)
class StoredQuote:
    """What people go by of a quote. Quality is None where it was not kept or nothing is asked."""

    run_id: RunId
    plan_version: int
    expected_jpy: Decimal
    p95_jpy: Decimal
    worst_jpy: Decimal
    finish_at: datetime
    quality: float | None
    unmeasured_share: float


async def first(conn: AsyncConnection, run_id: RunId) -> StoredQuote | None:
    """The quote of the run's first plan; None when it was never planned."""
    row = await _SQL.one(conn, "first", run_id=run_id)
    return None if row is None else _quote(row)


async def newest(conn: AsyncConnection, run_id: RunId) -> StoredQuote | None:
    """The quote of the run's newest plan; None when it was never planned."""
    row = await _SQL.one(conn, "newest", run_id=run_id)
    return None if row is None else _quote(row)


def _quote(row: Row) -> StoredQuote:
    quote = row["quote"]
    return StoredQuote(
        run_id=RunId(str(row["run_id"])),
        plan_version=row["plan_version"],
        expected_jpy=Decimal(quote["expected_jpy"]),
        p95_jpy=Decimal(quote["p95_jpy"]),
        worst_jpy=Decimal(quote["worst_jpy"]),
        finish_at=datetime.fromisoformat(quote["finish_at"]),
        quality=quote.get("quality"),
        unmeasured_share=quote.get("unmeasured_share", 1.0),
    )
