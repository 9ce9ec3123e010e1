"""The last step on whole documents: mend what is broken by rounding, then fill what is left of the limits.

Only a core of documents is looked at, those that lose least by changing their option at the prices (Balas & Zemel
1980); everything outside of it stays as it is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.amounts import chunks, dense, reduced, taken, used
from yakin.domain.optimiser.problem import NOT_ASKED, Problem

CORE = 4000  # documents
ROUNDS = 100
AT_ONCE = 300  # moves that are tried before the best ones are looked for again


@dataclass(slots=True, eq=False)
class Core:
    """Some documents with all that they could do. Column m is not asking."""

    rows: NDArray[np.intp]
    value: NDArray[np.float64]  # (c, m + 1)
    reduced: NDArray[np.float64]  # (c, m + 1): value at the prices
    amount: NDArray[np.float64]  # (k, c, m + 1)
    option: NDArray[np.intp]  # (c,): chosen now
    slack: NDArray[np.float64]  # (k,): what is left of the limits, below 0 where one is broken
    tolerance: NDArray[np.float64]  # (k,)

    @property
    def at(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Index of what is chosen now."""
        return np.arange(len(self.option)), self.option

    def steps(self) -> NDArray[np.float64]:
        """(k, c, m + 1): what each change of option would take more."""
        now: NDArray[np.float64] = self.amount[:, *self.at]
        steps: NDArray[np.float64] = self.amount - now[:, :, None]
        return steps

    def gains(self) -> NDArray[np.float64]:
        """(c, m + 1): value that each change of option would add."""
        now: NDArray[np.float64] = self.value[self.at]
        gains: NDArray[np.float64] = self.value - now[:, None]
        return gains


def tolerances(problem: Problem) -> NDArray[np.float64]:
    """(k,): what adding up floats may be off, far below one document."""
    largest = [float(np.abs(each.amount).max(initial=0.0)) for each in problem.constraints]
    limits: NDArray[np.float64] = np.where(np.isfinite(problem.limits), problem.limits, 0.0)
    return 1e-12 * (limits + np.array(largest, dtype=np.float64))


def finished(
    problem: Problem, choice: NDArray[np.int32], prices: NDArray[np.float64], first: NDArray[np.intp]
) -> NDArray[np.int32]:
    """A choice inside every limit, and so full that no document of the core fits a better option."""
    choice, tolerance = choice.copy(), tolerances(problem)
    core = _core(problem, choice, prices, first, tolerance)
    _mend(core)
    choice[core.rows] = _options(core, problem)
    if (problem.limits - used(problem, choice) < -tolerance).any():
        _withdraw(problem, choice, prices, tolerance)
        core = _core(problem, choice, prices, first, tolerance)
    _fill(core)
    choice[core.rows] = _options(core, problem)
    if (problem.limits - used(problem, choice) < -tolerance).any():  # sums of many small steps may be off by rounding
        _withdraw(problem, choice, prices, tolerance)
    return choice


def _options(core: Core, problem: Problem) -> NDArray[np.int32]:
    return np.where(core.option == problem.options, NOT_ASKED, core.option).astype(np.int32)


def _core(
    problem: Problem,
    choice: NDArray[np.int32],
    prices: NDArray[np.float64],
    first: NDArray[np.intp],
    tolerance: NDArray[np.float64],
) -> Core:
    """The core around a choice; `first` are documents that belong to it as far as they have room."""
    rows = np.arange(problem.documents)
    if problem.documents > CORE:
        loss = _losses(problem, choice, prices)
        loss[first] = -1.0
        rows = np.sort(np.argpartition(loss, CORE)[:CORE])
    part = problem.only(rows)
    beside = ((0, 0), (0, 1))  # the column of not asking
    return Core(
        rows=rows,
        value=np.pad(part.value_jpy.astype(np.float64), beside),
        reduced=np.pad(reduced(part, prices, slice(None)), beside),
        amount=np.stack([np.pad(dense(part, each), beside) for each in part.constraints])
        if part.constraints
        else np.zeros((0, len(rows), problem.options + 1)),
        option=np.where(choice[rows] == NOT_ASKED, problem.options, choice[rows]).astype(np.intp),
        slack=problem.limits - used(problem, choice),
        tolerance=tolerance,
    )


def _losses(problem: Problem, choice: NDArray[np.int32], prices: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,): what a document's best other option is worth less (or more) than its choice, at the prices."""
    loss = np.empty(problem.documents)
    for rows in chunks(problem.documents):
        left = reduced(problem, prices, rows)
        asked = choice[rows] != NOT_ASKED
        at = (np.flatnonzero(asked), choice[rows][asked])
        now = np.zeros(len(left))
        now[asked] = left[at]
        left[at] = -np.inf
        other = np.maximum(left.max(axis=1, initial=-np.inf), np.where(asked, 0.0, -np.inf))
        loss[rows] = np.abs(now - other)
    return loss


def _mend(core: Core) -> None:
    """Change options, least loss first, until no limit is broken or nothing more helps inside the core."""
    for _ in range(ROUNDS):
        over = -core.slack - core.tolerance
        if not (over > 0).any():
            return
        worst = int(np.argmax(over / np.maximum(core.tolerance, 1e-300)))
        steps = core.steps()
        helps = (steps[worst] < 0) & np.isfinite(core.value) & _fits(core, steps, leaving=worst)
        loss = core.reduced[core.at][:, None] - core.reduced
        score = np.full(loss.shape, np.inf)
        score[helps] = loss[helps] / np.minimum(-steps[worst][helps], over[worst])
        if not _take(core, steps, score, until=worst):
            return


def _fill(core: Core) -> None:
    """Change options while a better one fits: most value per share of the scarcest slack first (Toyoda 1975)."""
    for _ in range(ROUNDS):
        steps, gains = core.steps(), core.gains()
        better = (gains > 0) & _fits(core, steps)
        if not better.any():
            return
        share = np.zeros(gains.shape)
        for step, slack in zip(steps, core.slack, strict=True):
            np.maximum(share, step / max(slack, 1e-300), out=share)
        score = np.full(gains.shape, np.inf)
        score[better] = -gains[better] / np.maximum(share[better], 1e-12)
        if not _take(core, steps, score):
            return


def _fits(core: Core, steps: NDArray[np.float64], leaving: int | None = None) -> NDArray[np.bool_]:
    """Which changes break no limit (further), each seen alone; `leaving` is not looked at."""
    fits = np.ones(steps.shape[1:], dtype=np.bool_)
    for number, step in enumerate(steps):
        if number != leaving:
            fits &= step <= max(core.slack[number], 0.0)
    return fits


def _take(core: Core, steps: NDArray[np.float64], score: NDArray[np.float64], until: int | None = None) -> bool:
    """Make changes in the order of their score, one per document; false when none could be made."""
    order = np.argsort(score, axis=None)[:AT_ONCE]
    moved: set[int] = set()
    for document, option in zip(*np.unravel_index(order, score.shape), strict=True):
        if not np.isfinite(score[document, option]) or (until is not None and core.slack[until] >= 0):
            break
        step = steps[:, document, option]
        fits = step <= np.maximum(core.slack, 0.0)
        if until is not None:
            fits[until] = True
        if document not in moved and fits.all():
            moved.add(int(document))
            core.option[document] = option
            core.slack -= step
    return bool(moved)


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
