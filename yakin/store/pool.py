"""Connections: a pool for short transactions, and single sessions that hold advisory locks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from yakin.errors import PeriodLocked, SettingsError, StoreConflict, StoreError, StoreUnavailable, YakinError

_SESSION = {"application_name": "yakin", "options": "-c timezone=UTC"}
_KEEPALIVE = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
OPEN_TIMEOUT_S = 15.0
_PERIOD_LOCKED = "YK001"  # raised by our own triggers, in words that hold the period, who and when
_TRANSIENT_CLASSES = ("08", "53", "57P")  # connection, resources, shutdown
_CONFLICT_CLASS = "40"  # deadlock, serialization


class Pool:
    """Short transactions on pooled connections. Errors that leave it carry no row."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str, *, max_size: int = 10) -> Self:
        """A pool whose first connection works; raises StoreUnavailable when Postgres cannot be reached."""
        pool: AsyncConnectionPool[AsyncConnection] = AsyncConnectionPool(
            url, min_size=1, max_size=max_size, open=False, kwargs=_SESSION, name="yakin"
        )
        async with translated_errors():
            try:
                await pool.open(wait=True, timeout=OPEN_TIMEOUT_S)
            except psycopg.Error:
                await pool.close()
                raise
        return cls(pool)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with translated_errors(), self._pool.connection() as conn:
            yield conn


async def dedicated_connection(url: str) -> AsyncConnection:
    """A session of its own in autocommit, for advisory locks. The caller closes it.

    The server asks every half minute whether its client lives: a machine that lost its power lets go in a minute.
    """
    options = f"{_SESSION['options']} {_KEEPALIVE}"
    async with translated_errors():
        return await AsyncConnection.connect(url, autocommit=True, application_name="yakin lock", options=options)


@asynccontextmanager
async def translated_errors() -> AsyncIterator[None]:
    """Turn psycopg's errors, which print rows, into ours, which do not."""
    try:
        yield
    except psycopg.Error as error:
        raise without_row(error) from None


def without_password(url: str) -> tuple[str, str | None]:
    """The same address without its password, and the password: command lines are seen by everyone on a machine."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise SettingsError("the database URL cannot be read; write postgresql://user:password@host/name") from None
    password = parts.pop("password", None)
    return make_conninfo("", **parts), None if password is None else str(password)


def without_row(error: psycopg.Error) -> YakinError:
    """The same failure as SQLSTATE, constraint and table. The original loses its text as well."""
    state, constraint, table = error.sqlstate, error.diag.constraint_name, error.diag.table_name
    error.args = (f"SQLSTATE {state or 'none'}",)  # a chained traceback would print it
    if state == _PERIOD_LOCKED:
        return PeriodLocked(error.diag.message_primary)
    facts = f"SQLSTATE {state or 'none'}, {type(error).__name__}"
    facts += f", constraint {constraint}" if constraint else ""
    facts += f", table {table}" if table else ""
    unreachable = state is None and isinstance(error, psycopg.OperationalError)
    if (state or "").startswith(_CONFLICT_CLASS):
        return StoreConflict(f"Postgres ended one of two transactions that were in each other's way: {facts}")
    if unreachable or (state or "").startswith(_TRANSIENT_CLASSES):
        return StoreUnavailable(f"Postgres is not available: {facts}")
    return StoreError(f"Postgres refused: {facts}")
