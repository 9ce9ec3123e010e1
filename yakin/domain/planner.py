"""Choose an offer for every document: the most value that one budget buys inside every clearance.

The relaxed problem (a document may be split over offers) is solved exactly by taking the steps of
each document's efficient frontier in order of value per yen: Zemel (1980), Sinha & Zoltners (1979).
The whole-document plan differs from it by at most the one step that no longer fits, which gives the
bound that the quote shows.
"""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from yakin.domain.batches import ASKED_BEFORE, TOO_SLOW, has_time, usual_time
from yakin.domain.documents import Reason
from yakin.domain.money import worst_case_jpy
from yakin.domain.output_bounds import first_bound
from yakin.domain.planning import (
    Assignment,
    Considered,
    Plan,
    PlanItem,
    PlanRequest,
    Quote,
    QuoteRoute,
    UseCaseValue,
)
from yakin.domain.pricing import Tier, Usage
from yakin.domain.routing import NOT_HEALTHY, Offer, why_not

CHAIN_LENGTH = 4
CONTEXT_MARGIN = 1.2  # tokenizers differ; an overlong request is refused unbilled by the vendor
P95 = Decimal("1.645")  # one-sided normal quantile
SPREADS_TO_WORST = 3  # the worst case is taken to lie three standard deviations above the expectation


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer that a document may use, valued in yen."""

    offer: Offer
    expected_jpy: Decimal
    worst_jpy: Decimal
    value_jpy: Decimal


@dataclass(frozen=True, slots=True)
class _Step:
    """Going from one point of a document's frontier to the next."""

    efficiency: float
    position: int
    candidate: Candidate
    extra_jpy: Decimal
    extra_value_jpy: Decimal


@dataclass(slots=True)
class _Choice:
    """What is chosen so far, and what is left of money and time."""

    room_jpy: Decimal
    seconds_left: dict[str, float]
    chosen: dict[int, Candidate] = field(default_factory=dict)
    value_jpy: Decimal = Decimal(0)
    lp_value_jpy: Decimal = Decimal(0)
    lp_room_jpy: Decimal = Decimal(0)
    late: set[int] = field(default_factory=set)


def plan(request: PlanRequest) -> Plan:
    """Assign every item a chain inside its clearance, or a stated reason; never over the room in expectation."""
    considered = [_consider(item, request) for item in request.items]
    choice = _choose([allowed for allowed, _ in considered], request)
    assignments = tuple(
        _assignment(item, position, considered[position], choice) for position, item in enumerate(request.items)
    )
    return Plan(assignments, _quote(assignments, choice, request))


def _consider(item: PlanItem, request: PlanRequest) -> tuple[list[Candidate], tuple[Considered, ...]]:
    """The candidates of an item, and every offer as it was seen."""
    use_case = request.use_cases[item.use_case]
    allowed: list[Candidate] = []
    seen: list[Considered] = []
    for offer in request.offers[item.use_case]:
        candidate = _value(item, offer, use_case, first_bound(request.output_bounds, use_case, offer))
        reason = _reason_against(item, offer, use_case, request)
        seen.append(Considered(offer.name, offer.zone, candidate.expected_jpy, offer.quality, reason))
        if reason is None:
            allowed.append(candidate)
    return allowed, tuple(seen)


def _reason_against(item: PlanItem, offer: Offer, use_case: UseCaseValue, request: PlanRequest) -> str | None:
    healthy = offer.model.endpoint.name not in request.unhealthy_endpoints
    needed_tokens = int(item.input_tokens * CONTEXT_MARGIN) + use_case.max_output_tokens
    reason = why_not(offer, item.clearance, needed_tokens=needed_tokens, healthy=healthy)
    if reason is None and offer.quality < use_case.quality_floor:
        return f"quality {offer.quality:.2f} is below the floor {use_case.quality_floor:.2f}"
    if reason is None and offer.tier is Tier.BATCH:
        in_time = has_time(offer.model.endpoint.limits, request.now, request.deadline_at)
        return item.no_batch or (None if in_time else TOO_SLOW)
    return reason


def _value(item: PlanItem, offer: Offer, use_case: UseCaseValue, output_bound: int) -> Candidate:
    expected = offer.cost_jpy(Usage(item.input_tokens, min(use_case.expected_output_tokens, output_bound)))
    worst = worst_case_jpy(offer, input_tokens_bound=item.input_tokens_bound, max_output_tokens=output_bound)
    quality = Decimal(str(offer.quality))
    review = use_case.review_share * use_case.review_minutes * use_case.review_minute_jpy
    errors = (
        (1 - quality) * (1 - use_case.review_share) * use_case.escaped_error_jpy
    )  # a reviewed error does not escape
    return Candidate(offer, expected, worst, use_case.answer_value_jpy * quality - review - errors)


