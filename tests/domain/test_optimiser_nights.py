"""The optimiser on nights that are larger than its groups."""

import numpy as np
import pytest

from bench.planning.draw import hard_for_greedy, night
from bench.planning.peers import greedy, relaxed
from tests.domain.problems import used_by
from yakin.domain.optimiser import Constraint, ConstraintKind, Problem, solve


@pytest.mark.parametrize("seed", [0, 1])
def test_few_groups_reach_the_optimum_of_all_documents_on_their_own(seed):
    problem = night(400, seed)
    alone, grouped = relaxed(problem).value_jpy, solve(problem, groups_at_most=60)
    assert grouped.groups <= 60
    assert grouped.bound_jpy == pytest.approx(alone, rel=2e-6)
    assert grouped.grouped_bound_jpy < alone
    assert alone - grouped.value_jpy < problem.value_jpy.max()  # less than one document
    for constraint, used in zip(problem.constraints, used_by(problem, grouped.choice), strict=True):
        assert used <= constraint.limit + 1e-9 * max(1.0, constraint.limit)


def test_where_money_time_and_a_share_bind_together_value_per_yen_fails_and_the_plan_does_not():
    problem = hard_for_greedy(500, seed=0)
    plan = solve(problem)
    assert plan.gap < 0.01
    assert greedy(problem).value_jpy < 0.6 * plan.value_jpy
    assert (plan.prices > 0).all()


def test_share_caps_that_contradict_each_other_leave_nobody_asked():
    rng = np.random.default_rng(7)
    first = np.array([0.9, -0.1])  # at most a tenth takes option 0
    second = np.array([-0.9, 0.1])  # at least a tenth does
    third = np.array([0.5, -0.5])[::-1]  # at most half takes option 1
    shares = (
        Constraint(f"share {number}", ConstraintKind.SHARE, 0.0, amount)
        for number, amount in enumerate((first, second, third))
    )
    solution = solve(Problem(rng.lognormal(size=(3000, 2)), tuple(shares), None), groups_at_most=50)
    assert (solution.choice == -1).all()
    assert (solution.bound_jpy, solution.gap) == (pytest.approx(0.0, abs=1e-6), pytest.approx(0.0, abs=1e-6))
