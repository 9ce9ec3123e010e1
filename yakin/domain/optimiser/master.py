"""The LP over columns: which mix of its plans each group follows. Solved by HiGHS."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

from yakin.domain.optimiser.columns import Columns
from yakin.errors import PermanentError

METHODS = ("highs-ipm", "highs-ds")  # interior point with crossover is the faster one here; simplex when it gives up
VALUE_RANGE = 1e3  # HiGHS' tolerances are absolute: the best column is worth this much to it
NO_PRICE = 1e-9  # a dual below this is HiGHS' rounding
MANY = 500  # rows from which interior point pays


class SolverFailed(PermanentError):
    """HiGHS did not solve a planning problem; the message gives its status."""


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """Optimum of the LP over columns."""

    value_jpy: float
    weights: NDArray[np.float64]  # (c,)
    prices: NDArray[np.float64]  # (k,), >= 0
    group_jpy: NDArray[np.float64]  # (groups,): what a column has to be worth at the prices to be taken
    over: NDArray[np.float64]  # (k,): by how much limits are broken, where that is allowed at a penalty


def solve(
    columns: Columns,
    groups: int,
    limits: NDArray[np.float64],
    penalties: NDArray[np.float64] | None = None,
) -> Mix:
    """The best mix. With penalties (value lost per unit over a limit) every group has to follow some mix, else may."""
    finite = np.flatnonzero(np.isfinite(limits))
    number, kept = len(columns), len(finite)
    scale = np.abs(columns.used[:, finite]).max(axis=0, initial=0.0)
    scale[scale == 0] = 1.0
    unit = np.abs(columns.value_jpy).max(initial=0.0)
    if penalties is not None:
        unit = max(unit, float((penalties[finite] * scale).max(initial=0.0)))
    unit = (unit or 1.0) / VALUE_RANGE
    mixes = sparse.csr_array((np.ones(number), (columns.group, np.arange(number))), shape=(groups, number))
    limited = sparse.csr_array((columns.used[:, finite] / scale).T)
    cost = -columns.value_jpy / unit
    if penalties is not None:
        cost = np.concatenate([cost, penalties[finite] * scale / unit])
        mixes = sparse.hstack([mixes, sparse.csr_array((groups, kept))])
        limited = sparse.hstack([limited, -sparse.eye_array(kept)])
    result = _linprog(cost, mixes, limited, limits[finite] / scale, equal=penalties is not None)
    return _mix(result, columns, (finite, scale, unit), limits, equal=penalties is not None)


def _linprog(
    cost: NDArray[np.float64],
    mixes: sparse.csr_array,
    limited: sparse.csr_array,
    limits: NDArray[np.float64],
    *,
    equal: bool,
) -> OptimizeResult:
    ones = np.ones(mixes.shape[0])
    if equal:
        rows = {"A_eq": mixes, "b_eq": ones, "A_ub": limited, "b_ub": limits}
    else:
        rows = {"A_ub": sparse.vstack([mixes, limited]), "b_ub": np.concatenate([ones, limits])}
    statuses = []
    for method in METHODS if mixes.shape[0] >= MANY else METHODS[::-1]:
        result = linprog(cost, bounds=(0, None), method=method, **rows)
        if result.status == 0:
            return result
        statuses.append(f"{method}: {result.status}")
    raise SolverFailed(f"HiGHS ended a planning problem of {len(cost)} columns with {', '.join(statuses)}")


def _mix(
    result: OptimizeResult,
    columns: Columns,
    scales: tuple[NDArray[np.intp], NDArray[np.float64], float],
    limits: NDArray[np.float64],
    *,
    equal: bool,
) -> Mix:
    finite, scale, unit = scales
    weights = np.clip(result.x[: len(columns)], 0.0, 1.0)
    duals = np.where(-result.ineqlin.marginals > NO_PRICE, -result.ineqlin.marginals, 0.0) * unit
    prices, over = np.zeros(len(limits)), np.zeros(len(limits))
    prices[finite] = duals[len(duals) - len(finite) :] / scale
    over[finite] = result.x[len(columns) :] * scale if equal else 0.0
    group_jpy = -result.eqlin.marginals * unit if equal else duals[: len(duals) - len(finite)]
    return Mix(float(columns.value_jpy @ weights), weights, prices, group_jpy, over)
