"""What people said to quotes: kept for good, found by the night, and given to one run."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest

from tests.store.story import new_run, plan
from yakin.domain.approving import Said, Verdict
from yakin.errors import StoreError
from yakin.store import decisions, quote_approvals, quotes, runs
from yakin.store.quote_approvals import SaidIn
from yakin.store.runs import RunState

APPROVED = Said(Verdict.APPROVE, "佐藤", Decimal("2.5"))
DECLINED = Said(Verdict.DECLINE, "鈴木")
JOB = {"source": "file:///in", "use_case": "contract", "department": "法務"}


@pytest.fixture
def opened(pool):
    """Open a run with jobs in its parameters."""

    async def begin(key, jobs=(JOB,)):
        async with pool.connection() as conn:
            run = await runs.open_run(conn, replace(new_run(key), parameters={"jobs": list(jobs)}))
            return await runs.find_run(conn, run.run_id)

    return begin


@pytest.fixture
def quoted(pool, opened):
    """A dry run that ended with its quote."""

    async def begin(key="quote"):
        run = await opened(key)
        async with pool.connection() as conn:
            await decisions.save_plan(conn, run.run_id, plan([]), why="start")
            await runs.finish_run(conn, run.run_id, RunState.QUOTED)
        return run

    return begin


async def _say(pool, run, said, said_in=SaidIn.CLI):
    async with pool.connection() as conn:
        quote = await quotes.newest(conn, run.run_id)
        return await quote_approvals.save(conn, quote_approvals.key_of(run), quote, said, said_in)


async def _heard(pool, run):
    async with pool.connection() as conn:
        return await quote_approvals.said_before(conn, quote_approvals.key_of(run), run.run_id)


async def test_the_night_finds_what_was_approved_beforehand_also_when_it_is_resumed(pool, quoted, opened, rows):
    quote, night, other = await quoted(), await opened("night"), await opened("other", [JOB | {"department": "営業"}])
    await _say(pool, quote, APPROVED)
    assert await _heard(pool, other) is None
    assert await _heard(pool, night) == await _heard(pool, night) == APPROVED
    seen = rows("select verdict, up_to_jpy, \"by\", said_in, expected_jpy, run_id::text, used_by_run_id::text "
                "from bi.quote_approvals")  # fmt: skip
    assert seen == [("approve", Decimal("2.5"), "佐藤", "cli", Decimal("1.5"), quote.run_id, night.run_id)]


async def test_the_money_is_given_to_one_run_however_many_ask_at_once(pool, quoted, opened):
    await _say(pool, await quoted(), APPROVED)
    nights = [await opened(f"night {number}") for number in range(4)]
    heard = await asyncio.gather(*[_heard(pool, night) for night in nights])
    assert sorted(heard, key=str) == sorted([APPROVED, None, None, None], key=str)


async def test_the_newest_word_counts_and_an_older_one_does_not_come_back(pool, quoted, opened):
    quote, first, second = await quoted(), await opened("first"), await opened("second")
    await _say(pool, quote, APPROVED)
    await _say(pool, quote, DECLINED)
    assert await _heard(pool, first) == DECLINED
    assert await _heard(pool, second) is None


async def test_a_run_remembers_its_own_approval_and_asks_again_after_anything_else(pool, quoted, opened):
    approved, declined = await quoted("a"), await quoted("b")
    await _say(pool, declined, DECLINED, SaidIn.UI)
    await _say(pool, declined, Said(Verdict.EXPIRED, ""), SaidIn.UI)
    assert await _heard(pool, declined) is None
    await _say(pool, approved, APPROVED, SaidIn.UI)
    assert await _heard(pool, approved) == APPROVED
    assert await _heard(pool, await opened("another")) is None
    async with pool.connection() as conn:
        assert [each.said for each in await quote_approvals.of_run(conn, approved.run_id)] == [APPROVED]


async def test_what_was_said_is_never_changed_not_even_by_the_owner(pool, quoted, opened, database):
    await _say(pool, await quoted(), APPROVED)
    await _heard(pool, await opened("night"))
    for change in (
        "update yakin.quote_approval set up_to_jpy = 9", "delete from yakin.quote_approval_use",
        "delete from yakin.quote_approval", "truncate yakin.quote_approval cascade",
    ):  # fmt: skip
        with psycopg.connect(database.owner_url) as conn, pytest.raises(psycopg.Error, match=r"append-only|never"):
            conn.execute(change)


async def test_an_approval_needs_an_amount_and_a_name(pool, quoted):
    quote = await quoted()
    for wrong in (replace(APPROVED, up_to_jpy=None), replace(APPROVED, by=" "), replace(DECLINED, up_to_jpy=1)):
        with pytest.raises(StoreError, match="quote_approval_"):
            await _say(pool, quote, wrong)
