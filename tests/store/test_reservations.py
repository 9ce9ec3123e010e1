import asyncio
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from yakin.domain.asking import Outcome, Reply
from yakin.domain.money import Scope
from yakin.domain.pricing import Usage
from yakin.errors import BudgetExhausted, StoreError
from yakin.store import ledger

_NIGHT = date(2026, 11, 24)


async def test_a_reservation_writes_the_intent_and_holds_its_worst_case(begin_night, rows):
    night = await begin_night()
    new = await night.attempt(worst_jpy="12.345678")
    await night.reserve(new)
    assert await night.budget() == (Decimal("12.345678"), Decimal(0))
    assert rows("select outcome, zone, allowed_zones from yakin.attempt") == [("intent", "on_prem", ["on_prem"])]
    assert rows("select kind, amount_jpy, department from ledger.entry") == [("reserve", Decimal("12.345678"), "法務")]


async def test_reserving_the_same_attempt_twice_reserves_once(begin_night):
    night = await begin_night()
    new = await night.attempt()
    await night.reserve(new)
    assert await night.reserve(new) == ledger.Reserved(new.attempt_id)
    assert await night.budget() == (Decimal(40), Decimal(0))


async def test_a_call_that_fits_once_others_settle_has_to_wait_and_leaves_nothing(begin_night, rows):
    night = await begin_night(2, budget_jpy=50)
    await night.reserve(await night.attempt(0))
    waiting = await night.reserve(await night.attempt(1))
    assert waiting == ledger.MustWait(Scope.RUN, Decimal(40))
    assert rows("select count(*) from yakin.attempt") == [(1,)]
    assert rows("select count(*) from ledger.entry") == [(1,)]


async def test_a_call_that_can_never_fit_is_refused(begin_night):
    night = await begin_night(budget_jpy=39)
    with pytest.raises(BudgetExhausted, match="39"):
        await night.reserve(await night.attempt())


async def test_money_held_by_an_unknown_attempt_is_not_waited_for(begin_night):
    night = await begin_night(2, budget_jpy=50)
    sent = await night.send(0)
    await night.settle(sent, Reply(Outcome.UNKNOWN))
    with pytest.raises(BudgetExhausted):
        await night.reserve(await night.attempt(1))
    assert await night.budget() == (Decimal(40), Decimal(0))


async def test_money_held_under_a_lease_that_ran_out_is_not_waited_for(begin_night):
    night = await begin_night(2, budget_jpy=50)
    held = await night.lease(0, seconds=0.01)
    await night.reserve(await night.attempt(0, held=held))
    await asyncio.sleep(0.05)
    with pytest.raises(BudgetExhausted):
        await night.reserve(await night.attempt(1))


async def test_every_cap_that_applies_has_to_have_room(begin_night, pool):
    night = await begin_night(2)
    async with pool.connection() as conn:
        await ledger.set_cap(conn, Scope.VENDOR, "local inc", _NIGHT, Decimal(50), rehearsal=False)
        await ledger.set_cap(conn, Scope.VENDOR, "other inc", _NIGHT, Decimal(1), rehearsal=False)
        await ledger.set_cap(conn, Scope.MONTH, "", _NIGHT, Decimal(1), rehearsal=True)
        night.budget_ids = await ledger.budgets_for(conn, night.run_id, "contract", "法務", "local inc")
        assert await ledger.room_jpy(conn, night.budget_ids) == Decimal(50)
    await night.reserve(await night.attempt(0))
    assert await night.reserve(await night.attempt(1)) == ledger.MustWait(Scope.VENDOR, Decimal(40))


async def test_a_decision_or_offer_that_does_not_exist_is_an_error(begin_night):
    night = await begin_night()
    new = await night.attempt(offer="unheard of")
    with pytest.raises(StoreError, match="froze no offer"):
        await night.reserve(new)


async def test_sixty_reservers_in_three_processes_get_exactly_what_the_cap_holds(begin_night, database, rows):
    night = await begin_night(60, budget_jpy=1)
    arguments = [database.app_url, night.run_id, str(night.budget_ids[0]), *map(str, night.document_ids)]
    processes = [
        subprocess.Popen(  # noqa: ASYNC220 - the processes run while nothing else does
            [sys.executable, "-c", _RESERVER, str(part), *arguments], stdout=subprocess.PIPE, text=True
        )
        for part in range(3)
    ]
    results = [line for process in processes for line in process.communicate()[0].split()]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(results) == 60
    assert results.count("Reserved") == 25
    assert await night.budget() == (Decimal(1), Decimal(0))
    assert rows("select count(*), sum(amount_jpy) from ledger.entry") == [(25, Decimal(1))]


async def test_settlements_and_reservations_over_two_caps_never_deadlock(begin_night, pool, rows):
    night = await begin_night(40, budget_jpy=300)
    async with pool.connection() as conn:
        await ledger.set_cap(conn, Scope.DAY, "", _NIGHT, Decimal(250), rehearsal=False)
        ids = await ledger.budgets_for(conn, night.run_id, "contract", "法務", "local inc")
    assert len(ids) == 2

    async def ask(number: int) -> None:
        new = await night.attempt(number, worst_jpy="40")
        new = ledger.NewAttempt(**{**_fields(new), "budget_ids": ids if number % 2 else ids[::-1]})
        while isinstance(await night.reserve(new), ledger.MustWait):  # noqa: ASYNC110 - as a worker does
            await asyncio.sleep(0.01)
        async with pool.connection() as conn:
            await ledger.mark_sent(conn, new.attempt_id)
        await night.settle(new, Reply(Outcome.ANSWERED, Usage(1000, 10), {"n": number}))

    await asyncio.gather(*map(ask, range(40)))
    spent = Decimal("0.104") * 40
    assert rows("select reserved_jpy, spent_jpy from ledger.budget order by 1") == [(Decimal(0), spent)] * 2
    assert rows("select count(*) from yakin.answer") == [(40,)]


def _fields(new: ledger.NewAttempt) -> dict[str, object]:
    return {name: getattr(new, name) for name in new.__slots__}


_RESERVER = """
import asyncio, sys, uuid
from decimal import Decimal
from yakin.domain.asking import Purpose
from yakin.errors import BudgetExhausted
from yakin.store import decisions, ledger, work
from yakin.store.pool import Pool
part, url, run_id, budget_id, *documents = sys.argv[1:]
async def one(pool, document_id):
    async with pool.connection() as conn:
        lease = await work.lease(conn, run_id, "contract", document_id, seconds=60)
        route = await decisions.route(conn, run_id, "contract", document_id)
    new = ledger.NewAttempt(str(uuid.uuid4()), route.decision_id, run_id, "local", document_id, "contract", 0,
                            Purpose.ANSWER, Decimal("0.04"), (int(budget_id),), lease, False, "test", 200)
    try:
        async with pool.connection() as conn:
            return type(await ledger.reserve(conn, new)).__name__
    except BudgetExhausted:
        return "BudgetExhausted"
async def main():
    pool = await Pool.open(url, max_size=20)
    print(*await asyncio.gather(*[one(pool, int(each)) for each in documents[int(part)::3]]))
    await pool.close()
asyncio.run(main())
"""
