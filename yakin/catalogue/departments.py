"""The `departments:` section: which cost centre (原価センタ) pays for what a department asks."""

from collections.abc import Mapping

from pydantic import ValidationError

from yakin.catalogue.layers import Merged
from yakin.catalogue.problems import Problems
from yakin.catalogue.schema import Checked, Text


class DepartmentEntry(Checked):
    """One department, named as jobs and the asset register name it. Quotes keep the zeros of a code."""

    name: Text
    cost_centre: Text


def cost_centres(merged: Mapping[str, Merged], problems: Problems) -> dict[str, str]:
    """Cost centre by department. Several departments may share one; a department that is not named has none."""
    found: dict[str, str] = {}
    for name, item in merged.items():
        try:
            entry = DepartmentEntry.model_validate(dict(item.entry.fields))
        except ValidationError as error:
            problems.add_validation(error, item.entry.marks, f"department {name}")
            continue
        found[entry.name] = entry.cost_centre
    return found
