"""Collect batch answers from outside of any night: what came back late, or after a crash."""

from prefect import flow

from tasks import resources
from tasks.collect_batches import Collected, anything_to_collect, collect_outstanding
from tasks.parameters import Mode
from tasks.thresholds import tell_crossed_thresholds


@flow(name="collect-batches", persist_result=False)
async def collect_batches(mode: Mode = Mode.AUTO) -> Collected | None:
    """Land what finished batches brought, charge it once, and delete the vendors' files.

    Args:
        mode: as for a night; batches of rehearsals are collected by rehearsals.
    """
    if not await anything_to_collect():
        return None
    async with resources.opened(mode):
        collected = await collect_outstanding()
        await tell_crossed_thresholds()
        return collected
