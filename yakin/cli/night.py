"""`yakin run` and `yakin quote`: one night from the command line, in this process."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import httpx
import typer
from pydantic import ValidationError

from yakin.cli import quote, services
from yakin.cli.output import ExitCode, print_json, readable, say, say_rehearsal, short_yen, table
from yakin.errors import ServiceFailed, UsageError, YakinError
from yakin.llm.environment import refuse_redirecting_environment
from yakin.settings import Settings, read_settings
from yakin.use_cases.load import load_use_cases

if TYPE_CHECKING:
    from tasks.close_run import RunSummary
    from tasks.parameters import NightRunParameters
    from tasks.plan_run import PlannedRun

Result = TypeVar("Result")
REMEDIES = {
    "deadline": "write HH:MM, like 06:00",
    "use_case": "a use case has small letters, digits and _ in its name, like inquiry_triage",
    "source": "give a folder, a file, file:// or s3://bucket/prefix",
}


def parameters_from(job: Mapping[str, object], run: Mapping[str, object]) -> "NightRunParameters":
    """Validated parameters; raises UsageError naming option and remedy."""
    from tasks.parameters import NightRunParameters

    try:
        return NightRunParameters.model_validate({**_given(run), "jobs": [_given(job)]})
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False)[0]
        field = str(first["loc"][-1]) if first["loc"] else "parameters"
        raise UsageError(f"--{field.replace('_', '-')}: {REMEDIES.get(field, first['msg'])}") from None


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def start(parameters: "NightRunParameters", *, as_json: bool) -> ExitCode:
    """Run the night, show its result, and say how it ended."""
    settings = read_settings()
    parameters = checked(parameters, settings)
    services.use_prefect(settings)  # before anything imports Prefect, which reads its settings once
    from tasks.plan_run import PlannedRun

    result = run_night(parameters)
    if isinstance(result, PlannedRun):
        quote.show(result, parameters.budget_jpy, as_json=as_json)
        return ExitCode.ALL_ANSWERED
    show_summary(result, as_json=as_json)
    return exit_code(result)


def checked(parameters: "NightRunParameters", settings: Settings) -> "NightRunParameters":
    """The parameters with whole paths; raises UsageError for what can be seen before anything is started."""
    refuse_redirecting_environment(os.environ)
    known = load_use_cases(settings.use_cases)
    for job in parameters.jobs:
        if job.use_case not in known:
            names = ", ".join(sorted(known))
            raise UsageError(
                f"--use-case: {job.use_case!r} is not known; known: {names}. YAKIN_USE_CASES adds a folder"
            )
    jobs = [job.model_copy(update={"source": _whole_source(job.source)}) for job in parameters.jobs]
    return parameters.model_copy(update={"jobs": jobs})


def _whole_source(source: str) -> str:
    if source.startswith(("s3://", "file://")):
        return source
    if "://" in source:
        raise UsageError(f"SOURCE: {source.partition('://')[0]}:// is not supported; use a folder, file:// or s3://")
    path = Path(source).expanduser().resolve()
    if not path.exists():
        raise UsageError(f"SOURCE: {path} does not exist; give a folder or a file")
    return str(path)


def run_night(parameters: "NightRunParameters") -> "RunSummary | PlannedRun":
    """Run the night in this process."""
    from flows.night_run import night_run

    result = run_flow(lambda: night_run(parameters))
    if result is None:
        raise UsageError("nothing ran: today is not a working day")
    return result


def run_flow(flow: Callable[[], Awaitable[Result]]) -> Result:
    """Run a flow in this process with a progress bar. Ctrl-C and SIGTERM stop spending at once."""
    from prefect.exceptions import TerminationSignal

    try:
        return asyncio.run(_run(flow))
    except KeyboardInterrupt:
        raise _stopped(ExitCode.INTERRUPTED) from None
    except (asyncio.CancelledError, TerminationSignal):
        raise _stopped(ExitCode.TERMINATED) from None
    except httpx.HTTPError as lost:  # vendors' errors never get here: they are outcomes
        raise ServiceFailed(
            f"the Prefect server went away ({type(lost).__name__}); `yakin report` says what the run did, "
            "and the same command does what is left"
        ) from None


def _stopped(code: ExitCode) -> typer.Exit:
    say("stopped: nothing more is asked. The same command goes on where this one stopped.")
    return typer.Exit(code)


async def _run(flow: Callable[[], Awaitable[Result]]) -> Result:
    from yakin.cli.progress import watch

    services.leave_failures_to_the_command()
    watching = asyncio.create_task(watch())
    running = asyncio.ensure_future(flow())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    try:
        return await running
    except BaseExceptionGroup as group:
        raise _first(group) from None
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Our own error out of a group of them, so that the command can say it."""
    ours = group.subgroup(YakinError)
    found: BaseException = ours or group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


def exit_code(summary: "RunSummary") -> ExitCode:
    """0 all answered; 4 the budget left some; 3 other reasons. 4 wins."""
    if any(each.reason == "budget" for each in summary.unanswered):
        return ExitCode.BUDGET
    return ExitCode.UNANSWERED if summary.documents.unanswered else ExitCode.ALL_ANSWERED


def show_summary(summary: "RunSummary", *, as_json: bool) -> None:
    """The `run` object, or the same for people."""
    if as_json:
        print_json(summary.model_dump(mode="python"))
        return
    documents = summary.documents
    say_rehearsal(rehearsal=summary.rehearsal)
    table(
        f"run {summary.run_id}",
        ["#seen", "#answered", "#skipped", "#unanswered", "¥cost", "¥budget"],
        [
            (
                documents.seen,
                documents.answered,
                documents.skipped,
                documents.unanswered,
                short_yen(summary.cost_jpy),
                short_yen(summary.budget_jpy),
            )
        ],
    )
    if summary.unanswered:
        rows = [(each.reason, readable(each.uri)) for each in summary.unanswered]
        table("unanswered 未回答", ["reason", "file"], rows)
