"""What people said to quotes: rows that are added, never changed. An approved amount is for one run."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from psycopg import AsyncConnection

from yakin.domain.approving import Said, Verdict, night_key
from yakin.domain.documents import RunId
from yakin.errors import StoreError
from yakin.store.json_values import storable
from yakin.store.queries import Row, load_queries
from yakin.store.quotes import StoredQuote
from yakin.store.runs import RunRow

_SQL = load_queries("quote_approvals")


class SaidIn(StrEnum):
    """Where it was said: in the UI while the night waited, or beforehand with the command."""

    UI = "ui"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class PastVerdict:
    """One row of the history of a run."""

    said: Said
    said_in: SaidIn
    at: datetime
    quoted_run_id: RunId
    used_by_run_id: RunId | None


def key_of(run: RunRow) -> str:
    """The night that a run's quote is of."""
    jobs = run.parameters.get("jobs")
    if not isinstance(jobs, list):
        raise StoreError(f"run {run.run_id} was opened without jobs")
    return night_key(jobs, run.business_date, rehearsal=run.rehearsal)


async def save(conn: AsyncConnection, night_key: str, quote: StoredQuote, said: Said, said_in: SaidIn) -> int:
    """Add what was said to a quote; its id."""
    row = await _SQL.one(
        conn,
        "save",
        night_key=night_key,
        run_id=quote.run_id,
        plan_version=quote.plan_version,
        verdict=said.verdict.value,
        up_to_jpy=said.up_to_jpy,
        by=storable(said.by),
        said_in=said_in.value,
        expected_jpy=quote.expected_jpy,
        p95_jpy=quote.p95_jpy,
        worst_jpy=quote.worst_jpy,
    )
    assert row is not None
    return int(row["quote_approval_id"])


async def said_before(conn: AsyncConnection, night_key: str, run_id: RunId) -> Said | None:
    """The newest word that counts for a run, which takes it; None when there is none or another run has it."""
    row = await _SQL.one(conn, "newest", night_key=night_key, run_id=run_id)
    if row is None:
        return None
    if row["said_in"] == SaidIn.CLI:
        await _SQL.run(conn, "take", quote_approval_id=row["quote_approval_id"], run_id=run_id)
        taken = await _SQL.one(conn, "taken_by", quote_approval_id=row["quote_approval_id"])
        if taken is None or str(taken["run_id"]) != run_id:
            return None
    return _said(row)


async def of_run(conn: AsyncConnection, run_id: RunId) -> list[PastVerdict]:
    """What was said to a run's own quotes, and what it went by, the newest first."""
    return [
        PastVerdict(
            _said(row),
            SaidIn(row["said_in"]),
            row["at"],
            RunId(str(row["run_id"])),
            RunId(str(row["used_by_run_id"])) if row["used_by_run_id"] else None,
        )
        for row in await _SQL.all(conn, "of_run", run_id=run_id)
    ]


def _said(row: Row) -> Said:
    up_to_jpy = row["up_to_jpy"]
    return Said(Verdict(row["verdict"]), row["by"], None if up_to_jpy is None else Decimal(up_to_jpy))
