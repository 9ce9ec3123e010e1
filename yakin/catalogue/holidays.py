"""Japanese statutory and bank holidays; a company's own days off are not among them."""

from datetime import date
from functools import cache

import jpholiday


@cache
def holidays(year: int) -> frozenset[date]:
    """The statutory holidays of a year, substitute days included."""
    return frozenset(day for day, _ in jpholiday.year_holidays(year))


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The days from Monday to Friday on which no Japanese bank quotes a rate: 銀行法施行令5条 adds 12-31 to 01-03."""
    return holidays(year) | {date(year, 1, 1), date(year, 1, 2), date(year, 1, 3), date(year, 12, 31)}


def is_banking_day(day: date) -> bool:
    """Whether Japanese banks are open, and so whether a TTM of that day can exist."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def is_working_day(day: date) -> bool:
    """Whether a Japanese office works on that day: Monday to Friday and no holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)
