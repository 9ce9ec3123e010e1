"""What sandbox vendors wrote down of their requests, document text included: found and removed by age."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Old:
    """How many requests of a file are older than a moment, and the oldest of them."""

    count: int
    oldest: datetime


def recordings(home: Path) -> Iterator[tuple[str, Path]]:
    """Vendor and file of each recording of this home."""
    for path in sorted((home / "sandbox").glob("received-*.jsonl")):
        yield path.stem.removeprefix("received-"), path


def old_lines(path: Path, before: datetime) -> Old | None:
    """The requests that were received before a moment; None where there are none."""
    moments = [moment for moment, _ in _lines(path) if moment < before]
    return Old(len(moments), min(moments)) if moments else None


def remove_old_lines(path: Path, before: datetime) -> None:
    """Remove them in place: a running vendor goes on appending to the same file.

    What a rehearsal receives in this very moment may be missing from the recording afterwards.
    """
    kept = b"".join(line for moment, line in _lines(path) if moment >= before)
    with path.open("r+b") as file:
        file.write(kept)
        file.truncate()


def _lines(path: Path) -> Iterator[tuple[datetime, bytes]]:
    """Each line with its moment; a line that does not tell is as old as the file's newest."""
    newest = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    for line in path.read_bytes().splitlines(keepends=True):
        yield _moment(line) or newest, line


def _moment(line: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(line)["at"])
    except (ValueError, KeyError, TypeError):
        return None
