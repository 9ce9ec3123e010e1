"""Hand the documents of one slice to a vendor as a batch, and return: the answers are collected later."""

import logging
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import resources
from tasks.answer_slice import AT_ONCE, SliceTotals
from tasks.batch_lines import Ready, at_once_instead, ready_line
from tasks.bounded import each, to_the_end
from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.settling_lines import not_taken
from tasks.slices import Slice
from yakin.domain.asking import Outcome, Reply
from yakin.domain.batches import BatchId
from yakin.domain.documents import DocumentId, Reason, WorkState
from yakin.domain.routing import Endpoint, Offer
from yakin.errors import EgressRefused, LeaseLost
from yakin.llm.batch_calls import BatchCallFailed
from yakin.llm.batches import files, sha256_of
from yakin.privacy.sealing import key_id, seal
from yakin.store import batches, ledger
from yakin.store.batches import NewBatch, NewLine, SealedMap

LOGGER = logging.getLogger("yakin.batch")


async def submit_batch(run_id: str, part: Slice) -> SliceTotals:
    """Run the hand-over as a task that the UI shows by its route."""
    return await _submit_batch.with_options(task_run_name=part.name, tags=part.tags)(run_id, part)


@task(name="submit-batch", cache_policy=NO_CACHE, persist_result=False)
async def _submit_batch(run_id: str, part: Slice) -> SliceTotals:
    """Every document of the slice is in a batch, or has its end, or waits for the next wave."""
    night = resources.current()
    run = night.running(run_id)
    offer = run.offer(part.use_case, part.option)
    if offer is None:
        raise EgressRefused(f"run {run_id} has no offer {part.option}")

    async def step(document_id: DocumentId) -> Ready | WorkState:
        return await ready_line(night, run, part, offer, document_id)

    made = await each(step, part.document_ids, at_most=AT_ONCE)
    ready = [found for found in made if isinstance(found, Ready)]
    by_attempt = {found.attempt_id: found for found in ready}
    given_back = 0
    for lines in files([found.line for found in ready]):
        given_back += await _hand_over(night, run, offer, [by_attempt[line.attempt_id] for line in lines])
    states = Counter(state for state in made if isinstance(state, WorkState))
    LOGGER.info("%s: %d lines handed over, %d given back", part.name, len(ready) - given_back, given_back)
    given_back += states[WorkState.PENDING]
    return SliceTotals(0, states[WorkState.UNANSWERED], given_back, 0, given_back)


async def _hand_over(night: Resources, run: RunContext, offer: Offer, ready: Sequence[Ready]) -> int:
    """One file, one batch; how many documents came straight back."""
    batch_id = BatchId(str(uuid.uuid4()))
    endpoint = offer.model.endpoint
    try:
        await to_the_end(_intend(night, run, NewBatch(batch_id, run.run_id, offer.name, _hash(ready)), ready))
    except LeaseLost as lost:
        LOGGER.warning("a batch of run %s is not handed over: %s", run.run_id, lost)
        await _let_go(night, ready)
        return len(ready)
    try:
        await _send(night, endpoint, batch_id, ready)
    except BatchCallFailed as failed:
        if failed.reply.outcome is Outcome.UNKNOWN and await _was_uploaded(night, batch_id):
            LOGGER.warning("batch %s may or may not have been taken; it is looked for later", batch_id)
            return 0
        return await to_the_end(not_taken(night, batch_id, failed.reply, run))
    except EgressRefused as refusal:  # the transport; its message holds names only
        LOGGER.error("batch %s: %s", batch_id, refusal)
        return await to_the_end(not_taken(night, batch_id, Reply(Outcome.PERMANENT, detail="refused here"), run))
    return 0


def _hash(ready: Sequence[Ready]) -> str:
    return sha256_of([found.line for found in ready])


async def _intend(night: Resources, run: RunContext, new: NewBatch, ready: Sequence[Ready]) -> None:
    """All on record before the first byte leaves: batch, lines, sealed maps, sent marks."""
    lines = [NewLine(found.attempt_id, found.document.lease, _sealed(night, found)) for found in ready]
    async with night.pool.connection() as conn:
        await batches.intend(conn, new, lines)
    LOGGER.info("run %s: batch %s of %s, %d lines", run.run_id, new.batch_id, new.offer, len(lines))


def _sealed(night: Resources, ready: Ready) -> SealedMap | None:
    if not ready.restore:
        return None
    return SealedMap(key_id(night.seal_key), seal(ready.restore, ready.attempt_id, night.seal_key))


async def _send(night: Resources, endpoint: Endpoint, batch_id: BatchId, ready: Sequence[Ready]) -> None:
    """Upload and order; what the vendor names is on record after each step."""
    async with night.limits[endpoint.name].slot():
        file_id = await night.batches.upload(batch_id, [found.line for found in ready])
        async with night.pool.connection() as conn:
            await batches.uploaded(conn, batch_id, file_id)
        at_vendor = await night.batches.create(endpoint, batch_id, file_id)
        async with night.pool.connection() as conn:
            await batches.submitted(conn, batch_id, at_vendor)


async def _was_uploaded(night: Resources, batch_id: BatchId) -> bool:
    async with night.pool.connection() as conn:
        return await batches.has_input_file(conn, batch_id)


async def _let_go(night: Resources, ready: Sequence[Ready]) -> None:
    """Nothing has left: every reservation goes back, and what is still ours waits for the next wave."""
    for each_line in ready:
        async with night.pool.connection() as conn:
            await ledger.release(conn, each_line.attempt_id)
        with suppress(LeaseLost):
            await at_once_instead(each_line.document, Reason.FAILED)
