"""The exchange rates that a run may freeze: imported, bundled and budget rates, on record before they are used."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from yakin.catalogue.fx_rates import budget_rates, ecb_rates, rates_in_force
from yakin.catalogue.load import Catalogue
from yakin.domain.fx import FxRate
from yakin.store import fx_rates
from yakin.store.pool import Pool


async def known_rates(pool: Pool, catalogue: Catalogue, layers: Sequence[Path], on: date) -> list[FxRate]:
    """Every rate known on that day for the currencies of the catalogue's prices."""
    async with pool.connection() as conn:
        await fx_rates.save_rates(conn, [*ecb_rates(on, catalogue.currencies), *budget_rates(layers)])
        return rates_in_force(await fx_rates.rates(conn, on), layers)
