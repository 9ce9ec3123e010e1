"""However a night stops before its end, it stops in order: nothing more is sent, and its row says why."""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from prefect.exceptions import Pause, TerminationSignal
from prefect.logging.handlers import PrefectConsoleHandler

from tasks import resources
from tasks.bounded import to_the_end
from tasks.resources import Resources
from tasks.resuming import Interrupted, is_outage
from yakin.errors import YakinError
from yakin.store.runs import RunState

LOGGER = logging.getLogger("yakin.run")
_STOPS = (asyncio.CancelledError, TerminationSignal, KeyboardInterrupt)
RECORD_WITHIN_S = 5.0  # a database that does not answer must not keep a stopped process alive


@asynccontextmanager
async def recorded() -> AsyncIterator[None]:
    """A run that stops before it is closed is cancelled or failed, not for ever open. The same command resumes it."""
    night = resources.current()
    _outlive_the_reader_of_the_log()
    with _terminated_by_cancellation():
        try:
            yield
        except Pause:  # waits for a person: not an end
            raise
        except BaseException as error:
            stopped = _was_stopped(error)
            await to_the_end(_record(night, RunState.CANCELLED if stopped else RunState.FAILED, error))
            if stopped and isinstance(error, Exception | BaseExceptionGroup):
                raise asyncio.CancelledError from None  # what else went wrong while stopping is in the log
            if is_outage(error):
                raise Interrupted from None
            raise


def _was_stopped(error: BaseException) -> bool:
    """Whether somebody stopped the night, even when a step that was interrupted raised an error of its own."""
    task = asyncio.current_task()
    return isinstance(error, _STOPS) or (task is not None and task.cancelling() > 0)


def _outlive_the_reader_of_the_log() -> None:
    """A worker that is killed takes the pipe of our log with it; rich would end the process at the next line."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PrefectConsoleHandler):
            silenced = partial(setattr, handler.console, "quiet", True)
            handler.console.on_broken_pipe = silenced  # type: ignore[method-assign]


async def _record(night: Resources, state: RunState, error: BaseException) -> None:
    run_id = night.holder.run_id
    if run_id is None:
        return
    why = ", ".join(sorted(set(_class_names(error))))
    try:
        async with asyncio.timeout(RECORD_WITHIN_S):
            left = await night.holder.stop(run_id, state)
    except (YakinError, TimeoutError) as away:
        LOGGER.warning("run %s is %s (%s); the database could not be told: %s", run_id, state, why, type(away).__name__)
        return
    LOGGER.warning("run %s is %s (%s); %d attempts became unknown", run_id, state, why, left.unknown_attempts)


def _class_names(error: BaseException) -> Iterator[str]:
    """Of everything in it: messages of others may hold document text."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _class_names(each)
    else:
        yield type(error).__name__


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
