"""What is missing to ask everybody, and what more of a limit would buy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.problems import best_plan, least_missing, problems
from yakin.domain.optimiser import Constraint, ConstraintKind, Problem, ProblemError, shortfalls, solve, worth_of

quick = settings(max_examples=35, deadline=None)


def night(value, limit, cost, *more):
    run = Constraint("budget run", ConstraintKind.BUDGET, limit, np.asarray(cost, dtype=float))
    return Problem(np.asarray(value, dtype=float), (run, *more), None)


@quick
@given(problems(), st.booleans(), st.sampled_from([1, 3, 4000]))
def test_what_is_missing_is_the_least_that_asks_everybody(problem, any_allowed, groups):
    missing = shortfalls(problem, any_allowed=any_allowed, groups_at_most=groups)
    exact = least_missing(problem, any_allowed=any_allowed)
    assert bool(missing) == (exact > 1e-5) or exact < 1e-4
    if all(each.limit > 0 for each in missing):
        found = sum(each.missing / each.limit for each in missing)
        assert found == pytest.approx(exact, rel=1e-4, abs=1e-5)


@quick
@given(problems(most_documents=6))
def test_nothing_is_missing_where_a_plan_asks_everybody(problem):
    asked = (problem.value_jpy > 0).any(axis=1)
    if (solve(problem).choice[asked] >= 0).all() and (problem.value_jpy[solve(problem).choice >= 0] > 0).all():
        assert shortfalls(problem) == ()


def test_a_shortfall_names_the_limit_and_by_how_much():
    seconds = Constraint("capacity on-prem", ConstraintKind.CAPACITY, 100.0, np.array([10.0]))
    (short,) = shortfalls(night(np.ones((20, 1)), 50.0, np.ones((20, 1)), seconds))
    assert (short.name, short.kind, short.limit) == ("capacity on-prem", ConstraintKind.CAPACITY, 100.0)
    assert (short.needed, short.missing) == (pytest.approx(200), pytest.approx(100))


def test_a_document_whose_options_are_worth_nothing_need_not_be_asked_unless_all_are_meant():
    problem = night([[1.0], [-1.0]], 1.0, [[1.0], [1.0]])
    assert shortfalls(problem) == ()
    (short,) = shortfalls(problem, any_allowed=True)
    assert short.missing == pytest.approx(1)


def test_what_is_missing_is_found_in_a_night_of_many_documents():
    rng = np.random.default_rng(5)
    cost = rng.lognormal(size=(6_000, 2))
    (short,) = shortfalls(night(np.ones(cost.shape), 1000.0, cost), groups_at_most=300)
    assert short.needed == pytest.approx(cost.min(axis=1).sum(), rel=1e-5)


def test_a_limit_of_0_is_measured_against_what_all_documents_could_take():
    (short,) = shortfalls(night(np.ones((4, 1)), 0.0, np.full((4, 1), 3.0)))
    assert (short.limit, short.missing) == (0.0, pytest.approx(12))


@quick
@given(problems(), st.floats(0.1, 5.0))
def test_what_more_of_a_limit_buys_is_the_difference_of_two_relaxed_problems(problem, more):
    if not problem.constraints or not np.isfinite(problem.constraints[0].limit):
        return
    limits = problem.limits
    limits[0] += more
    before, after = best_plan(problem, whole=False), best_plan(problem.with_limits(limits), whole=False)
    worth = worth_of(problem, problem.constraints[0].name, more)
    assert worth == pytest.approx(after - before, rel=1e-4, abs=1e-5 * max(1.0, abs(after)))
    assert worth <= solve(problem).prices[0] * more + 1e-5 * max(1.0, abs(after))


def test_a_little_more_money_is_worth_its_price_in_a_night_of_many_documents():
    rng = np.random.default_rng(6)
    problem = night(rng.lognormal(size=(6_000, 2)), 900.0, rng.lognormal(size=(6_000, 2)))
    assert worth_of(problem, "budget run", 10.0, groups_at_most=300) == pytest.approx(
        10 * solve(problem, groups_at_most=300).prices[0], rel=0.02
    )


def test_more_of_a_limit_that_nobody_named_is_refused():
    with pytest.raises(ProblemError, match="0 constraints are called budget month"):
        worth_of(night([[1.0]], 1.0, [[1.0]]), "budget month", 100)


def test_less_of_a_limit_costs_value_down_to_nothing_left():
    problem = night([[5.0], [3.0]], 2.0, [[1.0], [1.0]])
    assert worth_of(problem, "budget run", -1.0) == pytest.approx(-3.0)
    with pytest.raises(ProblemError, match=r"budget run would be left with -1\.0"):
        worth_of(problem, "budget run", -3.0)
