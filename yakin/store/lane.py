"""Group writing: what comes while one group is written is the next group. Nobody waits for a group to fill."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from yakin.errors import StoreConflict, StoreError, YakinError

Item = TypeVar("Item")
Result = TypeVar("Result")
Done = TypeVar("Done")
TRIES = 5
LARGEST_GROUP = 128  # enough to share a lock and a commit; a cap is held no longer than some milliseconds

Write = Callable[[Sequence[Item]], Awaitable[Mapping[Hashable, Result | YakinError]]]


class Lane(Generic[Item, Result]):
    """One writer for many callers of a process. `write` gets a group and returns one result per item's key."""

    def __init__(self, write: Write[Item, Result], key: Callable[[Item], Hashable]) -> None:
        self._write = write
        self._key = key
        self._queue: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Result:
        """The item's own result, once its group is committed; raises what became of it."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await future

    async def drained(self) -> None:
        """Returns when everything that was asked has its result."""
        if self._worker is not None:
            await self._worker

    async def _work(self) -> None:
        while self._queue:
            group = [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST_GROUP))]
            try:
                results = await written_apart(self._write, [item for item, _ in group], self._key)
            except BaseException as failed:  # the worker must not end with callers that wait for ever
                for _, future in group:
                    fail(future, failed)
                if not isinstance(failed, Exception):
                    raise
                continue
            for item, future in group:
                resolve(future, results[self._key(item)])


async def written_apart(
    write: Write[Item, Result], items: Sequence[Item], key: Callable[[Item], Hashable]
) -> Mapping[Hashable, Result | YakinError]:
    """The group's results; one row that Postgres refuses costs only its own item, not the group's."""
    try:
        return await _written(write, items)
    except StoreError as refused:
        if len(items) == 1:
            return {key(items[0]): refused}
    results: dict[Hashable, Result | YakinError] = {}
    for item in items:
        try:
            results |= await _written(write, [item])
        except StoreError as refused:
            results[key(item)] = refused
    return results


async def _written(write: Write[Item, Result], items: Sequence[Item]) -> Mapping[Hashable, Result | YakinError]:
    return await through_conflicts(lambda: write(items))


async def through_conflicts(transaction: Callable[[], Awaitable[Done]]) -> Done:
    """Done, however often another transaction is in the way; what was ended left nothing behind."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(StoreConflict):
            return await transaction()
    return await transaction()


def resolve(future: asyncio.Future[Result], result: Result | YakinError) -> None:
    """Hand a result or an error of its own to a caller that still waits."""
    if future.done():
        return
    if isinstance(result, YakinError):
        future.set_exception(result)
    else:
        future.set_result(result)


def fail(future: asyncio.Future[Result], failed: BaseException) -> None:
    """Hand the failure of the whole group to a caller that still waits."""
    if not future.done():
        future.set_exception(failed if isinstance(failed, Exception) else asyncio.CancelledError())
