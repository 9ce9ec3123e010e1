"""`yakin fx`: exchange rates with kind, date and source."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from yakin.catalogue.fx_rates import budget_rates, ecb_rates, read_rates_csv
from yakin.cli.database import with_pool
from yakin.cli.output import print_json, say, table, yen
from yakin.domain.calendar import business_date
from yakin.domain.fx import FxRate
from yakin.settings import read_settings
from yakin.store import fx_rates
from yakin.store.pool import Pool

app = typer.Typer(no_args_is_help=True)
CURRENCIES = ("USD", "EUR")


@app.command(
    "import",
    epilog="The file's first line is date,base,rate,kind,source and a row is 2026-11-20,USD,155.30,ttm,Example Bank. "
    "Example: yakin fx import ttm.csv",
)
def import_csv(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="CSV with date,base,rate,kind,source; kind ttm, ttb, tts or month_avg"),
    ],
) -> None:
    """Import a bank's rates, such as TTM. The same file twice changes nothing."""
    rates = read_rates_csv(file)

    async def step(pool: Pool) -> int:
        async with pool.connection() as conn:
            return await fx_rates.save_rates(conn, rates)

    say(f"{with_pool(step)} rates from {file.name}")


@app.command("show")
def show(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False) -> None:
    """The newest rate of each kind that a run of today could freeze."""
    today = business_date(datetime.now(UTC))

    async def step(pool: Pool) -> list[FxRate]:
        async with pool.connection() as conn:
            shipped = [*ecb_rates(today, CURRENCIES), *budget_rates(read_settings().catalogue_layers)]
            await fx_rates.save_rates(conn, shipped)
            return await fx_rates.rates(conn, today)

    rates = with_pool(step)
    if as_json:
        keys = ("base", "quote", "rate", "kind", "as_of", "source")
        print_json({"rates": [{key: getattr(rate, key) for key in keys} for rate in rates]})
        return
    table(
        "exchange rates 為替",
        ["base", "quote", "#rate", "kind", "as of", "source"],
        [(r.base, r.quote, yen(r.rate), r.kind, r.as_of, r.source) for r in rates],
    )
