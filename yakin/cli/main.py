"""The yakin command. `yakin --help` teaches; every error says what to do."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from yakin.cli import (
    approval,
    budget,
    catalogue,
    corrections,
    database,
    deployed,
    explain,
    fx,
    level,
    model,
    night,
    offers,
    report,
    sandbox,
    up,
)
from yakin.cli import approve as approve_command
from yakin.cli import collect as collect_command
from yakin.cli import demo as demo_command
from yakin.cli import doctor as doctor_command
from yakin.cli import evaluate as evaluate_command
from yakin.cli import forget as forget_command
from yakin.cli import purge as purge_command
from yakin.cli import reconcile as reconcile_command
from yakin.cli import register as register_command
from yakin.cli.amounts import yen_amount
from yakin.cli.commands import SayingErrors
from yakin.cli.output import ExitCode
from yakin.domain.levels import Level
from yakin.domain.words import Language
from yakin.errors import UsageError

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # flows/ and tasks/ live beside the package

app = typer.Typer(
    name="yakin",
    cls=SayingErrors,
    help="夜勤 yakin: the night shift for a company's documents. "
    "Each document goes only where its sensitivity allows, and never over the budget.",
    epilog="Start here: yakin demo · yakin doctor · yakin explain FILE · "
    "yakin quote FOLDER --use-case inquiry_triage · yakin run --help",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(model.app, name="model", help="The on-premises model: pull, import, serve.")
app.add_typer(database.app, name="db", help="The database: migrate, psql, url.")
app.add_typer(catalogue.app, name="catalogue", help="Endpoints, models and prices: check, prices.")
app.add_typer(level.app, name="level", help="Levels 機密区分 that a named person sets: set, show.")
app.add_typer(approval.app, name="approval", help="Zones that the policy opens only by approval: give, revoke, show.")
app.add_typer(
    offers.app, name="offers", help="Models that may serve a use case, after a test 切替の承認: approve, revoke, show."
)
app.add_typer(budget.app, name="budget", help="Caps in yen: set, apply, show, history, lock, unlock, locks.")
app.add_typer(fx.app, name="fx", help="Exchange rates: import, show.")
app.add_typer(corrections.app, name="ledger", help="Corrections by a named person: adjust.")
app.add_typer(sandbox.app, name="sandbox", help="The sandbox vendors of a rehearsal: meter, stop.")


SOURCES = "Folder, one file, file:// or s3://bucket/prefix"
USE_CASES = "inquiry_triage, trouble_report, contract_terms or your own"
QUOTED_WITHIN_JPY = "1000000"

Source = Annotated[str, typer.Argument(metavar="SOURCE", help=SOURCES, show_default=False)]
UseCase = Annotated[str, typer.Option("--use-case", metavar="NAME", help=USE_CASES)]
UseCaseOrNone = Annotated[str | None, typer.Option("--use-case", metavar="NAME", help=USE_CASES)]
Budget = Annotated[str, typer.Option("--budget-jpy", metavar="YEN", help="Tax-exclusive; never exceeded")]
Deadline = Annotated[
    str | None, typer.Option(metavar="HH:MM", help="In Japan: the next time the clock shows it (06:00 when left out)")
]
Baseline = Annotated[Level | None, typer.Option(help="Declared level of the source; detection can only raise it")]
Floor = Annotated[Level | None, typer.Option(help="No document counts as less sensitive than this")]
Department = Annotated[str | None, typer.Option(metavar="NAME", help="Who pays")]
Backfill = Annotated[bool, typer.Option("--backfill", help="Ask again what an older prompt version answered")]
New = Annotated[bool, typer.Option("--new", help="Start another run instead of resuming the unfinished one")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else")]
Rehearse = Annotated[
    bool | None,
    typer.Option(
        "--rehearsal/--real",
        help="Ask sandbox vendors, or insist on real work. Left out: a rehearsal when no vendor key is set",
    ),
]


def _mode(rehearsal: bool | None) -> str:
    return "auto" if rehearsal is None else "rehearsal" if rehearsal else "real"


@app.command(
    epilog="Examples: yakin run ./inbox --use-case inquiry_triage --budget-jpy 50 · "
    "yakin run s3://bucket/inbox --use-case trouble_report --budget-jpy 300 --deadline 05:30 --json"
)
def run(  # noqa: PLR0913 - one option per word of the contract
    source: Source,
    use_case: UseCase,
    budget_jpy: Budget,
    deadline: Deadline = None,
    baseline: Baseline = None,
    level_floor: Floor = None,
    department: Department = None,
    backfill: Backfill = False,
    new: New = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop after the quote; nothing is spent")] = False,
    rehearsal: Rehearse = None,
    batch: Annotated[
        bool, typer.Option("--batch", help="May wait for batch answers until the deadline, at about half the price")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Answer the documents of a source tonight: read, classify, plan, ask, land in Postgres.

    The same command again resumes an unfinished run, or does only what is left.

    Exit codes: 0 all answered; 4 the budget left documents unanswered; 3 unanswered for other reasons;
    2 wrong usage; 1 failure.
    """
    job = {
        "source": source,
        "use_case": use_case,
        "department": department,
        "baseline": baseline,
        "level_floor": level_floor,
        "backfill": backfill,
    }
    whole = {
        "budget_jpy": yen_amount(budget_jpy, "--budget-jpy"),
        "deadline": deadline,
        "mode": _mode(rehearsal),
        "dry_run": dry_run,
        "new": new,
        "batch": batch,
    }
    raise typer.Exit(night.start(night.parameters_from(job, whole), as_json=as_json))


