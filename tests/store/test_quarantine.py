"""What waits for a person, and who sees it."""

import pytest

from tests.store.levels_story import end, forget, judge, review, set_level
from tests.store.story import answered
from tests.store.test_roles_and_views import login  # noqa: F401 - a fixture
from yakin.domain.documents import Reason
from yakin.domain.levels import Level


@pytest.fixture
def judged(pool, begin_night):
    """A night whose documents are classified."""

    async def begin(count=1, counts=None, **night):
        return await judge(pool, await begin_night(count, **night), counts)

    return begin


async def test_quarantine_shows_what_waits_for_a_person_and_what_would_release_it(pool, judged, rows):
    night = await judged(4, level=Level.SECRET)
    for number, reason in enumerate([Reason.QUARANTINE, Reason.SET_ASIDE, Reason.ENCRYPTED, Reason.BUDGET]):
        await end(pool, night, number, reason)
    query = "select document_id, reason, kinds, department, owner, level from bi.quarantine order by document_id"
    assert rows(query) == sorted(
        (document_id, reason, {"my_number": 1}, "法務", "owner", "secret")
        for document_id, reason in zip(night.document_ids, ["quarantine", "set_aside", "encrypted"], strict=False)
    )
    release = "select document_id, release from bi.quarantine where reason = 'quarantine'"
    assert "--dismiss my_number" in rows(release)[0][1]
    await set_level(pool, review(night.document_ids[0], Level.INTERNAL))
    assert rows(release)[0][1] == "Reviewed since: the next night decides again"
    await forget(pool, night.document_ids[1])
    assert len(rows(query)) == 2


async def test_what_its_next_night_answers_is_no_longer_held(pool, judged, rows, begin_night):
    night = await judged(key="first")
    await end(pool, night, 0, Reason.QUARANTINE)
    assert rows("select count(*) from bi.quarantine") == [(1,)]
    later = await begin_night(key="second")
    await later.settle(await later.send(), answered())
    assert rows("select count(*) from bi.quarantine") == [(0,)]


async def test_a_reader_sees_neither_names_of_files_nor_words_of_reviewers_and_the_auditor_sees_both(
    pool,
    judged,
    login,  # noqa: F811
):
    night = await judged(2, level=Level.SECRET)
    await end(pool, night, 0, Reason.QUARANTINE)
    await set_level(pool, review(night.document_ids[0], Level.SECRET))
    await forget(pool, night.document_ids[1])
    queries = (
        "select count(*), count(uri) from bi.quarantine",
        "select count(because) from bi.level_changes where in_force",
        "select count(*), count(by), count(because) from bi.forgotten",
    )
    assert [login("bi_reader", query) for query in queries] == [[(1, 0)], [(0,)], [(1, 0, 0)]]
    for group in ("bi_restricted", "auditor"):
        assert [login(group, query) for query in queries] == [[(1, 1)], [(1,)], [(1, 1, 1)]]
