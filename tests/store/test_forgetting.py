"""Documents that are forgotten, also while a night works on them."""

import asyncio

import psycopg
import pytest

from tests.store.levels_story import VERSIONS, classified, end, forget, judge
from tests.store.story import USE_CASE, VERSION, answered, new_run, registration
from yakin.domain.documents import Reason
from yakin.errors import LeaseLost, UsageError
from yakin.store import documents, forgetting, ledger, night_work, runs, work


@pytest.fixture
def judged(pool, begin_night):
    """A night whose documents are classified."""

    async def begin(count=1, counts=None, **night):
        return await judge(pool, await begin_night(count, **night), counts)

    return begin


async def test_forgetting_removes_what_is_kept_and_leaves_a_tombstone_money_and_decisions(pool, judged, rows):
    night = await judged(2)
    await night.settle(await night.send(), answered())
    gone = await forget(pool, night.document_ids[0])
    assert gone.removed == {
        "open_work": 0, "restore_maps": 0, "batches_to_purge": 0, "answers": 1, "classifications": 1, "judgements": 0
    }  # fmt: skip
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select document_id from yakin.classification") == [(night.document_ids[1],)]
    assert rows("select count(*) filter (where kind = 'charge') from ledger.entry") == [(1,)]
    assert rows("select count(*) from yakin.decision") == [(2,)]
    sha = rows("select sha256 from yakin.document order by document_id")[0][0]
    assert rows("select document_id, sha256, \"by\", because, removed ->> 'answers' from yakin.forgotten") == [
        (night.document_ids[0], sha, "総務 太郎", "本人の請求", "1")
    ]
    with pytest.raises(UsageError, match="forgotten already"):
        await forget(pool, night.document_ids[0])


@pytest.mark.parametrize("backfill", [False, True])
async def test_the_same_bytes_seen_again_are_not_asked(pool, judged, rows, backfill):
    night = await judged()
    sha = rows("select sha256 from yakin.document")[0][0]
    await night.settle(await night.send(), answered())
    await forget(pool, night.document_ids[0])
    async with pool.connection() as conn:
        (again,) = await documents.register(conn, [registration("file:///elsewhere", sha)])
        run = await runs.open_run(conn, new_run("later"))
        added = await work.add_work(
            conn, run.run_id, USE_CASE, VERSION, [again.document_id], backfill=backfill, rehearsal=False
        )
    assert again.document_id == night.document_ids[0]
    assert (added.pending, added.skipped, added.set_aside, added.forgotten) == (0, 0, 0, 1)
    assert rows("select reason from bi.unanswered where run_id = %s", run.run_id) == [("forgotten",)]


async def test_a_document_that_is_forgotten_while_it_is_asked_is_charged_and_does_not_land(pool, judged, rows):
    night = await judged()
    sent = await night.send()
    assert (await forget(pool, night.document_ids[0])).removed["open_work"] == 1
    settled = await night.settle(sent, answered())
    assert (settled.landed, settled.cost_jpy > 0) == (False, True)
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select state, reason from yakin.work") == [("unanswered", "forgotten")]


async def test_a_document_that_is_forgotten_while_it_is_planned_has_its_end(pool, judged, rows):
    night = await judged(2)
    await forget(pool, night.document_ids[0])
    await end(pool, night, 0, Reason.QUARANTINE)
    await end(pool, night, 1, Reason.QUARANTINE)
    assert rows("select reason from yakin.work order by reason") == [("forgotten",), ("quarantine",)]
    with pytest.raises(LeaseLost):
        await end(pool, night, 1, Reason.BUDGET)


async def test_a_document_that_is_forgotten_after_its_lease_is_not_sent(pool, judged):
    night = await judged()
    new = await night.attempt()
    await night.reserve(new)
    await forget(pool, night.document_ids[0])
    with pytest.raises(LeaseLost):
        async with pool.connection() as conn:
            await ledger.mark_sent(conn, new.attempt_id)


async def test_work_that_was_added_while_a_document_was_forgotten_is_neither_read_nor_leased(
    pool, judged, rows, database
):
    night = await judged()
    document_id = night.document_ids[0]
    await forget(pool, document_id)
    with psycopg.connect(database.owner_url) as conn:  # as if it had been added a moment before the tombstone
        conn.execute("update yakin.work set state = 'pending', reason = null")
    async with pool.connection() as conn:
        assert await night_work.unclassified(conn, night.run_id, VERSIONS) == []
        await documents.save_classification(conn, classified(document_id))
        assert await work.lease(conn, night.run_id, USE_CASE, document_id, seconds=60) is None
        assert await forgetting.end_forgotten(conn, night.run_id) == 1
    assert rows("select count(*) from yakin.classification") == [(0,)]
    assert rows("select state, reason from yakin.work") == [("unanswered", "forgotten")]


async def test_an_answer_to_work_that_forgetting_did_not_see_does_not_land(pool, judged, rows, database):
    night = await judged()
    sent = await night.send()
    with psycopg.connect(database.owner_url) as conn:  # the tombstone alone, as if the work had been added meanwhile
        conn.execute(
            "insert into yakin.forgotten (document_id, by, because, removed) values (%s, 'a', 'b', '{}')",
            (night.document_ids[0],),
        )
    assert not (await night.settle(sent, answered())).landed
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select state, reason from yakin.work") == [("unanswered", "forgotten")]


async def test_forgetting_and_landing_at_once_never_leave_an_answer(pool, judged, rows):
    night = await judged(12)
    sent = [await night.send(number, worst_jpy="1") for number in range(12)]

    async def both(number):
        await asyncio.gather(night.settle(sent[number], answered()), forget(pool, night.document_ids[number]))

    await asyncio.gather(*(both(number) for number in range(12)))
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select count(*) from yakin.forgotten") == [(12,)]
    assert rows("select count(*) from ledger.entry where kind = 'charge'") == [(12,)]
