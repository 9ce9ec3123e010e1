"""Money around one request: reserve before, settle after, each yen once. See DESIGN §6 for the lock order."""

from dataclasses import dataclass
from decimal import Decimal

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
from yakin.store.json_values import storable
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
    masked: bool  # the text that is sent has pseudonyms for its identifiers
    basis: str  # the policy's stated ground for sending to that zone; empty where it states none
    output_bound_tokens: int  # the output bound that is sent with it; `worst_jpy` covers it


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
    await work.check_lease(conn, new.lease)
    try:
        async with conn.transaction():
            await _intend(conn, new)
    except _NoRoom:
        return await _wait_or_refuse(conn, new)
    return Reserved(new.attempt_id)


class _NoRoom(Exception):
    """Rolls the intent back to the savepoint."""


async def _intend(conn: AsyncConnection, new: NewAttempt) -> None:
    budget_ids = sorted(set(new.budget_ids))
    entries = await _SQL.run(
        conn,
        "intend",
        attempt_id=new.attempt_id,
        decision_id=new.decision_id,
        run_id=new.run_id,
        use_case=new.use_case,
        document_id=new.document_id,
        offer=new.offer,
        step=new.step,
        purpose=new.purpose.value,
        worst_jpy=new.worst_jpy,
        budget_ids=budget_ids,
        lease_token=new.lease.token,
        masked=new.masked,
        basis=new.basis,
        output_bound_tokens=new.output_bound_tokens,
    )
    if entries == 0:
        await _check_repeated(conn, new)
    elif not await budgets.take_room(conn, budget_ids, new.worst_jpy):
        raise _NoRoom


async def _check_repeated(conn: AsyncConnection, new: NewAttempt) -> None:
    row = await _SQL.one(conn, "outcome", attempt_id=new.attempt_id)
    if row is None:
        raise StoreError(f"run {new.run_id} has no decision {new.decision_id} or froze no offer {new.offer}")
    if row["outcome"] != Outcome.INTENT:
        raise StoreError(f"attempt {new.attempt_id} has already ended: {row['outcome']}")


async def _wait_or_refuse(conn: AsyncConnection, new: NewAttempt) -> MustWait:
    caps_now = await budgets.pressure(conn, new.budget_ids)
    for cap in caps_now:
        if not cap.may_fit(new.worst_jpy):
            left = cap.cap_jpy - cap.spent_jpy - cap.reserved_jpy
            raise BudgetExhausted(
                f"{cap.scope} budget {cap.budget_id} has {left} yen left of {cap.cap_jpy}, "
                f"the call may cost {new.worst_jpy}"
            )
    tightest = min(caps_now, key=lambda cap: cap.cap_jpy - cap.spent_jpy - cap.reserved_jpy)
    return MustWait(tightest.scope, tightest.in_flight_jpy)


async def mark_sent(conn: AsyncConnection, attempt_id: AttemptId) -> None:
    """Commit this before the request leaves: what is not marked is known not to have been sent.

    Raises LeaseLost when the document has been taken over or the attempt has been ended.
    """
    if await _SQL.run(conn, "mark_sent", attempt_id=attempt_id) == 0:
        raise LeaseLost(f"attempt {attempt_id} may no longer be sent: its lease is lost or it has ended")


async def settle(
    conn: AsyncConnection, attempt_id: AttemptId, reply: Reply, *, answer: Landing | None = None
) -> Settled:
    """Charge what the reply used at the frozen rates, give back the rest, land the answer with it.

    Settling twice changes nothing. An unknown outcome keeps the reservation and may be settled
    later; what was not billed is given back. A billed reply without usage is charged its worst case.
    """
    may_land = answer is not None and await _lock_work(conn, attempt_id, answer.lease)
    attempt = await _SQL.one(conn, "lock_attempt", attempt_id=attempt_id)
    if attempt is None:
        raise StoreError(f"attempt {attempt_id} does not exist")
    if attempt["outcome"] not in (Outcome.INTENT, Outcome.UNKNOWN):
        landed = await _SQL.one(conn, "has_answer", attempt_id=attempt_id) is not None
        return Settled(attempt["cost_jpy"] or Decimal(0), landed)
    cliff = await _reached_cliff(conn, attempt_id, reply)
    charge = _charge(attempt | (cliff or {}), reply)
    await _SQL.run(conn, "end_attempt", attempt_id=attempt_id, **_end(reply, charge))
    if reply.outcome is Outcome.UNKNOWN:
        return Settled(Decimal(0), landed=False)
    await _SQL.run(
        conn,
        "enter",
        attempt_id=attempt_id,
        cost_jpy=charge.jpy,
        cost_native=charge.native,
        price_rate_id=cliff["price_rate_id"] if cliff else None,
    )
    landed = answer is not None and may_land and await _land(conn, attempt_id, answer)
    cost_jpy = charge.jpy or Decimal(0)
    # last, because everybody waits for these rows
    await budgets.give_back(conn, sorted(attempt["budget_ids"]), attempt["worst_jpy"], spent_jpy=cost_jpy)
    return Settled(cost_jpy, landed)


