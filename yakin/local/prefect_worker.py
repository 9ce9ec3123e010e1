"""A Prefect process worker in the background: it runs the flows of one work pool on this machine."""

import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from yakin.errors import ServiceFailed, UsageError
from yakin.local import processes
from yakin.local.prefect_api import heartbeats
from yakin.local.prefect_server import PrefectServer, client_environment

_START_TIMEOUT_S = 120.0
_DRAIN_S = 30.0


def start(
    home: Path, server: PrefectServer, pool: str, working_dir: Path, limit: int | None = None
) -> processes.Running:
    """Start the worker of a pool, or find it running, and wait until the server has heard it.

    The pool is created when missing. Flows run with our environment plus what the server's clients
    need, in `working_dir`; at most `limit` at the same time. A worker of another server is replaced.
    """
    name = _name(pool)
    processes.make_private_folder(server.prefect_home)
    with processes.only_one(server.prefect_home / f"{name}.lock", timeout_s=_START_TIMEOUT_S + _DRAIN_S):
        running = processes.find(home, name)
        if running is not None and running.facts["api_url"] != server.api_url:
            processes.stop(home, name, _DRAIN_S)
            running = None
        if running is None:
            running = processes.start(
                home, name, _command(server, pool, working_dir, limit), {"api_url": server.api_url}
            )
        _wait_for(running, server, pool)
    return running


def stop(home: Path, pool: str, grace_s: float = _DRAIN_S) -> bool:
    """Stop the worker: it takes no new run, its runs get the grace to end. False when none ran."""
    return processes.stop(home, _name(pool), grace_s)


def status(home: Path, pool: str) -> processes.Running | None:
    """The worker of a pool, if it runs."""
    return processes.find(home, _name(pool))


def _name(pool: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", pool):
        raise UsageError(f"work pool {pool!r}: use lower-case letters, digits, - and _")
    return f"prefect-worker-{pool}"


def _command(server: PrefectServer, pool: str, working_dir: Path, limit: int | None) -> processes.Command:
    argv = [sys.executable, "-m", "prefect", "worker", "start", "--type", "process", "--install-policy", "never"]
    argv += ["--pool", pool, "--name", _name(pool)]
    argv += [] if limit is None else ["--limit", str(limit)]
    # settings of another Prefect must not leak into ours; everything else (vendors' keys) the flows need
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    # Prefect keeps its runs in <temp>/runner_storage, which on a shared machine belongs to whoever came first
    temporary = server.prefect_home / "tmp"
    processes.make_private_folder(temporary)
    own = client_environment(server) | {"TMPDIR": str(temporary)}
    return processes.Command(argv, inherited | own, working_dir.absolute())


def _wait_for(running: processes.Running, server: PrefectServer, pool: str) -> None:
    began = datetime.fromtimestamp(running.started, UTC) - timedelta(seconds=5)

    def heard() -> bool:
        if not processes.is_same(running.pid, running.started):
            raise ServiceFailed(f"the worker of pool {pool} ended while starting; see {running.log_path}")
        last = heartbeats(server.api_url, pool).get(_name(pool))
        return last is not None and datetime.fromisoformat(last) >= began

    processes.wait_until(heard, _START_TIMEOUT_S, f"the worker of pool {pool} is heard (see {running.log_path})", 0.3)
