"""However a night stops before its end, it stops in order: nothing more is sent, and its row says why."""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
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
    with _terminated_by_cancellation() as told:
        try:
            yield
        except Pause:  # waits for a person: not an end
            raise
        except BaseException as error:
            stopped = told.to_stop or isinstance(error, _STOPS)
            await to_the_end(_record(night, RunState.CANCELLED if stopped else RunState.FAILED, error))
            if stopped and isinstance(error, Exception | BaseExceptionGroup):
                raise asyncio.CancelledError from None  # what else went wrong while stopping is in the log
            if is_outage(error):
                raise Interrupted from None
            raise


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


class _Told:
    """Whether somebody told this process to stop.

    `Task.cancelling()` cannot say: a TaskGroup whose child fails cancels its parent too.
    """

    def __init__(self) -> None:
        self.to_stop = False

    def stop(self, then: Callable[[], object]) -> None:
        """Remember it, and stop."""
        self.to_stop = True
        then()


@contextmanager
def _terminated_by_cancellation() -> Iterator[_Told]:
    """SIGTERM cancels the flow where it waits; SIGINT does what it did before. Both are remembered.

    Prefect's own handler of SIGTERM raises between any two instructions: out of the event loop's
    callbacks it is swallowed, and out of the loop itself it leaves requests under way.
    """
    task, told = asyncio.current_task(), _Told()
    if task is None or threading.current_thread() is not threading.main_thread():
        yield told
        return
    loop = asyncio.get_running_loop()
    before = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
    loop.add_signal_handler(signal.SIGTERM, told.stop, task.cancel)
    interrupt = before[signal.SIGINT]
    if callable(interrupt):
        loop.add_signal_handler(signal.SIGINT, told.stop, partial(interrupt, signal.SIGINT, None))
    try:
        yield told
    finally:
        for signum, handler in before.items():
            loop.remove_signal_handler(signum)
            signal.signal(signum, handler)
