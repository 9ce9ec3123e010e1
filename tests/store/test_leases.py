import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.store.story import USE_CASE, answered
from yakin.domain.documents import Reason, WorkState
from yakin.errors import LeaseLost
from yakin.store import ledger, runs, work
from yakin.store.pool import dedicated_connection


async def _stolen(night):
    """An attempt whose lease ran out and was taken over by another worker."""
    held = await night.lease(seconds=0.01)
    new = await night.attempt(held=held)
    await night.reserve(new)
    await asyncio.sleep(0.05)
    return new


async def test_a_document_is_leased_to_one_worker_at_a_time(begin_night, pool):
    night = await begin_night()

    async def lease():
        async with pool.connection() as conn:
            return await work.lease(conn, night.run_id, USE_CASE, night.document_ids[0], seconds=60)

    leases = await asyncio.gather(*[lease() for _ in range(8)])
    assert sum(each is not None for each in leases) == 1


async def test_an_old_token_can_neither_reserve_nor_send(begin_night, pool):
    night = await begin_night()
    old = await _stolen(night)
    newer = await night.lease()
    assert newer.token > old.lease.token
    for forbidden in (
        lambda conn: ledger.mark_sent(conn, old.attempt_id),
        lambda conn: ledger.reserve(conn, replace(old, attempt_id="00000000-0000-0000-0000-000000000001")),
        lambda conn: work.back_to_pending(conn, old.lease),
    ):
        with pytest.raises(LeaseLost):
            async with pool.connection() as conn:
                await forbidden(conn)


async def test_what_an_old_token_never_sent_is_given_back_at_once(begin_night, rows):
    night = await begin_night()
    await _stolen(night)
    await night.lease()
    assert rows("select outcome from yakin.attempt") == [("not_sent",)]
    assert await night.budget() == (Decimal(0), Decimal(0))


async def test_an_old_token_cannot_land_but_its_charge_is_recorded(begin_night, pool, rows):
    night = await begin_night()
    held = await night.lease(seconds=0.3)
    old = await night.attempt(held=held)
    await night.reserve(old)
    async with pool.connection() as conn:
        await ledger.mark_sent(conn, old.attempt_id)
    await asyncio.sleep(0.35)
    await night.lease()
    assert rows("select outcome from yakin.attempt") == [("unknown",)]
    assert await night.settle(old, answered()) == ledger.Settled(Decimal("0.14"), landed=False)
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select state from yakin.work") == [("leased",)]
    assert await night.budget() == (Decimal(0), Decimal("0.14"))


async def test_a_run_is_held_by_one_process_until_its_session_ends(begin_night, database):
    night = await begin_night()
    first, second = await dedicated_connection(database.app_url), await dedicated_connection(database.app_url)
    assert await runs.hold_run(first, night.run_id)
    assert not await runs.hold_run(second, night.run_id)
    await first.close()
    async with asyncio.timeout(10):
        while not await runs.hold_run(second, night.run_id):  # noqa: ASYNC110 - another session's end
            await asyncio.sleep(0.02)  # the server notices the end of a session a moment later
    await second.close()


async def test_a_take_over_frees_leases_keeps_sent_money_and_returns_unsent_money(begin_night, pool, rows):
    night = await begin_night(3)
    await night.send(0, worst_jpy="40")
    await night.reserve(await night.attempt(1, worst_jpy="30"))
    await night.lease(2)
    async with pool.connection() as conn:
        assert await runs.take_over(conn, night.run_id) == runs.TakenOver(3, 1, 1)
        assert len(await work.pending(conn, night.run_id)) == 3
        assert await runs.take_over(conn, night.run_id) == runs.TakenOver(0, 0, 0)
    assert await night.budget() == (Decimal(40), Decimal(0))
    assert rows("select outcome from yakin.attempt order by worst_jpy") == [("not_sent",), ("unknown",)]


async def test_work_ends_with_a_reason_only_for_whom_holds_it(begin_night, pool, rows):
    night = await begin_night(2)
    held = await night.lease(0)
    with pytest.raises(LeaseLost):
        async with pool.connection() as conn:
            await work.finish_work(conn, night.run_id, USE_CASE, night.document_ids[0], WorkState.UNANSWERED,
                                   Reason.CORRUPT, lease=None)  # fmt: skip
    async with pool.connection() as conn:
        await work.finish_work(conn, night.run_id, USE_CASE, night.document_ids[0], WorkState.UNANSWERED,
                               Reason.INVALID_ANSWER, lease=held)  # fmt: skip
        await work.finish_work(conn, night.run_id, USE_CASE, night.document_ids[1], WorkState.AWAITING_APPROVAL,
                               Reason.AWAITING_APPROVAL, lease=None)  # fmt: skip
    assert rows("select state, reason from yakin.work order by document_id") == [
        ("unanswered", "invalid_answer"),
        ("awaiting_approval", "awaiting_approval"),
    ]


async def test_a_document_that_was_given_back_can_no_longer_be_sent(begin_night, pool):
    night = await begin_night()
    new = await night.attempt()
    await night.reserve(new)
    async with pool.connection() as conn:
        await work.back_to_pending(conn, new.lease)
    with pytest.raises(LeaseLost):
        async with pool.connection() as conn:
            await ledger.mark_sent(conn, new.attempt_id)


async def test_a_closed_run_holds_no_money_for_what_was_never_sent(begin_night, pool):
    night = await begin_night(2)
    await night.reserve(await night.attempt(0, worst_jpy="30"))
    await night.send(1, worst_jpy="40")
    async with pool.connection() as conn:
        await runs.finish_run(conn, night.run_id, runs.RunState.FAILED)
    assert await night.budget() == (Decimal(40), Decimal(0))
