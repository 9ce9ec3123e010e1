"""Answer one document: lease, read once, clear, then ask along its chain until an answer lands.

Retries of asks live here, beside the ledger, and nowhere else.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tasks import cascading, consistency, sending
from tasks.document import Document
from tasks.document_worker import Cleared, ClearRequest, clear_bytes
from tasks.loading import Loaded, load_registered, worked_on
from tasks.register_documents import register_again
from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.sending import Ask, Delivered, Kept
from yakin.domain.asking import Outcome, Purpose, Question, Reply
from yakin.domain.documents import DocumentId, Reason, Unreadable, WorkState
from yakin.domain.output_bounds import full_bound, roomy
from yakin.domain.routing import Offer
from yakin.domain.verification import SECOND
from yakin.errors import BudgetExhausted, EgressRefused, LeaseLost, SourceChanged, StoreError
from yakin.llm.backoff import delay_s
from yakin.store import decisions, work

LOGGER = logging.getLogger("yakin.answer")
LEASE_SECONDS = 1800.0  # longer than the slowest chain on a slow local model; a take-over ends it at once
TRIES_PER_OFFER = 4

_REASON_AFTER: dict[Outcome, Reason] = {
    Outcome.INVALID: Reason.INVALID_ANSWER,
    Outcome.TRUNCATED: Reason.TRUNCATED,
    Outcome.REFUSED: Reason.REFUSED,
    Outcome.TRANSIENT: Reason.ENDPOINT_DOWN,
    Outcome.ENDPOINT_DOWN: Reason.ENDPOINT_DOWN,
    Outcome.PERMANENT: Reason.FAILED,
    Outcome.UNKNOWN: Reason.FAILED,
    Outcome.NOT_SENT: Reason.FAILED,
    Outcome.LOST: Reason.FAILED,
}
_ENDS_THE_CHAIN = frozenset({Reason.DEADLINE, Reason.PARSE_TIMEOUT, Reason.PARSER_FAILED})  # true of every offer
_MAY_PASS = frozenset({Reason.BUDGET, Reason.ENDPOINT_DOWN, Reason.DEADLINE})  # a later wave may answer it


async def answer_document(night: Resources, run: RunContext, use_case: str, document_id: DocumentId) -> WorkState:
    """End with an answer, a stated reason, or pending when another wave may still answer it."""
    document = await take(night, run, use_case, document_id)
    if document is None:
        return WorkState.LEASED
    try:
        return await _to_its_end(document)
    except LeaseLost:
        LOGGER.warning("document %s of run %s was taken over by another worker", document_id, run.run_id)
        return WorkState.LEASED
    except StoreError as refused:  # this document's rows; a database that is away is StoreUnavailable
        LOGGER.error("document %s of run %s: %s", document_id, run.run_id, refused)
        return await leave(document, Reason.FAILED)


async def _to_its_end(document: Document) -> WorkState:
    try:
        reason = await _answer(document)
    except SourceChanged:
        return await follow_change(document)
    if reason is not None:
        return await leave(document, reason)
    document.run.reasons.pop((document.job.name, document.document_id), None)
    return WorkState.ANSWERED


async def take(night: Resources, run: RunContext, use_case: str, document_id: DocumentId) -> Document | None:
    """The document under a lease and its newest route; None when it is done or somebody else has it."""
    async with night.pool.connection() as conn:
        lease = await work.lease(conn, run.run_id, use_case, document_id, seconds=LEASE_SECONDS)
        if lease is None:
            return None
        route = await decisions.route(conn, run.run_id, use_case, document_id)
    planned = run.planned[use_case, document_id]
    return Document(night, run, run.jobs[use_case], document_id, planned, lease, route)


async def follow_change(document: Document) -> WorkState:
    """The next wave judges and asks what is there now. The same bytes with a new date are the same document."""
    now_there = await register_again(document.night, document.run, document.job, document.planned.source)
    if document.document_id not in now_there:
        return await leave(document, Reason.SOURCE_CHANGED)
    document.run.reasons[document.job.name, document.document_id] = Reason.SOURCE_CHANGED
    async with document.night.pool.connection() as conn:
        await work.back_to_pending(conn, document.lease)
    return WorkState.PENDING


async def leave(document: Document, reason: Reason) -> WorkState:
    """Unanswered with its reason, or back to pending when a later wave may do better."""
    run, name = document.run, document.job.name
    run.reasons[name, document.document_id] = reason
    async with document.night.pool.connection() as conn:
        if reason in _MAY_PASS:
            await work.back_to_pending(conn, document.lease)
            return WorkState.PENDING
        await work.finish_work(
            conn, run.run_id, name, document.document_id, WorkState.UNANSWERED, reason, lease=document.lease
        )
    return WorkState.UNANSWERED


async def _answer(document: Document) -> Reason | None:
    """None when an answer landed, else the reason of the last offer that was tried.

    A cascade's first answer that is not sure enough has the second offer asked; the others stand in for failures.
    """
    loaded = await load_registered(document.planned.source, document.planned.sha256, document.night.s3)
    if isinstance(loaded, Reason):
        raise SourceChanged("it could be read when it was classified")
    outcome = await _ask_along(document, loaded, range(len(document.route.chain)))
    return await _ask_better(document, loaded, outcome) if isinstance(outcome, Kept) else outcome


async def _ask_better(document: Document, loaded: Loaded, kept: Kept) -> Reason | None:
    """Ask the cascade's second offer; where it does not answer, the first one's answer lands if the floor allows it.

    An answer below the floor of its use case is no answer: then the stand-ins are asked, as after any failure.
    """
    good_enough = cascading.reaches_floor(document, kept)
    try:
        steps = range(SECOND, SECOND + 1 if good_enough else len(document.route.chain))
        reason = await _ask_along(document, loaded, steps)
        assert not isinstance(reason, Kept), "only a first step is verified"
    except (SourceChanged, StoreError) as refused:  # the kept answer is one to the version that was classified
        if not good_enough:
            raise
        LOGGER.warning("document %s: the cascade's second step: %s", document.document_id, refused)
        reason = Reason.FAILED
    except asyncio.CancelledError:
        await cascading.land_when_stopped(document, kept)
        raise
    if reason is not None and good_enough:
        await cascading.land(document, kept)
        return None
    return reason


async def _ask_along(document: Document, loaded: Loaded, steps: Iterable[int]) -> Kept | Reason | None:
    """None when one of these steps answered, what is kept of a doubted answer, else the reason of the last step."""
    outcome: Kept | Reason | None = Reason.NO_OFFER
    for step in steps:
        outcome = await _try_step(document, loaded, step)
        if outcome is None or isinstance(outcome, Kept) or outcome in _ENDS_THE_CHAIN:
            return outcome
        if outcome is Reason.TRUNCATED:  # the next offer need not find out again that the answer is long
            document = replace(document, route=replace(document.route, was_cut=True))
    return outcome


async def _try_step(document: Document, loaded: Loaded, step: int) -> Kept | Reason | None:
    """Clear the text for the offer's zone and ask; a refusal of the gate is the next offer's turn."""
    offer = document.run.offer(document.job.name, document.route.chain[step])
    if offer is None or not document.night.circuits.allow(offer.model.endpoint.name):
        return Reason.ENDPOINT_DOWN
    try:
        cleared = await clear_for(document, loaded, offer)
        if isinstance(cleared, Reason):
            return cleared
        return await _ask_offer(document, cleared, offer, step)
    except EgressRefused as refusal:  # its message holds ids and the zone, no text
        LOGGER.warning("document %s is not sent to %s: %s", document.document_id, offer.name, refusal)
        return Reason.EGRESS_REFUSED


async def clear_for(document: Document, loaded: Loaded, offer: Offer) -> Cleared | Reason:
    """The text made ready for the offer's zone, and still the text that was classified."""
    night = document.night
    request = ClearRequest(
        document_id=document.document_id,
        clearance=document.planned.clearance,
        zone=offer.zone,
        run_secret=night.run_secret,
        hash_key=night.hash_key,
        company_ids=night.catalogue.company_ids,
    )
    cleared = await worked_on(night.workers, clear_bytes, loaded, request)
    if isinstance(cleared, Reason):
        return cleared
    if isinstance(cleared, Unreadable):
        return cleared.reason
    planned = document.planned
    if (cleared.text_hash, cleared.extractor_version) != (planned.text_hash, planned.extractor_version):
        raise SourceChanged("the text is not what was classified")
    return cleared


