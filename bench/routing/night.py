"""A night over the test rows: plan, ask under admission, plan again with what is left. Costs show once paid for."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from bench.routing.options import Beliefs, Option
from bench.routing.tables import Table
from yakin.domain.optimiser import Constraint, ConstraintKind, Problem, solve

WAVES = (0.5, 0.5, 0.5, 0.6, 1.0)  # of the documents that remain: the last waves correct what was mistaken
IN_FLIGHT = 8
GROUPS = 1000


@dataclass
class Purse:
    """Reserve the bound, settle what it cost; what does not fit waits for settlements, then is refused."""

    left: float
    spent: float = 0.0
    in_flight: deque[tuple[float, float]] = field(default_factory=deque)

    def reserve(self, bound: float, cost: float) -> bool:
        """Whether the call is made. `cost` is looked at only when it is settled."""
        while self.in_flight and (bound > self.left or len(self.in_flight) >= IN_FLIGHT):
            self.settle()
        if bound > self.left:
            return False
        self.left -= bound
        self.in_flight.append((bound, cost))
        return True

    def settle(self) -> None:
        """The oldest call comes back."""
        bound, cost = self.in_flight.popleft()
        self.left += bound - cost
        self.spent += cost

    def settle_all(self) -> None:
        """Every call comes back."""
        while self.in_flight:
            self.settle()


@dataclass(frozen=True)
class Night:
    """What came of it, per test row."""

    scores: np.ndarray
    answered: np.ndarray
    cost: float
    budget: float

    @property
    def violated(self) -> bool:
        return self.cost > self.budget * (1 + 1e-12)


def bounds(table: Table, expected: np.ndarray) -> np.ndarray:
    """(n, m): what a call can cost at most. The largest ratio of cost to plan in the whole table stands for the
    output limit, which a vendor lets one set before asking."""
    return expected * (table.costs / expected).max(axis=0) * (1 + 1e-9)


def run(table: Table, beliefs: Beliefs, bound: np.ndarray, budget: float) -> Night:
    """The test rows, wave by wave; a document that a wave leaves unasked is planned again in the next."""
    purse, open_rows = Purse(budget), table.test
    scores = np.full(len(table.prompts), np.nan)
    for share in WAVES:
        choice = _plan(beliefs, open_rows, purse.left)
        for row, chosen in list(zip(open_rows, choice, strict=True))[: int(np.ceil(share * len(open_rows)))]:
            for at in (chosen, *_cheaper(beliefs, row, chosen)):
                option = beliefs.options[at]
                if chosen >= 0 and _ask(table, option, bound, row, purse):
                    scores[row] = _answer(table, option, bound, row, purse)
                    break
        purse.settle_all()
        open_rows = open_rows[np.isnan(scores[open_rows])]
    answered = ~np.isnan(scores[table.test])
    return Night(np.nan_to_num(scores[table.test]), answered, purse.spent, budget)


def _plan(beliefs: Beliefs, rows: np.ndarray, left: float) -> np.ndarray:
    """The product's optimiser: every option's expected score as its value, one budget."""
    amount = beliefs.costs[rows]
    scale = amount.mean()  # yen or dollars: the solver sees numbers of ordinary size
    budget = Constraint("budget run", ConstraintKind.BUDGET, left / scale, amount / scale)
    return solve(Problem(beliefs.scores[rows] + 1e-6, (budget,), None), groups_at_most=GROUPS).choice


def _cheaper(beliefs: Beliefs, row: int, chosen: int) -> list[int]:
    """What stands in when the chosen option's bound does not fit: cheaper single offers, best first."""
    if chosen < 0:
        return []
    cheaper = [
        at
        for at, option in enumerate(beliefs.options)
        if option.second is None and beliefs.costs[row, at] < beliefs.costs[row, chosen]
    ]
    return sorted(cheaper, key=lambda at: -beliefs.scores[row, at])


def _ask(table: Table, option: Option, bound: np.ndarray, row: int, purse: Purse) -> bool:
    return purse.reserve(bound[row, option.first], table.costs[row, option.first])


def _answer(table: Table, option: Option, bound: np.ndarray, row: int, purse: Purse) -> float:
    """The score. What was paid for first stands when a cascade's second call does not fit any more."""
    if option.second is not None and option.believed is not None and not option.believed[row]:
        purse.settle_all()  # the first answer had to come back before it could be verified
        if purse.reserve(bound[row, option.second], table.costs[row, option.second]):
            return float(table.scores[row, option.second])
    return float(table.scores[row, option.first])
