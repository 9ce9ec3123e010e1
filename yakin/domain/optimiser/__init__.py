"""The night's optimisation on plain arrays: which option each document takes, with a bound and prices.

>>> problem = Problem(value_jpy, (Constraint("budget run", ConstraintKind.BUDGET, 5000.0, cost_jpy),))
>>> plan = solve(problem)  # plan.choice, plan.gap, plan.prices
>>> shortfalls(problem)  # which limits keep documents from being asked, and by how much
>>> worth_of(problem, "budget run", 100)  # yen of value that ¥100 more would buy
"""

from yakin.domain.optimiser.master import SolverFailed
from yakin.domain.optimiser.problem import (
    NOT_ASKED,
    Constraint,
    ConstraintKind,
    Problem,
    ProblemError,
    Shortfall,
    Solution,
)
from yakin.domain.optimiser.solving import solve
from yakin.domain.optimiser.whatif import shortfalls, worth_of

__all__ = [
    "NOT_ASKED",
    "Constraint",
    "ConstraintKind",
    "Problem",
    "ProblemError",
    "Shortfall",
    "Solution",
    "SolverFailed",
    "shortfalls",
    "solve",
    "worth_of",
]
