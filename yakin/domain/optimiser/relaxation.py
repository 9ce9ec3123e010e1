"""The LP relaxation of the ungrouped problem, by column generation over groups (Dantzig & Wolfe 1960).

The grouped LP gives prices; at these every document's own best option makes one more plan for its group; the LP
over all plans gives better prices. Each round has a value that some (split) plan reaches and a bound that none
exceeds, and the rounds end when the two meet.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser import master
from yakin.domain.optimiser.amounts import Priced, price_out
from yakin.domain.optimiser.columns import Columns, of_choice, single_options
from yakin.domain.optimiser.problem import Problem

CLOSE = 1e-6  # of the bound
ROUNDS = 60
DROPPING = 4  # rounds after which columns are left out; later it could go in circles
WORTHLESS = 0.02  # a column this share of its group's value below being taken is left out of the next round


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
    grouped_jpy, bound_jpy, prices = mix.value_jpy, np.inf, mix.prices
    for round_ in range(ROUNDS):
        priced = price_out(problem, mix.prices, must_ask=must_ask)
        if priced.bound_jpy < bound_jpy:
            bound_jpy, prices = priced.bound_jpy, mix.prices
        reached = mix.value_jpy - (0.0 if penalties is None else float(penalties @ mix.over))
        if number == problem.documents or bound_jpy - reached <= CLOSE * abs(bound_jpy) or round_ == ROUNDS - 1:
            break
        if round_ < DROPPING:
            columns = columns.where(_worthy(columns, mix))
        columns = _more(problem, groups, columns, choices, priced)
        mix = master.solve(columns, number, problem.limits, penalties)
    return Relaxation(groups, columns, choices, mix, grouped_jpy, bound_jpy, prices)


def _more(
    problem: Problem,
    groups: NDArray[np.intp],
    columns: Columns,
    choices: list[NDArray[np.int32]],
    priced: Priced,
) -> Columns:
    choices.append(priced.choice)
    return columns.and_also(of_choice(problem, groups, priced.choice, problem.options + len(choices) - 1))


def _worthy(columns: Columns, mix: master.Mix) -> NDArray[np.bool_]:
    """The columns that the mix takes or would take at slightly other prices."""
    missing = mix.group_jpy[columns.group] - (columns.value_jpy - columns.used @ mix.prices)
    return (mix.weights > 0) | (missing <= WORTHLESS * np.abs(columns.value_jpy))
