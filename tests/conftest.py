"""Fixtures that every area shares: one embedded Postgres per test session, one database per test."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from yakin.local import postgres as embedded
from yakin.local.processes import only_one
from yakin.store.migrate import migrate

pytest_plugins = ["tests.night_fixtures", "tests.s3_server"]

_USERS = "postgres_users"


def _count(folder: Path, change: int) -> int:
    """How many test processes use the server, after this change. Called under the lock."""
    users = folder / _USERS
    number = (int(users.read_text()) if users.exists() else 0) + change
    users.write_text(str(number))
    return number


@pytest.fixture(scope="session")
def postgres_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The YAKIN_HOME of the session's Postgres. xdist's processes share one; the last one deletes it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    home = shared / "postgres_home"
    with only_one(shared / "postgres.lock"):
        _count(shared, +1)
        embedded.start(home)
        embedded.run_as_superuser(home, "alter role yakin_owner createdb;")  # template databases; tests only
    yield home
    with only_one(shared / "postgres.lock"):
        if _count(shared, -1) == 0:
            embedded.delete(home)


@pytest.fixture(scope="session")
def postgres(postgres_home: Path) -> embedded.PostgresServer:
    """The session's embedded Postgres, with empty databases yakin and prefect."""
    return embedded.start(postgres_home)


@dataclass(frozen=True, slots=True, repr=False)
class Database:
    """A migrated database of one test. `owner_url` may do anything in it, `app_url` what a night may."""

    name: str
    owner_url: str
    app_url: str

    def __repr__(self) -> str:
        return f"Database({self.name})"


def _url_of(server_url: str, name: str) -> str:
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def _as_owner(server: embedded.PostgresServer, statement: str) -> None:
    with psycopg.connect(server.owner_url, autocommit=True) as conn:
        conn.execute(statement)


@pytest.fixture(scope="session")
def database_template(postgres_home: Path, postgres: embedded.PostgresServer, worker_id: str) -> str:
    """The name of a migrated, empty database that tests copy; one per xdist process."""
    name = f"template_{worker_id}"
    # so that a test that leaves connections open can still be cleaned up after
    embedded.run_as_superuser(postgres_home, "grant pg_signal_backend to yakin_owner;")
    # hundreds of databases are made and dropped; none of them has to survive a power cut
    embedded.run_as_superuser(postgres_home, "alter system set fsync = off;")
    embedded.run_as_superuser(postgres_home, "select pg_reload_conf();")
    _as_owner(postgres, f"create database {name}")
    migrate(_url_of(postgres.owner_url, name))
    return name


@pytest.fixture
def database(postgres: embedded.PostgresServer, database_template: str) -> Iterator[Database]:
    """A migrated database of this test alone."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    _as_owner(postgres, f"create database {name} template {database_template}")
    yield Database(name, _url_of(postgres.owner_url, name), _url_of(postgres.app_url, name))
    _as_owner(postgres, f"drop database {name} with (force)")
