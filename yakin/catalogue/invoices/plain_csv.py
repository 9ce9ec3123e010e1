"""A CSV of any vendor, read by the columns that its mapping names. Amounts become tax-exclusive."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from yakin.catalogue.invoices.files import ReadInvoice, Row, Table, read_text
from yakin.catalogue.invoices.mapping import ColumnsEntry, InvoiceMapping
from yakin.catalogue.problems import Problems
from yakin.domain.account import Line, last_digit
from yakin.domain.pricing import Tier, Usage
from yakin.errors import CatalogueError

PLAIN = "csv"
_TAX_EXCLUSIVE_PLACES = Decimal("0.0000000001")


def read_plain_csv(path: Path, vendor: str, mapping: InvoiceMapping) -> ReadInvoice:
    """The lines of the file; raises CatalogueError that names every wrong line and column."""
    columns = mapping.columns
    if columns is None:
        raise CatalogueError(
            f"{path}:1: no mapping says what its columns mean; give --mapping FILE.yaml, or an entry `- name: {vendor}`"
            " with `columns:` under `invoices:` in the catalogue (docs/reconciliation.md shows one)"
        )
    text, sha256 = read_text(path)
    problems = Problems()
    table = Table(path, text, problems)
    named = [name for name in columns.model_dump().values() if name is not None]
    table.need(named, f"correct the mapping; the file has {', '.join(table.header)}")
    rows = list(table.rows())
    lines = [(row.line, line) for row in rows if (line := _line(row, columns, mapping))]
    problems.raise_if_any()
    # as written, with the tax still in: a vendor rounds what it writes
    written = {name: [amount for row in rows if (amount := row.number(name))] for name in columns.money}
    return ReadInvoice(
        path.name,
        PLAIN,
        sha256,
        tuple(lines),
        zone=mapping.zone,
        native_unit=last_digit(written.get(columns.amount or "", [])),
        jpy_unit=last_digit(written.get(columns.amount_jpy or "", [])),
    )


def _line(row: Row, columns: ColumnsEntry, mapping: InvoiceMapping) -> Line | None:
    when = row.moment(columns.time, mapping.date_format, mapping.zone)
    usage = _usage(row, columns, mapping)
    amount = row.number(columns.amount)
    amount_jpy = row.number(columns.amount_jpy)
    if when is None:
        return None
    return Line(
        day=when[0],
        at=when[1],
        model=row.text(columns.model),
        tier=_tier(row, columns, mapping),
        request_id=row.text(columns.request_id),
        requests=row.whole(columns.requests),
        usage=usage,
        amount=_without_tax(amount, mapping),
        currency=(row.text(columns.currency) or mapping.currency) if amount is not None else None,
        amount_jpy=_without_tax(amount_jpy, mapping),
    )


def _usage(row: Row, columns: ColumnsEntry, mapping: InvoiceMapping) -> Usage | None:
    names = (columns.input_tokens, columns.output_tokens, columns.cached_input_tokens, columns.cache_write_tokens)
    counts = [row.whole(name) for name in names]
    if all(each is None for each in counts):
        return None
    given, output, cached, written = (each or 0 for each in counts)
    whole = given if mapping.input_includes_cached else given + cached + written
    if cached + written > whole:
        row.wrong(columns.cached_input_tokens, "is more than the input", "write `input_includes_cached: false`")
    return Usage(whole, output, cached, written)


def _tier(row: Row, columns: ColumnsEntry, mapping: InvoiceMapping) -> Tier | None:
    text = (row.text(columns.tier) or "").lower()
    if not text:
        return mapping.tier
    if text not in list(Tier):
        row.wrong(columns.tier, "is not a tier", "write realtime or batch, or `tier:` in the mapping for all lines")
        return None
    return Tier(text)


def _without_tax(amount: Decimal | None, mapping: InvoiceMapping) -> Decimal | None:
    if amount is None or mapping.tax_divisor == 1:
        return amount
    return (amount / mapping.tax_divisor).quantize(_TAX_EXCLUSIVE_PLACES, rounding=ROUND_HALF_UP).normalize()
