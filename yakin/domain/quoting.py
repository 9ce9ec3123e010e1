"""The quote of a plan: yen, finish time, zones, quality, how full each limit is and what more of it would buy."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from yakin.domain.batches import usual_time
from yakin.domain.night_problem import MICRO_PER_YEN, Night
from yakin.domain.optimiser import Constraint, ConstraintKind, Solution, shortfalls, worth_of
from yakin.domain.options import Option, Step
from yakin.domain.plan_words import words
from yakin.domain.planning import Assignment, Limit, PlanRequest, Quote, QuoteRoute
from yakin.domain.pricing import Tier
from yakin.domain.routing import Endpoint

P95 = Decimal("1.645")  # one-sided normal quantile
SPREADS_TO_WORST = 3  # the worst case is taken to lie three standard deviations above the expectation
MORE_JPY = 100.0
MORE_SECONDS = 3600.0
BINDS_JPY = 1e-9  # a price below this is rounding


def quote(
    request: PlanRequest,
    assignments: Sequence[Assignment],
    chosen: Sequence[Option | None],
    night: Night,
    solution: Solution,
) -> Quote:
    """What the plan is expected to cost and to bring, before anything is spent."""
    asked = [option for option in chosen if option is not None]
    reasons = Counter(each.unanswered for each in assignments if each.unanswered)
    limits = tuple(_limits(request, night, solution))
    worst = sum((max(each.worst_jpy, each.expected_jpy) for each in asked), Decimal(0))  # repairs are seen, not planned
    made = Quote(
        expected_jpy=sum((each.expected_jpy for each in asked), Decimal(0)),
        p95_jpy=_p95(asked, worst, request.room_jpy),
        worst_jpy=worst,
        finish_at=_finish_at(asked, request.now),
        zones=dict(Counter(str(each.steps[0].offer.zone) for each in asked)),
        routes=_routes(asked),
        lp_gap=solution.gap if asked or reasons else None,
        infeasible=_infeasible(reasons, limits, len(assignments)),
        unmeasured_share=sum(not each.quality_measured for each in asked) / len(asked) if asked else 0.0,
        unanswered=dict(reasons),
        quality=sum(each.quality for each in asked) / len(asked) if asked else None,
        value_jpy=sum(each.value_jpy for each in asked),
        bound_jpy=max(solution.bound_jpy, sum(each.value_jpy for each in asked)),
        limits=limits,
    )
    return replace(made, words=words(made))


def _p95(asked: Sequence[Option], worst_jpy: Decimal, room_jpy: Decimal) -> Decimal:
    """Never more than the worst case and what the run may spend: there the ledger stops."""
    expected = sum((each.expected_jpy for each in asked), Decimal(0))
    variance = sum((((each.worst_jpy - each.expected_jpy) / SPREADS_TO_WORST) ** 2 for each in asked), Decimal(0))
    return max(expected, min(worst_jpy, room_jpy, expected + P95 * variance.sqrt()))


def _limits(request: PlanRequest, night: Night, solution: Solution) -> Iterator[Limit]:
    """Every limit with its use; what more of it is worth only where it binds, because each takes a linear program."""
    endpoints = {f"time of {endpoint.name}": endpoint for endpoint in night.endpoints}
    missing = {short.name: short.missing for short in shortfalls(night.problem)} if (solution.choice < 0).any() else {}
    best = _best_possible_jpy(request, night)
    for constraint, used, price in zip(
        night.problem.constraints, solution.used.tolist(), solution.prices.tolist(), strict=True
    ):
        unit = MICRO_PER_YEN if constraint.kind is ConstraintKind.BUDGET else 1
        endpoint = endpoints.get(constraint.name)
        limit = Limit(
            constraint.name,
            str(constraint.kind),
            constraint.limit / unit,
            used / unit,
            missing=missing.get(constraint.name, 0.0) / unit,
            full_until=_full_until(request.now, used, endpoint),
        )
        if price * unit > BINDS_JPY:
            limit = _with_worth(limit, constraint, price * unit, night, best)
        yield limit


def _with_worth(limit: Limit, constraint: Constraint, price_jpy: float, night: Night, best_jpy: float) -> Limit:
    more, unit = _more(constraint, night)
    worth_jpy = max(0.0, worth_of(night.problem, constraint.name, more * unit))
    points = 100 * worth_jpy / best_jpy if best_jpy > 0 else 0.0
    return replace(limit, price_jpy=price_jpy, more=more, more_value_jpy=worth_jpy, more_quality_points=points)


def _more(constraint: Constraint, night: Night) -> tuple[float, float]:
    """How much more is looked at, in the unit that people read, and what that unit is in the problem."""
    if constraint.kind is ConstraintKind.BUDGET:
        return MORE_JPY, MICRO_PER_YEN
    if constraint.kind is ConstraintKind.CAPACITY:
        endpoint = next(each for each in night.endpoints if constraint.name == f"time of {each.name}")
        return MORE_SECONDS * endpoint.limits.concurrency, 1
    return max(1.0, round(constraint.limit / 10)), 1


def _best_possible_jpy(request: PlanRequest, night: Night) -> float:
    """What one whole point of quality more, in every document that could be asked, would be worth, times a hundred."""
    cases = (
        request.use_cases[item.use_case]
        for item, choice in zip(request.items, night.choices, strict=True)
        if choice.allowed
    )
    return sum(float(case.answer_value_jpy + (1 - case.review_share) * case.escaped_error_jpy) for case in cases)


def _full_until(now: datetime, used_s: float, endpoint: Endpoint | None) -> datetime | None:
    return None if endpoint is None else now + timedelta(seconds=used_s / endpoint.limits.concurrency)


def _infeasible(reasons: Counter[str], limits: Sequence[Limit], documents: int) -> str | None:
    """Which constraint leaves documents unasked and by how much, in words; None when every document is asked."""
    if not reasons:
        return None
    parts = ", ".join(f"{count} by {reason}" for reason, count in sorted(reasons.items()))
    said = f"{sum(reasons.values())} of {documents} documents are not asked: {parts}"
    short = [f"{limit.name} is short by {_amount(limit)}" for limit in limits if limit.missing > 0]
    return "; ".join([said, *short])


def _amount(limit: Limit) -> str:
    if limit.kind == ConstraintKind.BUDGET:
        return f"¥{limit.missing:.4f}"
    if limit.kind == ConstraintKind.CAPACITY:
        return f"{limit.missing:.0f} s of work"
    return f"{limit.missing:.0f}"


def _finish_at(asked: Sequence[Option], now: datetime) -> datetime:
    """When the slowest endpoint is done, at its concurrency and the speed that is known of it."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for step in (step for option in asked for step in option.steps):
        endpoint = step.offer.model.endpoint
        seconds[endpoint.name] += step.seconds * step.share / endpoint.limits.concurrency
        for name, each_s in _at_its_rate(step):
            seconds[name] += each_s * step.share
        if step.offer.tier is Tier.BATCH:
            seconds[f"batches of {endpoint.name}"] = usual_time(endpoint.limits).total_seconds()
    return now + timedelta(seconds=max(seconds.values(), default=0.0))


def _at_its_rate(step: Step) -> Iterator[tuple[str, float]]:
    """Seconds that a document takes of what its endpoint allows per minute; lines of a batch are not counted there."""
    endpoint = step.offer.model.endpoint
    allowed = {"requests": endpoint.limits.requests_per_minute, "tokens": endpoint.limits.tokens_per_minute}
    taken = {"requests": step.requests, "tokens": step.tokens}
    for what, per_minute in allowed.items():
        if per_minute is not None and step.offer.tier is Tier.REALTIME:
            yield f"{what} of {endpoint.name}", 60 * taken[what] / per_minute


def _routes(asked: Sequence[Option]) -> tuple[QuoteRoute, ...]:
    groups: defaultdict[str, list[Option]] = defaultdict(list)
    for each in asked:
        groups[each.name].append(each)
    return tuple(
        QuoteRoute(
            offer=name,
            tier=str(members[0].steps[0].offer.tier),
            documents=len(members),
            expected_jpy=sum((each.expected_jpy for each in members), Decimal(0)),
            quality=sum(each.quality for each in members) / len(members),
        )
        for name, members in sorted(groups.items())
    )
