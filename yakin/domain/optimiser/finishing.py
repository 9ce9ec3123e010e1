"""The last step on whole documents: a choice inside every limit, as full as the core can make it."""

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.amounts import reduced, taken, used, worth
from yakin.domain.optimiser.core import core_of, tolerances
from yakin.domain.optimiser.mending import exchange, fill, insist, mend
from yakin.domain.optimiser.problem import NOT_ASKED, Problem
from yakin.domain.optimiser.relaxation import Relaxation
from yakin.domain.optimiser.rounding import Rounded


def finished(problem: Problem, rounded: Rounded, relaxed: Relaxation) -> NDArray[np.int32]:
    """A choice inside every limit, and so full that no one or two documents of the core fit better options."""
    up, down = rounded.choice, rounded.choice.copy()
    down[rounded.documents] = NOT_ASKED  # a large document is better kept and many small ones changed, or the reverse
    starts = (down, up) if len(rounded.documents) else (up,)
    ends = [_finished(problem, start.copy(), relaxed, rounded.groups) for start in starts]
    return max(ends, key=lambda end: float(worth(problem, end).sum()))


def _finished(
    problem: Problem, choice: NDArray[np.int32], relaxed: Relaxation, first: NDArray[np.intp]
) -> NDArray[np.int32]:
    tolerance, prices = tolerances(problem), relaxed.prices
    core = core_of(problem, choice, prices, first, tolerance)
    mend(core)
    choice[core.rows] = core.options()
    if _broken(problem, choice, tolerance):
        _withdraw(problem, choice, prices, tolerance)
        core = core_of(problem, choice, prices, first, tolerance)
    fill(core)
    exchange(core)
    choice[core.rows] = core.options()
    core = insist(core, core.value_jpy + relaxed.bound_jpy - float(worth(problem, choice).sum()))
    exchange(core)
    choice[core.rows] = core.options()
    if _broken(problem, choice, tolerance):  # sums of many small steps may be off by rounding
        _withdraw(problem, choice, prices, tolerance)
    return choice


def _broken(problem: Problem, choice: NDArray[np.int32], tolerance: NDArray[np.float64]) -> bool:
    return bool((used(problem, choice) - problem.limits > tolerance).any())


def _withdraw(
    problem: Problem, choice: NDArray[np.int32], prices: NDArray[np.float64], tolerance: NDArray[np.float64]
) -> None:
    """Stop asking documents until no limit is broken. Ends, because nobody asked is inside all limits."""
    while True:
        over = used(problem, choice) - problem.limits
        over[over <= tolerance] = 0.0
        if not over.any():
            return
        worst = int(np.argmax(over / np.maximum(tolerance, 1e-300)))
        takes = next(each for number, each in enumerate(taken(problem, choice)) if number == worst)
        rows = np.flatnonzero(takes > 0)
        rows = rows[np.argsort(_worth_at(problem, choice, prices, rows) / takes[rows], kind="stable")]
        enough = int(np.searchsorted(np.cumsum(takes[rows]), over[worst])) + 1
        choice[rows[:enough]] = NOT_ASKED


def _worth_at(
    problem: Problem, choice: NDArray[np.int32], prices: NDArray[np.float64], rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """What the choices of some documents are worth at the prices."""
    part = problem.only(rows)
    return reduced(part, prices, slice(None))[np.arange(len(rows)), choice[rows]]