def _frontier(position: int, candidates: Sequence[Candidate]) -> list[_Step]:
    """The steps of the upper concave hull over (yen, value), starting from not asking at (0, 0)."""
    hull: list[tuple[Decimal, Decimal, Candidate | None]] = [(Decimal(0), Decimal(0), None)]
    for candidate in sorted(candidates, key=lambda each: (each.expected_jpy, -each.value_jpy)):
        if candidate.value_jpy <= hull[-1][1]:
            continue
        point = (candidate.expected_jpy, candidate.value_jpy, candidate)
        while len(hull) > 1 and _slope(hull[-2], point) >= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append(point)
    return [
        _Step(_slope(before, after), position, after[2], after[0] - before[0], after[1] - before[1])
        for before, after in itertools.pairwise(hull)
        if after[2] is not None
    ]


def _slope(start: tuple[Decimal, Decimal, Candidate | None], end: tuple[Decimal, Decimal, Candidate | None]) -> float:
    extra = end[0] - start[0]
    return math.inf if extra <= 0 else float((end[1] - start[1]) / extra)


def _choose(candidates: Sequence[Sequence[Candidate]], request: PlanRequest) -> _Choice:
    """Take steps in order of value per yen while money and time last."""
    choice = _Choice(request.room_jpy, _seconds(request), lp_room_jpy=request.room_jpy)
    steps = [step for position, allowed in enumerate(candidates) for step in _frontier(position, allowed)]
    steps.sort(key=lambda step: (-step.efficiency, step.position))
    for step in steps:
        _relax(step, choice)
        _take(step, choice)
    for position in sorted(choice.late - choice.chosen.keys()):
        _take_any(position, candidates[position], choice)
    return choice


def _take_any(position: int, candidates: Sequence[Candidate], choice: _Choice) -> None:
    """What the frontier leaves out may still have time: the most valuable that fits, for a document without any."""
    for candidate in sorted(candidates, key=lambda each: (-each.value_jpy, each.expected_jpy)):
        if candidate.value_jpy > 0 and position not in choice.chosen:
            _take(_Step(0.0, position, candidate, candidate.expected_jpy, candidate.value_jpy), choice)


def _relax(step: _Step, choice: _Choice) -> None:
    """The same step in the relaxed problem, where the last one may be taken in part."""
    if step.extra_jpy <= 0:
        choice.lp_value_jpy += step.extra_value_jpy
        return
    share = min(Decimal(1), choice.lp_room_jpy / step.extra_jpy)
    choice.lp_room_jpy -= share * step.extra_jpy
    choice.lp_value_jpy += share * step.extra_value_jpy


def _take(step: _Step, choice: _Choice) -> None:
    """The whole step, when money and the endpoint's time allow; a missed step may be jumped later."""
    before = choice.chosen.get(step.position)
    extra_jpy = step.candidate.expected_jpy - (before.expected_jpy if before else Decimal(0))
    if extra_jpy > choice.room_jpy:
        return
    endpoint = step.candidate.offer.model.endpoint.name
    seconds = _seconds_of(step.candidate.offer)
    if seconds > choice.seconds_left[endpoint]:
        choice.late.add(step.position)
        return
    if before:
        choice.seconds_left[before.offer.model.endpoint.name] += _seconds_of(before.offer)
    choice.seconds_left[endpoint] -= seconds
    choice.room_jpy -= extra_jpy
    choice.value_jpy += step.candidate.value_jpy - (before.value_jpy if before else Decimal(0))
    choice.chosen[step.position] = step.candidate


def _seconds_of(offer: Offer) -> float:
    """What a document takes of its endpoint's time. Batches are served beside it."""
    return 0.0 if offer.tier is Tier.BATCH else offer.model.seconds_per_document


def _seconds(request: PlanRequest) -> dict[str, float]:
    """Seconds of work that each endpoint can do before the deadline, over its concurrency."""
    window = math.inf if request.deadline_at is None else (request.deadline_at - request.now).total_seconds()
    every = itertools.chain.from_iterable(request.offers.values())
    endpoints = {offer.model.endpoint.name: offer.model.endpoint for offer in every}
    return {name: max(0.0, window) * endpoint.limits.concurrency for name, endpoint in endpoints.items()}


