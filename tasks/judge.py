"""The on-premises judge: before anything leaves, a model of our own machines may raise what rules did not see.

What it says is kept with the settlement that pays for it, so that a killed night asks no document twice. A document
that it could not judge counts as doubt in this run, and is judged again in the next one.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from prefect import runtime, task
from prefect.cache_policies import NO_CACHE

from tasks import resources, sending
from tasks.answering import LEASE_SECONDS, clear_for
from tasks.bounded import each
from tasks.document import Document
from tasks.document_worker import TOKENIZER, Cleared
from tasks.judged import to_be_judged
from tasks.loading import load_registered
from tasks.plan_run import assessment, clearance_of
from tasks.resources import Resources
from tasks.run_context import Judging, Planned, RunContext
from tasks.sending import Ask
from yakin.domain.asking import AnswerFields, Outcome, Purpose
from yakin.domain.documents import DocumentId, Reason
from yakin.domain.judging import verdict_of
from yakin.domain.money import worst_case_jpy
from yakin.domain.planning import Assignment, Plan, PlanItem, Quote, QuoteRoute
from yakin.domain.policy import Clearance
from yakin.domain.pricing import Usage
from yakin.domain.routing import Offer, why_not
from yakin.domain.zones import Zone
from yakin.errors import BudgetExhausted, EgressRefused, LeaseLost, SourceChanged, StoreError
from yakin.llm.backoff import delay_s
from yakin.llm.tokens import prompt_overhead, prompt_overhead_bound
from yakin.store import decisions, night_work, work
from yakin.store.judgements import NewJudgement
from yakin.store.night_work import PendingDocument
from yakin.use_cases.judge.question import EXPECTED_OUTPUT_TOKENS

LOGGER = logging.getLogger("yakin.judge")
SLICE_DOCUMENTS = 100
AT_ONCE = 8  # documents with their text in memory; the endpoint's limit is what is asked
TRIES = 3
CONTEXT_MARGIN = 1.2  # as the planner's
_AGAIN = frozenset({Outcome.TRANSIENT, Outcome.INVALID})


async def to_judge(run_id: str) -> list[list[DocumentId]]:
    """The run's pending documents that wait for the judge, in slices; none while it is off."""
    night = resources.current()
    run = night.running(run_id)
    if run.judging is None:
        return []
    ids = [document.document_id for document in await _waiting(night, run, run.judging)]
    return [ids[start : start + SLICE_DOCUMENTS] for start in range(0, len(ids), SLICE_DOCUMENTS)]


def _name() -> str:
    return f"judge-n{len(runtime.task_run.parameters['document_ids'])}"


@task(name="judge", task_run_name=_name, tags={"zone:on_prem"}, cache_policy=NO_CACHE, persist_result=False)
async def judge(run_id: str, document_ids: Sequence[DocumentId]) -> int:
    """Each document judged on our own machines, or noted as not judged; how many were judged."""
    night = resources.current()
    run = night.running(run_id)
    judging = run.judging
    if judging is None:
        return 0
    mine = [each for each in await _waiting(night, run, judging) if each.document_id in set(document_ids)]
    askable = await _decide(night, run, judging, mine)

    async def step(document: PendingDocument) -> bool:
        return await _judge_one(night, run, judging, document)

    judged = sum(await each(step, askable, at_most=AT_ONCE))
    judging.failed.update({document.document_id for document in mine} - {each.document_id for each in askable})
    LOGGER.info("judged %d of %d documents; the others count as %s", judged, len(mine), judging.rule.when_it_fails)
    return judged


async def _waiting(night: Resources, run: RunContext, judging: Judging) -> list[PendingDocument]:
    async with night.pool.connection() as conn:
        pending = await night_work.pending_documents(conn, run.run_id, night.versions)
    return await to_be_judged(night, run, judging, pending, assessment)


def _clearance(night: Resources, run: RunContext, document: PendingDocument) -> Clearance:
    """Where it may go to be judged: to our own machines, on the policy's conditions, and nowhere else."""
    clearance = clearance_of(night, run.jobs[document.use_case], document)
    own = tuple(rule for rule in clearance.rules if rule.zone is Zone.ON_PREM)
    return replace(clearance, rules=own, reason="judge: on_prem only, before anything else is decided")


async def _decide(
    night: Resources, run: RunContext, judging: Judging, waiting: Sequence[PendingDocument]
) -> list[PendingDocument]:
    """Write the decision on each document that the judge may be asked about; a request cannot be sent without one."""
    offer = judging.offer
    if offer is None or not waiting:
        return []
    overhead = prompt_overhead(judging.question.question, TOKENIZER)
    askable, assignments = [], []
    for document in waiting:
        needed = int((document.input_tokens + overhead) * CONTEXT_MARGIN) + judging.question.question.max_output_tokens
        clearance = _clearance(night, run, document)
        if why_not(offer, clearance, needed_tokens=needed, healthy=True) is None:
            askable.append(document)
            assignments.append(_assignment(judging, offer, document, clearance))
    if askable:
        plan = Plan(tuple(assignments), _quote(offer, assignments))
        async with night.pool.connection() as conn:
            await decisions.save_plan(conn, run.run_id, plan, why="judge")
    return askable


