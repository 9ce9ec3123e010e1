"""Judged documents, levels that a reviewer sets and documents that a person has forgotten, through the store itself."""

from dataclasses import replace

from tests.store.story import USE_CASE
from yakin.domain.documents import WorkState
from yakin.domain.evidence import Kind
from yakin.domain.levels import Level
from yakin.store import documents, forgetting, levels, work
from yakin.store.documents import Classification
from yakin.store.levels import NewReview
from yakin.store.night_work import Versions

VERSIONS = Versions("e1", "d1", "k1")


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


async def judge(pool, night, counts=None):
    """The night with its documents classified."""
    async with pool.connection() as conn:
        for document_id in night.document_ids:
            await documents.save_classification(conn, classified(document_id, counts))
    return night


async def set_level(pool, new):
    async with pool.connection() as conn:
        return await levels.save_review(conn, new)


async def forget(pool, document_id):
    async with pool.connection() as conn:
        return await forgetting.forget(conn, document_id, by="総務 太郎", because="本人の請求")


async def end(pool, night, number, reason):
    async with pool.connection() as conn:
        await work.finish_work(
            conn, night.run_id, USE_CASE, night.document_ids[number], WorkState.UNANSWERED, reason, lease=None
        )
