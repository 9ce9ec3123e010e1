"""Named queries: `.sql` files of `-- name --` blocks beside the modules that use them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, cast

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import dict_row

Row = dict[str, Any]
_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Queries:
    """The queries of one file by name, each run on a connection whose transaction the caller owns."""

    by_name: Mapping[str, LiteralString]

    async def run(self, conn: AsyncConnection, name: str, **params: object) -> int:
        """Run a statement; how many rows it touched."""
        cursor = await conn.execute(self.by_name[name], params)
        return cursor.rowcount

    async def send(self, conn: AsyncConnection, name: str, **params: object) -> AsyncCursor[Row]:
        """Run a statement and leave its rows on the cursor: inside `conn.pipeline()` nobody waits for it yet."""
        return await conn.cursor(row_factory=dict_row).execute(self.by_name[name], params)

    async def one(self, conn: AsyncConnection, name: str, **params: object) -> Row | None:
        """The first row, or None."""
        cursor = await conn.cursor(row_factory=dict_row).execute(self.by_name[name], params)
        return await cursor.fetchone()

    async def all(self, conn: AsyncConnection, name: str, **params: object) -> list[Row]:
        """Every row."""
        cursor = await conn.cursor(row_factory=dict_row).execute(self.by_name[name], params)
        return await cursor.fetchall()


def load_queries(aggregate: str) -> Queries:
    """The queries of `<aggregate>.sql`; a name that is used twice is an error of ours."""
    parts = _NAME.split((Path(__file__).parent / f"{aggregate}.sql").read_text(encoding="utf-8"))
    names = parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{aggregate}.sql names a query twice")
    # our own reviewed files, read from beside the code: as trustworthy as a literal
    return Queries({name: cast(LiteralString, body.strip()) for name, body in zip(names, parts[2::2], strict=True)})
