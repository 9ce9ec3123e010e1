"""Plan what is pending: level, clearance, offers, quote, slices. Every decision becomes a row."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import artifacts, replanning, resources
from tasks.document_worker import TOKENIZER
from tasks.health import unhealthy_endpoints
from tasks.judged import with_judgements
from tasks.replanning import Occasion
from tasks.resources import Resources
from tasks.rooms import rooms_of
from tasks.run_context import JobContext, Planned, RunContext
from tasks.slices import Slice, slices_of
from tasks.telemetry import shown
from yakin.domain.batches import ASKED_BEFORE
from yakin.domain.documents import Reason, WorkState
from yakin.domain.drift import Drift, Part
from yakin.domain.evidence import Assessment
from yakin.domain.planner import plan
from yakin.domain.planning import Assignment, Plan, PlanItem, PlanRequest, Quote
from yakin.domain.policy import Clearance, assess, clear
from yakin.llm.tokens import prompt_overhead, prompt_overhead_bound
from yakin.store import decisions, documents, forgetting, night_work, work
from yakin.store.night_work import PendingDocument

LOGGER = logging.getLogger("yakin.plan")
WAITS = frozenset({Reason.BUDGET, Reason.DEADLINE, Reason.ENDPOINT_DOWN})  # a later wave may do better
READ_AGAIN = frozenset({Reason.UNREADABLE, Reason.SOURCE_CHANGED, Reason.PARSE_TIMEOUT, Reason.PARSER_FAILED})


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A plan version and what to do next."""

    plan_version: int
    quote: Quote
    slices: tuple[Slice, ...]
    rehearsal: bool
    run_id: str


@task(name="plan-run", task_run_name="plan-wave-{wave}", cache_policy=NO_CACHE, persist_result=False)
async def plan_run(run_id: str, wave: int, room_jpy: Decimal | None = None, drift: Drift | None = None) -> PlannedRun:
    """Plan every pending document with what came back so far; those that cannot be asked end with their reason."""
    night = resources.current()
    run = night.running(run_id)
    async with night.pool.connection() as conn:
        await forgetting.end_forgotten(conn, run.run_id)
        pending = await night_work.pending_documents(conn, run.run_id, night.versions)
    pending = await with_judgements(night, run, pending, assessment)
    ready = await readable(night, run, pending)
    await replanning.learn(night, run)
    request = await _request(night, run, ready, room_jpy)
    # seconds for ten thousand documents; batches are collected beside it
    planned = _said(await asyncio.to_thread(plan, replanning.cautious(run, request)), run.notices)
    occasion = Occasion(wave, drift, after_approval=room_jpy is not None)
    change = await replanning.change_of(night, run, request, planned, occasion)
    why = occasion.why(change.trigger)
    async with night.pool.connection() as conn:
        version = await decisions.save_plan(conn, run.run_id, planned, why=why, change=change)
    await end_unasked(night, run, planned.assignments)
    slices = slices_of(planned, run.slice_documents)
    run.watch = replanning.watching(run, request, planned, version, _parts_of(run, slices))
    await shown(artifacts.show_plan(run_id, version, planned.quote, why, change))
    LOGGER.info("run %s plan %d: %d slices, expected ¥%s", run_id, version, len(slices), planned.quote.expected_jpy)
    return PlannedRun(version, planned.quote, slices, night.rehearsal, run_id)


def _said(planned: Plan, notices: Sequence[str]) -> Plan:
    """The plan with what people have to hear of the run before its other words."""
    return replace(planned, quote=replace(planned.quote, words=(*notices, *planned.quote.words)))


async def readable(night: Resources, run: RunContext, pending: Sequence[PendingDocument]) -> list[PendingDocument]:
    """Those with text; the others end here with the reason that classification stated."""
    unreadable = [document for document in pending if document.unreadable is not None]
    async with night.pool.connection() as conn:
        for document in unreadable:
            await work.finish_work(
                conn,
                run.run_id,
                document.use_case,
                document.document_id,
                WorkState.UNANSWERED,
                document.unreadable,
                lease=None,
            )
            if document.unreadable in READ_AGAIN:
                await documents.forget_classification(conn, document.document_id)
    return [document for document in pending if document.unreadable is None]


