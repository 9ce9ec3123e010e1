"""Whatever happens in whatever order: the ledger's sums are the caps' counters, and no cap is passed."""

import asyncio
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.story import NIGHT, answered
from yakin.domain.asking import Outcome, Reply
from yakin.domain.levels import Level
from yakin.domain.money import Scope
from yakin.errors import BudgetExhausted, LeaseLost, StoreError
from yakin.store import ledger, runs
from yakin.store.adjustments import Correction, adjust_attempt
from yakin.store.settling import Landing
from yakin.store.teller import Teller

ENDS = st.sampled_from(
    ["answer", "answer twice", "unknown", "unknown then answer", "transient", "release", "leave", "cancel", "correct"]
)
ATTEMPT = st.tuples(ENDS, st.integers(1, 60), st.integers(0, 100_000), st.integers(0, 1), st.integers(0, 8))
CAPS = st.tuples(st.integers(0, 150), st.integers(0, 200), st.integers(0, 100))

_SUMS = """
select b.cap_jpy, b.reserved_jpy, b.spent_jpy,
       coalesce(sum(case e.kind when 'reserve' then e.amount_jpy when 'release' then -e.amount_jpy end), 0) as held,
       coalesce(sum(e.amount_jpy) filter (where e.kind in ('charge', 'adjust')), 0) as charged,
       coalesce(sum(e.amount_jpy) filter (where e.kind = 'adjust'), 0) as corrected,
       (select coalesce(sum(a.worst_jpy), 0) from yakin.attempt a
        where b.budget_id = any (a.budget_ids) and a.outcome in ('intent', 'unknown')) as open_worst
from ledger.budget b
left join (ledger.entry e left join yakin.attempt a using (attempt_id))
  on b.budget_id = any (coalesce(e.budget_ids, a.budget_ids))
where b.budget_id = any (%s) group by b.budget_id
"""


async def _live(night, teller, caps, number, step):
    """One attempt from reservation to one of its ends."""
    end, worst_jpy, tokens, _, pause_ms = step
    night.budget_ids = caps[: 1 + number % len(caps)]
    new = await night.attempt(number, worst_jpy=str(worst_jpy))
    await asyncio.sleep(pause_ms / 1000)
    reserving = asyncio.create_task(teller.reserve(new, until=datetime.now(UTC) + timedelta(seconds=0.4)))
    if end == "cancel":
        await asyncio.sleep(pause_ms / 1000)
        reserving.cancel()
    try:
        await reserving
    except (BudgetExhausted, LeaseLost, asyncio.CancelledError):
        return
    if end == "release":
        await teller.release(new.attempt_id)
    if end in ("release", "leave"):
        return
    with suppress(LeaseLost, StoreError):  # another process may take the run over at any moment
        await teller.mark_sent(new.attempt_id)
        for each in _replies(end, min(tokens, worst_jpy * 10_000)):  # never billed over the worst case
            answer = Landing(new.lease, each.answer, Level.INTERNAL, True) if each.answer else None
            await teller.settle(new.attempt_id, each, answer=answer)
        if end == "correct":
            async with night.pool.connection() as conn:
                await adjust_attempt(conn, new.attempt_id, Correction(Decimal("-0.01"), "price", "Taro Keiri"))


def _replies(end, tokens):
    reply = answered(tokens, 0)
    return {
        "answer twice": [reply, reply],
        "unknown": [Reply(Outcome.UNKNOWN)],
        "unknown then answer": [Reply(Outcome.UNKNOWN), reply],
        "transient": [Reply(Outcome.TRANSIENT)],
    }.get(end, [reply])


async def _caps(night, amounts):
    """The run's own cap and two more that the calls share."""
    async with night.pool.connection() as conn:
        return night.budget_ids + tuple(
            [
                await ledger.set_cap(conn, Scope.VENDOR, str(uuid.uuid4()), NIGHT, Decimal(each), rehearsal=False)
                for each in amounts
            ]
        )


async def _take_over(night, after_ms):
    await asyncio.sleep(after_ms / 1000)
    async with night.pool.connection() as conn:
        await runs.take_over(conn, night.run_id)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(ATTEMPT, min_size=1, max_size=8),
    caps_jpy=CAPS,
    crash_ms=st.none() | st.integers(0, 60),
)
async def test_the_ledger_and_the_counters_agree_and_stay_under_every_cap(begin_night, rows, steps, caps_jpy, crash_ms):
    name = str(uuid.uuid4())  # a run and documents of its own
    night = await begin_night(len(steps), key=name, folder=name, budget_jpy=caps_jpy[0])
    caps = await _caps(night, caps_jpy[1:])
    tellers = [Teller(night.pool), Teller(night.pool)]  # as two processes have them
    lives = [_live(night, tellers[step[3]], caps, number, step) for number, step in enumerate(steps)]
    await asyncio.gather(*lives, *([] if crash_ms is None else [_take_over(night, crash_ms)]))
    for teller in tellers:
        await teller.close()
    for cap, reserved, spent, held, charged, corrected, open_worst in rows(_SUMS, list(caps)):
        assert (reserved, spent) == (held, charged)
        assert reserved == open_worst
        assert Decimal(0) <= reserved + spent - corrected <= cap
