"""`yakin up` as a person starts it, the Prefect API beside it, and a real browser that can reach nothing else."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib import request
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.night_fixtures import can_be_interrupted
from yakin.local import postgres, prefect_server

ROOT = Path(__file__).resolve().parents[2]
USE_CASE = ROOT / "yakin" / "use_cases" / "inquiry_triage"
DIRECT = request.build_opener(request.ProxyHandler({}))
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
CONFINED = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-default-apps",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip


def until(found, timeout_s, what):
    """The first thing found; fails naming what was waited for."""
    deadline = time.monotonic() + timeout_s
    while not (result := found()):
        assert time.monotonic() < deadline, f"{what}: not within {timeout_s:.0f} s"
        time.sleep(0.5)
    return result


@dataclass(frozen=True, slots=True)
class Prefect:
    """The few API calls that a data engineer's script would make."""

    api_url: str

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        question = request.Request(self.api_url + path, data=data, headers={"content-type": "application/json"})
        with DIRECT.open(question, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def deployment(self, name):
        return self.ask(f"/deployments/name/night-run/{name}")

    def start(self, deployment, parameters, **state_details):
        state = {"type": "SCHEDULED", "state_details": state_details}
        body = {"parameters": {"parameters": parameters}, "state": state}
        return self.ask(f"/deployments/{self.deployment(deployment)['id']}/create_flow_run", body)["id"]

    def when(self, run_id, state_types, timeout_s=120):
        def reached():
            run = self.ask(f"/flow_runs/{run_id}")
            assert run["state_type"] in state_types or run["state_type"] not in ENDED, run["state"]["message"]
            return run if run["state_type"] in state_types else None

        return until(reached, timeout_s, f"flow run in {state_types}")

    def _of_run(self, kind, run_id):
        return self.ask(f"/{kind}/filter", {"flow_runs": {"id": {"any_": [run_id]}}})

    def artifacts(self, run_id):
        return {each["key"].split("-")[0]: each for each in self._of_run("artifacts", run_id)}

    def task_names(self, run_id):
        return {each["name"] for each in self._of_run("task_runs", run_id)}

    def log_lines(self, run_id):
        filters = {"logs": {"flow_run_id": {"any_": [run_id]}}, "limit": 200}
        return "\n".join(each["message"] for each in self.ask("/logs/filter", filters))


@dataclass(slots=True)
class Up:
    """A machine on which `yakin up` runs."""

    home: Path
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen | None = None
    prefect: Prefect | None = None
    runs: dict[str, str] = field(default_factory=dict)

    def yakin(self, *arguments):
        command = [sys.executable, "-m", "yakin.cli", *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "yakin.cli", "up"], env=self.environment, cwd=self.home.parent,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=can_be_interrupted,
            )  # fmt: skip
        until(self._says_where, 300, "`yakin up` prints the address")
        self.prefect = Prefect(prefect_server.status(self.home).api_url)

    def _says_where(self):
        said = self.log.read_text()
        assert self.process.poll() is None, said
        return "Prefect UI: http" in said

    def rows(self, query, *params):
        with psycopg.connect(postgres.status(self.home).owner_url) as conn:
            return conn.execute(query, params).fetchall()


@pytest.fixture(scope="module")
def up(tmp_path_factory):
    """`yakin up` in a home of its own, without weights, while somebody else has port 4200."""
    base = tmp_path_factory.mktemp("up")
    (base / "no-models").mkdir()
    environment = {n: value for n, value in os.environ.items() if not n.startswith(("YAKIN_", "PREFECT_"))}
    environment |= {"YAKIN_HOME": str(base / "home"), "YAKIN_MODELS": str(base / "no-models"), "PYTHONPATH": str(ROOT)}
    environment |= {"YAKIN_CATALOGUE": str(USE_CASE / "sources.yaml")}
    machine = Up(base / "home", environment, base / "up.log")
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(socket.create_server(("127.0.0.1", 4200)))
        try:
            machine.start()
            yield machine
        finally:
            if machine.process.poll() is None:
                machine.process.kill()
                machine.process.wait()
            machine.yakin("down")


@pytest.fixture
def page():
    """A page of a real Chromium; the test fails when it asks any other machine."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("*** no Chromium on this machine: what people see in the Prefect UI is NOT tested ***")
    from playwright.sync_api import sync_playwright

    asked = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=CONFINED)
        size = {"width": 1440, "height": 1000}
        context = browser.new_context(viewport=size, locale="ja-JP", timezone_id="Asia/Tokyo")
        context.on("request", lambda each: asked.append(each.url))
        opened = context.new_page()
        opened.set_default_timeout(30_000)
        opened.on("websocket", lambda each: asked.append(each.url))
        yield opened
        browser.close()
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
