"""A run freezes the cost centre of each department, and every entry of the ledger carries it."""

from dataclasses import replace

from tests.store.story import answered, new_run
from yakin.store import runs


async def test_every_entry_carries_the_cost_centre_that_the_run_froze(begin_night, rows):
    night = await begin_night(2, cost_centre="4100")
    await night.settle(await night.send(0), answered())
    new = await night.attempt(1)
    await night.reserve(new)
    async with night.pool.connection() as conn:
        await runs.finish_run(conn, night.run_id, runs.RunState.FINISHED)  # releases what was never sent

    assert rows("select kind, cost_centre, count(*) from ledger.entry group by 1, 2 order by 1") == [
        ("charge", "4100", 1),
        ("release", "4100", 2),
        ("reserve", "4100", 2),
    ]


async def test_a_resumed_run_keeps_the_cost_centre_that_it_began_with(pool, rows):
    opened = new_run()
    moved = replace(opened, jobs=(replace(opened.jobs[0], cost_centre="9999"),))
    for run in (replace(opened, jobs=(replace(opened.jobs[0], cost_centre="4100"),)), moved):
        async with pool.connection() as conn:
            await runs.open_run(conn, run)

    assert rows("select cost_centre from yakin.run_job") == [("4100",)]
