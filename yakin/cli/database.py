"""`yakin db`: migrate, psql, url, and which departments a reader sees."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from yakin.cli.output import OUT, say, table
from yakin.errors import ServiceFailed
from yakin.local.postgres import psql_program
from yakin.settings import Settings, read_settings
from yakin.store import reader_departments
from yakin.store.migrate import migrate
from yakin.store.pool import Pool, without_password

app = typer.Typer(no_args_is_help=True)
Result = TypeVar("Result")


def with_pool(step: Callable[[Pool], Awaitable[Result]]) -> Result:
    """Run one step on a migrated database."""

    async def run() -> Result:
        from tasks.local_services import database

        urls = await database(read_settings())
        await asyncio.to_thread(migrate, urls.owner_url)
        pool = await Pool.open(urls.app_url, max_size=2)
        try:
            return await step(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


@app.command("migrate")
def migrate_database() -> None:
    """Bring the database to this version. Safe to run twice; never loses a row."""
    from tasks.local_services import database

    urls = asyncio.run(database(read_settings()))
    applied = migrate(urls.owner_url)
    say(f"applied {', '.join(applied)}" if applied else "the database is up to date")


@app.command("url")
def url(
    owner: Annotated[bool, typer.Option("--owner", help="The owner's URL, which may change the schema")] = False,
) -> None:
    """The database URL that the app (or the owner) uses. It contains a password: do not paste it."""
    from tasks.local_services import database

    urls = asyncio.run(database(read_settings()))
    OUT.print(urls.owner_url if owner else urls.app_url)


Reader = Annotated[str, typer.Argument(metavar="ROLE", help="A login, or a group of logins, that reads views")]
DepartmentSeen = Annotated[str, typer.Argument(metavar="DEPARTMENT", help="As the source register writes it")]


def _owner_url() -> str:
    from tasks.local_services import database

    urls = asyncio.run(database(read_settings()))
    migrate(urls.owner_url)
    return urls.owner_url


@app.command("grant-department", epilog="Example: yakin db grant-department bi_quality 品質保証部")
def grant_department(role: Reader, department: DepartmentSeen) -> None:
    """Limit a reader to a department; granted twice, it sees both. A role that was never granted one sees all."""
    known = reader_departments.grant_department(_owner_url(), role, department)
    say(f"{role} sees answers and documents of {department}, and of no department that it was not granted")
    if not known:
        say(f"no document and no job names {department} yet: check the spelling")


@app.command("revoke-department")
def revoke_department(role: Reader, department: DepartmentSeen) -> None:
    """Take a department away from a reader. With the last one it is no longer limited: revoke bi_reader instead."""
    left = reader_departments.revoke_department(_owner_url(), role, department)
    say(f"{role} is limited to {left} departments" if left else f"{role} is no longer limited and sees ALL departments")


@app.command("departments")
def departments() -> None:
    """Which readers are limited to which departments."""
    rows = reader_departments.reader_departments(_owner_url())
    table("readers limited to departments 部門限定", ["role", "department"], [(r.role, r.department) for r in rows])


@app.command("psql", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the database as the app; arguments go to psql. Try: yakin db psql -c 'select * from bi.runs'."""
    from tasks.local_services import database

    settings = read_settings()
    urls = asyncio.run(database(settings))
    address, password = without_password(urls.app_url)
    program, environment = _psql(settings)
    environment |= {"PGPASSWORD": password} if password else {}
    os.execve(program, [program, "-d", address, *context.args], {**os.environ, **environment})  # noqa: S606 - hands over


def _psql(settings: Settings) -> tuple[str, dict[str, str]]:
    """The program and what it needs: the embedded server's own, else the system's."""
    if settings.embedded_database:
        program, environment = psql_program(settings.home)
        return str(program), environment
    found = shutil.which("psql")
    if found is None:
        raise ServiceFailed("psql is not on this machine; install your system's PostgreSQL client")
    return found, {}
