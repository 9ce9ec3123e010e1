"""Work: each document of a run ends with one answer or one stated reason. Leases carry fencing tokens."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection

from yakin.domain.documents import DocumentId, Lease, Reason, RunId, WorkState
from yakin.errors import LeaseLost
from yakin.store import budgets
from yakin.store.queries import Row, load_queries

_SQL = load_queries("work")
SET_ASIDE_AFTER = 3  # runs that failed the same way


@dataclass(frozen=True, slots=True)
class AddedWork:
    """How many documents this call added, by what becomes of them. A resumed run adds none twice."""

    pending: int
    skipped: int  # answered before
    set_aside: int  # failed the same way three runs running
    forgotten: int = 0  # a person had it forgotten


@dataclass(frozen=True, slots=True)
class PendingWork:
    """A document that has neither an answer nor a reason yet."""

    document_id: DocumentId
    use_case: str
    job: int
    department: str


async def add_work(  # noqa: PLR0913 - what identifies the row, by name
    conn: AsyncConnection,
    run_id: RunId,
    use_case: str,
    use_case_version: str,
    document_ids: Sequence[DocumentId],
    *,
    backfill: bool,
    rehearsal: bool,
    job: int = 0,
) -> AddedWork:
    """Add documents to a run's job: what is answered is skipped, what keeps failing is set aside.

    Answered means: the same document, use case and rehearsal flag, and with `backfill` the same
    version too. Set aside: the last three nights ended for one and the same costly reason of the document's
    own (not money, time, approval or a vendor's outage) under this version; `backfill` tries again.
    What was forgotten ends as such, whatever else is true of it.
    """
    rows = await _SQL.all(
        conn,
        "add",
        run_id=run_id,
        job=job,
        use_case=use_case,
        use_case_version=use_case_version,
        document_ids=sorted(set(document_ids)),
        backfill=backfill,
        rehearsal=rehearsal,
        set_aside_after=SET_ASIDE_AFTER,
    )
    found = Counter(row["reason"] or row["state"] for row in rows)
    return AddedWork(
        found[WorkState.PENDING], found[WorkState.SKIPPED], found[Reason.SET_ASIDE], found[Reason.FORGOTTEN]
    )


async def add_golden(
    conn: AsyncConnection,
    run_id: RunId,
    use_case: str,
    use_case_version: str,
    document_ids: Sequence[DocumentId],
    *,
    rehearsal: bool,
) -> int:
    """Add the documents of golden items to an evaluation's only job; how many this call added."""
    return await _SQL.run(
        conn,
        "add_golden",
        run_id=run_id,
        use_case=use_case,
        use_case_version=use_case_version,
        document_ids=sorted(set(document_ids)),
        rehearsal=rehearsal,
    )


async def pending(conn: AsyncConnection, run_id: RunId) -> list[PendingWork]:
    """What is still to do: pending, or leased to somebody whose lease has run out."""
    rows = await _SQL.all(conn, "pending", run_id=run_id)
    return [PendingWork(DocumentId(row["document_id"]), row["use_case"], row["job"], row["department"]) for row in rows]


async def lease(
    conn: AsyncConnection, run_id: RunId, use_case: str, document_id: DocumentId, *, seconds: float
) -> Lease | None:
    """The right to work on a document, or None when it is done or somebody else has it.

    An expired lease is taken over: its attempts that were sent become unknown, the others are
    released and can no longer be sent.
    """
    row = await _SQL.one(conn, "lease", run_id=run_id, use_case=use_case, document_id=document_id, seconds=seconds)
    if row is None:
        return None
    if row["was_leased"]:
        await _abandon_attempts(conn, run_id, use_case, document_id)
    return Lease(run_id, document_id, use_case, row["lease_token"], row["lease_until"])


async def _abandon_attempts(conn: AsyncConnection, run_id: RunId, use_case: str, document_id: DocumentId) -> None:
    key = {"run_id": run_id, "use_case": use_case, "document_id": document_id}
    still_open = await _SQL.all(conn, "lock_open_attempts", **key)
    await _SQL.run(conn, "sent_to_unknown", **key)
    await budgets.release(conn, [str(row["attempt_id"]) for row in still_open if not row["sent"]])


async def finish_work(  # noqa: PLR0913 - what identifies the row, by name
    conn: AsyncConnection,
    run_id: RunId,
    use_case: str,
    document_id: DocumentId,
    state: WorkState,
    reason: Reason | None,
    *,
    lease: Lease | None,
) -> None:
    """End a document with its reason; raises LeaseLost when the lease is not the current one.

    Without a lease only a document that nobody works on (pending or awaiting approval) can end; one that a
    person had forgotten meanwhile has its end already.
    """
    touched = await _SQL.run(
        conn,
        "finish",
        run_id=run_id,
        use_case=use_case,
        document_id=document_id,
        state=state.value,
        reason=reason.value if reason else None,
        token=lease.token if lease else None,
    )
    if touched == 0 and not (lease is None and await _is_forgotten(conn, run_id, use_case, document_id)):
        raise LeaseLost(f"document {document_id} of run {run_id} is finished or somebody else works on it")


async def _is_forgotten(conn: AsyncConnection, run_id: RunId, use_case: str, document_id: DocumentId) -> bool:
    key = {"run_id": run_id, "use_case": use_case, "document_id": document_id}
    return await _SQL.one(conn, "is_forgotten", **key) is not None


async def back_to_pending(conn: AsyncConnection, held: Lease) -> None:
    """Give a document back unfinished; raises LeaseLost when somebody else has taken it over."""
    if await _SQL.run(conn, "back_to_pending", **_key(held)) == 0:
        raise _lost(held)


def _key(held: Lease) -> Row:
    return {
        "run_id": held.run_id,
        "use_case": held.use_case,
        "document_id": held.document_id,
        "token": held.token,
    }


def _lost(held: Lease) -> LeaseLost:
    return LeaseLost(f"lease {held.token} of document {held.document_id} in run {held.run_id} is lost")
