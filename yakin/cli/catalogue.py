"""`yakin catalogue`: is the reviewed data right, and what does it say today?"""

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from yakin.catalogue.check import PriceLine, price_table
from yakin.catalogue.check import check as check_catalogue
from yakin.catalogue.fx_rates import budget_rates, ecb_rates
from yakin.catalogue.load import Catalogue, load_catalogue
from yakin.catalogue.policy import load_policy
from yakin.catalogue.sources import load_sources
from yakin.cli.import_register import import_register
from yakin.cli.output import OUT, print_json, say, table
from yakin.domain.calendar import business_date
from yakin.settings import read_settings
from yakin.use_cases.load import load_use_cases

app = typer.Typer(no_args_is_help=True)
app.command(
    "import-register",
    epilog="Examples: yakin catalogue import-register 台帳.csv --to sources.yaml --reviewed-by 法務花子 · "
    r"yakin catalogue import-register 台帳.csv --scale abc --map '\\files\share=/mnt/share'",
)(import_register)
ROWS_NAMED = 5  # of the register; the others are counted
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout")]


def _load(on: date) -> Catalogue:
    return load_catalogue(read_settings().catalogue_layers, on=on, embedded={})


@app.command("check")
def check() -> None:
    """Validate catalogue, policy, sources and use cases; show what needs a person's attention."""
    settings = read_settings()
    today = business_date(datetime.now(UTC))
    catalogue = _load(today)
    load_policy(settings.catalogue_layers, today)
    unreviewed = load_sources(settings.catalogue_layers).unreviewed
    use_cases = load_use_cases(settings.use_cases)
    say(f"valid: {len(catalogue.endpoints)} endpoints, {len(catalogue.models)} models, {len(use_cases)} use cases")
    for note in check_catalogue(catalogue):
        OUT.print(f"- {note.subject}: {note.text} ({note.kind})")
    if unreviewed:
        rows = ", ".join(unreviewed[:ROWS_NAMED]) + (" …" if len(unreviewed) > ROWS_NAMED else "")
        OUT.print(
            f"- source register: {len(unreviewed)} rows name no reviewer: {rows} (source_not_reviewed)", markup=False
        )


@app.command("prices")
def prices(as_json: AsJson = False) -> None:
    """What each model costs today, in its currency and in yen, from which source and since when."""
    today = business_date(datetime.now(UTC))
    rates = [*ecb_rates(today, ("USD", "EUR")), *budget_rates(read_settings().catalogue_layers)]
    rows = price_table(_load(today), today, rates)
    if as_json:
        print_json({"prices": [_object(row) for row in rows]})
        return
    table(
        "prices per million tokens, tax-exclusive 単価（税抜）",
        [
            "offer",
            "zone 送信先",
            "#above tokens",
            "currency",
            "#in",
            "#cached",
            "#out",
            "¥in",
            "¥out",
            "since",
            "source",
        ],
        [_cells(row) for row in rows],
    )
    for row in rows:
        if row.next_change:
            OUT.print(f"coming: {row.offer} from {row.next_change}")


def _cells(row: PriceLine) -> tuple[object, ...]:
    native = (row.input_per_mtok, row.cached_input_per_mtok, row.output_per_mtok)
    in_yen = (row.input_jpy, row.output_jpy)
    return (
        row.offer,
        row.zone,
        row.over_input_tokens or "",
        row.currency,
        *("" if amount is None else f"{amount:f}" for amount in native),
        *("" if amount is None else f"{amount:,.2f}" for amount in in_yen),
        row.since,
        row.source,
    )


def _object(row: PriceLine) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in fields(row)}
