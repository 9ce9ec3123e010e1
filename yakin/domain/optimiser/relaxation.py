"""The LP relaxation of the ungrouped problem, by column generation over groups (Dantzig & Wolfe 1960).

The grouped LP gives prices; at these every document's own best option makes one more plan for its group; the LP
over all plans gives better prices. Each round has a value that some (split) plan reaches and a bound that none
exceeds, and the rounds end when the two meet.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser import master
from yakin.domain.optimiser.amounts import Priced, chunks, price_out
from yakin.domain.optimiser.columns import Columns, of_choice, single_options
from yakin.domain.optimiser.problem import Problem

CLOSE = 1e-6  # of the bound
ROUNDING = 1e-12  # of what all documents could be worth: what sums of floats are off by
ROUNDS = 200
WORK = 1_500_000  # columns of all rounds together: where share caps contradict each other, prices creep
DROPPING = 4  # rounds after which columns are left out; later it could go in circles
WORTHLESS = 0.02  # a column this share of its value below being taken is left out
IMPROVES = 1e-9  # of the group worth most: a column that is worth less than this more than the mix is not added


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """The last mix of plans, and the best bound with its prices."""

    groups: NDArray[np.intp]
    columns: Columns
    choices: list[NDArray[np.int32]]  # what the plans from m on choose
    mix: master.Mix
    grouped_jpy: float
    bound_jpy: float
    prices: NDArray[np.float64]


def relax(problem: Problem, groups: NDArray[np.intp], penalties: NDArray[np.float64] | None = None) -> Relaxation:
    """Optimum of the relaxed problem to CLOSE. With penalties every document must be asked, limits may be broken."""
    must_ask, number = penalties is not None, int(groups.max()) + 1
    columns = single_options(problem, groups, must_ask=must_ask)
    choices: list[NDArray[np.int32]] = []
    if penalties is not None:  # at first every limit is taken to be broken
        priced = price_out(problem, np.where(np.isfinite(problem.limits), penalties, 0.0), must_ask=True)
        columns = _more(problem, groups, columns, choices, priced)
    mix = master.solve(columns, number, problem.limits, penalties)
    grouped_jpy, bound_jpy, prices, work = mix.value_jpy, np.inf, mix.prices, 0
    least = rounding_jpy(problem) if penalties is None else CLOSE * CLOSE
    for round_ in range(ROUNDS):
        priced = price_out(problem, mix.prices, must_ask=must_ask)
        if priced.bound_jpy < bound_jpy:
            bound_jpy, prices = priced.bound_jpy, mix.prices
        reached = mix.value_jpy - (0.0 if penalties is None else float(penalties @ mix.over))
        work += len(columns)
        met = bound_jpy - reached <= max(CLOSE * abs(bound_jpy), least)
        if met or number == problem.documents or work > WORK:
            break
        if round_ < DROPPING:
            columns = columns.where(_worthy(columns, mix))
        before = len(columns)
        columns = _more(problem, groups, columns, choices, priced, mix)
        if len(columns) == before:
            break
        mix = master.solve(columns, number, problem.limits, penalties)
    return Relaxation(groups, columns, choices, mix, grouped_jpy, bound_jpy, prices)


def rounding_jpy(problem: Problem) -> float:
    """What bounds and values of plans are off by because floats are."""
    most = sum(
        float(np.maximum(problem.value_jpy[rows].max(axis=1, initial=0.0), 0.0).sum())
        for rows in chunks(problem.documents)
    )
    return ROUNDING * most


def _more(
    problem: Problem,
    groups: NDArray[np.intp],
    columns: Columns,
    choices: list[NDArray[np.int32]],
    priced: Priced,
    mix: master.Mix | None = None,
) -> Columns:
    """The columns, and those of the priced choice that would improve the mix (all of them without one)."""
    choices.append(priced.choice)
    more = of_choice(problem, groups, priced.choice, problem.options + len(choices) - 1)
    if mix is not None:
        better = more.value_jpy - more.used @ mix.prices - mix.group_jpy
        more = more.where(better > IMPROVES * np.abs(mix.group_jpy).max())
    return columns.and_also(more)


def _worthy(columns: Columns, mix: master.Mix) -> NDArray[np.bool_]:
    """The columns that the mix takes or would take at slightly other prices."""
    missing = mix.group_jpy[columns.group] - (columns.value_jpy - columns.used @ mix.prices)
    return (mix.weights > 0) | (missing <= WORTHLESS * np.abs(columns.value_jpy))