@app.command(
    epilog="Examples: yakin quote ./inbox --use-case inquiry_triage --deadline 06:00 · "
    "yakin quote --for-deployment night-run. With --budget-jpy the quote shows what that budget leaves unanswered."
)
def quote(  # noqa: PLR0913 - one option per word of the contract
    source: Annotated[str | None, typer.Argument(metavar="SOURCE", help=SOURCES, show_default=False)] = None,
    use_case: UseCaseOrNone = None,
    budget_jpy: Annotated[
        str | None, typer.Option("--budget-jpy", metavar="YEN", help="Left out: a million, so that nothing is missing")
    ] = None,
    deadline: Deadline = None,
    baseline: Baseline = None,
    level_floor: Floor = None,
    department: Department = None,
    backfill: Backfill = False,
    rehearsal: Rehearse = None,
    for_deployment: Annotated[
        str | None, typer.Option("--for-deployment", metavar="NAME", help="As this deployment would run tonight")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What a run is expected to cost, when it ends and where documents would go. Spends nothing.

    `yakin approve RUN` lets its night spend an amount without asking again.
    """
    if for_deployment is not None:
        typed = (source, use_case, budget_jpy, deadline, baseline, level_floor, department, rehearsal)
        if backfill or any(each is not None for each in typed):
            raise UsageError("--for-deployment: everything comes from the deployment; leave SOURCE and options out")
        planned_for = deployed.parameters_of(for_deployment).model_copy(update={"dry_run": True, "new": True})
        raise typer.Exit(night.start(planned_for, as_json=as_json))
    if source is None or use_case is None:
        raise UsageError("SOURCE and --use-case: say what is to be asked, or --for-deployment NAME")
    run(
        source,
        use_case,
        budget_jpy or QUOTED_WITHIN_JPY,
        deadline,
        baseline,
        level_floor,
        department,
        backfill,
        new=True,
        dry_run=True,
        rehearsal=rehearsal,
        as_json=as_json,
    )


app.command(
    "approve",
    epilog="Examples: yakin approve 140c678d --by '佐藤 花子' · yakin approve 140c678d --by 佐藤 --up-to-jpy 80 · "
    "yakin approve 140c678d --by 佐藤 --decline",
)(approve_command.show)


@app.command(
    epilog="Examples: yakin evaluate inquiry_triage --budget-jpy 50 · "
    "yakin evaluate contract_terms --models plamo-3.0-prime,local-1.5b --budget-jpy 300 --deadline 05:30 --json"
)
def evaluate(  # noqa: PLR0913 - one option per word of the contract
    use_case: Annotated[str, typer.Argument(metavar="USE_CASE", help="Whose golden set", show_default=False)],
    budget_jpy: Budget,
    models: Annotated[
        str | None, typer.Option(metavar="A,B", help="Names of the catalogue; left out: all that can be asked today")
    ] = None,
    deadline: Deadline = None,
    department: Department = None,
    new: New = False,
    rehearsal: Rehearse = None,
    as_json: AsJson = False,
) -> None:
    """Measure how right models are: ask a use case's golden set of each, score by field, keep no answer.

    Nights plan with what was measured under the same version of the prompt. The same command again resumes an
    unfinished evaluation.

    Exit codes: 0 every item asked of every model that may see it; 4 the budget left some; 3 other reasons left some;
    2 wrong usage; 1 failure.
    """
    given: dict[str, object] = {
        "use_case": use_case,
        "models": [name.strip() for name in models.split(",") if name.strip()] if models else [],
        "budget_jpy": yen_amount(budget_jpy, "--budget-jpy"),
        "deadline": deadline,
        "department": department,
        "new": new,
        "mode": _mode(rehearsal),
    }
    raise typer.Exit(evaluate_command.start(given, as_json=as_json))


@app.command()
def demo(as_json: AsJson = False) -> None:
    """One night over ten sample documents with a real local model: no key, no outside call, no real yen."""
    raise typer.Exit(demo_command.start(as_json=as_json))


@app.command("up")
def start_all() -> None:
    """Postgres, Prefect server, worker and deployments; prints the UI address. Ctrl-C stops the worker."""
    up.up()


@app.command("down")
def stop_all() -> None:
    """Stop everything that yakin started in the background on this machine."""
    up.down()


@app.command("report", epilog="Examples: yakin report · yakin report latest --open · yakin report 140c678d --json")
def show_report(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="Run id, its beginning, or latest")] = "latest",
    open_browser: Annotated[bool, typer.Option("--open", help="Open the HTML report in a browser")] = False,
    as_json: AsJson = False,
) -> None:
    """The morning report of a run: what was answered, where it went, what it cost, what is left and why."""
    report.show(run_name, open_browser=open_browser, as_json=as_json)


@app.command(
    "explain",
    epilog="Examples: yakin explain ./inbox/letter.docx --use-case inquiry_triage --baseline confidential · "
    "yakin explain ./inbox/letter.docx --language ja",
)
def explain_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One document", show_default=False)],
    use_case: UseCase = "inquiry_triage",
    baseline: Baseline = None,
    rehearsal: Rehearse = None,
    language: Annotated[Language | None, typer.Option(help="Left out: ja when LANG starts with ja, else en")] = None,
    as_json: AsJson = False,
) -> None:
    """Why a document may go where: level, evidence kinds (never values), zones, offers, choice. Asks nobody."""
    told_in = language or explain.language_of(os.environ)
    explain.show(file, use_case, baseline, _mode(rehearsal), told_in, as_json=as_json)


app.command(
    "forget",
    epilog="Example: yakin forget 42 --by 'Taro Somu' --because 'the person asked us to'. "
    "With --yes it does not ask again.",
)(forget_command.forget)


@app.command("doctor")
def check_machine(as_json: AsJson = False) -> None:
    """Check this machine: what works, what does not, and what to do about it. Exit code 1 when something does not."""
    raise typer.Exit(doctor_command.show(as_json=as_json))


app.command("collect", epilog="Examples: yakin collect · yakin collect --json")(collect_command.show)
app.command(
    "reconcile",
    epilog="Examples: yakin reconcile usage.json --vendor OpenAI --month 2026-11 · "
    "yakin reconcile plamo.csv --vendor plamo --mapping plamo.yaml --complete --book --by '経理 太郎'",
)(reconcile_command.show)
app.command("purge", epilog="Examples: yakin purge --dry-run · yakin purge --json")(purge_command.show)
app.command(
    "register",
    epilog="Examples: yakin register --month 2026-11 · yakin register --rehearsal · yakin register --csv r.csv",
)(register_command.show)


def main() -> None:
    """Entry point of the console script."""
    app()


__all__ = ["ExitCode", "app", "main"]
