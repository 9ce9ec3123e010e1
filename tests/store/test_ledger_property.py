"""Whatever happens in whatever order: the ledger's sums are the caps' counters, and no cap is passed."""

import asyncio
import uuid
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.story import answered
from yakin.domain.asking import Outcome, Reply
from yakin.errors import BudgetExhausted
from yakin.store import ledger, runs

ENDS = st.sampled_from(["answer", "answer twice", "unknown", "unknown then answer", "transient", "release", "leave"])
ATTEMPT = st.tuples(ENDS, st.integers(1, 60), st.integers(0, 100_000))

_SUMS = """
select b.cap_jpy, b.reserved_jpy, b.spent_jpy,
       coalesce(sum(e.amount_jpy) filter (where e.kind = 'reserve'), 0)
         - coalesce(sum(e.amount_jpy) filter (where e.kind = 'release'), 0),
       coalesce(sum(e.amount_jpy) filter (where e.kind in ('charge', 'adjust')), 0),
       (select coalesce(sum(worst_jpy), 0) from yakin.attempt
        where run_id = %s and outcome in ('intent', 'unknown'))
from ledger.budget b left join ledger.entry e on e.run_id = %s
where b.budget_id = %s group by b.budget_id
"""


async def _live(night, number, step):
    """One attempt from reservation to one of its ends."""
    end, worst_jpy, tokens = step
    new = await night.attempt(number, worst_jpy=str(worst_jpy))
    try:
        if isinstance(await night.reserve(new), ledger.MustWait):
            return
    except BudgetExhausted:
        return
    if end == "release":
        async with night.pool.connection() as conn:
            await ledger.release(conn, new.attempt_id)
    if end in ("release", "leave"):
        return
    async with night.pool.connection() as conn:
        await ledger.mark_sent(conn, new.attempt_id)
    reply = answered(min(tokens, worst_jpy * 10_000), 0)  # never billed over the worst case
    replies = {
        "answer": [reply],
        "answer twice": [reply, reply],
        "unknown": [Reply(Outcome.UNKNOWN)],
        "unknown then answer": [Reply(Outcome.UNKNOWN), reply],
        "transient": [Reply(Outcome.TRANSIENT)],
    }[end]
    for each in replies:
        await night.settle(new, each)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(ATTEMPT, min_size=1, max_size=8), cap_jpy=st.integers(0, 150), crash=st.booleans())
async def test_the_ledger_and_the_counters_agree_and_stay_under_the_cap(begin_night, rows, steps, cap_jpy, crash):
    name = str(uuid.uuid4())  # a run and documents of its own
    night = await begin_night(len(steps), key=name, folder=name, budget_jpy=cap_jpy)
    await asyncio.gather(*[_live(night, number, step) for number, step in enumerate(steps)])
    if crash:
        async with night.pool.connection() as conn:
            await runs.take_over(conn, night.run_id)
    ((cap, reserved, spent, held, charged, open_worst),) = rows(_SUMS, night.run_id, night.run_id, night.budget_ids[0])
    assert (reserved, spent) == (held, charged)
    assert reserved == open_worst
    assert Decimal(0) <= reserved + spent <= cap
