"""A Prefect server of this environment in the background, on loopback, tuned and without outside calls."""

import hashlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yakin.errors import ServiceFailed
from yakin.local import prefect_settings, processes
from yakin.local.prefect_api import is_healthy

_NAME = "prefect-server"
_PORT = 4200
_START_TIMEOUT_S = 240.0  # the first start migrates an empty database
_TELL_EVERY_S = 5.0
_PORTS_TRIED = 3
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A running server and where its files are."""

    api_url: str
    ui_url: str
    log_path: Path
    prefect_home: Path


def start(home: Path, database_url: str, progress: Progress | None = None) -> PrefectServer:
    """Start the server of this home, or find it running, and wait until it answers.

    Port 4200, or another one that is then remembered. A server on another database is replaced.
    `progress` hears a line every few seconds. Raises ServiceFailed with the log's path.
    """
    prefect_home = home.absolute() / "prefect"
    processes.make_private_folder(prefect_home)
    with processes.only_one(prefect_home / "start.lock", timeout_s=_START_TIMEOUT_S + 10):
        running = processes.find(home, _NAME)
        if running is not None and running.facts["database"] != _fingerprint(database_url):
            processes.stop(home, _NAME)
            running = None
        if running is None:
            running = _launched(home, prefect_home, database_url, progress)
        server = _server_of(home, running)
        _wait_for(server, running, progress)
        prefect_settings.confine_ui(prefect_home)
    return server


def stop(home: Path) -> bool:
    """Stop the server. False when none ran."""
    return processes.stop(home, _NAME)


def status(home: Path) -> PrefectServer | None:
    """The server of this home when it answers, else None."""
    running = processes.find(home, _NAME)
    if running is None:
        return None
    server = _server_of(home, running)
    return server if _answers(server, running) else None


def client_environment(server: PrefectServer) -> dict[str, str]:
    """What flows, workers and the command line add to their environment to work with this server."""
    return prefect_settings.client_environment(server.prefect_home, server.api_url, server.ui_url)


def _launched(home: Path, prefect_home: Path, database_url: str, progress: Progress | None) -> processes.Running:
    """A server that has its port. It binds seconds after the port was chosen, so two homes may choose the same."""
    for _ in range(_PORTS_TRIED):
        running = _launch(home, prefect_home, database_url)
        try:
            _wait_for(_server_of(home, running), running, progress)
            return running
        except ServiceFailed:
            if processes.port_is_free(int(running.facts["port"])):
                raise  # it ended for another reason
            processes.stop(home, _NAME)
    log_path = processes.log_path(home, _NAME)
    raise ServiceFailed(f"other programs took {_PORTS_TRIED} ports before the Prefect server; see {log_path}")


def _launch(home: Path, prefect_home: Path, database_url: str) -> processes.Running:
    port = processes.remembered_port(prefect_home / "port", preferred=_PORT)
    command = processes.Command(
        argv=[sys.executable, "-m", "prefect", "server", "start"],
        environment=prefect_settings.server_environment(prefect_home, database_url, port),
        folder=prefect_home,  # Prefect reads .env and prefect.toml of its folder: not the caller's
    )
    facts = {"port": str(port), "database": _fingerprint(database_url)}
    return processes.start(home, _NAME, command, facts)


def _wait_for(server: PrefectServer, running: processes.Running, progress: Progress | None) -> None:
    began = time.monotonic()
    told = began

    def answers() -> bool:
        nonlocal told
        if not processes.is_same(running.pid, running.started):
            raise ServiceFailed(f"the Prefect server ended while starting; see {server.log_path}")
        if progress is not None and time.monotonic() - told >= _TELL_EVERY_S:
            told = time.monotonic()
            progress(f"Prefect server is starting ({told - began:.0f} s; the first start takes up to a minute)")
        return _answers(server, running)

    processes.wait_until(answers, _START_TIMEOUT_S, f"the Prefect server answers (see {server.log_path})", 0.2)


def _answers(server: PrefectServer, running: processes.Running) -> bool:
    """Whether ours answers: a stranger may at the port that we chose, so its process has to be the one that listens."""
    return processes.listens(running.pid, int(running.facts["port"])) and is_healthy(server.api_url)


def _server_of(home: Path, running: processes.Running) -> PrefectServer:
    ui_url = f"http://127.0.0.1:{running.facts['port']}"
    return PrefectServer(f"{ui_url}/api", ui_url, running.log_path, home.absolute() / "prefect")


def _fingerprint(database_url: str) -> str:
    return hashlib.sha256(database_url.encode()).hexdigest()  # the URL holds a password
