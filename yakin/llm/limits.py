"""How much may be in flight at an endpoint: shared by everything in this process that runs on the same loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from aiolimiter import AsyncLimiter

from yakin.domain.routing import Endpoint

_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class _Shared:
    """What bounds one endpoint on one event loop."""

    slots: asyncio.Semaphore
    requests: AsyncLimiter | None
    tokens: AsyncLimiter | None


# By loop, because asyncio's locks belong to one; by name, because every Asker shares the vendor's limit.
_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Shared]] = WeakKeyDictionary()


class EndpointLimits:
    """Concurrency and per-minute limits of one endpoint. Instances for the same endpoint share them."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._name = endpoint.name
        self._limits = endpoint.limits

    @asynccontextmanager
    async def slot(self, tokens: int = 0) -> AsyncIterator[None]:
        """Wait for room for one request of so many tokens, and hold it until the block ends."""
        shared = self._of_this_loop()
        async with shared.slots:
            if shared.requests is not None:
                await shared.requests.acquire()
            if shared.tokens is not None and tokens > 0:
                # A single request above the whole minute's limit still goes, alone in its minute.
                await shared.tokens.acquire(min(tokens, shared.tokens.max_rate))
            yield

    def _of_this_loop(self) -> _Shared:
        by_name = _shared.setdefault(asyncio.get_running_loop(), {})
        if self._name not in by_name:
            by_name[self._name] = _Shared(
                slots=asyncio.Semaphore(max(self._limits.concurrency, 1)),
                requests=_per_minute(self._limits.requests_per_minute),
                tokens=_per_minute(self._limits.tokens_per_minute),
            )
        return by_name[self._name]


def _per_minute(limit: int | None) -> AsyncLimiter | None:
    return None if limit is None else AsyncLimiter(limit, _MINUTE_S)
