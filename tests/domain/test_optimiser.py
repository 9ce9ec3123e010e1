"""The optimiser's promises on any small problem, against scipy's exact answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.problems import best_plan, problems, used_by
from yakin.domain.optimiser import solve

quick = settings(max_examples=40, deadline=None)


def near(limit):
    return limit + 1e-9 * max(1.0, abs(limit))


def rounding(problem):
    """What yen may be off by the solvers' tolerances: 10⁻⁶ of all values."""
    return 1e-6 * np.where(np.isfinite(problem.value_jpy), np.abs(problem.value_jpy), 0.0).sum() + 1e-12


@quick
@given(problems(most_documents=30), st.sampled_from([1, 3, 4000]))
def test_a_plan_keeps_every_limit_and_asks_nothing_forbidden(problem, groups):
    solution = solve(problem, groups_at_most=groups)
    for constraint, used in zip(problem.constraints, used_by(problem, solution.choice), strict=True):
        assert used <= near(constraint.limit)
    asked = np.flatnonzero(solution.choice >= 0)
    assert np.isfinite(problem.value_jpy[asked, solution.choice[asked]]).all()
    assert solution.value_jpy == pytest.approx(problem.value_jpy[asked, solution.choice[asked]].sum())
    assert solution.used == pytest.approx(np.array(used_by(problem, solution.choice)))


@quick
@given(problems(), st.sampled_from([1, 3, 4000]))
def test_no_plan_is_worth_more_than_the_bound(problem, groups):
    solution = solve(problem, groups_at_most=groups)
    tolerance = rounding(problem)
    best, relaxed = best_plan(problem, whole=True), best_plan(problem, whole=False)
    assert solution.value_jpy <= best + tolerance
    assert best <= relaxed + tolerance
    assert relaxed <= solution.bound_jpy + tolerance
    assert solution.grouped_bound_jpy <= relaxed + tolerance
    assert (solution.prices >= 0).all()


@quick
@given(problems())
def test_the_bound_of_documents_on_their_own_is_the_optimum_of_the_relaxed_problem(problem):
    assert solve(problem).bound_jpy == pytest.approx(best_plan(problem, whole=False), abs=rounding(problem))


@quick
@given(problems(most_documents=12), st.integers(0, 3), st.floats(1.0, 3.0))
def test_more_of_a_limit_never_lowers_the_value_by_more_than_the_gap(problem, which, times):
    if not problem.constraints:
        return
    number = which % len(problem.constraints)
    limits = problem.limits
    limits[number] = limits[number] * times + 0.1
    before, after = solve(problem), solve(problem.with_limits(limits))
    assert after.value_jpy >= before.value_jpy - after.gap * abs(after.bound_jpy) - rounding(problem)