async def _reached_cliff(conn: AsyncConnection, attempt_id: AttemptId, reply: Reply) -> Row | None:
    """The frozen price of a larger request, when this one was larger; else None."""
    if reply.usage is None:
        return None
    return await _SQL.one(conn, "reached_cliff", attempt_id=attempt_id, input_tokens=reply.usage.input_tokens)


async def _lock_work(conn: AsyncConnection, attempt_id: AttemptId, lease: Lease) -> bool:
    row = await _SQL.one(
        conn,
        "lock_work",
        attempt_id=attempt_id,
        run_id=lease.run_id,
        use_case=lease.use_case,
        document_id=lease.document_id,
        token=lease.token,
    )
    return bool(row and row["held"])


@dataclass(frozen=True, slots=True)
class _Charge:
    """What is charged: nothing, an exact amount, or the worst case where only that is known."""

    native: Decimal | None
    jpy: Decimal | None
    is_bound: bool = False


_ALWAYS_BILLED = frozenset({Outcome.ANSWERED, Outcome.INVALID, Outcome.TRUNCATED, Outcome.LOST})


def _charge(attempt: Row, reply: Reply) -> _Charge:
    if reply.outcome is Outcome.UNKNOWN:
        return _Charge(None, None)
    if reply.usage is not None:
        native = _frozen_price(attempt).cost_native(reply.usage)
        return _Charge(native, to_jpy(native, _frozen_fx(attempt)))
    if reply.outcome in _ALWAYS_BILLED:
        return _Charge(None, attempt["worst_jpy"], is_bound=True)
    return _Charge(None, None)


def _end(reply: Reply, charge: _Charge) -> Row:
    usage = reply.usage
    return {
        "outcome": reply.outcome.value,
        "input_tokens": usage.input_tokens if usage else None,
        "cached_input_tokens": usage.cached_input_tokens if usage else None,
        "cache_write_tokens": usage.cache_write_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "reasoning_tokens": usage.reasoning_tokens if usage else None,
        "cost_native": charge.native,
        "cost_jpy": charge.jpy,
        "cost_is_bound": charge.is_bound,
        "provider_request_id": storable(reply.provider_request_id),
        "detail": storable(reply.detail),
    }


async def _land(conn: AsyncConnection, attempt_id: AttemptId, answer: Landing) -> bool:
    key = {
        "run_id": answer.lease.run_id,
        "use_case": answer.lease.use_case,
        "document_id": answer.lease.document_id,
    }
    landed = await _SQL.run(
        conn,
        "land",
        attempt_id=attempt_id,
        answer=Jsonb(storable(dict(answer.answer))),
        level=answer.level.value,
        restored_complete=answer.restored_complete,
        **key,
    )
    await _SQL.run(conn, "answered", **key)
    return landed == 1


def _frozen_price(attempt: Row) -> PriceRate:
    return PriceRate(
        valid_from=attempt["valid_from"],
        tier=Tier(attempt["tier"]),
        currency=attempt["currency"],
        input_per_mtok=attempt["input_per_mtok"],
        output_per_mtok=attempt["output_per_mtok"],
        cached_input_per_mtok=attempt["cached_input_per_mtok"],
        source=attempt["price_source"],
        checked=attempt["checked"],
        over_input_tokens=attempt["over_input_tokens"],
        cache_write_per_mtok=attempt["cache_write_per_mtok"],
    )


def _frozen_fx(attempt: Row) -> FxRate:
    return FxRate(
        attempt["base"],
        attempt["quote"],
        attempt["rate"],
        RateKind(attempt["fx_kind"]),
        attempt["as_of"],
        attempt["fx_source"],
    )


async def release(conn: AsyncConnection, attempt_id: AttemptId) -> None:
    """End an attempt that was not sent and give its reservation back. A second time does nothing."""
    await budgets.release(conn, attempt_id)
