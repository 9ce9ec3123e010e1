"""`yakin sandbox`: what the sandbox vendors of a rehearsal would bill."""

from collections import defaultdict
from decimal import Decimal
from typing import Annotated

import typer

from yakin.cli.output import print_json, say, table, yen
from yakin.local import sandbox
from yakin.settings import read_settings

app = typer.Typer(no_args_is_help=True)


@app.command("meter")
def meter(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False) -> None:
    """What each sandbox vendor would bill, in its own currency, by its own arithmetic."""
    records = sandbox.read_meter(read_settings().home)
    totals: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for record in records:
        totals[record.vendor, record.currency].append(record.amount)
    rows = [
        (vendor, currency, len(amounts), sum(amounts, Decimal(0))) for (vendor, currency), amounts in totals.items()
    ]
    if as_json:
        keys = ("vendor", "currency", "requests", "amount_native")
        print_json({"vendors": [dict(zip(keys, row, strict=True)) for row in rows]})
        return
    table(
        "sandbox meters 検証用メーター",
        ["vendor", "currency", "#requests", "#amount"],
        [(vendor, currency, count, yen(amount)) for vendor, currency, count, amount in rows],
    )


@app.command("stop")
def stop() -> None:
    """Stop the sandbox vendors of this machine."""
    say("stopped" if sandbox.stop(read_settings().home) else "no sandbox was running")