async def _ask_offer(document: Document, cleared: Cleared, offer: Offer, step: int) -> Kept | Reason | None:
    """Ask one offer: a cut answer with the full bound, transient failures again, one repair, then the next offer."""
    question, purpose = document.run.question(document.job.name, offer, was_cut=document.route.was_cut), Purpose.ANSWER
    full = full_bound(document.job.use_case.facts.value, offer)
    attempt_no = 0
    while True:
        ask = _ask(document, cleared, offer, question, purpose, step)
        ended = await _in_time(document, ask)
        if isinstance(ended, Reason):
            return ended
        reply = ended.reply
        if reply.outcome is Outcome.ANSWERED:
            return await consistency.verified(document, ask, ended) if ask.held else ended.kept
        if question.max_output_tokens < full and reply.was_cut_at(question.max_output_tokens):
            question = question.bounded(full)  # our own bound cut it: that is no try of the offer's
            continue
        attempt_no += 1
        if attempt_no == TRIES_PER_OFFER:
            return _REASON_AFTER[reply.outcome]
        if reply.outcome is Outcome.INVALID and purpose is Purpose.ANSWER:
            question, purpose = _repair(question, reply, full), Purpose.REPAIR
        elif reply.outcome is Outcome.TRANSIENT:
            await sending.pause(document, delay_s(attempt_no - 1, reply.retry_after_s, seed=document.lease_seed))
        else:
            return _REASON_AFTER[reply.outcome]


async def _in_time(document: Document, ask: Ask) -> Delivered | Reason:
    """One request before the deadline and inside the budgets, or which of them was in its way."""
    if datetime.now(UTC) >= document.run.deadline_at:
        return Reason.DEADLINE
    try:
        return await sending.deliver(document, ask)
    except BudgetExhausted:
        return Reason.BUDGET


def _repair(question: Question, reply: Reply, full: int) -> Question:
    """With room for an answer as long as the invalid one and a little longer."""
    needed = roomy(reply.usage.output_tokens, full) if reply.usage else full
    return question.bounded(max(question.max_output_tokens, needed)).repairing(reply.raw_text, reply.detail)


def _ask(document: Document, cleared: Cleared, offer: Offer, question: Question, purpose: Purpose, step: int) -> Ask:
    held = cascading.compares(document, step)
    verify = None if held else cascading.verification(document, step)
    return Ask(offer, question, cleared.text, purpose, step, document.route.decision_id, verify=verify, held=held)
