"""`yakin reconcile`: a vendor's account against the ledger."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from yakin.catalogue.invoices.read import InvoiceFormat
from yakin.cli.database import with_pool
from yakin.cli.output import ExitCode, print_json, say, short_yen, table, yen
from yakin.errors import UsageError
from yakin.settings import read_settings
from yakin.store.pool import Pool

if TYPE_CHECKING:
    from tasks.account_parameters import CauseAmount, ReconcileParameters, ReconciliationSummary

REMEDIES = {"month": "write YYYY-MM, like 2026-11"}


def show(  # noqa: PLR0913 - one parameter per option
    source: Annotated[str, typer.Argument(metavar="FILE", help="The account: a file, or a folder of its files")],
    vendor: Annotated[str, typer.Option(metavar="NAME", help="Operator or endpoint, as in bi.cost_by_vendor")],
    file_format: Annotated[InvoiceFormat | None, typer.Option("--format", help="Left out: the file tells it")] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="Its `invoices:` section; left out: the catalogue's")
    ] = None,
    month: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="Left out: the days that the account covers")
    ] = None,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="What is not on the account was not billed; by itself 3 days after --month"),
    ] = False,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="Against the ledger of rehearsals")] = False,
    book: Annotated[bool, typer.Option("--book", help="Write explained differences as corrections")] = False,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who books")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else")] = False,
) -> None:
    """Hold a vendor's usage, costs or invoice against the ledger: what matches, what differs and why.

    Unknown attempts that the account shows are charged as lost; a complete account releases the others. Attempts whose
    amounts differ are proposed, and booked with --book --by NAME.

    Exit codes: 0 everything has a cause; 3 something has none; 2 wrong usage or a file that cannot be read.
    """
    from tasks.accounts import import_account, reconcile_account

    wanted = _parameters(
        source=source,
        vendor=vendor,
        format=file_format,
        mapping=str(mapping) if mapping else None,
        month=month,
        complete=complete,
        rehearsal=rehearsal,
        book=book,
        by=by,
    )

    async def step(pool: Pool) -> "ReconciliationSummary":
        imported = await import_account(pool, wanted, read_settings().catalogue_layers)
        return await reconcile_account(pool, wanted, imported)

    summary = with_pool(step)
    if as_json:
        print_json(summary.model_dump())
    else:
        _show(summary)
    raise typer.Exit(ExitCode.ALL_ANSWERED if summary.all_explained else ExitCode.UNANSWERED)


def _parameters(**given: object) -> "ReconcileParameters":
    from tasks.account_parameters import ReconcileParameters

    try:
        return ReconcileParameters.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(map(str, first["loc"])) or "book"
        remedy = REMEDIES.get(name, first["msg"].removeprefix("Value error, "))
        raise UsageError(f"--{name}: {remedy}") from None


def _show(summary: "ReconciliationSummary") -> None:
    table(
        f"{summary.vendor} {summary.period_start} – {summary.period_end} 突合",
        ["day", "model", "tier", "state", "#lines", "#attempts", "#ours", "#theirs", "", "¥difference", "causes"],
        [
            (
                part.day, part.model or "(all)", part.tier or "(all)", part.state, part.lines, part.attempts,
                yen(part.ours_native.normalize()), yen(part.theirs_native.normalize()), part.currency,
                short_yen(part.theirs_jpy - part.ours_jpy), _causes(part.causes),
            )
            for part in summary.parts
        ],
    )  # fmt: skip
    already = f", {summary.imported.already_there} of them there already" if summary.imported.already_there else ""
    files = len(summary.imported.invoice_ids)
    say(f"{files} file{'s' if files != 1 else ''}{already}; {summary.imported.lines} lines, "
        f"{summary.imported.skipped} about something else")  # fmt: skip
    say(f"found: {_causes(summary.found) or 'no difference'}")
    say(f"unknown attempts: {summary.lost} were billed (¥{short_yen(summary.lost_jpy)}), {summary.released} were not")
    if summary.booked:
        say(f"booked {summary.booked} corrections, ¥{short_yen(summary.booked_jpy)}; bi.adjustments has them")
    if summary.proposed:
        say(f"proposed: {_causes(summary.proposed)}; book them with --book --by NAME")
    for note in summary.notes:
        say(note)
    say("everything has a cause" if summary.all_explained else "not everything has a cause: see unexplained above")


def _causes(parts: "list[CauseAmount]") -> str:
    return ", ".join(f"{part.cause} ¥{short_yen(part.jpy)}" for part in parts)
