"""Prices from genai-prices: bundled data only, resolved to dated rows, its silent answers refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.metadata import version

from genai_prices.data import providers
from genai_prices.types import ModelInfo, ModelPrice, StartDateConstraint, TieredPrices

from yakin.catalogue.schema import LibraryPrices
from yakin.domain.pricing import PriceRate, Tier
from yakin.errors import CatalogueError, UnknownPrice

REVIEWED_VERSION = "0.2.3"
REVIEWED_RELEASE = date(2026, 11, 10)  # prices are known to hold from here; the library would price any earlier day
_BATCH = {"processing": "batch"}  # a misspelt context would silently give the standard price


def library_rates(wanted: LibraryPrices, vendor_model: str) -> tuple[PriceRate, ...]:
    """Every rate from the reviewed release on: each start date, each cliff, batch only where it is known.

    Raises UnknownPrice for a model that the library does not list under exactly this id, and for
    prices that depend on the time of day.
    """
    installed = version("genai-prices")
    if installed != REVIEWED_VERSION:
        raise CatalogueError(
            f"genai-prices {installed} is installed, {REVIEWED_VERSION} was reviewed; "
            "review its changes and update library_prices.py"
        )
    model_id = wanted.model or vendor_model
    model = _model(wanted.provider, model_id)
    source = f"genai-prices {installed} {wanted.provider}/{model_id}"
    if wanted.regional_uplift != 1:
        source += f" × {wanted.regional_uplift} (regional endpoint)"
    days = _start_days(model, source)
    standard = [(day, _at(model, day, None)) for day in days]
    batch = [(day, _at(model, day, _BATCH)) for day in days]
    rates = [rate for day, price in standard for rate in _rates(price, day, Tier.REALTIME, source)]
    if all(_is_discount(low, high) for (_, low), (_, high) in zip(batch, standard, strict=True)):
        rates += [rate for day, price in batch for rate in _rates(price, day, Tier.BATCH, source)]
    return tuple(_times(rate, wanted.regional_uplift) for rate in rates)


def _times(rate: PriceRate, uplift: Decimal) -> PriceRate:
    return replace(
        rate,
        input_per_mtok=rate.input_per_mtok * uplift,
        output_per_mtok=rate.output_per_mtok * uplift,
        cached_input_per_mtok=None if rate.cached_input_per_mtok is None else rate.cached_input_per_mtok * uplift,
        cache_write_per_mtok=None if rate.cache_write_per_mtok is None else rate.cache_write_per_mtok * uplift,
    )


def _model(provider_id: str, model_id: str) -> ModelInfo:
    # By exact id: the library's own matching falls through to other names and other providers.
    provider = next(provider for provider in providers if provider.id == provider_id)
    for model in provider.models:
        if model.id == model_id:
            return model
    raise UnknownPrice(f"genai-prices {REVIEWED_VERSION} has no {provider_id}/{model_id}")


def _start_days(model: ModelInfo, source: str) -> list[date]:
    """The reviewed release and every later day on which a standard or batch price starts."""
    days = {REVIEWED_RELEASE}
    dated = [] if isinstance(model.prices, ModelPrice) else [price.constraint for price in model.prices]
    dated += [variant.constraint for variant in model.price_variants or () if variant.when == _BATCH]
    for constraint in dated:
        if isinstance(constraint, StartDateConstraint):
            days.add(max(constraint.start_date, REVIEWED_RELEASE))
        elif constraint is not None:
            raise UnknownPrice(f"{source} depends on the time of day, which a dated rate cannot say")
    return sorted(days)


def _at(model: ModelInfo, day: date, context: dict[str, str] | None) -> ModelPrice:
    # The library compares UTC dates; the JST night from 09:00 to 09:00 is exactly one of them.
    return model.get_prices(datetime.combine(day, time(), tzinfo=UTC), context)


def _is_discount(batch: ModelPrice, standard: ModelPrice) -> bool:
    """A batch price that is not below the standard one is the library's way of not knowing it."""
    return _base(batch.input_mtok) < _base(standard.input_mtok) and _base(batch.output_mtok) < _base(
        standard.output_mtok
    )


def _rates(price: ModelPrice, day: date, tier: Tier, source: str) -> list[PriceRate]:
    return [
        PriceRate(
            valid_from=day,
            tier=tier,
            currency="USD",
            input_per_mtok=_amount(price.input_mtok, over, source),
            output_per_mtok=_amount(price.output_mtok, over, source),
            cached_input_per_mtok=None if price.cache_read_mtok is None else _above(price.cache_read_mtok, over),
            source=source,
            checked=REVIEWED_RELEASE,
            over_input_tokens=over,
            cache_write_per_mtok=None if price.cache_write_mtok is None else _above(price.cache_write_mtok, over),
        )
        for over in _cliffs(price)
    ]


def _cliffs(price: ModelPrice) -> list[int]:
    tiered = (price.input_mtok, price.output_mtok, price.cache_read_mtok, price.cache_write_mtok)
    return sorted({0} | {tier.start for item in tiered if isinstance(item, TieredPrices) for tier in item.tiers})


def _amount(price: Decimal | TieredPrices | None, over: int, source: str) -> Decimal:
    amount = None if price is None else _above(price, over)
    if not amount:
        raise UnknownPrice(f"{source} has no price above zero for input and output")
    return amount


def _above(price: Decimal | TieredPrices, over: int) -> Decimal:
    if not isinstance(price, TieredPrices):
        return price
    reached = [tier for tier in price.tiers if tier.start <= over]
    return reached[-1].price if reached else price.base


def _base(price: Decimal | TieredPrices | None) -> Decimal:
    return Decimal(0) if price is None else _above(price, 0)
