"""What a run can buy, frozen: price, exchange rate and zone of each offer hold for the whole run."""

from collections.abc import Sequence
from dataclasses import replace

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.documents import RunId
from yakin.domain.offer_approval import fingerprint
from yakin.domain.pricing import PriceRate
from yakin.domain.routing import Endpoint, Offer
from yakin.domain.zones import Evidence
from yakin.errors import SettingsError
from yakin.store import fx_rates
from yakin.store.frozen_rates import fx_of, price_of
from yakin.store.json_values import storable
from yakin.store.queries import load_queries

_SQL = load_queries("run_offers")


async def freeze_offers(conn: AsyncConnection, run_id: RunId, offers: Sequence[Offer]) -> list[Offer]:
    """Write the price, rate and zone that hold for this run; the offers as they are frozen.

    What a resumed run froze stays, and it plans and reserves with that: settlement charges it.
    Raises SettingsError when an offer's zone is no longer the frozen one.
    """
    for offer in sorted(offers, key=lambda offer: offer.name):
        price_rate_id = await _save_price(conn, offer.model.name, offer.price)
        fx_rate_id = await fx_rates.rate_id(conn, offer.fx)
        frozen = await _SQL.run(conn, "freeze_offer", run_id=run_id, **_frozen(offer, price_rate_id, fx_rate_id))
        for cliff in offer.cliffs if frozen else ():
            await _SQL.run(
                conn,
                "freeze_cliff",
                run_id=run_id,
                offer=offer.name,
                over_input_tokens=cliff.over_input_tokens,
                price_rate_id=await _save_price(conn, offer.model.name, cliff),
            )
    return [await _as_frozen(conn, run_id, offer) for offer in offers]


async def _as_frozen(conn: AsyncConnection, run_id: RunId, offer: Offer) -> Offer:
    row = await _SQL.one(conn, "frozen", run_id=run_id, offer=offer.name)
    if row is None or row["zone"] != offer.zone.value:
        frozen = row["zone"] if row else "nothing"
        raise SettingsError(
            f"run {run_id} froze offer {offer.name} in zone {frozen}, the catalogue now says {offer.zone}; "
            "start another run with --new"
        )
    # what is asked now would be booked, scored and shown to security as what was frozen
    then, now = (row["vendor_model"], row["endpoint"]), (offer.model.vendor_model, offer.model.endpoint.name)
    if then != now or row["fingerprint"] not in ("", fingerprint(offer.model)):
        raise SettingsError(
            f"run {run_id} froze offer {offer.name} as {then[0]} at {then[1]}; its model, endpoint, address, protocol "
            "or form of output has changed since; start another run with --new"
        )
    cliffs = await _SQL.all(conn, "frozen_cliffs", run_id=run_id, offer=offer.name)
    return replace(offer, price=price_of(row), fx=fx_of(row), cliffs=tuple(price_of(cliff) for cliff in cliffs))


async def _save_price(conn: AsyncConnection, model: str, price: PriceRate) -> int:
    columns = {
        "model": model,
        "tier": price.tier.value,
        "valid_from": price.valid_from,
        "currency": price.currency,
        "input_per_mtok": price.input_per_mtok,
        "output_per_mtok": price.output_per_mtok,
        "cached_input_per_mtok": price.cached_input_per_mtok,
        "cache_write_per_mtok": price.cache_write_per_mtok,
        "over_input_tokens": price.over_input_tokens,
        "source": price.source,
        "checked": price.checked,
    }
    await _SQL.run(conn, "save_price", **columns)
    row = await _SQL.one(conn, "price_id", **columns)
    assert row is not None
    return int(row["price_rate_id"])


def _frozen(offer: Offer, price_rate_id: int, fx_rate_id: int) -> dict[str, object]:
    endpoint = offer.model.endpoint
    return {
        "offer": offer.name,
        "zone": offer.zone.value,
        "endpoint": endpoint.name,
        "operator": endpoint.operator,
        "model": offer.model.name,
        "vendor_model": offer.model.vendor_model,
        "tier": offer.tier.value,
        "price_rate_id": price_rate_id,
        "fx_rate_id": fx_rate_id,
        "fx_stale": offer.fx.stale,
        "quality": offer.quality,
        "quality_measured": offer.quality_measured,
        "sandbox": endpoint.sandbox,
        "fingerprint": fingerprint(offer.model),
        **_place_then(endpoint),
    }


def _place_then(endpoint: Endpoint) -> dict[str, object]:
    """What the zone rested on, so that the register says what held then and not what holds now."""
    place = endpoint.jurisdiction
    return {
        "operator_country": endpoint.operator_country,
        "infrastructure": place.infrastructure,
        "region": place.region,
        "zero_retention": endpoint.zero_retention,
        "trains_on_data": endpoint.trains_on_data,
        "evidence": Jsonb([_claim(item) for item in place.evidence]),
    }


def _claim(item: Evidence) -> dict[str, object]:
    return {
        "claim": item.claim.value,
        "source": storable(item.source),
        "reviewer": storable(item.reviewer),
        "checked": item.checked.isoformat(),
        "expires": item.expires.isoformat() if item.expires else None,
    }
