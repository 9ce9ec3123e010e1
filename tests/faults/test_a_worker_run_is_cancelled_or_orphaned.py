"""A flow that a Prefect worker runs: cancelled from the UI, then resumed while the worker alone is killed."""

import json
import os
import signal
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from urllib import request

import pytest

from tests.faults.interfered import wait_until
from yakin.local import prefect_worker

pytestmark = pytest.mark.live
ROOT = Path(__file__).resolve().parents[2]
DIRECT = request.build_opener(request.ProxyHandler({}))
DOCUMENTS = 40


class Api:
    """What a deployment tool and the UI's buttons ask of the Prefect server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, path: str, body: object) -> dict:
        question = request.Request(
            self.url + path, data=json.dumps(body).encode(), headers={"content-type": "application/json"}
        )
        with DIRECT.open(question, timeout=30) as answer:
            return json.load(answer)

    def deploy(self, pool: str) -> str:
        flow = self.post("/flows/", {"name": "night-run"})
        step = {"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}
        deployment = {"name": pool, "flow_id": flow["id"], "work_pool_name": pool, "pull_steps": [step]}
        return self.post("/deployments/", deployment | {"entrypoint": "flows.night_run:night_run"})["id"]

    def start(self, deployment: str, parameters: object) -> str:
        return self.post(f"/deployments/{deployment}/create_flow_run", {"parameters": {"parameters": parameters}})["id"]

    def cancel(self, flow_run: str) -> None:
        self.post(f"/flow_runs/{flow_run}/set_state", {"state": {"type": "CANCELLING", "name": "Cancelling"}})

    def state(self, flow_run: str) -> str:
        with DIRECT.open(f"{self.url}/flow_runs/{flow_run}", timeout=30) as answer:
            return json.load(answer)["state_type"]


@pytest.fixture
def worker(night, prefect_api, monkeypatch):
    """A worker of a pool of this test alone."""
    pool = f"faults-{uuid.uuid4().hex[:8]}"
    with monkeypatch.context() as environment:
        for name, value in night.house.environment.items():
            environment.setenv(name, value)
        running = prefect_worker.start(night.house.home, prefect_api, pool, ROOT)
    yield pool, running
    prefect_worker.stop(night.house.home, pool)


def test_cancelling_stops_spending_within_5_s_and_a_run_outlives_its_worker(night, worker, prefect_api):
    pool, running = worker
    night.write(DOCUMENTS)
    night.limit(concurrency=4)
    night.vendors(latency_s=0.6)
    api = Api(prefect_api.api_url)
    deployment = api.deploy(pool)
    job = {"source": str(night.house.documents), "use_case": "inquiry_triage"}
    parameters = {"jobs": [job], "budget_jpy": night.budget_jpy}

    cancelled = api.start(deployment, parameters)
    wait_until(lambda: night.answered() >= 5)
    moment = datetime.now(UTC)
    api.cancel(cancelled)
    wait_until(lambda: api.state(cancelled) == "CANCELLED", 60)
    print(f"cancelled after {(datetime.now(UTC) - moment).total_seconds():.1f} s", end=", ")
    time.sleep(1)  # what the vendors still work on reaches their meters
    print(f"last request {night.last_request_after_s(moment):+.1f} s")
    assert night.last_request_after_s(moment) < 5
    assert [state for _, state in night.runs()] == ["cancelled"]
    done = night.answered()
    assert done < DOCUMENTS
    night.books_balance()

    orphaned = api.start(deployment, parameters)
    wait_until(lambda: night.answered() >= done + 5)
    os.kill(running.pid, signal.SIGKILL)
    assert night.answered() < DOCUMENTS
    wait_until(lambda: [state for _, state in night.runs()] == ["finished"], 120)

    wait_until(lambda: api.state(orphaned) == "COMPLETED", 60)
    assert night.answered() == DOCUMENTS
    night.books_balance()
