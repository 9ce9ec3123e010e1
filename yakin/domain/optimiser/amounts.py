"""What options are worth at prices and what choices take, read in chunks so that a night of 10⁶ documents fits."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.problem import CHUNK, NOT_ASKED, Constraint, Floats, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """Every document's best option at prices, seen alone."""

    choice: NDArray[np.int32]  # (n,)
    value_jpy: NDArray[np.float64]  # (n,): value − price × amount of that option
    bound_jpy: float  # the Lagrangian dual: no plan inside the limits is worth more


def chunks(documents: int) -> Iterator[slice]:
    """Slices that cover all documents."""
    return (slice(start, min(start + CHUNK, documents)) for start in range(0, documents, CHUNK))


def reduced(problem: Problem, prices: NDArray[np.float64], rows: slice) -> NDArray[np.float64]:
    """(rows, m): value − Σ price × amount."""
    left = problem.value_jpy[rows].astype(np.float64)
    flat = np.zeros(problem.options)
    factors: dict[int, tuple[Floats, NDArray[np.float64]]] = {}
    for constraint, price in zip(problem.constraints, prices, strict=True):
        if price == 0:
            continue
        per_option = price * (np.ones(problem.options) if constraint.options is None else constraint.options)
        if constraint.documents is not None:
            counted = constraint.documents[rows, None]
            amount = constraint.amount if constraint.amount.ndim == 1 else constraint.amount[rows]
            left -= amount * per_option * counted
        elif constraint.amount.ndim == 1:
            flat += per_option * constraint.amount
        else:
            so_far = factors.get(id(constraint.amount), (constraint.amount, np.zeros(problem.options)))[1]
            factors[id(constraint.amount)] = (constraint.amount, so_far + per_option)
    for array, factor in factors.values():
        left -= array[rows] * factor
    if flat.any():
        left -= flat
    return left


def price_out(problem: Problem, prices: NDArray[np.float64], *, must_ask: bool = False) -> Priced:
    """Each document's best option at the prices; not asking when none is worth more than 0, unless it must ask."""
    choice = np.empty(problem.documents, dtype=np.int32)
    value = np.empty(problem.documents)
    for rows in chunks(problem.documents):
        left = reduced(problem, prices, rows)
        best = left.argmax(axis=1) if problem.options else np.zeros(len(left), dtype=np.intp)
        worth = left[np.arange(len(left)), best] if problem.options else np.zeros(len(left))
        asked = np.isfinite(worth) if must_ask else worth > 0
        choice[rows] = np.where(asked, best, NOT_ASKED)
        value[rows] = np.where(asked, worth, 0.0)
    limits = problem.limits
    counted = prices > 0  # an infinite limit has price 0, and 0 × inf is not a number
    return Priced(choice, value, float(value.sum() + prices[counted] @ limits[counted]))


def taken(problem: Problem, choice: NDArray[np.int32]) -> Iterator[NDArray[np.float64]]:
    """(n,) for each constraint in turn: what each document takes of it under its choice."""
    asked = choice != NOT_ASKED
    option = np.where(asked, choice, 0)
    picked: dict[int, NDArray[np.float64]] = {}
    for constraint in problem.constraints:
        if id(constraint.amount) not in picked:
            picked[id(constraint.amount)] = _pick(constraint.amount, option, asked)
        amount = picked[id(constraint.amount)]
        if constraint.options is not None:
            amount = amount * constraint.options[option]
        yield amount if constraint.documents is None else amount * constraint.documents


def used(problem: Problem, choice: NDArray[np.int32]) -> NDArray[np.float64]:
    """(k,): what the choice takes of each constraint."""
    return np.array([each.sum() for each in taken(problem, choice)], dtype=np.float64)


def worth(problem: Problem, choice: NDArray[np.int32]) -> NDArray[np.float64]:
    """(n,): each document's value under its choice, 0 when it is not asked."""
    asked = choice != NOT_ASKED
    return _pick(problem.value_jpy, np.where(asked, choice, 0), asked)


def dense(problem: Problem, constraint: Constraint) -> NDArray[np.float64]:
    """(n, m): a constraint's amounts with its factors; for few documents."""
    amount = np.broadcast_to(constraint.amount, problem.value_jpy.shape).astype(np.float64)
    if constraint.options is not None:
        amount *= constraint.options
    if constraint.documents is not None:
        amount *= constraint.documents[:, None]
    return amount


def _pick(array: Floats, option: NDArray[np.int32], asked: NDArray[np.bool_]) -> NDArray[np.float64]:
    if not array.shape[-1]:
        return np.zeros(len(option))
    picked = array[option] if array.ndim == 1 else array[np.arange(len(option)), option]
    return np.where(asked, picked, 0.0).astype(np.float64)
