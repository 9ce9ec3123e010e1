"""However a night stops before its end, it stops in order: nothing more is sent, and its row says why."""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from prefect.exceptions import Pause, TerminationSignal

from tasks import resources
from tasks.bounded import to_the_end
from tasks.resources import Resources
from tasks.resuming import Interrupted, is_outage
from yakin.errors import YakinError
from yakin.store.runs import RunState

LOGGER = logging.getLogger("yakin.run")
RECORD_WITHIN_S = 5.0  # a database that does not answer must not keep a stopped process alive


@asynccontextmanager
async def recorded() -> AsyncIterator[None]:
    """A run that stops before it is closed is cancelled or failed, not for ever open. The same command resumes it."""
    night = resources.current()
    with _terminated_by_cancellation():
        try:
            yield
        except (asyncio.CancelledError, TerminationSignal, KeyboardInterrupt):
            await to_the_end(_record(night, RunState.CANCELLED))
            raise
        except Pause:  # waits for a person: not an end
            raise
        except BaseException as error:
            await to_the_end(_record(night, RunState.FAILED))
            if is_outage(error):
                raise Interrupted from None
            raise


async def _record(night: Resources, state: RunState) -> None:
    run_id = night.holder.run_id
    if run_id is None:
        return
    try:
        async with asyncio.timeout(RECORD_WITHIN_S):
            left = await night.holder.stop(run_id, state)
    except (YakinError, TimeoutError) as error:
        LOGGER.warning("run %s is %s, which the database could not be told: %s", run_id, state, type(error).__name__)
        return
    LOGGER.warning(
        "run %s is %s; %d attempts are unknown and keep their reservation", run_id, state, left.unknown_attempts
    )


@contextmanager
def _terminated_by_cancellation() -> Iterator[None]:
    """SIGTERM cancels the flow where it waits.

    Prefect's own handler raises between any two instructions: out of the event loop's callbacks it
    is swallowed, and out of the loop itself it leaves requests under way.
    """
    task = asyncio.current_task()
    if task is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, before)
