"""`yakin up` and `yakin down`: everything that scheduled and UI-triggered runs need on one machine."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from yakin.cli import deployment_file, services
from yakin.cli.output import OUT, say
from yakin.errors import ServiceFailed
from yakin.local import model, model_server, postgres, prefect_server, prefect_worker, sandbox
from yakin.local.prefect_server import PrefectServer
from yakin.settings import PROJECT_ROOT, Settings, read_settings

POOL = "yakin"


def up() -> None:
    """Start Postgres, Prefect server and worker, deploy prefect.yaml, print the address, wait for Ctrl-C."""
    settings = read_settings()
    services.use_prefect(settings)
    deploy()
    server = prefect_server.status(settings.home)
    if settings.prefect_api_url is not None and (server is None or server.api_url != settings.prefect_api_url):
        OUT.print(f"deployed to {settings.prefect_api_url}, which this machine does not run. Start a worker where the")
        OUT.print(f"documents are, with the environment that a run needs: prefect worker start --pool {POOL}")
        return
    if server is None:
        raise ServiceFailed("the Prefect server ended; its log is in the log folder of YAKIN_HOME")
    _work(settings, server)


def _work(settings: Settings, server: PrefectServer) -> None:
    """Run the worker until Ctrl-C, SIGTERM or its own end; it never outlives this command."""
    signal.signal(signal.SIGTERM, _interrupt)
    say("worker: starting")
    try:
        prefect_worker.start(settings.home, server, POOL, PROJECT_ROOT)
        OUT.print(f"Prefect UI: {server.ui_url}   (Ctrl-C stops the worker)")
        OUT.print("deployments: night-run, ad-hoc, collect-batches, purge")
        while prefect_worker.status(settings.home, POOL):
            time.sleep(1)
        raise ServiceFailed("the worker ended; its log is in the log folder of YAKIN_HOME")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave the worker behind
        say("worker: stopping; a run under way gets half a minute")
        prefect_worker.stop(settings.home, POOL)
        say("worker: stopped. Database and server go on until `yakin down`")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def deploy() -> None:
    """Create the work pool and the deployments of prefect.yaml. Safe to repeat."""
    deployment_file.check(PROJECT_ROOT / "prefect.yaml", os.environ)
    say("deployments: creating")
    prefect("work-pool", "create", POOL, "--type", "process", "--overwrite")
    prefect("--no-prompt", "deploy", "--all")


def prefect(*arguments: str) -> None:
    """Run Prefect's own command; raises ServiceFailed with its last lines."""
    ended = subprocess.run(
        [sys.executable, "-m", "prefect", *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if ended.returncode != 0:
        lines = (ended.stdout + ended.stderr).strip().splitlines()[-15:]
        raise ServiceFailed(f"prefect {' '.join(arguments)} failed:\n" + "\n".join(lines))


def down() -> None:
    """Stop worker, Prefect server, model servers, sandbox and Postgres of this YAKIN_HOME."""
    for name, stopped in _stop(read_settings()).items():
        say(f"{name}: {'stopped' if stopped else 'was not running'}")


def _stop(settings: Settings) -> dict[str, bool]:
    """In the order in which they depend on each other."""
    stopped = {"worker": prefect_worker.stop(settings.home, POOL), "sandbox": sandbox.stop(settings.home)}
    stopped |= {f"model {name}": model_server.stop(settings.home, name) for name in model.WEIGHTS}
    stopped["Prefect server"] = prefect_server.stop(settings.home)
    stopped["Postgres"] = postgres.stop(settings.home)
    return stopped
