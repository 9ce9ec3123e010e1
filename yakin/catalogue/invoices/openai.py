"""OpenAI: the organisation's usage of completions and its costs, as JSON of the API and as CSV exports.

Fields of the JSON are those of OpenAI's API reference (organisation usage: completions; costs), read on 2026-11-26 in
the OpenAPI-generated clients openai-client-base 0.16.0 (docs.rs) and ex_openai 2.0.0 (hexdocs.pm), and in the example
response that the reference prints: pages of `bucket`s with `start_time` in Unix seconds (UTC) and `results`. Usage:
`input_tokens` (cached and cache-write included), `input_cached_tokens`, `input_cache_write_tokens`, `output_tokens`,
`num_model_requests`, `model` and `batch` where grouped by them. Costs: `amount.value`, `amount.currency` in lower
case, `line_item` where grouped by it; its values look like `gpt-5.5-2026-04-23, cached input` or
`priority | gpt-5.6-sol, output, long context` (published captures of the live API). The CSV exports flatten the same
names: `start_time`, `input_tokens` …, `amount_value`, `amount_currency` (an export published on 2025-10-12); a day
without use is a row with empty cells.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from yakin.catalogue.invoices.files import ReadInvoice, Row, Table, read_text
from yakin.catalogue.problems import Mark, Problems
from yakin.domain.account import Line
from yakin.domain.pricing import Tier, Usage

USAGE_JSON, COSTS_JSON = "openai_usage_json", "openai_costs_json"
USAGE_CSV, COSTS_CSV = "openai_usage_csv", "openai_costs_csv"
_MODEL_OF_ITEM = re.compile(r"(?:[\w ]+ \| )?([\w.\-:/]+)(?: \w+)?, .+")
_COUNT = Annotated[int, Field(ge=0)]
ReadRow = Callable[[Row, int], Line | None]
T = TypeVar("T")


class _Vendors(BaseModel):
    """A vendor may add fields; an error never prints the input."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Usage(_Vendors):
    input_tokens: _COUNT
    output_tokens: _COUNT
    input_cached_tokens: _COUNT | None = None
    input_cache_write_tokens: _COUNT | None = None
    num_model_requests: _COUNT | None = None
    model: str | None = None
    batch: bool | None = None


class _Money(_Vendors):
    value: Decimal
    currency: str


class _Cost(_Vendors):
    amount: _Money
    line_item: str | None = None


class _UsageBucket(_Vendors):
    start_time: _COUNT
    results: tuple[_Usage, ...]


class _CostBucket(_Vendors):
    start_time: _COUNT
    results: tuple[_Cost, ...]


class _Page(_Vendors):
    data: tuple[object, ...]
    has_more: bool = False


def read_usage_json(path: Path) -> ReadInvoice:
    """Usage by bucket: tokens without money. Group it by model and batch."""
    buckets, sha256 = _buckets(path)
    problems = Problems()
    usage = _validated(TypeAdapter(tuple[_UsageBucket, ...]), buckets, path, problems)
    lines = [_usage_line(bucket.start_time, each) for bucket in usage for each in bucket.results]
    return ReadInvoice(path.name, USAGE_JSON, sha256, tuple(enumerate(lines, start=1)))


def read_costs_json(path: Path) -> ReadInvoice:
    """Costs by day: money without tokens. Group it by line_item."""
    buckets, sha256 = _buckets(path)
    problems = Problems()
    costs = _validated(TypeAdapter(tuple[_CostBucket, ...]), buckets, path, problems)
    lines = [
        Line(
            day=_day(bucket.start_time),
            model=model_of(each.line_item),
            amount=each.amount.value,
            currency=each.amount.currency.upper(),
        )
        for bucket in costs
        for each in bucket.results
    ]
    return ReadInvoice(path.name, COSTS_JSON, sha256, tuple(enumerate(lines, start=1)))


def _usage_line(start_time: int, result: _Usage) -> Line:
    usage = Usage(
        result.input_tokens,
        result.output_tokens,
        result.input_cached_tokens or 0,
        result.input_cache_write_tokens or 0,
    )
    tier = None if result.batch is None else Tier.BATCH if result.batch else Tier.REALTIME
    return Line(
        day=_day(start_time), model=result.model, tier=tier, requests=result.num_model_requests, usage=usage
    )  # fmt: skip


