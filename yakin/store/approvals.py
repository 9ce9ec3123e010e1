"""Named approvals of zones that the policy opens only with one: restricted documents at a domestic vendor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from psycopg import AsyncConnection

from yakin.domain.documents import RunId
from yakin.domain.zones import Zone
from yakin.store.queries import load_queries

_SQL = load_queries("approvals")


@dataclass(frozen=True, slots=True)
class NewApproval:
    """An approval to give, or to take back."""

    use_case: str
    zone: Zone
    by: str
    because: str
    valid_until: date
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval in force: which zone it opens for which use case."""

    approval_id: int
    use_case: str
    zone: Zone


@dataclass(frozen=True, slots=True)
class PastApproval:
    """One row of the history."""

    approval_id: int
    use_case: str
    zone: str
    by: str
    because: str
    at: datetime
    valid_until: date
    revoked: bool
    in_force: bool
    runs: int


async def save(conn: AsyncConnection, new: NewApproval) -> int:
    """Add it; the newest row of a use case and zone counts."""
    row = await _SQL.one(
        conn,
        "save",
        use_case=new.use_case,
        zone=new.zone.value,
        by=new.by,
        because=new.because,
        valid_until=new.valid_until,
        revoked=new.revoked,
    )
    assert row is not None
    return int(row["approval_id"])


async def in_force(conn: AsyncConnection, use_cases: Sequence[str], on: date) -> list[Approval]:
    """The approvals of these use cases that hold on a business day."""
    rows = await _SQL.all(conn, "in_force", use_cases=list(use_cases), on=on)
    return [Approval(row["approval_id"], row["use_case"], Zone(row["zone"])) for row in rows]


def zones(given: Sequence[Approval], use_case: str) -> frozenset[Zone]:
    """The zones that these approvals open for a use case."""
    return frozenset(each.zone for each in given if each.use_case == use_case)


async def opened_under(conn: AsyncConnection, run_id: RunId, approvals: Sequence[Approval]) -> None:
    """Keep which approvals a run was opened under."""
    await _SQL.run(conn, "opened_under", run_id=run_id, approval_ids=[each.approval_id for each in approvals])


async def history(conn: AsyncConnection) -> list[PastApproval]:
    """Every approval and revocation, the newest first."""
    return [PastApproval(**row) for row in await _SQL.all(conn, "all")]
