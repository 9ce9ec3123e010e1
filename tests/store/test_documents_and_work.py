from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.store.story import NIGHT, USE_CASE, VERSION, answered, assignment, new_run, offer, plan, registration
from yakin.domain.documents import Reason, WorkState
from yakin.domain.evidence import Kind
from yakin.domain.fx import FxRate, RateKind
from yakin.domain.levels import Level
from yakin.domain.zones import Zone
from yakin.store import decisions, documents, fx_rates, levels, rate_limits, runs, work
from yakin.store.documents import Classification
from yakin.store.work import AddedWork

SHA = "a" * 64
OTHER = "b" * 64


async def _register(pool, *listed):
    async with pool.connection() as conn:
        return await documents.register(conn, listed)


async def test_the_same_bytes_in_two_places_are_one_document_at_its_highest_baseline(pool, rows):
    found = await _register(pool, registration("file:///b", SHA, Level.CONFIDENTIAL), registration("file:///a", SHA))
    assert [each.uri for each in found] == ["file:///a", "file:///b"]
    assert found[0].document_id == found[1].document_id
    assert rows("select count(*) from yakin.sighting where is_current") == [(2,)]
    async with pool.connection() as conn:
        known = await levels.known(conn, found[0].document_id)
    assert (known.baseline, known.uri) == (Level.CONFIDENTIAL, "file:///b")


async def test_only_bytes_never_seen_before_are_new(pool):
    assert (await _register(pool, registration("file:///a", SHA)))[0].new
    assert not (await _register(pool, registration("file:///a", SHA)))[0].new
    assert not (await _register(pool, registration("file:///b", SHA)))[0].new
    assert (await _register(pool, registration("file:///a", OTHER, version="2")))[0].new


async def test_a_changed_item_has_one_current_document_and_may_change_back(pool, rows):
    (first,) = await _register(pool, registration("file:///a", SHA, Level.SECRET))
    (second,) = await _register(pool, registration("file:///a", OTHER, version="2"))
    assert rows("select document_id from yakin.sighting where is_current") == [(second.document_id,)]
    await _register(pool, registration("file:///a", SHA, version="3"))
    assert rows("select document_id, object_version from yakin.sighting where is_current") == [(first.document_id, "3")]


async def test_an_unreadable_object_is_a_document_of_its_own_per_version(pool):
    (first,) = await _register(pool, registration("file:///a", None))
    (again,) = await _register(pool, registration("file:///a", None))
    (changed,) = await _register(pool, registration("file:///a", None, version="2"))
    (elsewhere,) = await _register(pool, registration("file:///b", None))
    assert (first.document_id, first.new, again.new) == (again.document_id, True, False)
    assert len({first.document_id, changed.document_id, elsewhere.document_id}) == 3


def _classified(document_id, extractor="e1", tokens=100):
    return Classification(document_id, extractor, "d1", "text/plain", {Kind.EMAIL: 2}, "hash", tokens, 200, None, "k1")


async def test_a_classification_is_kept_once_per_versions_and_key_until_it_is_dropped(pool, rows):
    (found,) = await _register(pool, registration("file:///a", SHA))
    async with pool.connection() as conn:
        await documents.save_classification(conn, _classified(found.document_id, tokens=7))
        await documents.save_classification(conn, _classified(found.document_id))
        await documents.save_classification(conn, _classified(found.document_id, "e2"))
    assert rows("select extractor_version, counts, input_tokens from yakin.classification order by 1") == [
        ("e1", {"email": 2}, 100), ("e2", {"email": 2}, 100)
    ]  # fmt: skip
    async with pool.connection() as conn:
        await documents.forget_classification(conn, found.document_id)
    assert rows("select count(*) from yakin.classification") == [(0,)]


async def _later_run(pool, key, ids, *, version=VERSION, backfill=False, rehearsal=False, days=0):
    night = replace(new_run(key, version=version, rehearsal=rehearsal), business_date=NIGHT + timedelta(days=days))
    async with pool.connection() as conn:
        run = await runs.open_run(conn, night)
        added = await work.add_work(conn, run.run_id, USE_CASE, version, ids, backfill=backfill, rehearsal=rehearsal)
    return run.run_id, added


async def test_what_is_answered_is_not_asked_again_unless_backfilled_with_another_version(begin_night, pool):
    night = await begin_night()
    await night.settle(await night.send(), answered())
    ids = night.document_ids
    assert (await _later_run(pool, "again", ids))[1] == AddedWork(0, 1, 0)
    assert (await _later_run(pool, "forward only", ids, version="v2"))[1] == AddedWork(0, 1, 0)
    assert (await _later_run(pool, "backfill same", ids, backfill=True))[1] == AddedWork(0, 1, 0)
    assert (await _later_run(pool, "backfill", ids, version="v2", backfill=True))[1] == AddedWork(1, 0, 0)
    assert (await _later_run(pool, "rehearsal", ids, rehearsal=True))[1] == AddedWork(1, 0, 0)


async def test_a_resumed_run_adds_no_work_twice(begin_night, pool):
    night = await begin_night(3)
    async with pool.connection() as conn:
        again = await work.add_work(
            conn, night.run_id, USE_CASE, VERSION, night.document_ids, backfill=False, rehearsal=False
        )
        assert again == AddedWork(0, 0, 0)
        assert [each.department for each in await work.pending(conn, night.run_id)] == ["法務"] * 3


