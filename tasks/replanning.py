"""Planning with what came back: factors before a plan, what the plan changed beside it, and the watch over it after."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.slices import Slice
from yakin.domain import outlook
from yakin.domain.documents import Reason
from yakin.domain.drift import SURE, Drift, Part, Terms, Trigger, Watch
from yakin.domain.observing import CameBack, add_up, corrected, cost_error
from yakin.domain.options import MICRO_YEN
from yakin.domain.outlook import PlanChange
from yakin.domain.output_bounds import first_bound
from yakin.domain.plan_words import BUDGET, CAPACITY
from yakin.domain.planning import Observed, Plan, PlanRequest
from yakin.domain.pricing import Tier, Usage
from yakin.domain.routing import Offer
from yakin.store import drift
from yakin.store.drift import Came


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a plan is made."""

    wave: int
    drift: Drift | None = None
    after_approval: bool = False

    def trigger(self, *, planned_before: bool) -> Trigger:
        """As kept with the plan."""
        if self.drift is not None:
            return Trigger.DRIFT
        if self.wave > 0:
            return Trigger.WAVE
        if self.after_approval:
            return Trigger.APPROVAL
        return Trigger.RESUME if planned_before else Trigger.START

    def why(self, trigger: Trigger) -> str:
        """In words."""
        if self.drift is not None:
            return self.drift.why
        return f"wave {self.wave}" if trigger is Trigger.WAVE else str(trigger)


async def learn(night: Resources, run: RunContext) -> None:
    """Plan on with what has come back since the last plan; of a resumed run with all that it has brought."""
    if not run.replanning:
        return
    if run.watch is not None:
        seen = run.watch.seen
    else:
        async with night.pool.connection() as conn:
            seen = add_up({}, came_back(run, await drift.came_back_in_run(conn, run.run_id)))
    if seen:
        run.observed.update(corrected(run.observed, seen, _models(run)))
        run.cost_error = cost_error(seen, _models(run)) or run.cost_error


def cautious(run: RunContext, request: PlanRequest) -> PlanRequest:
    """With a little of the money kept back, as observed costs may be off: else the last documents have none.

    What is then left over, the next plan has.
    """
    share = Decimal(repr(math.exp(-SURE * run.cost_error)))
    return replace(request, room_jpy=(request.room_jpy * share).quantize(MICRO_YEN))


async def change_of(
    night: Resources, run: RunContext, request: PlanRequest, plan: Plan, occasion: Occasion
) -> PlanChange:
    """What the plan changes that is about to be saved, against the one before it."""
    async with night.pool.connection() as conn:
        planned_before = await drift.planned_before(conn, run.run_id)
        decided = await drift.decided(conn, run.run_id) if planned_before else {}
    trigger = occasion.trigger(planned_before=planned_before)
    return PlanChange(trigger, outlook.carried_on(decided, plan, request), outlook.of_plan(plan, request))


def watching(run: RunContext, request: PlanRequest, plan: Plan, version: int, parts: Iterable[Part]) -> Watch:
    """The watch over a plan that is now in force."""
    quote = plan.quote
    binding = {limit.kind for limit in quote.limits if limit.price_jpy > 0}
    over_everything = [each.room_jpy for each in request.budgets if each.use_cases is None and each.operator is None]
    terms = Terms(
        plan_version=version,
        room_jpy=float(min([request.room_jpy, *over_everything])),
        deadline_at=request.deadline_at,
        short_of_money=BUDGET in binding or Reason.BUDGET in quote.unanswered,
        short_of_time=CAPACITY in binding or Reason.DEADLINE in quote.unanswered,
        unhealthy=request.unhealthy_endpoints,
        models=_models(run),
    )
    return Watch.over(terms, parts, request.now)


def part_of(run: RunContext, part: Slice) -> Part:
    """A slice as the watch sees it: by the model that is asked first."""
    offer = run.offer(part.use_case, part.chain[0])
    assert offer is not None, "a plan is made of the run's offers"
    batch = offer.tier is Tier.BATCH
    seconds = 0.0 if batch else offer.model.seconds_per_document * _observed(run, part.use_case, offer).seconds
    seconds *= run.first_asks(part.use_case, part.option)
    limits = offer.model.endpoint.limits
    return Part(
        part.number,
        part.use_case,
        offer.model.name,
        len(part.document_ids),
        float(part.expected_jpy),
        offer.model.endpoint.name,
        len(part.document_ids) * seconds / limits.concurrency,
    )


def came_back(run: RunContext, rows: Iterable[Came]) -> list[CameBack]:
    """What came, beside what the plan in force expected of it."""
    return [_came_back(run, row, offer) for row in rows if (offer := run.offer(row.use_case, row.offer)) is not None]


def _came_back(run: RunContext, row: Came, offer: Offer) -> CameBack:
    value = run.jobs[row.use_case].use_case.facts.value
    known = run.planned.get((row.use_case, row.document_id))
    output_tokens = min(value.expected_output_tokens, first_bound(run.output_bounds, value, offer))
    expected = offer.cost_jpy(Usage(known.input_tokens if known else row.input_tokens, output_tokens))
    tonight = _observed(run, row.use_case, offer)
    return CameBack(
        use_case=row.use_case,
        model=offer.model.name,
        cost_jpy=row.cost_jpy,
        expected_jpy=float(expected) * tonight.cost * row.asks,
        output_tokens=row.output_tokens,
        expected_tokens=output_tokens * row.asks,
        seconds=None if offer.tier is Tier.BATCH else row.seconds,
        expected_seconds=offer.model.seconds_per_document * tonight.seconds * row.asks,
        escalated=row.escalated if row.offer == row.steps[0] else None,
        expected_share=_expected_share(run, row, offer, tonight),
    )


def _expected_share(run: RunContext, row: Came, offer: Offer, tonight: Observed) -> float:
    if tonight.escalated_share is not None:
        return tonight.escalated_share
    rules = run.cascades.get(row.use_case, ())
    own = (rule for rule in rules if (rule.first, rule.accept_at) == (offer.model.name, row.accept_at))
    return next((rule.escalated_share for rule in own), 0.0)


def _observed(run: RunContext, use_case: str, offer: Offer) -> Observed:
    return run.observed.get((use_case, offer.model.name), Observed())


def _models(run: RunContext) -> dict[str, frozenset[str]]:
    return {name: frozenset(offer.model.name for offer in chosen) for name, chosen in run.offers.items()}
