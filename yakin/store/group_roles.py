"""The roles that a database of ours needs: one that works, one that owns the views, three that read."""

import psycopg
from psycopg import Connection, sql

from yakin.errors import SettingsError

_GROUPS = ("yakin_bi", "bi_reader", "bi_restricted", "auditor")


def prepare_roles(conn: Connection, app_role: str) -> None:
    """Create what is missing, without login; raises SettingsError with the statement for an administrator."""
    _refuse_powerful(conn, app_role)
    for role in (*_GROUPS, app_role):
        if not _exists(conn, role):
            _create(conn, role)
    _join_view_owner(conn)
    _let_operators_read(conn, app_role)


def _refuse_powerful(conn: Connection, app_role: str) -> None:
    row = conn.execute(
        "select rolsuper, rolname = current_user or pg_has_role(rolname, current_user, 'member') "
        "from pg_roles where rolname = %s",
        (app_role,),
    ).fetchone()
    if row and row[0]:
        raise SettingsError(f"role {app_role} is a superuser; run: alter role {app_role} nosuperuser")
    if row and row[1]:
        raise SettingsError(f"role {app_role} is or can become the owner; migrate as another role than the app's")


def _exists(conn: Connection, role: str) -> bool:
    return conn.execute("select from pg_roles where rolname = %s", (role,)).fetchone() is not None


def _create(conn: Connection, role: str) -> None:
    try:
        conn.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        return  # roles belong to the whole server: another database's migration was faster
    except psycopg.errors.InsufficientPrivilege:
        raise SettingsError(
            f"role {role} is missing and may not be created; an administrator runs: create role {role}"
        ) from None


def _join_view_owner(conn: Connection) -> None:
    """Views are created as yakin_bi, so that they have its rights and not the owner's."""
    kind = "set" if conn.info.server_version >= 160000 else "member"
    row = conn.execute("select pg_has_role(current_user, 'yakin_bi', %s), current_user", (kind,)).fetchone()
    assert row is not None
    if row[0]:
        return
    try:
        conn.execute(sql.SQL("grant yakin_bi to {}").format(sql.Identifier(row[1])))
    except psycopg.errors.InsufficientPrivilege:
        raise SettingsError(
            f"role {row[1]} cannot act as yakin_bi; an administrator runs: grant yakin_bi to {row[1]}"
        ) from None


def _let_operators_read(conn: Connection, app_role: str) -> None:
    """`yakin db url` and its owner show every view; people who may see less get bi_reader or auditor."""
    row = conn.execute("select current_user").fetchone()
    assert row is not None
    for role in (row[0], app_role):
        member = conn.execute("select pg_has_role(%s, 'bi_restricted', 'usage')", (role,)).fetchone()
        if member and member[0]:
            continue
        try:
            conn.execute(sql.SQL("grant bi_restricted to {}").format(sql.Identifier(role)))
        except psycopg.errors.InsufficientPrivilege:
            raise SettingsError(
                f"role {role} may not read every answer; an administrator runs: grant bi_restricted to {role}"
            ) from None
