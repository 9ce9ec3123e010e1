"""AWS: Bedrock's lines of a Cost and Usage Report (CUR 2.0 or legacy CSV), and of Cost Explorer's CSV by usage type.

Columns of CUR 2.0 are those of AWS's data dictionary (docs.aws.amazon.com/cur, table-dictionary-cur2-line-item and
-pricing): line_item_usage_start_date, line_item_product_code, line_item_usage_type, line_item_usage_amount,
line_item_unblended_cost, line_item_currency_code, line_item_line_item_type, pricing_unit; the legacy report writes
lineItem/UsageStartDate and so on. Usage types of Bedrock are those of the Bedrock user guide's page "Understanding your
Amazon Bedrock Cost and Usage Report data": *-input-tokens, *-output-tokens, *-cache-read-input-token-count,
*-cache-write-input-token-count, *-mantle-input-tokens-*, with the tier as a suffix, as in
USE1-Claude4.6Sonnet-input-tokens and USE1-NovaPro-input-tokens-batch; the unit is 1K tokens. The report has one line
per hour and token kind and no request ids. Cost Explorer's CSV by usage type (published exports): a header
`Usage type,NAME($),…,Total costs($)`, a row `Usage type total`, then one row per day. All read on 2026-11-26.

The names of models are billing names (Claude4.6Sonnet): `models:` of the account's mapping says which of ours they are.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from yakin.catalogue.invoices.files import ReadInvoice, Row, Table, read_text
from yakin.catalogue.problems import Problems
from yakin.domain.account import UTC_DAYS, Line
from yakin.domain.pricing import Tier, Usage

CUR, COST_EXPLORER = "aws_cur", "aws_cost_explorer"
_USAGE_TYPE = re.compile(
    r"(?:[A-Z]{2,4}\d-)?(?P<model>.+?)-(?:mantle-)?"
    r"(?P<kind>(?:cache-(?:read|write)-)?input-token(?:s|-count)|output-token(?:s|-count))(?P<suffix>-[\w-]+)?"
)
_UNITS: Mapping[str, int] = {"1k tokens": 1_000, "1m tokens": 1_000_000, "tokens": 1}
_COLUMNS: Mapping[str, str] = {
    "line_item_usage_start_date": "lineItem/UsageStartDate",
    "line_item_product_code": "lineItem/ProductCode",
    "line_item_usage_type": "lineItem/UsageType",
    "line_item_usage_amount": "lineItem/UsageAmount",
    "line_item_unblended_cost": "lineItem/UnblendedCost",
    "line_item_currency_code": "lineItem/CurrencyCode",
    "line_item_line_item_type": "lineItem/LineItemType",
    "pricing_unit": "pricing/unit",
}
_OPTIONAL = ("line_item_line_item_type", "pricing_unit")
_NOT_OURS = frozenset({"Tax"})  # amounts are tax-exclusive


def read_cur(path: Path) -> ReadInvoice:
    """Bedrock's lines of a report; lines of other services and taxes are skipped and counted."""
    text, sha256 = read_text(path)
    problems = Problems()
    table = Table(path, text, problems)
    legacy = _COLUMNS["line_item_usage_start_date"].casefold() in (name.casefold() for name in table.header)
    names = dict(_COLUMNS) if legacy else {name: name for name in _COLUMNS}
    needed = [names[name] for name in _COLUMNS if name not in _OPTIONAL]
    table.need(needed, "export CUR 2.0 as CSV with the line item columns")
    rows = list(table.rows())
    ours = [row for row in rows if _is_bedrock(row, names)]
    lines = tuple(_cur_lines(ours, names))
    problems.raise_if_any()
    return ReadInvoice(path.name, CUR, sha256, lines, skipped=len(rows) - len(ours))


