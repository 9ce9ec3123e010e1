"""What a spreadsheet cell shows: dates as dates, numbers with all their digits, masks such as 000-0000 applied."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

# Excel's Japanese era and calendar formats have numbers but no text in the file.
_JAPANESE_DATES = frozenset({*range(27, 32), 36, *range(50, 59)})
_ZERO_MASK = re.compile(r"0[0\-]{2,30}")
_MAX_EXPONENT = 30


@dataclass(frozen=True, slots=True)
class CellFormat:
    """The three things that a number format tells us."""

    is_date: bool = False
    conceals: bool = False  # `;;;` shows nothing
    mask: str = ""  # `000-0000-0000`


def cell_format(number: int, code: str | None) -> CellFormat:
    """Read a number format by its id and its code."""
    text = code if code is not None else BUILTIN_FORMATS.get(number, "")
    if number in _JAPANESE_DATES and code is None:
        return CellFormat(is_date=True)
    plain = text.split(";", maxsplit=1)[0].replace("\\", "").replace('"', "")
    return CellFormat(
        is_date=bool(is_date_format(text)),
        conceals=text.replace(" ", "") == ";;;",
        mask=plain if _ZERO_MASK.fullmatch(plain) else "",
    )


def shown_number(raw: str, style: CellFormat, *, since_1904: bool) -> str:
    """The digits of a stored number; twelve digits never become 1.2E+11."""
    try:
        value = Decimal(raw.strip())
    except InvalidOperation:
        return raw
    if not value.is_finite() or abs(value.adjusted()) > _MAX_EXPONENT:
        return raw
    if style.is_date:
        return _shown_date(float(value), since_1904=since_1904) or _digits(value)
    return _masked(value, style.mask) if style.mask else _digits(value)


def _digits(value: Decimal) -> str:
    rounded = value.quantize(Decimal(1)) if value == value.to_integral_value() else Decimal(repr(float(value)))
    return f"{rounded:f}"


def _masked(value: Decimal, mask: str) -> str:
    if value != value.to_integral_value() or value < 0:
        return _digits(value)
    digits = f"{value:.0f}".zfill(mask.count("0"))
    shown, position = [], len(digits)
    for sign in reversed(mask):
        if sign == "-":
            shown.append("-")
        else:
            position -= 1
            shown.append(digits[position])
    return digits[:position] + "".join(reversed(shown))


def _shown_date(serial: float, *, since_1904: bool) -> str:
    try:
        moment = from_excel(serial, CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return ""
    if isinstance(moment, datetime):
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ", "seconds")
    if isinstance(moment, date | time):
        return moment.isoformat()
    return str(moment) if isinstance(moment, timedelta) else ""
