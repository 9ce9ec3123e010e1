"""One file of a vendor's account, whatever its format."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from yakin.catalogue.invoices import aws, openai
from yakin.catalogue.invoices.files import ReadInvoice, read_text
from yakin.catalogue.invoices.mapping import InvoiceMapping
from yakin.catalogue.invoices.plain_csv import PLAIN, read_plain_csv
from yakin.catalogue.problems import Mark, Problems
from yakin.domain.account import last_digit


class InvoiceFormat(StrEnum):
    """How a vendor writes its account."""

    OPENAI_USAGE_JSON = openai.USAGE_JSON
    OPENAI_COSTS_JSON = openai.COSTS_JSON
    OPENAI_USAGE_CSV = openai.USAGE_CSV
    OPENAI_COSTS_CSV = openai.COSTS_CSV
    AWS_CUR = aws.CUR
    AWS_COST_EXPLORER = aws.COST_EXPLORER
    CSV = PLAIN


_READERS: Mapping[InvoiceFormat, Callable[[Path], ReadInvoice]] = {
    InvoiceFormat.OPENAI_USAGE_JSON: openai.read_usage_json,
    InvoiceFormat.OPENAI_COSTS_JSON: openai.read_costs_json,
    InvoiceFormat.OPENAI_USAGE_CSV: openai.read_usage_csv,
    InvoiceFormat.OPENAI_COSTS_CSV: openai.read_costs_csv,
    InvoiceFormat.AWS_CUR: aws.read_cur,
    InvoiceFormat.AWS_COST_EXPLORER: aws.read_cost_explorer,
}
# what the first line, or the first page, of each has and no other
_MARKS = (
    ("organization.costs.result", InvoiceFormat.OPENAI_COSTS_JSON),
    ("organization.usage.completions.result", InvoiceFormat.OPENAI_USAGE_JSON),
    ("amount_value", InvoiceFormat.OPENAI_COSTS_CSV),
    ("num_model_requests", InvoiceFormat.OPENAI_USAGE_CSV),
    ("line_item_usage_start_date", InvoiceFormat.AWS_CUR),
    ("lineItem/UsageStartDate", InvoiceFormat.AWS_CUR),
    ("Usage type,", InvoiceFormat.AWS_COST_EXPLORER),
    ('"Usage type"', InvoiceFormat.AWS_COST_EXPLORER),
)


def read_invoice(path: Path, vendor: str, mapping: InvoiceMapping, chosen: InvoiceFormat | None = None) -> ReadInvoice:
    """Its lines with the models under our names. The format is told by the file unless it is given.

    Raises CatalogueError that names file, line, field and remedy.
    """
    found = chosen or _format_of(path, mapping)
    read = read_plain_csv(path, vendor, mapping) if found is InvoiceFormat.CSV else _READERS[found](path)
    lines = tuple(
        (number, replace(line, model=mapping.models.get(line.model, line.model) if line.model else None))
        for number, line in read.lines
    )
    unit = read.native_unit or last_digit(line.amount for _, line in lines if line.amount is not None)
    return replace(read, lines=lines, reading=mapping.fingerprint, native_unit=unit)


def _format_of(path: Path, mapping: InvoiceMapping) -> InvoiceFormat:
    text, _ = read_text(path)
    is_json = text.lstrip()[:1] in ("{", "[")
    if mapping.columns is not None and not is_json:
        return InvoiceFormat.CSV
    head = text if is_json else text.partition("\n")[0]
    found = next((found for mark, found in _MARKS if mark in head), InvoiceFormat.CSV)
    if found is InvoiceFormat.CSV and (is_json or path.suffix.lower() == ".json"):
        problems = Problems()
        wrong = "is no page of OpenAI's usage or costs that has results"
        problems.add(Mark(path, 1), "", wrong, "write the API's answer as it came, or leave the file out")
        problems.raise_if_any()
    return found
