"""What stands in the way of asking everybody, and what more of a limit would buy."""

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser import master
from yakin.domain.optimiser.amounts import chunks
from yakin.domain.optimiser.groups import group
from yakin.domain.optimiser.problem import Problem, ProblemError, Shortfall, check
from yakin.domain.optimiser.relaxation import relax
from yakin.domain.optimiser.solving import GROUPS

NOTHING = 1e-6  # of a constraint's measure: HiGHS keeps limits to about this


def shortfalls(problem: Problem, *, any_allowed: bool = False, groups_at_most: int = GROUPS) -> tuple[Shortfall, ...]:
    """What is missing to ask every document that has an option of positive value (`any_allowed`: any option).

    Of all ways to ask them, the one that breaks limits least: the sum over constraints of what is missing as a share
    of the limit (of what all documents could take, when the limit is 0). Documents may be split, so that the missing
    amounts are never more than what is missing in truth. Empty: everybody can be asked.
    """
    check(problem)
    asked = _to_ask(problem, any_allowed=any_allowed)
    finite = np.isfinite(problem.limits)
    if not asked.documents or not finite.any():
        return ()
    measure = _measures(asked)
    relaxed = relax(asked, group(asked, groups_at_most), np.where(finite, 1 / measure, 0.0))
    needed = relaxed.mix.weights @ relaxed.columns.used
    missing = needed - asked.limits
    return tuple(
        Shortfall(each.name, each.kind, each.limit, float(needed[number]), float(missing[number]))
        for number, each in enumerate(problem.constraints)
        if finite[number] and missing[number] > NOTHING * measure[number]
    )


def worth_of(problem: Problem, name: str, more: float, *, groups_at_most: int = GROUPS) -> float:
    """Yen of value that `more` units of a constraint would buy: the relaxed problem solved under both limits.

    Fewer units (`more` < 0) are worth what their absence costs, as a negative number. Raises ProblemError when no
    constraint, or more than one, has the name, or when fewer than no units would be left.
    """
    check(problem)
    named = np.array([each.name == name for each in problem.constraints], dtype=np.bool_)
    if named.sum() != 1:
        raise ProblemError(f"{int(named.sum())} constraints are called {name}: give the name of one")
    if not np.isfinite(problem.value_jpy).any():
        return 0.0
    groups, limits = group(problem, groups_at_most), problem.limits
    wanted = limits + np.where(named, more, 0.0)
    if not (wanted >= 0).all():
        raise ProblemError(f"{name} would be left with {wanted[named][0]}: give at most its limit to take away")
    moved = relax(problem.with_limits(wanted), groups)
    # the same columns under both limits: what either LP is short of its bound then cancels out
    here = master.solve(moved.columns, int(groups.max()) + 1, limits)
    return moved.mix.value_jpy - here.value_jpy


def _to_ask(problem: Problem, *, any_allowed: bool) -> Problem:
    """The documents that have to be asked, with the options that count for it, all of the same value."""
    value = np.full(problem.value_jpy.shape, -np.inf, dtype=np.float32)
    for rows in chunks(problem.documents):
        part = problem.value_jpy[rows]
        value[rows][np.isfinite(part) if any_allowed else part > 0] = 0.0
    asked = np.isfinite(value).any(axis=1)
    return Problem(value, problem.constraints, problem.classes).only(np.flatnonzero(asked))


def _measures(problem: Problem) -> NDArray[np.float64]:
    """(k,): against what a missing amount is measured."""
    measures = problem.limits
    for number, each in enumerate(problem.constraints):
        if measures[number] == 0:
            largest = np.abs(each.amount).max(axis=-1)
            measures[number] = float(np.broadcast_to(largest, (problem.documents,)).sum()) or 1.0
    return measures
