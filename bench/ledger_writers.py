"""The writers of the ledger's speed bench: one process of them, in one of the ways to write."""

import asyncio
import itertools
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from bench.ledger_night import USE_CASE, Night, Ready
from yakin.domain.asking import Outcome, Purpose, Reply
from yakin.domain.documents import AttemptId
from yakin.domain.levels import Level
from yakin.domain.pricing import Usage
from yakin.store import ledger
from yakin.store.ledger import Landing, NewAttempt
from yakin.store.pool import Pool
from yakin.store.teller import Teller

CONNECTIONS = 12  # as tasks/resources.py
_WORST_JPY = Decimal("9.5")
_REPLY = {"parties": "甲乙", "amount": 1_200_000, "until": "2027-03-31"}


class Way(StrEnum):
    """How money is written."""

    TELLER = "teller"  # as a night does: everything of a process passes one counter
    APART = "apart"  # one transaction each for reserve, mark and settle
    AFTERWARDS = "afterwards"  # the peers' way: one update of a spend row after the call; no reservation, no answer


@dataclass(frozen=True, slots=True)
class Work:
    """What one process does, and for how long."""

    app_url: str
    night: Night
    documents: tuple[Ready, ...]
    way: Way
    writers: int
    in_flight: int  # per writer
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """What one process did."""

    pairs: int
    seconds: float
    cpu_s: float
    slowest_s: float  # one pair


Pair = Callable[[Ready], Awaitable[None]]


def write(work: Work, start: Barrier, done: "Queue[Done]") -> None:
    """The life of a writing process."""
    asyncio.run(_write(work, start, done))


async def _write(work: Work, start: Barrier, done: "Queue[Done]") -> None:
    pool = await Pool.open(work.app_url, max_size=CONNECTIONS)
    teller = Teller(pool)
    pair: Pair = {
        Way.TELLER: _Counter(work.night, teller).pair,
        Way.APART: _Apart(work.night, pool).pair,
        Way.AFTERWARDS: _Afterwards(work.night, pool).pair,
    }[work.way]
    waiting = iter(work.documents)
    await pair(next(waiting))  # what is prepared once
    await asyncio.to_thread(start.wait)
    began, cpu = time.monotonic(), time.process_time()
    until = began + work.seconds
    async with asyncio.TaskGroup() as group:
        lines = [group.create_task(_line(pair, waiting, until)) for _ in range(work.writers * work.in_flight)]
    found = [line.result() for line in lines]
    seconds = time.monotonic() - began
    cpu_s = time.process_time() - cpu
    done.put(Done(sum(pairs for pairs, _ in found), seconds, cpu_s, max(slowest for _, slowest in found)))
    await asyncio.to_thread(start.wait)  # the server's processes are looked at while they are there
    await teller.close()
    await pool.close()


async def lived_in(app_url: str, night: Night, documents: Sequence[Ready]) -> None:
    """Write these first, so that what is measured is no empty database: its plans would be those of empty tables."""
    pool = await Pool.open(app_url, max_size=CONNECTIONS)
    teller = Teller(pool)
    async with asyncio.TaskGroup() as group:
        for ready in documents:
            group.create_task(_Counter(night, teller).pair(ready))
    await teller.close()
    await pool.close()


async def _line(pair: Pair, waiting: Iterator[Ready], until: float) -> tuple[int, float]:
    """One document after the other; how many, and the slowest."""
    slowest = 0.0
    for count in itertools.count():
        began = time.monotonic()
        ready = next(waiting, None)
        if began >= until or ready is None:
            return count, slowest
        await pair(ready)
        slowest = max(slowest, time.monotonic() - began)
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class _Counter:
    night: Night
    teller: Teller

    async def pair(self, ready: Ready) -> None:
        new = _new(self.night, ready)
        await self.teller.reserve(new, until=datetime.now(UTC) + timedelta(minutes=5))
        await self.teller.mark_sent(new.attempt_id)
        settled = await self.teller.settle(new.attempt_id, _reply(), answer=_landing(ready))
        assert settled.landed


@dataclass(frozen=True, slots=True)
class _Apart:
    night: Night
    pool: Pool

    async def pair(self, ready: Ready) -> None:
        new = _new(self.night, ready)
        async with self.pool.connection() as conn:
            await ledger.reserve(conn, new)
        async with self.pool.connection() as conn:
            await ledger.mark_sent(conn, new.attempt_id)
        async with self.pool.connection() as conn:
            settled = await ledger.settle(conn, new.attempt_id, _reply(), answer=_landing(ready))
        assert settled.landed


@dataclass(frozen=True, slots=True)
class _Afterwards:
    night: Night
    pool: Pool

    async def pair(self, _: Ready) -> None:
        async with self.pool.connection() as conn:
            await conn.execute(
                "update ledger.budget set spent_jpy = spent_jpy + %s where budget_id = %s",
                (_WORST_JPY, self.night.budget_ids[0]),
            )


def _new(night: Night, ready: Ready) -> NewAttempt:
    return NewAttempt(
        attempt_id=AttemptId(str(uuid.uuid4())),
        decision_id=ready.decision_id,
        run_id=night.run_id,
        offer=night.offer,
        document_id=ready.lease.document_id,
        use_case=USE_CASE,
        step=0,
        purpose=Purpose.ANSWER,
        worst_jpy=_WORST_JPY,
        budget_ids=night.budget_ids,
        lease=ready.lease,
        masked=False,
        basis="bench",
        output_bound_tokens=500,
    )


def _reply() -> Reply:
    return Reply(Outcome.ANSWERED, Usage(1000, 100), _REPLY, f"bench-{uuid.uuid4().hex}")


def _landing(ready: Ready) -> Landing:
    return Landing(ready.lease, _REPLY, Level.INTERNAL, restored_complete=True)
