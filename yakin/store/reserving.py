"""Reservations in groups: one transaction, and one lock of each cap, for many calls. A group of one is no exception.

Lock order, here and in `settling`: work rows, attempts, caps; each in the order of its key. The caps come before the
attempts of a reservation, which are new and nobody else can wait for.
"""

import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain import admission
from yakin.domain.admission import Mark
from yakin.domain.asking import Outcome, Purpose
from yakin.domain.documents import AttemptId, DecisionId, DocumentId, Lease, RunId
from yakin.domain.money import Scope
from yakin.errors import LeaseLost, StoreError, YakinError
from yakin.store import budgets
from yakin.store.queries import Row, load_queries

_SQL = load_queries("reserving")
FRESH_S = 2.0  # a process that waits says so at least twice in this time
NOBODY = str(uuid.UUID(int=0))


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
    ask_no: int = 1  # more: the same question asked again, to compare the answers
    newest_cap: int | None = None  # when `budget_ids` were read; None: these caps, whatever was set meanwhile


@dataclass(frozen=True, slots=True)
class Reserved:
    """The money is there and the intent is written; `mark_sent` comes next."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True)
class NoRoom:
    """The call does not fit now. Nothing was written."""

    room_jpy: Mapping[int, Decimal]  # of its caps, when it was looked at


@dataclass(frozen=True, slots=True)
class CapsChanged:
    """A cap was made after the caps of this call were read. Nothing was written."""


@dataclass(frozen=True, slots=True)
class MustWait:
    """The call does not fit now and may fit when calls in flight settle. Nothing was written."""

    scope: Scope
    in_flight_jpy: Decimal


class OfAttempt:
    """What makes an attempt a claim of `admission`."""

    new: NewAttempt

    @property
    def use_case(self) -> str:
        """Whose turn it is."""
        return self.new.use_case

    @property
    def worst_jpy(self) -> Decimal:
        """What it may cost at most."""
        return self.new.worst_jpy

    @property
    def budget_ids(self) -> tuple[int, ...]:
        """The caps that it has to fit."""
        return self.new.budget_ids


@dataclass(frozen=True, slots=True)
class Claim(OfAttempt):
    """An attempt that wants its money, and since when its turn is due."""

    new: NewAttempt
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the next calls of a use case want in a cap that is short for them."""

    use_case: str
    budget_id: int
    worst_jpy: Decimal
    since: datetime


Verdicts = dict[Hashable, Reserved | NoRoom | CapsChanged | YakinError]  # by attempt id


async def reserve_group(conn: AsyncConnection, claims: Sequence[Claim], *, holder: str = NOBODY) -> Verdicts:
    """Write intents and hold their worst cases, first come first; what became of each claim.

    A claim is Reserved with all of its caps, or nothing of it is written: it has no room, there are caps that it does
    not know, or its lease is lost.
    Reserving the same attempt twice reserves once. Raises StoreError when a claim names no decision or offer, or
    Postgres refuses a row, the third wall above all: then nothing of the group is written.
    """
    held, marks, room_jpy, newest_cap = await _locked(conn, claims, holder)
    verdicts: Verdicts = {}
    wanted: list[Claim] = []
    for claim in claims:
        verdict = _before_money(claim.new, held, newest_cap)
        if verdict is None:
            wanted.append(claim)
        else:
            verdicts[claim.new.attempt_id] = verdict
    fitting = admission.admitted(wanted, room_jpy, marks)
    await _write(conn, [claim.new for claim in fitting])
    for claim in wanted:
        verdicts[claim.new.attempt_id] = NoRoom({each: room_jpy.get(each, Decimal(0)) for each in claim.budget_ids})
    return verdicts | {claim.new.attempt_id: Reserved(claim.new.attempt_id) for claim in fitting}


async def _locked(
    conn: AsyncConnection, claims: Sequence[Claim], holder: str
) -> tuple[dict[object, str | None], list[Mark], dict[int, Decimal], int]:
    """Leases that hold with their attempts' outcomes, others' marks, the caps' room, the newest cap; one round trip."""
    budget_ids = sorted({each for claim in claims for each in claim.budget_ids})
    async with conn.pipeline():
        await _SQL.send(conn, "hold_caps")
        newest = await _SQL.send(conn, "newest_cap")
        columns = _lease_columns([each.new for each in claims])
        await _SQL.send(conn, "share_work", **columns)
        leases = await _SQL.send(conn, "leases", **columns)
        marks = await _SQL.send(conn, "marks", budget_ids=budget_ids, holder=holder, fresh_s=FRESH_S)
        caps = await _SQL.send(conn, "lock_caps", budget_ids=budget_ids)
    held = {row["attempt_id"]: row["outcome"] for row in await leases.fetchall()}
    return (
        held,
        [_mark(row) for row in await marks.fetchall()],
        {cap["budget_id"]: _room(cap) for cap in await caps.fetchall()},
        (await newest.fetchall())[0]["budget_id"],
    )


def _before_money(
    claim: NewAttempt, held: Mapping[object, str | None], newest_cap: int
) -> Reserved | CapsChanged | YakinError | None:
    key = uuid.UUID(claim.attempt_id)
    if key not in held:
        return LeaseLost(f"lease {claim.lease.token} of document {claim.document_id} in run {claim.run_id} is lost")
    outcome = held[key]
    if outcome is None:
        return CapsChanged() if claim.newest_cap is not None and claim.newest_cap < newest_cap else None
    if outcome == Outcome.INTENT:
        return Reserved(claim.attempt_id)
    return StoreError(f"attempt {claim.attempt_id} has already ended: {outcome}")


