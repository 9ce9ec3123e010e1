"""From a mix of plans per group to one option per document.

A vertex of the LP splits at most one group per tight constraint. The documents of split groups are solved again as a
problem of their own under what is left of the limits, until every document is its own group: then at most one
DOCUMENT per constraint is split, and only these lose value.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.amounts import used
from yakin.domain.optimiser.columns import follow
from yakin.domain.optimiser.groups import group
from yakin.domain.optimiser.problem import NOT_ASKED, Problem
from yakin.domain.optimiser.relaxation import Relaxation, relax

WHOLE = 1e-6  # a weight this near to 0 or 1 is one


@dataclass(frozen=True, slots=True, eq=False)
class Rounded:
    """A choice that keeps the limits to HiGHS' tolerance when the split documents are not asked."""

    choice: NDArray[np.int32]  # (n,): split documents have the option that most of them takes
    groups: NDArray[np.intp]  # the documents whose groups were split
    documents: NDArray[np.intp]  # the documents that were split themselves


def rounded(problem: Problem, relaxed: Relaxation, alone_up_to: int) -> Rounded:
    """One option per document. Documents are looked at one by one when there are at most `alone_up_to`."""
    plan, split = _plans(relaxed)
    choice = follow(problem, plan[relaxed.groups], relaxed.choices)
    rows = np.flatnonzero(split[relaxed.groups])
    if not len(rows) or int(relaxed.groups.max()) + 1 == problem.documents:
        return Rounded(choice, rows, rows)
    choice[rows] = NOT_ASKED
    left = problem.limits - used(problem, choice)
    needs = _mixed(relaxed, split)
    part = problem.only(rows).with_limits(np.maximum(left, needs))  # the mix fits, whatever rounding says
    inside = rounded(part, relax(part, group(part, alone_up_to)), 2 * alone_up_to)
    choice[rows] = inside.choice
    return Rounded(choice, rows, rows[inside.documents])


def _plans(relaxed: Relaxation) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(groups,): the plan that most of a group follows (-1: not asking), and which groups follow several."""
    number, columns, weights = int(relaxed.groups.max()) + 1, relaxed.columns, relaxed.mix.weights
    plan, heaviest = np.full(number, NOT_ASKED, dtype=np.intp), np.zeros(number)
    order = np.argsort(weights, kind="stable")
    order = order[weights[order] > WHOLE]
    plan[columns.group[order]] = columns.plan[order]  # the heaviest comes last
    heaviest[columns.group[order]] = weights[order]
    return plan, (heaviest > 0) & (heaviest < 1 - WHOLE)


def _mixed(relaxed: Relaxation, split: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(k,): what the mixes of the split groups take."""
    inside = split[relaxed.columns.group]
    return relaxed.mix.weights[inside] @ relaxed.columns.used[inside]
