"""A server of ours is never taken for another one at its port."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yakin.local import prefect_server, processes

pytestmark = pytest.mark.live


class Stranger(BaseHTTPRequestHandler):
    """Says that it is healthy, as the Prefect server of another home would."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"true")

    def log_message(self, *_):
        pass


def test_a_home_that_loses_its_port_while_starting_takes_another(tmp_path, postgres):
    home, port = tmp_path / "home", processes.free_port()
    processes.make_private_folder(home / "prefect")
    (home / "prefect" / "port").write_text(str(port))
    taken = []

    def take_the_port():
        while processes.find(home, "prefect-server") is None:
            time.sleep(0.01)
        taken.append(ThreadingHTTPServer(("127.0.0.1", port), Stranger))
        taken[0].serve_forever()

    threading.Thread(target=take_the_port, daemon=True).start()
    try:
        server = prefect_server.start(home, postgres.prefect_url)
        assert server.api_url != f"http://127.0.0.1:{port}/api"
        assert prefect_server.status(home) == server
        assert taken
    finally:
        prefect_server.stop(home)
        taken[0].shutdown()
        taken[0].server_close()
