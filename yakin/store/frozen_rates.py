"""Prices and exchange rates as a run froze them, from the columns that every query of them selects."""

from yakin.domain.fx import FxRate, RateKind
from yakin.domain.pricing import PriceRate, Tier
from yakin.store.queries import Row


def price_of(row: Row) -> PriceRate:
    """The frozen price of a row with the columns of `ledger.price_rate`; its source is `price_source`."""
    return PriceRate(
        valid_from=row["valid_from"],
        tier=Tier(row["tier"]),
        currency=row["currency"],
        input_per_mtok=row["input_per_mtok"],
        output_per_mtok=row["output_per_mtok"],
        cached_input_per_mtok=row["cached_input_per_mtok"],
        source=row["price_source"],
        checked=row["checked"],
        over_input_tokens=row["over_input_tokens"],
        cache_write_per_mtok=row["cache_write_per_mtok"],
    )


def fx_of(row: Row) -> FxRate:
    """The frozen rate of a row with the columns of `ledger.fx_rate`; its kind is `fx_kind`, its source `fx_source`."""
    kind = RateKind(row["fx_kind"])
    return FxRate(
        row["base"], row["quote"], row["rate"], kind, row["as_of"], row["fx_source"], row.get("fx_stale", False)
    )
