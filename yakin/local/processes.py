"""Detached background processes: started once, found again by pid and start time, stopped with their children."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from random import SystemRandom

import psutil

from yakin.errors import ServiceFailed

_LAUNCHER = Path(__file__).with_name("detached_launcher.py")
INTERRUPT = signal.SIGINT
_SAME_START_S = 2.0  # psutil derives start times from the boot time, which the clock's corrections move
_PORTS = range(20_000, 30_000)  # below the range from which outgoing connections take theirs
_LOG_KEPT_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Command:
    """What to start: program and arguments, environment, folder and, for root, another user."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    uid: int | None = None
    gid: int | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A background process that is alive. `started` tells it from a later process with the same pid."""

    pid: int
    started: float
    log_path: Path
    facts: Mapping[str, str]


def log_path(home: Path, name: str) -> Path:
    """Where a service writes its log."""
    return home.absolute() / "log" / f"{name}.log"


def prepared_log(home: Path, name: str) -> Path:
    """The log of a service that is about to start: its folder exists, and a very long one is set aside."""
    path = log_path(home, name)
    make_private_folder(path.parent)
    if path.exists() and path.stat().st_size > _LOG_KEPT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path


def start(home: Path, name: str, command: Command, facts: Mapping[str, str] | None = None) -> Running:
    """Start a command in the background and remember it under a name. It outlives this process.

    `facts` are kept with it, for whoever finds it later. Raises ServiceFailed when it cannot be executed.
    """
    log = prepared_log(home, name)
    pid = launch(command, log)
    try:
        running = Running(pid, psutil.Process(pid).create_time(), log, dict(facts or {}))
    except psutil.NoSuchProcess:
        raise ServiceFailed(f"{name} ended at once; see {log}") from None
    write_private(_record_path(home, name), json.dumps(asdict(running) | {"log_path": str(log)}))
    return running


def launch(command: Command, log_path: Path) -> int:
    """Start a command as a daemon of its own session and return its pid."""
    order = {
        "argv": list(command.argv),
        "cwd": str(command.folder),
        "log": str(log_path),
        "uid": command.uid,
        "gid": command.gid,
    }
    answer = subprocess.run(
        [sys.executable, "-I", "-S", str(_LAUNCHER)],
        input=json.dumps(order),
        env=dict(command.environment),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C in the terminal must not end it between the start and its answer
    )
    if answer.returncode != 0:
        raise ServiceFailed(f"the launcher of {command.argv[0]} failed (exit {answer.returncode}); see {log_path}")
    started = json.loads(answer.stdout)
    if started["failure"]:
        raise ServiceFailed(f"{command.argv[0]} cannot be started: {started['failure']}; see {log_path}")
    return int(started["pid"])


def find(home: Path, name: str) -> Running | None:
    """The process started under that name, if it is still the same one and alive."""
    try:
        record = json.loads(_record_path(home, name).read_text())
        running = Running(record["pid"], record["started"], Path(record["log_path"]), record["facts"])
    except (FileNotFoundError, json.JSONDecodeError, KeyError):
        return None
    return running if is_same(running.pid, running.started) else None


def is_same(pid: int, started: float) -> bool:
    """Whether the pid is alive and was started at that time."""
    try:
        return is_alive(pid) and abs(psutil.Process(pid).create_time() - started) <= _SAME_START_S
    except psutil.NoSuchProcess:
        return False


def is_alive(pid: int) -> bool:
    """Whether the pid is in use by a process that can still do something; a zombie cannot."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def stop(home: Path, name: str, grace_s: float = 10.0) -> bool:
    """Stop the process and its children: SIGTERM, then SIGKILL after the grace. False when none ran."""
    running = find(home, name)
    if running is not None:
        stop_tree(running.pid, grace_s)
    _record_path(home, name).unlink(missing_ok=True)
    return running is not None


def stop_tree(pid: int, grace_s: float) -> None:
    """Ask the process to end, let it end its own children, and kill what is left after the grace."""
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
        root.terminate()
        for process in _left_after(grace_s, tree):
            with suppress(psutil.NoSuchProcess):
                born_meanwhile = process.children(recursive=True)
                process.kill()
                for child in born_meanwhile:
                    with suppress(psutil.NoSuchProcess):
                        child.kill()
        _left_after(5, tree)


def _left_after(timeout_s: float, tree: Sequence[psutil.Process]) -> list[psutil.Process]:
    # not psutil.wait_procs: in a container without an init a dead process stays a zombie for ever
    deadline = time.monotonic() + timeout_s
    while True:
        alive = [process for process in tree if process.is_running() and is_alive(process.pid)]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.05)


def free_port(preferred: int | None = None) -> int:
    """The preferred port of 127.0.0.1 when nobody listens there, else another free one."""
    if preferred is not None and port_is_free(preferred):
        return preferred
    for candidate in SystemRandom().sample(_PORTS, 50):
        if port_is_free(candidate):
            return candidate
    raise ServiceFailed(f"no free port on 127.0.0.1 between {_PORTS.start} and {_PORTS.stop}")


def remembered_port(path: Path, preferred: int | None = None) -> int:
    """The port written in that file when it is free; else a new one, which is written there."""
    try:
        wanted: int | None = int(path.read_text())
    except (FileNotFoundError, ValueError):
        wanted = preferred
    port = free_port(wanted)
    write_private(path, str(port))
    return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1 at that port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT does not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def listens(pid: int, port: int) -> bool:
    """Whether the process or one of its children is the server at that port of 127.0.0.1."""
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
        sockets = [each for process in tree for each in process.net_connections("inet")]
    except psutil.NoSuchProcess:
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in sockets)


def wait_until(predicate: Callable[[], bool], timeout_s: float, what: str, interval_s: float = 0.05) -> None:
    """Return as soon as the predicate holds; raise ServiceFailed naming `what` after the timeout."""
    deadline = time.monotonic() + timeout_s
    while not predicate():
        if time.monotonic() > deadline:
            raise ServiceFailed(f"{what}: not within {timeout_s:.0f} s")
        time.sleep(interval_s)


@contextmanager
def only_one(path: Path, timeout_s: float = 180.0) -> Iterator[None]:
    """Hold a file lock, so that two processes that start the same service take turns."""
    import fcntl

    with path.open("a") as file:

        def locked() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        wait_until(locked, timeout_s, f"another process holds {path}")
        yield


def make_private_folder(folder: Path) -> None:
    """Create a folder that only its owner may enter; an existing one is left as it is."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)


def write_private(path: Path, content: str) -> None:
    """Replace a file, readable by its owner only, in one step: readers see the old or the new one."""
    make_private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # never through somebody's link
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    draft.replace(path)


def _record_path(home: Path, name: str) -> Path:
    return home / "run" / f"{name}.json"
