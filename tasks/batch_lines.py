"""Lines of a batch: each document leased, read once, cleared, admitted by the gate and reserved, one by one."""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from tasks import answering, sending
from tasks.document import Document
from tasks.loading import load_registered
from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.sending import Ask
from tasks.slices import Slice
from yakin.domain.asking import Purpose
from yakin.domain.batches import NO_LINE
from yakin.domain.documents import AttemptId, DocumentId, Reason, WorkState
from yakin.domain.routing import Offer
from yakin.errors import BudgetExhausted, EgressRefused, LeaseLost, SourceChanged, StoreError
from yakin.llm.batches import AdmittedLine
from yakin.reading.sources import check_unchanged
from yakin.store import work
from yakin.store.ledger import MustWait

LOGGER = logging.getLogger("yakin.batch")


@dataclass(frozen=True, slots=True, repr=False)
class Ready:
    """An admitted and reserved line with what its answer is restored by. Its repr shows no content."""

    document: Document
    line: AdmittedLine
    restore: Mapping[str, str]

    @property
    def attempt_id(self) -> AttemptId:
        """The attempt, which is the line's custom id."""
        return self.line.attempt_id


async def ready_line(
    night: Resources, run: RunContext, part: Slice, offer: Offer, document_id: DocumentId
) -> Ready | WorkState:
    """The line of one document, or where the document stands instead. Nothing has left after this."""
    document = await answering.take(night, run, part.use_case, document_id)
    if document is None:
        return WorkState.LEASED
    try:
        return await _made_or_left(document, offer)
    except LeaseLost:
        return WorkState.LEASED
    except StoreError as refused:
        LOGGER.error("document %s of run %s: %s", document_id, run.run_id, refused)
        return await answering.leave(document, Reason.FAILED)


async def _made_or_left(document: Document, offer: Offer) -> Ready | WorkState:
    try:
        made = await _made(document, offer)
    except SourceChanged:
        return await answering.follow_change(document)
    except EgressRefused as refusal:  # its message holds ids and the zone, no text
        LOGGER.warning("document %s is no line of a batch of %s: %s", document.document_id, offer.name, refusal)
        return await at_once_instead(document, Reason.EGRESS_REFUSED)
    except BudgetExhausted:
        return await at_once_instead(document, Reason.BUDGET)
    return made if isinstance(made, Ready) else await answering.leave(document, made)


async def _made(document: Document, offer: Offer) -> Ready | Reason:
    loaded = await load_registered(document.planned.source, document.planned.sha256, document.night.s3)
    if isinstance(loaded, Reason):
        raise SourceChanged("it could be read when it was classified")
    cleared = await answering.clear_for(document, loaded, offer)
    if isinstance(cleared, Reason):
        return cleared
    question = document.run.question(document.job.name, offer, was_cut=document.route.was_cut)
    attempt_id = AttemptId(str(uuid.uuid4()))
    line = document.night.batches.line(offer, attempt_id, question, cleared.text)
    ask = Ask(offer, question, cleared.text, Purpose.ANSWER, 0, document.route.decision_id)
    await asyncio.to_thread(check_unchanged, document.planned.source)
    if isinstance(await sending.reserve_now(document, ask, attempt_id), MustWait):
        # what is in flight may be lines of this very batch: waiting for them here would wait for ever
        raise BudgetExhausted("the rest of a budget is in flight")
    return Ready(document, line, cleared.text.restore)


async def at_once_instead(document: Document, reason: Reason) -> WorkState:
    """Back to the next wave, which may ask it one by one and puts it into no batch."""
    key = (document.job.name, document.document_id)
    document.run.reasons[key] = reason
    document.run.no_batch[key] = NO_LINE
    async with document.night.pool.connection() as conn:
        await work.back_to_pending(conn, document.lease)
    return WorkState.PENDING
