"""A vendor that answers, fails and quotes what it was sent: the Authorization header in every error."""

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from yakin.local.sandbox import instant
from yakin.local.sandbox.meter import Tokens
from yakin.local.sandbox.replies import Generated, completion
from yakin.local.sandbox.request import parse

FAILURES = ("answer", "refuse", "page", "busy", "answer", "hang up", "garbage", "answer")


class LooseVendor(ThreadingHTTPServer):
    """Keeps the Authorization headers that it received, and fails in turn."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.authorizations: list[str] = []
        self.turns: Iterator[str] = itertools.cycle(FAILURES)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are expected."""


@contextmanager
def loose_vendor() -> Iterator[LooseVendor]:
    """The vendor, serving in a thread."""
    with LooseVendor() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class _Desk(BaseHTTPRequestHandler):
    server: LooseVendor

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base class says so
        """Says nothing."""

    def do_GET(self) -> None:
        self._send(200, {"object": "list", "data": []})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers.get("Authorization", "")
        self.server.authorizations.append(key)
        said = f"You sent {key!r}; Incorrect API key provided: {key.removeprefix('Bearer ')}"
        match next(self.server.turns):
            case "answer":
                request = parse(raw)
                answer = Generated(instant.answer_text(request), 100, 20)
                self._send(
                    200, completion(f"loose-{len(self.server.authorizations)}", request, answer, Tokens(100, 0, 20))
                )
            case "refuse":
                self._send(401, {"error": {"message": said, "type": "invalid_request_error", "code": key}})
            case "busy":
                self._send(429, {"error": {"message": said}}, {"Retry-After": "0", "X-Debug": key})
            case "page":
                self._send(500, f"<html><body><pre>Authorization: {key}</pre></body></html>")
            case "garbage":
                self._send(200, {"choices": said, "usage": {"prompt_tokens": key}})
            case _:
                self.connection.close()

    def _send(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