async def _fail(pool, ids, key, reason, *, days=0):
    run_id, added = await _later_run(pool, key, ids, days=days)
    if added.pending:
        async with pool.connection() as conn:
            await work.finish_work(conn, run_id, USE_CASE, ids[0], WorkState.UNANSWERED, reason, lease=None)
    return added


async def test_a_document_that_fails_the_same_way_three_nights_running_is_set_aside_for_good(pool, rows):
    ids = [each.document_id for each in await _register(pool, registration("file:///a", SHA))]
    reasons = [Reason.REFUSED, Reason.BUDGET, Reason.REFUSED, Reason.DEADLINE, Reason.REFUSED]
    for day, reason in enumerate(reasons):
        assert await _fail(pool, ids, f"night {day}", reason, days=day) == AddedWork(1, 0, 0)
    assert await _fail(pool, ids, "night 6", Reason.REFUSED, days=6) == AddedWork(0, 0, 1)
    assert await _fail(pool, ids, "night 7", Reason.REFUSED, days=7) == AddedWork(0, 0, 1)
    assert rows("select count(*) from yakin.work where reason = 'set_aside'") == [(2,)]
    assert (await _later_run(pool, "new version", ids, version="v2"))[1] == AddedWork(1, 0, 0)
    assert (await _later_run(pool, "by hand", ids, backfill=True))[1] == AddedWork(1, 0, 0)
    assert (await _later_run(pool, "rehearsal", ids, rehearsal=True))[1] == AddedWork(1, 0, 0)


@pytest.mark.parametrize("last", [Reason.TRUNCATED, Reason.ENDPOINT_DOWN, Reason.BUDGET])
async def test_other_failures_and_outages_set_nothing_aside(pool, last):
    ids = [each.document_id for each in await _register(pool, registration("file:///a", SHA))]
    for day, reason in enumerate([Reason.REFUSED, Reason.REFUSED, last]):
        await _fail(pool, ids, f"night {day}", reason, days=day)
    assert await _fail(pool, ids, "next", Reason.REFUSED, days=3) == AddedWork(1, 0, 0)


@pytest.mark.parametrize("reason", [Reason.QUARANTINE, Reason.ENCRYPTED, Reason.NO_OFFER])
async def test_what_costs_nothing_keeps_its_own_reason(pool, reason):
    ids = [each.document_id for each in await _register(pool, registration("file:///a", SHA))]
    for day in range(4):
        assert await _fail(pool, ids, f"night {day}", reason, days=day) == AddedWork(1, 0, 0)


async def test_three_runs_of_one_night_are_one_night(pool):
    ids = [each.document_id for each in await _register(pool, registration("file:///a", SHA))]
    for number in range(4):
        assert await _fail(pool, ids, f"run {number}", Reason.REFUSED) == AddedWork(1, 0, 0)


async def test_the_newest_decision_is_the_route_and_older_ones_stay(begin_night, pool, rows):
    night = await begin_night()
    document_id = night.document_ids[0]
    far = offer("far", Zone.OVERSEAS)
    zones = [Zone.OVERSEAS, Zone.ON_PREM]
    async with pool.connection() as conn:
        second = plan([assignment(document_id, [offer(), far], Level.PUBLIC, zones)])
        assert await decisions.save_plan(conn, night.run_id, second, why="a vendor is down") == 2
        route = await decisions.route(conn, night.run_id, USE_CASE, document_id)
    assert (route.zones, route.level, route.chain) == (
        (Zone.ON_PREM, Zone.OVERSEAS), Level.PUBLIC, ("local", "far")
    )  # fmt: skip
    assert rows("select plan_version, option, reason, alternatives from yakin.decision order by 1")[1] == (
        2, "local", "cheapest",
        [{"offer": "dear", "zone": "overseas", "expected_jpy": "9.5", "quality": 0.9,
          "why_not": "internal may not go there"}],
    )  # fmt: skip
    assert rows("select quote ->> 'worst_jpy', quote ->> 'finish_at' from yakin.plan limit 1") == [
        ("3", "2026-11-25T05:00:00+00:00")
    ]


async def test_the_newest_day_and_import_of_a_rate_wins(pool):
    def rate(value, day, kind=RateKind.TTM):
        return FxRate("USD", "JPY", Decimal(value), kind, date(2026, 11, day), "bank")

    async with pool.connection() as conn:
        await fx_rates.save_rates(conn, [rate("150", 20), rate("151", 21), rate("99", 25), rate("1", 21, RateKind.ECB)])
        await fx_rates.save_rates(conn, [rate("152", 21)])
        assert await fx_rates.rates(conn, date(2026, 11, 24)) == [rate("1", 21, RateKind.ECB), rate("152", 21)]
        await fx_rates.save_rates(conn, [rate("151", 21)])
        assert rate("151", 21) in await fx_rates.rates(conn, date(2026, 11, 24))


async def test_requests_and_tokens_are_spaced_over_all_workers(pool):
    async def take(endpoint, requests, tokens_per_minute, tokens):
        async with pool.connection() as conn:
            return await rate_limits.take(
                conn, endpoint, requests_per_minute=requests, tokens_per_minute=tokens_per_minute, tokens=tokens
            )

    assert await take("a", 6, None, 1) == 0
    assert await take("a", 6, None, 1) == pytest.approx(10, abs=1)
    assert await take("a", 6, None, 1) == pytest.approx(20, abs=1)
    assert await take("b", 6, None, 1) == 0
    assert await take("c", 6000, 1000, 500) == 0
    assert await take("c", 6000, 1000, 1) == pytest.approx(30, abs=1)
    assert await take("unlimited", None, None, 10**9) == 0
