"""One form for what people write in several: full width, 和暦, 漢数字, separators, currency."""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

_ERAS = {  # era → the year before its first
    "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018,
    "m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018,
}  # fmt: skip
_ERA_DATE = re.compile(r"(明治|大正|昭和|平成|令和|[mtshr])\.?(元|\d{1,2})[年./-](\d{1,2})[月./-](\d{1,2})日?")
_DATE = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?{_MONTH},?(\d{{4}})")
_MONTH_DAY = re.compile(rf"{_MONTH}(\d{{1,2}})(?:st|nd|rd|th)?,?(\d{{4}})")

_WEEKDAY = re.compile(r"\([日月火水木金土](?:曜日?)?\)$")
_KANJI_BEFORE_UNIT = re.compile(r"[〇零一二三四五六七八九十]+(?=[年月日])")
_MINUS = str.maketrans({"−": "-", "△": "-", "▲": "-"})  # accountants' and typographers'
LONGEST_NUMBER = 64  # characters; beyond it a model is repeating itself, and Python refuses to count along

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DIGITS |= {"壱": 1, "弐": 2, "参": 3}  # 大字, as contracts write them
_SMALL = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "億": 10**8, "兆": 10**12}
_KANJI_NUMBER = re.compile(f"[{''.join([*_DIGITS, *_SMALL, *_LARGE])}]+")
_CURRENCY = re.compile(r"^(?:¥|\\|jpy|金)|(?:円|yen|jpy)(?:整|也)?$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_MIXED_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([千万億兆])")


def plain(text: str) -> str:
    """Text as a person compares it: full-width, half-width, case and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def date_of(text: str) -> date | None:
    """The day that the whole text writes, 和暦 included; None when it is no date."""
    compact = plain(text)
    if len(compact) > LONGEST_NUMBER:
        return None
    compact = _KANJI_BEFORE_UNIT.sub(lambda found: str(_of_kanji(found[0])), _WEEKDAY.sub("", compact))
    if found := _ERA_DATE.fullmatch(compact):
        era, year, month, day = found.groups()
        return _day(_ERAS[era] + (1 if year == "元" else int(year)), int(month), int(day))
    if found := _DATE.fullmatch(compact) or _COMPACT_DATE.fullmatch(compact):
        return _day(*map(int, found.groups()))
    if found := _DAY_MONTH.fullmatch(compact):
        return _day(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    if found := _MONTH_DAY.fullmatch(compact):
        return _day(int(found[3]), _MONTHS.index(found[1]) + 1, int(found[2]))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def number_of(text: str) -> Decimal | None:
    """The number that the whole text writes: digits with separators, 漢数字, 12万, a currency beside it; else None.

    Digits with a leading zero, and decimals without any mark of an amount, are codes and versions: no numbers.
    """
    compact = plain(text).translate(_MINUS)
    if len(compact) > LONGEST_NUMBER:
        return None
    bare = _CURRENCY.sub("", _CURRENCY.sub("", compact))
    is_amount = bare != compact
    if _GROUPED.fullmatch(bare):
        return _decimal(bare.replace(",", ""))
    if _PLAIN_NUMBER.fullmatch(bare):
        whole = bare.lstrip("+-")
        is_code = (len(whole) > 1 and whole[0] == "0" and "." not in whole) or "." in whole
        return None if is_code and not is_amount else _decimal(bare)
    return _kanji_number(bare)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return None


def _kanji_number(text: str) -> Decimal | None:
    """三百万, 千二百, 一二〇, 1.5億, 480万5000."""
    if _KANJI_NUMBER.fullmatch(text):
        return Decimal(_of_kanji(text)).normalize()
    total, rest = Decimal(0), text.replace(",", "")
    found = _MIXED_NUMBER.match(rest)
    while found:
        total += Decimal(found[1]) * (_SMALL | _LARGE)[found[2]]
        rest = rest[found.end() :]
        found = _MIXED_NUMBER.match(rest)
    if total and (not rest or rest.isdecimal()):
        return (total + int(rest or 0)).normalize()
    return None


def _of_kanji(text: str) -> int:
    if not any(character in _SMALL or character in _LARGE for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character]
        elif character in _SMALL:
            section += (digit or 1) * _SMALL[character]
            digit = 0
        else:
            total += (section + digit or 1) * _LARGE[character]
            section = digit = 0
    return total + section + digit
