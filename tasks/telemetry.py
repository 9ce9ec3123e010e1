"""Prefect shows the night; it does not decide it. Its server may be away for a while."""

import asyncio
import logging
from collections.abc import Awaitable

import httpx

SHOWN_WITHIN_S = 20.0  # Prefect's client itself would try for minutes
LOGGER = logging.getLogger("yakin.telemetry")


async def shown(showing: Awaitable[object]) -> None:
    """Show people something. A server that does not answer costs the picture, never the night."""
    try:
        async with asyncio.timeout(SHOWN_WITHIN_S):
            await showing
    except (httpx.HTTPError, TimeoutError) as error:  # Prefect's own errors of its API are among them
        LOGGER.warning("the Prefect server did not take an artifact: %s", type(error).__name__)
