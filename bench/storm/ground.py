"""The ground that storms of the bench stand on: a Postgres of its own and sandbox vendors."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.own_postgres import OwnPostgres, own_postgres
from bench.storm.storm import Place
from yakin.local import sandbox


@dataclass(frozen=True, slots=True)
class Ground:
    """A server with a migrated template, and sandbox vendors."""

    postgres: OwnPostgres
    place: Place
    folder: Path


@contextmanager
def ground() -> Iterator[Ground]:
    """Start everything in a temporary folder, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="yakin-storm-"))
    home = folder / "home"
    try:
        with own_postgres(home) as server:
            yield Ground(server, Place.prepare(home), folder)
    finally:
        sandbox.stop(home)
        shutil.rmtree(folder, ignore_errors=True)
