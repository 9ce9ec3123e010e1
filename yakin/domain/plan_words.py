"""A quote in words: what binds, what more of it would be worth, what is missing. Names and numbers only."""

import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from yakin.domain.calendar import JST
from yakin.domain.documents import Reason
from yakin.domain.planning import Limit, Quote

BUDGET, CAPACITY, SHARE = "budget", "capacity", "share"
_JAPANESE = {BUDGET: "予算", CAPACITY: "処理時間", SHARE: "割合"}  # others: 上限
_FOR_WANT_OF_LIMITS = (Reason.BUDGET, Reason.DEADLINE)  # other documents no amount of money or time would help
_FULL = 1 - 1e-6  # of a limit: less than that is room
_LEAST = 1e-6  # yen, seconds, documents: what is smaller is rounding
_MOST = 1e14  # what the ledger could hold; larger is no amount but a missing limit
_NAMED = 3  # limits that have room; more than that nobody reads
_ONE_UNIT = {BUDGET: 1.0, CAPACITY: 60.0, SHARE: 1.0}  # the step in which a price is told


def words(quote: Quote) -> tuple[str, ...]:
    """A sentence each, the most urgent first; nothing where a number is zero, unknown or not finite.

    Takes names of limits and numbers out of the quote, and nothing else.
    """
    return tuple(_sentences(quote))


def _sentences(quote: Quote) -> Iterator[str]:
    yield from _missing(quote)
    for limit in sorted(quote.limits, key=lambda each: -_positive(each.more_value_jpy)):
        yield from _binding(limit)
    yield from _not_binding(quote.limits)
    yield from _quality(quote)
    yield from _worth(quote)
    yield from _held(quote)
    yield from _distance(quote.lp_gap)


def _missing(quote: Quote) -> Iterator[str]:
    """Which limits keep documents from being asked, and by how much."""
    short = [f"{_more(each, each.missing)} in {name_of(each)}" for each in quote.limits if _positive(each.missing)]
    if not short:
        return
    left = sum(quote.unanswered.get(reason, 0) for reason in _FOR_WANT_OF_LIMITS)
    who = (
        f"{left:,} {_documents(left)} cannot be asked 未処理" if left > 0 else "Not every document can be asked 未処理"
    )
    yield f"{who}; all could with {' and '.join(short)}."


def _binding(limit: Limit) -> Iterator[str]:
    """What more of a limit would be worth; of a full endpoint also until when it is full."""
    worth = _worth_of_more(limit)
    if worth is None:
        return
    name = name_of(limit)
    if limit.kind == CAPACITY and limit.full_until is not None:
        until = limit.full_until.astimezone(JST)
        yield f"{_first_up(name)} is full 満杯 until {until:%H:%M} JST; {worth} {_would(limit)}."
    else:
        yield f"{worth} in {name} {_would(limit)}."


def _worth_of_more(limit: Limit) -> str | None:
    """`¥100 more`, where that would be worth something."""
    if _positive(limit.more) and _positive(limit.more_value_jpy):
        return _more(limit, limit.more)
    return _more(limit, _step(limit)) if _positive(limit.price_jpy * _step(limit)) else None


def _step(limit: Limit) -> float:
    """In what step a price is told: a yen, a minute, a document; of other limits a hundredth."""
    return _ONE_UNIT.get(limit.kind) or _positive(limit.limit) / 100


def _more(limit: Limit, amount: float) -> str:
    """`¥100 more`, `1 h more of work`; of limits that have no unit for people a percentage."""
    if limit.kind == CAPACITY:
        return f"{_duration(amount)} more of work"
    if limit.kind not in _ONE_UNIT and _positive(limit.limit):
        return f"{_digits(100 * amount / limit.limit, ROUND_CEILING)} % more"
    return f"{amount_of(limit, amount)} more"


def _would(limit: Limit) -> str:
    if not (_positive(limit.more) and _positive(limit.more_value_jpy)):
        return f"would be worth about {_yen(limit.price_jpy * _step(limit))}"
    asks_more = limit.missing > 0  # then part of the worth is that of asking at all, no point of quality
    points = 0.0 if asks_more else _positive(limit.more_quality_points)
    quality = f" (+{points:.1f} points of quality 品質)" if points >= 0.05 else ""  # what .1f shows
    return f"would buy answers worth {_yen(limit.more_value_jpy)}{quality}"


def _not_binding(limits: Sequence[Limit]) -> Iterator[str]:
    """The limits that have room, so that nobody raises them for nothing."""
    loose = [f"the {each.name}" for each in limits if _has_room(each)]
    if loose:
        named = ", ".join(loose[:_NAMED]) + (f" and {len(loose) - _NAMED} more" if len(loose) > _NAMED else "")
        yield f"{_first_up(named)} {'does' if len(loose) == 1 else 'do'} not bind 余裕あり."


