"""Items, documents and what was found in them: kinds and counts, never text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.documents import DocumentId, ItemId, Reason, Registration
from yakin.domain.evidence import Kind
from yakin.store.queries import load_queries

_SQL = load_queries("documents")


@dataclass(frozen=True, slots=True)
class RegisteredDocument:
    """The document that a listed object holds; `new` when these bytes were never seen before."""

    document_id: DocumentId
    item_id: ItemId
    uri: str
    new: bool


@dataclass(frozen=True, slots=True)
class Classification:
    """What reading and detection found. `unreadable` documents have no text hash and no tokens.

    `hash_key_id` names the key of the text hash, so that a rotated key detects again.
    """

    document_id: DocumentId
    extractor_version: str
    detector_version: str
    media_type: str
    counts: Mapping[Kind, int]
    text_hash: str | None
    input_tokens: int
    input_tokens_bound: int
    unreadable: Reason | None
    hash_key_id: str = ""


async def register(conn: AsyncConnection, registrations: Sequence[Registration]) -> list[RegisteredDocument]:
    """Write what a source lists; one result per URI, in the order of the URIs.

    The same bytes in two places are one document with two sightings. An object without a hash is
    a document of its own per item and object version. An item's newest sighting is its current one.
    """
    listed = sorted({each.source.uri: each for each in registrations}.values(), key=lambda each: each.source.uri)
    if not listed:
        return []
    params = _columns(listed)
    await _SQL.run(conn, "save_items", **params)
    new = {row["document_id"] for row in await _SQL.all(conn, "insert_documents", **params)}
    new |= {row["document_id"] for row in await _SQL.all(conn, "insert_unreadable", **params)}
    await _SQL.run(conn, "retire_sightings", **params)
    await _SQL.run(conn, "save_sightings", **params)
    rows = await _SQL.all(conn, "registered", **params)
    return [
        RegisteredDocument(
            DocumentId(row["document_id"]), ItemId(row["item_id"]), row["uri"], row["document_id"] in new
        )
        for row in rows
    ]


def _columns(listed: Sequence[Registration]) -> dict[str, object]:
    return {
        "uris": [each.source.uri for each in listed],
        "object_versions": [each.source.object_version for each in listed],
        "bytes": [each.source.bytes for each in listed],
        "hashes": [each.sha256 for each in listed],
        "media_types": [each.media_type for each in listed],
        "baselines": [each.baseline.value for each in listed],
        "departments": [each.department for each in listed],
        "owners": [each.owner for each in listed],
        "flags": [",".join(sorted(each.flags)) for each in listed],
    }


async def save_classification(conn: AsyncConnection, c: Classification) -> None:
    """Keep what was found; the same versions found again replace it."""
    await _SQL.run(
        conn,
        "save_classification",
        document_id=c.document_id,
        extractor_version=c.extractor_version,
        detector_version=c.detector_version,
        hash_key_id=c.hash_key_id,
        media_type=c.media_type,
        counts=Jsonb({kind.value: count for kind, count in c.counts.items()}),
        text_hash=c.text_hash,
        input_tokens=c.input_tokens,
        input_tokens_bound=c.input_tokens_bound,
        unreadable=c.unreadable.value if c.unreadable else None,
    )


async def forget_classification(conn: AsyncConnection, document_id: DocumentId) -> None:
    """Drop what was found: the source is not what was classified."""
    await _SQL.run(conn, "forget_classification", document_id=document_id)
