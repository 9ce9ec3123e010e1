"""The ground that storms of the bench stand on: an embedded Postgres of its own, a fresh database per storm."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.storm.storm import Place
from yakin.local import postgres, sandbox
from yakin.store.migrate import migrate

TEMPLATE = "storm_template"


@dataclass(frozen=True, slots=True)
class Ground:
    """A server with a migrated template, and sandbox vendors."""

    server: postgres.PostgresServer
    place: Place
    folder: Path

    @contextmanager
    def database(self, name: str) -> Iterator[tuple[str, str]]:
        """Owner's and app's address of a fresh database, dropped afterwards."""
        _as_owner(self.server, f"create database {name} template {TEMPLATE}")
        try:
            yield _url(self.server.owner_url, name), _url(self.server.app_url, name)
        finally:
            _as_owner(self.server, f"drop database {name} with (force)")


@contextmanager
def ground() -> Iterator[Ground]:
    """Start everything in a temporary folder, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="yakin-storm-"))
    home = folder / "home"
    try:
        server = postgres.start(home)
        postgres.run_as_superuser(home, "alter role yakin_owner createdb; grant pg_signal_backend to yakin_owner;")
        _as_owner(server, f"create database {TEMPLATE}")
        migrate(_url(server.owner_url, TEMPLATE))
        yield Ground(server, Place.prepare(home), folder)
    finally:
        sandbox.stop(home)
        postgres.delete(home)
        shutil.rmtree(folder, ignore_errors=True)


def _url(server_url: str, name: str) -> str:
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def _as_owner(server: postgres.PostgresServer, statement: str) -> None:
    with psycopg.connect(server.owner_url, autocommit=True) as conn:
        conn.execute(statement)
