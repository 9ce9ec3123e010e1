"""Collect what batches have brought: inside a night until the deadline's margin, and from outside at any time."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import harvesting, local_services, resources
from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.settling_lines import Landed
from yakin.domain.batches import BatchState, margin, pause_s, usual_time
from yakin.domain.documents import Reason, RunId
from yakin.settings import read_settings
from yakin.store import batches
from yakin.store.batches import OutstandingBatch
from yakin.store.migrate import needs_migration
from yakin.store.pool import Pool

LOGGER = logging.getLogger("yakin.batch")
_UNDER_WAY = (BatchState.INTENT, BatchState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection from outside came to."""

    batches: int  # that ended in this collection
    answered: int
    given_back: int
    still_out: int  # under way, or with files at a vendor


NOTHING = Collected(0, 0, 0, 0)


async def wait_for_batches(run_id: str) -> bool:
    """Whether batches brought anything that is worth another plan; waits for them before it says so."""
    night = resources.current()
    run = night.running(run_id)
    if not run.batch or not await _outstanding(night, run.run_id):
        return False
    landed = await _collect_in_night(run_id)
    return landed.answered + landed.given_back > 0


@task(name="collect-batches", task_run_name="collect-batches", cache_policy=NO_CACHE, persist_result=False)
async def _collect_in_night(run_id: str) -> Landed:
    night = resources.current()
    run = night.running(run_id)
    landed = Landed()
    while waiting := await _under_way(night, run.run_id):
        for batch in waiting:
            landed += (await harvesting.harvest(night, batch)).landed
        waiting = await _under_way(night, run.run_id)
        if waiting and datetime.now(UTC) >= run.deadline_at - _longest_margin(night, waiting):
            landed += await _stop_waiting(night, run, waiting)
            break
        if waiting:
            await asyncio.sleep(_pause_s(night, waiting))
    await _delete_files(night, run.run_id)
    LOGGER.info("run %s: batches brought %d answers, %d go back", run_id, landed.answered, landed.given_back)
    return landed


async def _stop_waiting(night: Resources, run: RunContext, waiting: list[OutstandingBatch]) -> Landed:
    """Cancel, take what had finished, and leave the rest to be asked one by one before the deadline."""
    LOGGER.warning("run %s: %d batches are not back; the rest is asked one by one", run.run_id, len(waiting))
    for batch in waiting:
        await harvesting.cancel(night, batch)
    until = datetime.now(UTC) + _longest_margin(night, waiting) / 2
    landed = Landed()
    while waiting and datetime.now(UTC) < until:
        await asyncio.sleep(_pause_s(night, waiting))
        for batch in waiting:
            landed += (await harvesting.harvest(night, batch)).landed
        waiting = await _under_way(night, run.run_id)
    async with night.pool.connection() as conn:
        left = await batches.stop_waiting(conn, run.run_id)
    run.reasons |= dict.fromkeys(left, Reason.DEADLINE)
    return landed + Landed(given_back=len(left))


async def anything_to_collect() -> bool:
    """Whether any batch needs somebody; asks the database only, so that looking every few minutes starts nothing."""
    database = await local_services.database(read_settings())
    if await asyncio.to_thread(needs_migration, database.owner_url):
        return False
    pool = await Pool.open(database.app_url, max_size=1)
    try:
        async with pool.connection() as conn:
            return any([await batches.outstanding(conn, rehearsal=each) for each in (False, True)])
    finally:
        await pool.close()


@task(name="collect-outstanding", task_run_name="collect-outstanding", cache_policy=NO_CACHE, persist_result=False)
async def collect_outstanding() -> Collected:
    """Harvest the batches of runs that no live process works on, also of runs that ended long ago."""
    night = resources.current()
    total, ended = Landed(), 0
    for run_id in dict.fromkeys(batch.run_id for batch in await _outstanding(night)):
        async with night.holder.borrowed(run_id) as held:
            if not held:  # its own night collects
                continue
            for batch in await _under_way(night, run_id):
                found = await harvesting.harvest(night, batch)
                total, ended = total + found.landed, ended + found.ended
            await _delete_files(night, run_id)
    still_out = len(await _outstanding(night))
    LOGGER.info("%d batches ended, %d answers landed, %d batches are still out", ended, total.answered, still_out)
    return Collected(ended, total.answered, total.given_back, still_out)


async def _outstanding(night: Resources, run_id: RunId | None = None) -> list[OutstandingBatch]:
    async with night.pool.connection() as conn:
        return await batches.outstanding(conn, rehearsal=night.rehearsal, run_id=run_id)


async def _under_way(night: Resources, run_id: RunId) -> list[OutstandingBatch]:
    return [batch for batch in await _outstanding(night, run_id) if batch.state in _UNDER_WAY]


async def _delete_files(night: Resources, run_id: RunId) -> None:
    for batch in await _outstanding(night, run_id):
        await harvesting.delete_remote_files(night, batch)


def _usual(night: Resources, waiting: list[OutstandingBatch]) -> list[timedelta]:
    known = night.catalogue.endpoints
    return [usual_time(known[batch.endpoint].limits) for batch in waiting if batch.endpoint in known]


def _longest_margin(night: Resources, waiting: list[OutstandingBatch]) -> timedelta:
    return max((margin(usual) for usual in _usual(night, waiting)), default=timedelta(0))


def _pause_s(night: Resources, waiting: list[OutstandingBatch]) -> float:
    return min((pause_s(usual) for usual in _usual(night, waiting)), default=60.0)
