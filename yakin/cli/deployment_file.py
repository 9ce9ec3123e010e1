"""`prefect.yaml` looked at before Prefect reads it: Prefect ignores a misspelt key and empties an unset variable."""

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel

from yakin.errors import SettingsError

VARIABLE = re.compile(r"\{\{\s*\$(\w+)\s*\}\}")
OURS = frozenset({"definitions"})  # a place for anchors, which Prefect's own documentation uses too
STEPS = ("build", "push", "pull")


def check(path: Path, environment: Mapping[str, str]) -> None:
    """Raise SettingsError naming every key that Prefect would ignore and every variable that is not set."""
    text = path.read_text(encoding="utf-8")
    unset = sorted({name for name in VARIABLE.findall(text) if not environment.get(name)})
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(f"{path.name} is not YAML: {error}") from None
    wrong = [f"{key} is not a key that Prefect knows" for key in unknown_keys(document)]
    wrong += [f"{{{{ ${name} }}}} is not set in the environment" for name in unset]
    if wrong:
        raise SettingsError(f"{path.name}: {'; '.join(wrong)}. Correct it and deploy again")


def unknown_keys(document: Mapping[str, object]) -> list[str]:
    """The places of keys that Prefect would silently ignore."""
    from prefect.cli.deploy._models import PrefectYamlModel

    known = {field.alias or name for name, field in PrefectYamlModel.model_fields.items()} | OURS
    found = [key for key in document if key not in known]
    found += _unknown_in_steps(document, "")
    for number, deployment in enumerate(_mappings(document.get("deployments"))):
        found += _unknown_in_deployment(deployment, f"deployments[{number}].")
    return found


def _unknown_in_deployment(deployment: Mapping[str, object], place: str) -> Iterator[str]:
    from prefect.cli.deploy._models import ConcurrencyLimitSpec, DeploymentConfig, RawScheduleConfig, WorkPoolConfig

    yield from _unknown(deployment, DeploymentConfig, place)
    yield from _unknown(deployment.get("work_pool"), WorkPoolConfig, f"{place}work_pool.")
    yield from _unknown(deployment.get("concurrency_limit"), ConcurrencyLimitSpec, f"{place}concurrency_limit.")
    yield from _unknown(deployment.get("schedule"), RawScheduleConfig, f"{place}schedule.")
    for number, schedule in enumerate(_mappings(deployment.get("schedules"))):
        yield from _unknown(schedule, RawScheduleConfig, f"{place}schedules[{number}].")
    yield from _unknown_in_steps(deployment, place)


def _unknown_in_steps(document: Mapping[str, object], place: str) -> Iterator[str]:
    """A step is a function and its arguments; `requires` and `id` are Prefect's own."""
    for kind in STEPS:
        for number, step in enumerate(_mappings(document.get(kind))):
            for name, arguments in step.items():
                where = f"{place}{kind}[{number}].{name}"
                accepted = _arguments_of(name)
                if accepted is None:
                    yield where
                elif isinstance(arguments, Mapping):
                    yield from (f"{where}.{key}" for key in arguments if key not in accepted | {"requires", "id"})


def _arguments_of(name: str) -> set[str] | None:
    module, _, function = name.rpartition(".")
    try:
        return set(inspect.signature(getattr(importlib.import_module(module), function)).parameters)
    except (ImportError, AttributeError, ValueError):
        return None


def _unknown(value: object, model: type[BaseModel], place: str) -> list[str]:
    known = {field.alias or name for name, field in model.model_fields.items()}
    return [f"{place}{key}" for key in value if key not in known] if isinstance(value, Mapping) else []


def _mappings(value: object) -> list[Mapping[str, object]]:
    each = value if isinstance(value, list) else [value]
    return [item for item in each if isinstance(item, Mapping)]
