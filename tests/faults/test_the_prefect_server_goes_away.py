"""The Prefect server is lost in the middle of a night: people see less, and the work is done all the same."""

import socket
import threading
from urllib.parse import urlsplit

import pytest

from tests.faults.interfered import kill_group, wait_until


class Cable:
    """A TCP way to a server that can be cut."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def cut(self) -> None:
        for each in (self._listener, *self._open):
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                near = self._listener.accept()[0]
            except OSError:
                return
            far = socket.create_connection(self._to)
            self._open += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for each in (source, target):
        each.close()


@pytest.fixture
def cable(night):
    at = urlsplit(night.house.environment["PREFECT_API_URL"])
    made = Cable(at.hostname, at.port)
    night.house.environment["PREFECT_API_URL"] = f"http://127.0.0.1:{made.port}/api"
    yield made
    made.cut()


def test_every_document_is_answered_and_the_run_closed(night, cable):
    night.write(12)
    night.limit(concurrency=2)
    night.vendors(latency_s=0.6)
    process = night.start()
    wait_until(lambda: night.answered() >= 2)

    cable.cut()
    wait_until(lambda: [state for _, state in night.runs()] == ["finished"], 60)
    kill_group(process)  # Prefect's client goes on trying to report for five minutes
    assert night.answered() == 12
    night.books_balance()
