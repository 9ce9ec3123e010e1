"""Money around one request: reserve before, settle after, each yen once. See DESIGN §6 for the lock order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.asking import AnswerFields, Outcome, Purpose, Reply
from yakin.domain.documents import AttemptId, DecisionId, DocumentId, Lease, RunId
from yakin.domain.fx import FxRate, RateKind, to_jpy
from yakin.domain.levels import Level
from yakin.domain.money import Scope
from yakin.domain.pricing import PriceRate, Tier
from yakin.errors import BudgetExhausted, LeaseLost, StoreError
from yakin.store import budgets, work
from yakin.store.budgets import BudgetRow, budgets_for, caps, room_jpy, set_cap
from yakin.store.queries import Row, load_queries

__all__ = [
    "BudgetRow",
    "Landing",
    "MustWait",
    "NewAttempt",
    "Reserved",
    "Settled",
    "budgets_for",
    "caps",
    "mark_sent",
    "release",
    "reserve",
    "room_jpy",
    "set_cap",
    "settle",
]

_SQL = load_queries("ledger")


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """One billable request before it is sent. The zone is not given: it is the frozen offer's."""

    attempt_id: AttemptId
    decision_id: DecisionId
    run_id: RunId
    offer: str
    document_id: DocumentId
    use_case: str
    step: int
    purpose: Purpose
    worst_jpy: Decimal
    budget_ids: tuple[int, ...]
    lease: Lease


@dataclass(frozen=True, slots=True)
class Reserved:
    """The money is there and the intent is written; `mark_sent` comes next."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True)
class MustWait:
    """The call does not fit now and may fit when calls in flight settle. Nothing was written."""

    scope: Scope
    in_flight_jpy: Decimal


@dataclass(frozen=True, slots=True, repr=False)
class Landing:
    """An answer to land with the settlement of its attempt. Its repr shows no content."""

    lease: Lease
    answer: AnswerFields
    level: Level
    restored_complete: bool

    def __repr__(self) -> str:
        return f"Landing(document_id={self.lease.document_id}, level={self.level})"


@dataclass(frozen=True, slots=True)
class Settled:
    """What the attempt cost, and whether the answer of this call landed.

    `landed` is False when no answer was given, the lease was lost, or the document has an answer
    already. A lost lease does not raise here: the charge has to be committed all the same.
    """

    cost_jpy: Decimal
    landed: bool


async def reserve(conn: AsyncConnection, new: NewAttempt) -> Reserved | MustWait:
    """Write the intent and reserve its worst case in every cap, or nothing at all.

    Raises LeaseLost when the document has been taken over, BudgetExhausted when the call can never
    fit. Reserving the same attempt twice reserves once.
    """


async def mark_sent(conn: AsyncConnection, attempt_id: AttemptId) -> None:
    """Commit this before the request leaves: what is not marked is known not to have been sent.

    Raises LeaseLost when the document has been taken over or the attempt has been ended.
    """


async def settle(
    conn: AsyncConnection, attempt_id: AttemptId, reply: Reply, *, answer: Landing | None = None
) -> Settled:
    """Charge what the reply used at the frozen rates, give back the rest, land the answer with it.

    Settling twice changes nothing. An unknown outcome keeps the reservation and may be settled
    later; what was not billed is given back. A billed reply without usage is charged its worst case.
    """


async def release(conn: AsyncConnection, attempt_id: AttemptId) -> None:
    """End an attempt that was not sent and give its reservation back. A second time does nothing."""
    await budgets.release(conn, attempt_id)
