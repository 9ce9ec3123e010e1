"""Budgets: scopes that nest, and what a call may cost at worst."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from yakin.domain.calendar import fiscal_year
from yakin.domain.routing import Offer


class Scope(StrEnum):
    """What a cap covers. Every cap that applies to a call must have room."""

    RUN = "run"
    DAY = "day"
    MONTH = "month"
    FISCAL_YEAR = "fiscal_year"
    DEPARTMENT = "department"  # per month
    USE_CASE = "use_case"  # per month
    VENDOR = "vendor"  # per month


@dataclass(frozen=True, slots=True)
class Period:
    """Inclusive days."""

    start: date
    end: date


def period_of(scope: Scope, on: date, fiscal_start_month: int = 4) -> Period:
    """The period of a cap that covers a business day. A run's period is its day."""
    if scope in (Scope.RUN, Scope.DAY):
        return Period(on, on)
    if scope is Scope.FISCAL_YEAR:
        start = date(fiscal_year(on, fiscal_start_month), fiscal_start_month, 1)
        return Period(start, date(start.year + 1, start.month, 1) - timedelta(days=1))
    start = on.replace(day=1)
    following = date(start.year + (start.month == 12), start.month % 12 + 1, 1)
    return Period(start, following - timedelta(days=1))


def worst_case_jpy(offer: Offer, *, input_tokens_bound: int, max_output_tokens: int) -> Decimal:
    """The most that one call can cost: every input token at the dearest of its rates, every output token used."""
    return offer.worst_jpy(input_tokens_bound, max_output_tokens)
