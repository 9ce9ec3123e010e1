"""The on-premises judge: before anything leaves, a model of our own machines may raise what rules did not see.

What it says is kept with the settlement that pays for it, so that a killed night asks no document twice. A document
that it could not judge counts as doubt in this run, and is judged again in the next one.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from prefect import runtime, task
from prefect.cache_policies import NO_CACHE

from tasks import resources, sending
from tasks.answering import LEASE_SECONDS, clear_for
from tasks.bounded import each
from tasks.document import Document
from tasks.judge_plan import judge_plan, parts_of
from tasks.judged import to_be_judged
from tasks.loading import load_registered
from tasks.plan_run import assessment, clearance_of
from tasks.resources import Resources
from tasks.run_context import Judging, Planned, RunContext
from tasks.sending import Ask
from yakin.domain.asking import AnswerFields, Outcome, Purpose
from yakin.domain.cleared_text import ClearedText
from yakin.domain.documents import DocumentId, Reason
from yakin.domain.drift import Trigger
from yakin.domain.judging import verdict_of
from yakin.domain.outlook import PlanChange
from yakin.domain.policy import Clearance
from yakin.domain.routing import Offer, why_not
from yakin.domain.zones import Zone
from yakin.errors import BudgetExhausted, EgressRefused, LeaseLost, SourceChanged, StoreError
from yakin.llm.backoff import delay_s
from yakin.privacy.clearing import in_pieces
from yakin.store import decisions, judgements, night_work, work
from yakin.store.judgements import NewJudgement
from yakin.store.night_work import PendingDocument

LOGGER = logging.getLogger("yakin.judge")
SLICE_DOCUMENTS = 100
AT_ONCE = 8  # documents with their text in memory; the endpoint's limit is what is asked
TRIES = 3
_AGAIN = frozenset({Outcome.TRANSIENT, Outcome.INVALID})
_MAY_PASS = frozenset({str(Outcome.TRANSIENT), str(Outcome.ENDPOINT_DOWN)})  # unbilled; the next wave asks again


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
    offer = judging.offer
    askable = [] if offer is None else await _decide(night, run, judging, offer, mine)

    async def step(asked: "_Asked") -> bool:
        return await _judge_one(night, run, asked)

    judged = sum(await each(step, askable, at_most=AT_ONCE))
    judging.failed.update({each.document_id for each in mine} - {each.waiting.document_id for each in askable})
    LOGGER.info("judged %d of %d documents; the others count as %s", judged, len(mine), judging.rule.when_it_fails)
    return judged


@dataclass(frozen=True, slots=True)
class _Asked:
    """A document that the judge is asked about, and where it may go for that: our own machines only."""

    judging: Judging
    offer: Offer
    waiting: PendingDocument
    clearance: Clearance


async def _waiting(night: Resources, run: RunContext, judging: Judging) -> list[PendingDocument]:
    async with night.pool.connection() as conn:
        pending = await night_work.pending_documents(conn, run.run_id, night.versions)
    return await to_be_judged(night, run, judging, pending, assessment)


async def _decide(
    night: Resources, run: RunContext, judging: Judging, offer: Offer, waiting: Sequence[PendingDocument]
) -> list[_Asked]:
    """Write a decision for each document that may be asked about; nothing can be sent without one."""
    askable = []
    for document in waiting:
        clearance = clearance_of(night, run.jobs[document.use_case], document)
        own = tuple(rule for rule in clearance.rules if rule.zone is Zone.ON_PREM)
        clearance = replace(clearance, rules=own, reason="judge: on_prem only, before anything else is decided")
        fits = parts_of(judging, offer, document.input_tokens) > 0
        if fits and why_not(offer, clearance, needed_tokens=0, healthy=True) is None:
            askable.append(_Asked(judging, offer, document, clearance))
    if askable:
        plan = judge_plan(judging, offer, [(each.waiting, each.clearance) for each in askable])
        async with night.pool.connection() as conn:
            await decisions.save_plan(conn, run.run_id, plan, why="judge", change=PlanChange(Trigger.JUDGE))
    return askable


async def _judge_one(night: Resources, run: RunContext, asked: _Asked) -> bool:
    """Whether it was judged; whatever stands in the way leaves it pending and unjudged."""
    document = await _take(night, run, asked)
    if document is None:
        return False
    try:
        problem = await _problem(document, asked)
        async with night.pool.connection() as conn:
            await work.back_to_pending(conn, document.lease)
    except LeaseLost:
        LOGGER.warning("document %s of run %s was taken over by another worker", document.document_id, run.run_id)
        return False
    if problem is not None:
        LOGGER.warning("document %s of run %s is not judged: %s", document.document_id, run.run_id, problem)
        if problem not in _MAY_PASS:
            asked.judging.failed.add(document.document_id)
    return problem is None


async def _take(night: Resources, run: RunContext, asked: _Asked) -> Document | None:
    waiting = asked.waiting
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
        clearance=asked.clearance,
    )
    return Document(night, run, run.jobs[waiting.use_case], waiting.document_id, planned, lease, route)


async def _problem(document: Document, asked: _Asked) -> str | None:
    """None when the verdict is stored, else why there is none: reasons and ids, no text."""
    try:
        return await _read_and_ask(document, asked)
    except SourceChanged:
        return str(Reason.SOURCE_CHANGED)
    except BudgetExhausted:
        return str(Reason.BUDGET)
    except EgressRefused as refusal:  # its message holds ids and the zone, no text
        return str(refusal)
    except StoreError as refused:  # this document's rows; a database that is away is StoreUnavailable
        return str(refused)


async def _read_and_ask(document: Document, asked: _Asked) -> str | None:
    if not document.night.circuits.allow(asked.offer.model.endpoint.name):
        return str(Reason.ENDPOINT_DOWN)
    loaded = await load_registered(document.planned.source, document.planned.sha256, document.night.s3)
    if isinstance(loaded, Reason):
        return str(loaded)
    cleared = await clear_for(document, loaded, asked.offer)
    if isinstance(cleared, Reason):
        return str(cleared)
    return await _each_part(document, asked, cleared.text)


async def _each_part(document: Document, asked: _Asked, text: ClearedText) -> str | None:
    """Every piece that was not judged before; the first that cannot be judged ends it."""
    parts = parts_of(asked.judging, asked.offer, asked.waiting.input_tokens)
    async with document.night.pool.connection() as conn:
        done = await judgements.judged_parts(
            conn,
            document.document_id,
            parts,
            rehearsal=document.run.rehearsal,
            judge_version=asked.judging.version,
            extractor_version=document.planned.extractor_version,
        )
    for part, piece in enumerate(in_pieces(text, parts), start=1):
        if part not in done and (problem := await _until_judged(document, _ask(document, asked, piece, part, parts))):
            return problem
    return None


def _ask(document: Document, asked: _Asked, piece: ClearedText, part: int, parts: int) -> Ask:
    judging = asked.judging

    def judgement(answer: AnswerFields) -> NewJudgement:
        verdict = verdict_of(judging.question.category(answer), judging.rule.levels)
        return NewJudgement(judging.version, document.planned.extractor_version, part, parts, verdict)

    question = judging.question.question
    return Ask(asked.offer, question, piece, Purpose.JUDGE, 0, document.route.decision_id, judgement=judgement)


async def _until_judged(document: Document, ask: Ask) -> str | None:
    """None when the verdict is stored; what is transient or not in the form is asked again."""
    problem = str(Reason.FAILED)
    for attempt_no in range(TRIES):
        if datetime.now(UTC) >= document.run.deadline_at:
            return str(Reason.DEADLINE)
        reply = await sending.send(document, ask)
        if reply.outcome is Outcome.ANSWERED:
            return None
        problem = str(reply.outcome)
        if reply.outcome not in _AGAIN:
            break
        if reply.outcome is Outcome.TRANSIENT:
            await sending.pause(document, delay_s(attempt_no, reply.retry_after_s, seed=document.lease_seed))
    return problem
