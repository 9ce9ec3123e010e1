"""What `yakin catalogue prices` shows: every offer's price on a day in yen, its source, and what is announced."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from yakin.catalogue.fx_choice import rate_choice
from yakin.catalogue.load import Catalogue
from yakin.domain.fx import IDENTITY_JPY, FxRate, RateChoice, to_jpy
from yakin.domain.pricing import PriceRate, Tier, price_at
from yakin.domain.routing import Model
from yakin.domain.zones import Zone
from yakin.errors import UnknownPrice


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of the price table, per million tokens. A price or yen amount that is unknown is None.

    A cached or a cache-write price of None means the price of other input.
    """

    offer: str
    zone: Zone
    tier: Tier
    over_input_tokens: int
    source: str
    retires: str | None
    next_change: str | None
    currency: str | None = None
    input_per_mtok: Decimal | None = None
    cached_input_per_mtok: Decimal | None = None
    cache_write_per_mtok: Decimal | None = None
    output_per_mtok: Decimal | None = None
    input_jpy: Decimal | None = None
    cached_input_jpy: Decimal | None = None
    cache_write_jpy: Decimal | None = None
    output_jpy: Decimal | None = None
    since: date | None = None
    checked: date | None = None


def price_table(catalogue: Catalogue, on: date, rates: Iterable[FxRate]) -> list[PriceLine]:
    """Every model, tier and cliff with its price on that day, in the vendor's currency and in yen."""
    fx = yen_rates(catalogue, on, rates)
    return [
        line
        for model in catalogue.models.values()
        for tier in model.tiers
        for line in _lines(catalogue, (model, tier), on, fx)
    ]


def yen_rates(catalogue: Catalogue, on: date, rates: Iterable[FxRate]) -> dict[str, RateChoice]:
    """The exchange rate that a run of that day would freeze for each foreign currency, and why."""
    known = tuple(rates)
    return {base: rate_choice(known, base, on, catalogue.fx_prefer) for base in catalogue.currencies}


def _lines(catalogue: Catalogue, route: tuple[Model, Tier], on: date, fx: dict[str, RateChoice]) -> Iterator[PriceLine]:
    model, tier = route
    later = [f"{rate.valid_from}: {price_words(rate)}" for rate in starts_after(model, tier, on)[:1]]
    try:
        rates = _in_force(model, tier, on)
    except UnknownPrice as error:
        why = catalogue.price_missing.get(model.name, str(error))
        zone = model.endpoint.zone
        yield PriceLine(_offer(model, tier), zone, tier, 0, why, model.retires, next(iter(later), None))
        return
    for rate in rates:
        jpy = IDENTITY_JPY if rate.currency == "JPY" else fx[rate.currency].rate
        yield PriceLine(
            offer=_offer(model, tier),
            zone=model.endpoint.zone,
            tier=tier,
            over_input_tokens=rate.over_input_tokens,
            source=rate.source,
            retires=model.retires,
            next_change=next(iter(later), None),
            currency=rate.currency,
            input_per_mtok=rate.input_per_mtok,
            cached_input_per_mtok=rate.cached_input_per_mtok,
            cache_write_per_mtok=rate.cache_write_per_mtok,
            output_per_mtok=rate.output_per_mtok,
            input_jpy=_yen(rate.input_per_mtok, jpy),
            cached_input_jpy=_yen(rate.cached_input_per_mtok, jpy),
            cache_write_jpy=_yen(rate.cache_write_per_mtok, jpy),
            output_jpy=_yen(rate.output_per_mtok, jpy),
            since=rate.valid_from,
            checked=rate.checked,
        )


def _offer(model: Model, tier: Tier) -> str:
    return model.name if tier is Tier.REALTIME else f"{model.name}:{tier}"


def _in_force(model: Model, tier: Tier, on: date) -> list[PriceRate]:
    """The price of that day, then the rates above each of its cliffs."""
    thresholds = sorted({rate.over_input_tokens for rate in model.prices if rate.tier is tier} - {0})
    rates = [price_at(model.prices, tier, on), *(price_at(model.prices, tier, on, over + 1) for over in thresholds)]
    return list(dict.fromkeys(rates))


def _yen(amount: Decimal | None, rate: FxRate | None) -> Decimal | None:
    return None if amount is None or rate is None else to_jpy(amount, rate)


def price_words(rate: PriceRate) -> str:
    """Input and output price as people say it."""
    return f"{rate.input_per_mtok} in, {rate.output_per_mtok} out {rate.currency} per million tokens"


def starts_after(model: Model, tier: Tier, on: date) -> list[PriceRate]:
    """The announced prices that start after that day, the nearest first."""
    later = [rate for rate in model.prices if rate.tier is tier and rate.valid_from > on and not rate.over_input_tokens]
    return sorted(later, key=lambda rate: rate.valid_from)


class ChangeKind(StrEnum):
    """What is coming."""

    PRICE = "price"
    RETIRES = "retires"


@dataclass(frozen=True, slots=True)
class Change:
    """An announced change: the day, how many days until then (below zero: since), and what changes."""

    kind: ChangeKind
    offer: str
    day: date
    days: int
    text: str


def coming(catalogue: Catalogue, on: date) -> list[Change]:
    """Announced prices and retirements of every model, the nearest first; what has retired stays listed."""
    changes = [change for model in catalogue.models.values() for change in _changes(model, on)]
    return sorted(changes, key=lambda change: (change.day, change.offer))


def _changes(model: Model, on: date) -> Iterator[Change]:
    for tier in model.tiers:
        later = starts_after(model, tier, on)
        for before, after in zip([_price_or_none(model, tier, on), *later], later, strict=False):
            days = (after.valid_from - on).days
            yield Change(ChangeKind.PRICE, _offer(model, tier), after.valid_from, days, _change_words(before, after))
    if model.retires:
        day = date.fromisoformat(model.retires)
        word = "retires" if day > on else "retired"
        yield Change(ChangeKind.RETIRES, model.name, day, (day - on).days, f"{word} on {day}")


def _price_or_none(model: Model, tier: Tier, on: date) -> PriceRate | None:
    try:
        return price_at(model.prices, tier, on)
    except UnknownPrice:
        return None


def _change_words(before: PriceRate | None, after: PriceRate) -> str:
    if before is None or before.currency != after.currency:
        return f"priced from {after.valid_from}: {price_words(after)}"
    moves: Sequence[tuple[Decimal, Decimal, str]] = (
        (before.input_per_mtok, after.input_per_mtok, "in"),
        (before.output_per_mtok, after.output_per_mtok, "out"),
    )
    words = ", ".join(f"{was} → {will_be} {part}" for was, will_be, part in moves)
    return f"from {after.valid_from}: {words} {after.currency} per million tokens"
