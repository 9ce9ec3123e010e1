"""What every cap leaves for a plan: the run's own, and each other one with the jobs and the vendor that it counts."""

from decimal import Decimal

from tasks.resources import Resources
from tasks.run_context import RunContext
from yakin.domain.money import KEYED, Per, Scope
from yakin.domain.planning import BudgetRoom
from yakin.store import budgets
from yakin.store.budgets import CapRoom

_PERIODS = {Scope.DAY: "day", Scope.MONTH: "month", Scope.FISCAL_YEAR: "fiscal year"}
_PER = {Per.DAY: "day", Per.MONTH: "month", Per.FISCAL_YEAR: "fiscal year"}
_NAMED = {Scope.DEPARTMENT: "department", Scope.USE_CASE: "use case", Scope.VENDOR: "vendor"}


async def rooms_of(night: Resources, run: RunContext) -> tuple[Decimal, list[BudgetRoom]]:
    """The room of the run itself, and of every other cap that its calls can meet."""
    vendors = sorted({offer.model.endpoint.operator for offers in run.offers.values() for offer in offers})
    async with night.pool.connection() as conn:
        found = await budgets.rooms(conn, run.run_id, vendors)
    own = [each for each in found if each.scope is Scope.RUN and each.key == run.run_id]
    assert own, "a run is opened with its cap"
    others = [_room(run, each) for each in found if each not in own]
    return own[0].room_jpy, others


def _room(run: RunContext, cap: CapRoom) -> BudgetRoom:
    every_job = cap.use_cases == frozenset(run.jobs)
    return BudgetRoom(
        name=f"budget of {_what(cap)}",
        room_jpy=cap.room_jpy,
        use_cases=None if every_job else cap.use_cases,
        operator=cap.key if cap.scope is Scope.VENDOR else None,
    )


def _what(cap: CapRoom) -> str:
    if cap.scope is Scope.RUN:
        return f"the job {', '.join(sorted(cap.use_cases))}"
    if cap.scope in KEYED:  # a vendor may have a cap per day and one per month
        return f"{_NAMED[cap.scope]} {cap.key} per {_PER[cap.per]}"
    return f"the {_PERIODS[cap.scope]}"
