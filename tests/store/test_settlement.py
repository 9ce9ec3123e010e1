from dataclasses import replace
from decimal import Decimal

import pytest

from tests.store.story import USD, answered, offer
from yakin.domain.asking import Outcome, Reply
from yakin.domain.levels import Level
from yakin.domain.pricing import Usage
from yakin.errors import StoreError
from yakin.store import ledger


async def test_a_settlement_charges_the_exact_cost_and_lands_the_answer(begin_night, rows):
    night = await begin_night(offers=[offer("local", fx=USD)])
    new = await night.send()
    settled = await night.settle(new, Reply(Outcome.ANSWERED, Usage(1003, 7, 500), {"parties": "甲乙"}, "req-1"))
    native = (Decimal(503) * 100 + Decimal(500) * 10 + 7 * 400) / Decimal(1_000_000)
    assert settled == ledger.Settled(Decimal("9.026997"), landed=True)
    assert native * Decimal("155.37") == Decimal("9.026997")
    assert rows("select amount_jpy, amount_native, currency from ledger.entry where kind = 'charge'") == [
        (Decimal("9.026997"), native, "USD")
    ]
    assert await night.budget() == (Decimal(0), Decimal("9.026997"))
    assert rows("select answer, level, zone, offer, attempt_id::text from yakin.answer") == [
        ({"parties": "甲乙"}, "internal", "on_prem", "local", new.attempt_id)
    ]
    assert rows("select state from yakin.work") == [("answered",)]


async def test_a_cache_write_and_reasoning_are_kept_and_charged_at_the_frozen_rates(begin_night, rows):
    written = replace(offer("local", fx=USD).price, cache_write_per_mtok=Decimal(125))
    night = await begin_night(offers=[replace(offer("local", fx=USD), price=written)])
    await night.settle(await night.send(), Reply(Outcome.ANSWERED, Usage(1000, 50, 200, 500, 30), {"parties": "甲乙"}))
    native = (Decimal(300) * 100 + 200 * 10 + 500 * 125 + 50 * 400) / Decimal(1_000_000)
    assert rows(
        "select input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_native,"
        " cost_jpy from yakin.attempt"
    ) == [(1000, 200, 500, 50, 30, native, Decimal("17.789865"))]
    assert rows("select cache_write_per_mtok from ledger.price_rate") == [(125,)]


async def test_settling_twice_charges_and_lands_once(begin_night, rows):
    night = await begin_night()
    new = await night.send()
    first = await night.settle(new, answered())
    assert await night.settle(new, answered(9999, 9999)) == first
    assert rows("select kind, count(*) from ledger.entry group by kind order by kind") == [
        ("charge", 1),
        ("release", 1),
        ("reserve", 1),
    ]
    assert rows("select count(*) from yakin.answer") == [(1,)]
    assert await night.budget() == (Decimal(0), Decimal("0.14"))


async def test_an_unknown_outcome_keeps_its_reservation_until_it_is_known(begin_night, rows):
    night = await begin_night()
    new = await night.send()
    assert await night.settle(new, Reply(Outcome.UNKNOWN, detail="ReadTimeout")) == ledger.Settled(Decimal(0), False)
    assert await night.budget() == (Decimal(40), Decimal(0))
    assert (await night.settle(new, answered())).cost_jpy == Decimal("0.14")
    assert await night.budget() == (Decimal(0), Decimal("0.14"))
    assert rows("select outcome from yakin.attempt") == [("answered",)]


@pytest.mark.parametrize("outcome", [Outcome.TRANSIENT, Outcome.ENDPOINT_DOWN, Outcome.PERMANENT, Outcome.REFUSED])
async def test_what_was_not_billed_is_given_back(begin_night, rows, outcome):
    night = await begin_night()
    await night.settle(await night.send(), Reply(outcome))
    assert await night.budget() == (Decimal(0), Decimal(0))
    assert rows("select kind from ledger.entry order by entry_id") == [("reserve",), ("release",)]


async def test_a_billed_reply_without_usage_is_charged_its_worst_case(begin_night, rows):
    night = await begin_night()
    settled = await night.settle(await night.send(), Reply(Outcome.INVALID))
    assert settled.cost_jpy == Decimal(40)
    assert rows("select cost_is_bound, cost_native from yakin.attempt") == [(True, None)]


