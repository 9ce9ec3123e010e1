"""A night as arrays: what each document is worth and takes under each option, and the limits of the night.

Yen are whole micro-yen in here, so that their sums are exact in float64 as the ledger's are.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Self

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser import Constraint, ConstraintKind, Problem
from yakin.domain.options import Choice, Option
from yakin.domain.planning import BudgetRoom, PlanRequest
from yakin.domain.pricing import Tier
from yakin.domain.routing import Endpoint
from yakin.domain.zones import Zone

MICRO_PER_YEN = 1_000_000
CHEAPER_FIRST = 1e-6  # of a yen of value per yen: what is worth the same is bought from the cheaper one
EVERY_VENDOR = "*"
ROUNDING = 1e-9  # 0.29 of a hundred documents are 29, in floats as well
RUN_BUDGET = "budget of the run"

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Night:
    """The problem, and what its rows and columns stand for."""

    problem: Problem
    endpoints: tuple[Endpoint, ...]
    choices: tuple[Choice, ...]  # by row
    columns: tuple[tuple[int, ...], ...]  # by row: column of each allowed option

    def option(self, row: int, column: int) -> Option:
        """The option of a document in a column."""
        return self.choices[row].allowed[self.columns[row].index(column)]


def night_problem(request: PlanRequest, choices: Sequence[Choice]) -> Night:
    """Rows are the request's items; columns are all options by name."""
    names = sorted({option.name for choice in choices for option in choice.allowed})
    column = {name: number for number, name in enumerate(names)}
    columns = tuple(tuple(column[option.name] for option in choice.allowed) for choice in choices)
    value = np.full((len(choices), len(names)), -np.inf)
    for row, choice in enumerate(choices):
        for option, at in zip(choice.allowed, columns[row], strict=True):
            value[row, at] = option.value_jpy - CHEAPER_FIRST * float(option.expected_jpy)
    taken = _Taken.of(choices, columns, len(names))
    limits = (*_budgets(request, taken), *_times(request, taken), *_shares(request, taken))
    return Night(Problem(value, limits, _classes(request, choices, columns)), taken.endpoints, tuple(choices), columns)


def _classes(request: PlanRequest, choices: Sequence[Choice], columns: Sequence[tuple[int, ...]]) -> NDArray[np.int64]:
    """Documents of one class differ in size only."""
    keys = [
        (item.use_case, at, tuple(option.value_jpy for option in choice.allowed))
        for item, choice, at in zip(request.items, choices, columns, strict=True)
    ]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """Every step of every allowed option of every document, as columns of one table."""

    shape: tuple[int, int]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    micro_yen: Numbers
    seconds: Numbers
    requests: Numbers  # of the shared per-minute limits; lines of a batch are not counted there
    tokens: Numbers
    at: NDArray[np.int64]  # which endpoint
    endpoints: tuple[Endpoint, ...]

    @classmethod
    def of(cls, choices: Sequence[Choice], columns: Sequence[tuple[int, ...]], width: int) -> Self:
        """Filled in one pass."""
        steps = [
            (row, column, step)
            for row, choice in enumerate(choices)
            for column, option in zip(columns[row], choice.allowed, strict=True)
            for step in option.steps
        ]
        named = {step.offer.model.endpoint.name: step.offer.model.endpoint for _, _, step in steps}
        number = {name: each for each, name in enumerate(sorted(named))}
        live = np.array([step.offer.tier is Tier.REALTIME for _, _, step in steps], dtype=float)
        share = np.array([step.share for _, _, step in steps], dtype=float)
        return cls(
            shape=(len(choices), width),
            row=np.array([row for row, _, _ in steps], dtype=np.int64),
            column=np.array([column for _, column, _ in steps], dtype=np.int64),
            micro_yen=np.array([float(step.planned_jpy * MICRO_PER_YEN) for _, _, step in steps]),
            seconds=np.array([step.seconds for _, _, step in steps], dtype=float) * share,
            requests=np.array([step.requests for _, _, step in steps], dtype=float) * live * share,
            tokens=np.array([step.tokens for _, _, step in steps], dtype=float) * live * share,
            at=np.array([number[step.offer.model.endpoint.name] for _, _, step in steps], dtype=np.int64),
            endpoints=tuple(named[name] for name in sorted(named)),
        )

    def matrix(self, amount: Numbers, endpoints: Flags) -> Numbers:
        """Documents × options: the sum over the steps at those endpoints."""
        counted = endpoints[self.at]
        summed = np.zeros(self.shape)
        np.add.at(summed, (self.row[counted], self.column[counted]), amount[counted])
        return summed

    def only(self, endpoint: Endpoint) -> Flags:
        """One endpoint alone."""
        return np.array([each.name == endpoint.name for each in self.endpoints], dtype=bool)

    def of_operator(self, operator: str | None) -> Flags:
        """The endpoints of one vendor, or all of them."""
        return np.array([operator in (None, each.operator) for each in self.endpoints], dtype=bool)


