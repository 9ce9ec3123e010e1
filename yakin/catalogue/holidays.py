"""Japanese statutory holidays; a company's own days off are not among them."""

from datetime import date
from functools import cache

import jpholiday


@cache
def holidays(year: int) -> frozenset[date]:
    """The statutory holidays of a year, substitute days included."""
    return frozenset(day for day, _ in jpholiday.year_holidays(year))


def is_working_day(day: date) -> bool:
    """Whether a Japanese office works on that day: Monday to Friday and no holiday."""
    return day.weekday() < 5 and day not in holidays(day.year)
