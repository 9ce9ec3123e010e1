"""Exchange rates as finance imported them. A correction is a new row; the newest import wins."""

from collections.abc import Iterable
from datetime import date

from psycopg import AsyncConnection

from yakin.domain.fx import FxRate, RateKind
from yakin.store.queries import Row, load_queries

_SQL = load_queries("fx_rates")


async def save_rates(conn: AsyncConnection, rates: Iterable[FxRate]) -> int:
    """Import these rates; importing the same file twice keeps one row each. How many were given."""
    count = 0
    for rate in rates:
        await _SQL.run(conn, "save_rate", **_columns(rate))
        count += 1
    return count


async def rate_id(conn: AsyncConnection, rate: FxRate) -> int:
    """The id of a rate that a run freezes; kept when it is not known yet."""
    await _SQL.run(conn, "keep_rate", **_columns(rate))
    row = await _SQL.one(conn, "rate_id", **_columns(rate))
    assert row is not None
    return int(row["fx_rate_id"])


def _columns(rate: FxRate) -> Row:
    return {
        "base": rate.base,
        "quote": rate.quote,
        "rate": rate.rate,
        "kind": rate.kind.value,
        "as_of": rate.as_of,
        "source": rate.source,
    }


async def rates(conn: AsyncConnection, on: date) -> list[FxRate]:
    """The newest rate of each pair and kind that was known for that day or before."""
    rows = await _SQL.all(conn, "rates", on=on)
    return [
        FxRate(row["base"], row["quote"], row["rate"], RateKind(row["kind"]), row["as_of"], row["source"])
        for row in rows
    ]
