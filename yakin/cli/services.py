"""Start what a command needs on this machine, and point Prefect's client at it before Prefect is imported."""

import logging
import os
from collections.abc import Mapping

from yakin.cli.output import say
from yakin.local import postgres, prefect_server
from yakin.local.prefect_settings import silent_environment
from yakin.settings import PROJECT_ROOT, Settings

QUIET = {
    **silent_environment(),
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",  # progress is ours to show; the UI has the log lines
}
LOGGED = {"PREFECT_LOGGING_EXTRA_LOGGERS": "yakin"}


def use_prefect(settings: Settings) -> str:
    """The API URL of the Prefect server in use, started when this machine runs its own."""
    environment: Mapping[str, str] = {**QUIET, **LOGGED}
    if settings.prefect_api_url is None:
        server = prefect_server.status(settings.home) or start_prefect(settings)
        environment = {**prefect_server.client_environment(server), **QUIET}
    for name, value in environment.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("YAKIN_PROJECT_ROOT", str(PROJECT_ROOT))
    return os.environ["PREFECT_API_URL"]


def be_quiet() -> None:
    """Let Prefect say only warnings here and nothing to the outside; called before anything imports it."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def start_prefect(settings: Settings) -> prefect_server.PrefectServer:
    """This machine's own Prefect server, on the embedded Postgres, else on a file beside it."""
    say("Prefect server: starting (the first time takes about half a minute)")
    server = prefect_server.start(settings.home, prefect_database(settings), say)
    say(f"Prefect server: {server.ui_url}")
    return server


def prefect_database(settings: Settings) -> str:
    """Same cluster, another database; with a Postgres of your own, YAKIN_PREFECT_DATABASE_URL or a local file."""
    if settings.embedded_database:
        say("Postgres: starting")
        return postgres.start(settings.home).prefect_url
    default = f"sqlite+aiosqlite:///{settings.home / 'prefect.db'}"
    return os.environ.get("YAKIN_PREFECT_DATABASE_URL", default)


def leave_failures_to_the_command() -> None:
    """Keep Prefect's account of a failed run off this terminal: the command says it once, the UI has the log.

    What is raised reaches the command either way, so a crash still shows its traceback.
    """
    for handler in logging.getLogger().handlers:  # Prefect's console handler is the root's
        handler.addFilter(_is_not_a_failure)


def _is_not_a_failure(record: logging.LogRecord) -> bool:
    of_a_run = record.name.startswith(("prefect.flow_runs", "prefect.task_runs"))
    return not (of_a_run and record.levelno >= logging.ERROR)
