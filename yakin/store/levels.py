"""Levels that people set, and what a person has to know of a document before setting one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.documents import DocumentId, Reason
from yakin.domain.evidence import Kind
from yakin.domain.levels import Flag, Level
from yakin.domain.review import Review
from yakin.store.json_values import storable
from yakin.store.queries import Row, load_queries

_SQL = load_queries("levels")


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document as a reviewer sees it: kinds and counts, no text. Never judged: no detector version."""

    document_id: DocumentId
    sha256: str | None
    uri: str
    baseline: Level
    flags: frozenset[Flag]
    counts: Mapping[Kind, int]
    extractor_version: str | None
    detector_version: str | None
    unreadable: Reason | None
    forgotten_at: datetime | None
    review: Review | None


@dataclass(frozen=True, slots=True)
class NewReview:
    """A level to set, with what its reviewer saw."""

    document_id: DocumentId
    level: Level
    by: str
    because: str
    baseline: Level
    counts: Mapping[Kind, int]
    dismissed: frozenset[Kind]
    extractor_version: str
    detector_version: str
    policy_version: str
    level_before: Level


@dataclass(frozen=True, slots=True)
class PastReview:
    """One row of a document's history."""

    review_id: int
    level: Level
    level_before: Level
    by: str
    because: str
    at: datetime
    baseline: Level
    counts: Mapping[str, int]
    dismissed: tuple[str, ...]
    detector_version: str


async def by_id(conn: AsyncConnection, document_id: int) -> list[DocumentId]:
    """The document of that id, if there is one."""
    return _ids(await _SQL.all(conn, "by_id", document_id=document_id))


async def by_sha256(conn: AsyncConnection, beginning: str) -> list[DocumentId]:
    """The documents whose hash begins so; at most two, which is too many."""
    return _ids(await _SQL.all(conn, "by_sha256", beginning=beginning))


async def by_uri(conn: AsyncConnection, uri: str) -> list[DocumentId]:
    """What is at that place now, else what was there last."""
    return _ids(await _SQL.all(conn, "by_uri", uri=uri))


def _ids(rows: list[Row]) -> list[DocumentId]:
    return [DocumentId(row["document_id"]) for row in rows]


async def known(conn: AsyncConnection, document_id: DocumentId) -> KnownDocument | None:
    """What is known of a document; None when there is none of that id."""
    row = await _SQL.one(conn, "known", document_id=document_id)
    if row is None:
        return None
    return KnownDocument(
        document_id=document_id,
        sha256=row["sha256"],
        uri=row["uri"],
        baseline=Level(row["baseline"]),
        flags=frozenset(map(Flag, row["flags"])),
        counts={Kind(kind): count for kind, count in row["counts"].items()},
        extractor_version=row["extractor_version"],
        detector_version=row["detector_version"],
        unreadable=Reason(row["unreadable"]) if row["unreadable"] else None,
        forgotten_at=row["forgotten_at"],
        review=review_of(row),
    )


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """What the register says of another place that holds the same bytes now."""

    baseline: Level
    flags: frozenset[Flag]


async def elsewhere(conn: AsyncConnection, document_id: DocumentId, uri: str) -> list[OtherPlace]:
    """The other places of a document now."""
    rows = await _SQL.all(conn, "elsewhere", document_id=document_id, uri=uri)
    return [OtherPlace(Level(row["baseline"]), frozenset(map(Flag, row["flags"]))) for row in rows]


def review_of(row: Row) -> Review | None:
    """The newest review that a row carries in its `review_…` columns, if any."""
    if row["review_id"] is None:
        return None
    return Review(
        review_id=row["review_id"],
        level=Level(row["review_level"]),
        baseline=Level(row["review_baseline"]),
        counts={Kind(kind): count for kind, count in row["review_counts"].items()},
        dismissed=frozenset(map(Kind, row["review_dismissed"])),
    )


async def save_review(conn: AsyncConnection, new: NewReview) -> int:
    """Set a level; the review's id. Answers that landed at a lower level are raised with it."""
    row = await _SQL.one(
        conn,
        "insert_review",
        document_id=new.document_id,
        level=new.level.value,
        by=storable(new.by),
        because=storable(new.because),
        baseline=new.baseline.value,
        counts=Jsonb({kind.value: count for kind, count in new.counts.items()}),
        dismissed=sorted(new.dismissed),
        extractor_version=new.extractor_version,
        detector_version=new.detector_version,
        policy_version=new.policy_version,
        level_before=new.level_before.value,
    )
    assert row is not None
    return int(row["review_id"])


async def history(conn: AsyncConnection, document_id: DocumentId) -> list[PastReview]:
    """Every level that was set, the newest first."""
    return [_past(row) for row in await _SQL.all(conn, "history", document_id=document_id)]


def _past(row: Row) -> PastReview:
    return PastReview(
        review_id=row["review_id"],
        level=Level(row["level"]),
        level_before=Level(row["level_before"]),
        by=row["by"],
        because=row["because"],
        at=row["at"],
        baseline=Level(row["baseline"]),
        counts=row["counts"],
        dismissed=tuple(row["dismissed"]),
        detector_version=row["detector_version"],
    )
