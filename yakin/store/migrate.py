"""Bring a database to this version: roles, numbered migrations, views. Safe to run twice and at once."""

import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import Connection, sql

from yakin.errors import SettingsError, StoreError, YakinError
from yakin.store.group_roles import prepare_roles
from yakin.store.pool import without_row

_HERE = Path(__file__).parent
_FILE = re.compile(r"(\d{4})_\w+\.sql")
_LOCK = "select {function}(hashtextextended('yakin migrate', 0))"
MINIMUM_POSTGRES = 15


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file. It never changes once it has been applied anywhere."""

    number: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """Hash of the file, kept where it was applied."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """The migrations of this version, in order; a gap or a stray file is an error of ours."""
    found: list[Migration] = []
    for path in sorted((_HERE / "migrations").iterdir()):
        name = _FILE.fullmatch(path.name)
        if name is None or int(name[1]) != len(found) + 1:
            raise ValueError(f"unexpected migration {path.name}")
        found.append(Migration(int(name[1]), path.stem, path.read_text(encoding="utf-8")))
    return found


def migrate(owner_url: str, *, app_role: str = "yakin_app") -> list[str]:
    """Synchronous. Apply what is missing and return its names; an up-to-date database returns [].

    Needs Postgres 15 or newer and a login that owns the database and has CREATEROLE, or roles that an
    administrator made before. Raises SettingsError with the remedy.
    """
    try:
        with psycopg.connect(owner_url, autocommit=True, application_name="yakin migrate") as conn:
            _check_server(conn)
            conn.execute(_LOCK.format(function="pg_advisory_lock"))
            _prepare_roles(conn, app_role)
            with conn.transaction():
                return _apply(conn, app_role)
    except psycopg.Error as error:
        raise _explained(error) from None


def _prepare_roles(conn: Connection, app_role: str) -> None:
    # roles belong to the whole server: migrations of two databases may grant the same at once, and the lock
    # of one does not keep the other out; the second try finds it granted
    for _ in range(4):
        try:
            return prepare_roles(conn, app_role)
        except (psycopg.errors.UniqueViolation, psycopg.errors.InternalError_):
            time.sleep(0.1)
    return prepare_roles(conn, app_role)


def _check_server(conn: Connection) -> None:
    version = conn.info.server_version // 10000
    if version < MINIMUM_POSTGRES:
        raise SettingsError(
            f"Postgres {version} is too old: yakin needs {MINIMUM_POSTGRES} or newer; change YAKIN_DATABASE_URL"
        )
    query = "select has_database_privilege(current_database(), 'CREATE'), current_user, current_database()"
    row = conn.execute(query).fetchone()
    assert row is not None
    if not row[0]:
        raise SettingsError(
            f"role {row[1]} may not create schemas; set YAKIN_OWNER_DATABASE_URL to the URL of the role that owns "
            f"database {row[2]}, or an administrator runs: alter database {row[2]} owner to {row[1]}"
        )


def _apply(conn: Connection, app_role: str) -> list[str]:
    if not _has_schema(conn):
        _run_file(conn, "roles/schemas.sql", app_role)
    missing = _missing(conn)
    for migration in missing:
        conn.execute(migration.text)
        conn.execute(
            "insert into yakin.migration (number, name, sha256) values (%s, %s, %s)",
            (migration.number, migration.name, migration.sha256),
        )
    applied = [migration.name for migration in missing]
    if missing or _views_differ(conn, app_role):
        _apply_views(conn, app_role)
        applied.append("views")
    return applied


def _missing(conn: Connection) -> list[Migration]:
    applied = {row[0]: row[1] for row in conn.execute("select number, sha256 from yakin.migration")}
    known = migrations()
    if max(applied, default=0) > len(known):
        raise StoreError(f"the database has migration {max(applied)}, this yakin knows {len(known)}: update yakin")
    for migration in known:
        if applied.get(migration.number, migration.sha256) != migration.sha256:
            raise StoreError(f"migration {migration.name} was changed after it had been applied; restore the file")
    return [migration for migration in known if migration.number not in applied]


def _view_files() -> list[Path]:
    return sorted((_HERE / "views").glob("*.sql"))


def _views_hash(app_role: str) -> str:
    files = [*sorted((_HERE / "roles").glob("*.sql")), *_view_files()]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return hashlib.sha256(f"{app_role}\n{text}".encode()).hexdigest()


def _views_differ(conn: Connection, app_role: str) -> bool:
    row = conn.execute("select sha256 from yakin.views_version").fetchone()
    return row is None or row[0] != _views_hash(app_role)


def _apply_views(conn: Connection, app_role: str) -> None:
    _run_file(conn, "roles/grants.sql", app_role)
    conn.execute("set local role yakin_bi")
    for path in _view_files():
        conn.execute(path.read_text(encoding="utf-8"))
    _run_file(conn, "roles/view_grants.sql", app_role)
    conn.execute("reset role")
    conn.execute(
        "insert into yakin.views_version (sha256) values (%s) on conflict (one) do update set sha256 = excluded.sha256",
        (_views_hash(app_role),),
    )


def _run_file(conn: Connection, name: str, app_role: str) -> None:
    text = (_HERE / name).read_text(encoding="utf-8")
    conn.execute(sql.SQL(text).format(app=sql.Identifier(app_role)))


def _has_schema(conn: Connection) -> bool:
    row = conn.execute("select to_regclass('yakin.views_version') is not null").fetchone()
    return bool(row and row[0])


def _explained(error: psycopg.Error) -> YakinError:
    if error.sqlstate == "42501":
        return SettingsError(
            "the role of YAKIN_DATABASE_URL may not migrate: it has to own the database and its schemas "
            "yakin, ledger, knowledge and bi, and to have CREATEROLE"
        )
    return without_row(error)


def needs_migration(url: str, *, app_role: str = "yakin_app") -> bool:
    """Synchronous. Whether `migrate` would change this database; owner and app may ask."""
    try:
        with psycopg.connect(url, autocommit=True, application_name="yakin") as conn:
            return not _has_schema(conn) or bool(_missing(conn)) or _views_differ(conn, app_role)
    except psycopg.Error as error:
        raise without_row(error) from None
