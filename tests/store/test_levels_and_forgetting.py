"""Levels that people set, quarantine, and documents that are forgotten while a night works on them."""

import asyncio
from dataclasses import replace

import psycopg
import pytest

from tests.store.story import USE_CASE, VERSION, answered, new_run, registration
from tests.store.test_roles_and_views import login  # noqa: F401 - a fixture
from yakin.domain.documents import Reason, WorkState
from yakin.domain.evidence import Kind
from yakin.domain.levels import Flag, Level
from yakin.domain.review import Review
from yakin.errors import LeaseLost, UsageError
from yakin.store import documents, forgetting, ledger, levels, night_work, runs, work
from yakin.store.documents import Classification
from yakin.store.levels import NewReview
from yakin.store.night_work import Versions

VERSIONS = Versions("e1", "d1", "k1")
SHA = "a" * 64


def classified(document_id, counts=None, unreadable=None):
    return Classification(
        document_id, "e1", "d1", "text/plain", counts or {Kind.MY_NUMBER: 1}, "hash", 9, 20, unreadable, "k1"
    )


def review(document_id, level, **changes):
    new = NewReview(
        document_id, level, "法務 花子", "社内規程の写し", Level.INTERNAL, {Kind.MY_NUMBER: 1},
        frozenset({Kind.MY_NUMBER}), "e1", "d1", "policy-1", Level.SECRET,
    )  # fmt: skip
    return replace(new, **changes)


@pytest.fixture
def judged(pool, begin_night):
    """A night whose documents are classified."""

    async def begin(count=1, counts=None, **night):
        begun = await begin_night(count, **night)
        async with pool.connection() as conn:
            for document_id in begun.document_ids:
                await documents.save_classification(conn, classified(document_id, counts))
        return begun

    return begin


async def _set(pool, new):
    async with pool.connection() as conn:
        return await levels.save_review(conn, new)


async def _forget(pool, document_id):
    async with pool.connection() as conn:
        return await forgetting.forget(conn, document_id, by="総務 太郎", because="本人の請求")


async def test_the_newest_review_of_a_document_reaches_the_planner_with_what_was_seen(pool, judged):
    night = await judged(2)
    document_id = night.document_ids[0]
    await _set(pool, review(document_id, Level.PUBLIC))
    newest = await _set(pool, review(document_id, Level.CONFIDENTIAL))
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
    await _set(pool, review(night.document_ids[0], Level.PUBLIC))
    with pytest.raises(psycopg.errors.RestrictViolation), psycopg.connect(database.owner_url) as conn:
        conn.execute("update yakin.level_review set level = 'secret'")
    with pytest.raises(Exception, match="level_review_dismisses_what_was_seen"):
        await _set(pool, review(night.document_ids[0], Level.PUBLIC, counts={}))
    with pytest.raises(Exception, match="23514"):
        await _set(pool, review(night.document_ids[0], Level.PUBLIC, because=" "))


async def test_a_level_that_is_raised_closes_the_answers_that_landed_before(pool, judged, rows):
    night = await judged()
    await night.settle(await night.send(), answered())
    await _set(pool, review(night.document_ids[0], Level.PUBLIC))
    assert rows("select level from yakin.answer") == [("internal",)]
    await _set(pool, review(night.document_ids[0], Level.SECRET))
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
    assert (await _forget(pool, night.document_ids[0])).removed["judgements"] == 1


async def test_forgetting_removes_what_is_kept_and_leaves_a_tombstone_money_and_decisions(pool, judged, rows):
    night = await judged(2)
    await night.settle(await night.send(), answered())
    gone = await _forget(pool, night.document_ids[0])
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
        await _forget(pool, night.document_ids[0])