async def _request(
    night: Resources, run: RunContext, ready: Sequence[PendingDocument], room_jpy: Decimal | None
) -> PlanRequest:
    overheads = {name: overheads_of(job) for name, job in run.jobs.items()}
    items = []
    for document in ready:
        clearance = clearance_of(night, run.jobs[document.use_case], document)
        overhead, overhead_bound = overheads[document.use_case]
        remember(run, document, clearance, document.input_tokens + overhead)
        items.append(
            PlanItem(
                document.document_id,
                document.use_case,
                clearance,
                document.input_tokens + overhead,
                document.input_tokens_bound + overhead_bound,
                _no_batch(run, document),
                run.qualities(document.use_case, clearance.level, document.input_tokens, document.media_type),
            )
        )
    run_room_jpy, budgets = await rooms_of(night, run)
    async with night.pool.connection() as conn:
        asked_already = await night_work.asked_already(conn, run.run_id)
    return PlanRequest(
        items=items,
        offers=run.offers,
        use_cases={name: job.use_case.facts.value for name, job in run.jobs.items()},
        unhealthy_endpoints=await unhealthy_endpoints(night, run),
        room_jpy=run_room_jpy if room_jpy is None else min(run_room_jpy, room_jpy),
        now=datetime.now(UTC),
        deadline_at=run.deadline_at,
        output_bounds=run.output_bounds,
        budgets=budgets,
        cascades=run.cascades,
        observed=run.observed,
        vendor_shares=night.catalogue.vendor_shares,
        asked_already=asked_already,
    )


def _no_batch(run: RunContext, document: PendingDocument) -> str | None:
    if document.was_in_batch:
        return ASKED_BEFORE
    return run.no_batch.get((document.use_case, document.document_id))


def clearance_of(night: Resources, job: JobContext, document: PendingDocument) -> Clearance:
    """Where the document may go for this job."""
    return clear(
        night.policy,
        assessment(night, job, document),
        approved_zones=job.approved_zones,
        my_number_purpose=job.use_case.facts.my_number_purpose,
        flags=document.flags,
    )


def assessment(night: Resources, job: JobContext, document: PendingDocument) -> Assessment:
    """Level = the highest of baseline, evidence and floors; the baseline is the highest of the document's places."""
    floors = [job.use_case.facts.level_floor, *([job.level_floor] if job.level_floor else [])]
    return assess(
        night.policy, document.counts, baseline=document.baseline, floors=tuple(floors), review=document.review
    )


def overheads_of(job: JobContext) -> tuple[int, int]:
    """Tokens of the question beside the document: expected, and never less than what a vendor can bill."""
    question = job.use_case.question()
    return prompt_overhead(question, TOKENIZER), prompt_overhead_bound(question)


def remember(run: RunContext, document: PendingDocument, clearance: Clearance, input_tokens: int = 0) -> None:
    """What asking checks again, and the tokens that the plan counted."""
    run.planned[document.use_case, document.document_id] = Planned(
        source=document.source,
        sha256=document.sha256,
        text_hash=document.text_hash or "",
        extractor_version=document.extractor_version,
        clearance=clearance,
        input_tokens=input_tokens,
    )


async def end_unasked(night: Resources, run: RunContext, assignments: Sequence[Assignment]) -> None:
    """Documents that no wave can help end now; those short of money or time wait for the next wave."""
    async with night.pool.connection() as conn:
        for assignment in assignments:
            if assignment.unanswered is None:
                continue
            reason = Reason(assignment.unanswered)
            item = assignment.item
            run.reasons[item.use_case, item.document_id] = reason
            if reason not in WAITS:
                await work.finish_work(
                    conn, run.run_id, item.use_case, item.document_id, WorkState.UNANSWERED, reason, lease=None
                )


def _parts_of(run: RunContext, slices: Sequence[Slice]) -> Iterator[Part]:
    for each in slices:
        yield replanning.part_of(run, each)
