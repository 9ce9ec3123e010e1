import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest

from tests.store.story import NIGHT, USD, USE_CASE, answered, new_run, offer, registration
from yakin.domain.documents import Reason, WorkState
from yakin.domain.levels import Level
from yakin.domain.money import Per, Period, Scope
from yakin.domain.zones import Zone
from yakin.errors import SettingsError, UsageError
from yakin.store import budgets, documents, ledger, run_offers, run_report, runs, work
from yakin.store.runs import RunState


async def _open(pool, new, *, force_new=False):
    async with pool.connection() as conn:
        return await runs.open_run(conn, new, force_new=force_new)


async def _finish(pool, run_id, state=RunState.FINISHED):
    async with pool.connection() as conn:
        await runs.finish_run(conn, run_id, state)


async def test_the_same_command_resumes_its_run_until_that_is_finished(pool):
    first = await _open(pool, new_run())
    assert await _open(pool, new_run()) == replace(first, resumed=True)
    await _finish(pool, first.run_id, RunState.FAILED)
    assert (await _open(pool, new_run())).run_id == first.run_id
    await _finish(pool, first.run_id)
    assert (await _open(pool, new_run())).resumed is False


async def test_another_key_rehearsal_or_new_opens_another_run(pool):
    opened = [
        await _open(pool, new_run()),
        await _open(pool, new_run("other")),
        await _open(pool, new_run(rehearsal=True)),
        await _open(pool, new_run(), force_new=True),
    ]
    assert len({each.run_id for each in opened}) == 4


async def test_processes_that_open_one_key_at_once_get_one_run(pool):
    opened = await asyncio.gather(*[_open(pool, new_run()) for _ in range(8)])
    assert len({each.run_id for each in opened}) == 1
    assert [each.resumed for each in opened].count(False) == 1


async def test_a_resumed_run_has_the_budget_of_the_newest_command(pool, rows):
    await _open(pool, new_run(budget_jpy=1000))
    await _open(pool, new_run(budget_jpy=200))
    assert rows("select r.budget_jpy, b.cap_jpy from yakin.run r, ledger.budget b") == [(Decimal(200), Decimal(200))]


async def test_a_job_with_a_budget_has_a_cap_of_its_own(pool):
    new = new_run()
    new = replace(new, jobs=(new.jobs[0], replace(new.jobs[0], source_uri="file:///b", budget_jpy=Decimal(7))))
    run = await _open(pool, new)
    async with pool.connection() as conn:
        first = await ledger.budgets_for(conn, run.run_id, USE_CASE, "法務", "v", job=0)
        second = await ledger.budgets_for(conn, run.run_id, USE_CASE, "法務", "v", job=1)
        assert await ledger.room_jpy(conn, first) == Decimal(1000)
        assert await ledger.room_jpy(conn, second) == Decimal(7)
    assert set(first) < set(second)


async def test_a_plan_sees_every_cap_with_the_jobs_and_the_vendor_that_it_counts(pool):
    new = new_run()
    new = replace(new, jobs=(new.jobs[0], replace(new.jobs[0], source_uri="file:///b", budget_jpy=Decimal(7))))
    async with pool.connection() as conn:
        await ledger.set_cap(conn, Scope.VENDOR, "v", NIGHT, Decimal(50), rehearsal=False)
        await ledger.set_cap(conn, Scope.VENDOR, "v", NIGHT, Decimal(9), rehearsal=False, per=Per.DAY)
        await ledger.set_cap(conn, Scope.VENDOR, "not asked", NIGHT, Decimal(50), rehearsal=False)
        await ledger.set_cap(conn, Scope.MONTH, "", NIGHT, Decimal(500), rehearsal=False)
        await ledger.set_cap(conn, Scope.MONTH, "", NIGHT, Decimal(1), rehearsal=True)
    run = await _open(pool, new)
    async with pool.connection() as conn:
        found = await budgets.rooms(conn, run.run_id, ["v", "w"])
    rooms = {(each.scope, each.key, each.per): each.room_jpy for each in found}
    assert rooms == {
        (Scope.RUN, run.run_id, Per.DAY): Decimal(1000),
        (Scope.RUN, f"{run.run_id}/1", Per.DAY): Decimal(7),
        (Scope.VENDOR, "v", Per.MONTH): Decimal(50),
        (Scope.VENDOR, "v", Per.DAY): Decimal(9),
        (Scope.MONTH, "", Per.MONTH): Decimal(500),
    }


async def test_a_standing_cap_holds_in_the_next_month_as_well(pool):
    async with pool.connection() as conn:
        await ledger.set_cap(conn, Scope.MONTH, "", date(2026, 9, 3), Decimal(500), rehearsal=False)
        await ledger.set_cap(conn, Scope.DAY, "", date(2026, 9, 3), Decimal(5), rehearsal=False, standing=False)
        await ledger.set_cap(
            conn, Scope.FISCAL_YEAR, "", date(2025, 9, 3), Decimal(900), rehearsal=False, fiscal_start_month=10
        )
    await _open(pool, new_run())
    async with pool.connection() as conn:
        caps = {cap.scope: cap for cap in await ledger.caps(conn, NIGHT, False)}
    assert set(caps) == {Scope.MONTH, Scope.FISCAL_YEAR}
    assert caps[Scope.MONTH].period == Period(date(2026, 11, 1), date(2026, 11, 30))
    assert caps[Scope.FISCAL_YEAR].period == Period(date(2026, 10, 1), date(2027, 9, 30))
    assert caps[Scope.MONTH].cap_jpy == Decimal(500)


