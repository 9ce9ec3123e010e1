"""The counter when callers come, go and fail at the worst moment: nobody waits for ever, nothing is held for nobody."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.store.story import NIGHT, answered
from yakin.domain.admission import FairQueue
from yakin.domain.money import Scope
from yakin.errors import BudgetExhausted
from yakin.store import ledger
from yakin.store.reserving import MustWait, Reserved
from yakin.store.teller import Teller


@pytest.fixture
async def teller(pool):
    counter = Teller(pool)
    yield counter
    await counter.close()


def _soon(seconds: float = 20) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def test_a_caller_that_is_cancelled_between_commit_and_verdict_holds_nothing(begin_night, teller, monkeypatch):
    night = await begin_night()
    waiting = asyncio.create_task(teller.reserve(await night.attempt(), until=_soon()))
    serve = FairQueue.serve

    def serve_and_cancel(queue, claim):
        serve(queue, claim)
        asyncio.get_running_loop().call_soon(waiting.cancel)  # runs before the caller wakes

    monkeypatch.setattr(FairQueue, "serve", serve_and_cancel)
    with suppress(asyncio.CancelledError):
        await waiting
    assert waiting.cancelled()
    await teller.close()
    assert await night.budget() == (Decimal(0), Decimal(0))


async def test_a_cap_that_does_not_exist_refuses_its_own_call_only(begin_night, teller):
    night = await begin_night(2)
    strange = replace(await night.attempt(0), budget_ids=(987654,))
    good = await night.attempt(1)
    verdicts = await asyncio.gather(
        *[teller.reserve(each, until=_soon()) for each in (strange, good)], return_exceptions=True
    )
    assert [type(each) for each in verdicts] == [BudgetExhausted, type(None)]


async def test_of_many_that_do_not_wait_all_that_fit_are_served(begin_night, teller):
    night = await begin_night(160, budget_jpy=400)
    held = await night.attempt(0, worst_jpy="20")
    assert isinstance(await teller.try_reserve(held), Reserved)
    assert isinstance(await teller.try_reserve(await night.attempt(1, worst_jpy="390")), MustWait)
    small = [await night.attempt(number, worst_jpy="1") for number in range(2, 160)]
    verdicts = await asyncio.gather(*[teller.try_reserve(each) for each in small])
    assert sum(isinstance(each, Reserved) for each in verdicts) == 158


async def test_a_cap_that_is_made_while_calls_wait_holds_for_them_too(begin_night, teller, pool, rows):
    night = await begin_night(3, budget_jpy=50)
    caps = await teller.budgets_for(night.run_id, "contract", "法務", "local inc", job=0)
    first, second = [replace(await night.attempt(n), newest_cap=caps.newest_cap) for n in range(2)]
    await teller.reserve(first, until=_soon())
    waiting = asyncio.create_task(teller.reserve(second, until=_soon()))
    await asyncio.sleep(0.4)
    async with pool.connection() as conn:
        month = await ledger.set_cap(conn, Scope.MONTH, "", NIGHT, Decimal(45), rehearsal=False)
    await teller.mark_sent(first.attempt_id)
    await teller.settle(first.attempt_id, answered(100_000, 0))  # ¥10: the run has ¥40 left, the month ¥35
    with pytest.raises(BudgetExhausted, match="month budget"):
        await waiting
    assert rows("select reserved_jpy, spent_jpy from ledger.budget where budget_id = %s", month) == [(0, Decimal(10))]


async def test_a_cap_counts_what_was_being_reserved_when_it_was_made(begin_night, pool, rows):
    night = await begin_night(1)
    new = replace(await night.attempt(), newest_cap=0)

    async def make_cap() -> int:
        async with pool.connection() as conn:
            return await ledger.set_cap(conn, Scope.MONTH, "", NIGHT, Decimal(45), rehearsal=False)

    async with pool.connection() as conn:
        await ledger.reserve(conn, new)
        making = asyncio.create_task(make_cap())
        await asyncio.sleep(0.2)
        assert not making.done()
    month = await making
    assert rows("select reserved_jpy from ledger.budget where budget_id = %s", month) == [(Decimal(40),)]


async def test_a_call_that_does_not_know_a_new_cap_learns_it_when_it_is_reserved(begin_night, pool, rows):
    night = await begin_night(1)
    new = replace(await night.attempt(), newest_cap=0)
    async with pool.connection() as conn:
        month = await ledger.set_cap(conn, Scope.MONTH, "", NIGHT, Decimal(45), rehearsal=False)
    await night.reserve(new)
    assert rows("select budget_ids from yakin.attempt") == [([*night.budget_ids, month],)]
