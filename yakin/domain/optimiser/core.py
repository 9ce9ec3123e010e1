"""The core: the documents that lose least by changing their option at the prices (Balas & Zemel 1980).

On whole documents only these are looked at; everything outside of the core stays as it is.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.amounts import chunks, dense, reduced, used
from yakin.domain.optimiser.problem import NOT_ASKED, Problem

CORE = 4000  # documents


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

    def room(self) -> NDArray[np.float64]:
        """(k,): what changes may take: nothing more of what is broken already."""
        room: NDArray[np.float64] = np.maximum(self.slack, 0.0)
        return room

    def fits(self, steps: NDArray[np.float64], leaving: int | None = None) -> NDArray[np.bool_]:
        """(c, m + 1): which changes break no limit further, each seen alone; `leaving` is not looked at."""
        fits: NDArray[np.bool_] = np.isfinite(self.value)
        for number, (step, room) in enumerate(zip(steps, self.room(), strict=True)):
            if number != leaving:
                fits &= step <= room
        return fits

    def move(self, document: int, option: int, step: NDArray[np.float64]) -> None:
        """Let a document take another option."""
        self.option[document] = option
        self.slack -= step

    @property
    def value_jpy(self) -> float:
        """Value of what is chosen inside the core."""
        return float(self.value[self.at].sum())

    def losses(self) -> NDArray[np.float64]:
        """(c, m + 1): what each change of option loses at the prices."""
        now: NDArray[np.float64] = self.reduced[self.at]
        losses: NDArray[np.float64] = now[:, None] - self.reduced
        return losses

    def copy(self) -> "Core":
        """The same core, whose choice may go its own way."""
        return replace(self, option=self.option.copy(), slack=self.slack.copy())

    def options(self) -> NDArray[np.int32]:
        """(c,): the choice as a solution has it."""
        none = self.value.shape[1] - 1
        return np.where(self.option == none, NOT_ASKED, self.option).astype(np.int32)


def tolerances(problem: Problem) -> NDArray[np.float64]:
    """(k,): what adding up floats may be off, far below one document."""
    largest = [float(np.abs(each.amount).max(initial=0.0)) for each in problem.constraints]
    limits: NDArray[np.float64] = np.where(np.isfinite(problem.limits), problem.limits, 0.0)
    return 1e-12 * (limits + np.array(largest, dtype=np.float64))


def core_of(
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
