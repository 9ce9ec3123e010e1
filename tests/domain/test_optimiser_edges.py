"""The optimiser on problems that are easy to get wrong."""

import numpy as np
import pytest

from yakin.domain.optimiser import Constraint, ConstraintKind, Problem, ProblemError, SolverFailed, solve
from yakin.errors import PermanentError


def budget(limit, amount, **more):
    return Constraint("budget run", ConstraintKind.BUDGET, limit, np.asarray(amount, dtype=float), **more)


def night(value, *constraints, classes=None):
    return Problem(np.asarray(value, dtype=float), constraints, classes)


def test_no_documents_are_planned_at_once():
    solution = solve(Problem(np.empty((0, 3)), (budget(5, np.empty((0, 3))),)))
    assert (solution.choice.shape, solution.bound_jpy, solution.gap, solution.used.tolist()) == ((0,), 0.0, 0.0, [0.0])


def test_without_constraints_everyone_takes_the_most_valuable_option():
    solution = solve(night([[1, 3], [4, 2], [-1, -2]]))
    assert solution.choice.tolist() == [1, 0, -1]
    assert solution.gap == 0


def test_nobody_is_asked_when_no_option_is_allowed():
    solution = solve(night(np.full((3, 2), -np.inf), budget(5, np.zeros((3, 2)))))
    assert solution.choice.tolist() == [-1, -1, -1]


def test_a_limit_of_0_leaves_what_costs_nothing():
    solution = solve(night([[5, 1], [5, 1]], budget(0, [[1, 0], [1, 0]])))
    assert solution.choice.tolist() == [1, 1]


def test_an_infinite_limit_never_binds_and_has_no_price():
    solution = solve(night([[5, 1], [5, 1]], budget(np.inf, [[9, 1], [9, 1]])))
    assert (solution.choice.tolist(), solution.prices.tolist()) == ([0, 0], [0.0])


def test_one_document_takes_the_best_option_that_fits():
    assert solve(night([[9, 7, 1]], budget(5, [[6, 5, 1]]))).choice.tolist() == [1]


@pytest.mark.parametrize("groups", [1, 2, 4000])
def test_documents_that_are_all_alike_are_asked_as_far_as_the_money_goes(groups):
    solution = solve(night(np.full((1000, 1), 2.0), budget(333.5, np.ones((1000, 1)))), groups_at_most=groups)
    assert (solution.choice >= 0).sum() == 333
    assert solution.bound_jpy == pytest.approx(667)
    assert solution.prices == pytest.approx([2.0])


def test_a_vendor_gets_no_more_than_its_share_of_the_asked_documents():
    share = Constraint("share A", ConstraintKind.SHARE, 0.0, np.array([0.7, -0.3]))
    solution = solve(night(np.tile([3.0, 1.0], (100, 1)), share))
    assert (solution.choice == 0).sum() == 30
    assert (solution.choice == 1).sum() == 70


def test_a_share_cap_leaves_nobody_asked_when_only_the_capped_vendor_is_allowed():
    share = Constraint("share A", ConstraintKind.SHARE, 0.0, np.array([0.7, -0.3]))
    assert solve(night([[3, -np.inf], [3, -np.inf]], share)).choice.tolist() == [-1, -1]


def test_a_budget_of_some_documents_and_a_budget_of_one_vendor_each_hold():
    value, cost = np.full((10, 2), 5.0), np.ones((10, 2))
    department = budget(2, cost, documents=np.arange(10) < 5)
    vendor = budget(3, cost, options=np.array([1.0, 0.0]))
    solution = solve(night(value + np.array([1, 0]), department, vendor))
    assert (solution.choice[:5] >= 0).sum() == 2
    assert (solution.choice[5:] >= 0).sum() == 5
    assert (solution.choice == 0).sum() == 3


def test_values_of_very_different_size_are_all_served():
    value = np.array([[1e12], [1.0], [1e-6], [1e-9]])
    assert solve(night(value, budget(4, np.ones((4, 1))))).choice.tolist() == [0, 0, 0, 0]


def test_float32_arrays_plan_as_float64_does():
    rng = np.random.default_rng(3)
    value, cost = rng.lognormal(size=(500, 4)).astype(np.float32), rng.lognormal(size=(500, 4)).astype(np.float32)
    single = solve(Problem(value, (Constraint("b", ConstraintKind.BUDGET, 90.0, cost),)))
    double = solve(night(value, budget(90.0, cost)))
    assert single.choice.tolist() == double.choice.tolist()
    assert single.bound_jpy == pytest.approx(double.bound_jpy)


def test_the_same_problem_gives_the_same_plan():
    rng = np.random.default_rng(4)
    problem = night(rng.lognormal(size=(300, 4)), budget(60.0, rng.lognormal(size=(300, 4))))
    assert solve(problem).choice.tolist() == solve(problem).choice.tolist()


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (night([[np.nan]]), "value_jpy has NaN"),
        (night([[np.inf]]), "value_jpy has NaN or +inf"),
        (night([1.0]), "value_jpy has 1 dimensions"),
        (night([[1.0]], budget(-1, [[1.0]])), "the limit of budget run is -1"),
        (night([[1.0]], budget(np.nan, [[1.0]])), "the limit of budget run is nan"),
        (night([[1.0]], budget(1, [[np.nan]])), "the amounts of budget run are not all finite"),
        (night([[1.0]], budget(1, [[1.0, 2.0]])), "the amounts of budget run have shape (1, 2)"),
        (night([[1.0]], budget(1, [[1.0]], documents=np.ones(2, dtype=bool))), "the documents of budget run"),
        (night([[1.0]], budget(1, [[1.0]], options=np.ones(2))), "the options of budget run"),
        (night([[1.0]], classes=np.zeros(2, dtype=int)), "classes has shape (2,)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(problem, words):
    with pytest.raises(ProblemError) as raised:
        solve(problem)
    assert words in str(raised.value)
    assert issubclass(SolverFailed, PermanentError)