async def test_an_offer_that_moved_to_another_zone_stops_a_resumed_run(begin_night, pool):
    night = await begin_night(offers=[offer("vendor", Zone.DOMESTIC)], zones=[Zone.DOMESTIC])
    with pytest.raises(SettingsError, match="--new"):
        async with pool.connection() as conn:
            await run_offers.freeze_offers(conn, night.run_id, [offer("vendor", Zone.OVERSEAS)])


@pytest.mark.parametrize("changed", [{"vendor_model": "another"}, {"base_url": "https://elsewhere.example/v1"}])
async def test_a_model_that_became_another_under_its_name_stops_a_resumed_run(begin_night, pool, changed):
    frozen = offer("vendor", Zone.DOMESTIC)
    night = await begin_night(offers=[frozen], zones=[Zone.DOMESTIC])
    model = frozen.model
    endpoint = replace(model.endpoint, base_url=changed.get("base_url", model.endpoint.base_url))
    now = replace(model, endpoint=endpoint, vendor_model=changed.get("vendor_model", model.vendor_model))
    with pytest.raises(SettingsError, match=r"froze offer vendor as vendor at vendor-endpoint.*--new"):
        async with pool.connection() as conn:
            await run_offers.freeze_offers(conn, night.run_id, [replace(frozen, model=now)])


async def test_a_resumed_run_keeps_its_frozen_price(begin_night, pool):
    night = await begin_night()
    async with pool.connection() as conn:
        await run_offers.freeze_offers(conn, night.run_id, [offer("local", fx=USD)])
    assert (await night.settle(await night.send(), answered())).cost_jpy == Decimal("0.14")


async def test_a_run_is_found_by_id_by_beginning_or_as_the_latest(pool):
    first, second = await _open(pool, new_run("a")), await _open(pool, new_run("b"))
    async with pool.connection() as conn:
        assert (await runs.find_run(conn, "latest")).run_id == second.run_id
        assert (await runs.find_run(conn, first.run_id[:13])).run_key == "a"
        assert (await runs.find_run(conn, first.run_id.upper())).use_cases == (USE_CASE,)
        with pytest.raises(UsageError, match="no run"):
            await runs.find_run(conn, "%")
        with pytest.raises(UsageError, match="more than one"):
            await runs.find_run(conn, "")


async def test_totals_and_results_tell_what_became_of_each_document(begin_night, pool):
    night = await begin_night(5)
    await night.settle(await night.send(0), answered())
    await night.settle(await night.send(1), answered(), land=False)
    async with pool.connection() as conn:
        for number, state, reason in (
            (2, WorkState.UNANSWERED, Reason.CORRUPT),
            (3, WorkState.AWAITING_APPROVAL, Reason.AWAITING_APPROVAL),
        ):
            await work.finish_work(conn, night.run_id, USE_CASE, night.document_ids[number], state, reason, lease=None)
        totals = await run_report.totals(conn, night.run_id)
        results = await run_report.results(conn, night.run_id)
        unanswered = await run_report.unanswered(conn, night.run_id)
        costs = await run_report.cost_by_offer(conn, night.run_id)
    assert (totals.seen, totals.answered, totals.unanswered, totals.awaiting_approval, totals.pending) == (
        5,
        1,
        1,
        1,
        2,
    )
    assert (totals.cost_jpy, totals.by_zone, totals.by_reason) == (
        Decimal("0.28"), {Zone.ON_PREM: 1}, {Reason.CORRUPT: 1, Reason.AWAITING_APPROVAL: 1}
    )  # fmt: skip
    assert [each.reason for each in unanswered] == [Reason.CORRUPT, Reason.AWAITING_APPROVAL]
    assert (results[0].uri, results[0].level, results[0].zone, results[0].option, results[0].cost_jpy) == (
        "file:///in/0000.txt", Level.INTERNAL, Zone.ON_PREM, "local", Decimal("0.14")
    )  # fmt: skip
    assert [each.state for each in results][1:3] == [WorkState.LEASED, WorkState.UNANSWERED]
    assert costs == [run_report.OfferCost("local", Zone.ON_PREM, 2, 2, Decimal("0.28"))]


async def test_a_report_names_documents_by_the_places_that_its_run_read_not_by_golden_items(begin_night, pool):
    night = await begin_night()
    async with pool.connection() as conn:
        same_bytes = registration("file:///golden/1.txt", sha256(b"in 0").hexdigest(), Level.PUBLIC)
        (golden,) = await documents.register(conn, [same_bytes])
        assert golden.document_id == night.document_ids[0]
        await work.finish_work(
            conn, night.run_id, USE_CASE, golden.document_id, WorkState.UNANSWERED, Reason.CORRUPT, lease=None
        )
        assert [each.uri for each in await run_report.unanswered(conn, night.run_id)] == ["file:///in/0000.txt"]
        assert [each.uri for each in await run_report.results(conn, night.run_id)] == ["file:///in/0000.txt"]


async def test_an_unknown_attempt_shows_in_the_totals_as_held_money(begin_night, pool):
    night = await begin_night()
    await night.send()
    async with pool.connection() as conn:
        await runs.take_over(conn, night.run_id)
        totals = await run_report.totals(conn, night.run_id)
    assert (totals.cost_jpy, totals.reserved_unknown_jpy) == (Decimal(0), Decimal(40))
