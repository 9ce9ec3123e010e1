"""Why the plan does not ask a document: nothing is allowed, nothing is worth it, or a limit has no room."""

import numpy as np

from yakin.domain.batches import ASKED_BEFORE, TOO_SLOW
from yakin.domain.documents import Reason
from yakin.domain.night_problem import Night
from yakin.domain.optimiser import Constraint, ConstraintKind, Solution
from yakin.domain.planning import PlanItem
from yakin.domain.routing import NOT_HEALTHY

ROUNDING = 1e-9  # of a limit


def why_unasked(item: PlanItem, row: int, night: Night, solution: Solution) -> tuple[Reason, str]:
    """The stated reason and its sentence."""
    choice = night.choices[row]
    if item.clearance.quarantined:
        return Reason.QUARANTINE, item.clearance.reason
    if not choice.allowed:
        return _why_none_allowed(item, {each.why_not for each in choice.seen})
    if all(option.value_jpy <= 0 for option in choice.allowed):
        return Reason.NO_OFFER, "no answer is worth its errors and review: raise answer_value_jpy or the quality"
    return _which_limit(row, night, solution)


def _which_limit(row: int, night: Night, solution: Solution) -> tuple[Reason, str]:
    """Money, where an option has the time; time, where none has; else the share that a vendor may have."""
    blocking: set[ConstraintKind] = set()
    for option, column in zip(night.choices[row].allowed, night.columns[row], strict=True):
        if option.value_jpy > 0:
            blocking |= {min(_lacking(row, column, night, solution), key=_ORDER.index, default=ConstraintKind.BUDGET)}
    if ConstraintKind.BUDGET in blocking:
        cheapest = min(option.expected_jpy for option in night.choices[row].allowed)
        return Reason.BUDGET, f"the cheapest allowed option costs ¥{cheapest:.4f}, more than the budgets leave"
    if blocking & {ConstraintKind.CAPACITY, ConstraintKind.OTHER}:
        return Reason.DEADLINE, "no endpoint has time for it before the deadline"
    return Reason.NO_OFFER, "only vendors may answer it whose share of the night is used up"


_ORDER = [ConstraintKind.CAPACITY, ConstraintKind.OTHER, ConstraintKind.SHARE, ConstraintKind.BUDGET]


def _lacking(row: int, column: int, night: Night, solution: Solution) -> set[ConstraintKind]:
    """The kinds of limits that have no room for that option beside what was chosen."""
    return {
        limit.kind
        for limit, used in zip(night.problem.constraints, solution.used.tolist(), strict=True)
        if used + _amount(limit, row, column) > limit.limit * (1 + ROUNDING)
    }


def _amount(limit: Constraint, row: int, column: int) -> float:
    if limit.documents is not None and not limit.documents[row]:
        return 0.0
    of_option = 1.0 if limit.options is None else float(limit.options[column])
    amount = limit.amount[column] if np.ndim(limit.amount) == 1 else limit.amount[row, column]
    return float(amount) * of_option


def _why_none_allowed(item: PlanItem, objections: set[str | None]) -> tuple[Reason, str]:
    if NOT_HEALTHY in objections:
        return Reason.ENDPOINT_DOWN, "the only allowed endpoints do not answer"
    if objections & {ASKED_BEFORE, TOO_SLOW}:
        return Reason.DEADLINE, "only a batch may answer it, and it does not come back in time"
    return Reason.NO_OFFER, f"no offer is allowed, healthy, priced and large enough; {item.clearance.reason}"