def _budgets(request: PlanRequest, taken: _Taken) -> Iterator[Constraint]:
    """The run's budget and every other cap, each over the use cases and the vendor that it counts."""
    whole = taken.matrix(taken.micro_yen, taken.of_operator(None))
    for room in (BudgetRoom(RUN_BUDGET, request.room_jpy), *request.budgets):
        amount = whole
        if room.operator is not None:
            amount = taken.matrix(taken.micro_yen, taken.of_operator(room.operator))
        documents = None
        if room.use_cases is not None:
            documents = np.array([item.use_case in room.use_cases for item in request.items], dtype=bool)
        limit = (max(room.room_jpy, Decimal(0)) * MICRO_PER_YEN).to_integral_value(ROUND_FLOOR)
        yield Constraint(room.name, ConstraintKind.BUDGET, float(limit), amount, documents)


def _times(request: PlanRequest, taken: _Taken) -> Iterator[Constraint]:
    """What each endpoint can do before the deadline: seconds over its concurrency, requests and tokens per minute."""
    if request.deadline_at is None:
        return
    window_s = max(0.0, (request.deadline_at - request.now).total_seconds())
    for endpoint in taken.endpoints:
        here, limits = taken.only(endpoint), endpoint.limits
        yield Constraint(
            f"time of {endpoint.name}",
            ConstraintKind.CAPACITY,
            window_s * limits.concurrency,
            taken.matrix(taken.seconds, here),
        )
        per_minute = {
            "requests": (limits.requests_per_minute, taken.requests),
            "tokens": (limits.tokens_per_minute, taken.tokens),
        }
        for name, (allowed, amount) in per_minute.items():
            if allowed is not None:
                yield Constraint(
                    f"{name} per minute of {endpoint.name}",
                    ConstraintKind.OTHER,
                    allowed * window_s / 60,
                    taken.matrix(amount, here),
                )


def _shares(request: PlanRequest, taken: _Taken) -> Iterator[Constraint]:
    """How many of the night's documents one vendor may still see; one's own machines are nobody's."""
    not_own = np.array([endpoint.zone is not Zone.ON_PREM for endpoint in taken.endpoints], dtype=bool)
    vendors = {endpoint.operator for endpoint in taken.endpoints if endpoint.zone is not Zone.ON_PREM}
    asked = request.asked_already
    of_night = asked.documents + np.unique(taken.row).size
    for operator in sorted(vendors):
        share = request.vendor_shares.get(operator, request.vendor_shares.get(EVERY_VENDOR))
        if share is not None:
            sees = taken.matrix(np.ones(taken.row.size), taken.of_operator(operator) & not_own) > 0
            whole = math.floor(share * of_night + ROUNDING)
            limit = float(max(0, whole - asked.seen_by.get(operator, 0)))
            yield Constraint(f"share of {operator}", ConstraintKind.SHARE, limit, sees.astype(float))
