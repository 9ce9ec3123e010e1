"""One Postgres data directory: created, served, found again after any kind of death."""

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from yakin.errors import ServiceFailed
from yakin.local import processes
from yakin.local.postgres_accounts import SUPERUSER
from yakin.local.postgres_binaries import REMEDY, library_path
from yakin.local.postgres_place import Place

_START_TIMEOUT_S = 120.0  # crash recovery and slow disks included
_INITDB = (
    f"--username={SUPERUSER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",  # sorts the same on every machine
    "--builtin-locale=C.UTF-8",
    f"--locale={'en_US.UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}",
    "--no-instructions",
)
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The log must hold no row text. An error's message can quote a value ("invalid input syntax for …"),
    # so errors are not logged at all: the client gets them, the server logs its own life.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_FATAL = re.compile(r"(?:FATAL|PANIC):\s+(.*)")
_WORTH_ANOTHER_TRY = ("lock file", "shared memory", "could not bind", "could not create any TCP/IP sockets")


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The living server process of a data directory."""

    pid: int
    port: int
    ready: bool

    def answers(self) -> bool:
        """Whether it takes connections now. One that was killed this instant is ready on paper only."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(_SSL_REQUEST)  # the one question that needs no login
                return self.ready and connection.recv(1) in {b"N", b"S"}
        except OSError:
            return False


def postmaster(data: Path) -> Postmaster | None:
    """The server that runs on a data directory. A zombie, or another program with its pid, is none."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if not _works_in(pid, data):
        return None
    return Postmaster(pid, port, ready=len(lines) > 7 and lines[7].strip() == "ready")


def create(place: Place, installation: Path, superuser_password: str) -> None:
    """Make the cluster. It appears under its name only when complete, so that a kill leaves nothing half done."""
    for left_behind in place.server.glob("new-data-*"):
        shutil.rmtree(left_behind, ignore_errors=True)
    draft = place.server / f"new-data-{os.getpid()}"  # the initdb of a killed start may still be writing to its own
    password_file = place.server / "password"
    processes.write_private(password_file, superuser_password)
    place.give(password_file)
    try:
        _run_once(place, installation, "initdb", ["-D", str(draft), f"--pwfile={password_file}", *_INITDB])
    finally:
        password_file.unlink()
    draft.rename(place.data)


def reset_superuser_password(place: Place, installation: Path, password: str) -> None:
    """Give the superuser a new password in a cluster whose server does not run."""
    _forget_dead_server(place)
    statement = f"alter role {SUPERUSER} password '{password}';\n"
    _run_once(place, installation, "postgres", ["--single", "-D", str(place.data), "template1"], statement)


def serve(place: Place, installation: Path, log_path: Path) -> int:
    """Bring the server up, or wait for one that is coming up, and return its port."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        log_size = log_path.stat().st_size if log_path.exists() else 0
        if postmaster(place.data) is None:
            _launch(place, installation, log_path)
        while (server := postmaster(place.data)) is not None and time.monotonic() < deadline:
            if server.answers():
                return server.port
            time.sleep(0.02)
        fatal = _FATAL.findall(log_path.read_bytes()[log_size:].decode(errors="replace"))
        if fatal and not any(reason in line for line in fatal for reason in _WORTH_ANOTHER_TRY):
            raise ServiceFailed(f"the embedded Postgres does not start: {fatal[-1]}; see {log_path}")
        time.sleep(0.2)
    raise ServiceFailed(f"the embedded Postgres does not start within {_START_TIMEOUT_S:.0f} s; see {log_path}")


def stop(data: Path, timeout_s: float) -> bool:
    """Fast shutdown: open transactions are rolled back, the data is safe. False when no server ran."""
    server = postmaster(data)
    if server is None:
        return False
    psutil.Process(server.pid).send_signal(processes.INTERRUPT)
    processes.wait_until(lambda: postmaster(data) is None, timeout_s, "the embedded Postgres stops")
    return True


def _run_once(place: Place, installation: Path, program: str, arguments: list[str], stdin: str = "") -> None:
    try:
        answer = subprocess.run(
            [str(installation / "bin" / program), *arguments],
            input=stdin,
            env=library_path(installation),
            cwd=place.server,
            user=place.uid,
            group=place.gid,
            extra_groups=None if place.uid is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ServiceFailed(f"{program} cannot be started ({type(error).__name__}); {REMEDY}") from None
    if answer.returncode != 0:
        reason = answer.stderr.strip().splitlines()[-1:] or [f"exit {answer.returncode}"]
        raise ServiceFailed(f"{program} failed: {reason[0]}; {REMEDY}")


def _launch(place: Place, installation: Path, log_path: Path) -> None:
    _forget_dead_server(place)
    port = processes.remembered_port(place.settings / "port")
    settings = _SETTINGS | {"unix_socket_directories": str(place.socket or "")}
    argv = [str(installation / "bin" / "postgres"), "-D", str(place.data), "-p", str(port)]
    argv += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = processes.Command(argv, library_path(installation), place.data, place.uid, place.gid)
    pid = processes.launch(command, log_path)
    # between exec and the lock file there is a moment in which the server is alive and not yet to be found
    processes.wait_until(
        lambda: postmaster(place.data) is not None or not processes.is_alive(pid), 30, "Postgres takes its lock file"
    )


def _forget_dead_server(place: Place) -> None:
    """Remove the lock files of a server that was killed.

    Postgres does so itself unless the pid is in use again or a zombie that nobody buries, which is
    what containers without an init have. Its surviving backends must have ended first.
    """
    if not (place.data / "postmaster.pid").exists():
        return
    processes.wait_until(
        lambda: not any(_works_in(pid, place.data) for pid in psutil.pids()), 30, "backends of the killed Postgres end"
    )
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    for leftover in place.server.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _works_in(pid: int, data: Path) -> bool:
    try:
        return psutil.Process(pid).cwd() == str(data.resolve())
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # a zombie has no folder and counts as gone
        return False
