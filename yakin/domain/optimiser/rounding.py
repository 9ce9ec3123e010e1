"""From a mix of plans per group to one option per document.

A vertex of the LP splits at most one group per tight constraint. The documents of split groups are solved again as a
problem of their own under what is left of the limits, until every document is its own group: then at most one
DOCUMENT per constraint is split, and only these lose value.
"""

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.amounts import used
from yakin.domain.optimiser.columns import follow
from yakin.domain.optimiser.groups import group
from yakin.domain.optimiser.problem import NOT_ASKED, Problem
from yakin.domain.optimiser.relaxation import Relaxation, relax

WHOLE = 1e-6  # a weight this near to 0 or 1 is one


def rounded(problem: Problem, relaxed: Relaxation, alone_up_to: int) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """The choice, within the limits to HiGHS' tolerance, and the documents whose groups were split."""
    plan, split = _plans(relaxed)
    choice = follow(problem, plan[relaxed.groups], relaxed.choices)
    rows = np.flatnonzero(split[relaxed.groups])
    choice[rows] = NOT_ASKED
    if len(rows) and int(relaxed.groups.max()) + 1 < problem.documents:
        left = problem.limits - used(problem, choice)
        needs = _mixed(relaxed, split)
        part = problem.only(rows).with_limits(np.maximum(left, needs))  # the mix fits, whatever rounding says
        choice[rows], _ = rounded(part, relax(part, group(part, alone_up_to)), 2 * alone_up_to)
    return choice, rows


def _plans(relaxed: Relaxation) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(groups,): the plan of each group that follows one (-1: is not asked), and which groups are split."""
    number, columns, weights = int(relaxed.groups.max()) + 1, relaxed.columns, relaxed.mix.weights
    plan = np.full(number, NOT_ASKED, dtype=np.intp)
    whole = weights >= 1 - WHOLE
    plan[columns.group[whole]] = columns.plan[whole]
    parts = np.bincount(columns.group[(weights > WHOLE) & ~whole], minlength=number)
    return plan, (parts > 0) & (plan == NOT_ASKED)


def _mixed(relaxed: Relaxation, split: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(k,): what the mixes of the split groups take."""
    inside = split[relaxed.columns.group]
    return relaxed.mix.weights[inside] @ relaxed.columns.used[inside]
