"""A company's own Postgres 15: an owner without superuser rights migrates, an app without any right to do so works."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAMS = Path("/usr/lib/postgresql/15/bin")  # Debian's and Ubuntu's place
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "own-postgres.md").read_text()
SQL = dict(re.findall(r"^```sql ([^\n]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def postgres_15() -> Iterator[int]:
    """The port of a fresh server, run by an unprivileged user."""
    if not (PROGRAMS / "initdb").exists():
        pytest.skip("NOT TESTED: no PostgreSQL 15 in /usr/lib/postgresql/15; apt-get install postgresql-15")
    folder = Path(tempfile.mkdtemp(prefix="yakin-pg15-"))
    as_user = {"user": "nobody"} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(folder, "nobody")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def program(name: str, *arguments: str) -> None:
        command = [str(PROGRAMS / name), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)

    program("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    server = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    program("pg_ctl", "-o", server, "-l", str(folder / "log"), "-w", "start")
    yield port
    program("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def _psql(port: int, *statements: str) -> None:
    options = ["-v", "ON_ERROR_STOP=1", *(each for statement in statements for each in ("-c", statement))]
    subprocess.run(
        [PROGRAMS / "psql", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", *options], check=True
    )


def test_a_postgres_of_ones_own_takes_a_night(house, texts, postgres_15):
    _psql(postgres_15, *SQL["administrator"].strip().splitlines())
    house.owner_url = f"postgresql://yakin_owner:change-me-1@127.0.0.1:{postgres_15}/yakin"
    app_url = f"postgresql://yakin_app:change-me-2@127.0.0.1:{postgres_15}/yakin"
    texts("見積をお願いします。")
    house.environment |= {"YAKIN_DATABASE_URL": app_url}
    del house.environment["YAKIN_OWNER_DATABASE_URL"]
    refused = house.yakin("db", "migrate")
    house.environment |= {"YAKIN_OWNER_DATABASE_URL": house.owner_url}

    migrated = house.yakin("db", "migrate")
    night = house.run()

    assert refused.code == 2
    assert "set YAKIN_OWNER_DATABASE_URL" in refused.err
    assert migrated.code == 0, migrated.err
    assert night.code == 0, night.err
    assert house.charged() == house.metered()
    assert house.rows("select count(*) from bi.answers") == [(1,)]


def test_an_owner_that_may_not_create_roles_works_with_those_of_the_administrator(house, postgres_15):
    without = SQL["administrator"].replace("login createrole", "login nocreaterole")
    both = without + SQL["administrator-without-createrole"] + SQL["grants"]
    _psql(postgres_15, *both.strip().splitlines())
    house.owner_url = f"postgresql://yakin_owner:change-me-1@127.0.0.1:{postgres_15}/yakin"
    house.environment |= {
        "YAKIN_DATABASE_URL": f"postgresql://yakin_app:change-me-2@127.0.0.1:{postgres_15}/yakin",
        "YAKIN_OWNER_DATABASE_URL": house.owner_url,
    }

    migrated = house.yakin("db", "migrate")

    assert migrated.code == 0, migrated.err
    assert house.yakin("db", "psql", "-Atc", "select count(*) from bi.answers").out.strip() == "0"
