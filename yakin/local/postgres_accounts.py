"""Who may log in to the embedded Postgres: random passwords, roles, databases."""

import json
import os
import secrets
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from yakin.errors import ServiceFailed
from yakin.local.postgres_binaries import library_path
from yakin.local.processes import write_private

SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True, repr=False)
class Accounts:
    """One random password per role. The superuser's is for yakin.local only."""

    postgres: str
    yakin_owner: str
    yakin_app: str
    prefect: str

    def url(self, role: str, database: str, port: int, scheme: str = "postgresql") -> str:
        """The address of a database for a role, password included."""
        return f"{scheme}://{role}:{getattr(self, role)}@127.0.0.1:{port}/{database}"


def invent() -> Accounts:
    """Accounts with new random passwords."""
    return Accounts(*(secrets.token_urlsafe(24) for _ in range(4)))


def write(path: Path, known: Accounts) -> None:
    """Keep the accounts in that file, mode 600."""
    write_private(path, json.dumps(asdict(known)))


def read(path: Path) -> Accounts:
    """The accounts kept in that file."""
    try:
        return Accounts(**json.loads(path.read_text()))
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        raise ServiceFailed(f"{path} is missing or damaged; restore it") from None


# Passwords come through stdin and are URL-safe, so nothing needs quoting and no `ps` shows them.
# Extensions go to template1, because vector needs a superuser and every database of ours needs it.
_BOOTSTRAP = """
\\set ON_ERROR_STOP on
set client_min_messages = warning;
create extension if not exists vector;
create extension if not exists pg_trgm;
select format('create role %I', name) from unnest(array['yakin_owner', 'yakin_app', 'prefect']) name
  where not exists (select from pg_roles where rolname = name) \\gexec
alter role yakin_owner login createrole nosuperuser password '{yakin_owner}';
alter role yakin_app login nocreaterole nosuperuser password '{yakin_app}';
alter role prefect login nocreaterole nosuperuser password '{prefect}';
select 'create database yakin owner yakin_owner'
  where not exists (select from pg_database where datname = 'yakin') \\gexec
select 'create database prefect owner prefect'
  where not exists (select from pg_database where datname = 'prefect') \\gexec
revoke connect, temporary on database prefect from public;
"""


def bootstrap(installation: Path, port: int, known: Accounts) -> None:
    """Create roles and databases, or bring them back to what they should be. Safe to repeat."""
    script = _BOOTSTRAP.format(yakin_owner=known.yakin_owner, yakin_app=known.yakin_app, prefect=known.prefect)
    run_sql(installation, port, known, script, database="template1")


def run_sql(installation: Path, port: int, known: Accounts, script: str, database: str) -> str:
    """Run a psql script as superuser and return its output, one unaligned row per line."""
    answer = subprocess.run(
        [str(installation / "bin" / "psql"), "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(port)],
        input=script,
        env=library_path(installation)
        | {"PGUSER": SUPERUSER, "PGPASSWORD": known.postgres, "PGDATABASE": database, "PGCONNECT_TIMEOUT": "10"}
        | {"PATH": os.defpath, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        # the error's text may quote the script, and that holds passwords
        raise ServiceFailed(f"the embedded Postgres refused its set-up (psql exit {answer.returncode})")
    return answer.stdout
