"""What is left of a night under a plan: the new one, and the one before as it would have gone on at the costs seen."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from yakin.domain.documents import DocumentId
from yakin.domain.drift import Trigger
from yakin.domain.options import value_jpy
from yakin.domain.planning import Assignment, Considered, Observed, Plan, PlanRequest
from yakin.domain.pricing import Tier
from yakin.domain.routing import Offer


@dataclass(frozen=True, slots=True)
class Outlook:
    """The documents that are left under one plan. Yen and moments as that plan would end."""

    documents: int
    room_jpy: Decimal
    planned_jpy: Decimal  # as that plan expected when it was made
    expected_jpy: Decimal  # at the costs seen since
    quality: float | None  # mean over the documents that are asked
    value_jpy: float  # of their answers after review and errors
    unanswered: int
    finish_at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """What the plan before decided on a document: its option, the offers asked for it, and its expected cost."""

    option: str
    chain: tuple[str, ...]
    expected_jpy: Decimal


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What made a plan, and what it changes; nothing before the first one."""

    trigger: Trigger
    before: Outlook | None = None
    after: Outlook | None = None


def of_plan(plan: Plan, request: PlanRequest) -> Outlook:
    """The new plan."""
    asked = [each for each in plan.assignments if each.chain]
    qualities = [each.chain[0].quality if each.quality is None else each.quality for each in asked]
    return Outlook(
        documents=len(plan.assignments),
        room_jpy=request.room_jpy,
        planned_jpy=plan.quote.expected_jpy,
        expected_jpy=plan.quote.expected_jpy,
        quality=_mean(qualities),
        value_jpy=sum(_worth(request, each, quality) for each, quality in zip(asked, qualities, strict=True)),
        unanswered=len(plan.assignments) - len(asked),
        finish_at=plan.quote.finish_at,
    )


def carried_on(decided: Mapping[tuple[str, DocumentId], Decided], plan: Plan, request: PlanRequest) -> Outlook | None:
    """The plan before over the same documents, priced as the new one prices its alternatives; None if there was none.

    Its money ends somewhere on the way: the share of the documents that it does not reach counts as unanswered, and
    quality and value are those of the others. An option that is no longer allowed is not asked.
    """
    asked_of = [(each, decided.get((each.item.use_case, each.item.document_id))) for each in plan.assignments]
    left = [(each, before) for each, before in asked_of if before is not None]
    if not left:
        return None
    still = [(each, before, now) for each, before in left if (now := _now(each, before)) is not None]
    needed = sum((now.expected_jpy or Decimal(0) for _, _, now in still), Decimal(0))
    reached = min(1.0, float(max(request.room_jpy, Decimal(0)) / needed)) if needed > 0 else 1.0
    return Outlook(
        documents=len(left),
        room_jpy=request.room_jpy,
        planned_jpy=sum((before.expected_jpy for _, before in left), Decimal(0)),
        expected_jpy=needed,
        quality=_mean([now.quality or 0.0 for _, _, now in still]),
        value_jpy=reached * sum(_worth(request, each, now.quality or 0.0) for each, _, now in still),
        unanswered=len(left) - int(reached * len(still)),
        finish_at=_finish_at(((each.item.use_case, before) for each, before, _ in still), request, reached),
    )


def _now(assignment: Assignment, before: Decided) -> Considered | None:
    """How the new plan sees the option that was decided before; None when it may not be asked any more."""
    found = (each for each in assignment.alternatives if each.offer == before.option and each.why_not is None)
    return next(found, None)


def _worth(request: PlanRequest, assignment: Assignment, quality: float) -> float:
    return value_jpy(request.use_cases[assignment.item.use_case], quality)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _finish_at(still: Iterable[tuple[str, Decided]], request: PlanRequest, reached: float) -> datetime:
    """When the slowest endpoint has done that share of what it would be asked first."""
    offers = {use_case: {each.name: each for each in chosen} for use_case, chosen in request.offers.items()}
    work_s: defaultdict[str, float] = defaultdict(float)
    for use_case, before in still:
        offer = offers[use_case].get(before.chain[0])
        if offer is not None and offer.tier is Tier.REALTIME:
            work_s[offer.model.endpoint.name] += reached * _seconds(use_case, offer, request)
    return request.now + timedelta(seconds=max(work_s.values(), default=0.0))


def _seconds(use_case: str, offer: Offer, request: PlanRequest) -> float:
    tonight = request.observed.get((use_case, offer.model.name), Observed())
    return offer.model.seconds_per_document * tonight.seconds / offer.model.endpoint.limits.concurrency
