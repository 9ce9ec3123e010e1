"""A reservation that somebody of this process waits for, and when its waiting ends without money."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import AsyncConnection

from yakin.domain.documents import AttemptId
from yakin.errors import BudgetExhausted
from yakin.store import budgets
from yakin.store.budgets import Pressure
from yakin.store.reserving import MustWait, NewAttempt, OfAttempt, Reserved


@dataclass(slots=True, eq=False)
class Waiter(OfAttempt):
    """A reservation that somebody of this process waits for."""

    new: NewAttempt
    until: datetime | None  # None: it does not wait for money
    came_at: datetime
    served_at: Mapping[str, datetime]  # of this process: when each use case last had its turn
    future: asyncio.Future[Reserved | MustWait]
    is_judged: bool = False  # whether it was ever asked if money in flight could help it

    @property
    def since(self) -> datetime:
        """When it came, or when its use case last had a turn here, whichever is later."""
        return max(self.came_at, self.served_at.get(self.use_case, self.came_at))


def ended(claim: Waiter, patience: MustWait | BudgetExhausted) -> MustWait | BudgetExhausted | None:
    """How its waiting ends now; None: it goes on."""
    if isinstance(patience, BudgetExhausted) or claim.until is None:
        return patience
    if datetime.now(UTC) >= claim.until:
        return BudgetExhausted(f"the rest of the {patience.scope} budget was in flight until the deadline")
    return None


async def wait_or_refuse(
    conn: AsyncConnection, claims: Sequence[NewAttempt]
) -> dict[AttemptId, MustWait | BudgetExhausted]:
    """Whether the money in flight could still make room for each of these."""
    budget_ids = sorted({each for claim in claims for each in claim.budget_ids})
    caps = {cap.budget_id: cap for cap in await budgets.pressure(conn, budget_ids)}
    return {claim.attempt_id: _patience(claim, caps) for claim in claims}


def _patience(claim: NewAttempt, known: Mapping[int, Pressure]) -> MustWait | BudgetExhausted:
    if missing := [each for each in claim.budget_ids if each not in known]:
        return BudgetExhausted(f"budget {missing[0]} does not exist, and no cap means no room")
    caps = [known[each] for each in claim.budget_ids]
    for cap in caps:
        if not cap.may_fit(claim.worst_jpy):
            return BudgetExhausted(
                f"{cap.scope} budget {cap.budget_id} has {cap.left_jpy} yen left of {cap.cap_jpy}, "
                f"the call may cost {claim.worst_jpy}"
            )
    tightest = min(caps, key=lambda cap: cap.left_jpy)
    return MustWait(tightest.scope, tightest.in_flight_jpy)
