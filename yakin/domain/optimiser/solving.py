"""From a problem to a plan with its bound and prices."""

import numpy as np

from yakin.domain.optimiser.amounts import used, worth
from yakin.domain.optimiser.finishing import finished
from yakin.domain.optimiser.groups import group
from yakin.domain.optimiser.problem import NOT_ASKED, Problem, Solution, check
from yakin.domain.optimiser.relaxation import relax, rounding_jpy
from yakin.domain.optimiser.rounding import rounded

GROUPS = 4000


def solve(problem: Problem, *, groups_at_most: int = GROUPS) -> Solution:
    """A plan inside every limit, with a bound that no plan exceeds and the price of each constraint.

    Raises ProblemError for arrays that do not fit together and SolverFailed when HiGHS gives up.
    """
    check(problem)
    if not np.isfinite(problem.value_jpy).any():
        return _nothing(problem)
    groups = group(problem, groups_at_most)
    relaxed = relax(problem, groups)
    choice = finished(problem, rounded(problem, relaxed, max(groups_at_most, GROUPS)), relaxed)
    value = float(worth(problem, choice).sum())
    return Solution(
        choice=choice,
        value_jpy=value,
        bound_jpy=relaxed.bound_jpy if relaxed.bound_jpy - value > rounding_jpy(problem) else value,
        grouped_bound_jpy=relaxed.grouped_jpy,
        prices=relaxed.prices,
        used=used(problem, choice),
        groups=int(groups.max()) + 1,
    )


def _nothing(problem: Problem) -> Solution:
    """The plan when nobody may be asked."""
    zeros = np.zeros(len(problem.constraints))
    choice = np.full(problem.documents, NOT_ASKED, dtype=np.int32)
    return Solution(choice, 0.0, 0.0, 0.0, zeros, zeros.copy(), 0)
