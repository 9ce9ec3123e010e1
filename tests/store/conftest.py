"""Fixtures of the store's tests: a pool, the owner's eyes, and a night to begin."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from hashlib import sha256

import psycopg
import pytest

from tests.store.story import USE_CASE, VERSION, Night, assignment, new_run, offer, plan, registration
from yakin.domain.documents import RunPurpose
from yakin.domain.levels import Level
from yakin.domain.routing import Offer
from yakin.domain.zones import Zone
from yakin.store import decisions, documents, ledger, run_offers, runs, work
from yakin.store.pool import Pool


@pytest.fixture
async def pool(database) -> AsyncIterator[Pool]:
    """The app's pool on the test's database."""
    pool = await Pool.open(database.app_url, max_size=8)
    yield pool
    await pool.close()


@pytest.fixture
def rows(database):
    """Read as the owner, who sees every base table."""

    def read(query: str, *params: object) -> list[tuple]:
        with psycopg.connect(database.owner_url) as conn:
            return conn.execute(query, params).fetchall()

    return read


def hash_of(folder: str, number: int) -> str:
    """The hash of a document that differs by folder and number."""
    return sha256(f"{folder} {number}".encode()).hexdigest()


@pytest.fixture
def begin_night(pool):
    """Open a run over a number of documents with one decision each."""

    async def begin(
        documents_count: int = 1, *, key: str = "key", budget_jpy: int = 1000, zones: Sequence[Zone] = (Zone.ON_PREM,),
        level: Level = Level.INTERNAL, offers: Sequence[Offer] = (), rehearsal: bool = False, folder: str = "in",
        cost_centre: str = "", vendor: str = "local inc", purpose: RunPurpose = RunPurpose.NIGHT,
    ) -> Night:  # fmt: skip
        offers = offers or (offer(),)
        async with pool.connection() as conn:
            opening = replace(new_run(key, budget_jpy=budget_jpy, rehearsal=rehearsal), purpose=purpose)
            opening = replace(opening, jobs=tuple(replace(job, cost_centre=cost_centre) for job in opening.jobs))
            run = await runs.open_run(conn, opening)
            listed = [
                registration(f"file:///{folder}/{n:04}.txt", sha256(f"{folder} {n}".encode()).hexdigest())
                for n in range(documents_count)
            ]
            ids = [each.document_id for each in await documents.register(conn, listed)]
            await work.add_work(conn, run.run_id, USE_CASE, VERSION, ids, backfill=False, rehearsal=rehearsal)
            await run_offers.freeze_offers(conn, run.run_id, offers)
            decided = plan([assignment(each, offers[:1], level, zones) for each in ids])
            await decisions.save_plan(conn, run.run_id, decided, why="first")
            budget_ids = await ledger.budgets_for(conn, run.run_id, USE_CASE, "法務", vendor)
        return Night(pool, run.run_id, ids, budget_ids)

    return begin
