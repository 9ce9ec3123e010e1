"""What the optimiser is given and what it returns: plain arrays, so that benches and replays need no database.

A multiple-choice knapsack: document i takes option j, worth `value_jpy[i, j]`, or is not asked (worth 0, takes
nothing); the amounts that the chosen options take may not exceed any constraint's limit.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from yakin.errors import PermanentError

Floats: TypeAlias = NDArray[np.floating[Any]]
Integers: TypeAlias = NDArray[np.integer[Any]]

NOT_ASKED = -1
CHUNK = 1 << 15  # documents at a time: the working arrays of a chunk stay in the processor's cache


class ProblemError(PermanentError):
    """The arrays of a planning problem do not fit together; the message names the array and the remedy."""


class ConstraintKind(StrEnum):
    """What a constraint limits, and so the unit of its amounts."""

    BUDGET = "budget"  # yen
    CAPACITY = "capacity"  # seconds
    SHARE = "share"  # documents
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """Σ over the asked documents of amount × options × documents ≤ limit.

    Several constraints may hold the same `amount` object: it is then read once. Amounts may be negative (a vendor's
    share: its documents − share × asked documents ≤ 0), limits may not. An infinite limit never binds.
    """

    name: str
    kind: ConstraintKind
    limit: float
    amount: Floats  # (n, m), or (m,) when equal for all documents; finite everywhere, 0 for what is not allowed
    documents: NDArray[np.bool_] | None = None  # (n,): whose amounts count; None: all
    options: Floats | None = None  # (m,): factor per option, 0 = does not count


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One night on arrays: n documents, m options."""

    value_jpy: Floats  # (n, m); -inf: not allowed
    constraints: tuple[Constraint, ...]
    classes: Integers | None = None  # (n,): only sizes differ inside a class; None: the allowed pattern

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return int(self.value_jpy.shape[0])

    @property
    def options(self) -> int:
        """How many options there are, without not asking."""
        return int(self.value_jpy.shape[1])

    @property
    def limits(self) -> NDArray[np.float64]:
        """(k,): the limit of each constraint."""
        return np.array([each.limit for each in self.constraints], dtype=np.float64)

    def with_limits(self, limits: NDArray[np.float64]) -> "Problem":
        """The same documents under other limits."""
        pairs = zip(self.constraints, limits, strict=True)
        return replace(self, constraints=tuple(replace(each, limit=float(limit)) for each, limit in pairs))

    def only(self, rows: Integers) -> "Problem":
        """The problem of some documents under the same limits. Amounts that were shared stay shared."""
        taken = _taker(rows)
        constraints = tuple(
            replace(
                each,
                amount=each.amount if each.amount.ndim == 1 else taken(each.amount),
                documents=None if each.documents is None else taken(each.documents),
            )
            for each in self.constraints
        )
        return Problem(self.value_jpy[rows], constraints, None if self.classes is None else self.classes[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A plan that keeps every limit, and what is known about how good it is. Yen as floats."""

    choice: NDArray[np.int32]  # (n,): the option, or -1: not asked
    value_jpy: float
    bound_jpy: float  # no plan is worth more: the Lagrangian dual of the ungrouped problem at `prices`
    grouped_bound_jpy: float  # optimum of the grouped LP, in which the documents of a group share one mix of options
    prices: NDArray[np.float64]  # (k,): yen of value per further unit of each constraint
    used: NDArray[np.float64]  # (k,)
    groups: int

    @property
    def gap(self) -> float:
        """By which share of the bound a better plan could at most be better."""
        return (self.bound_jpy - self.value_jpy) / abs(self.bound_jpy) if self.bound_jpy else 0.0


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A constraint that keeps documents from being asked: asking all needs `missing` more than its limit."""

    name: str
    kind: ConstraintKind
    limit: float
    needed: float
    missing: float


def check(problem: Problem) -> None:
    """Raise ProblemError unless shapes agree, amounts are finite and limits are not negative."""
    value = problem.value_jpy
    if value.ndim != 2:
        raise ProblemError(f"value_jpy has {value.ndim} dimensions: give (documents, options)")
    if np.isnan(value).any() or np.isposinf(value).any():
        raise ProblemError("value_jpy has NaN or +inf: give yen, or -inf for an option that is not allowed")
    if problem.classes is not None and problem.classes.shape != (problem.documents,):
        raise ProblemError(f"classes has shape {problem.classes.shape}: give ({problem.documents},)")
    for constraint in problem.constraints:
        _check_constraint(constraint, problem)
    for amount in {id(each.amount): each.amount for each in problem.constraints}.values():
        if not np.isfinite(amount).all():
            names = ", ".join(each.name for each in problem.constraints if each.amount is amount)
            raise ProblemError(f"the amounts of {names} are not all finite: give 0 for what is not allowed")


def _check_constraint(constraint: Constraint, problem: Problem) -> None:
    name, shape = constraint.name, constraint.amount.shape
    if np.isnan(constraint.limit) or constraint.limit < 0:
        raise ProblemError(f"the limit of {name} is {constraint.limit}: give 0 or more")
    if shape not in {problem.value_jpy.shape, (problem.options,)}:
        raise ProblemError(f"the amounts of {name} have shape {shape}: give {problem.value_jpy.shape} or (options,)")
    if constraint.documents is not None and constraint.documents.shape != (problem.documents,):
        raise ProblemError(f"the documents of {name} have shape {constraint.documents.shape}: one bool per document")
    if constraint.options is not None and (
        constraint.options.shape != (problem.options,) or not np.isfinite(constraint.options).all()
    ):
        raise ProblemError(f"the options of {name} are not {problem.options} finite factors: give one per option")


def _taker(rows: Integers) -> Callable[[NDArray[Any]], NDArray[Any]]:
    taken: dict[int, NDArray[Any]] = {}

    def take(array: NDArray[Any]) -> NDArray[Any]:
        if id(array) not in taken:
            taken[id(array)] = array[rows]
        return taken[id(array)]

    return take
