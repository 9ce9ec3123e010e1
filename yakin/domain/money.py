"""Budgets: scopes that nest, and what a call may cost at worst."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from yakin.domain.calendar import fiscal_year
from yakin.domain.routing import Offer


class Scope(StrEnum):
    """What a cap covers. Every cap that applies to a call must have room."""

    RUN = "run"
    DAY = "day"
    MONTH = "month"
    FISCAL_YEAR = "fiscal_year"
    DEPARTMENT = "department"  # this and the next two: per month unless said otherwise
    USE_CASE = "use_case"
    VENDOR = "vendor"


KEYED = frozenset({Scope.DEPARTMENT, Scope.USE_CASE, Scope.VENDOR})  # caps on something that has a name


class Per(StrEnum):
    """How long a cap holds before it starts again."""

    DAY = "day"
    MONTH = "month"
    FISCAL_YEAR = "fiscal_year"


def usual_per(scope: Scope) -> Per:
    """What a cap of that scope is per when nothing is said. Only keyed caps have a choice."""
    if scope in (Scope.RUN, Scope.DAY):
        return Per.DAY
    return Per.FISCAL_YEAR if scope is Scope.FISCAL_YEAR else Per.MONTH


@dataclass(frozen=True, slots=True)
class Period:
    """Inclusive days."""

    start: date
    end: date


def period_of(scope: Scope, on: date, fiscal_start_month: int = 4, per: Per | None = None) -> Period:
    """The period of a cap that covers a business day. A run's period is its day."""
    match per or usual_per(scope):
        case Per.DAY:
            return Period(on, on)
        case Per.FISCAL_YEAR:
            return fiscal_period(fiscal_year(on, fiscal_start_month), fiscal_start_month)
        case Per.MONTH:
            return month_period(on.year, on.month)
        case never:
            assert_never(never)


def month_period(year: int, month: int) -> Period:
    """A calendar month."""
    start = date(year, month, 1)
    following = date(year + (month == 12), month % 12 + 1, 1)
    return Period(start, following - timedelta(days=1))


def fiscal_period(year: int, start_month: int) -> Period:
    """年度: the fiscal year that starts in that year."""
    start = date(year, start_month, 1)
    return Period(start, date(year + 1, start_month, 1) - timedelta(days=1))


def worst_case_jpy(offer: Offer, *, input_tokens_bound: int, max_output_tokens: int) -> Decimal:
    """The most that one call can cost: every input token at the dearest of its rates, every output token used."""
    return offer.worst_jpy(input_tokens_bound, max_output_tokens)
