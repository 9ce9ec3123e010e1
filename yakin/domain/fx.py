"""Exchange rates: kind, date and source are part of a rate; yen is computed, never assumed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import assert_never

from yakin.errors import UnknownRate

YEN_PLACES = Decimal("0.000001")  # per call; finance rounds at the report line
STALE_AFTER_BUSINESS_DAYS = 5


class RateKind(StrEnum):
    """Which rate: ECB reference, a bank's TTM, TTB or TTS, a monthly average, the budget rate."""

    ECB = "ecb"
    TTM = "ttm"
    TTB = "ttb"
    TTS = "tts"
    MONTH_AVG = "month_avg"
    BUDGET = "budget"


PREFERRED: tuple[RateKind, ...] = (RateKind.TTM, RateKind.ECB)  # the bank's own rate before the public one


@dataclass(frozen=True, slots=True)
class FxRate:
    """One unit of `base` in `quote` (JPY) as of a day. `stale` marks the fallback to the budget rate."""

    base: str
    quote: str
    rate: Decimal
    kind: RateKind
    as_of: date
    source: str
    stale: bool = False


IDENTITY_JPY = FxRate("JPY", "JPY", Decimal(1), RateKind.BUDGET, date(1970, 1, 1), "identity")


def to_jpy(amount_native: Decimal, rate: FxRate) -> Decimal:
    """Yen with six decimals, half up."""
    return (amount_native * rate.rate).quantize(YEN_PLACES, rounding=ROUND_HALF_UP)


def business_days_between(start: date, end: date, holidays: frozenset[date] = frozenset()) -> int:
    """Working days after start up to and including end."""
    days = (start + timedelta(days=offset + 1) for offset in range((end - start).days))
    return sum(day.weekday() < 5 and day not in holidays for day in days)


@dataclass(frozen=True, slots=True)
class RateChoice:
    """The rate that a run of that day freezes, or None, and why in words."""

    rate: FxRate | None
    reason: str

    @property
    def known(self) -> FxRate:
        """The rate; raises UnknownRate, with the reason, when there is none."""
        if self.rate is None:
            raise UnknownRate(self.reason)
        return self.rate


def decide_rate(
    rates: Iterable[FxRate],
    base: str,
    on: date,
    *,
    kinds: tuple[RateKind, ...] = PREFERRED,
    holidays: frozenset[date] = frozenset(),
) -> RateChoice:
    """The newest fresh rate of the preferred kinds in their order, else the budget rate, flagged.

    A Saturday, Sunday or bank holiday has no rate of its own: the last one before it is used, under
    its own date (法人税基本通達 13の2-1-2), and such days do not age a rate.
    """
    if base == "JPY":
        return RateChoice(IDENTITY_JPY, "yen needs no rate")
    known = [rate for rate in rates if rate.base == base and rate.quote == "JPY" and rate.as_of <= on]
    passed_over: list[str] = []
    for kind in kinds:
        newest = _newest(known, kind)
        if newest is None:
            passed_over.append(f"no {kind} is known")
        elif _is_fresh(newest, on, holidays):
            return RateChoice(newest, "; ".join([*passed_over, _age(newest, on, holidays)]))
        else:
            passed_over.append(f"{_age(newest, on, holidays)}, which is too old")
    return _budget_instead(_newest(known, RateKind.BUDGET), f"{base}/JPY", on, passed_over)


def _budget_instead(budget: FxRate | None, pair: str, on: date, passed_over: list[str]) -> RateChoice:
    why = "; ".join(passed_over)
    if budget is None:
        return RateChoice(
            None, f"no fresh {pair} rate on {on} ({why}) and no budget rate; `yakin fx import` takes a CSV"
        )
    return RateChoice(replace(budget, stale=True), f"{why}; the budget rate stands in")


def _newest(known: Iterable[FxRate], kind: RateKind) -> FxRate | None:
    return max((rate for rate in known if rate.kind is kind), key=lambda rate: rate.as_of, default=None)


def _is_fresh(rate: FxRate, on: date, holidays: frozenset[date]) -> bool:
    match rate.kind:
        case RateKind.BUDGET:
            return True  # it holds until the company writes another one
        case RateKind.MONTH_AVG:
            return _months_between(rate.as_of, on) <= 1  # the average of this month or the one before
        case RateKind.ECB | RateKind.TTM | RateKind.TTB | RateKind.TTS:
            return business_days_between(rate.as_of, on, holidays) <= STALE_AFTER_BUSINESS_DAYS
        case _ as never:
            assert_never(never)


def _months_between(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _age(rate: FxRate, on: date, holidays: frozenset[date]) -> str:
    days = business_days_between(rate.as_of, on, holidays)
    return f"{rate.kind} of {rate.as_of} is {days} business day{'' if days == 1 else 's'} old"