def _assignment(judging: Judging, offer: Offer, document: PendingDocument, clearance: Clearance) -> Assignment:
    question = judging.question.question
    item = PlanItem(
        document.document_id,
        document.use_case,
        clearance,
        document.input_tokens + prompt_overhead(question, TOKENIZER),
        document.input_tokens_bound + prompt_overhead_bound(question),
    )
    worst_jpy = worst_case_jpy(
        offer, input_tokens_bound=item.input_tokens_bound, max_output_tokens=question.max_output_tokens
    )
    return Assignment(
        item=item,
        chain=(offer,),
        reason=f"judge: {clearance.level} by the rules; may raise its level by meaning",
        unanswered=None,
        expected_jpy=offer.cost_jpy(Usage(item.input_tokens, EXPECTED_OUTPUT_TOKENS)),
        worst_jpy=worst_jpy,
    )


def _quote(offer: Offer, assignments: Sequence[Assignment]) -> Quote:
    expected_jpy = sum((each.expected_jpy for each in assignments), start=assignments[0].expected_jpy * 0)
    worst_jpy = sum((each.worst_jpy for each in assignments), start=assignments[0].worst_jpy * 0)
    seconds = len(assignments) * offer.model.seconds_per_document / offer.model.endpoint.limits.concurrency
    return Quote(
        expected_jpy=expected_jpy,
        p95_jpy=worst_jpy,
        worst_jpy=worst_jpy,
        finish_at=datetime.now(UTC) + timedelta(seconds=seconds),
        zones={str(Zone.ON_PREM): len(assignments)},
        routes=(QuoteRoute(offer.name, str(offer.tier), len(assignments), expected_jpy, offer.quality),),
        lp_gap=None,
        infeasible=None,
    )


async def _judge_one(night: Resources, run: RunContext, judging: Judging, waiting: PendingDocument) -> bool:
    """Whether it was judged; whatever stands in the way leaves it pending and unjudged."""
    document = await _take(night, run, waiting)
    if document is None:
        return False
    try:
        outcome = await _ask_judge(document, judging)
        async with night.pool.connection() as conn:
            await work.back_to_pending(conn, document.lease)
    except LeaseLost:
        LOGGER.warning("document %s of run %s was taken over by another worker", waiting.document_id, run.run_id)
        return False
    if outcome is not None:
        LOGGER.warning("document %s of run %s is not judged: %s", waiting.document_id, run.run_id, outcome)
        judging.failed.add(waiting.document_id)
    return outcome is None


async def _take(night: Resources, run: RunContext, waiting: PendingDocument) -> Document | None:
    async with night.pool.connection() as conn:
        lease = await work.lease(conn, run.run_id, waiting.use_case, waiting.document_id, seconds=LEASE_SECONDS)
        if lease is None:
            return None
        route = await decisions.route(conn, run.run_id, waiting.use_case, waiting.document_id)
    planned = Planned(
        source=waiting.source,
        sha256=waiting.sha256,
        text_hash=waiting.text_hash or "",
        extractor_version=waiting.extractor_version,
        clearance=_clearance(night, run, waiting),
    )
    return Document(night, run, run.jobs[waiting.use_case], waiting.document_id, planned, lease, route)


async def _ask_judge(document: Document, judging: Judging) -> str | None:
    """None when the verdict is stored, else why there is none: reasons and ids, no text."""
    try:
        return await _read_and_ask(document, judging)
    except SourceChanged:
        return str(Reason.SOURCE_CHANGED)
    except BudgetExhausted:
        return str(Reason.BUDGET)
    except EgressRefused as refusal:  # its message holds ids and the zone, no text
        return str(refusal)
    except StoreError as refused:  # this document's rows; a database that is away is StoreUnavailable
        return str(refused)


async def _read_and_ask(document: Document, judging: Judging) -> str | None:
    offer = judging.offer
    if offer is None or not document.night.circuits.allow(offer.model.endpoint.name):
        return str(Reason.ENDPOINT_DOWN)
    loaded = await load_registered(document.planned.source, document.planned.sha256, document.night.s3)
    if isinstance(loaded, Reason):
        return str(loaded)
    cleared = await clear_for(document, loaded, offer)
    if isinstance(cleared, Reason):
        return str(cleared)
    return await _until_judged(document, judging, offer, cleared)


async def _until_judged(document: Document, judging: Judging, offer: Offer, cleared: Cleared) -> str | None:
    judgement = partial(_judgement, judging, document.planned.extractor_version)
    why = str(Reason.FAILED)
    for attempt_no in range(TRIES):
        if datetime.now(UTC) >= document.run.deadline_at:
            return str(Reason.DEADLINE)
        question = judging.question.question
        decision_id = document.route.decision_id
        reply = await sending.send(
            document, Ask(offer, question, cleared.text, Purpose.JUDGE, 0, decision_id, judgement=judgement)
        )
        if reply.outcome is Outcome.ANSWERED:
            return None
        why = str(reply.outcome)
        if reply.outcome not in _AGAIN:
            break
        if reply.outcome is Outcome.TRANSIENT:
            await sending.pause(document, delay_s(attempt_no, reply.retry_after_s, seed=document.lease_seed))
    return why


def _judgement(judging: Judging, extractor_version: str, answer: AnswerFields) -> NewJudgement:
    verdict = verdict_of(judging.question.category(answer), judging.rule.levels)
    return NewJudgement(judging.version, extractor_version, verdict)
