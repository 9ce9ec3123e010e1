"""`prefect.yaml` is right before it is deployed: Prefect says nothing about most mistakes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tasks.parameters import NightRunParameters
from yakin.cli import deployment_file
from yakin.errors import SettingsError

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "prefect.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text())
DEPLOYMENTS = {each["name"]: each for each in DOCUMENT["deployments"]}
NIGHTS = [name for name, each in DEPLOYMENTS.items() if each["entrypoint"] == "flows.night_run:night_run"]
SET_BY_UP = {"YAKIN_PROJECT_ROOT": str(ROOT)}


def test_it_has_no_key_that_prefect_would_ignore_and_no_variable_that_up_does_not_set():
    deployment_file.check(FILE, SET_BY_UP)


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("concurrency_limit:", "concurency_limit:", "deployments[0].concurency_limit"),
        ("collision_strategy:", "colision_strategy:", "deployments[0].concurrency_limit.colision_strategy"),
        ("cron:", "crone:", "deployments[0].schedules[0].crone"),
        ("work_queue_name:", "work_queue:", "deployments[0].work_pool.work_queue"),
        ("deployments:", "deployment:", "deployment is not"),
        ("      directory:", "      folder:", "pull[0].prefect.deployments.steps.set_working_directory.folder"),
        ("steps.set_working_directory:", "steps.set_directory:", "pull[0].prefect.deployments.steps.set_directory"),
        ("$YAKIN_PROJECT_ROOT", "$YAKIN_PROJECT", "$YAKIN_PROJECT }} is not set"),
    ],
)
def test_a_misspelt_key_or_variable_is_named_with_its_place(tmp_path, right, wrong, place):
    text = FILE.read_text()
    assert right in text
    broken = tmp_path / "prefect.yaml"
    broken.write_text(text.replace(right, wrong))
    with pytest.raises(SettingsError) as found:
        deployment_file.check(broken, SET_BY_UP)
    assert place in str(found.value)


def test_a_file_that_is_not_yaml_is_refused_with_its_name(tmp_path):
    (tmp_path / "prefect.yaml").write_text("deployments: [")
    with pytest.raises(SettingsError, match=r"prefect\.yaml is not YAML"):
        deployment_file.check(tmp_path / "prefect.yaml", SET_BY_UP)


def test_every_entrypoint_imports_where_the_worker_imports_it(tmp_path):
    entrypoints = [each["entrypoint"] for each in DOCUMENT["deployments"]]
    program = (
        "import sys, os\n"
        "from prefect.deployments.steps import set_working_directory\n"
        "from prefect.flows import load_flow_from_entrypoint\n"
        f"set_working_directory({str(ROOT)!r}); sys.path.insert(0, '')\n"
        "for each in sys.argv[1:]: print(load_flow_from_entrypoint(each, use_placeholder_flow=False).name)\n"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PREFECT_HOME": str(tmp_path / "prefect")}
    ended = subprocess.run(
        [sys.executable, "-c", program, *entrypoints], cwd=tmp_path, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert ended.stdout.split() == [_flow_name(each) for each in entrypoints], ended.stderr


def _flow_name(entrypoint: str) -> str:
    """Flows are named as their functions, with dashes."""
    return entrypoint.rpartition(":")[2].replace("_", "-")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_parameters_are_held_to_the_schema(name):
    assert DEPLOYMENTS[name]["enforce_parameter_schema"] is True


@pytest.mark.parametrize("name", NIGHTS)
def test_the_parameters_are_valid_and_their_folder_exists(name):
    text = yaml.safe_dump(DEPLOYMENTS[name]["parameters"]["parameters"])
    given = yaml.safe_load(text.replace("{{ $YAKIN_PROJECT_ROOT }}", str(ROOT)))
    parameters = NightRunParameters.model_validate(given)
    assert all(Path(job.source).is_dir() for job in parameters.jobs)


def test_the_night_starts_at_22_in_tokyo_on_working_days_one_at_a_time():
    night = DEPLOYMENTS["night-run"]
    assert [(each["cron"], each["timezone"]) for each in night["schedules"]] == [("0 22 * * 1-5", "Asia/Tokyo")]
    assert night["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
    assert night["parameters"]["parameters"]["skip_holidays"] is True


def test_accounts_are_reconciled_by_hand_one_at_a_time():
    deployment = DEPLOYMENTS["reconcile-costs"]
    assert "schedules" not in deployment
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}


def test_retention_is_a_weekly_purge_in_tokyo():
    purge = DEPLOYMENTS["purge"]
    assert [(each["cron"], each["timezone"]) for each in purge["schedules"]] == [("0 3 * * 0", "Asia/Tokyo")]
    assert purge["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}
    assert purge["parameters"] == {"dry_run": False}