def _has_room(limit: Limit) -> bool:
    idle = not any(map(_positive, (limit.price_jpy, limit.more_value_jpy, limit.missing)))
    return idle and bool(_positive(limit.limit)) and 0 <= limit.used < limit.limit * _FULL


def _quality(quote: Quote) -> Iterator[str]:
    if quote.quality is None or not _positive(quote.quality):
        return
    told = f"Expected quality 品質 {quote.quality:.2f} over the documents that are asked"
    unmeasured = _positive(quote.unmeasured_share)
    yield f"{told}; {_share(unmeasured)} of them by a prior, not a measurement 未計測." if unmeasured else f"{told}."


def _worth(quote: Quote) -> Iterator[str]:
    if _positive(quote.value_jpy):
        spent = f", for {_yen(float(quote.expected_jpy))} of cost" if _positive(float(quote.expected_jpy)) else ""
        yield f"The answers are worth 価値 {_yen(quote.value_jpy)} after review and errors{spent}."


def _held(quote: Quote) -> Iterator[str]:
    """That the ledger admits by the worst case, where the tightest budget over everything is below it."""
    held = float(quote.worst_jpy)
    tightest = min((each.limit for each in quote.limits if each.kind == BUDGET), default=math.inf)
    if math.isfinite(held) and quote.expected_jpy > 0 and held > tightest * (1 + _LEAST):
        yield (
            f"Each call is admitted at its worst case 最大; all of them together would hold {_yen(held)}, more than "
            "the budgets leave, so that the last documents can wait or be left for want of money."
        )


def _distance(gap: float | None) -> Iterator[str]:
    """How far the plan may be from the best one under the same limits; nothing of a plan that is worth nothing."""
    if gap is None or not math.isfinite(gap) or gap >= 1:
        return
    if gap <= 1e-9:  # rounding of the solver
        yield "No plan under these limits is worth more 最適."
    else:
        yield f"This plan is worth at most {_percent_up(gap)} less than the best possible one 最適との差."


def name_of(limit: Limit) -> str:
    """The limit with the Japanese word of its kind."""
    return f"the {limit.name} {_JAPANESE.get(limit.kind, '上限')}"


def amount_of(limit: Limit, amount: float) -> str:
    """An amount of a limit in its unit, rounded up: yen, time of work, documents."""
    if limit.kind == BUDGET:
        return _yen(amount, ROUND_CEILING)  # with less than is told a document would still be left
    if limit.kind == CAPACITY:
        return _duration(amount)
    if limit.kind == SHARE:
        whole = math.ceil(amount - _LEAST)
        return f"{whole:,} {_documents(whole)}"
    return _digits(amount)


def _duration(seconds: float) -> str:
    """Time of work, rounded up to what people say."""
    if seconds <= 90:  # two minutes or less are told in seconds
        return f"{math.ceil(seconds - _LEAST)} s"
    minutes = math.ceil(seconds / 60 - _LEAST)
    hours, minutes = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours:,} h" if hours else "", f"{minutes} min" if minutes else "") if part)


def _yen(amount: float, rounding: str = ROUND_HALF_UP) -> str:
    return f"¥{_digits(amount, rounding)}"


def _digits(number: float, rounding: str = ROUND_HALF_UP) -> str:
    """Three significant digits below a thousand, whole above; never an exponent."""
    exact = Decimal(f"{number:.12g}")  # what is behind is noise of floating point
    rounded = exact.quantize(Decimal(1).scaleb(min(0, exact.adjusted() - 2)), rounding)
    return f"{rounded:,f}".rstrip("0").rstrip(".") if rounded != rounded.to_integral_value() else f"{rounded:,.0f}"


def _share(part: float) -> str:
    """A percentage of documents, `100 %` only for all of them and never 0 %."""
    percent = 100 * part
    return f"{100 if part >= 1 else min(max(percent, 1), 99):.0f} %"


def _percent_up(part: float) -> str:
    """A bound as a percentage: the next higher one with two significant digits, at most 100 %."""
    exact = Decimal(f"{100 * min(part, 1.0):.9g}")
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 1), ROUND_CEILING)
    return f"{rounded.normalize():f} %"


def _documents(count: int) -> str:
    return "document" if count == 1 else "documents"


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _positive(number: float) -> float:
    """The number where it says something, else zero."""
    return number if _LEAST < number < _MOST else 0.0  # false of nan as well
