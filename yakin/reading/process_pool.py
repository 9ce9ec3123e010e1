"""Worker processes that can be killed: hostile documents cost their time and memory limit, never the run."""

import asyncio
import contextlib
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as PoolTimeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import context, popen_spawn_posix, process, spawn
from typing import TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from yakin.errors import PermanentError, YakinError

T = TypeVar("T")

_MB = 1024 * 1024
_ORPHAN_CHECK_S = 2.0
_STUCK_CHECK_S = 5.0
_STUCK_AFTER_S = 15.0  # beyond its time limit, at which the pool itself should have killed it
_TASKS_PER_WORKER = 500  # then a fresh process: native parsers leak


class ParseTimeout(PermanentError):
    """The work took longer than its limit; its worker process was killed."""


class WorkerDied(PermanentError):
    """The worker process ended before the work did: crashed, or over its memory limit."""


class WorkFailed(PermanentError):
    """The work raised an error that has no place in the error tree; the message names its class only."""


class KillablePool:
    """A pool of spawned processes with a memory limit each. Safe to share by all coroutines of a process."""

    def __init__(self, workers: int, memory_mb: int) -> None:
        self._workers = workers
        self._memory_mb = memory_mb
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._closed = False

    async def run(self, function: Callable[..., T], *args: object, timeout_s: float) -> T:
        """The function's result from a worker process; the loop stays free, and cancelling kills the work.

        The time limit starts when a worker starts on it. Raises ParseTimeout, WorkerDied, the function's own
        YakinError, or WorkFailed for any other error of its.

        When a worker dies the pool may break, or take the death for that of the document beside it (twice in 250
        tries of twenty documents with four crashes): so what died is run once more before it is said to.
        """
        try:
            return await self._run_once(function, args, timeout_s)
        except WorkerDied:
            return await self._run_once(function, args, timeout_s)

    async def _run_once(self, function: Callable[..., T], args: tuple[object, ...], timeout_s: float) -> T:
        future = self._schedule(function, args, timeout_s)
        try:
            return await self._result_of(future, timeout_s)
        except PoolTimeout:
            raise ParseTimeout(f"no result within {timeout_s:g} s") from None
        except ProcessExpired as error:
            raise WorkerDied(f"the worker process ended with exit code {error.exitcode}") from None
        except (BrokenProcessPool, CancelledError):
            raise WorkerDied("the worker pool broke and is started again") from None
        except MemoryError:
            raise WorkerDied(f"the work needs more than {self._memory_mb} MB") from None
        except YakinError as error:
            raise error from None  # without the remote traceback, which may quote the document
        except Exception as error:  # noqa: BLE001 - the boundary: any message may hold document text
            raise WorkFailed(f"the work raised {type(error).__name__}") from None

    async def _result_of(self, future: ProcessFuture[T], timeout_s: float) -> T:
        """Wait for a result, but not for ever: a worker killed while it reports can leave the pool's lock taken."""
        waiting = asyncio.wrap_future(future)
        overdue_at: float | None = None
        try:
            while not (await asyncio.wait({waiting}, timeout=_STUCK_CHECK_S))[0]:
                if overdue_at is None and future.running():
                    overdue_at = time.monotonic() + timeout_s + _STUCK_AFTER_S
                if overdue_at is not None and time.monotonic() > overdue_at:
                    await asyncio.to_thread(self._start_again)
                    raise BrokenProcessPool
            return waiting.result()
        finally:
            waiting.cancel()

    def _start_again(self) -> None:
        with self._lock:
            _stop(self._pool)
            self._pool = None

    def close(self) -> None:
        """End all workers now, with whatever they are doing."""
        with self._lock:
            self._closed = True
            _stop(self._pool)
            self._pool = None

    def _schedule(self, function: Callable[..., T], args: tuple[object, ...], timeout_s: float) -> ProcessFuture[T]:
        with self._lock:
            if self._closed:
                raise WorkerDied("the worker pool is closed")
            if self._pool is None or not self._pool.active:
                _stop(self._pool)
                self._pool = ProcessPool(
                    max_workers=self._workers,
                    max_tasks=_TASKS_PER_WORKER,
                    initializer=_confine,
                    initargs=(self._memory_mb, os.getpid()),
                    context=_BareSpawnContext(),
                )
            return self._pool.schedule(function, args=args, timeout=timeout_s)


def _stop(pool: ProcessPool | None) -> None:
    if pool is not None:
        with contextlib.suppress(RuntimeError):
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()


def _confine(memory_mb: int, parent: int) -> None:
    """In the worker: no standard streams of the parent's, a memory limit, and no life without the parent."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # a parser's warnings may quote the document, and stdout belongs to --json
        os.dup2(nowhere, stream)
    os.close(nowhere)
    if sys.platform == "linux":  # counts what a process writes to, not the dictionaries that it maps read-only
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * _MB, memory_mb * _MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would be a copy of the document
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_S)
    os._exit(1)


class _BareSpawnPopen(popen_spawn_posix.Popen):
    """Spawns without the parent's main module: in a Prefect worker that would import Prefect into every parser."""

    def _launch(self, process_obj: process.BaseProcess) -> None:
        with _main_module_unnamed():
            super()._launch(process_obj)  # type: ignore[misc]


_launching = threading.Lock()
_prepare = spawn.get_preparation_data


@contextlib.contextmanager
def _main_module_unnamed() -> Iterator[None]:
    """While this thread launches a worker, its preparation data names no main module to run again."""
    launcher = threading.get_ident()

    def without_main(name: str) -> dict[str, object]:
        data: dict[str, object] = _prepare(name)
        ours = threading.get_ident() == launcher
        return {key: value for key, value in data.items() if not (ours and key.startswith("init_main_from"))}

    with _launching:
        spawn.get_preparation_data = without_main
        try:
            yield
        finally:
            spawn.get_preparation_data = _prepare


class _BareSpawnProcess(process.BaseProcess):
    """A process started by _BareSpawnPopen."""

    _start_method = "spawn"

    @staticmethod
    def _Popen(process_obj: process.BaseProcess) -> _BareSpawnPopen:  # noqa: N802 - multiprocessing calls it so
        return _BareSpawnPopen(process_obj)


class _BareSpawnContext(context.SpawnContext):
    """The spawn context with bare processes."""

    Process = _BareSpawnProcess  # type: ignore[assignment]
