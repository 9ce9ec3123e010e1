"""Small planning problems for the optimiser's tests, drawn by hypothesis, and their exact answers by scipy."""

import numpy as np
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from yakin.domain.optimiser import Constraint, ConstraintKind, Problem


@st.composite
def problems(draw, most_documents=8):
    """Nights of a few documents: forbidden options, ties, zero and infinite limits, negative amounts, masks."""
    documents = draw(st.integers(0, most_documents))
    options = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    scale = draw(st.sampled_from([1.0, 1e-3, 1e6]))
    value = rng.choice([1.0, 3.0, rng.lognormal()], (documents, options)) * scale
    if draw(st.booleans()):
        value *= rng.lognormal(0, 4, (documents, 1))
    value = np.where(rng.random(value.shape) < draw(st.sampled_from([0.0, 0.3, 1.0])), -np.inf, value)
    value = np.where(rng.random(value.shape) < 0.1, -scale, value)
    shared = np.where(np.isfinite(value), rng.choice([0.5, 1.0, rng.lognormal()], value.shape), 0.0)
    constraints = tuple(
        _constraint(number, rng, shared, draw(st.sampled_from([0.0, 0.2, 0.7, 2.0, np.inf])))
        for number in range(draw(st.integers(0, 4)))
    )
    return Problem(value, constraints, rng.integers(0, 2, documents) if draw(st.booleans()) else None)


def _constraint(number, rng, shared, tightness):
    documents, options = shared.shape
    form = rng.integers(0, 4)
    counted = rng.random(documents) < 0.6 if form == 1 else None
    factor = rng.choice([0.0, 1.0], options) if form == 2 else None
    if form == 3:  # a vendor's share of the asked documents
        vendor = rng.random(options) < 0.5
        share = rng.choice([0.25, 0.5])
        return Constraint(f"share {number}", ConstraintKind.SHARE, 0.0, np.where(vendor, 1 - share, -share))
    limit = tightness * shared.max(axis=1, initial=0.0).sum() if np.isfinite(tightness) else np.inf
    return Constraint(f"budget {number}", ConstraintKind.BUDGET, limit, shared, counted, factor)


def takes(problem, constraint):
    """(n, m): what each document takes of a constraint under each option, written out."""
    amount = np.broadcast_to(constraint.amount, problem.value_jpy.shape).copy()
    if constraint.options is not None:
        amount = amount * constraint.options
    if constraint.documents is not None:
        amount = amount * constraint.documents[:, None]
    return amount


def used_by(problem, choice):
    """What a choice takes of each constraint, added up document by document."""
    return [
        sum(takes(problem, each)[document, option] for document, option in enumerate(choice) if option >= 0)
        for each in problem.constraints
    ]


def best_plan(problem, *, whole):
    """The optimum over whole documents (scipy.optimize.milp), or over split ones."""
    if not problem.value_jpy.size:
        return 0.0
    allowed = np.isfinite(problem.value_jpy)
    once = sparse.csr_array(np.kron(np.eye(problem.documents), np.ones(problem.options)))
    rows = [LinearConstraint(once, -np.inf, 1.0)]
    rows += [
        LinearConstraint(takes(problem, each).reshape(1, -1), -np.inf, each.limit)
        for each in problem.constraints
        if np.isfinite(each.limit)
    ]
    result = milp(
        -np.where(allowed, problem.value_jpy, 0.0).ravel(),
        constraints=rows,
        bounds=Bounds(0, allowed.ravel().astype(float)),
        integrality=np.full(allowed.size, int(whole)),
        options={"mip_rel_gap": 0.0},
    )
    return -result.fun


def least_missing(problem, *, any_allowed):
    """The least sum over constraints of what is missing as a share of its measure, when everybody is asked."""
    allowed = np.isfinite(problem.value_jpy) if any_allowed else problem.value_jpy > 0
    documents = np.flatnonzero(allowed.any(axis=1))
    finite = [each for each in problem.constraints if np.isfinite(each.limit)]
    if not len(documents) or not finite:
        return 0.0
    once = np.kron(np.eye(len(documents)), np.ones(problem.options))
    amounts = np.array([takes(problem, each)[documents].ravel() for each in finite])
    measures = [
        each.limit or np.broadcast_to(np.abs(each.amount).max(axis=-1), (problem.documents,))[documents].sum() or 1.0
        for each in finite
    ]
    number = len(finite)
    result = linprog(
        np.concatenate([np.zeros(once.shape[1]), 1 / np.array(measures)]),
        A_ub=np.hstack([amounts, -np.eye(number)]),
        b_ub=[each.limit for each in finite],
        A_eq=np.hstack([once, np.zeros((len(documents), number))]),
        b_eq=np.ones(len(documents)),
        bounds=[(0, 1 if free else 0) for free in allowed[documents].ravel()] + [(0, None)] * number,
    )
    return result.fun
