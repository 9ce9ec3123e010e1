"""Fixtures that every area shares: one embedded Postgres per test session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yakin.local import postgres as embedded
from yakin.local.processes import only_one

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