@pytest.mark.parametrize("backfill", [False, True])
async def test_the_same_bytes_seen_again_are_not_asked(pool, judged, rows, backfill):
    night = await judged()
    sha = rows("select sha256 from yakin.document")[0][0]
    await night.settle(await night.send(), answered())
    await _forget(pool, night.document_ids[0])
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
    assert (await _forget(pool, night.document_ids[0])).removed["open_work"] == 1
    settled = await night.settle(sent, answered())
    assert (settled.landed, settled.cost_jpy > 0) == (False, True)
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select state, reason from yakin.work") == [("unanswered", "forgotten")]


async def test_a_document_that_is_forgotten_after_its_lease_is_not_sent(pool, judged):
    night = await judged()
    new = await night.attempt()
    await night.reserve(new)
    await _forget(pool, night.document_ids[0])
    with pytest.raises(LeaseLost):
        async with pool.connection() as conn:
            await ledger.mark_sent(conn, new.attempt_id)


async def test_work_that_was_added_while_a_document_was_forgotten_is_neither_read_nor_leased(
    pool, judged, rows, database
):
    night = await judged()
    document_id = night.document_ids[0]
    await _forget(pool, document_id)
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
        await asyncio.gather(night.settle(sent[number], answered()), _forget(pool, night.document_ids[number]))

    await asyncio.gather(*(both(number) for number in range(12)))
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select count(*) from yakin.forgotten") == [(12,)]
    assert rows("select count(*) from ledger.entry where kind = 'charge'") == [(12,)]


async def _end(pool, night, number, reason):
    async with pool.connection() as conn:
        await work.finish_work(
            conn, night.run_id, USE_CASE, night.document_ids[number], WorkState.UNANSWERED, reason, lease=None
        )


async def test_quarantine_shows_what_waits_for_a_person_and_what_would_release_it(pool, judged, rows):
    night = await judged(4, level=Level.SECRET)
    for number, reason in enumerate([Reason.QUARANTINE, Reason.SET_ASIDE, Reason.ENCRYPTED, Reason.BUDGET]):
        await _end(pool, night, number, reason)
    query = "select document_id, reason, kinds, department, owner, level from bi.quarantine order by document_id"
    assert rows(query) == sorted(
        (document_id, reason, {"my_number": 1}, "法務", "owner", "secret")
        for document_id, reason in zip(night.document_ids, ["quarantine", "set_aside", "encrypted"], strict=False)
    )
    release = "select document_id, release from bi.quarantine where reason = 'quarantine'"
    assert "--dismiss my_number" in rows(release)[0][1]
    await _set(pool, review(night.document_ids[0], Level.INTERNAL))
    assert rows(release)[0][1] == "Reviewed since: the next night decides again"
    await _forget(pool, night.document_ids[1])
    assert len(rows(query)) == 2


async def test_what_its_next_night_answers_is_no_longer_held(pool, judged, rows, begin_night):
    night = await judged(key="first")
    await _end(pool, night, 0, Reason.QUARANTINE)
    assert rows("select count(*) from bi.quarantine") == [(1,)]
    later = await begin_night(key="second")
    await later.settle(await later.send(), answered())
    assert rows("select count(*) from bi.quarantine") == [(0,)]


async def test_a_reader_sees_neither_names_of_files_nor_words_of_reviewers_and_the_auditor_sees_both(
    pool, judged, login  # noqa: F811
):
    night = await judged(2, level=Level.SECRET)
    await _end(pool, night, 0, Reason.QUARANTINE)
    await _set(pool, review(night.document_ids[0], Level.SECRET))
    await _forget(pool, night.document_ids[1])
    queries = (
        "select count(*), count(uri) from bi.quarantine",
        "select count(because) from bi.level_changes where in_force",
        "select count(*), count(by), count(because) from bi.forgotten",
    )
    assert [login("bi_reader", query) for query in queries] == [[(1, 0)], [(0,)], [(1, 0, 0)]]
    for group in ("bi_restricted", "auditor"):
        assert [login(group, query) for query in queries] == [[(1, 1)], [(1,)], [(1, 1, 1)]]
