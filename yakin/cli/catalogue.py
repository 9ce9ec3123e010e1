"""`yakin catalogue`: is the reviewed data right, and what does it say today?"""

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from yakin.catalogue.budgets import budget_rules
from yakin.catalogue.check import check as check_catalogue
from yakin.catalogue.fx_rates import budget_rates, ecb_rates
from yakin.catalogue.invoices.mapping import invoice_vendors
from yakin.catalogue.load import Catalogue, load_catalogue
from yakin.catalogue.policy import load_policy
from yakin.catalogue.price_table import Change, PriceLine, coming, price_table, yen_rates
from yakin.catalogue.sources import load_sources
from yakin.cli.fx import rates_and_choices
from yakin.cli.import_register import import_register
from yakin.cli.output import OUT, print_json, say, table
from yakin.domain.calendar import business_date
from yakin.domain.fx import FxRate, RateChoice
from yakin.domain.money import Scope
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
    operators = {endpoint.operator for endpoint in catalogue.endpoints.values()}
    caps = budget_rules(settings.catalogue_layers, operators=operators).caps
    accounts = invoice_vendors(settings.catalogue_layers)
    say(
        f"valid: {len(catalogue.endpoints)} endpoints, {len(catalogue.models)} models, {len(use_cases)} use cases, "
        f"{len(caps)} caps, {len(accounts)} mappings of vendors' accounts"
    )
    for note in check_catalogue(catalogue):
        OUT.print(f"- {note.subject}: {note.text} ({note.kind})")
    for cap in caps:
        if cap.scope is Scope.USE_CASE and cap.key not in use_cases:
            OUT.print(f"- cap {cap.declared_at}: there is no use case {cap.key} (cap_holds_nothing)", markup=False)
    if unreviewed:
        rows = ", ".join(unreviewed[:ROWS_NAMED]) + (" …" if len(unreviewed) > ROWS_NAMED else "")
        OUT.print(
            f"- source register: {len(unreviewed)} rows name no reviewer: {rows} (source_not_reviewed)", markup=False
        )


@app.command(
    "prices",
    epilog="Examples: yakin catalogue prices · yakin catalogue prices --on 2026-12-01 · "
    "yakin catalogue prices --imported-rates --json",
)
def prices(
    day: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DAY", help="Another day: YYYY-MM-DD")
    ] = None,
    imported_rates: Annotated[
        bool, typer.Option("--imported-rates", help="Yen at the rates that `yakin fx import` put into the database")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What each offer costs on a day, from which source and since when, and what is announced to change."""
    on = day.date() if day else business_date(datetime.now(UTC))
    catalogue, rates = _load(on), _rates(on, imported=imported_rates)
    rows, changes = price_table(catalogue, on, rates), coming(catalogue, on)
    yen_at = yen_rates(catalogue, on, rates)
    if as_json:
        shown = {"on": on, "prices": [_object(row) for row in rows], "coming": [_object(item) for item in changes]}
        print_json(shown | {"exchange_rates": [_rate_object(*item) for item in yen_at.items()]})
        return
    table(f"prices of {on} per million tokens, tax-exclusive 単価（税抜）", _COLUMNS, [_cells(row) for row in rows])
    for base, choice in yen_at.items():
        OUT.print(f"yen at {_rate_words(base, choice)}", markup=False)
    for heading, within in _grouped(changes):
        OUT.print(heading)
        for change in within:
            OUT.print(f"- {change.offer} {change.text}", markup=False)


_COLUMNS = [
    "offer",
    "zone 送信先",
    "#above tokens",
    "currency",
    "#in",
    "#cached",
    "#cache write",
    "#out",
    "¥in",
    "¥out",
    "retires",
    "since",
    "source",
]


def _rates(on: date, *, imported: bool) -> list[FxRate]:
    if imported:
        return rates_and_choices(on)[0]
    return [*ecb_rates(on, _load(on).currencies), *budget_rates(read_settings().catalogue_layers)]


def _rate_words(base: str, choice: RateChoice) -> str:
    if choice.rate is None:
        return f"no {base} rate: {choice.reason}"
    return f"{base} {choice.rate.rate:f} ({choice.rate.kind} of {choice.rate.as_of}; {choice.reason})"


def _rate_object(base: str, choice: RateChoice) -> dict[str, object]:
    rate = choice.rate
    known = {"rate": rate.rate, "kind": rate.kind, "as_of": rate.as_of, "stale": rate.stale} if rate else {"rate": None}
    return {"currency": base, **known, "reason": choice.reason}


def _grouped(changes: list[Change]) -> list[tuple[str, list[Change]]]:
    groups = [
        ("has ended:", [change for change in changes if change.days <= 0]),
        ("within 30 days:", [change for change in changes if 0 < change.days <= 30]),
        ("within 60 days:", [change for change in changes if 30 < change.days <= 60]),
        ("later:", [change for change in changes if change.days > 60]),
    ]
    return [(heading, within) for heading, within in groups if within]


def _cells(row: PriceLine) -> tuple[object, ...]:
    native = (row.input_per_mtok, row.cached_input_per_mtok, row.cache_write_per_mtok, row.output_per_mtok)
    in_yen = (row.input_jpy, row.output_jpy)
    return (
        row.offer,
        row.zone,
        row.over_input_tokens or "",
        row.currency,
        *("" if amount is None else f"{amount:f}" for amount in native),
        *("" if amount is None else f"{amount:,.2f}" for amount in in_yen),
        row.retires or "",
        row.since,
        row.source,
    )


def _object(row: PriceLine | Change) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in fields(row)}
