import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib import request

import psutil
import pytest

from yakin.errors import UsageError
from yakin.local import prefect_server, prefect_settings, prefect_worker, processes

REPOSITORY = Path(__file__).parents[2]
DIRECT = request.build_opener(request.ProxyHandler({}))


def ask(url: str) -> str:
    with DIRECT.open(request.Request(url, headers={"accept": "text/html"}), timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefect")
    yield folder
    prefect_server.stop(folder)


@pytest.fixture(scope="module")
def server(home, postgres):
    """A server that finds port 4200 taken, by us or by somebody else."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(socket.create_server(("127.0.0.1", 4200)))
        return prefect_server.start(home, postgres.prefect_url)


def names_that_prefect_knows() -> set[str]:
    from prefect.settings import Settings
    from pydantic import BaseModel

    def names(model: type[BaseModel]) -> set[str]:
        found: set[str] = set()
        for name, field in model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                found |= names(field.annotation)
            else:
                aliases = [str(choice).upper() for choice in getattr(field.validation_alias, "choices", [])]
                found |= {(model.model_config.get("env_prefix") or "").upper() + name.upper(), *aliases}
        return found

    return names(Settings)


def test_every_setting_is_one_that_prefect_knows(tmp_path):
    server = prefect_settings.server_environment(tmp_path, "postgresql+asyncpg://nowhere", 4200)
    client = prefect_settings.client_environment(tmp_path, "http://127.0.0.1:1/api", "http://127.0.0.1:1")
    ours = {name for name in server | client if name.startswith("PREFECT_")}
    assert len(ours) > 20
    assert ours <= names_that_prefect_knows()


def test_the_server_gets_no_vendor_key_and_no_foreign_prefect_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_VENDOR_API_KEY", "key")
    monkeypatch.setenv("PREFECT_API_URL", "https://elsewhere.example/api")
    environment = prefect_settings.server_environment(tmp_path, "postgresql+asyncpg://nowhere", 4200)
    assert not {"SOME_VENDOR_API_KEY", "PREFECT_API_URL"} & set(environment)


def test_clients_reach_loopback_without_the_companys_proxy(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    environment = prefect_settings.client_environment(tmp_path, "http://127.0.0.1:1/api", "http://127.0.0.1:1")
    assert environment["NO_PROXY"] == environment["no_proxy"] == "intranet.example,127.0.0.1,localhost"


def test_a_pool_name_that_could_leave_its_folder_is_refused(tmp_path):
    with pytest.raises(UsageError, match="work pool"):
        prefect_worker.status(tmp_path, "../elsewhere")


@pytest.mark.live
def test_it_answers_on_another_port_than_4200_when_that_is_taken_and_its_ui_asks_that_port(server):
    assert server.api_url != "http://127.0.0.1:4200/api"
    assert ask(f"{server.api_url}/health") == "true"
    assert f'"api_url":"{server.api_url}"' in ask(f"{server.ui_url}/ui-settings")


@pytest.mark.live
def test_both_uis_forbid_the_browser_to_call_an_outside_host(server):
    for page in ("/", "/deployments", "/v2/", "/v2/runs"):
        html = ask(server.ui_url + page)
        assert html.index("Content-Security-Policy") < html.index("<script"), page
        assert "connect-src 'self' http://127.0.0.1:*" in html


@pytest.mark.live
def test_it_listens_on_loopback_only_and_its_password_is_on_no_command_line(server, home, postgres):
    parent = psutil.Process(processes.find(home, "prefect-server").pid)
    tree = [parent, *parent.children(recursive=True)]
    listening = {c.laddr.ip for p in tree for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}
    password = postgres.prefect_url.split(":")[2].split("@")[0]
    assert not [word for process in tree for word in process.cmdline() if password in word]


@pytest.mark.live
def test_starting_again_finds_it_and_says_nothing(server, home, postgres):
    said: list[str] = []
    assert prefect_server.start(home, postgres.prefect_url, said.append) == server
    assert prefect_server.status(home) == server
    assert said == []


@pytest.mark.live
def test_a_client_with_its_environment_talks_to_it(server):
    command = [sys.executable, "-m", "prefect", "work-pool", "create", "from-the-test", "--type", "process"]
    environment = {"PATH": os.environ["PATH"]} | prefect_server.client_environment(server)
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert answer.returncode == 0, answer.stderr[-500:]
    assert "from-the-test" in ask_post(f"{server.api_url}/work_pools/filter")


def ask_post(url: str) -> str:
    question = request.Request(url, data=b"{}", headers={"content-type": "application/json"})
    with DIRECT.open(question, timeout=10) as answer:
        return answer.read().decode()


@pytest.mark.live
def test_a_worker_beside_another_users_and_where_interrupts_are_ignored_runs_and_stops(
    server, home, tmp_path, monkeypatch
):
    (tmp_path / "runner_storage").write_text("another user's")  # Prefect would make its folder here
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a shell's `&` does
    try:
        worker = prefect_worker.start(home, server, "night", REPOSITORY)
        assert prefect_worker.start(home, server, "night", REPOSITORY) == worker
    finally:
        signal.signal(signal.SIGINT, before)
    assert '"status":"ONLINE"' in ask_post(f"{server.api_url}/work_pools/night/workers/filter")
    assert prefect_worker.stop(home, "night", grace_s=20)
    assert "stopped!" in worker.log_path.read_text()  # by itself, not by a kill
    assert prefect_worker.status(home, "night") is None


@pytest.mark.live
def test_a_server_whose_database_moved_is_replaced_on_its_port(server, home, postgres):
    before = processes.find(home, "prefect-server")
    moved = prefect_server.start(home, postgres.prefect_url.replace("127.0.0.1", "localhost"))
    assert moved == server
    assert processes.find(home, "prefect-server").pid != before.pid
    assert not processes.is_alive(before.pid)
