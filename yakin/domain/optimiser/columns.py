"""Columns of the grouped LP: what all documents of a group are worth and take together under one plan.

Plan j < m is "option j wherever it is allowed"; plan m + t is the best choice of each document at the t-th prices.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.amounts import taken, worth
from yakin.domain.optimiser.problem import NOT_ASKED, Constraint, Floats, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """c columns. Yen and units of each constraint."""

    group: NDArray[np.intp]  # (c,)
    plan: NDArray[np.intp]  # (c,)
    value_jpy: NDArray[np.float64]  # (c,)
    used: NDArray[np.float64]  # (c, k)

    def __len__(self) -> int:
        return len(self.group)

    def where(self, kept: NDArray[np.bool_]) -> "Columns":
        """Some of the columns."""
        return Columns(self.group[kept], self.plan[kept], self.value_jpy[kept], self.used[kept])

    def and_also(self, other: "Columns") -> "Columns":
        """These columns and then the other ones."""
        return Columns(
            np.concatenate([self.group, other.group]),
            np.concatenate([self.plan, other.plan]),
            np.concatenate([self.value_jpy, other.value_jpy]),
            np.concatenate([self.used, other.used]),
        )


def single_options(problem: Problem, groups: NDArray[np.intp], *, must_ask: bool) -> Columns:
    """One column for each group and option that it may use; for all its documents when they must be asked."""
    allowed = np.isfinite(problem.value_jpy)
    of = _sums(np.ones(problem.value_jpy.shape[1]), groups, allowed)
    enough = of == np.bincount(groups)[:, None] if must_ask else of > 0
    value = _sums(problem.value_jpy, groups, allowed)
    seen: dict[tuple[int, int], NDArray[np.float64]] = {}
    used = [_total(each, groups, allowed, of, seen) for each in problem.constraints]
    group, plan = np.nonzero(enough)
    return Columns(
        group,
        plan,
        value[group, plan],
        np.stack([each[group, plan] for each in used], axis=1) if used else np.empty((len(group), 0)),
    )


def of_choice(problem: Problem, groups: NDArray[np.intp], choice: NDArray[np.int32], plan: int) -> Columns:
    """One column per group: what a choice is worth and takes in it."""
    number = int(groups.max()) + 1
    used = [np.bincount(groups, each, number) for each in taken(problem, choice)]
    return Columns(
        np.arange(number, dtype=np.intp),
        np.full(number, plan, dtype=np.intp),
        np.bincount(groups, worth(problem, choice), number).astype(np.float64),
        np.stack(used, axis=1) if used else np.empty((number, 0)),
    )


def follow(problem: Problem, plan: NDArray[np.intp], choices: list[NDArray[np.int32]]) -> NDArray[np.int32]:
    """(n,): each document's option when it follows its plan; -1 is the plan of not asking."""
    followed = np.where((plan >= 0) & (plan < problem.options), plan, NOT_ASKED).astype(np.int32)
    asked = np.flatnonzero(followed != NOT_ASKED)
    forbidden = ~np.isfinite(problem.value_jpy[asked, followed[asked]])
    followed[asked[forbidden]] = NOT_ASKED
    for number, choice in enumerate(choices):
        follows = plan == problem.options + number
        followed[follows] = choice[follows]
    return followed


def _total(
    constraint: Constraint,
    groups: NDArray[np.intp],
    allowed: NDArray[np.bool_],
    of: NDArray[np.float64],
    seen: dict[tuple[int, int], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """(groups, m): what a group takes of the constraint when all that may use an option do."""
    key = (id(constraint.amount), id(constraint.documents))
    if key not in seen:
        seen[key] = _amounts(constraint, groups, allowed, of)
    return seen[key] if constraint.options is None else seen[key] * constraint.options


def _amounts(
    constraint: Constraint, groups: NDArray[np.intp], allowed: NDArray[np.bool_], of: NDArray[np.float64]
) -> NDArray[np.float64]:
    counted, amount = constraint.documents, constraint.amount
    if amount.ndim == 1 and counted is None:
        return of * amount
    return _sums(amount, groups, allowed if counted is None else allowed & counted[:, None])


def _sums(array: Floats, groups: NDArray[np.intp], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(groups, m): sums over the documents of each group, as far as they count. `array` is (n, m) or (m,)."""
    number, options = int(groups.max()) + 1, counted.shape[1]
    sums = np.empty((number, options))
    for option in range(options):
        weights = np.where(counted[:, option], array[..., option], 0)
        sums[:, option] = np.bincount(groups, weights, number)
    return sums
