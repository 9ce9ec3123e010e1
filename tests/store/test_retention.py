"""Retention deletes content by age and keeps what proves that it was there."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.store.story import NIGHT, USE_CASE, VERSION, answered, new_run
from yakin.domain.documents import WorkState
from yakin.domain.levels import Level
from yakin.domain.policy import LevelRule, Policy, ZoneRule
from yakin.domain.retention import Kept, Removed, recording_kept_days
from yakin.domain.zones import Zone
from yakin.errors import StoreError
from yakin.store import retention, runs, work

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
async def three_answers(begin_night, database):
    """Answers of 10, 40 and 100 days ago: confidential, confidential, restricted."""
    ages = [("a", Level.CONFIDENTIAL, 10), ("b", Level.CONFIDENTIAL, 40), ("c", Level.RESTRICTED, 100)]
    for key, level, age in ages:
        night = await begin_night(key=key, level=level, folder=key)
        await night.settle(await night.send(), answered())
        with psycopg.connect(database.owner_url) as conn:
            conn.execute(
                "update yakin.answer set answered_at = %s where document_id = %s",
                (days_ago(age), night.document_ids[0]),
            )


async def test_only_what_is_older_goes_and_the_count_says_level_and_age(three_answers, pool, rows):
    async with pool.connection() as conn:
        would = await retention.answers(conn, NOW, 30, use_case=USE_CASE, dry_run=True)
    assert rows("select count(*) from yakin.answer") == [(3,)]

    async with pool.connection() as conn:
        removed = await retention.answers(conn, NOW, 30, use_case=USE_CASE)
        await retention.note(conn, removed, NOW, "policy-1")

    assert removed == would
    assert removed == [
        Removed(Kept.ANSWER, 1, days_ago(40), 30, level=Level.CONFIDENTIAL, use_case=USE_CASE),
        Removed(Kept.ANSWER, 1, days_ago(100), 30, level=Level.RESTRICTED, use_case=USE_CASE),
    ]
    assert rows("select answered_at from yakin.answer") == [(days_ago(10),)]
    assert rows("select purged_at, what, level, count, oldest from bi.purges order by level") == [
        (NOW, "answer", "confidential", 1, days_ago(40)),
        (NOW, "answer", "restricted", 1, days_ago(100)),
    ]


async def test_work_decision_attempt_and_ledger_stay(three_answers, pool, rows):
    tables = ("yakin.work", "yakin.decision", "yakin.attempt", "ledger.entry")
    before = [rows(f"select count(*) from {table}") for table in tables]
    async with pool.connection() as conn:
        await retention.answers(conn, NOW, 1, use_case=USE_CASE)
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert [rows(f"select count(*) from {table}") for table in tables] == before
    assert rows("select distinct state from yakin.work") == [("answered",)]


async def test_what_was_answered_is_not_bought_again(three_answers, pool, rows):
    async with pool.connection() as conn:
        await retention.answers(conn, NOW, 1, use_case=USE_CASE)
        run = await runs.open_run(conn, new_run("next"))
        ids = [document_id for (document_id,) in rows("select document_id from yakin.document order by 1")]
        await work.add_work(conn, run.run_id, USE_CASE, VERSION, ids, backfill=False, rehearsal=False)
    states = rows("select state, count(*) from yakin.work where run_id = %s group by 1", run.run_id)
    assert states == [(WorkState.SKIPPED, 3)]


async def test_rehearsals_and_real_answers_are_kept_apart(begin_night, pool, rows, database):
    for rehearsal in (False, True):
        night = await begin_night(key=str(rehearsal), rehearsal=rehearsal)
        await night.settle(await night.send(), answered())
    later = datetime.now(UTC) + timedelta(days=31)
    async with pool.connection() as conn:
        removed = await retention.answers(conn, later, 30, rehearsal=True)
    assert [(each.what, each.count) for each in removed] == [(Kept.REHEARSAL_ANSWER, 1)]
    assert rows("select rehearsal from yakin.answer") == [(False,)]


SEALED = """
with b as (
  insert into yakin.batch (batch_id, run_id, offer, endpoint, file_sha256)
  select gen_random_uuid(), run_id, offer, 'e', repeat('0', 64) from yakin.attempt where attempt_id = %(id)s
  returning batch_id
), l as (
  insert into yakin.batch_line (attempt_id, batch_id, sealed) select %(id)s, batch_id, true from b returning attempt_id
)
insert into yakin.sealed_map (attempt_id, document_id, key_id, ciphertext, sealed_at)
select l.attempt_id, %(document)s, 'k', 'x', %(at)s from l
"""


async def test_restore_maps_go_by_the_age_of_their_level_and_the_lines_stay(begin_night, pool, rows, database):
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for key, level, age in [
            ("a", Level.CONFIDENTIAL, 40),
            ("b", Level.RESTRICTED, 40),
            ("c", Level.RESTRICTED, 20),
        ]:
            night = await begin_night(key=key, level=level, folder=key)
            sent = await night.send()
            row = {"id": sent.attempt_id, "document": night.document_ids[0], "at": days_ago(age)}
            conn.execute(SEALED, row)

    async with pool.connection() as conn:
        would = await retention.restore_maps(conn, NOW, 30, Level.RESTRICTED, dry_run=True)
        removed = await retention.restore_maps(conn, NOW, 30, Level.RESTRICTED)

    assert removed == would == [Removed(Kept.RESTORE_MAP, 1, days_ago(40), 30, level=Level.RESTRICTED)]
    assert rows("select sealed_at from yakin.sealed_map order by 1") == [(days_ago(40),), (days_ago(20),)]
    assert rows("select count(*) from yakin.batch_line") == [(3,)]


async def test_a_purge_of_nothing_writes_nothing_and_rows_of_a_purge_cannot_be_changed(pool, rows, database):
    async with pool.connection() as conn:
        assert await retention.answers(conn, NOW, 1, use_case=USE_CASE) == []
        assert await retention.restore_maps(conn, NOW, 30, Level.RESTRICTED) == []
        await retention.note(conn, [], NOW, "policy-1")
    assert rows("select count(*) from bi.purges") == [(0,)]
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        for statement in ("update yakin.purge set count = 1", "delete from yakin.purge"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)
    with pytest.raises(StoreError):
        async with pool.connection() as conn:
            await retention.note(conn, [Removed(Kept.ANSWER, 0, NOW, 1)], NOW, "policy-1")


def test_a_recording_is_kept_as_long_as_the_most_sensitive_level_that_may_go_to_its_zone():
    def rule(level: Level, days: int, *zones: Zone) -> LevelRule:
        return LevelRule(level, tuple(ZoneRule(zone) for zone in zones), days)

    levels = {
        Level.PUBLIC: rule(Level.PUBLIC, 180, *Zone),
        Level.CONFIDENTIAL: rule(Level.CONFIDENTIAL, 90, Zone.ON_PREM, Zone.DOMESTIC),
        Level.SECRET: rule(Level.SECRET, 0, Zone.ON_PREM),
    }
    policy = Policy("v", NIGHT, levels, ())
    assert [recording_kept_days(policy, zone) for zone in Zone] == [0, 90, 180, 180]
    assert recording_kept_days(Policy("v", NIGHT, {}, ()), Zone.OVERSEAS) == 0
