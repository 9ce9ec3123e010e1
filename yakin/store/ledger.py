"""Money around one request: reserve before, settle after, each yen once. See DESIGN §6 for the lock order.

Each function here is the group of one of `reserving` and `settling`; a night's tasks go through the `Teller`,
which makes larger groups.
"""

from datetime import UTC, datetime

from psycopg import AsyncConnection

from yakin.domain.asking import Reply
from yakin.domain.documents import AttemptId
from yakin.errors import LeaseLost, YakinError
from yakin.store import budgets
from yakin.store.budgets import BudgetRow, budgets_for, caps, room_jpy, set_cap
from yakin.store.reserving import (
    CapsChanged,
    Claim,
    MustWait,
    NewAttempt,
    NoRoom,
    Reserved,
    mark_sent_group,
    reserve_group,
    with_caps_of_now,
)
from yakin.store.settling import Landing, Settled, Settlement, settle_group
from yakin.store.waiter import wait_or_refuse

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


async def reserve(conn: AsyncConnection, new: NewAttempt) -> Reserved | MustWait:
    """Write the intent and reserve its worst case in every cap, or nothing at all.

    Raises LeaseLost when the document has been taken over, BudgetExhausted when the call can never
    fit. Reserving the same attempt twice reserves once.
    """
    verdict = (await reserve_group(conn, [Claim(new, datetime.now(UTC))]))[new.attempt_id]
    if isinstance(verdict, CapsChanged):  # nobody makes another one until this transaction ends
        new = (await with_caps_of_now(conn, [new]))[new.attempt_id]
        verdict = (await reserve_group(conn, [Claim(new, datetime.now(UTC))]))[new.attempt_id]
    if isinstance(verdict, NoRoom):
        patience = (await wait_or_refuse(conn, [new]))[new.attempt_id]
        if isinstance(patience, MustWait):
            return patience
        raise patience
    if isinstance(verdict, YakinError):
        raise verdict
    assert isinstance(verdict, Reserved)
    return verdict


async def mark_sent(conn: AsyncConnection, attempt_id: AttemptId) -> None:
    """Commit this before the request leaves: what is not marked is known not to have been sent.

    Raises LeaseLost when the document has been taken over or the attempt has been ended.
    """
    if attempt_id not in await mark_sent_group(conn, [attempt_id]):
        raise not_sendable(attempt_id)


def not_sendable(attempt_id: AttemptId) -> LeaseLost:
    """Why an attempt could not be marked."""
    return LeaseLost(f"attempt {attempt_id} may no longer be sent: its lease is lost or it has ended")


async def settle(
    conn: AsyncConnection, attempt_id: AttemptId, reply: Reply, *, answer: Landing | None = None
) -> Settled:
    """Charge what the reply used at the frozen rates, give back the rest, land the answer with it.

    Settling twice changes nothing. An unknown outcome keeps the reservation and may be settled
    later; what was not billed is given back. A billed reply without usage is charged its worst case.
    """
    settled = (await settle_group(conn, [Settlement(attempt_id, reply, answer)]))[attempt_id]
    if isinstance(settled, YakinError):
        raise settled
    return settled


async def release(conn: AsyncConnection, attempt_id: AttemptId) -> None:
    """End an attempt that was not sent and give its reservation back. A second time does nothing."""
    await budgets.release(conn, [attempt_id])
