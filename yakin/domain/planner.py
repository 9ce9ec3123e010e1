"""Choose an option for every document: the most value that the budgets, the time and the vendors' shares allow.

The night is one multiple-choice knapsack over all jobs (DESIGN §5). `optimiser` solves it on arrays; here documents
become arrays and what it chose becomes assignments with their reasons.
"""

from collections.abc import Sequence

from yakin.domain.night_problem import Night, night_problem
from yakin.domain.optimiser import Solution, solve
from yakin.domain.options import Choice, Option, Options
from yakin.domain.planning import Assignment, Plan, PlanItem, PlanRequest
from yakin.domain.quoting import quote
from yakin.domain.routing import Offer
from yakin.domain.unasked import why_unasked

CHAIN_LENGTH = 4


def plan(request: PlanRequest) -> Plan:
    """Assign every item a chain inside its clearance, or a stated reason; never over a limit in expectation."""
    options = Options(request)
    choices = [options.of(item) for item in request.items]
    night = night_problem(request, choices)
    solution = solve(night.problem)
    chosen = [night.option(row, at) if at >= 0 else None for row, at in enumerate(solution.choice.tolist())]
    assignments = tuple(
        _asked(item, choices[row], option) if option else _unasked(item, row, night, solution)
        for row, (item, option) in enumerate(zip(request.items, chosen, strict=True))
    )
    return Plan(assignments, quote(request, assignments, chosen, night, solution))


def _asked(item: PlanItem, choice: Choice, option: Option) -> Assignment:
    return Assignment(
        item,
        _chain(option, choice.allowed),
        _why(option, choice),
        None,
        choice.seen,
        expected_jpy=option.expected_jpy,
        worst_jpy=option.worst_jpy,
        cascade=option.cascade,
        quality=option.quality,
        quality_measured=option.quality_measured,
    )


def _chain(option: Option, allowed: Sequence[Option]) -> tuple[Offer, ...]:
    """The option's own offers, then those that stand in when they fail: at once, the most valuable first."""
    own = [step.offer for step in option.steps]
    singles = [each for each in allowed if each.cascade is None and each.at_once and each.steps[0].offer not in own]
    singles.sort(key=lambda each: -each.value_jpy)
    return (*own, *(each.steps[0].offer for each in singles))[:CHAIN_LENGTH]


def _why(option: Option, choice: Choice) -> str:
    how = ""
    if option.cascade is not None:
        rule = option.cascade
        asks = option.steps[0].requests
        compared = f", {asks} times to compare" if asks > 1 else ""
        how = f"{rule.first} first{compared}, {rule.second} where the score to expect is below {rule.accept_at:.2f} · "
    singles = sum(each.cascade is None for each in choice.allowed)
    cascades = len(choice.allowed) - singles
    among = f"{singles} offers" + (f" and {cascades} cascades" if cascades else "") + " allowed"
    return f"best value: {how}quality {option.quality:.2f} · ¥{option.expected_jpy:.4f} · {among}"


def _unasked(item: PlanItem, row: int, night: Night, solution: Solution) -> Assignment:
    unanswered, reason = why_unasked(item, row, night, solution)
    return Assignment(item, (), reason, unanswered, night.choices[row].seen)
