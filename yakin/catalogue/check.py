"""What `yakin catalogue check` and `yakin catalogue prices` show: gaps and coming changes, prices in yen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from yakin.catalogue.holidays import holidays
from yakin.catalogue.load import Catalogue
from yakin.catalogue.notes import Note, NoteKind
from yakin.domain.fx import FxRate, choose_rate, to_jpy
from yakin.domain.pricing import PriceRate, Tier, price_at
from yakin.domain.routing import Model
from yakin.domain.zones import Claim, Jurisdiction, Zone
from yakin.errors import UnknownPrice, UnknownRate

SOON = timedelta(days=30)


def check(catalogue: Catalogue) -> list[Note]:
    """Everything to know of the catalogue on its day: gaps first, then what changes within 30 days."""
    soon = catalogue.on + SOON
    return [
        *catalogue.notes,
        *_evidence_missing(catalogue),
        *_evidence_expiring(catalogue, soon),
        *(note for model in catalogue.models.values() for note in _model_changes(model, catalogue.on, soon)),
    ]


def _evidence_missing(catalogue: Catalogue) -> Iterator[Note]:
    for name, jurisdiction in catalogue.jurisdictions.items():
        endpoint = catalogue.endpoints[name]
        gaps = [str(claim) for claim in _needed(jurisdiction) if not jurisdiction.claimed(claim, catalogue.on)]
        if not gaps or endpoint.zone is Zone.ON_PREM or name in catalogue.address_missing:
            continue
        text = f"zone {endpoint.zone} ({endpoint.zone_reason}); no evidence in force for {', '.join(gaps)}"
        yield Note(NoteKind.EVIDENCE_MISSING, name, text)


def _needed(jurisdiction: Jurisdiction) -> tuple[Claim, ...]:
    if jurisdiction.operator_country == "JP":
        return tuple(Claim)
    return (Claim.REGION, Claim.ZERO_RETENTION, Claim.TRAINS_ON_DATA)  # a foreign operator is never domestic


def _evidence_expiring(catalogue: Catalogue, soon: date) -> Iterator[Note]:
    for name, jurisdiction in catalogue.jurisdictions.items():
        for item in jurisdiction.evidence:
            if item.expires and item.holds(catalogue.on) and item.expires <= soon:
                text = f"evidence for {item.claim} expires on {item.expires}; reviewer {item.reviewer}"
                yield Note(NoteKind.EVIDENCE_EXPIRING, name, text)


def _model_changes(model: Model, on: date, soon: date) -> Iterator[Note]:
    for tier in model.tiers:
        change = _next_change(model, tier, on)
        if change and change.valid_from <= soon:
            text = f"{tier} price from {change.valid_from}: {_price_words(change)}"
            yield Note(NoteKind.PRICE_CHANGES, model.name, text)
    if model.retires:
        word = "retired" if date.fromisoformat(model.retires) <= on else "retires"
        yield Note(NoteKind.RETIRES, model.name, f"{word} on {model.retires}")


def _price_words(rate: PriceRate) -> str:
    return f"{rate.input_per_mtok} in, {rate.output_per_mtok} out {rate.currency} per million tokens"


def _next_change(model: Model, tier: Tier, on: date) -> PriceRate | None:
    later = [rate for rate in model.prices if rate.tier is tier and rate.valid_from > on and not rate.over_input_tokens]
    return min(later, key=lambda rate: rate.valid_from, default=None)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of the price table, per million tokens. A price or yen amount that is unknown is None."""

    offer: str
    zone: Zone
    over_input_tokens: int
    currency: str | None
    input_per_mtok: Decimal | None
    cached_input_per_mtok: Decimal | None
    output_per_mtok: Decimal | None
    input_jpy: Decimal | None
    output_jpy: Decimal | None
    source: str
    since: date | None
    next_change: str | None


def price_table(catalogue: Catalogue, on: date, rates: Iterable[FxRate]) -> list[PriceLine]:
    """Every model, tier and cliff with its price on that day, in the vendor's currency and in yen."""
    known = tuple(rates)
    return [
        line
        for model in catalogue.models.values()
        for tier in model.tiers
        for line in _lines(catalogue, (model, tier), on, known)
    ]


def _lines(catalogue: Catalogue, route: tuple[Model, Tier], on: date, rates: tuple[FxRate, ...]) -> Iterator[PriceLine]:
    model, tier = route
    name = model.name if tier is Tier.REALTIME else f"{model.name}:{tier}"
    change = _next_change(model, tier, on)
    coming = f"{change.valid_from}: {_price_words(change)}" if change else None
    try:
        base = price_at(model.prices, tier, on)
    except UnknownPrice as error:
        why = catalogue.price_missing.get(model.name, str(error))
        nothing = (None,) * 6
        yield PriceLine(name, model.endpoint.zone, 0, *nothing, source=why, since=None, next_change=coming)
        return
    fx = _fx(base.currency, on, rates)
    thresholds = sorted({rate.over_input_tokens for rate in model.prices if rate.tier is tier} - {0})
    for rate in dict.fromkeys([base, *(price_at(model.prices, tier, on, over + 1) for over in thresholds)]):
        yield PriceLine(
            offer=name,
            zone=model.endpoint.zone,
            over_input_tokens=rate.over_input_tokens,
            currency=rate.currency,
            input_per_mtok=rate.input_per_mtok,
            cached_input_per_mtok=rate.cached_input_per_mtok,
            output_per_mtok=rate.output_per_mtok,
            input_jpy=to_jpy(rate.input_per_mtok, fx) if fx else None,
            output_jpy=to_jpy(rate.output_per_mtok, fx) if fx else None,
            source=rate.source,
            since=rate.valid_from,
            next_change=coming,
        )


def _fx(currency: str, on: date, rates: tuple[FxRate, ...]) -> FxRate | None:
    try:
        return choose_rate(rates, currency, on, holidays=holidays(on.year - 1) | holidays(on.year))
    except UnknownRate:
        return None
