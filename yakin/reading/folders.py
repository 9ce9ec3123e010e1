"""Files as a source: sorted, versioned by size and modification time, never followed out of the folder."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from yakin.domain.documents import Reason, SourceObject
from yakin.errors import SourceChanged, UsageError
from yakin.reading.reasons import ReadFailed

_CHUNK = 1024 * 1024
_UNLISTABLE = "unlistable"
# Neither a link put there since the listing nor a waiting pipe may be opened.
_READ_FLAGS = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def file_uri(path: Path) -> str:
    """The `file://` URI of an absolute path; any name round-trips, Japanese or not even text."""
    return f"file://{quote_from_bytes(os.fsencode(path))}"


def path_of(uri: str) -> Path:
    """The path of a `file://` URI, or of a plain path."""
    if not uri.startswith("file://"):
        return Path(uri).expanduser()
    host, slash, rest = uri.removeprefix("file://").partition("/")
    if host not in {"", "localhost"}:
        raise UsageError(f"source file://{host}/… is on another machine; mount it and give its path")
    return Path(os.fsdecode(unquote_to_bytes(slash + rest)))


def is_left_out(name: str) -> bool:
    """Hidden files and the lock files of Office programs are nobody's documents."""
    return name.startswith((".", "~$"))


def list_folder(uri: str) -> Iterator[SourceObject]:
    """The files of a folder and its subfolders, or the one file, in the order of their names."""
    path = path_of(uri)
    if not path.exists():
        raise UsageError(f"source {path} does not exist; give a folder or a file")
    root = path.resolve()  # the start may be a link; nothing below it may lead out
    if root.is_dir():
        return _walk(root)
    return iter([_listed(root, root.stat())])


def read_file(source: SourceObject, max_bytes: int) -> bytes:
    """The bytes of a file, provided that it is before and after reading what was listed."""
    try:
        descriptor = os.open(path_of(source.uri), _READ_FLAGS)
    except OSError as error:
        became_link = error.errno == errno.ELOOP
        raise (SourceChanged() if became_link else ReadFailed(Reason.UNREADABLE)) from None
    try:
        _check(os.fstat(descriptor), source, max_bytes)
        data = _read_all(descriptor, source.bytes)
        _check(os.fstat(descriptor), source, max_bytes)
    finally:
        os.close(descriptor)
    return data


def check_file(source: SourceObject) -> None:
    """Raises SourceChanged unless the file is there and is the version that was listed."""
    try:
        found = os.lstat(path_of(source.uri))
    except OSError:
        raise SourceChanged("a file is no longer there") from None
    if not stat.S_ISREG(found.st_mode) or _version(found) != source.object_version:
        raise SourceChanged("a file is not what was listed: size or modification time differ")


def _check(found: os.stat_result, source: SourceObject, max_bytes: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ReadFailed(Reason.UNREADABLE)
    if _version(found) != source.object_version:
        raise SourceChanged("a file is not what was listed: size or modification time differ")
    if found.st_size > max_bytes:
        raise ReadFailed(Reason.TOO_LARGE)


def _read_all(descriptor: int, expected: int) -> bytes:
    chunks: list[bytes] = []
    left = expected + 1  # one more byte would show that it grew
    try:
        while left > 0 and (chunk := os.read(descriptor, min(left, _CHUNK))):
            chunks.append(chunk)
            left -= len(chunk)
    except OSError:
        raise ReadFailed(Reason.UNREADABLE) from None
    data = b"".join(chunks)
    if len(data) != expected:
        raise SourceChanged("a file is not what was listed: its size differs")
    return data


def _walk(folder: Path) -> Iterator[SourceObject]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    except OSError:
        yield SourceObject(f"{file_uri(folder)}/", _UNLISTABLE, 0)
        return
    for entry in entries:
        if is_left_out(entry.name) or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield from _listed_if_there(entry)


def _listed_if_there(entry: os.DirEntry[str]) -> Iterator[SourceObject]:
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # deleted while listing: it was never there
    yield _listed(Path(entry.path), found)


def _listed(path: Path, found: os.stat_result) -> SourceObject:
    return SourceObject(file_uri(path), _version(found), found.st_size)


def _version(found: os.stat_result) -> str:
    return f"{found.st_size}:{found.st_mtime_ns}"
