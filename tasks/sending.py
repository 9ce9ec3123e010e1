"""One attempt: wait for a slot, reserve, check the lease, ask, settle. The order is the promise."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tasks.bounded import to_the_end
from tasks.document import Document
from yakin.domain.asking import AnswerFields, Outcome, Purpose, Question, Reply
from yakin.domain.cleared_text import ClearedText
from yakin.domain.documents import AttemptId, DecisionId, RunPurpose
from yakin.domain.money import worst_case_jpy
from yakin.domain.routing import Offer
from yakin.domain.verification import Verdict
from yakin.errors import StoreError
from yakin.llm.tokens import bound_tokens, count_tokens, prompt_overhead_bound
from yakin.privacy.pseudonyms import restore_answer
from yakin.reading.sources import check_unchanged
from yakin.store import judgements, ledger, rate_limits
from yakin.store.judgements import NewJudgement
from yakin.store.lane import through_conflicts
from yakin.store.reserving import MustWait, NewAttempt, Reserved
from yakin.store.settling import Landing


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """What one attempt sends and why. Its repr shows no text."""

    offer: Offer
    question: Question
    text: ClearedText
    purpose: Purpose
    step: int
    decision_id: DecisionId
    judgement: Callable[[AnswerFields], NewJudgement] | None = None  # of a judge: what its answer says
    verify: Callable[[Mapping[str, float]], Verdict] | None = None  # of a cascade's first: whether its answer lands
    held: bool = False  # of a cascade's first: settled without landing, because it is compared with others before
    ask_no: int = 1  # more: asked again to compare; its answer never lands


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """An answer that is paid for and was not sure enough to land. It is nowhere but in this process's memory."""

    attempt_id: AttemptId
    landing: Landing
    confidence: float | None  # the score to expect of it; None: it cannot be told


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a request ended, and its answer where that did not land."""

    reply: Reply
    kept: Kept | None = None


async def send(document: Document, ask: Ask) -> Reply:
    """One request, settled; BudgetExhausted, LeaseLost, SourceChanged and EgressRefused come before anything leaves."""
    return (await deliver(document, ask)).reply


async def deliver(document: Document, ask: Ask) -> Delivered:
    """The same, with the answer that `ask.verify` did not let land."""
    endpoint = ask.offer.model.endpoint
    async with document.night.limits[endpoint.name].slot():
        await _wait_for_rate(document, ask)
        attempt_id = await _reserve(document, ask)
        delivered = await _ask_and_settle(document, ask, attempt_id)
    document.night.circuits.record(endpoint.name, delivered.reply.outcome)
    return delivered


async def pause(document: Document, seconds: float) -> None:
    """Wait before another try, never beyond the deadline."""
    left = (document.run.deadline_at - datetime.now(UTC)).total_seconds()
    await asyncio.sleep(max(0.0, min(seconds, left)))


async def _wait_for_rate(document: Document, ask: Ask) -> None:
    """Requests and tokens per minute are shared by all workers through Postgres."""
    limits = ask.offer.model.endpoint.limits
    if limits.requests_per_minute is None and limits.tokens_per_minute is None:
        return
    tokens = count_tokens(ask.text.text, ask.offer.model.tokenizer) + ask.question.max_output_tokens
    async with document.night.pool.connection() as conn:
        seconds = await rate_limits.take(
            conn,
            ask.offer.model.endpoint.name,
            requests_per_minute=limits.requests_per_minute,
            tokens_per_minute=limits.tokens_per_minute,
            tokens=tokens,
        )
    await pause(document, seconds)


async def _reserve(document: Document, ask: Ask) -> AttemptId:
    """Hold the worst case in every budget; wait while money is in flight, refuse when it cannot fit."""
    attempt_id = AttemptId(str(uuid.uuid4()))
    new = await _new_attempt(document, ask, attempt_id)
    await document.night.teller.reserve(new, until=document.run.deadline_at)
    return attempt_id


async def reserve_now(document: Document, ask: Ask, attempt_id: AttemptId) -> Reserved | MustWait:
    """One try to hold the worst case; raises BudgetExhausted and LeaseLost."""
    return await document.night.teller.try_reserve(await _new_attempt(document, ask, attempt_id))


async def _new_attempt(document: Document, ask: Ask, attempt_id: AttemptId) -> NewAttempt:
    run, job = document.run, document.job
    caps = await document.night.teller.budgets_for(
        run.run_id, job.name, job.department, ask.offer.model.endpoint.operator, job=job.number
    )
    output_tokens = min(ask.question.max_output_tokens, ask.offer.model.max_output_tokens)
    worst_jpy = worst_case_jpy(
        ask.offer,
        input_tokens_bound=bound_tokens(ask.text.text) + prompt_overhead_bound(ask.question),
        max_output_tokens=output_tokens,
    )
    return NewAttempt(
        attempt_id=attempt_id,
        decision_id=ask.decision_id,
        run_id=document.run.run_id,
        offer=ask.offer.name,
        document_id=document.document_id,
        use_case=document.job.name,
        step=ask.step,
        purpose=ask.purpose,
        worst_jpy=worst_jpy,
        budget_ids=caps.budget_ids,
        lease=document.lease,
        masked=ask.text.masked,
        basis=ask.text.clearance.basis_for(ask.offer.zone),
        output_bound_tokens=output_tokens,
        ask_no=ask.ask_no,
        newest_cap=caps.newest_cap,
    )


async def _ask_and_settle(document: Document, ask: Ask, attempt_id: AttemptId) -> Delivered:
    sent = _Sent()
    try:
        # it was read before this call waited for its turn, and a turn can take minutes
        await asyncio.to_thread(check_unchanged, document.planned.source)
        await document.night.teller.mark_sent(attempt_id)  # fencing at send: a lost lease raises here
        reply = await document.night.asker.ask(ask.offer, ask.question, ask.text, on_sent=sent.mark)
    except (
        BaseException
    ):  # cancelled, lease lost, source changed or refused by the gate: nothing may stay reserved for nothing
        await to_the_end(_abandon(document, attempt_id, sent=sent.happened))
        raise
    return await to_the_end(_settle(document, ask, attempt_id, reply))


class _Sent:
    """Whether request bytes have left; after that a cancelled attempt is unknown, never free."""

    def __init__(self) -> None:
        self.happened = False

    def mark(self) -> None:
        self.happened = True


async def _abandon(document: Document, attempt_id: AttemptId, *, sent: bool) -> None:
    teller = document.night.teller
    if sent:
        await teller.settle(attempt_id, Reply(Outcome.UNKNOWN, detail="cancelled after sending"))
    else:
        await teller.release(attempt_id)


async def _settle(document: Document, ask: Ask, attempt_id: AttemptId, reply: Reply) -> Delivered:
    """Charge and release; an answer lands, and a judgement is kept, in the same transaction."""
    landing, judgement = _landing(document, ask, reply), _judgement(ask, reply)
    verdict = ask.verify(reply.signals) if ask.verify and landing else None
    doubted = verdict is not None and not verdict.accepted
    confidence = verdict.confidence if verdict else None
    kept = Kept(attempt_id, landing, confidence) if landing and (ask.held or doubted) else None
    try:
        if judgement is None:
            await document.night.teller.settle(attempt_id, reply, answer=None if kept else landing, verdict=verdict)
        else:
            await _settle_judged(document, attempt_id, reply, judgement)
    except StoreError:  # an answer that Postgres refuses has been paid for all the same
        await document.night.teller.settle(attempt_id, reply)
        raise
    return Delivered(reply, kept)


async def _settle_judged(document: Document, attempt_id: AttemptId, reply: Reply, judgement: NewJudgement) -> None:
    async def transaction() -> None:
        async with document.night.pool.connection() as conn:
            await ledger.settle(conn, attempt_id, reply)
            await judgements.save(conn, attempt_id, judgement)

    await through_conflicts(transaction)


def _landing(document: Document, ask: Ask, reply: Reply) -> Landing | None:
    """The answer as it lands. What a judge, a candidate or a further ask says is no answer of a use case."""
    no_answer = ask.purpose is Purpose.JUDGE or document.run.purpose is RunPurpose.EVALUATION
    if no_answer or ask.ask_no > 1 or reply.outcome is not Outcome.ANSWERED or reply.answer is None:
        return None
    fields, complete = restore_answer(reply.answer, ask.text.restore)
    return Landing(document.lease, fields, document.planned.clearance.level, complete)


def _judgement(ask: Ask, reply: Reply) -> NewJudgement | None:
    if ask.judgement is None or reply.outcome is not Outcome.ANSWERED or reply.answer is None:
        return None
    return ask.judgement(reply.answer)
