"""Prefect shows the night; it does not decide it. Its server may be away for a while."""

import asyncio
import logging
from collections.abc import Awaitable

import httpx

SHOWN_WITHIN_S = 20.0  # Prefect's client itself would try for minutes
LOGGER = logging.getLogger("yakin.telemetry")


async def shown(showing: Awaitable[object]) -> None:
    """Show people something. A server that does not answer costs the picture, never the night."""
    await arrived(showing, "an artifact", within_s=SHOWN_WITHIN_S)


async def arrived(telling: Awaitable[object], what: str, *, within_s: float) -> bool:
    """Whether the Prefect server took it in time."""
    try:
        async with asyncio.timeout(within_s):
            await telling
    except (httpx.HTTPError, TimeoutError) as error:  # Prefect's own errors of its API are among them
        LOGGER.warning("the Prefect server did not take %s: %s", what, type(error).__name__)
        return False
    return True
