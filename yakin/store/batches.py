"""Batches and their lines: the intent before anything leaves, and one end for every line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import AsyncConnection

from yakin.domain.batches import BatchId, BatchState, VendorBatch
from yakin.domain.documents import AttemptId, DocumentId, Lease, RunId
from yakin.domain.levels import Level
from yakin.errors import LeaseLost, StoreError
from yakin.store import ledger
from yakin.store.queries import Row, load_queries
from yakin.store.reserving import mark_sent_group

_SQL = load_queries("batches")


@dataclass(frozen=True, slots=True, repr=False)
class SealedMap:
    """A restore map that nobody can read without its key."""

    key_id: str
    ciphertext: bytes

    def __repr__(self) -> str:
        return f"SealedMap(key_id={self.key_id}, bytes={len(self.ciphertext)})"


@dataclass(frozen=True, slots=True)
class NewLine:
    """A reserved attempt that becomes a line."""

    attempt_id: AttemptId
    lease: Lease
    sealed: SealedMap | None


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch before anything has left."""

    batch_id: BatchId
    run_id: RunId
    offer: str
    file_sha256: str


@dataclass(frozen=True, slots=True)
class OutstandingBatch:
    """A batch that has not ended, or that has files at its vendor. Ids and names only."""

    batch_id: BatchId
    run_id: RunId
    offer: str
    endpoint: str
    model: str
    state: BatchState
    input_file_id: str | None
    provider_batch_id: str | None
    output_file_id: str | None
    error_file_id: str | None
    intent_at: datetime
    run_state: str

    @property
    def file_ids(self) -> tuple[str, ...]:
        """Every file at the vendor that is known."""
        return tuple(each for each in (self.input_file_id, self.output_file_id, self.error_file_id) if each)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line without an end. `sealed` is None when it needs no map, or has lost it (`needs_map` tells)."""

    attempt_id: AttemptId
    lease: Lease
    use_case_version: str
    level: Level
    needs_map: bool
    sealed: SealedMap | None


@dataclass(frozen=True, slots=True)
class Oddities:
    """What a vendor's files had too much or too little of."""

    duplicate_lines: int = 0
    unknown_ids: int = 0
    missing_lines: int = 0


async def intend(conn: AsyncConnection, new: NewBatch, lines: Sequence[NewLine]) -> None:
    """Write the batch, mark every line as sent and its document as submitted: all before the first byte leaves.

    Raises LeaseLost when one of the documents has been taken over; then nothing is written.
    """
    if await _SQL.run(conn, "insert", **_columns(new)) == 0:
        raise StoreError(f"run {new.run_id} froze no offer {new.offer}")
    marked = await mark_sent_group(conn, [line.attempt_id for line in lines])  # locks all, each kind in its order
    for line in sorted(lines, key=lambda each: (each.lease.use_case, each.lease.document_id)):
        if line.attempt_id not in marked:
            raise ledger.not_sendable(line.attempt_id)
        await _SQL.run(
            conn,
            "insert_line",
            attempt_id=line.attempt_id,
            batch_id=new.batch_id,
            sealed=line.sealed is not None,
        )
        if line.sealed is not None:
            await _SQL.run(
                conn,
                "insert_map",
                attempt_id=line.attempt_id,
                key_id=line.sealed.key_id,
                ciphertext=line.sealed.ciphertext,
            )
        if await _SQL.run(conn, "submit_work", **_work(line.lease), token=line.lease.token) == 0:
            raise LeaseLost(f"document {line.lease.document_id} of run {new.run_id} was taken over")


async def uploaded(conn: AsyncConnection, batch_id: BatchId, input_file_id: str) -> None:
    """The vendor has the file."""
    await _SQL.run(conn, "set_input_file", batch_id=batch_id, input_file_id=input_file_id)


async def has_input_file(conn: AsyncConnection, batch_id: BatchId) -> bool:
    """Whether the vendor is known to have the file: before that nothing can have been ordered."""
    return await _SQL.one(conn, "has_input_file", batch_id=batch_id) is not None


async def submitted(conn: AsyncConnection, batch_id: BatchId, at_vendor: VendorBatch) -> None:
    """The vendor has taken the order."""
    await _SQL.run(
        conn,
        "set_submitted",
        batch_id=batch_id,
        provider_batch_id=at_vendor.provider_batch_id,
        input_file_id=at_vendor.input_file_id,
        vendor_state=at_vendor.state.value,
    )


async def seen(conn: AsyncConnection, batch_id: BatchId, at_vendor: VendorBatch) -> None:
    """What the vendor says now."""
    await _SQL.run(
        conn,
        "set_vendor_state",
        batch_id=batch_id,
        vendor_state=at_vendor.state.value,
        output_file_id=at_vendor.output_file_id,
        error_file_id=at_vendor.error_file_id,
    )


