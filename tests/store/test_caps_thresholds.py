"""Half, four fifths, all of a cap are spent: found once, told by one."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.store.story import NIGHT
from yakin.domain.money import Scope
from yakin.store import budgets, thresholds

PERCENTS = (50, 80, 100)


@pytest.fixture
def spent(pool, database, rows):
    """A month's cap of which so much is spent."""

    async def spend(cap_jpy, spent_jpy):
        async with pool.connection() as conn:
            budget_id = await budgets.set_cap(conn, Scope.MONTH, "", NIGHT, Decimal(cap_jpy), rehearsal=False)
            await conn.execute("update ledger.budget set spent_jpy = %s where budget_id = %s", (spent_jpy, budget_id))

    return spend


async def _find(pool, on=NIGHT):
    async with pool.connection() as conn:
        return await thresholds.find_crossings(conn, PERCENTS, on)


async def _claim(pool):
    async with pool.connection() as conn:
        return await thresholds.claim_untold(conn)


async def test_a_crossing_is_found_once_per_percent(pool, spent, rows):
    await spent(100, "49.999999")
    assert await _find(pool) == 0
    await spent(100, "81")
    assert await _find(pool) == 2
    await spent(100, "99")
    assert await _find(pool) == 0
    assert rows("select scope, percent, cap_jpy, spent_jpy from bi.threshold_crossings order by percent") == [
        ("month", 50, 100, 81), ("month", 80, 100, 81),
    ]  # fmt: skip


async def test_a_raised_cap_is_crossed_again_under_its_new_amount(pool, spent, rows):
    await spent(100, 100)
    assert await _find(pool) == 3
    await spent(200, 100)
    assert await _find(pool) == 1
    assert rows("select percent, cap_jpy from bi.threshold_crossings order by 2, 1")[-1] == (50, 200)


async def test_a_cap_of_zero_and_a_period_long_over_cross_nothing(pool, spent):
    await spent(0, 0)
    assert await _find(pool) == 0
    await spent(10, 10)
    assert await _find(pool, NIGHT + timedelta(days=40)) == 0
    assert await _find(pool, NIGHT + timedelta(days=12)) == 3  # a batch that came back in December


async def test_of_many_processes_one_tells_each_crossing(pool, spent):
    await spent(100, 100)
    await asyncio.gather(*[_find(pool) for _ in range(4)])

    claimed = await asyncio.gather(*[_claim(pool) for _ in range(6)])

    told = [crossing.event_id for each in claimed for crossing in each]  # two who come at once may share them
    assert (len(told), len(set(told))) == (3, 3)


async def test_what_was_claimed_and_not_told_is_claimed_again_under_the_same_event(pool, spent, rows):
    await spent(100, 60)
    await _find(pool)
    first = await _claim(pool)
    async with pool.connection() as conn:
        await conn.execute("update ledger.threshold_crossing set claimed_until = clock_timestamp()")
    again = await _claim(pool)
    async with pool.connection() as conn:
        await thresholds.told(conn, again)
        await conn.execute("update ledger.threshold_crossing set claimed_until = clock_timestamp()")

    assert [each.event_id for each in first] == [each.event_id for each in again]
    assert await _claim(pool) == []
    assert rows("select told_at is not null from bi.threshold_crossings") == [(True,)]
