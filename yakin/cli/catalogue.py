"""`yakin catalogue`: is the reviewed data right, and what does it say today?"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from yakin.catalogue.check import check as check_catalogue
from yakin.catalogue.check import price_table
from yakin.catalogue.fx_rates import budget_rates, ecb_rates
from yakin.catalogue.load import Catalogue, load_catalogue
from yakin.catalogue.policy import load_policy
from yakin.catalogue.sources import load_sources
from yakin.cli.output import OUT, print_json, say, table
from yakin.domain.calendar import business_date
from yakin.settings import read_settings
from yakin.use_cases.load import load_use_cases

app = typer.Typer(no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout")]


def _load(on: date) -> Catalogue:
    return load_catalogue(read_settings().catalogue_layers, on=on, embedded={})


@app.command("check")
def check() -> None:
    """Validate catalogue, policy, sources and use cases; show what needs a person's attention."""
    settings = read_settings()
    today = business_date(datetime.now(UTC))
    catalogue = _load(today)
    load_policy(None, today)
    load_sources(settings.catalogue_layers)
    use_cases = load_use_cases(settings.use_cases)
    say(f"valid: {len(catalogue.endpoints)} endpoints, {len(catalogue.models)} models, {len(use_cases)} use cases")
    for note in check_catalogue(catalogue):
        OUT.print(f"- {note.subject}: {note.text} ({note.kind})")


@app.command("prices")
def prices(as_json: AsJson = False) -> None:
    """What each model costs today, in its currency and in yen, from which source and since when."""
    today = business_date(datetime.now(UTC))
    rates = [*ecb_rates(today, ("USD", "EUR")), *budget_rates(read_settings().catalogue_layers)]
    rows = price_table(_load(today), today, rates)
    if as_json:
        print_json({"prices": [_object(row) for row in rows]})
        return
    names = _columns(rows)
    table("prices per million tokens 単価", names, [[getattr(row, name) for name in names] for row in rows])


def _columns(rows: Iterable[object]) -> list[str]:
    first = next(iter(rows), None)
    return [] if first is None else list(type(first).__dataclass_fields__)  # type: ignore[attr-defined]


def _object(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in _columns([row])}