async def outstanding(conn: AsyncConnection, *, rehearsal: bool, run_id: RunId | None = None) -> list[OutstandingBatch]:
    """Batches that still need somebody, oldest first; of one run, or of all that are real (or rehearsals)."""
    rows = await _SQL.all(conn, "outstanding", rehearsal=rehearsal, run_id=run_id)
    return [_outstanding(row) for row in rows]


async def open_lines(conn: AsyncConnection, batch_id: BatchId) -> list[OpenLine]:
    """The lines that have no end yet."""
    return [_open_line(row) for row in await _SQL.all(conn, "lines", batch_id=batch_id)]


async def known_ids(conn: AsyncConnection, batch_id: BatchId) -> frozenset[AttemptId]:
    """The ids of all lines of a batch."""
    rows = await _SQL.all(conn, "known_ids", batch_id=batch_id)
    return frozenset(AttemptId(str(row["attempt_id"])) for row in rows)


async def settle_line(conn: AsyncConnection, attempt_id: AttemptId, *, again: bool) -> None:
    """The line has its end and its map goes. With `again` its document, when nobody has it, waits for the next wave.

    In the transaction of the attempt's settlement. The document is locked before its map, as whoever forgets it does.
    """
    await _SQL.run(conn, "lock_work", attempt_id=attempt_id)
    await _SQL.run(conn, "settle_line", attempt_id=attempt_id)
    await _SQL.run(conn, "delete_map", attempt_id=attempt_id)
    if again:
        await _SQL.run(conn, "back", attempt_id=attempt_id)


async def end(conn: AsyncConnection, batch_id: BatchId, state: BatchState, oddities: Oddities) -> None:
    """Every line has its end."""
    await _SQL.run(
        conn,
        "end_batch",
        batch_id=batch_id,
        state=state.value,
        duplicate_lines=oddities.duplicate_lines,
        unknown_ids=oddities.unknown_ids,
        missing_lines=oddities.missing_lines,
    )


async def files_deleted(conn: AsyncConnection, batch_id: BatchId) -> None:
    """The vendor has deleted every file of an ended batch."""
    await _SQL.run(conn, "files_deleted", batch_id=batch_id)


async def stop_waiting(conn: AsyncConnection, run_id: RunId) -> list[tuple[str, DocumentId]]:
    """A run's documents that still wait for a batch become pending; which. Their lines may still come back."""
    rows = await _SQL.all(conn, "back_all", run_id=run_id)
    return [(row["use_case"], DocumentId(row["document_id"])) for row in rows]


async def give_up(conn: AsyncConnection, run_id: RunId) -> int:
    """At the close of a run: what its batches have not brought is unanswered by the deadline; how many."""
    return await _SQL.run(conn, "give_up", run_id=run_id)


async def forget(conn: AsyncConnection, document_id: DocumentId) -> int:
    """Delete the restore maps of a document and end its waiting; how many maps.

    Its lines under way are charged when they come back, land nothing, and go with the batch's files.
    """
    await _SQL.run(conn, "forget_work", document_id=document_id)
    return await _SQL.run(conn, "forget_maps", document_id=document_id)


async def batches_with(conn: AsyncConnection, document_id: DocumentId) -> list[BatchId]:
    """Batches whose files at a vendor hold a line of a document."""
    rows = await _SQL.all(conn, "batches_with", document_id=document_id)
    return [BatchId(str(row["batch_id"])) for row in rows]


async def expired_maps(conn: AsyncConnection, before: datetime) -> list[AttemptId]:
    """Attempts whose maps were sealed before a moment and whose lines have no end yet."""
    return [AttemptId(str(row["attempt_id"])) for row in await _SQL.all(conn, "expired_maps", before=before)]


async def delete_maps(conn: AsyncConnection, attempt_ids: Sequence[AttemptId]) -> int:
    """Delete these maps; how many there were."""
    return await _SQL.run(conn, "delete_maps", attempt_ids=list(attempt_ids))


def _columns(new: NewBatch) -> Row:
    return {
        "batch_id": new.batch_id,
        "run_id": new.run_id,
        "offer": new.offer,
        "file_sha256": new.file_sha256,
    }


def _work(lease: Lease) -> Row:
    return {"run_id": lease.run_id, "use_case": lease.use_case, "document_id": lease.document_id}


def _outstanding(row: Row) -> OutstandingBatch:
    typed = {
        "batch_id": BatchId(str(row["batch_id"])),
        "run_id": RunId(str(row["run_id"])),
        "state": BatchState(row["state"]),
    }
    return OutstandingBatch(**row | typed)


def _open_line(row: Row) -> OpenLine:
    lease = Lease(
        RunId(str(row["run_id"])),
        DocumentId(row["document_id"]),
        row["use_case"],
        row["lease_token"],
        datetime.max.replace(tzinfo=UTC),  # waiting for a batch has no end
    )
    sealed = SealedMap(row["key_id"], bytes(row["ciphertext"])) if row["ciphertext"] is not None else None
    return OpenLine(
        AttemptId(str(row["attempt_id"])), lease, row["use_case_version"], Level(row["level"]), row["sealed"], sealed
    )
