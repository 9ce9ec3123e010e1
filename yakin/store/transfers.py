"""The register of a month, from attempts that left and what was frozen when they left."""

from collections.abc import Mapping
from datetime import date

from psycopg import AsyncConnection

from yakin.domain.levels import Level
from yakin.domain.register import RegisterLine
from yakin.domain.zones import Claim, Evidence, Zone
from yakin.store.queries import Row, load_queries

_SQL = load_queries("transfers")
_SETS = ("endpoints", "models", "use_cases", "purposes", "departments")


async def register(conn: AsyncConnection, first: date, following: date, *, rehearsal: bool) -> list[RegisterLine]:
    """What left from the first business day up to, not including, the following one; overseas comes first."""
    rows = await _SQL.all(conn, "register", first=first, following=following, rehearsal=rehearsal)
    return [_line(row) for row in rows]


def _line(row: Row) -> RegisterLine:
    typed = {
        "zone": Zone(row["zone"]),
        "level": Level(row["level"]),
        "evidence": tuple(_evidence(item) for item in row["evidence"]),
    }
    return RegisterLine(**row | typed | {name: tuple(row[name]) for name in _SETS})


def _evidence(item: Mapping[str, str | None]) -> Evidence:
    expires = item["expires"]
    return Evidence(
        Claim(item["claim"] or ""),
        item["source"] or "",
        item["reviewer"] or "",
        date.fromisoformat(item["checked"] or ""),
        date.fromisoformat(expires) if expires else None,
    )
