"""Ask golden items: every candidate of a document's chain once, scored at once, and no answer kept.

The order of reserve, intent, ask and settle is a night's; only what becomes of the answer differs.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import consistency, resources, sending
from tasks.answering import TRIES_PER_OFFER, clear_for, take
from tasks.bounded import each
from tasks.document import Document
from tasks.document_worker import Cleared, grounding_of_bytes
from tasks.evaluate_plan import GoldenSlice
from tasks.loading import Loaded, load_registered, worked_on
from tasks.resources import Resources
from tasks.run_context import Evaluating, RunContext
from tasks.sending import Ask
from yakin.domain.asking import AnswerFields, Outcome, Purpose, Reply
from yakin.domain.documents import DocumentId, Reason, WorkState
from yakin.domain.evaluating import ScoredAnswer
from yakin.domain.output_bounds import full_bound
from yakin.domain.routing import Offer
from yakin.errors import BudgetExhausted, EgressRefused, LeaseLost, SettingsError, SourceChanged, StoreError
from yakin.llm.backoff import delay_s
from yakin.privacy.pseudonyms import restore_answer
from yakin.store import evaluations, work
from yakin.store.evaluations import EvaluationId
from yakin.use_cases.scoring import field_scores, no_scores

LOGGER = logging.getLogger("yakin.evaluate")
AT_ONCE = 16  # documents of a slice under way; endpoints limit what is asked
_MEASURED = frozenset({Outcome.ANSWERED, Outcome.INVALID, Outcome.TRUNCATED, Outcome.REFUSED})  # the model's own doing
_REASON_AFTER = {Outcome.TRANSIENT: Reason.ENDPOINT_DOWN, Outcome.ENDPOINT_DOWN: Reason.ENDPOINT_DOWN}
_FIRST_SAID = (Reason.BUDGET, Reason.DEADLINE)  # of several reasons the one that somebody can do something about


@dataclass(frozen=True, slots=True, repr=False)
class _Said:
    """How a candidate ended on a document. Its repr shows no answer."""

    outcome: Outcome
    answer: AnswerFields | None  # with its values back
    signals: Mapping[str, float]


async def evaluate_slice(run_id: str, part: GoldenSlice) -> int:
    """Run the slice as a task that the UI shows by its size."""
    return await _evaluate_slice.with_options(task_run_name=part.name)(run_id, part)


@task(name="evaluate-slice", cache_policy=NO_CACHE, persist_result=False)
async def _evaluate_slice(run_id: str, part: GoldenSlice) -> int:
    """How many documents of the slice every candidate was asked of; the others end with their reason."""
    night = resources.current()
    run = night.running(run_id)

    async def step(document_id: DocumentId) -> bool:
        return await _evaluate_document(night, run, document_id)

    complete = sum(await each(step, part.document_ids, at_most=AT_ONCE))
    LOGGER.info("%s: %d of %d asked of every candidate", part.name, complete, len(part.document_ids))
    return complete


async def _evaluate_document(night: Resources, run: RunContext, document_id: DocumentId) -> bool:
    [job] = run.jobs.values()
    document = await take(night, run, job.name, document_id)
    if document is None:
        return False
    try:
        reason = await _reason(document)
        state = WorkState.ANSWERED if reason is None else WorkState.UNANSWERED
        async with night.pool.connection() as conn:
            await work.finish_work(conn, run.run_id, job.name, document_id, state, reason, lease=document.lease)
    except LeaseLost:
        LOGGER.warning("document %s of run %s was taken over by another worker", document_id, run.run_id)
        return False
    return reason is None


async def _reason(document: Document) -> Reason | None:
    """None when every candidate was asked, else why not."""
    try:
        loaded = await load_registered(document.planned.source, document.planned.sha256, document.night.s3)
        if isinstance(loaded, Reason):
            return Reason.SOURCE_CHANGED
        reasons = await _ask_candidates(document, loaded)
    except SourceChanged:
        return Reason.SOURCE_CHANGED
    except StoreError as refused:  # this document's rows; a database that is away is StoreUnavailable
        LOGGER.error("document %s of run %s: %s", document.document_id, document.run.run_id, refused)
        return Reason.FAILED
    return next((reason for reason in _FIRST_SAID if reason in reasons), reasons[0] if reasons else None)


async def _ask_candidates(document: Document, loaded: Loaded) -> list[Reason]:
    """Ask one after another; why some could not be asked."""
    evaluating = _evaluating(document.run)
    async with document.night.pool.connection() as conn:
        asked = await evaluations.asked(conn, EvaluationId(evaluating.evaluation_id))
    reasons = []
    for step, name in enumerate(document.route.chain):
        offer = document.run.offer(document.job.name, name)
        if offer is None or not document.night.circuits.allow(offer.model.endpoint.name):
            reasons.append(Reason.ENDPOINT_DOWN)
        elif (document.document_id, offer.model.name) not in asked:
            said = await _ask_candidate(document, loaded, offer, step)
            if isinstance(said, Reason):
                reasons.append(said)
            else:
                await _keep_scores(document, evaluating, offer, said)
    return reasons


def _evaluating(run: RunContext) -> Evaluating:
    if run.evaluating is None:
        raise SettingsError(f"run {run.run_id} has no golden set in this process; start the flow, not a single task")
    return run.evaluating


async def _ask_candidate(document: Document, loaded: Loaded, offer: Offer, step: int) -> _Said | Reason:
    """What it said, or why it could not be asked: money, time, the gate, a vendor that does not answer."""
    try:
        cleared = await clear_for(document, loaded, offer)
        if isinstance(cleared, Reason):
            return cleared
        ask = _ask(document, cleared, offer, step)
        reply = await _until_ended(document, ask)
        return reply if isinstance(reply, Reason) else await _said(document, loaded, ask, reply)
    except BudgetExhausted:
        return Reason.BUDGET
    except EgressRefused as refusal:  # its message holds ids and the zone, no text
        LOGGER.warning("document %s is not sent to %s: %s", document.document_id, offer.name, refusal)
        return Reason.EGRESS_REFUSED


def _ask(document: Document, cleared: Cleared, offer: Offer, step: int) -> Ask:
    question = document.job.use_case.question().bounded(full_bound(document.job.use_case.facts.value, offer))
    return Ask(offer, question, cleared.text, Purpose.EVALUATE, step, document.route.decision_id)


async def _said(document: Document, loaded: Loaded, ask: Ask, reply: Reply) -> _Said | Reason:
    """A vendor's failure says nothing of its model; an answer that does not fit or was refused is the model's own."""
    if reply.outcome not in _MEASURED:
        return _REASON_AFTER.get(reply.outcome, Reason.FAILED)
    if reply.answer is None:
        return _Said(reply.outcome, None, {})
    answer, _ = restore_answer(reply.answer, ask.text.restore)
    compared = await consistency.signal(document, ask, reply.answer)
    grounded = await _grounded(document, loaded, answer)
    return _Said(reply.outcome, answer, {**reply.signals, **compared, **grounded})


async def _until_ended(document: Document, ask: Ask) -> Reply | Reason:
    """The last reply. Transient failures are asked again, an invalid answer is repaired once."""
    attempt_no = 0
    while True:
        if datetime.now(UTC) >= document.run.deadline_at:
            return Reason.DEADLINE
        reply = await sending.send(document, ask)
        attempt_no += 1
        if attempt_no == TRIES_PER_OFFER:
            return reply
        if reply.outcome is Outcome.INVALID and ask.purpose is Purpose.EVALUATE:
            question = ask.question.repairing(reply.raw_text, reply.detail)
            ask = replace(ask, question=question, purpose=Purpose.REPAIR)
        elif reply.outcome is Outcome.TRANSIENT:
            await sending.pause(document, delay_s(attempt_no - 1, reply.retry_after_s, seed=document.lease_seed))
        else:
            return reply


async def _grounded(document: Document, loaded: Loaded, answer: AnswerFields) -> dict[str, float]:
    """The share of the answer's own words that the document has, read in a worker process: numbers come back."""
    texts = document.job.use_case.free_text(answer)
    share = await worked_on(document.night.workers, grounding_of_bytes, loaded, texts) if texts else None
    return {"grounded": share} if isinstance(share, float) else {}


async def _keep_scores(document: Document, evaluating: Evaluating, offer: Offer, said: _Said) -> None:
    """One row per golden item that the document is; the answer ends here."""
    async with document.night.pool.connection() as conn:
        for item in evaluating.items[document.document_id]:
            scores = no_scores(item.expected) if said.answer is None else field_scores(item.expected, said.answer)
            scored = ScoredAnswer(
                item=item.id,
                model=offer.model.name,
                offer=offer.name,
                document_id=document.document_id,
                outcome=said.outcome,
                fields=scores,
                features=evaluating.features[document.document_id],
                signals=said.signals,
            )
            await evaluations.save_answer(conn, EvaluationId(evaluating.evaluation_id), scored)
