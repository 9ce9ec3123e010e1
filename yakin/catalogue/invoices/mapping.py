"""The `invoices:` section: how to read a vendor's CSV, and which billing names are which of our models."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StrictBool, StringConstraints, ValidationError

from yakin.catalogue.layers import layered_files
from yakin.catalogue.problems import Mark, Problems
from yakin.catalogue.schema import Checked, Text
from yakin.catalogue.yaml_lines import Entry, read_section
from yakin.domain.account import UTC_DAYS
from yakin.domain.pricing import Tier


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is not a time zone; write UTC or Asia/Tokyo") from None
    return value


class ColumnsEntry(Checked):
    """Which column says what, by its name in the header. What has no column is not told."""

    time: Text
    model: Text | None = None
    tier: Text | None = None
    request_id: Text | None = None
    requests: Text | None = None
    input_tokens: Text | None = None
    cached_input_tokens: Text | None = None
    cache_write_tokens: Text | None = None
    output_tokens: Text | None = None
    amount: Text | None = None
    amount_jpy: Text | None = None
    currency: Text | None = None

    @property
    def money(self) -> tuple[str, ...]:
        """The columns that hold money."""
        return tuple(name for name in (self.amount, self.amount_jpy) if name is not None)


class InvoiceEntry(Checked):
    """How to read the account of one vendor."""

    name: Text
    columns: ColumnsEntry | None = None
    date_format: Text | None = None
    timezone: Annotated[Text, AfterValidator(_zone)] = "UTC"
    currency: Annotated[Text, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    tier: Tier | None = None
    tax_included: StrictBool = False
    tax_rate_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(10)
    input_includes_cached: StrictBool = True
    models: Mapping[Text, Text] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InvoiceMapping:
    """The checked section of one vendor. Without columns only its names of models are used."""

    columns: ColumnsEntry | None = None
    date_format: str | None = None
    zone: ZoneInfo = UTC_DAYS
    currency: str | None = None
    tier: Tier | None = None
    tax_divisor: Decimal = Decimal(1)
    input_includes_cached: bool = True
    models: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""


def invoice_mapping(vendor: str, layers: Sequence[Path], own: Path | None = None) -> InvoiceMapping:
    """The mapping of a vendor: that of the given file, else the newest of the layers, else an empty one.

    Raises CatalogueError that names every mistake by file, line, field and remedy.
    """
    problems = Problems()
    found = _of_file(own, vendor, problems) if own is not None else _of_layers(layers, vendor, problems)
    mapping = InvoiceMapping() if found is None else _mapping(found, problems)
    problems.raise_if_any()
    return mapping


def _of_layers(layers: Sequence[Path], vendor: str, problems: Problems) -> Entry | None:
    found = None
    for file in layered_files(layers, problems):
        for entry in read_section(file, "invoices", problems):
            found = entry if entry.name == vendor else found
    return found


def _of_file(own: Path, vendor: str, problems: Problems) -> Entry | None:
    """The entry of that name, else the only one: a vendor has two names, its operator's and its endpoint's."""
    if not own.is_file():
        problems.add(Mark(own, 1), "", "there is no such file", "correct the path of --mapping")
        return None
    entries = list(read_section(own, "invoices", problems))
    for entry in reversed(entries):
        if entry.name == vendor:
            return entry
    if len(entries) != 1:
        wrong = f"has {len(entries)} entries and none of them is {vendor}"
        problems.add(Mark(own, 1), "invoices", wrong, f"write `- name: {vendor}` with its columns")
        return None
    return entries[0]


def invoice_vendors(layers: Sequence[Path]) -> tuple[str, ...]:
    """Whose accounts the layers say how to read, each entry checked."""
    problems = Problems()
    entries = [each for file in layered_files(layers, problems) for each in read_section(file, "invoices", problems)]
    for entry in entries:
        _mapping(entry, problems)
    problems.raise_if_any()
    return tuple(dict.fromkeys(entry.name for entry in entries))


def _mapping(entry: Entry, problems: Problems) -> InvoiceMapping:
    try:
        checked = InvoiceEntry.model_validate(dict(entry.fields))
    except ValidationError as error:
        problems.add_validation(error, entry.marks, f"invoices {entry.name}")
        return InvoiceMapping()
    columns = checked.columns
    if columns and columns.amount and not (columns.currency or checked.currency):
        problems.add(entry.mark, f"invoices {entry.name} currency", "is missing", "name a column, or write JPY or USD")
    return InvoiceMapping(
        columns=columns,
        date_format=checked.date_format,
        zone=ZoneInfo(checked.timezone),
        currency=checked.currency,
        tier=checked.tier,
        tax_divisor=1 + checked.tax_rate_percent / 100 if checked.tax_included else Decimal(1),
        input_includes_cached=checked.input_includes_cached,
        models=checked.models,
        fingerprint=hashlib.sha256(checked.model_dump_json().encode()).hexdigest()[:16],
    )
