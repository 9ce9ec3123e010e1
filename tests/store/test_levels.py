"""Levels that people set, and the flags of a document's places."""

from dataclasses import replace

import psycopg
import pytest

from tests.store.levels_story import VERSIONS, forget, judge, review, set_level
from tests.store.story import answered, registration
from yakin.domain.evidence import Kind
from yakin.domain.levels import Flag, Level
from yakin.domain.review import Review
from yakin.store import documents, levels, night_work


@pytest.fixture
def judged(pool, begin_night):
    """A night whose documents are classified."""

    async def begin(count=1, counts=None, **night):
        return await judge(pool, await begin_night(count, **night), counts)

    return begin


async def test_the_newest_review_of_a_document_reaches_the_planner_with_what_was_seen(pool, judged):
    night = await judged(2)
    document_id = night.document_ids[0]
    await set_level(pool, review(document_id, Level.PUBLIC))
    newest = await set_level(pool, review(document_id, Level.CONFIDENTIAL))
    async with pool.connection() as conn:
        first, second = await night_work.pending_documents(conn, night.run_id, VERSIONS)
        known = await levels.known(conn, document_id)
        past = await levels.history(conn, document_id)
    expected = Review(newest, Level.CONFIDENTIAL, Level.INTERNAL, {Kind.MY_NUMBER: 1}, frozenset({Kind.MY_NUMBER}))
    assert (first.review, known.review, second.review) == (expected, expected, None)
    assert [(each.level, each.by) for each in past] == [
        (Level.CONFIDENTIAL, "法務 花子"), (Level.PUBLIC, "法務 花子")
    ]  # fmt: skip


async def test_a_review_is_never_changed_and_dismisses_only_what_was_seen(pool, judged, database):
    night = await judged()
    await set_level(pool, review(night.document_ids[0], Level.PUBLIC))
    with pytest.raises(psycopg.errors.RestrictViolation), psycopg.connect(database.owner_url) as conn:
        conn.execute("update yakin.level_review set level = 'secret'")
    with pytest.raises(Exception, match="level_review_dismisses_what_was_seen"):
        await set_level(pool, review(night.document_ids[0], Level.PUBLIC, counts={}))
    with pytest.raises(Exception, match="23514"):
        await set_level(pool, review(night.document_ids[0], Level.PUBLIC, because=" "))


async def test_a_level_that_is_raised_closes_the_answers_that_landed_before(pool, judged, rows):
    night = await judged()
    await night.settle(await night.send(), answered())
    await set_level(pool, review(night.document_ids[0], Level.PUBLIC))
    assert rows("select level from yakin.answer") == [("internal",)]
    await set_level(pool, review(night.document_ids[0], Level.SECRET))
    assert rows("select level from yakin.answer") == [("secret",)]


async def test_a_document_has_the_flags_of_all_its_places_now(pool, judged, rows):
    night = await judged()
    sha = rows("select sha256 from yakin.document")[0][0]
    there = registration("file:///in/0000.txt", sha)
    nda = replace(registration("file:///nda", sha), flags=frozenset({Flag.THIRD_PARTY_NDA}))
    export = replace(registration("file:///export", sha), flags=frozenset({Flag.EXPORT_CONTROLLED}))

    async def flags(*listed):
        async with pool.connection() as conn:
            await documents.register(conn, listed)
            (pending,) = await night_work.pending_documents(conn, night.run_id, VERSIONS)
            assert (await levels.known(conn, pending.document_id)).flags == pending.flags
        return pending.flags

    assert await flags(there) == frozenset()
    assert await flags(nda, export) == set(Flag)
    assert await flags(replace(nda, sha256="b" * 64), export) == {Flag.EXPORT_CONTROLLED}
    assert await flags(replace(export, flags=frozenset())) == frozenset()


async def test_a_document_is_found_by_id_place_or_the_beginning_of_its_hash(pool):
    listed = [registration(f"file:///{n}", f"{n}" * 64) for n in "ab"]
    async with pool.connection() as conn:
        a, b = [each.document_id for each in await documents.register(conn, listed)]
        assert await levels.by_id(conn, a) == [a]
        assert await levels.by_id(conn, 10**9) == []
        assert await levels.by_sha256(conn, "bbbb") == [b]
        assert await levels.by_sha256(conn, "") == [a, b]
        assert await levels.by_uri(conn, "file:///a") == [a]
        assert await levels.by_uri(conn, "file:///c") == []


async def test_what_was_judged_on_the_premises_is_among_what_a_reviewer_sees(pool, judged, rows, database):
    night = await judged()
    attempt = await night.send()
    with psycopg.connect(database.owner_url) as conn:
        conn.execute(
            "insert into yakin.judgement (attempt_id, document_id, run_id, rehearsal, judge_version, "
            "extractor_version, part, parts, category, level) "
            "values (%s, %s, %s, false, 'j', 'e1', 1, 1, 'deal', 'secret')",
            (attempt.attempt_id, night.document_ids[0], night.run_id),
        )
    async with pool.connection() as conn:
        known = await levels.known(conn, night.document_ids[0])
    assert known.counts == {Kind.MY_NUMBER: 1, Kind.JUDGED_SECRET: 1}
    assert (await forget(pool, night.document_ids[0])).removed["judgements"] == 1