async def test_a_bill_over_the_worst_case_is_recorded_in_full(begin_night):
    night = await begin_night(budget_jpy=50)
    settled = await night.settle(await night.send(), answered(1_000_000, 0))
    assert settled.cost_jpy == Decimal(100)
    assert await night.budget() == (Decimal(0), Decimal(100))


async def test_a_billed_reply_that_was_never_marked_as_sent_is_refused(begin_night):
    night = await begin_night()
    new = await night.attempt()
    await night.reserve(new)
    with pytest.raises(StoreError, match="attempt_marked_before_billed"):
        await night.settle(new, answered())


async def test_a_release_gives_everything_back_once(begin_night, pool):
    night = await begin_night()
    new = await night.attempt()
    await night.reserve(new)
    for _ in range(2):
        async with pool.connection() as conn:
            await ledger.release(conn, new.attempt_id)
    assert await night.budget() == (Decimal(0), Decimal(0))


async def test_an_answer_with_characters_that_postgres_refuses_lands_all_the_same(begin_night, rows):
    night = await begin_night()
    reply = Reply(Outcome.ANSWERED, Usage(10, 10), {"a\x00": ["x\ud83d", float("nan"), {"n": 1.5}]})
    assert (await night.settle(await night.send(), reply)).landed
    assert rows("select answer from yakin.answer") == [({"a\ufffd": ["x\ufffd", None, {"n": 1.5}]},)]


async def test_an_answer_is_never_less_sensitive_than_its_decision(begin_night, rows, pool):
    night = await begin_night(level=Level.RESTRICTED)
    new = await night.send()
    async with pool.connection() as conn:
        landing = ledger.Landing(new.lease, {"n": 1}, Level.PUBLIC, True)
        await ledger.settle(conn, new.attempt_id, answered(), answer=landing)
    assert rows("select level from yakin.answer") == [("restricted",)]


async def test_a_document_answered_by_two_runs_at_once_keeps_the_first_answer(begin_night, rows):
    first, second = await begin_night(key="a"), await begin_night(key="b")
    one, two = await first.send(), await second.send()
    assert (await first.settle(one, answered())).landed
    late = await second.settle(two, answered())
    assert late == ledger.Settled(Decimal("0.14"), landed=False)
    assert rows("select attempt_id::text from yakin.answer") == [(one.attempt_id,)]
    assert rows("select state, count(*) from yakin.work group by state") == [("answered", 2)]


async def test_a_rehearsal_answers_for_itself_only(begin_night, rows):
    real, rehearsal = await begin_night(), await begin_night(rehearsal=True)
    assert (await rehearsal.settle(await rehearsal.send(), answered())).landed
    assert (await real.settle(await real.send(), answered())).landed
    assert rows("select rehearsal, count(*) from yakin.answer group by 1 order by 1") == [(False, 1), (True, 1)]


async def test_the_ledger_is_append_only_even_for_its_owner(begin_night, rows):
    import psycopg

    night = await begin_night()
    await night.send()
    for statement in ("update ledger.entry set amount_jpy = 0", "delete from ledger.entry", "truncate ledger.entry"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            rows(statement)


async def test_settlement_of_an_unheard_of_attempt_is_an_error(pool):
    with pytest.raises(StoreError, match="does not exist"):
        async with pool.connection() as conn:
            await ledger.settle(conn, "00000000-0000-0000-0000-000000000000", answered())


async def test_a_request_above_a_cliff_is_charged_at_the_cliffs_rate_as_a_whole(begin_night, rows):
    base = offer()
    cliff = replace(base.price, over_input_tokens=272_000, input_per_mtok=Decimal(200), output_per_mtok=Decimal(600))
    night = await begin_night(2, budget_jpy=100_000, offers=[replace(base, cliffs=(cliff,))])
    at_threshold, above = [await night.send(number) for number in (0, 1)]

    await night.settle(at_threshold, answered(272_000, 1000))
    await night.settle(above, answered(272_001, 1000))

    charged = rows(
        "select e.amount_native, p.over_input_tokens from ledger.entry e "
        "join ledger.price_rate p using (price_rate_id) "
        "where kind = 'charge' order by entry_id"
    )
    assert charged == [(Decimal("27.6"), 0), (Decimal("55.0002"), 272_000)]
