"""Readers limited to departments: by the owner, for a login or a group of logins. Synchronous."""

from dataclasses import dataclass

import psycopg
from psycopg import Connection

from yakin.errors import UsageError
from yakin.store.pool import without_row

_ROLE = """
select pg_has_role(current_user, r.oid, 'usage') or pg_has_role(%(app)s, r.oid, 'usage'),
       exists (select from pg_roles g where g.rolname in ('bi_reader', 'bi_restricted', 'auditor')
                                        and pg_has_role(r.oid, g.oid, 'member'))
from pg_roles r where r.rolname = %(role)s
"""
_KNOWN = """
select exists (select from yakin.item where department = %(department)s)
       or exists (select from yakin.run_job where department = %(department)s)
"""
_GRANT = """
insert into yakin.reader_department (role_name, department) values (%(role)s, %(department)s) on conflict do nothing
"""
_REVOKE = "delete from yakin.reader_department where role_name = %(role)s and department = %(department)s"


@dataclass(frozen=True, slots=True)
class ReaderDepartment:
    """A reader and a department that it is limited to."""

    role: str
    department: str


def grant_department(owner_url: str, role: str, department: str, *, app_role: str = "yakin_app") -> bool:
    """From now on the role and its members see rows of this department, beside others that were granted.

    False when no document or job names the department yet. Raises UsageError for a role that reads nothing
    or that the app or the owner belongs to, whom it would blind.
    """
    try:
        with psycopg.connect(owner_url, application_name="yakin") as conn:
            _check_reader(conn, role, app_role)
            if not department.strip():
                raise UsageError("DEPARTMENT: is empty; write it as the source register does")
            conn.execute(_GRANT, {"role": role, "department": department})
            row = conn.execute(_KNOWN, {"department": department}).fetchone()
            return bool(row and row[0])
    except psycopg.Error as error:
        raise without_row(error) from None


def _check_reader(conn: Connection, role: str, app_role: str) -> None:
    row = conn.execute(_ROLE, {"role": role, "app": app_role}).fetchone()
    if row is None:
        raise UsageError(f"ROLE: {role!r} does not exist; an administrator runs: create role {role} login")
    if row[0]:
        raise UsageError(f"ROLE: {role!r} is what yakin itself works as; give readers a role of their own")
    if not row[1]:
        raise UsageError(f"ROLE: {role!r} reads nothing; an administrator runs: grant bi_reader to {role}")


def revoke_department(owner_url: str, role: str, department: str) -> int:
    """Take a department away; how many are left. Raises UsageError where it was not granted.

    With the last one the role is no longer limited and sees all departments.
    """
    try:
        with psycopg.connect(owner_url, application_name="yakin") as conn:
            if conn.execute(_REVOKE, {"role": role, "department": department}).rowcount == 0:
                raise UsageError(f"{role} was not limited to {department}; `yakin db departments` lists who is")
            row = conn.execute("select count(*) from yakin.reader_department where role_name = %s", (role,)).fetchone()
            return int(row[0]) if row else 0
    except psycopg.Error as error:
        raise without_row(error) from None


def reader_departments(owner_url: str) -> list[ReaderDepartment]:
    """Who is limited to what, by role."""
    try:
        with psycopg.connect(owner_url, application_name="yakin") as conn:
            rows = conn.execute("select role_name, department from yakin.reader_department order by 1, 2").fetchall()
            return [ReaderDepartment(role, department) for role, department in rows]
    except psycopg.Error as error:
        raise without_row(error) from None
