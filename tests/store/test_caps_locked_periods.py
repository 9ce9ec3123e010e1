"""A closed period takes no cap and no entry; corrections go to an open day."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from tests.store.story import NIGHT, answered, new_run
from yakin.domain.caps import named_period
from yakin.domain.documents import AttemptId
from yakin.domain.money import Scope
from yakin.errors import PeriodLocked, UsageError
from yakin.store import adjustments, budgets, ledger, period_locks, runs
from yakin.store.adjustments import Correction
from yakin.store.runs import RunState

MONTH = named_period("2026-11")
SAID = r"period 2026-11 is locked by 経理 花子 since 20[-\d]+ \d\d:\d\d JST; corrections are booked to an open day"


@pytest.fixture
def locking(pool):
    async def lock(named=MONTH):
        async with pool.connection() as conn:
            await period_locks.lock(conn, named, "経理 花子", "month end")

    return lock


@pytest.fixture
def closed_night(begin_night, pool):
    """A night that answered one document and ended in that state."""

    async def end(state=RunState.FINISHED, **options):
        night = await begin_night(**options)
        new = await night.send()
        await night.settle(new, answered())
        async with pool.connection() as conn:
            await runs.finish_run(conn, night.run_id, state)
        return night, new.attempt_id

    return end


async def _set(pool, scope, on=NIGHT, rehearsal=False):
    async with pool.connection() as conn:
        return await budgets.set_cap(conn, scope, "", on, Decimal(9), rehearsal=rehearsal)


async def test_no_cap_inside_a_locked_month_is_set_and_the_fiscal_year_around_it_may_be(pool, locking):
    await locking()

    for scope in (Scope.DAY, Scope.MONTH):
        with pytest.raises(PeriodLocked, match=SAID):
            await _set(pool, scope)
        assert await _set(pool, scope, on=date(2026, 12, 1))
    assert await _set(pool, Scope.FISCAL_YEAR)
    assert await _set(pool, Scope.MONTH, rehearsal=True)


async def test_a_locked_fiscal_year_takes_its_own_cap_too(pool, locking):
    await locking(named_period("2026"))

    with pytest.raises(PeriodLocked, match="period 2026 is locked"):
        await _set(pool, Scope.FISCAL_YEAR)
    assert await _set(pool, Scope.FISCAL_YEAR, on=date(2027, 4, 1))


async def test_a_run_that_is_resumed_into_a_locked_period_ends_with_the_reason(pool, locking, closed_night):
    await closed_night(RunState.FAILED)
    await locking()

    with pytest.raises(PeriodLocked, match=SAID):
        async with pool.connection() as conn:
            await runs.open_run(conn, new_run())
    async with pool.connection() as conn:  # a rehearsal spends no yen
        assert (await runs.open_run(conn, new_run(rehearsal=True))).resumed is False


async def test_a_correction_of_a_locked_day_goes_to_an_open_one(pool, locking, closed_night, rows):
    _, attempt_id = await closed_night()
    await locking()
    correction = Correction(Decimal(1), "invoice", "経理 花子")

    with pytest.raises(PeriodLocked, match=SAID):
        async with pool.connection() as conn:
            await adjustments.adjust_attempt(conn, AttemptId(attempt_id), correction)
    async with pool.connection() as conn:
        await adjustments.adjust_attempt(conn, AttemptId(attempt_id), correction, on=date(2026, 12, 1))
    assert rows("select business_date from ledger.entry where kind = 'adjust'") == [(date(2026, 12, 1),)]


async def test_nothing_is_reserved_on_a_locked_day(begin_night, pool, rows):
    night = await begin_night()
    new = await night.attempt()
    async with pool.connection() as conn:  # past the check that refuses it while a run is open
        await conn.execute(
            "insert into ledger.period_lock (label, period_start, period_end, locked_by, because) "
            "values ('2026-11', '2026-11-01', '2026-11-30', '経理 花子', 'x')"
        )

    with pytest.raises(PeriodLocked, match=SAID):
        await night.reserve(new)
    assert rows("select count(*) from yakin.attempt") == [(0,)]
    assert await night.budget() == (0, 0)


async def test_a_lock_waits_until_reservations_are_settled_and_runs_are_closed(begin_night, pool, locking, rows):
    night = await begin_night(2)
    for number in range(2):
        await night.send(number)
    with pytest.raises(UsageError, match=r"2 reservations over ¥80\.0+ are not settled.*yakin reconcile.*1 runs are"):
        await locking()
    async with pool.connection() as conn:
        await runs.finish_run(conn, night.run_id, RunState.FAILED)
    with pytest.raises(UsageError, match=r"2 reservations over ¥80\.0+ are"):
        await locking()  # they are unknown now
    assert rows("select count(*) from ledger.period_lock") == [(0,)]
    await locking(named_period("2026-10"))


async def test_a_lock_waits_for_a_writer_that_is_half_way_and_then_sees_what_it_wrote(begin_night, pool, locking):
    night = await begin_night()
    new = await night.attempt()
    async with pool.connection() as conn:
        await ledger.reserve(conn, new)
        waiting = asyncio.create_task(locking())
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
    with pytest.raises(UsageError, match="1 reservations over ¥40"):
        await waiting


async def test_unlocking_is_written_down_and_a_second_lock_is_another_row(pool, locking, rows):
    await locking()
    with pytest.raises(UsageError, match="2026-11 is locked already"):
        await locking()
    async with pool.connection() as conn:
        await period_locks.unlock(conn, MONTH, "監査 太郎", "an invoice came late")
    assert await _set(pool, Scope.MONTH)
    await locking()

    assert rows("select label, locked_by, unlocked_by, unlocked_because from bi.period_locks order by lock_id") == [
        ("2026-11", "経理 花子", "監査 太郎", "an invoice came late"),
        ("2026-11", "経理 花子", None, None),
    ]
    assert rows("select locked from bi.budgets where scope = 'month'") == [(True,)]
    with pytest.raises(UsageError, match="2026-12 is not locked"):
        async with pool.connection() as conn:
            await period_locks.unlock(conn, named_period("2026-12"), "x", "y")
