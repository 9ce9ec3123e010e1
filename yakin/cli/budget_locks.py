"""`yakin budget lock`, `unlock`, `locks`: accounting periods that are closed."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from yakin.catalogue.budgets import budget_rules
from yakin.cli.database import with_pool
from yakin.cli.output import print_json, say, table
from yakin.domain.calendar import JST, business_date
from yakin.domain.caps import NamedPeriod, check_ended, named_period
from yakin.errors import UsageError
from yakin.settings import read_settings
from yakin.store import period_locks
from yakin.store.period_locks import PeriodLock
from yakin.store.pool import Pool

PeriodName = Annotated[
    str, typer.Argument(metavar="PERIOD", help="2026-10: that month · 2026: the fiscal year that starts in 2026")
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who")]
Because = Annotated[str, typer.Option("--because", metavar="TEXT", help="Why")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to `yakin budget`."""
    app.command("lock", epilog="Example: yakin budget lock 2026-10 --by 経理花子 --because '10月締め'")(lock)
    app.command("unlock", epilog="Example: yakin budget unlock 2026-10 --by 経理花子 --because '請求書の訂正'")(unlock)
    app.command("locks", epilog="Examples: yakin budget locks · yakin budget locks --json")(locks)


def lock(name: PeriodName, by: By, because: Because) -> None:
    """Close a month or a fiscal year that has ended: no cap in it changes, no ledger entry is written with a day in it.

    Refused while money is reserved or a run is open there. Corrections are then booked to an open day.
    """
    named = _named(name, by, because)
    check_ended(named, business_date(datetime.now(UTC)))

    async def step(pool: Pool) -> None:
        async with pool.connection() as conn:
            await period_locks.lock(conn, named, by.strip(), because.strip())

    with_pool(step)
    say(f"{named.label} is locked: {named.period.start} to {named.period.end}")


def unlock(name: PeriodName, by: By, because: Because) -> None:
    """Open a closed period again. That it was closed, who opened it and why stays in bi.period_locks."""
    named = _named(name, by, because)

    async def step(pool: Pool) -> None:
        async with pool.connection() as conn:
            await period_locks.unlock(conn, named, by.strip(), because.strip())

    with_pool(step)
    say(f"{named.label} is open again")


def _named(name: str, by: str, because: str) -> NamedPeriod:
    for option, value in (("--by", by), ("--because", because)):
        if not value.strip():
            raise UsageError(f"{option}: is empty; an auditor will ask for it")
    return named_period(name, budget_rules(read_settings().catalogue_layers).fiscal_start_month)


def locks(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False) -> None:
    """Every locking of a period, the newest first, also those that were opened again."""

    async def step(pool: Pool) -> list[PeriodLock]:
        async with pool.connection() as conn:
            return await period_locks.locks(conn)

    rows = with_pool(step)
    if as_json:
        print_json({"locks": [_object(row) for row in rows]})
        return
    table(
        "closed periods 締め済み期間",
        ["period", "from", "to", "locked", "by", "because", "unlocked", "by", "because"],
        [
            (row.label, row.period.start, row.period.end, _minute(row.locked_at), row.locked_by, row.because,
             _minute(row.unlocked_at), row.unlocked_by, row.unlocked_because)
            for row in rows
        ],
    )  # fmt: skip


def _minute(moment: datetime | None) -> str:
    return f"{moment.astimezone(JST):%Y-%m-%d %H:%M}" if moment else ""


def _object(row: PeriodLock) -> dict[str, object]:
    return {
        "period": row.label,
        "period_start": row.period.start,
        "period_end": row.period.end,
        "locked_at": row.locked_at.isoformat(),
        "locked_by": row.locked_by,
        "because": row.because,
        "unlocked_at": row.unlocked_at.isoformat() if row.unlocked_at else None,
        "unlocked_by": row.unlocked_by,
        "unlocked_because": row.unlocked_because,
    }
