"""The history of caps: who changed which cap when, from what to what, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain.caps import CapSource, SetBy
from yakin.domain.money import Per, Period, Scope
from yakin.store.queries import Row, load_queries

_SQL = load_queries("cap_changes")


@dataclass(frozen=True, slots=True)
class CapChange:
    """One change. `from_jpy` is None where there was no cap before."""

    at: datetime
    scope: Scope
    key: str
    per: Per
    period: Period
    from_jpy: Decimal | None
    to_jpy: Decimal
    set_by: SetBy


async def cap_changes(conn: AsyncConnection, since: date, *, rehearsal: bool) -> list[CapChange]:
    """Changes since a day, the newest first; runs' own caps left out."""
    return [_change(row) for row in await _SQL.all(conn, "cap_changes", since=since, rehearsal=rehearsal)]


def _change(row: Row) -> CapChange:
    return CapChange(
        at=row["at"],
        scope=Scope(row["scope"]),
        key=row["key"],
        per=Per(row["per"]),
        period=Period(row["period_start"], row["period_end"]),
        from_jpy=row["from_jpy"],
        to_jpy=row["to_jpy"],
        set_by=SetBy(CapSource(row["set_by"]), row["made_by"], row["because"]),
    )
