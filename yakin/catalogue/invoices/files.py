"""What every format shares: bytes to text, tables with line numbers, numbers and times as vendors write them."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from yakin.catalogue.problems import Mark, Problems
from yakin.domain.account import UTC_DAYS, Line
from yakin.errors import CatalogueError

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_MONEY_SIGNS = str.maketrans("▲△", "--", "¥$円\\ ")
DELIMITERS = ",\t;"


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """The lines of one file, each with its place in it. `skipped` lines are about something else.

    `reading` tells two mappings of one file apart. The units are one of the last digit that the vendor writes.
    """

    name: str
    format: str
    sha256: str
    lines: tuple[tuple[int, Line], ...]
    skipped: int = 0
    zone: ZoneInfo = UTC_DAYS
    reading: str = ""
    native_unit: Decimal = Decimal(0)
    jpy_unit: Decimal = Decimal(0)


def read_text(path: Path) -> tuple[str, str]:
    """The file's text and SHA-256; UTF-8 with or without its mark, UTF-16 with one, else CP932."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{path}:1: cannot be read ({type(error).__name__}); check the path") from None
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            return data.decode(encoding), hashlib.sha256(data).hexdigest()
        except UnicodeDecodeError:
            continue
    raise CatalogueError(f"{path}:1: is neither UTF-8 nor CP932; save it as CSV UTF-8")


class Table:
    """A table of comma-, tab- or semicolon-separated values under one header."""

    def __init__(self, path: Path, text: str, problems: Problems) -> None:
        self.path, self.problems = path, problems
        first = text.partition("\n")[0]
        delimiter = max(DELIMITERS, key=first.count)
        self._records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        self.header = tuple(unicodedata.normalize("NFKC", name).strip() for name in next(self._records, []))

    def need(self, columns: Sequence[str], remedy: str) -> None:
        """Raise when the header lacks a column."""
        if missing := [name for name in columns if _folded(name) not in map(_folded, self.header)]:
            self.problems.add(Mark(self.path, 1), "header", f"has no column {', '.join(missing)}", remedy)
            self.problems.raise_if_any()

    def rows(self) -> Iterator["Row"]:
        """Every record that holds anything, with the line that it ends on."""
        for cells in self._records:
            if any(cell.strip() for cell in cells):
                named = dict(zip(map(_folded, self.header), cells, strict=False))
                yield Row(self.path, self._records.line_num, named, tuple(cells), self.problems)


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One record. What cannot be read is a problem of its column, and None."""

    path: Path
    line: int
    cells: Mapping[str, str]
    in_order: tuple[str, ...]
    problems: Problems

    def text(self, column: str | None) -> str | None:
        """What stands there; None for nothing."""
        cell = self.cells.get(_folded(column), "") if column else ""
        return unicodedata.normalize("NFKC", cell).strip() or None

    def number(self, column: str | None) -> Decimal | None:
        """A number, with Excel's thousand separators and currency signs taken off."""
        return self._number(self.text(column), column)

    def number_at(self, position: int, column: str) -> Decimal | None:
        """The number in a place of the record, whatever its column is called."""
        cell = self.in_order[position].strip() if position < len(self.in_order) else ""
        return self._number(cell or None, column)

    def _number(self, text: str | None, column: str | None) -> Decimal | None:
        found = None if text is None else number(text)
        if text is not None and found is None:
            self.wrong(column, "is not a number", "write digits and one decimal point")
        return found

    def whole(self, column: str | None) -> int | None:
        """A count; spreadsheets write 1000.0 for 1000."""
        found = self.number(column)
        if found is None:
            return None
        if found != found.to_integral_value() or found < 0:
            self.wrong(column, "is not a count", "write digits only")
            return None
        return int(found)

    def moment(self, column: str, date_format: str | None, zone: ZoneInfo) -> tuple[date, datetime | None] | None:
        """The day in that zone, and the time in UTC where one is written."""
        text = self.text(column)
        if text is None:
            self.wrong(column, "is empty", "give each line its day or time, or remove the line")
            return None
        try:
            return moment(text, date_format, zone)
        except ValueError:
            remedy = f"write it as {date_format}" if date_format else "write YYYY-MM-DD, or an ISO time"
            self.wrong(column, "is not a day or time", remedy)
            return None

    def wrong(self, column: str | None, what: str, remedy: str) -> None:
        """Record a mistake of this row, without what stands there."""
        self.problems.add(Mark(self.path, self.line), f"column {column}", what, remedy)


def number(text: str) -> Decimal | None:
    """A decimal number as vendors and Excel write it, 1,234.5 or ▲100; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).translate(_MONEY_SIGNS)
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def moment(text: str, date_format: str | None, zone: ZoneInfo) -> tuple[date, datetime | None]:
    """The day in the zone, and the time in UTC when the text has one; raises ValueError."""
    if date_format is not None:
        found = datetime.strptime(text, date_format)  # noqa: DTZ007 - the zone follows
        has_time = any(mark in date_format for mark in ("%H", "%I", "%T", "%s"))
    else:
        plain = _iso_day(text)
        found = datetime.fromisoformat(plain)
        has_time = len(plain) > len("2026-11-10")
    if not has_time:
        return found.date(), None
    known = found if found.tzinfo is not None else found.replace(tzinfo=zone)
    return known.astimezone(zone).date(), known.astimezone(UTC)


def _iso_day(text: str) -> str:
    """Excel's 2026/11/5, as ISO."""
    day, *time = text.replace("T", " ").split(" ", 1)
    parts = day.replace("/", "-").split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        day = f"{parts[0]}-{parts[1]:0>2}-{parts[2]:0>2}"
    return " ".join([day, *time])


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
