"""The `company_ids:` section: patterns of employee, customer and member numbers that only this company knows."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, ValidationError

from yakin.catalogue.layers import Merged
from yakin.catalogue.problems import Problems
from yakin.catalogue.schema import Checked, Name


def _pattern(value: str) -> str:
    try:
        compiled = re.compile(value)
    except re.error as error:
        raise ValueError(f"is not a regular expression ({error.msg}); quote it with single quotes") from None
    if compiled.search("") is not None:
        raise ValueError("matches nothing at all; make it match at least one character")
    return value


class CompanyIdEntry(Checked):
    """One pattern. It sees half-width digits, letters and hyphens, however they were typed."""

    name: Name
    pattern: Annotated[str, AfterValidator(_pattern)]


def company_patterns(merged: Mapping[str, Merged], problems: Problems) -> tuple[tuple[str, str], ...]:
    """The patterns by name, in order of the names, so that equal sets are equal."""
    found: list[tuple[str, str]] = []
    for name, item in merged.items():
        try:
            entry = CompanyIdEntry.model_validate(dict(item.entry.fields))
        except ValidationError as error:
            problems.add_validation(error, item.entry.marks, f"company id {name}")
            continue
        found.append((entry.name, entry.pattern))
    return tuple(sorted(found))
