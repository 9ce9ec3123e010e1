"""The yakin command. `yakin --help` teaches; every error says what to do."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer

from yakin.cli import budget, catalogue, database, explain, fx, model, night, report, sandbox, up
from yakin.cli import demo as demo_command
from yakin.cli import doctor as doctor_command
from yakin.cli.output import ExitCode, fail
from yakin.errors import YakinError

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # flows/ and tasks/ live beside the package

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(
    name="yakin",
    help="夜勤 yakin: the night shift for a company's documents. "
    "Each document goes only where its sensitivity allows, and never over the budget.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(model.app, name="model", help="The on-premises model: pull, import, serve.")
app.add_typer(database.app, name="db", help="The database: migrate, psql, url.")
app.add_typer(catalogue.app, name="catalogue", help="Endpoints, models and prices: check, prices.")
app.add_typer(budget.app, name="budget", help="Caps in yen: set, show.")
app.add_typer(fx.app, name="fx", help="Exchange rates: import, show.")
app.add_typer(sandbox.app, name="sandbox", help="The sandbox vendors of a rehearsal: meter, stop.")


def saying_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Our own errors end the command with a message and an exit code, never a traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except YakinError as error:
            fail(error)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return wrapped


Source = Annotated[str, typer.Argument(help="Folder, file:// or s3://bucket/prefix")]
UseCase = Annotated[str, typer.Option("--use-case", help="Folder name under use_cases/")]
Budget = Annotated[str, typer.Option("--budget-jpy", help="Yen, tax-exclusive; never exceeded")]
Deadline = Annotated[str | None, typer.Option(help="HH:MM in Japan; the next time the clock shows it [default: 06:00]")]
Baseline = Annotated[
    str | None, typer.Option(help="Declared level of the source: public, internal, confidential, restricted, secret")
]
Floor = Annotated[str | None, typer.Option(help="No document counts as less sensitive than this")]
Department = Annotated[str | None, typer.Option(help="Who pays")]
Backfill = Annotated[bool, typer.Option("--backfill", help="Ask again what an older prompt version answered")]
New = Annotated[bool, typer.Option("--new", help="Start another run instead of resuming the unfinished one")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else")]
Rehearse = Annotated[
    bool | None,
    typer.Option(
        "--rehearsal/--real",
        help="Ask sandbox vendors, or insist on real work [default: a rehearsal when no vendor key is set]",
    ),
]


def _mode(rehearsal: bool | None) -> str:
    return "auto" if rehearsal is None else "rehearsal" if rehearsal else "real"


@app.command()
@saying_errors
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
    as_json: AsJson = False,
) -> None:
    """Answer the documents of a source tonight: read, classify, plan, ask, land in Postgres.

    Exit codes: 0 all answered, 4 the budget left documents unanswered, 3 unanswered for other
    reasons, 2 wrong usage, 1 failure. The same command again resumes or does only what is left.
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
        "budget_jpy": night.yen_amount(budget_jpy),
        "deadline": deadline,
        "mode": _mode(rehearsal),
        "dry_run": dry_run,
        "new": new,
    }
    raise typer.Exit(night.start(night.parameters_from(job, whole), as_json=as_json))


@app.command()
@saying_errors
def quote(  # noqa: PLR0913 - one option per word of the contract
    source: Source,
    use_case: UseCase,
    budget_jpy: Budget = "1000000",
    deadline: Deadline = None,
    baseline: Baseline = None,
    level_floor: Floor = None,
    department: Department = None,
    backfill: Backfill = False,
    rehearsal: Rehearse = None,
    as_json: AsJson = False,
) -> None:
    """What a run is expected to cost, when it ends and where documents would go. Spends nothing."""
    run(
        source,
        use_case,
        budget_jpy,
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


@app.command()
@saying_errors
def demo(as_json: AsJson = False) -> None:
    """One night over a dozen sample documents, on this machine only: no key, no outside call."""
    raise typer.Exit(demo_command.start(as_json=as_json))


@app.command("up")
@saying_errors
def start_all() -> None:
    """Postgres, Prefect server, worker and deployments; prints the UI address. Ctrl-C stops the worker."""
    up.up()


@app.command("down")
@saying_errors
def stop_all() -> None:
    """Stop everything that yakin started in the background on this machine."""
    up.down()


@app.command("report")
@saying_errors
def show_report(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="Run id, its beginning, or `latest`")] = "latest",
    open_browser: Annotated[bool, typer.Option("--open", help="Open the HTML report in a browser")] = False,
    as_json: AsJson = False,
) -> None:
    """The morning report of a run: what was answered, where it went, what it cost, what is left and why."""
    report.show(run_name, open_browser=open_browser, as_json=as_json)


@app.command("explain")
@saying_errors
def explain_file(
    file: Annotated[Path, typer.Argument(help="A document")],
    use_case: UseCase = "inquiry_triage",
    baseline: Baseline = None,
    rehearsal: Rehearse = None,
    as_json: AsJson = False,
) -> None:
    """Why a document may go where: level, evidence kinds (never values), zones, offers, choice. Asks nobody."""
    explain.show(file, use_case, baseline, _mode(rehearsal), as_json=as_json)


@app.command("doctor")
@saying_errors
def check_machine(as_json: AsJson = False) -> None:
    """Check this machine: what works, what does not, and what to do about it."""
    raise typer.Exit(doctor_command.show(as_json=as_json))


def main() -> None:
    """Entry point of the console script."""
    app()


__all__ = ["ExitCode", "app", "main"]
