"""A database that restarts interrupts a night; it does not end it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

from yakin.errors import StoreUnavailable

LOGGER = logging.getLogger("yakin.run")
PAUSES_S = (2.0, 5.0, 15.0, 30.0, 60.0)  # each opening waits as well; a failover takes less than all of them
Result = TypeVar("Result")
Parameters = TypeVar("Parameters", bound=BaseModel)


class Interrupted(StoreUnavailable):
    """Postgres went away in the middle of a run; the same command resumes it."""


def is_outage(error: BaseException) -> bool:
    """Whether Postgres was away and nothing else went wrong."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(StoreUnavailable)[1] is None
    return isinstance(error, StoreUnavailable)


async def through_restarts(night: Callable[[Parameters], Awaitable[Result]], parameters: Parameters) -> Result:
    """Open everything again and resume the run, a few times. A database that was never there is said at once."""
    interrupted = False
    for pause_s in PAUSES_S:
        try:
            return await night(parameters)
        except StoreUnavailable as away:
            interrupted = interrupted or isinstance(away, Interrupted)
            if not interrupted:
                raise
        parameters = parameters.model_copy(update={"new": False})  # what was new has begun
        LOGGER.warning("Postgres went away; the run is resumed in %.0f s", pause_s)
        await asyncio.sleep(pause_s)
    return await night(parameters)
