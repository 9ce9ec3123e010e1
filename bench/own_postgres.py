"""An embedded Postgres of a bench's own: a migrated template, and a fresh database per measurement."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from yakin.local import postgres
from yakin.store.migrate import migrate

TEMPLATE = "bench_template"


@dataclass(frozen=True, slots=True)
class OwnPostgres:
    """A running server whose databases are copies of the template."""

    home: Path
    server: postgres.PostgresServer

    @contextmanager
    def database(self, name: str) -> Iterator[tuple[str, str]]:
        """Owner's and app's address of a fresh database, dropped afterwards."""
        _as_owner(self.server, f"create database {name} template {TEMPLATE}")
        try:
            yield _url(self.server.owner_url, name), _url(self.server.app_url, name)
        finally:
            _as_owner(self.server, f"drop database {name} with (force)")


@contextmanager
def own_postgres(home: Path) -> Iterator[OwnPostgres]:
    """Start it in this home; it is deleted at the end."""
    try:
        server = postgres.start(home)
        postgres.run_as_superuser(home, "alter role yakin_owner createdb; grant pg_signal_backend to yakin_owner;")
        _as_owner(server, f"create database {TEMPLATE}")
        migrate(_url(server.owner_url, TEMPLATE))
        yield OwnPostgres(home, server)
    finally:
        postgres.delete(home)


def _url(server_url: str, name: str) -> str:
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def _as_owner(server: postgres.PostgresServer, statement: str) -> None:
    with psycopg.connect(server.owner_url, autocommit=True) as conn:
        conn.execute(statement)
