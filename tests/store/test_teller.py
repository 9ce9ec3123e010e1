"""The counter of a process: groups, fair waiting, and nothing held for callers that have gone."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.store.story import answered
from yakin.domain.asking import Outcome, Reply
from yakin.domain.levels import Level
from yakin.domain.money import Scope
from yakin.errors import BudgetExhausted, LeaseLost, StoreError
from yakin.store import ledger, work
from yakin.store.reserving import MustWait, Reserved, Waiting, say_waiting
from yakin.store.settling import Landing, Settled
from yakin.store.teller import Teller

_NIGHT = date(2026, 11, 24)


@pytest.fixture
async def teller(pool):
    counter = Teller(pool)
    yield counter
    await counter.close()


def _soon(seconds: float = 20) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def _one(teller, new, reply, *, land=True) -> Settled:
    await teller.reserve(new, until=_soon())
    await teller.mark_sent(new.attempt_id)
    answer = Landing(new.lease, reply.answer, Level.INTERNAL, True) if land and reply.answer else None
    return await teller.settle(new.attempt_id, reply, answer=answer)


async def test_many_calls_at_once_are_reserved_sent_charged_and_landed_each_once(begin_night, teller, rows):
    night = await begin_night(60, budget_jpy=100_000)
    news = [await night.attempt(number) for number in range(60)]
    settled = await asyncio.gather(*[_one(teller, new, answered()) for new in news])
    assert settled == [Settled(Decimal("0.14"), landed=True)] * 60
    assert await night.budget() == (Decimal(0), Decimal("8.4"))
    assert rows("select kind, count(*), sum(amount_jpy) from ledger.entry group by kind order by kind") == [
        ("charge", 60, Decimal("8.4")),
        ("release", 60, Decimal(2400)),
        ("reserve", 60, Decimal(2400)),
    ]
    assert rows("select count(*) from yakin.answer") == [(60,)]
    groups = rows("select count(distinct xmin::text) from ledger.entry where kind = 'reserve'")[0][0]
    assert groups < 10


async def test_waiting_calls_get_the_money_that_others_give_back_until_it_is_all_spent(begin_night, teller, rows):
    night = await begin_night(40, budget_jpy=100)
    news = [await night.attempt(number) for number in range(40)]
    settled = await asyncio.gather(*[_one(teller, new, answered(30_000, 0)) for new in news], return_exceptions=True)
    paid = [each for each in settled if isinstance(each, Settled)]
    refused = [each for each in settled if isinstance(each, BudgetExhausted)]
    assert len(paid) + len(refused) == 40
    assert len(paid) == 21  # ¥3 each; a call may cost ¥40, so the last one is sent with ¥40 left or more
    assert await night.budget() == (Decimal(0), Decimal(63))
    await teller.close()
    assert rows("select count(*) from ledger.waiting") == [(0,)]


async def test_a_row_that_postgres_refuses_costs_its_own_call_only(begin_night, teller):
    night = await begin_night(8)
    news = [await night.attempt(number) for number in range(8)]
    news[3] = await night.attempt(3, held=news[3].lease, offer="unheard of")
    verdicts = await asyncio.gather(*[teller.reserve(each, until=_soon()) for each in news], return_exceptions=True)
    assert [type(each) for each in verdicts] == [type(None)] * 3 + [StoreError] + [type(None)] * 4
    replies = [answered(), Reply(Outcome.INVALID)] * 4
    sent = [each for each in news if each is not news[3] and each is not news[5]]
    await asyncio.gather(*[teller.mark_sent(each.attempt_id) for each in sent])
    settled = await asyncio.gather(
        *[teller.settle(new.attempt_id, reply) for new, reply in zip(news, replies, strict=True)],
        return_exceptions=True,
    )
    failed = {number for number, each in enumerate(settled) if isinstance(each, StoreError)}
    assert failed == {3, 5}  # no such attempt, and one that was never marked as sent


async def test_a_lost_lease_is_told_to_its_own_caller(begin_night, teller, pool):
    night = await begin_night(2)
    lost = await night.attempt(0, held=await night.lease(0, seconds=0.01))
    await asyncio.sleep(0.05)
    async with pool.connection() as conn:
        assert await work.lease(conn, night.run_id, "contract", night.document_ids[0], seconds=60)
    good = await night.attempt(1)
    verdicts = await asyncio.gather(
        *[teller.reserve(each, until=_soon()) for each in (lost, good)], return_exceptions=True
    )
    assert isinstance(verdicts[0], LeaseLost)
    assert verdicts[1] is None


async def test_a_lease_that_is_lost_after_the_reservation_may_not_be_sent(begin_night, teller, pool):
    night = await begin_night()
    new = await night.attempt(held=await night.lease(seconds=0.2))
    await teller.reserve(new, until=_soon())
    await asyncio.sleep(0.25)
    async with pool.connection() as conn:
        await work.lease(conn, night.run_id, "contract", night.document_ids[0], seconds=60)
    with pytest.raises(LeaseLost):
        await teller.mark_sent(new.attempt_id)


async def test_a_caller_that_is_cancelled_while_it_waits_holds_nothing(begin_night, teller):
    night = await begin_night(2, budget_jpy=50)
    first, second = await night.attempt(0), await night.attempt(1)
    await teller.reserve(first, until=_soon())
    waiting = asyncio.create_task(teller.reserve(second, until=_soon()))
    await asyncio.sleep(0.4)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await teller.release(first.attempt_id)
    await asyncio.sleep(0.4)
    assert await night.budget() == (Decimal(0), Decimal(0))


async def test_callers_that_are_cancelled_while_their_group_is_written_hold_nothing(begin_night, teller):
    night = await begin_night(30)
    tasks = [asyncio.create_task(teller.reserve(await night.attempt(n), until=_soon())) for n in range(30)]
    await asyncio.sleep(0.002)
    for task in tasks[::2]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    kept = sum(each is None for each in done)
    await teller.close()
    assert await night.budget() == (Decimal(40) * kept, Decimal(0))


async def test_who_still_waits_at_the_deadline_is_refused(begin_night, teller):
    night = await begin_night(2, budget_jpy=50)
    await teller.reserve(await night.attempt(0), until=_soon())
    with pytest.raises(BudgetExhausted, match="in flight until the deadline"):
        await teller.reserve(await night.attempt(1), until=_soon(0.3))


async def test_who_does_not_wait_is_told_what_is_in_flight(begin_night, teller):
    night = await begin_night(2, budget_jpy=50)
    first = await night.attempt(0)
    assert await teller.try_reserve(first) == Reserved(first.attempt_id)
    assert await teller.try_reserve(await night.attempt(1)) == MustWait(Scope.RUN, Decimal(40))


async def test_small_calls_do_not_take_what_a_large_one_of_another_process_waits_for(begin_night, teller, pool):
    night = await begin_night(3, budget_jpy=100)
    await teller.reserve(await night.attempt(0, worst_jpy="50"), until=_soon())
    (cap,) = night.budget_ids
    async with pool.connection() as conn:
        earlier = datetime.now(UTC) - timedelta(seconds=5)
        await say_waiting(conn, "11111111-1111-1111-1111-111111111111", [Waiting("other", cap, Decimal(45), earlier)])
    small = await night.attempt(1, worst_jpy="10")
    assert isinstance(await teller.try_reserve(small), MustWait)
    async with pool.connection() as conn:
        await say_waiting(conn, "11111111-1111-1111-1111-111111111111", [])
    assert await teller.try_reserve(small) == Reserved(small.attempt_id)


async def test_a_call_under_a_cap_with_room_does_not_wait_behind_one_that_has_none(begin_night, teller, pool):
    night = await begin_night(3, budget_jpy=1000)
    async with pool.connection() as conn:
        vendor = await ledger.set_cap(conn, Scope.VENDOR, "short inc", _NIGHT, Decimal(50), rehearsal=False)
    (run_cap,) = night.budget_ids
    night.budget_ids = (run_cap, vendor)
    await teller.reserve(await night.attempt(0), until=_soon())
    waiting = asyncio.create_task(teller.reserve(await night.attempt(1), until=_soon()))
    await asyncio.sleep(0.4)
    night.budget_ids = (run_cap,)
    await asyncio.wait_for(teller.reserve(await night.attempt(2), until=_soon()), 5)
    assert not waiting.done()
    waiting.cancel()


class _Leisurely(Teller):
    """Closes its counter slowly: a call can come while it does."""

    def __init__(self, pool):
        super().__init__(pool)
        self.closes, self.goes_on = asyncio.Event(), asyncio.Event()

    async def _say_waiting(self, heads):
        await super()._say_waiting(heads)
        if not heads:
            self.closes.set()
            await self.goes_on.wait()


async def test_a_call_that_comes_while_nobody_waits_any_more_is_served(begin_night, pool):
    night = await begin_night(3, budget_jpy=50)
    counter = _Leisurely(pool)
    first, second, third = [await night.attempt(number, worst_jpy="40") for number in range(3)]
    await counter.reserve(first, until=_soon())
    waiting = asyncio.create_task(counter.reserve(second, until=_soon()))
    await asyncio.sleep(0.5)  # it says that it waits
    await counter.release(first.attempt_id)
    await waiting
    await counter.closes.wait()
    last = asyncio.create_task(counter.try_reserve(third))
    await asyncio.sleep(0)
    counter.goes_on.set()
    assert isinstance(await asyncio.wait_for(last, 5), MustWait)
    await counter.close()
