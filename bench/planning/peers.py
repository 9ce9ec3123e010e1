"""What the plan is measured against: the LP of all documents, scipy.optimize.milp, and value per yen, greedily."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from yakin.domain.optimiser import NOT_ASKED, Problem


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer's answer, worth 0 when it found none. `bound_jpy` where it has one."""

    seconds: float
    value_jpy: float
    bound_jpy: float | None
    ended: str


def takes(problem: Problem) -> NDArray[np.float64]:
    """(k, n, m): what every document takes of every constraint, written out."""
    every = np.empty((len(problem.constraints), *problem.value_jpy.shape))
    for number, each in enumerate(problem.constraints):
        every[number] = each.amount
        if each.options is not None:
            every[number] *= each.options
        if each.documents is not None:
            every[number] *= each.documents[:, None]
    return every


def relaxed(problem: Problem) -> Peer:
    """The LP with every document on its own, once, by HiGHS' interior point and crossover."""
    cost, rows, limits = _matrix(problem)
    began = time.perf_counter()
    result = linprog(cost, A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs-ipm")
    return Peer(time.perf_counter() - began, -result.fun, -result.fun, result.message)


def whole(problem: Problem, time_limit: float) -> Peer:
    """scipy.optimize.milp on the same arrays, until its time is up."""
    cost, rows, limits = _matrix(problem)
    began = time.perf_counter()
    with _quiet():
        result = milp(
            cost,
            constraints=LinearConstraint(rows, -np.inf, limits),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(cost)),
            options={"time_limit": time_limit, "mip_rel_gap": 1e-6},
        )
    value = 0.0 if result.x is None else -float(cost @ np.round(result.x))  # not asking anybody is always a plan
    bound = None if result.mip_dual_bound is None else -float(result.mip_dual_bound)
    ended = "optimal" if result.status == 0 else "time is up"
    return Peer(time.perf_counter() - began, value, bound, ended)


def greedy(problem: Problem) -> Peer:
    """Steps of each document's efficient frontier over (yen, value), most value per yen first, while all limits hold.

    Steps that did not fit are tried again until nothing changes: a vendor's share grows with the other documents.
    """
    began = time.perf_counter()
    every, value = takes(problem), problem.value_jpy
    steps = sorted(step for document in range(problem.documents) for step in _steps(document, value, every[0]))
    option = np.full(problem.documents, NOT_ASKED)
    left = problem.limits
    changed = True
    while changed:
        changed, missed = False, []
        for step in steps:
            _, document, to = step
            at = option[document]
            more = every[:, document, to] - (every[:, document, at] if at != NOT_ASKED else 0.0)
            if (more > left).any():
                missed.append(step)
            elif at == NOT_ASKED or value[document, to] > value[document, at]:
                option[document], left, changed = to, left - more, True
        steps = missed
    asked = option != NOT_ASKED
    return Peer(time.perf_counter() - began, float(value[asked, option[asked]].sum()), None, "done")


def _steps(document: int, value: NDArray[np.float64], cost: NDArray[np.float64]) -> Iterator[tuple[float, int, int]]:
    """(−value per yen, document, option) along the concave frontier from not asking at (0, 0)."""
    hull = [(0.0, 0.0, NOT_ASKED)]
    for option in np.lexsort((-value[document], cost[document])):
        point = (float(cost[document, option]), float(value[document, option]), int(option))
        if point[1] <= hull[-1][1]:
            continue
        while len(hull) > 1 and _slope(hull[-2], point) >= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append(point)
    return ((-_slope(hull[at], hull[at + 1]), document, hull[at + 1][2]) for at in range(len(hull) - 1))


def _slope(start: tuple[float, float, int], end: tuple[float, float, int]) -> float:
    return (end[1] - start[1]) / max(end[0] - start[0], 1e-12)


def _matrix(problem: Problem) -> tuple[NDArray[np.float64], sparse.csc_array, NDArray[np.float64]]:
    """Costs, rows and right-hand sides over the allowed options; each constraint against its own size."""
    allowed = np.isfinite(problem.value_jpy)
    document = np.nonzero(allowed)[0]
    once = sparse.csr_array((np.ones(len(document)), (document, np.arange(len(document)))))
    limited = takes(problem)[:, allowed]
    size = np.abs(limited).mean(axis=1)
    size[size == 0] = 1.0
    rows = sparse.vstack([once, sparse.csr_array(limited / size[:, None])]).tocsc()
    return -problem.value_jpy[allowed], rows, np.concatenate([np.ones(once.shape[0]), problem.limits / size])


@contextmanager
def _quiet() -> Iterator[None]:
    """HiGHS writes debug lines to stdout by itself in some searches."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
