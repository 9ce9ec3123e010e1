"""Exchange rates: kind, date and source are part of a rate; yen is computed, never assumed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

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


def choose_rate(
    rates: Iterable[FxRate],
    base: str,
    on: date,
    *,
    kinds: tuple[RateKind, ...] = (RateKind.TTM, RateKind.ECB),
    holidays: frozenset[date] = frozenset(),
) -> FxRate:
    """The rate to freeze at run start: the newest fresh one of the preferred kinds, else the budget rate.

    A rate over five business days old is stale; the newest budget rate then takes its place,
    flagged. Raises UnknownRate when neither exists.
    """
    if base == "JPY":
        return IDENTITY_JPY
    known = [rate for rate in rates if rate.base == base and rate.quote == "JPY" and rate.as_of <= on]
    for kind in kinds:
        newest = max((rate for rate in known if rate.kind is kind), key=lambda rate: rate.as_of, default=None)
        if newest and business_days_between(newest.as_of, on, holidays) <= STALE_AFTER_BUSINESS_DAYS:
            return newest
    budget = max((rate for rate in known if rate.kind is RateKind.BUDGET), key=lambda rate: rate.as_of, default=None)
    if budget is None:
        raise UnknownRate(f"no fresh {base}/JPY rate on {on} and no budget rate; `yakin fx import` takes a CSV")
    return FxRate(budget.base, budget.quote, budget.rate, budget.kind, budget.as_of, budget.source, stale=True)
