"""Writers of money never wait for each other in a circle: every kind of row is locked in its order."""

import asyncio
import re
import uuid
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from tasks.settling_lines import _settle_once
from tests.store.story import answered
from tests.store.test_batches import batch_offer
from yakin.domain.batches import BatchId
from yakin.errors import StoreConflict
from yakin.store import batches, ledger
from yakin.store.batches import NewBatch, NewLine, SealedMap
from yakin.store.forgetting import forget
from yakin.store.reserving import mark_sent_group
from yakin.store.settling import Settlement, settle_group


def test_no_query_that_waits_for_rows_joins_them():
    """Postgres checks a row again after waiting for it, and in a join some plans then lose it (seen on 16: a storm)."""
    queries = {
        f"{file.stem}: {name}": body
        for file in sorted(Path(ledger.__file__).parent.glob("*.sql"))
        for name, body in re.findall(r"^-- (\w+) --$(.*?)(?=^-- \w+ --$|\Z)", file.read_text(), re.M | re.S)
    }
    waiting = {
        name: sql for name, sql in queries.items() if re.search(r"\bfor (no key )?(update|share)\b(?! skip)", sql)
    }
    assert len(waiting) > 5
    joining = [name for name, sql in waiting.items() if re.search(r"\b(join|unnest)\b|\bfrom [\w.]+( \w+)?,", sql)]
    assert joining == []


async def test_a_settlement_finds_attempts_that_it_had_to_wait_for_whatever_the_plan(begin_night, pool, rows):
    night = await begin_night(8)
    news = [await night.send(number) for number in range(8)]
    async with pool.connection() as other:
        await other.execute("update yakin.attempt set detail = 'x' where attempt_id = %s", (news[3].attempt_id,))
        settling = asyncio.create_task(_settled_by_nested_loops(pool, news))
        await asyncio.sleep(0.2)
        assert not settling.done()
    assert [type(each) for each in (await settling).values()] == [ledger.Settled] * 8
    assert rows("select outcome, count(*) from yakin.attempt group by 1") == [("answered", 8)]


async def _settled_by_nested_loops(pool, news):
    async with pool.connection() as conn:
        for plan in ("enable_hashjoin", "enable_mergejoin", "enable_seqscan", "enable_material"):
            await conn.execute(f"set local {plan} = off")
        return await settle_group(conn, [Settlement(each.attempt_id, answered()) for each in news])


async def test_marks_wait_for_attempts_in_the_order_of_their_ids(begin_night, pool):
    night = await begin_night(2)
    news = sorted([await night.attempt(number) for number in range(2)], key=lambda each: each.attempt_id)
    for each in news:
        await night.reserve(each)
    low, high = (each.attempt_id for each in news)
    async with pool.connection() as conn, pool.connection() as marking:
        await _lock(conn, low)
        both = asyncio.create_task(mark_sent_group(marking, [high, low]))
        await asyncio.sleep(0.2)
        await _lock(conn, high)  # as whoever makes a cap: the mark has not taken it before the lower one
        await conn.commit()
        assert await both == {low, high}


async def test_lines_of_a_batch_are_marked_in_the_order_of_their_ids(begin_night, pool):
    night = await begin_night(2, offers=[batch_offer()])
    news = [await night.attempt(number, offer="local:batch") for number in range(2)]
    if news[0].attempt_id < news[1].attempt_id:  # the first document has the higher attempt
        news = [replace(news[0], attempt_id=news[1].attempt_id), replace(news[1], attempt_id=news[0].attempt_id)]
    for each in news:
        await night.reserve(each)
    new = NewBatch(BatchId(str(uuid.uuid4())), night.run_id, "local:batch", "0" * 64)
    async with pool.connection() as conn, pool.connection() as intending:
        await _lock(conn, news[1].attempt_id)
        task = asyncio.create_task(
            batches.intend(intending, new, [NewLine(each.attempt_id, each.lease, None) for each in news])
        )
        await asyncio.sleep(0.2)
        await _lock(conn, news[0].attempt_id)
        await conn.commit()
        await task


async def test_a_line_that_lands_and_a_person_who_forgets_it_do_not_wait_for_each_other(begin_night, pool, rows):
    night = await begin_night(1, offers=[batch_offer()])
    new = await night.attempt(offer="local:batch")
    await night.reserve(new)
    batch = NewBatch(BatchId(str(uuid.uuid4())), night.run_id, "local:batch", "0" * 64)
    async with pool.connection() as conn:
        await batches.intend(conn, batch, [NewLine(new.attempt_id, new.lease, SealedMap("key-1", b"sealed"))])
    (document_id,) = night.document_ids

    async def forgets() -> None:
        async with pool.connection() as conn:
            await forget(conn, document_id, by="tanaka", because="asked to")

    async with pool.connection() as conn:
        await batches.settle_line(conn, new.attempt_id, again=False)
        forgetting = asyncio.create_task(forgets())
        await asyncio.sleep(0.2)
        await conn.execute("select from yakin.work where document_id = %s for update", (document_id,))
    await forgetting
    assert rows("select reason from yakin.work") == [("forgotten",)]


async def _lock(conn, attempt_id) -> None:
    await conn.execute("select from yakin.attempt where attempt_id = %s for update", (attempt_id,))


async def test_a_line_whose_transaction_postgres_ended_is_settled_by_another_one(begin_night, pool, monkeypatch):
    night = await begin_night(1, offers=[batch_offer()])
    new = await night.attempt(offer="local:batch")
    await night.reserve(new)
    batch = NewBatch(BatchId(str(uuid.uuid4())), night.run_id, "local:batch", "0" * 64)
    async with pool.connection() as conn:
        await batches.intend(conn, batch, [NewLine(new.attempt_id, new.lease, None)])
        (line,) = await batches.open_lines(conn, batch.batch_id)
    settle, ended = ledger.settle, []

    async def ended_once(conn, *args, **kwargs):
        settled = await settle(conn, *args, **kwargs)
        if not ended:
            ended.append(True)
            raise StoreConflict
        return settled

    monkeypatch.setattr(ledger, "settle", ended_once)
    assert await _settle_once(SimpleNamespace(pool=pool), line, answered(), None) is False
    assert await night.budget() == (Decimal(0), Decimal("0.14"))
