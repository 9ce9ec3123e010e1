"""Fetch what a batch has brought: find it again, read its files, settle its lines, delete what the vendor keeps."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tasks.bounded import to_the_end
from tasks.resources import Resources
from tasks.settling_lines import MISSING, Landed, not_taken, settle_results
from yakin.domain.asking import Outcome, Reply
from yakin.domain.batches import ENDED, BatchState, VendorBatch, VendorState
from yakin.domain.routing import Endpoint, Model
from yakin.errors import EgressRefused
from yakin.llm.batch_calls import BatchCallFailed
from yakin.llm.batch_results import ResultLine, read_results
from yakin.store import batches
from yakin.store.batches import OutstandingBatch

LOGGER = logging.getLogger("yakin.batch")
FOUND_WITHIN = timedelta(minutes=10)  # an order under way when its process died is listed by then


@dataclass(frozen=True, slots=True)
class Harvest:
    """Whether every line has its end, and what came of the lines."""

    ended: bool
    landed: Landed = Landed()  # noqa: RUF009 - frozen


async def harvest(night: Resources, batch: OutstandingBatch) -> Harvest:
    """Look at one batch and take what is there. A vendor that does not answer is asked again another time."""
    endpoint, model = night.catalogue.endpoints.get(batch.endpoint), night.catalogue.models.get(batch.model)
    if endpoint is None or model is None:
        LOGGER.error("batch %s is at %s, which the catalogue has no more", batch.batch_id, batch.endpoint)
        return Harvest(ended=False)
    try:
        return await _harvest(night, batch, endpoint, model)
    except (BatchCallFailed, EgressRefused) as away:  # their messages hold names and statuses only
        LOGGER.warning("batch %s is looked at again later: %s", batch.batch_id, away)
        return Harvest(ended=False)


async def _harvest(night: Resources, batch: OutstandingBatch, endpoint: Endpoint, model: Model) -> Harvest:
    at_vendor = await _at_vendor(night, batch, endpoint)
    if at_vendor is None and batch.provider_batch_id is None:
        return await _never_ordered(night, batch)
    if at_vendor is None:
        landed = await to_the_end(settle_results(night, batch.batch_id, model, (), MISSING))
        return Harvest(ended=True, landed=landed)
    async with night.pool.connection() as conn:
        await batches.seen(conn, batch.batch_id, at_vendor)
    if at_vendor.state not in ENDED:
        return Harvest(ended=False)
    results = list(await _results(night, endpoint, at_vendor))
    landed = await to_the_end(settle_results(night, batch.batch_id, model, results, _rest(at_vendor.state)))
    LOGGER.info(
        "batch %s %s: %d answered, %d go back", batch.batch_id, at_vendor.state, landed.answered, landed.given_back
    )
    return Harvest(ended=True, landed=landed)


async def _at_vendor(night: Resources, batch: OutstandingBatch, endpoint: Endpoint) -> VendorBatch | None:
    """The batch as the vendor has it, found by our own id when the vendor's was never learned."""
    if batch.provider_batch_id is not None:
        try:
            return await night.batches.look(endpoint, batch.provider_batch_id)
        except BatchCallFailed as failed:
            if failed.is_not_found:
                LOGGER.error("%s has no batch %s any more; its lines are unknown", endpoint.name, batch.batch_id)
                return None
            raise
    found = await night.batches.find(endpoint, batch.batch_id)
    if found is not None:
        async with night.pool.connection() as conn:
            await batches.submitted(conn, batch.batch_id, found)
    return found


async def _never_ordered(night: Resources, batch: OutstandingBatch) -> Harvest:
    if datetime.now(UTC) - batch.intent_at < FOUND_WITHIN:
        return Harvest(ended=False)
    nothing = Reply(Outcome.TRANSIENT, detail="the vendor lists no such batch")
    given_back = await to_the_end(not_taken(night, batch.batch_id, nothing, night.run))
    return Harvest(ended=True, landed=Landed(given_back=given_back))


async def _results(night: Resources, endpoint: Endpoint, at_vendor: VendorBatch) -> Iterator[ResultLine]:
    """Successes first: a line that is in both files was answered."""
    ids = [each for each in (at_vendor.output_file_id, at_vendor.error_file_id) if each]
    contents = [await night.batches.content(endpoint, each) for each in ids]
    return (result for content in contents for result in read_results(content))


def _rest(state: VendorState) -> Reply:
    """How a line ended that is in no file."""
    if state is VendorState.FAILED:
        return Reply(Outcome.PERMANENT, detail="the batch failed its validation")
    return MISSING


async def cancel(night: Resources, batch: OutstandingBatch) -> None:
    """Ask the vendor to stop; what has finished still comes back and is billed."""
    endpoint = night.catalogue.endpoints.get(batch.endpoint)
    if endpoint is None or batch.provider_batch_id is None:
        return
    try:
        await night.batches.cancel(endpoint, batch.provider_batch_id)
    except (BatchCallFailed, EgressRefused) as failed:  # it may just have ended
        LOGGER.warning("batch %s is not cancelled: %s", batch.batch_id, failed)


async def delete_remote_files(night: Resources, batch: OutstandingBatch) -> bool:
    """Delete every file of an ended batch at its vendor; False when that has to be tried again."""
    endpoint = night.catalogue.endpoints.get(batch.endpoint)
    if batch.state not in (BatchState.HARVESTED, BatchState.NOT_SUBMITTED) or endpoint is None:
        return False
    try:
        ids = batch.file_ids if batch.input_file_id else await night.batches.files_of(endpoint, batch.batch_id)
        for file_id in ids:
            await night.batches.delete(endpoint, file_id)
    except (BatchCallFailed, EgressRefused) as failed:
        LOGGER.warning("files of batch %s are still at %s: %s", batch.batch_id, endpoint.name, failed)
        return False
    async with night.pool.connection() as conn:
        await batches.files_deleted(conn, batch.batch_id)
    return True
