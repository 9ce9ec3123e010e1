"""The teller: all money of a process passes one counter, which reserves, marks and settles in groups.

A cap that everybody shares is one row. One transaction per call would queue for its lock and for a commit each; a
group takes the lock once. Groups form by themselves: what comes while one is written is the next.
"""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from yakin.domain import admission
from yakin.domain.admission import FairQueue, Mark
from yakin.domain.asking import Reply
from yakin.domain.documents import AttemptId, RunId
from yakin.domain.verification import Verdict
from yakin.errors import YakinError
from yakin.store import budgets, ledger, reserving
from yakin.store.lane import LARGEST_GROUP, Lane, fail, resolve, written_apart
from yakin.store.pool import Pool
from yakin.store.reserving import CapsChanged, Claim, MustWait, NewAttempt, NoRoom, Reserved, Waiting
from yakin.store.settling import Landing, Settled, Settlement, settle_group
from yakin.store.waiter import Waiter, ended, wait_or_refuse

ANY = Decimal("Infinity")  # of a cap that nobody has seen short
LOOK_EVERY_S = 0.25  # for what other processes give back; what this one does is seen at once
JUDGE_EVERY_S = 0.25
MARKED_CALLS = 8  # of a use case: room for so many is kept free by the other processes when its turn has come
_Verdicts = Mapping[Hashable, Reserved | NoRoom | CapsChanged | YakinError]
CAPS_KNOWN_FOR_S = 5.0  # afterwards most calls would be told that there is a newer one


@dataclass(frozen=True, slots=True)
class Caps:
    """The caps that a call has to fit, and the newest cap of all when they were read."""

    budget_ids: tuple[int, ...]
    newest_cap: int


