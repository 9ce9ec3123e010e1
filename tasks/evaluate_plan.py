"""Which candidates each golden item may be asked of: one decision per document, all of its candidates in the chain."""

import itertools
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import resources
from tasks.health import unhealthy_endpoints
from tasks.judged import with_judgements
from tasks.plan_run import assessment, clearance_of, end_unasked, overheads_of, readable, remember
from tasks.resources import Resources
from tasks.run_context import JobContext, RunContext
from yakin.domain.document_features import features_of
from yakin.domain.documents import DocumentId, Reason
from yakin.domain.money import worst_case_jpy
from yakin.domain.options import CONTEXT_MARGIN
from yakin.domain.output_bounds import full_bound
from yakin.domain.planning import Assignment, Considered, Plan, PlanItem, Quote, QuoteRoute
from yakin.domain.pricing import Usage
from yakin.domain.routing import NOT_HEALTHY, Offer, why_not
from yakin.store import decisions, forgetting, night_work
from yakin.store.night_work import PendingDocument

LOGGER = logging.getLogger("yakin.evaluate")
OPTION = "evaluate"
SLICES_WANTED = 8  # so that people see something move


class EvaluationAssignment(Assignment):
    """Every offer of its chain is asked, not the first that answers."""

    __slots__ = ()

    @property
    def option(self) -> str:
        """The name of the route in decisions and in the UI."""
        return OPTION if self.chain else "none"


@dataclass(frozen=True, slots=True)
class GoldenSlice:
    """Golden documents of one task run."""

    number: int
    document_ids: tuple[DocumentId, ...]

    @property
    def name(self) -> str:
        """What the graph in the UI shows."""
        return f"{OPTION}-s{self.number:03d}-n{len(self.document_ids)}"


@dataclass(frozen=True, slots=True)
class PlannedEvaluation:
    """What it is expected to cost, and what to ask."""

    quote: Quote
    slices: tuple[GoldenSlice, ...]


@task(name="plan-evaluation", task_run_name="plan-evaluation", cache_policy=NO_CACHE, persist_result=False)
async def plan_evaluation(run_id: str) -> PlannedEvaluation:
    """One decision per pending golden document; those that no candidate may see end with their reason."""
    night = resources.current()
    run = night.running(run_id)
    async with night.pool.connection() as conn:
        await forgetting.end_forgotten(conn, run.run_id)
        pending = await night_work.pending_documents(conn, run.run_id, night.versions)
    ready = await readable(night, run, await with_judgements(night, run, pending, assessment))
    unhealthy = await unhealthy_endpoints(night, run)
    assignments = [_assignment(night, run, document, unhealthy) for document in ready]
    _note_unasked(run, assignments)
    planned = Plan(tuple(assignments), _quote(run, assignments))
    async with night.pool.connection() as conn:
        await decisions.save_plan(conn, run.run_id, planned, why="evaluation")
    await end_unasked(night, run, assignments)
    slices = _slices([each.item.document_id for each in assignments if each.chain])
    LOGGER.info("run %s: %d documents to ask, expected ¥%s", run_id, len(assignments), planned.quote.expected_jpy)
    return PlannedEvaluation(planned.quote, slices)


def _assignment(
    night: Resources, run: RunContext, document: PendingDocument, unhealthy: frozenset[str]
) -> EvaluationAssignment:
    job = run.jobs[document.use_case]
    clearance = clearance_of(night, job, document)
    remember(run, document, clearance)
    overhead, overhead_bound = overheads_of(job)
    item = PlanItem(
        document.document_id,
        document.use_case,
        clearance,
        document.input_tokens + overhead,
        document.input_tokens_bound + overhead_bound,
    )
    seen = [_considered(job, item, offer, unhealthy) for offer in run.offers[job.name]]
    pairs = [(offer, each) for offer, each in zip(run.offers[job.name], seen, strict=True) if each.why_not is None]
    chain = tuple(offer for offer, _ in sorted(pairs, key=lambda pair: (pair[1].expected_jpy, pair[0].name)))
    if run.evaluating is not None:
        run.evaluating.features[document.document_id] = features_of(
            clearance.level, document.input_tokens, document.media_type
        )
    return EvaluationAssignment(
        item=item,
        chain=chain,
        reason="golden item: every candidate that may see it is asked" if chain else clearance.reason,
        unanswered=None if chain else _why_none(item, seen),
        alternatives=tuple(seen),
        expected_jpy=sum((_expected_jpy(job, item, offer) for offer in chain), Decimal(0)),
        worst_jpy=sum((_worst_jpy(job, item, offer) for offer in chain), Decimal(0)),
    )


