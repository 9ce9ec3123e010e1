"""`yakin fx`: exchange rates with kind, date and source, and which of them a run of today freezes."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from yakin.catalogue.fx_choice import rate_choice
from yakin.catalogue.fx_rates import read_rates_csv
from yakin.catalogue.load import load_catalogue
from yakin.cli.database import with_pool
from yakin.cli.output import print_json, say, table, yen
from yakin.domain.calendar import business_date
from yakin.domain.fx import FxRate, RateChoice
from yakin.settings import read_settings
from yakin.store import fx_rates
from yakin.store.pool import Pool

app = typer.Typer(no_args_is_help=True)
_RATE = ("base", "quote", "rate", "kind", "as_of", "source")


@app.command(
    "import",
    epilog="The file's first line is date,base,rate,kind,source and a row is 2026-11-20,USD,155.30,ttm,Example Bank. "
    "Leave weekends and bank holidays out: the rate of the banking day before is used. "
    "Example: yakin fx import ttm.csv",
)
def import_csv(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="CSV with date,base,rate,kind,source; kind ttm, ttb, tts or month_avg"),
    ],
) -> None:
    """Import a bank's rates, such as TTM. The same file twice changes nothing."""
    rates = read_rates_csv(file, today=business_date(datetime.now(UTC)))

    async def step(pool: Pool) -> int:
        async with pool.connection() as conn:
            return await fx_rates.save_rates(conn, rates)

    say(f"{with_pool(step)} rates from {file.name}")


@app.command(
    "show",
    epilog="A run freezes its rates when it starts. "
    r"The catalogue's `fx: {prefer: \[ttm, ecb]}` says which kinds count; "
    "a rate over five banking days old is stale and the budget rate stands in. "
    "Examples: yakin fx show --json · yakin fx show --on 2026-11-23",
)
def show(
    day: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DAY", help="Another day: YYYY-MM-DD")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False,
) -> None:
    """The newest rate of each kind, and for each currency the one that a run of the day would freeze, and why."""
    on = day.date() if day else business_date(datetime.now(UTC))
    rates, choices = rates_and_choices(on)
    if as_json:
        shown = [{key: getattr(rate, key) for key in _RATE} for rate in rates]
        print_json({"rates": shown, "on": on, "would_freeze": [_choice(*item) for item in choices.items()]})
        return
    table(
        "exchange rates 為替",
        ["base", "quote", "#rate", "kind", "as of", "source"],
        [(r.base, r.quote, yen(r.rate), r.kind, r.as_of, r.source) for r in rates],
    )
    table(
        f"a run of {on} would freeze",
        ["currency", "#rate", "kind", "as of", "stale", "why"],
        [_cells(*item) for item in choices.items()],
    )


def rates_and_choices(on: date) -> tuple[list[FxRate], dict[str, RateChoice]]:
    """Every rate on record for that day, and per currency of the catalogue the one that a run would freeze."""
    from tasks.exchange_rates import known_rates

    layers = read_settings().catalogue_layers
    catalogue = load_catalogue(layers, on=on, embedded={})

    async def step(pool: Pool) -> list[FxRate]:
        return await known_rates(pool, catalogue, layers, on)

    rates = list(dict.fromkeys(with_pool(step)))
    return rates, {base: rate_choice(rates, base, on, catalogue.fx_prefer) for base in catalogue.currencies}


def _choice(currency: str, choice: RateChoice) -> dict[str, object]:
    rate = choice.rate
    return {
        "currency": currency,
        "rate": rate.rate if rate else None,
        "kind": rate.kind if rate else None,
        "as_of": rate.as_of if rate else None,
        "source": rate.source if rate else None,
        "stale": rate.stale if rate else None,
        "reason": choice.reason,
    }


def _cells(currency: str, choice: RateChoice) -> tuple[object, ...]:
    rate = choice.rate
    if rate is None:
        return (currency, "unknown", "", "", "", f"{choice.reason}: offers in {currency} are not eligible")
    return (currency, yen(rate.rate), rate.kind, rate.as_of, "yes" if rate.stale else "no", choice.reason)
