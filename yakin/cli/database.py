"""`yakin db`: migrate, psql, url."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from yakin.cli.output import OUT, say
from yakin.errors import ServiceFailed
from yakin.settings import read_settings
from yakin.store.migrate import migrate
from yakin.store.pool import Pool

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


@app.command("psql", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the database; arguments go to psql. Try: yakin db psql -c 'select * from bi.runs'."""
    from tasks.local_services import database
    from yakin.local.postgres import psql_program

    settings = read_settings()
    urls = asyncio.run(database(settings))
    program = psql_program(settings.home) if settings.embedded_database else shutil.which("psql")
    if program is None:
        raise ServiceFailed("psql is not on this machine; install your system's PostgreSQL client")
    os.execv(program, [str(program), urls.app_url, *context.args])  # noqa: S606 - hands the terminal over
