"""Requests and tokens per minute of an endpoint, shared by every worker of every machine."""

from psycopg import AsyncConnection

from yakin.store.queries import load_queries

_SQL = load_queries("rate_limits")


async def take(
    conn: AsyncConnection,
    endpoint: str,
    *,
    requests_per_minute: int | None,
    tokens_per_minute: int | None,
    tokens: int,
) -> float:
    """Book the next free slot of an endpoint; the seconds to wait before sending.

    Slots are evenly spaced (GCRA without a burst), so no minute holds more than the limit. Give it
    a transaction of its own: the endpoint's row stays locked until the commit.
    """
    if requests_per_minute is None and tokens_per_minute is None:
        return 0.0
    row = await _SQL.one(
        conn,
        "take",
        endpoint=endpoint,
        request_seconds=60 / requests_per_minute if requests_per_minute else 0.0,
        token_seconds=60 * tokens / tokens_per_minute if tokens_per_minute else 0.0,
    )
    assert row is not None
    return float(row["wait_seconds"])
