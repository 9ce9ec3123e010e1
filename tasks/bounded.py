"""Await many things at once in one event loop, a bounded number at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def each(step: Callable[[Item], Awaitable[Result]], items: Iterable[Item], *, at_most: int) -> list[Result]:
    """Results in the order of the items. The first failure cancels the rest, as in any TaskGroup."""
    slots = asyncio.Semaphore(at_most)

    async def bounded(item: Item) -> Result:
        async with slots:
            return await step(item)

    async with asyncio.TaskGroup() as group:
        started = [group.create_task(bounded(item)) for item in items]
    return [task.result() for task in started]


async def to_the_end(step: Awaitable[Result]) -> Result:
    """Finish a step that must not be left half done, then let the cancellation go on."""
    running = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await running
        raise