def model_of(line_item: str | None) -> str | None:
    """The model of a cost's line item; what is no model, such as a tool, keeps its own name."""
    found = _MODEL_OF_ITEM.fullmatch(line_item) if line_item else None
    return found[1] if found else line_item


def _buckets(path: Path) -> tuple[list[object], str]:
    """The buckets of one page, of a list of pages, or of a list of buckets."""
    text, sha256 = read_text(path)
    problems = Problems()
    try:
        document = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        problems.add(Mark(path, line), "", "is not JSON", "save the API's response as it came")
        problems.raise_if_any()
        raise
    documents = document if isinstance(document, list) else [document]
    if all(isinstance(each, dict) and "results" in each for each in documents):
        return documents, sha256
    pages = _validated(TypeAdapter(tuple[_Page, ...]), documents, path, problems)
    if pages and pages[-1].has_more:
        remedy = "fetch the next pages with next_page and save all pages as one list"
        problems.add(Mark(path, 1), "has_more", "is true: the account has more pages than this file", remedy)
    problems.raise_if_any()
    return [bucket for page in pages for bucket in page.data], sha256


def _validated(shape: TypeAdapter[T], value: object, path: Path, problems: Problems) -> T:
    try:
        return shape.validate_python(value)
    except ValidationError as error:
        problems.add_validation(error, {(): Mark(path, 1)}, "data")
        problems.raise_if_any()
        raise


def _day(start_time: int) -> date:
    return datetime.fromtimestamp(start_time, UTC).date()


def read_usage_csv(path: Path) -> ReadInvoice:
    """The usage export: one row per bucket, model and batch flag."""
    columns = ("start_time", "input_tokens", "output_tokens", "model", "batch")
    return _read_csv(path, USAGE_CSV, columns, _usage_row)


def read_costs_csv(path: Path) -> ReadInvoice:
    """The cost export: one row per day and line item."""
    return _read_csv(path, COSTS_CSV, ("start_time", "amount_value", "amount_currency"), _cost_row)


def _read_csv(path: Path, name: str, columns: tuple[str, ...], read: ReadRow) -> ReadInvoice:
    text, sha256 = read_text(path)
    problems = Problems()
    table = Table(path, text, problems)
    table.need(columns, "export it from the usage page, grouped by model")
    lines = tuple(_rows(table, read))
    problems.raise_if_any()
    return ReadInvoice(path.name, name, sha256, lines)


def _rows(table: Table, read: ReadRow) -> Iterator[tuple[int, Line]]:
    for row in table.rows():
        start_time = row.whole("start_time")
        if start_time is None:
            row.wrong("start_time", "is empty", "export the file again; each row starts with Unix seconds")
        elif line := read(row, start_time):
            yield row.line, line


_FLAGS: Mapping[str | None, Tier | None] = {"TRUE": Tier.BATCH, "FALSE": Tier.REALTIME, None: None}


def _usage_row(row: Row, start_time: int) -> Line | None:
    if row.text("input_tokens") is None and row.text("output_tokens") is None:
        return None  # a day without use
    flag = (row.text("batch") or "").upper() or None
    if flag not in _FLAGS:
        row.wrong("batch", "is neither TRUE nor FALSE", "export the file again")
    usage = Usage(
        row.whole("input_tokens") or 0,
        row.whole("output_tokens") or 0,
        row.whole("input_cached_tokens") or 0,
        row.whole("input_cache_write_tokens") or 0,
    )
    return Line(
        day=_day(start_time),
        model=row.text("model"),
        tier=_FLAGS.get(flag),
        requests=row.whole("num_model_requests"),
        usage=usage,
    )


def _cost_row(row: Row, start_time: int) -> Line | None:
    amount = row.number("amount_value")
    if amount is None:
        return None
    currency = (row.text("amount_currency") or "").upper()
    if not currency:
        row.wrong("amount_currency", "is empty", "export the file again")
    return Line(day=_day(start_time), model=model_of(row.text("line_item")), amount=amount, currency=currency or None)
