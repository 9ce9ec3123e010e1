"""The exchange rates that a run may freeze: imported, bundled and budget rates, on record before they are used."""

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from yakin.catalogue.fx_rates import budget_rates, ecb_rates, rates_in_force
from yakin.catalogue.load import Catalogue
from yakin.domain.fx import FxRate
from yakin.domain.routing import Offer
from yakin.store import fx_rates
from yakin.store.pool import Pool

LOGGER = logging.getLogger("yakin.run")


def warn_of_stale(offers: Iterable[Offer], *, rehearsal: bool) -> None:
    """Say once per currency that a budget rate stands in, which a quote in yen does not show.

    In a rehearsal nobody pays at it: there it is no warning.
    """
    level = logging.INFO if rehearsal else logging.WARNING
    for fx in sorted({offer.fx for offer in offers if offer.fx.stale}, key=lambda fx: fx.base):
        LOGGER.log(
            level,
            "%s is charged at the budget rate %s of %s: no fresh rate is known; `yakin fx import` takes your bank's",
            fx.base,
            fx.rate,
            fx.as_of,
        )


async def known_rates(pool: Pool, catalogue: Catalogue, layers: Sequence[Path], on: date) -> list[FxRate]:
    """Every rate known on that day for the currencies of the catalogue's prices."""
    async with pool.connection() as conn:
        await fx_rates.save_rates(conn, [*ecb_rates(on, catalogue.currencies), *budget_rates(layers)])
        return rates_in_force(await fx_rates.rates(conn, on), layers)
