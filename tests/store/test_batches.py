"""The rows of a batch: written before anything leaves, one end for every line, maps sealed and then gone."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from tests.store.story import answered, offer
from yakin.domain.asking import Outcome, Reply
from yakin.domain.batches import BatchId, BatchState, VendorBatch, VendorState
from yakin.domain.documents import Reason, WorkState
from yakin.domain.levels import Level
from yakin.domain.pricing import Tier
from yakin.errors import LeaseLost, StoreError
from yakin.store import accounts, batches, ledger, runs, work
from yakin.store.batches import NewBatch, NewLine, Oddities, SealedMap
from yakin.store.ledger import Landing
from yakin.store.runs import RunState

SEALED = SealedMap("key-1", b"nonce and ciphertext")


def batch_offer():
    realtime = offer()
    return replace(realtime, tier=Tier.BATCH, price=replace(realtime.price, tier=Tier.BATCH))


@pytest.fixture
def submit(begin_night, pool):
    """A night whose documents are lines of one batch."""

    async def begin(documents=1, *, sealed=SEALED, begin_batch=True):
        night = await begin_night(documents, offers=[batch_offer()])
        attempts = [await night.attempt(number, offer="local:batch") for number in range(documents)]
        for each in attempts:
            await night.reserve(each)
        new = NewBatch(BatchId(str(uuid.uuid4())), night.run_id, "local:batch", "0" * 64)
        if begin_batch:
            async with pool.connection() as conn:
                await batches.intend(conn, new, [NewLine(a.attempt_id, a.lease, sealed) for a in attempts])
        return night, new, attempts

    return begin


async def land(pool, attempt, reply=None, *, again=False):
    reply = reply or answered()
    landing = Landing(attempt.lease, reply.answer, Level.INTERNAL, True) if reply.answer else None
    async with pool.connection() as conn:
        await batches.settle_line(conn, attempt.attempt_id, again=again)
        return await ledger.settle(conn, attempt.attempt_id, reply, answer=landing)


async def test_the_intent_marks_every_line_as_sent_before_anything_leaves(submit, rows):
    await submit(2)
    assert rows("select count(*) from yakin.attempt where sent_at is not null and outcome = 'intent'") == [(2,)]
    assert rows("select state, lease_token is not null from yakin.work") == [("submitted", True)] * 2
    assert rows("select state, provider_batch_id from yakin.batch") == [("intent", None)]
    assert rows("select count(*) from yakin.sealed_map") == [(2,)]


async def test_a_document_that_was_taken_over_stops_the_whole_batch(submit, pool, rows):
    night, new, attempts = await submit(2, begin_batch=False)
    async with pool.connection() as conn:
        await work.back_to_pending(conn, attempts[1].lease)
    await night.lease(1)
    with pytest.raises(LeaseLost):
        async with pool.connection() as conn:
            await batches.intend(conn, new, [NewLine(a.attempt_id, a.lease, None) for a in attempts])
    assert rows("select count(*) from yakin.batch") == [(0,)]
    assert rows("select count(*) from yakin.attempt where sent_at is not null") == [(0,)]


async def test_nobody_leases_what_is_in_a_batch_and_a_take_over_leaves_it_there(submit, pool, rows):
    night, _, attempts = await submit()
    async with pool.connection() as conn:
        assert await work.lease(conn, night.run_id, "contract", night.document_ids[0], seconds=9) is None
        await runs.take_over(conn, night.run_id)
    assert rows("select state from yakin.work") == [("submitted",)]
    assert (await land(pool, attempts[0])).landed  # unknown until the vendor says how it ended


async def test_a_line_is_charged_once_and_its_map_goes_with_it(submit, pool, rows):
    night, new, attempts = await submit()
    first = await land(pool, attempts[0])
    assert first == await land(pool, attempts[0], answered(9999, 9999))
    assert first.landed
    assert rows("select state from yakin.work") == [("answered",)]
    assert rows("select count(*) from yakin.sealed_map") == [(0,)]
    assert await night.budget() == (Decimal(0), first.cost_jpy)
    async with pool.connection() as conn:
        assert await batches.open_lines(conn, new.batch_id) == []


async def test_an_answer_that_comes_after_the_close_still_lands(submit, pool, rows):
    night, _, attempts = await submit()
    async with pool.connection() as conn:
        assert await batches.give_up(conn, night.run_id) == 1
        await runs.finish_run(conn, night.run_id, RunState.FINISHED)
    assert rows("select state, reason from yakin.work") == [("unanswered", "deadline")]
    assert rows("select outcome from yakin.attempt") == [("unknown",)]
    assert (await night.budget())[0] == Decimal(40)
    assert (await land(pool, attempts[0])).landed
    assert rows("select state, reason from yakin.work") == [("answered", None)]
    assert (await night.budget())[0] == 0


async def test_a_late_answer_does_not_displace_one_that_is_being_asked_for_or_has_landed(submit, pool, rows):
    night, _, attempts = await submit()
    async with pool.connection() as conn:
        assert await batches.stop_waiting(conn, night.run_id) == [("contract", night.document_ids[0])]
    again = await night.attempt(0, offer="local:batch")  # whoever asks it one by one holds it now
    late = await land(pool, attempts[0])
    assert (late.landed, late.cost_jpy > 0) == (False, True)
    assert rows("select state, lease_token from yakin.work") == [("leased", again.lease.token)]
    assert rows("select count(*) from yakin.answer") == [(0,)]


async def test_a_line_that_did_not_run_goes_back_and_gives_its_money_back(submit, pool, rows):
    night, _, attempts = await submit()
    await land(pool, attempts[0], Reply(Outcome.TRANSIENT, detail="batch_expired"), again=True)
    assert rows("select state from yakin.work") == [("pending",)]
    assert await night.budget() == (Decimal(0), Decimal(0))
    assert rows("select count(*) from yakin.sealed_map") == [(0,)]


async def test_a_forgotten_documents_line_is_charged_and_lands_nothing(submit, pool, rows):
    night, new, attempts = await submit()
    async with pool.connection() as conn:
        assert await batches.batches_with(conn, night.document_ids[0]) == [new.batch_id]
        assert await batches.forget(conn, night.document_ids[0]) == 1
    assert rows("select state, reason from yakin.work") == [("unanswered", "forgotten")]
    settled = await land(pool, attempts[0], again=True)
    assert (settled.landed, settled.cost_jpy > 0) == (False, True)
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select state, reason from yakin.work") == [("unanswered", "forgotten")]


async def test_a_batch_is_outstanding_until_its_remote_files_are_deleted(submit, pool):
    night, new, attempts = await submit()
    at_vendor = VendorBatch("batch_1", VendorState.COMPLETED, "file-in", "file-out", None)
    async with pool.connection() as conn:
        await batches.uploaded(conn, new.batch_id, "file-in")
        await batches.submitted(conn, new.batch_id, at_vendor)
        await batches.seen(conn, new.batch_id, at_vendor)
        (found,) = await batches.outstanding(conn, rehearsal=False, run_id=night.run_id)
        assert (found.state, found.provider_batch_id) == (BatchState.SUBMITTED, "batch_1")
        assert found.file_ids == ("file-in", "file-out")
        (line,) = await batches.open_lines(conn, new.batch_id)
        assert (line.needs_map, line.sealed) == (True, SEALED)
    await land(pool, attempts[0])
    async with pool.connection() as conn:
        await batches.end(conn, new.batch_id, BatchState.HARVESTED, Oddities(1, 2, 3))
        assert [each.state for each in await batches.outstanding(conn, rehearsal=False)] == [BatchState.HARVESTED]
        assert await batches.outstanding(conn, rehearsal=True) == []
        await batches.files_deleted(conn, new.batch_id)
        assert await batches.outstanding(conn, rehearsal=False) == []
        assert await batches.batches_with(conn, night.document_ids[0]) == []


async def test_remote_files_cannot_be_called_deleted_before_the_end(submit, pool):
    _, new, _ = await submit()
    with pytest.raises(StoreError, match="batch_files_deleted_after_end"):
        async with pool.connection() as conn:
            await batches.files_deleted(conn, new.batch_id)


async def test_old_maps_are_found_and_deleted(submit, pool):
    _, new, attempts = await submit()
    now = datetime.now(UTC)
    async with pool.connection() as conn:
        assert await batches.expired_maps(conn, now - timedelta(days=1)) == []
        expired = await batches.expired_maps(conn, now + timedelta(days=1))
        assert expired == [attempts[0].attempt_id]
        assert await batches.delete_maps(conn, expired) == 1
        (line,) = await batches.open_lines(conn, new.batch_id)
        assert (line.needs_map, line.sealed) == (True, None)


async def test_the_close_leaves_nothing_submitted(submit, pool, rows):
    night, _, _ = await submit(3)
    async with pool.connection() as conn:
        await batches.give_up(conn, night.run_id)
    assert rows("select distinct state, reason from yakin.work") == [(WorkState.UNANSWERED, Reason.DEADLINE)]


async def test_no_reader_sees_a_sealed_map(submit, database):
    await submit()
    with psycopg.connect(database.owner_url) as conn:
        granted = conn.execute(
            "select r.rolname from pg_roles r where has_table_privilege(r.oid, 'yakin.sealed_map', 'select') "
            "and r.rolname in ('yakin_bi', 'bi_reader', 'bi_restricted', 'auditor')"
        ).fetchall()
    assert granted == []


async def test_a_line_that_may_still_come_back_is_not_ended_by_a_reconciliation(submit, pool):
    night, _, (attempt,) = await submit()
    async with pool.connection() as conn:
        await runs.finish_run(conn, night.run_id, RunState.FINISHED)
    day = datetime.now(UTC).date()

    async def in_flight() -> list[bool]:
        async with pool.connection() as conn:
            ours = await accounts.attempts(conn, "local inc", (day, day), rehearsal=False)
        return [each.in_flight for each in ours.attempts]

    assert await in_flight() == [True]
    await land(pool, attempt, Reply(Outcome.UNKNOWN, detail="missing"))
    assert await in_flight() == [False]
