"""The data dictionary, written from the comments in the database: `make docs`."""

import os
from pathlib import Path

import psycopg
from psycopg import Connection

from yakin.store.pool import without_row

_TABLES = """
select n.nspname, c.relname, c.relkind = 'v', obj_description(c.oid, 'pg_class'), c.oid
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('bi', 'yakin', 'ledger') and c.relkind in ('r', 'v')
order by array_position(array['bi', 'ledger', 'yakin'], n.nspname::text), c.relname
"""
_COLUMNS = """
select attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum)
from pg_attribute where attrelid = %s and attnum > 0 and not attisdropped order by attnum
"""
_HEAD = """# Data dictionary

Written by `make docs` from the comments in the database; edit those, not this.
The views of schema `bi` are the contract: columns are added, never renamed. `bi_reader` sees answers up to
`confidential`, `bi_restricted` all, `auditor` everything but answers. A reader that `yakin db grant-department`
limits sees answers and places of its departments only.
"""


def dictionary(url: str) -> str:
    """The Markdown text: every view and table with its columns."""
    try:
        with psycopg.connect(url) as conn:
            return _HEAD + "".join(_relation(conn, *row) for row in conn.execute(_TABLES).fetchall())
    except psycopg.Error as error:
        raise without_row(error) from None


def _relation(conn: Connection, schema: str, name: str, is_view: bool, comment: str | None, oid: int) -> str:
    lines = [f"\n## {schema}.{name}\n", f"{'View' if is_view else 'Table'}. {comment or ''}.\n"]
    lines += ["| column | type | meaning |", "|---|---|---|"]
    for column, kind, meaning in conn.execute(_COLUMNS, (oid,)):
        lines.append(f"| {column} | {kind} | {meaning or ''} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write docs/data_dictionary.md of this checkout. The URL holds a password, so it is no argument."""
    path = Path(__file__).parents[2] / "docs" / "data_dictionary.md"
    path.write_text(dictionary(os.environ["YAKIN_OWNER_DATABASE_URL"]), encoding="utf-8")


if __name__ == "__main__":
    main()
