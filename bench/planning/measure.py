"""One plan, timed in a process of its own, so that its peak memory is its own."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from bench.planning.draw import hard_for_greedy, night
from bench.planning.peers import Peer, greedy, relaxed, whole
from yakin.domain.optimiser import NOT_ASKED, Problem, solve

Result = TypeVar("Result")
DRAWS: dict[str, Callable[[int, int], Problem]] = {"night": night, "hard": hard_for_greedy}


@dataclass(frozen=True, slots=True)
class Planned:
    """What the optimiser made of a night."""

    documents: int
    seconds: float
    cpu_seconds: float  # of this process: what `seconds` would be on a machine that does nothing else
    peak_mb: float  # of the whole process, arrays included
    arrays_mb: float
    value_jpy: float
    bound_jpy: float
    grouped_bound_jpy: float
    gap: float
    groups: int
    binding: int  # constraints with a price
    worst_use: float  # used − limit of the fullest constraint, against its largest amount: > 0 breaks a limit
    not_asked: float


def planned(draw: str, documents: int, seed: int) -> Planned:
    """Plan a night and measure it."""
    return _alone(_planned, draw, documents, seed)


def lp(draw: str, documents: int, seed: int) -> Peer:
    """The LP of all documents of a night."""
    return _alone(_lp, draw, documents, seed)


def integer(draw: str, documents: int, seed: int, time_limit: float) -> Peer:
    """scipy.optimize.milp on a night."""
    return _alone(_integer, draw, documents, seed, time_limit)


def by_yen(draw: str, documents: int, seed: int) -> Peer:
    """The greedy rule on a night."""
    return _alone(_by_yen, draw, documents, seed)


def _planned(draw: str, documents: int, seed: int) -> Planned:
    problem = DRAWS[draw](documents, seed)
    began, busy = time.perf_counter(), time.process_time()
    plan = solve(problem)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - busy
    arrays = {id(array): array.nbytes for array in (problem.value_jpy, *(each.amount for each in problem.constraints))}
    sizes = np.array([np.abs(each.amount).max() for each in problem.constraints])
    return Planned(
        documents,
        seconds,
        cpu_seconds,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        sum(arrays.values()) / 2**20,
        plan.value_jpy,
        plan.bound_jpy,
        plan.grouped_bound_jpy,
        plan.gap,
        plan.groups,
        int((plan.prices > 0).sum()),
        float(((plan.used - problem.limits) / sizes).max()),
        float((plan.choice == NOT_ASKED).mean()),
    )


def _lp(draw: str, documents: int, seed: int) -> Peer:
    return relaxed(DRAWS[draw](documents, seed))


def _integer(draw: str, documents: int, seed: int, time_limit: float) -> Peer:
    return whole(DRAWS[draw](documents, seed), time_limit)


def _by_yen(draw: str, documents: int, seed: int) -> Peer:
    return greedy(DRAWS[draw](documents, seed))


def _alone(function: Callable[..., Result], *arguments: object) -> Result:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()
