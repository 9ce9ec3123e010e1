"""What the steps of a night ask for: versions already hashed, documents to judge, documents to plan."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from psycopg import AsyncConnection

from yakin.domain.documents import DocumentId, Reason, RunId, SourceObject
from yakin.domain.evidence import Kind
from yakin.domain.levels import Flag, Level
from yakin.domain.planning import AskedAlready
from yakin.domain.review import Review
from yakin.store import runs
from yakin.store.levels import review_of
from yakin.store.pool import dedicated_connection, translated_errors
from yakin.store.queries import Row, load_queries

_SQL = load_queries("night_work")


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """What the bytes of an object version hashed to when they were read."""

    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Versions:
    """What judges a document: extractor, detector, and the key that text hashes are made with."""

    extractor: str
    detector: str
    hash_key_id: str

    def columns(self) -> dict[str, str]:
        """As query parameters."""
        return {
            "extractor_version": self.extractor,
            "detector_version": self.detector,
            "hash_key_id": self.hash_key_id,
        }


@dataclass(frozen=True, slots=True)
class Unclassified:
    """A pending document that has not been judged, and where to read it."""

    document_id: DocumentId
    sha256: str | None
    source: SourceObject
    use_cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PendingDocument:
    """A pending document as the planner needs it. Kinds and counts, no text."""

    document_id: DocumentId
    use_case: str
    source: SourceObject
    sha256: str | None
    baseline: Level
    counts: Mapping[Kind, int]
    text_hash: str | None
    extractor_version: str
    input_tokens: int
    input_tokens_bound: int
    unreadable: Reason | None
    flags: frozenset[Flag] = frozenset()
    review: Review | None = None
    was_in_batch: bool = False  # of this run
    media_type: str = ""  # as recognised from the bytes


async def known_versions(conn: AsyncConnection, objects: Sequence[SourceObject]) -> dict[tuple[str, str], KnownVersion]:
    """By URI and object version; what was never read is missing."""
    rows = await _SQL.all(
        conn,
        "known_versions",
        uris=[each.uri for each in objects],
        object_versions=[each.object_version for each in objects],
    )
    return {(row["uri"], row["object_version"]): KnownVersion(row["sha256"], row["media_type"]) for row in rows}


async def unclassified(
    conn: AsyncConnection, run_id: RunId, versions: Versions, *, only: Sequence[DocumentId] | None = None
) -> list[Unclassified]:
    """The run's pending documents, or only these of them, that these versions have not judged yet."""
    wanted = None if only is None else list(only)
    rows = await _SQL.all(conn, "unclassified", run_id=run_id, only=wanted, **versions.columns())
    return [
        Unclassified(DocumentId(row["document_id"]), row["sha256"], _place(row), tuple(row["use_cases"]))
        for row in rows
    ]


async def pending_documents(conn: AsyncConnection, run_id: RunId, versions: Versions) -> list[PendingDocument]:
    """The run's pending documents with what was found in them."""
    rows = await _SQL.all(conn, "pending_documents", run_id=run_id, **versions.columns())
    return [_pending(row) for row in rows]


async def asked_already(conn: AsyncConnection, run_id: RunId) -> AskedAlready:
    """What vendors have seen of the run's documents that are not pending any more."""
    rows = await _SQL.all(conn, "asked_already", run_id=run_id)
    seen_by = {row["operator"]: int(row["documents"]) for row in rows if row["operator"] is not None}
    return AskedAlready(next(int(row["documents"]) for row in rows if row["operator"] is None), seen_by)


def _pending(row: Row) -> PendingDocument:
    return PendingDocument(
        document_id=DocumentId(row["document_id"]),
        use_case=row["use_case"],
        source=_place(row),
        sha256=row["sha256"],
        baseline=Level(row["baseline"]),
        counts={Kind(kind): count for kind, count in row["counts"].items()},
        text_hash=row["text_hash"],
        extractor_version=row["extractor_version"],
        input_tokens=row["input_tokens"],
        input_tokens_bound=row["input_tokens_bound"],
        unreadable=Reason(row["unreadable"]) if row["unreadable"] else None,
        flags=frozenset(map(Flag, row["flags"])),
        review=review_of(row),
        was_in_batch=row["was_in_batch"],
        media_type=row["media_type"],
    )


def _place(row: Row) -> SourceObject:
    return SourceObject(row["uri"], row["object_version"], row["bytes"])


class RunHolder:
    """A session whose advisory locks say which runs this process works on. It dies with the process."""

    def __init__(self, conn: AsyncConnection) -> None:
        self._conn = conn
        self.run_id: RunId | None = None  # the newest run that this process held

    @classmethod
    async def open(cls, url: str) -> Self:
        """A session of its own; raises StoreUnavailable."""
        return cls(await dedicated_connection(url))

    async def hold(self, run_id: RunId) -> bool:
        """Hold the run; False while another live process holds it."""
        async with translated_errors():
            held = await runs.hold_run(self._conn, run_id)
        self.run_id = run_id if held else self.run_id
        return held

    async def stop(self, run_id: RunId, state: runs.RunState) -> runs.TakenOver:
        """Close a run that stopped before its end. What was under way is left as after a crash.

        Only its holder can: a lost session raises StoreUnavailable. A run that is closed stays as it is.
        """
        async with translated_errors(), self._conn.transaction():
            left = await runs.take_over(self._conn, run_id)
            await _SQL.run(self._conn, "stop", run_id=run_id, state=state.value)
        return left

    @asynccontextmanager
    async def borrowed(self, run_id: RunId) -> AsyncIterator[bool]:
        """Hold another run for one block; False while a live process works on it."""
        async with translated_errors():
            held = await runs.hold_run(self._conn, run_id)
        try:
            yield held
        finally:
            if held:
                async with translated_errors():
                    await _SQL.run(self._conn, "let_go", run_id=run_id)

    async def close_abandoned(self) -> list[RunId]:
        """Close every open run that no live process holds: what it left reserved or leased is cleaned up.

        The same command would do that; after a crash in the night nobody may ever give it again.
        """
        async with translated_errors():
            rows = await _SQL.all(self._conn, "open_runs", held=self.run_id)
            return [run_id for row in rows if await self._close_dead(run_id := RunId(str(row["run_id"])))]

    async def _close_dead(self, run_id: RunId) -> bool:
        if not await runs.hold_run(self._conn, run_id):
            return False
        try:
            await self.stop(run_id, runs.RunState.FAILED)
        finally:
            await _SQL.run(self._conn, "let_go", run_id=run_id)
        return True

    async def close(self) -> None:
        """Let every run go."""
        await self._conn.close()
