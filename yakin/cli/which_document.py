"""DOCUMENT of a command: an id, a path, a URI or the beginning of a hash, when it names exactly one."""

import hashlib
import re
from pathlib import Path

from yakin.domain.documents import DocumentId
from yakin.errors import UsageError
from yakin.store import levels
from yakin.store.levels import KnownDocument
from yakin.store.pool import Pool

_ID = re.compile(r"[0-9]{1,18}")
_HASH = re.compile(r"[0-9a-f]{8,64}")
HELP = "Document id, path or URI, or the first 8 or more digits of its SHA-256"


async def find(pool: Pool, name: str) -> KnownDocument:
    """The document that a person means; raises UsageError with the remedy when it is none or several.

    A path means the bytes that are there now, so that nobody judges a file that has changed since.
    """
    found = await _candidates(pool, name)
    if len(found) > 1:
        raise UsageError(f"DOCUMENT: {name} begins several hashes; give more digits, or the document id")
    if not found:
        raise UsageError(
            f"DOCUMENT: no run has seen {name}; `yakin quote FOLDER` reads a folder without asking anybody"
        )
    async with pool.connection() as conn:
        known = await levels.known(conn, found[0])
    if known is None:
        raise UsageError(f"DOCUMENT: document {found[0]} was never seen anywhere")
    _check_unchanged(name, known)
    return known


async def _candidates(pool: Pool, name: str) -> list[DocumentId]:
    async with pool.connection() as conn:
        if _ID.fullmatch(name) and (found := await levels.by_id(conn, int(name))):
            return found
        if _HASH.fullmatch(name):
            return await levels.by_sha256(conn, name)
        if "://" in name:
            return await levels.by_uri(conn, name)
        found = await levels.by_sha256(conn, sha256) if (sha256 := _sha256(Path(name))) else []
        return found or await levels.by_uri(conn, _uri(name))


def _check_unchanged(name: str, known: KnownDocument) -> None:
    by_path = not _ID.fullmatch(name) and not _HASH.fullmatch(name) and "://" not in name
    there = _sha256(Path(name)) if by_path else None
    if there and known.sha256 and there != known.sha256:
        raise UsageError(
            f"DOCUMENT: {name} has changed since document {known.document_id} was read there; "
            "`yakin quote FOLDER` reads it again, or give the document id"
        )


def _uri(path: str) -> str:
    return Path(path).absolute().as_uri()


def _sha256(path: Path) -> str | None:
    """The hash of what is there; None for what is not a file of this machine or may not be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