def _assignment(
    item: PlanItem, position: int, considered: tuple[list[Candidate], tuple[Considered, ...]], choice: _Choice
) -> Assignment:
    allowed, seen = considered
    chosen = choice.chosen.get(position)
    if chosen is None:
        unanswered, reason = _why_unasked(item, position, considered, choice)
        return Assignment(item, (), reason, unanswered, seen)
    at_once = (each for each in allowed if each is not chosen and each.offer.tier is Tier.REALTIME)
    others = sorted(at_once, key=lambda each: -each.value_jpy)
    chain = (chosen, *others)[:CHAIN_LENGTH]
    reason = (
        f"best value: quality {chosen.offer.quality:.2f} · ¥{chosen.expected_jpy:.4f} · {len(allowed)} offers allowed"
    )
    return Assignment(
        item,
        tuple(each.offer for each in chain),
        reason,
        None,
        seen,
        expected_jpy=chosen.expected_jpy,
        worst_jpy=chosen.worst_jpy,
    )


def _why_unasked(
    item: PlanItem, position: int, considered: tuple[list[Candidate], tuple[Considered, ...]], choice: _Choice
) -> tuple[Reason, str]:
    allowed, seen = considered
    if item.clearance.quarantined:
        return Reason.QUARANTINE, item.clearance.reason
    if not allowed:
        return _why_none_allowed(item, {each.why_not for each in seen})
    if position in choice.late:
        return Reason.DEADLINE, "no endpoint has time for it before the deadline"
    if all(each.value_jpy <= 0 for each in allowed):
        return Reason.NO_OFFER, "no answer is worth its errors and review: raise answer_value_jpy or the quality"
    cheapest = min(each.expected_jpy for each in allowed)
    return Reason.BUDGET, f"the cheapest allowed offer costs ¥{cheapest:.4f}, more than the budget leaves"


def _why_none_allowed(item: PlanItem, objections: set[str | None]) -> tuple[Reason, str]:
    if NOT_HEALTHY in objections:
        return Reason.ENDPOINT_DOWN, "the only allowed endpoints do not answer"
    if objections & {ASKED_BEFORE, TOO_SLOW}:
        return Reason.DEADLINE, "only a batch may answer it, and it does not come back in time"
    return Reason.NO_OFFER, f"no offer is allowed, healthy, priced and large enough; {item.clearance.reason}"


def _quote(assignments: Sequence[Assignment], choice: _Choice, request: PlanRequest) -> Quote:
    asked = [each for each in assignments if each.chain]
    expected = sum((each.expected_jpy for each in asked), Decimal(0))
    worst = sum((each.worst_jpy for each in asked), Decimal(0))
    variance = sum((((each.worst_jpy - each.expected_jpy) / SPREADS_TO_WORST) ** 2 for each in asked), Decimal(0))
    unmeasured = sum(not each.chain[0].quality_measured for each in asked)
    reasons = Counter(each.unanswered for each in assignments if each.unanswered)
    return Quote(
        expected_jpy=expected,
        p95_jpy=min(worst, expected + P95 * variance.sqrt()),
        worst_jpy=worst,
        finish_at=_finish_at(asked, request.now),
        zones=dict(Counter(str(each.chain[0].zone) for each in asked)),
        routes=_routes(asked),
        lp_gap=_gap(choice),
        infeasible=_infeasible(reasons, len(assignments)),
        unmeasured_share=unmeasured / len(asked) if asked else 0.0,
        unanswered=dict(reasons),
    )


def _gap(choice: _Choice) -> float | None:
    if choice.lp_value_jpy <= 0:
        return None
    return float((choice.lp_value_jpy - choice.value_jpy) / choice.lp_value_jpy)


def _infeasible(reasons: Counter[str], documents: int) -> str | None:
    """Which constraint leaves documents unasked, in words; None when every document is asked."""
    if not reasons:
        return None
    parts = ", ".join(f"{count} by {reason}" for reason, count in sorted(reasons.items()))
    return f"{sum(reasons.values())} of {documents} documents are not asked: {parts}"


def _finish_at(asked: Sequence[Assignment], now: datetime) -> datetime:
    """When the slowest endpoint is done, at its concurrency and prior speed."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for each in asked:
        model, limits = each.chain[0].model, each.chain[0].model.endpoint.limits
        seconds[model.endpoint.name] += _seconds_of(each.chain[0]) / limits.concurrency
        if each.chain[0].tier is Tier.BATCH:
            seconds[f"batches of {model.endpoint.name}"] = usual_time(limits).total_seconds()
    return now + timedelta(seconds=max(seconds.values(), default=0.0))


def _routes(asked: Sequence[Assignment]) -> tuple[QuoteRoute, ...]:
    groups: defaultdict[str, list[Assignment]] = defaultdict(list)
    for each in asked:
        groups[each.option].append(each)
    return tuple(
        QuoteRoute(
            offer=name,
            tier=str(members[0].chain[0].tier),
            documents=len(members),
            expected_jpy=sum((each.expected_jpy for each in members), Decimal(0)),
            quality=members[0].chain[0].quality,
        )
        for name, members in sorted(groups.items())
    )