def _room(cap: Row) -> Decimal:
    return Decimal(cap["cap_jpy"] - cap["spent_jpy"] - cap["reserved_jpy"])


def _lease_columns(claims: Sequence[NewAttempt]) -> dict[str, object]:
    return {
        "attempt_ids": [each.attempt_id for each in claims],
        "run_ids": [each.lease.run_id for each in claims],
        "use_cases": [each.lease.use_case for each in claims],
        "document_ids": [each.lease.document_id for each in claims],
        "tokens": [each.lease.token for each in claims],
    }


async def _write(conn: AsyncConnection, fitting: Sequence[NewAttempt]) -> None:
    """The intents, their reservations and what they hold in each cap; one round trip."""
    if not fitting:
        return
    held_jpy = budgets.per_cap((new.budget_ids, new.worst_jpy) for new in fitting)
    async with conn.pipeline():
        entries = await _SQL.send(conn, "intend", **_intent_columns(fitting))
        caps = await _SQL.send(conn, "take_room", budget_ids=list(held_jpy), amounts=list(held_jpy.values()))
    written = {AttemptId(str(row["attempt_id"])) for row in await entries.fetchall()}
    for new in fitting:
        if new.attempt_id not in written:
            raise StoreError(f"run {new.run_id} has no decision {new.decision_id} or froze no offer {new.offer}")
    if caps.rowcount != len(held_jpy):
        raise StoreError(f"{caps.rowcount} of {len(held_jpy)} caps have the room that was counted under lock")


def _intent_columns(claims: Sequence[NewAttempt]) -> dict[str, object]:
    return {
        "attempt_ids": [each.attempt_id for each in claims],
        "decision_ids": [each.decision_id for each in claims],
        "run_ids": [each.run_id for each in claims],
        "use_cases": [each.use_case for each in claims],
        "document_ids": [each.document_id for each in claims],
        "offers": [each.offer for each in claims],
        "steps": [each.step for each in claims],
        "purposes": [each.purpose.value for each in claims],
        "worst_jpys": [each.worst_jpy for each in claims],
        "caps": [",".join(map(str, sorted(set(each.budget_ids)))) for each in claims],
        "tokens": [each.lease.token for each in claims],
        "masked": [each.masked for each in claims],
        "bases": [each.basis for each in claims],
        "output_bounds": [each.output_bound_tokens for each in claims],
        "ask_nos": [each.ask_no for each in claims],
    }


async def with_caps_of_now(conn: AsyncConnection, news: Sequence[NewAttempt]) -> dict[AttemptId, NewAttempt]:
    """The same calls with every cap that they have to fit by now."""
    newest = await newest_cap(conn)  # before the caps: what is made in between is found out when they are reserved
    rows = await _SQL.all(
        conn,
        "caps_of",
        attempt_ids=[each.attempt_id for each in news],
        run_ids=[each.run_id for each in news],
        use_cases=[each.use_case for each in news],
        document_ids=[each.document_id for each in news],
        offers=[each.offer for each in news],
    )
    caps = {str(row["attempt_id"]): tuple(row["budget_ids"]) for row in rows}
    return {each.attempt_id: replace(each, budget_ids=caps[each.attempt_id], newest_cap=newest) for each in news}


async def newest_cap(conn: AsyncConnection) -> int:
    """The cap that was made last, runs' own ones left out; 0 when there is none."""
    row = await _SQL.one(conn, "newest_cap")
    assert row is not None
    return int(row["budget_id"])


async def mark_sent_group(conn: AsyncConnection, attempt_ids: Sequence[AttemptId]) -> set[AttemptId]:
    """Those that may leave once this is committed; the others have lost their lease or have ended."""
    async with conn.pipeline():
        await budgets.lock_attempts(conn, attempt_ids)
        marked = await _SQL.send(conn, "mark_sent", attempt_ids=list(attempt_ids))
    return {AttemptId(str(row["attempt_id"])) for row in await marked.fetchall()}


async def room_jpy(conn: AsyncConnection, budget_ids: Sequence[int]) -> dict[int, Decimal]:
    """What these caps have, read without a lock: it may have changed already."""
    return {row["budget_id"]: _room(row) for row in await _SQL.all(conn, "room", budget_ids=list(budget_ids))}


async def waiting_elsewhere(conn: AsyncConnection, budget_ids: Sequence[int], *, holder: str) -> list[Mark]:
    """What other processes wait for in these caps."""
    rows = await _SQL.all(conn, "marks", budget_ids=list(budget_ids), holder=holder, fresh_s=FRESH_S)
    return [_mark(row) for row in rows]


def _mark(row: Row) -> Mark:
    return Mark(row["budget_id"], row["worst_jpy"], row["since"])


async def say_waiting(conn: AsyncConnection, holder: str, waiting: Sequence[Waiting]) -> None:
    """Have room kept for these by every other process; an empty list takes that back."""
    await _SQL.run(
        conn,
        "still_waiting",
        holder=holder,
        use_cases=[each.use_case for each in waiting],
        budget_ids=[each.budget_id for each in waiting],
        worst_jpys=[each.worst_jpy for each in waiting],
        since=[each.since for each in waiting],
    )
