"""What can be bought on a day: every model and tier becomes an offer or a rejection with its reason in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from yakin.catalogue.fx_choice import rate_choice
from yakin.catalogue.load import Catalogue
from yakin.domain.batches import leaves_its_zone
from yakin.domain.fx import FxRate
from yakin.domain.pricing import PriceRate, Tier, price_at
from yakin.domain.routing import Api, Model, Offer
from yakin.domain.zones import Zone
from yakin.errors import UnknownPrice, UnknownRate


@dataclass(frozen=True, slots=True)
class Rejected:
    """A model and tier that no document can use in this run, and why not."""

    model: str
    tier: Tier
    why_not: str


@dataclass(frozen=True, slots=True)
class _Ask:
    catalogue: Catalogue
    use_case: str
    on: date
    rates: tuple[FxRate, ...]
    rehearsal: bool
    has_key: Callable[[str | None], bool]
    batch: bool


def offers(  # noqa: PLR0913 - everything that an offer depends on, by name
    catalogue: Catalogue,
    *,
    use_case: str,
    on: date,
    rates: Iterable[FxRate],
    rehearsal: bool,
    has_key: Callable[[str | None], bool],
    batch: bool = False,
) -> tuple[list[Offer], list[Rejected]]:
    """The offers of a run with price and exchange rate frozen, and what is not offered with its reason.

    Batch tiers are offered only to a run that says that it may wait for them.
    """
    ask = _Ask(catalogue, use_case, on, tuple(rates), rehearsal, has_key, batch)
    offered: list[Offer] = []
    rejected: list[Rejected] = []
    for model in catalogue.models.values():
        for tier in model.tiers:
            if reason := _why_not(ask, model, tier):
                rejected.append(Rejected(model.name, tier, reason))
                continue
            try:
                offered.append(_offer(ask, model, tier))
            except (UnknownPrice, UnknownRate) as error:
                note = catalogue.price_missing.get(model.name)
                rejected.append(Rejected(model.name, tier, f"price unknown: {note}" if note else str(error)))
    return offered, rejected


def _why_not(ask: _Ask, model: Model, tier: Tier) -> str | None:
    endpoint = model.endpoint
    if endpoint.sandbox and not ask.rehearsal:
        return f"endpoint {endpoint.name} is a sandbox and this is not a rehearsal"
    if ask.rehearsal and not endpoint.sandbox and endpoint.zone is not Zone.ON_PREM:
        return f"endpoint {endpoint.name} is real and this is a rehearsal"
    if model.retires and date.fromisoformat(model.retires) <= ask.on:
        return f"retired on {model.retires}"
    if missing := ask.catalogue.address_missing.get(endpoint.name):
        return missing
    if endpoint.api_key_env and not ask.has_key(endpoint.api_key_env):
        return f"key {endpoint.api_key_env} is not set"
    return _why_no_batch(ask, model) if tier is Tier.BATCH else None


def _why_no_batch(ask: _Ask, model: Model) -> str | None:
    endpoint = model.endpoint
    if endpoint.api is not Api.OPENAI:
        return f"batches of api {endpoint.api} are not collected by this version, only those of api openai"
    if not endpoint.takes_batches:
        return f"endpoint {endpoint.name} does not say that it takes batches as OpenAI does (batch_api: openai)"
    if leaves_its_zone(endpoint.zone, batch_in_zone=endpoint.batch_in_zone):
        return f"no evidence (claim batch_region) that batches of {endpoint.name} are processed where its zone says"
    return None if ask.batch else "this run does not wait for batches; --batch lets it"


def _offer(ask: _Ask, model: Model, tier: Tier) -> Offer:
    price = price_at(model.prices, tier, ask.on)
    return Offer(
        model=model,
        tier=tier,
        price=price,
        fx=rate_choice(ask.rates, price.currency, ask.on, ask.catalogue.fx_prefer).known,
        quality=model.quality_prior.get(ask.use_case, model.quality_prior["*"]),
        cliffs=_cliffs(model, tier, ask.on),
    )


def _cliffs(model: Model, tier: Tier, on: date) -> tuple[PriceRate, ...]:
    thresholds = {rate.over_input_tokens for rate in model.prices if rate.tier is tier}
    above = (price_at(model.prices, tier, on, over + 1) for over in sorted(thresholds - {0}))
    return tuple(rate for rate in dict.fromkeys(above) if rate.over_input_tokens)
