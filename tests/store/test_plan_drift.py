"""What came back of a plan, what it decided, and each plan as a row with before and after."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from tests.store.story import USE_CASE, answered, assignment, offer, plan
from yakin.domain.asking import Outcome, Purpose, Reply
from yakin.domain.drift import Trigger
from yakin.domain.levels import Level
from yakin.domain.outlook import Decided, Outlook, PlanChange
from yakin.domain.planning import AskedAlready
from yakin.domain.verification import Calibration, CascadeRule
from yakin.domain.zones import Zone
from yakin.store import decisions, drift, night_work

CHEAP_FIRST = CascadeRule("local", "better", 0.8, 0.9, 0.3, Calibration("logprob", ((-1.0, 0.5), (0.0, 1.0))))
BEFORE = Outlook(3, Decimal("9.5"), Decimal(3), Decimal("4.5"), 0.9, 150.0, 1, datetime(2026, 11, 25, 1, tzinfo=UTC))
AFTER = replace(BEFORE, planned_jpy=Decimal(4), expected_jpy=Decimal(4), quality=0.85, value_jpy=170.0, unanswered=0)


async def test_what_came_back_of_documents_under_a_plan_counts_repairs_and_leaves_out_what_brought_nothing(begin_night):
    night = await begin_night(4)
    held = await night.lease(0)
    first = await night.attempt(0, held=held)
    await night.begin(first)
    await night.settle(first, Reply(Outcome.INVALID, answered(1000, 100).usage))
    repair = replace(await night.attempt(0, held=held), purpose=Purpose.REPAIR)
    await night.begin(repair)
    await night.settle(repair, answered(1200, 50))
    await night.settle(await night.send(1), answered(1000, 200))
    await night.settle(await night.send(2), Reply(Outcome.UNKNOWN))
    await night.send(3)

    async with night.pool.connection() as conn:
        of_two = await drift.came_back(conn, night.run_id, USE_CASE, night.document_ids[:1], 1)
        later = await drift.came_back(conn, night.run_id, USE_CASE, night.document_ids, 2)
        of_run = await drift.came_back_in_run(conn, night.run_id)

    [only] = of_two
    assert (only.offer, only.input_tokens, only.output_tokens) == ("local", 1000, 150)
    assert only.cost_jpy == 0.28  # 2,200 tokens at ¥100 and 150 at ¥400 per million
    assert only.escalated is None
    assert only.seconds >= 0
    assert later == []
    assert {each.document_id for each in of_run} == set(night.document_ids[:2])


async def test_an_answer_that_a_better_offer_was_asked_after_was_escalated(begin_night):
    offers = [offer("local"), offer("better")]
    night = await begin_night(2, offers=offers)
    decided = [
        replace(assignment(each, offers, Level.INTERNAL, [Zone.ON_PREM]), cascade=CHEAP_FIRST)
        for each in night.document_ids
    ]
    async with night.pool.connection() as conn:
        await decisions.save_plan(conn, night.run_id, plan(decided), why="cascade")
    await night.settle(await night.send(0), answered())
    first = await night.send(1)
    await night.settle(first, answered(), land=False)
    again = replace(await night.attempt(1, held=first.lease), ask_no=2)
    await night.begin(again)
    await night.settle(again, answered(), land=False)
    second = replace(await night.attempt(1, held=first.lease, offer="better"), step=1)
    await night.begin(second)
    await night.settle(second, answered())

    async with night.pool.connection() as conn:
        came = await drift.came_back(conn, night.run_id, USE_CASE, night.document_ids, 2)

    assert {(each.document_id, each.offer): each.escalated for each in came} == {
        (night.document_ids[0], "local"): False,
        (night.document_ids[1], "local"): True,
        (night.document_ids[1], "better"): None,
    }
    assert {(each.steps, each.accept_at) for each in came} == {(("local", "better"), 0.8)}
    asked = {(each.document_id, each.offer): each.asks for each in came}  # the second time to compare
    assert asked[night.document_ids[1], "local"] == 2
    assert sum(asked.values()) == 4


async def test_the_newest_plan_of_asking_says_what_was_decided_on_documents_that_are_left(begin_night):
    night = await begin_night(3)
    judged = [assignment(each, [offer("judge")], Level.INTERNAL, [Zone.ON_PREM]) for each in night.document_ids]
    await night.lease(1)
    async with night.pool.connection() as conn:
        await decisions.save_plan(conn, night.run_id, plan(judged), why="judge", change=PlanChange(Trigger.JUDGE))
        left = await drift.decided(conn, night.run_id)
        assert await drift.planned_before(conn, night.run_id)

    as_decided = Decided("local", ("local",), Decimal(1))
    assert left == {(USE_CASE, night.document_ids[number]): as_decided for number in (0, 2)}


async def test_a_re_plan_is_a_row_with_before_and_after_and_a_judges_plan_is_none(begin_night, rows):
    night = await begin_night(1)
    decided = plan([assignment(night.document_ids[0], [offer()], Level.INTERNAL, [Zone.ON_PREM])])
    async with night.pool.connection() as conn:
        await decisions.save_plan(conn, night.run_id, decided, why="judge", change=PlanChange(Trigger.JUDGE))
        change = PlanChange(Trigger.DRIFT, BEFORE, AFTER)
        await decisions.save_plan(conn, night.run_id, decided, why="drift: cost of plamo 1.5 × planned", change=change)

    assert rows("select plan_version, trigger from bi.plans order by 1") == [(1, "start"), (3, "drift")]
    assert rows(
        "select why, documents, room_jpy, expected_jpy, quality, value_jpy, unanswered, gap, before_planned_jpy, "
        "before_expected_jpy, before_quality, before_value_jpy, before_unanswered, before_finish_at "
        "from bi.plans where plan_version = 3"
    ) == [
        ("drift: cost of plamo 1.5 × planned", 3, Decimal("9.5"), Decimal("1.5"), 0.85, 170.0, 0, 0.0, Decimal(3),
         Decimal("4.5"), 0.9, 150.0, 1, datetime(2026, 11, 25, 1, tzinfo=UTC))
    ]  # fmt: skip


async def test_what_vendors_saw_of_documents_that_are_no_longer_pending_is_counted_once_and_not_ones_own_machines(
    begin_night,
):
    offers = [offer("local"), offer("abroad", Zone.DOMESTIC)]
    night = await begin_night(4, offers=offers, zones=[Zone.ON_PREM, Zone.DOMESTIC])
    await night.settle(await night.send(0), answered())
    first = await night.send(1)
    await night.settle(first, answered(), land=False)
    second = replace(await night.attempt(1, held=first.lease, offer="abroad"), step=1)
    await night.begin(second)
    await night.settle(second, answered())

    async with night.pool.connection() as conn:
        asked = await night_work.asked_already(conn, night.run_id)

    assert asked == AskedAlready(2, {"abroad inc": 1})
