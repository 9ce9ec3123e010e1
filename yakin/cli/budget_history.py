"""`yakin budget history`: every change of a cap."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from yakin.cli.database import with_pool
from yakin.cli.output import print_json, short_yen, table, yen
from yakin.domain.calendar import JST
from yakin.store.cap_changes import CapChange, cap_changes
from yakin.store.pool import Pool


def history(
    days: Annotated[int, typer.Option(min=1, max=3660, help="How far back")] = 400,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="The caps of rehearsals")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False,
) -> None:
    """Who changed which cap when, from what to what, and why; the newest first. BI reads bi.cap_changes."""
    since = (datetime.now(UTC) - timedelta(days=days)).astimezone(JST).date()

    async def step(pool: Pool) -> list[CapChange]:
        async with pool.connection() as conn:
            return await cap_changes(conn, since, rehearsal=rehearsal)

    rows = with_pool(step)
    if as_json:
        print_json({"changes": [_object(row) for row in rows]})
        return
    table(
        "changes of caps 予算枠の変更履歴",
        ["when", "scope", "key", "per", "period from", "¥before", "¥after", "set by", "because"],
        [
            (
                f"{row.at.astimezone(JST):%Y-%m-%d %H:%M}",
                row.scope,
                row.key,
                row.per,
                row.period.start,
                "" if row.from_jpy is None else short_yen(row.from_jpy),
                short_yen(row.to_jpy),
                f"{row.set_by.source} {row.set_by.person}".strip(),
                row.set_by.because,
            )
            for row in rows
        ],
    )


def _object(row: CapChange) -> dict[str, object]:
    return {
        "at": row.at.isoformat(),
        "scope": row.scope,
        "key": row.key,
        "per": row.per,
        "period_start": row.period.start,
        "period_end": row.period.end,
        "from_jpy": None if row.from_jpy is None else yen(row.from_jpy),
        "to_jpy": yen(row.to_jpy),
        "set_by": row.set_by.source,
        "made_by": row.set_by.person,
        "because": row.set_by.because,
    }