def _is_bedrock(row: Row, names: Mapping[str, str]) -> bool:
    if row.text(names["line_item_line_item_type"]) in _NOT_OURS:
        return False
    # marketplace models have a product code of their own and say so in the product's name
    products = (names["line_item_product_code"], "product_product_name", "product/ProductName", "product")
    usage_type = row.text(names["line_item_usage_type"]) or ""
    return any("bedrock" in (row.text(each) or "").lower() for each in products) or bool(
        _USAGE_TYPE.fullmatch(usage_type)
    )


def _cur_lines(rows: list[Row], names: Mapping[str, str]) -> Iterator[tuple[int, Line]]:
    for row in rows:
        when = row.moment(names["line_item_usage_start_date"], None, UTC_DAYS)
        amount = row.number(names["line_item_unblended_cost"])
        currency = row.text(names["line_item_currency_code"])
        if amount is None or currency is None:
            row.wrong("cost or currency", "is empty", "export the line item columns")
            continue
        model, tier, kind = model_of(row.text(names["line_item_usage_type"]) or "")
        usage = _usage(row, names, kind)
        if when is not None:
            yield (
                row.line,
                Line(day=when[0], model=model, tier=tier, usage=usage, amount=amount, currency=currency),
            )


def _usage(row: Row, names: Mapping[str, str], kind: str | None) -> Usage | None:
    amount = row.number(names["line_item_usage_amount"])
    unit = (row.text(names["pricing_unit"]) or "1K tokens").lower()
    if kind is None or amount is None or unit not in _UNITS:
        return None
    tokens = (amount * _UNITS[unit]).to_integral_value()
    return _tokens(kind, int(tokens))


def _tokens(kind: str, count: int) -> Usage:
    """Ours count what a cache gave or took among the input; AWS counts them apart."""
    if kind.startswith("output"):
        return Usage(0, count)
    if kind.startswith("cache-read"):
        return Usage(count, 0, cached_input_tokens=count)
    if kind.startswith("cache-write"):
        return Usage(count, 0, cache_write_tokens=count)
    return Usage(count, 0)


def model_of(usage_type: str) -> tuple[str, Tier, str | None]:
    """Billing name, tier and token kind of a usage type; one that counts no tokens is its own name."""
    found = _USAGE_TYPE.fullmatch(usage_type)
    if found is None:
        return usage_type or "no usage type", Tier.REALTIME, None
    tier = Tier.BATCH if "batch" in (found["suffix"] or "").split("-") else Tier.REALTIME
    return found["model"], tier, found["kind"]


def read_cost_explorer(path: Path) -> ReadInvoice:
    """Daily costs by usage type, without tokens; usage types that count no tokens are skipped and counted."""
    text, sha256 = read_text(path)
    problems = Problems()
    table = Table(path, text, problems)
    table.need(("Usage type",), "choose daily granularity and group by usage type before the download")
    lines: list[tuple[int, Line]] = []
    columns = [(number, _bare(name)) for number, name in enumerate(table.header)]
    ours = [(number, name) for number, name in columns if _USAGE_TYPE.fullmatch(name)]
    for row in table.rows():
        if (row.text("Usage type") or "").lower().endswith("total"):
            continue
        if when := row.moment("Usage type", None, UTC_DAYS):
            for number, name in ours:
                lines += _cell(row, number, name, when[0])
    problems.raise_if_any()
    skipped = len(table.header) - len(ours) - 2  # beside the day and the total
    return ReadInvoice(path.name, COST_EXPLORER, sha256, tuple(lines), skipped=max(0, skipped))


def _bare(name: str) -> str:
    return re.sub(r"\s*\(\$\)$", "", name)


def _cell(row: Row, number: int, name: str, day: date) -> list[tuple[int, Line]]:
    amount = row.number_at(number, name)
    if amount is None:
        return []
    model, tier, _ = model_of(name)
    # many lines of ours come from one of the file
    return [(row.line * 1000 + number, Line(day=day, model=model, tier=tier, amount=amount, currency="USD"))]
