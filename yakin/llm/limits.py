"""How much may be in flight at an endpoint, shared by everything in this process that runs on the same loop.

Requests and tokens per minute are shared by all workers of all machines, so they live in Postgres
(`store/rate_limits.py`), not here.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from yakin.domain.routing import Endpoint

# By loop, because asyncio's locks belong to one; by name, because every Asker shares the vendor's limit.
_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Semaphore]] = WeakKeyDictionary()


class EndpointLimits:
    """The concurrency limit of one endpoint. Instances for the same endpoint share it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._name = endpoint.name
        self._concurrency = max(endpoint.limits.concurrency, 1)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for room for one request, and hold it until the block ends."""
        by_name = _shared.setdefault(asyncio.get_running_loop(), {})
        if self._name not in by_name:
            by_name[self._name] = asyncio.Semaphore(self._concurrency)
        async with by_name[self._name]:
            yield