def _considered(job: JobContext, item: PlanItem, offer: Offer, unhealthy: frozenset[str]) -> Considered:
    needed = int(item.input_tokens * CONTEXT_MARGIN) + job.use_case.facts.value.max_output_tokens
    healthy = offer.model.endpoint.name not in unhealthy
    return Considered(
        offer=offer.name,
        zone=str(offer.zone),
        expected_jpy=_expected_jpy(job, item, offer),
        quality=offer.quality,
        why_not=why_not(offer, item.clearance, needed_tokens=needed, healthy=healthy),
    )


def _expected_jpy(job: JobContext, item: PlanItem, offer: Offer) -> Decimal:
    value = job.use_case.facts.value
    return offer.cost_jpy(Usage(item.input_tokens, value.expected_output_tokens)) * value.verification_asks


def _worst_jpy(job: JobContext, item: PlanItem, offer: Offer) -> Decimal:
    value = job.use_case.facts.value
    worst = worst_case_jpy(
        offer, input_tokens_bound=item.input_tokens_bound, max_output_tokens=full_bound(value, offer)
    )
    return worst * value.verification_asks


def _why_none(item: PlanItem, seen: Sequence[Considered]) -> Reason:
    if item.clearance.quarantined:
        return Reason.QUARANTINE
    return Reason.ENDPOINT_DOWN if any(each.why_not == NOT_HEALTHY for each in seen) else Reason.NO_OFFER


def _note_unasked(run: RunContext, assignments: Sequence[Assignment]) -> None:
    """Models that are in no chain, with the first reason that stood against them."""
    chosen = {offer.name for each in assignments for offer in each.chain}
    if run.evaluating is None:
        return
    for each in assignments:
        for seen in each.alternatives:
            if seen.offer not in chosen and seen.why_not:
                run.evaluating.not_asked.setdefault(seen.offer, seen.why_not)


def _quote(run: RunContext, assignments: Sequence[Assignment]) -> Quote:
    [job] = run.jobs.values()
    asks = job.use_case.facts.value.verification_asks
    offers = {offer.name: offer for each in assignments for offer in each.chain}
    routes = [_route(offer, assignments) for _, offer in sorted(offers.items())]
    zones: Counter[str] = Counter()
    for route in routes:
        zones[str(offers[route.offer].zone)] += route.documents
    worst = sum((each.worst_jpy for each in assignments), Decimal(0))
    return Quote(
        expected_jpy=sum((each.expected_jpy for each in assignments), Decimal(0)),
        p95_jpy=worst,
        worst_jpy=worst,
        finish_at=datetime.now(UTC)
        + timedelta(seconds=sum(_seconds(offers[r.offer], r.documents * asks) for r in routes)),
        zones=dict(zones),
        routes=tuple(routes),
        lp_gap=None,
        infeasible=None,
    )


def _route(offer: Offer, assignments: Sequence[Assignment]) -> QuoteRoute:
    asked = [
        seen.expected_jpy or Decimal(0)
        for each in assignments
        for seen in each.alternatives
        if seen.offer == offer.name and seen.why_not is None
    ]
    return QuoteRoute(offer.name, str(offer.tier), len(asked), sum(asked, Decimal(0)), offer.quality)


def _seconds(offer: Offer, requests: int) -> float:
    """Candidates are asked one after another of a document, and many documents at once."""
    return requests * offer.model.seconds_per_document / offer.model.endpoint.limits.concurrency


def _slices(document_ids: Sequence[DocumentId]) -> tuple[GoldenSlice, ...]:
    size = max(1, -(-len(document_ids) // SLICES_WANTED))
    numbers = itertools.count(1)
    return tuple(
        GoldenSlice(next(numbers), tuple(document_ids[start : start + size]))
        for start in range(0, len(document_ids), size)
    )
