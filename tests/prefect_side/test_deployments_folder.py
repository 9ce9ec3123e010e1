"""What can be said of `deployments/` without a container engine: syntax, names, and that it agrees with the code."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from yakin.local import prefect_settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deployments"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
KUBERNETES = [
    each for path in sorted((FOLDER / "kubernetes").glob("*.yaml")) for each in yaml.safe_load_all(path.read_text())
]
SETTING = re.compile(r"\b(?:YAKIN|PREFECT)_[A-Z_]+\b")
OF_THE_DATABASE = {"YAKIN_OWNER_PASSWORD", "YAKIN_APP_PASSWORD", "PREFECT_PASSWORD"}


def _named(kind, name):
    return next(each for each in KUBERNETES if (each["kind"], each["metadata"]["name"]) == (kind, name))


def _known_settings():
    from tests.local.test_prefect_server import names_that_prefect_knows

    source = "".join(path.read_text() for folder in ("yakin", "tasks") for path in (ROOT / folder).rglob("*.py"))
    return names_that_prefect_knows() | set(SETTING.findall(source)) | {"PREFECT_HOME", "PREFECT_API_URL"}


def test_there_is_no_flow_code_here():
    assert not list(FOLDER.rglob("*.py"))


@pytest.mark.parametrize("path", [path for path in sorted(FOLDER.rglob("*")) if path.is_file()], ids=lambda p: p.name)
def test_every_setting_is_one_that_yakin_or_prefect_reads(path):
    assert set(SETTING.findall(path.read_text())) - OF_THE_DATABASE <= _known_settings()


def test_the_server_is_told_what_our_own_server_is_told():
    told = COMPOSE["services"]["prefect"]["environment"]
    ours = prefect_settings.server_environment(Path("/var/lib/yakin"), "unused", 4200)
    different_here = {"PREFECT_SERVER_API_HOST", "PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_HOME"}
    servers = {name for name in ours if name.startswith("PREFECT_SERVER_")} - different_here
    servers -= {"PREFECT_SERVER_EPHEMERAL_ENABLED"}  # a client's setting
    assert {name: told.get(name) for name in servers} == {name: ours[name] for name in servers}


def test_the_workers_are_told_what_our_own_worker_is_told():
    ours = prefect_settings.client_environment(Path("/unused"), "unused", "unused")
    needed = ("PREFECT_SERVER_EPHEMERAL_ENABLED", "PREFECT_RESULTS_PERSIST_BY_DEFAULT", "DO_NOT_TRACK")
    needed += ("PREFECT_LOGGING_EXTRA_LOGGERS", "PREFECT_FLOWS_HEARTBEAT_FREQUENCY")
    kubernetes = _named("ConfigMap", "yakin")["data"]
    for told in (
        COMPOSE["services"]["worker"]["environment"],
        COMPOSE["services"]["deploy"]["environment"],
        kubernetes,
    ):
        assert {name: told[name] for name in needed} == {name: ours[name] for name in needed}


def test_the_on_premises_worker_has_another_pool_no_vendor_key_and_no_route_out():
    inside, outside = COMPOSE["services"]["worker-on-prem"], COMPOSE["services"]["worker"]
    assert (inside["networks"], COMPOSE["networks"]["inside"]) == (["inside"], {"internal": True})
    assert "outside" in outside["networks"]
    assert (inside["command"][-1], "env_file" in inside) == ("yakin-on-prem", False)

    pod = _named("Deployment", "yakin-worker-on-prem")["spec"]["template"]
    policy = _named("NetworkPolicy", "yakin-on-prem")["spec"]
    assert policy["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert all(rule["to"] and rule["ports"] for rule in policy["egress"])  # an empty list would allow everything
    blocks = [to["ipBlock"]["cidr"] for rule in policy["egress"] for to in rule["to"] if "ipBlock" in to]
    assert all(cidr.startswith("10.") for cidr in blocks)
    assert pod["spec"]["containers"][0]["args"][-1] == "yakin-on-prem"


def test_a_worker_gets_half_an_hour_to_end_its_runs_everywhere():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(FOLDER / "systemd" / "yakin-worker.service")
    assert (unit["Service"]["KillMode"], unit["Service"]["TimeoutStopSec"]) == ("mixed", "30min")
    assert COMPOSE["services"]["worker"]["stop_grace_period"] == "30m"
    for name in ("yakin-worker", "yakin-worker-on-prem"):
        assert _named("Deployment", name)["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 1800


def test_the_image_copies_what_exists_and_installs_by_hash():
    text = (FOLDER / "worker.Dockerfile").read_text()
    copied = [word for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert {"yakin", "flows", "tasks", "prefect.yaml", "requirements.lock"} <= set(copied)
    assert all((ROOT / each).exists() for each in copied)
    assert "--require-hashes -r requirements.lock" in text


def test_the_database_script_is_shell_and_makes_the_roles_of_the_documentation():
    script = FOLDER / "postgres-init.sh"
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    documented = re.findall(r"create role (yakin_\w+) login", (ROOT / "docs" / "own-postgres.md").read_text())
    assert set(documented) <= set(re.findall(r"create role (\w+) login", script.read_text()))
