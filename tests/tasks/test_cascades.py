"""A cheap answer that is not sure enough has the better offer asked; what is paid is never thrown away.

The steps of a night in this process with real Postgres and sandbox vendors. The decisions are the test's own.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tasks import cascading
from tasks.answering import _try_step, take
from tasks.loading import load_registered
from tasks.sending import Kept
from tests.faults.interfered import wait_until
from tests.tasks.conftest import BETTER, CHEAP, LAST, RULE, UNSURE, USE_CASE
from yakin.domain.documents import WorkState
from yakin.domain.verification import FIRST
from yakin.domain.zones import Zone
from yakin.errors import LeaseLost
from yakin.store import runs


async def test_a_sure_answer_lands_and_a_doubtful_one_has_the_better_offer_asked(night):
    sure, unsure, refused, unknown = await night.begin(4)
    await night.decide([sure, unsure, refused, unknown])

    assert await night.answer(sure) is WorkState.ANSWERED
    night.vendor("overseas", **UNSURE)
    assert await night.answer(unsure) is WorkState.ANSWERED
    night.vendor("overseas", faults=[{"kind": "refusal", "next": 1}])
    assert await night.answer(refused) is WorkState.ANSWERED  # what stands in for a failure is not doubted
    night.run.cascades = {}  # a process that does not know the rule does not know how far the answer can be trusted
    assert await night.answer(unknown) is WorkState.ANSWERED

    assert night.attempts() == [
        (0, "answered", True, True),
        (0, "answered", False, True),
        (1, "answered", None, False),
        (0, "refused", None, False),
        (1, "answered", None, False),
        (0, "answered", False, False),
        (1, "answered", None, False),
    ]
    assert night.landed() == [CHEAP, BETTER, BETTER, BETTER]
    confidences = night.rows("select confidence from bi.attempts where confidence is not null order by started_at")
    assert confidences[0][0] > RULE.accept_at > confidences[1][0]
    assert night.rows("select distinct option from bi.decisions where plan_version = 2") == [(RULE.name,)]
    night.books_balance()


async def test_whatever_keeps_the_better_offer_from_answering_the_first_answer_lands(night):
    invalid, narrow, late, poor, stopped = await night.begin(5)
    night.allow(narrow, Zone.OVERSEAS)
    await night.decide([invalid, narrow, late, poor, stopped])
    night.vendor("overseas", **UNSURE)

    night.vendor("domestic", faults=[{"kind": "invalid_json", "next": 2}])
    assert await night.answer(invalid) is WorkState.ANSWERED
    assert await night.answer(narrow) is WorkState.ANSWERED  # the second is outside its clearance: nothing is sent
    night.vendor("overseas", latency_s=1.0, **UNSURE)
    night.run.deadline_at = datetime.now(UTC) + timedelta(seconds=0.7)
    assert await night.answer(late) is WorkState.ANSWERED  # the deadline passed while the first was asked
    night.run.deadline_at = datetime.now(UTC) + timedelta(hours=1)
    night.leave_room_for_the_first_step()
    assert await night.answer(poor) is WorkState.ANSWERED
    assert night.landed() == [CHEAP, CHEAP, CHEAP, CHEAP]
    steps = [each[:2] for each in night.attempts()]
    assert steps == [(0, "answered"), (1, "invalid"), (1, "invalid"), *[(0, "answered")] * 3]
    night.books_balance()

    night.rows("update ledger.budget set cap_jpy = 100 where scope = 'run' returning 1")
    night.vendor("domestic", latency_s=30.0)
    asking = asyncio.create_task(night.answer(stopped))
    await asyncio.to_thread(wait_until, lambda: (1, "intent", None, False) in night.attempts())
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert night.landed() == [CHEAP] * 5


async def test_killed_between_the_steps_a_document_is_asked_again_and_each_yen_is_billed_once(night):
    (document_id,) = await night.begin()
    await night.decide([document_id])
    night.vendor("overseas", **UNSURE)

    document = await take(night.opened, night.run, USE_CASE, document_id)
    loaded = await load_registered(document.planned.source, document.planned.sha256, None)
    kept = await _try_step(document, loaded, FIRST)
    assert isinstance(kept, Kept)  # here the process dies, and what it kept with it
    async with night.opened.pool.connection() as conn:
        assert (await runs.take_over(conn, night.run.run_id)).leases == 1

    with pytest.raises(LeaseLost):  # had it only been slow, its answer would not land any more
        await cascading.land(document, kept)
    assert await night.answer(document_id) is WorkState.ANSWERED
    assert [each[:3] for each in night.attempts()] == [
        (0, "answered", False), (0, "answered", False), (1, "answered", None),
    ]  # fmt: skip
    assert night.landed() == [BETTER]
    night.books_balance()


async def test_an_answer_below_the_floor_does_not_stand_in_for_the_better_one(night):
    helped, alone = await night.begin(2)
    await night.decide([helped])
    await night.decide([alone], chain=(CHEAP, BETTER))
    night.vendor("overseas", **UNSURE)
    night.vendor("domestic", faults=[{"kind": "invalid_json", "next": 4}])
    night.run.offers[USE_CASE][:] = [
        replace(each, quality=0.2) if each.name == CHEAP else each for each in night.run.offers[USE_CASE]
    ]

    assert await night.answer(helped) is WorkState.ANSWERED  # by the offer that stands in
    assert await night.answer(alone) is WorkState.UNANSWERED

    assert night.landed() == [LAST]
    assert night.rows("select reason from bi.unanswered") == [("invalid_answer",)]
    night.books_balance()