class Teller:
    """One per process. Callers are tasks of one event loop."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._holder = str(uuid.uuid4())
        self._claims: FairQueue[Waiter] = FairQueue()
        self._room: dict[int, Decimal] = {}  # of the caps that were short when last looked at
        self._kept: Sequence[Mark] = ()  # for other processes, when last looked at
        self._says_waiting = False
        self._wake = asyncio.Event()
        self._money_is_back = False
        self._served_at: dict[str, datetime] = {}
        self._looked_at = self._judged_at = 0.0
        self._worker: asyncio.Task[None] | None = None
        self._marks: Lane[AttemptId, bool] = Lane(self._mark, _itself)
        self._settlements: Lane[Settlement, Settled] = Lane(self._settle, _attempt_of)
        self._releases: Lane[AttemptId, bool] = Lane(self._release, _itself)
        self._gone: set[asyncio.Task[bool]] = set()
        self._caps: dict[Hashable, tuple[float, Caps]] = {}

    async def budgets_for(self, run_id: RunId, use_case: str, department: str, vendor: str, *, job: int) -> Caps:
        """The caps that a call has to fit, at most some seconds old; younger ones are found when it is reserved."""
        key = (run_id, use_case, department, vendor, job)
        read_at, found = self._caps.get(key, (0.0, None))
        if found is None or time.monotonic() - read_at > CAPS_KNOWN_FOR_S:
            async with self._pool.connection() as conn:
                newest = await reserving.newest_cap(conn)
                found = Caps(await budgets.budgets_for(conn, run_id, use_case, department, vendor, job=job), newest)
            self._caps[key] = (time.monotonic(), found)
        return found

    async def reserve(self, new: NewAttempt, *, until: datetime) -> None:
        """Hold the worst case in every cap; waits while money in flight may come back.

        Raises LeaseLost when the document has been taken over, BudgetExhausted when the call cannot fit any more
        or still waits at `until`.
        """
        await self._claim(new, until)

    async def try_reserve(self, new: NewAttempt) -> Reserved | MustWait:
        """The same without waiting for money in flight."""
        return await self._claim(new, None)

    async def mark_sent(self, attempt_id: AttemptId) -> None:
        """Returns when it is on record that the request leaves; raises LeaseLost when it may not."""
        if not await self._marks.ask(attempt_id):
            raise ledger.not_sendable(attempt_id)

    async def settle(
        self, attempt_id: AttemptId, reply: Reply, *, answer: Landing | None = None, verdict: Verdict | None = None
    ) -> Settled:
        """Charge, give back the rest and land the answer, as `ledger.settle` does. `verdict`: of a cascade's first."""
        return await self._settlements.ask(Settlement(attempt_id, reply, answer, verdict))

    async def release(self, attempt_id: AttemptId) -> None:
        """End an attempt that was not sent and give its reservation back."""
        await self._releases.ask(attempt_id)

    async def close(self) -> None:
        """Write what is still under way. Nobody may wait for money any more."""
        for claim in list(self._claims.in_turn()):
            claim.future.cancel()
        self._wake.set()
        if self._worker is not None:
            await self._worker
        await asyncio.gather(*self._gone, return_exceptions=True)
        for lane in (self._marks, self._settlements, self._releases):
            await lane.drained()

    async def _claim(self, new: NewAttempt, until: datetime | None) -> Reserved | MustWait:
        future: asyncio.Future[Reserved | MustWait] = asyncio.get_running_loop().create_future()
        self._claims.add(Waiter(new, until, datetime.now(UTC), self._served_at, future))
        self._wake.set()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._serve())
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():  # written, and cancelled before it could be told
                self._give_back(new.attempt_id)
            raise

    def _give_back(self, attempt_id: AttemptId) -> None:
        self._gone.add(task := asyncio.create_task(self._releases.ask(attempt_id)))
        task.add_done_callback(self._gone.discard)

    async def _serve(self) -> None:
        """Give money in fair turn until nobody waits."""
        try:
            # nothing is awaited between the last look and the end: who comes later starts another worker
            while self._drop_cancelled() or self._says_waiting:
                if len(self._claims) == 0:
                    await self._say_waiting([])
                    continue
                await self._look_again()
                if chosen := self._fitting()[:LARGEST_GROUP]:
                    await self._reserve(chosen)
                else:
                    await self._wait_for_money()
        except BaseException as failed:  # the worker must not end with callers that wait for ever
            self._says_waiting = False  # what it said is old in seconds
            for claim in list(self._claims.in_turn()):
                self._claims.drop(claim)
                fail(claim.future, failed)
            if not isinstance(failed, Exception):
                raise

    def _drop_cancelled(self) -> int:
        """Forget those whose caller has gone; how many are left."""
        for claim in [each for each in self._claims.in_turn() if each.future.done()]:
            self._claims.drop(claim)
        return len(self._claims)

    def _fitting(self) -> list[Waiter]:
        """Those that fit as far as is known, in turn. What is known may be old: the lock decides."""
        in_turn = list(self._claims.in_turn())
        room = {each: self._room.get(each, ANY) for claim in in_turn for each in claim.budget_ids}
        return admission.admitted(in_turn, room, self._kept)

    async def _reserve(self, chosen: Sequence[Waiter]) -> None:
        verdicts: _Verdicts = await written_apart(self._write, chosen, _attempt_of_claim)
        caps_changed = False
        for claim in chosen:
            verdict = verdicts[claim.new.attempt_id]
            if isinstance(verdict, NoRoom):
                self._room |= verdict.room_jpy
                self._money_is_back = True  # somebody took it, or waits for it: look before the next try
            elif isinstance(verdict, CapsChanged):
                caps_changed = True
            elif claim.future.done() and isinstance(verdict, Reserved):  # its caller has gone meanwhile
                self._claims.drop(claim)
                self._give_back(claim.new.attempt_id)
            else:
                self._claims.serve(claim)
                self._served_at[claim.use_case] = datetime.now(UTC)
                resolve(claim.future, verdict)
        if caps_changed:
            await self._learn_caps()

    async def _learn_caps(self) -> None:
        """A cap was made meanwhile: it holds for those that wait already, too."""
        waiting = [claim for claim in self._claims.in_turn() if claim.new.newest_cap is not None]
        async with self._pool.connection() as conn:
            news = await reserving.with_caps_of_now(conn, [claim.new for claim in waiting])
        for claim in waiting:
            claim.new, claim.is_judged = news[claim.new.attempt_id], False

    async def _write(self, chosen: Sequence[Waiter]) -> _Verdicts:
        group = [Claim(claim.new, claim.since) for claim in chosen]
        async with self._pool.connection() as conn:
            return await reserving.reserve_group(conn, group, holder=self._holder)

    async def _look_again(self) -> None:
        """While a cap is short: see what came back, and end what cannot fit any more."""
        if not self._room:
            return
        now = time.monotonic()
        has_new = not all(each.is_judged for each in self._waiting())  # nobody is refused by what was true before
        if self._money_is_back or has_new or now - self._looked_at > LOOK_EVERY_S:
            self._money_is_back, self._looked_at = False, now
            await self._look()
        if has_new or now - self._judged_at > JUDGE_EVERY_S:
            self._judged_at = now
            await self._end_hopeless(self._waiting())

    def _waiting(self) -> list[Waiter]:
        """Those that do not fit as far as is known."""
        fitting = set(self._fitting())
        return [each for each in self._claims.in_turn() if each not in fitting]

    async def _look(self) -> None:
        """What the caps of those that wait have now, and who else waits for them."""
        wanted = sorted({each for claim in self._claims.in_turn() for each in claim.budget_ids})
        async with self._pool.connection() as conn:
            room = await reserving.room_jpy(conn, wanted)
            self._kept = await reserving.waiting_elsewhere(conn, wanted, holder=self._holder)
        self._room = {each: room.get(each, Decimal(0)) for each in wanted}

    async def _wait_for_money(self) -> None:
        """Nothing fits: have room kept for those whose turn is next, then wait for a settlement or a moment."""
        self._wake.clear()
        await self._say_waiting(self._next_ones())
        with contextlib.suppress(TimeoutError):
            pause_s = random.uniform(0.2, 1.0) * LOOK_EVERY_S  # noqa: S311 - spreads the processes
            await asyncio.wait_for(self._wake.wait(), pause_s)

    async def _end_hopeless(self, waiting: Sequence[Waiter]) -> None:
        """Refuse those that no money in flight can help, those whose time is up and those that do not wait."""
        if not waiting:
            return
        async with self._pool.connection() as conn:
            patience = await wait_or_refuse(conn, [claim.new for claim in waiting])
        for claim in waiting:
            claim.is_judged = True
            verdict = ended(claim, patience[claim.new.attempt_id])
            if verdict is not None:
                self._claims.drop(claim)
                resolve(claim.future, verdict)

    def _next_ones(self) -> list[Waiting]:
        """What the next calls of every use case want in the caps that are short for them."""
        found: dict[tuple[str, int], Waiting] = {}
        for use_case, claims in self._claims.heads(MARKED_CALLS).items():
            for claim in claims:
                for each in claim.budget_ids:
                    if self._room.get(each, ANY) < claim.worst_jpy:
                        before = found.get((use_case, each))
                        worst_jpy = claim.worst_jpy + (before.worst_jpy if before else 0)
                        found[use_case, each] = Waiting(use_case, each, worst_jpy, claims[0].since)
        return list(found.values())

    async def _say_waiting(self, heads: Sequence[Waiting]) -> None:
        async with self._pool.connection() as conn:
            await reserving.say_waiting(conn, self._holder, heads)
        self._says_waiting = bool(heads)

    async def _mark(self, attempt_ids: Sequence[AttemptId]) -> Mapping[Hashable, bool | YakinError]:
        async with self._pool.connection() as conn:
            marked = await reserving.mark_sent_group(conn, attempt_ids)
        return {each: each in marked for each in attempt_ids}

    async def _settle(self, settlements: Sequence[Settlement]) -> Mapping[Hashable, Settled | YakinError]:
        async with self._pool.connection() as conn:
            settled = await settle_group(conn, settlements)
        self._money_came_back()
        return settled

    async def _release(self, attempt_ids: Sequence[AttemptId]) -> Mapping[Hashable, bool | YakinError]:
        async with self._pool.connection() as conn:
            await budgets.release(conn, attempt_ids)
        self._money_came_back()
        return dict.fromkeys(attempt_ids, True)

    def _money_came_back(self) -> None:
        self._money_is_back = True
        self._wake.set()


def _itself(attempt_id: AttemptId) -> Hashable:
    return attempt_id


def _attempt_of(settlement: Settlement) -> Hashable:
    return settlement.attempt_id


def _attempt_of_claim(claim: Waiter) -> Hashable:
    return claim.new.attempt_id
