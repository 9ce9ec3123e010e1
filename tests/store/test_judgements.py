"""Verdicts are kept with the settlement that pays for them, and the right one counts."""

from dataclasses import replace

import psycopg
import pytest

from tests.store.story import answered
from yakin.domain.asking import Purpose
from yakin.domain.judging import NOTHING, Category, Verdict
from yakin.domain.levels import Level
from yakin.errors import StoreError
from yakin.store import judgements, ledger, work
from yakin.store.judgements import FrozenJudge, Judgement, NewJudgement

DEAL = Verdict(Category.DEAL, Level.RESTRICTED)


async def judged(night, verdict, *, version="v1", extractor="e1", part=1, parts=1, fails=False):
    """One judge attempt of the first document, settled with its verdict."""
    new = replace(await night.attempt(), purpose=Purpose.JUDGE)
    await night.reserve(new)
    async with night.pool.connection() as conn:
        await ledger.mark_sent(conn, new.attempt_id)
    async with night.pool.connection() as conn:
        await ledger.settle(conn, new.attempt_id, answered(), answer=None)
        await judgements.save(conn, new.attempt_id, NewJudgement(version, extractor, part, parts, verdict))
        if fails:
            raise RuntimeError
    async with night.pool.connection() as conn:
        await work.back_to_pending(conn, new.lease)
    return new


async def in_force(night, *, version="v1", extractor="e1", rehearsal=False):
    async with night.pool.connection() as conn:
        return await judgements.in_force(
            conn, night.document_ids, rehearsal=rehearsal, judge_version=version, extractor_version=extractor
        )


async def test_a_verdict_is_kept_with_its_charge_and_lands_no_answer(begin_night, rows):
    night = await begin_night()
    new = await judged(night, DEAL)

    assert await in_force(night) == {night.document_ids[0]: Judgement(DEAL, current=True)}
    assert rows("select attempt_id::text, category, level from yakin.judgement") == [
        (new.attempt_id, "deal", "restricted")
    ]
    assert rows(
        "select a.purpose from ledger.entry e join yakin.attempt a using (attempt_id) where kind = 'charge'"
    ) == [("judge",)]
    assert rows("select count(*) from yakin.answer") == [(0,)]
    assert rows("select state from yakin.work order by document_id")[0] == ("pending",)


async def test_what_is_not_charged_is_not_kept_and_what_is_not_kept_is_not_charged(begin_night, rows):
    night = await begin_night()
    with pytest.raises(RuntimeError):
        await judged(night, DEAL, fails=True)

    assert rows("select count(*) from yakin.judgement") == [(0,)]
    assert rows("select count(*) from ledger.entry where kind = 'charge'") == [(0,)]


async def test_another_judge_or_extractor_has_not_judged_it_but_what_was_said_last_counts(begin_night):
    night = await begin_night()
    await judged(night, DEAL)

    last = {night.document_ids[0]: Judgement(DEAL, current=False)}
    assert await in_force(night, version="v2") == last
    assert await in_force(night, extractor="e2") == last

    await judged(night, NOTHING, version="v2")
    assert await in_force(night, version="v2") == {night.document_ids[0]: Judgement(NOTHING, current=True)}
    assert await in_force(night, version="v1") == {night.document_ids[0]: Judgement(DEAL, current=True)}
    assert await in_force(night, version="") == {night.document_ids[0]: Judgement(NOTHING, current=False)}


async def test_a_document_has_a_verdict_when_every_piece_has_and_the_most_sensitive_piece_decides(begin_night):
    night = await begin_night()
    (document_id, *_) = night.document_ids
    await judged(night, NOTHING, part=1, parts=3)
    await judged(night, DEAL, part=3, parts=3)

    assert await in_force(night) == {}
    async with night.pool.connection() as conn:
        of = {"rehearsal": False, "judge_version": "v1", "extractor_version": "e1"}
        assert await judgements.judged_parts(conn, document_id, 3, **of) == {1, 3}
        assert await judgements.judged_parts(conn, document_id, 2, **of) == set()

    await judged(night, Verdict(Category.PRICING, Level.CONFIDENTIAL), part=2, parts=3)
    assert await in_force(night) == {document_id: Judgement(DEAL, current=True)}


async def test_a_rehearsal_s_verdict_is_for_rehearsals(begin_night):
    night = await begin_night()
    await judged(night, DEAL)

    assert await in_force(night, rehearsal=True) == {}


async def test_a_verdict_that_would_lower_cannot_be_written(begin_night, rows):
    night = await begin_night()
    with pytest.raises(StoreError, match="judgement_never_lowers"):
        await judged(night, Verdict(Category.DEAL, Level.INTERNAL))


async def test_a_run_keeps_the_judge_that_it_began_with(begin_night):
    night = await begin_night()
    first, second = FrozenJudge("local", "q1", {"below": "restricted"}), FrozenJudge("other", "q2", {})
    async with night.pool.connection() as conn:
        assert await judgements.frozen(conn, night.run_id) is None
        assert await judgements.freeze(conn, night.run_id, first) == first
        assert await judgements.freeze(conn, night.run_id, second) == first


async def test_the_night_cannot_change_a_verdict(begin_night, database):
    await judged(await begin_night(), DEAL)
    with psycopg.connect(database.app_url) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("update yakin.judgement set category = null, level = null")
