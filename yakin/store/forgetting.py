"""`yakin forget`: what is kept of a document's content goes, a tombstone stays, money and decisions stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.documents import DocumentId, RunId
from yakin.errors import UsageError
from yakin.store import batches
from yakin.store.json_values import storable
from yakin.store.queries import load_queries

_SQL = load_queries("forgetting")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The tombstone: how many rows of what were removed, and when."""

    document_id: DocumentId
    at: datetime
    removed: Mapping[str, int]


async def forget(conn: AsyncConnection, document_id: DocumentId, *, by: str, because: str) -> Forgotten:
    """Remove answers, findings, verdicts and restore maps of a document, in the caller's one transaction.

    A night that works on it can neither send nor land it any more; what it has sent is charged.
    Remote files with its lines are deleted by the next `yakin collect`. Raises UsageError when it is forgotten already.
    """
    key = {"document_id": document_id}
    removed = {"open_work": await _SQL.run(conn, "end_work", **key)}
    removed["restore_maps"] = await batches.forget(conn, document_id)
    removed["batches_to_purge"] = len(await batches.batches_with(conn, document_id))
    await _SQL.run(conn, "keep_out")
    for what in ("answers", "classifications", "judgements"):
        removed[what] = await _SQL.run(conn, f"delete_{what}", **key)
    row = await _SQL.one(
        conn, "insert_tombstone", by=storable(by), because=storable(because), removed=Jsonb(removed), **key
    )
    if row is None:
        raise UsageError(f"document {document_id} is forgotten already, or there is none of that id")
    return Forgotten(document_id, row["at"], removed)


async def end_forgotten(conn: AsyncConnection, run_id: RunId) -> int:
    """End a run's waiting documents that were forgotten meanwhile; how many."""
    return await _SQL.run(conn, "end_forgotten", run_id=run_id)
