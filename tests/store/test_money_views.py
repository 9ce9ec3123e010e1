"""Finance reads one row per charge with all that it came from, and sums that add up to it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.store.story import USD, answered, offer
from yakin.domain.asking import Outcome, Purpose, Reply
from yakin.domain.fx import FxRate, RateKind
from yakin.domain.pricing import Usage
from yakin.domain.zones import Zone
from yakin.store import adjustments, fx_rates

CHARGE = (
    "kind month use_case department cost_centre vendor endpoint model level zone tier purpose outcome rehearsal "
    "provider_request_id input_tokens cached_input_tokens output_tokens input_per_mtok cached_input_per_mtok "
    "output_per_mtok price_source price_valid_from cost_native currency fx_rate fx_kind fx_as_of fx_source "
    "fx_stale cost_jpy reason made_by"
)
EXPOSURE = (
    "select cost_native, cost_jpy, average_rate, one_yen_jpy, ten_percent_jpy, accounting_kind, accounting_jpy, "
    "difference_jpy from bi.fx_exposure"
)
SUMS = ("run", "day", "month", "department", "cost_centre", "use_case", "level", "vendor")
INVOICED = adjustments.Correction(Decimal("-1.5"), "invoice INV-7", "suzuki", Decimal("-0.01"), "USD")
ROUNDED = adjustments.Correction(Decimal("0.25"), "rounding", "suzuki")


@pytest.fixture
async def in_dollars(begin_night):
    """A night at an overseas vendor that bills in dollars: 600 uncached, 400 cached and 100 output tokens."""
    night = await begin_night(
        3, offers=[offer("dear", Zone.OVERSEAS, fx=USD)], zones=[Zone.OVERSEAS], cost_centre="4100", vendor="dear inc"
    )
    new = await night.attempt(0, offer="dear")
    await night.begin(new)
    await night.settle(new, Reply(Outcome.ANSWERED, Usage(1000, 100, 400), {"parties": "甲乙"}, "req-1"))
    return night


async def test_a_charge_says_all_that_it_came_from(in_dollars, rows):
    names = CHARGE.split()
    shown = dict(zip(names, rows(f"select {', '.join(names)} from bi.charges")[0], strict=True))

    # 600 x 100 + 400 x 10 + 100 x 400 per million = 0.104 USD; x 155.37 = 16.15848 yen
    assert shown == {
        "kind": "charge", "month": date(2026, 11, 1), "use_case": "contract", "department": "法務",
        "cost_centre": "4100", "vendor": "dear inc", "endpoint": "dear-endpoint", "model": "dear",
        "level": "internal", "zone": "overseas", "tier": "realtime", "purpose": "answer", "outcome": "answered",
        "rehearsal": False, "provider_request_id": "req-1", "input_tokens": 1000, "cached_input_tokens": 400,
        "output_tokens": 100, "input_per_mtok": 100, "cached_input_per_mtok": 10, "output_per_mtok": 400,
        "price_source": "list", "price_valid_from": date(2026, 1, 1), "cost_native": Decimal("0.104"),
        "currency": "USD", "fx_rate": Decimal("155.37"), "fx_kind": "ecb", "fx_as_of": date(2026, 11, 23),
        "fx_source": "ECB", "fx_stale": False, "cost_jpy": Decimal("16.158480"), "reason": None, "made_by": None,
    }  # fmt: skip


async def test_corrections_count_in_every_sum_and_repeat_no_tokens(in_dollars, pool, rows):
    attempt_id = rows("select attempt_id::text from yakin.attempt")[0][0]
    async with pool.connection() as conn:
        await adjustments.adjust_vendor(conn, "dear inc", INVOICED, on=date(2026, 11, 30))
        await adjustments.adjust_attempt(conn, attempt_id, ROUNDED, on=date(2026, 12, 1))

    assert rows("select kind, vendor, input_tokens, cost_jpy, reason, made_by from bi.charges order by entry_id") == [
        ("charge", "dear inc", 1000, Decimal("16.158480"), None, None),
        ("adjust", "dear inc", None, Decimal("-1.5"), "invoice INV-7", "suzuki"),
        ("adjust", "dear inc", None, Decimal("0.25"), "rounding", "suzuki"),
    ]
    for view in SUMS:
        # one request for one document, whatever was corrected
        assert rows(f"select sum(cost_jpy), sum(attempts) from bi.cost_by_{view}") == [(Decimal("14.908480"), 1)]
    assert rows("select month, cost_native, cost_jpy from bi.cost_by_vendor where model is null") == [
        (date(2026, 11, 1), Decimal("-0.01"), Decimal("-1.5"))
    ]
    assert rows("select sum(documents) from bi.cost_by_month") == [(2,)]  # November's charge, December's correction


async def test_rehearsals_are_summed_in_views_of_their_own(begin_night, rows):
    real, rehearsal = await begin_night(), await begin_night(rehearsal=True)
    await real.settle(await real.send(), answered())
    await rehearsal.settle(await rehearsal.send(), answered(2000, 0))

    for view in SUMS:
        assert rows(f"select cost_jpy, attempts, documents from bi.cost_by_{view}") == [(Decimal("0.14"), 1, 1)]
        assert rows(f"select cost_jpy from bi.cost_by_{view}_rehearsal") == [(Decimal("0.2"),)]


async def test_what_gave_no_answer_is_waste_with_its_share(in_dollars, rows):
    held = {number: await in_dollars.lease(number) for number in (1, 2)}
    for number, purpose, outcome, usage in (
        (1, Purpose.ANSWER, Outcome.TRUNCATED, Usage(0, 100)),
        (1, Purpose.REPAIR, Outcome.ANSWERED, Usage(0, 50)),
        (2, Purpose.ANSWER, Outcome.TRANSIENT, None),
        (2, Purpose.ANSWER, Outcome.LOST, Usage(0, 25)),
    ):
        new = replace(await in_dollars.attempt(number, offer="dear", held=held[number]), purpose=purpose)
        await in_dollars.begin(new)
        await in_dollars.settle(new, Reply(outcome, usage))

    # 400 USD per million output tokens x 155.37, of 27.034380 yen in all
    assert rows("select kind, model, attempts, output_tokens, cost_jpy, share from bi.waste order by kind") == [
        ("failed", "dear", 1, 0, Decimal(0), Decimal(0)),
        ("lost", "dear", 1, 25, Decimal("1.5537"), Decimal("0.057471")),
        ("repair", "dear", 1, 50, Decimal("3.1074"), Decimal("0.114943")),
        ("truncated", "dear", 1, 100, Decimal("6.2148"), Decimal("0.229885")),
    ]


async def test_a_second_answer_to_a_document_is_waste(in_dollars, rows):
    again = await in_dollars.attempt(1, offer="dear")
    await in_dollars.begin(again)
    for _ in range(2):
        await in_dollars.settle(again, answered(), land=False)  # settled twice, charged once
    assert rows("select count(*) from bi.waste") == [(0,)]

    rows("update yakin.work set state = 'pending' where lease_token is not null returning 1")
    more = await in_dollars.attempt(1, offer="dear")
    await in_dollars.begin(more)
    await in_dollars.settle(more, answered())
    assert rows("select kind, outcome, attempts from bi.waste") == [("repeated", "answered", 1)]


async def test_the_doubted_answer_of_a_cascade_is_what_was_paid_beside_not_the_better_one(in_dollars, rows):
    held = await in_dollars.lease(1)
    doubted, better = [await in_dollars.attempt(1, offer="dear", held=held) for _ in range(2)]
    await in_dollars.begin(doubted)
    await in_dollars.settle(doubted, answered(output_tokens=50), land=False)
    rows("update yakin.attempt set accepted = false, confidence = 0.4 where outcome = 'answered' returning 1")
    assert rows("select count(*) from bi.waste") == [(0,)]  # the better one failed: it landed after all

    await in_dollars.begin(better)
    await in_dollars.settle(better, answered(output_tokens=100))
    assert rows("select kind, output_tokens, attempts from bi.waste") == [("doubted", 50, 1)]


async def test_an_answered_document_bears_what_was_spent_on_the_others(in_dollars, pool, rows):
    new = await in_dollars.attempt(1, offer="dear")
    await in_dollars.begin(new)
    await in_dollars.settle(new, Reply(Outcome.INVALID, Usage(0, 100)))
    async with pool.connection() as conn:
        await adjustments.adjust_vendor(conn, "dear inc", INVOICED, on=date(2026, 11, 30))

    assert rows("select cost_jpy, answered, cost_per_answer_jpy from bi.cost_per_answer") == [
        (Decimal("22.373280"), 1, Decimal("22.373280"))
    ]
    by_month = "select month, use_case, cost_jpy, answered, cost_per_answer_jpy from bi.cost_per_answer_by_month"
    assert rows(f"{by_month} order by use_case") == [
        (date(2026, 11, 1), "", Decimal("-1.5"), 0, None),
        (date(2026, 11, 1), "contract", Decimal("22.373280"), 1, Decimal("22.373280")),
    ]


async def test_the_accounting_book_follows_what_finance_imports(in_dollars, pool, rows):
    operational = (Decimal("0.104"), Decimal("16.158480"), Decimal("155.37"), Decimal("0.104"), Decimal("1.615848"))
    assert rows(EXPOSURE) == [(*operational, None, None, None)]

    for kind, day, rate, accounting, difference in (
        (RateKind.TTM, date(2026, 10, 30), "140", None, None),  # another month's
        (RateKind.TTM, date(2026, 11, 27), "150", "15.6", "-0.558480"),
        (RateKind.MONTH_AVG, date(2026, 11, 30), "160", "16.64", "0.481520"),
        (RateKind.TTM, date(2026, 11, 30), "170", "16.64", "0.481520"),  # the monthly average goes first
        (RateKind.MONTH_AVG, date(2026, 11, 30), "161", "16.744", "0.585520"),  # a correction: the newest import
    ):
        async with pool.connection() as conn:
            await fx_rates.save_rates(conn, [FxRate("USD", "JPY", Decimal(rate), kind, day, "bank")])
        found = rows(EXPOSURE)[0]
        assert found[:5] == operational
        assert found[6:] == (accounting and Decimal(accounting), difference and Decimal(difference))


async def test_a_bound_without_usage_is_yen_that_no_rate_moves(in_dollars, rows):
    new = await in_dollars.attempt(1, offer="dear", worst_jpy="30")
    await in_dollars.begin(new)
    await in_dollars.settle(new, Reply(Outcome.INVALID, None))

    assert rows("select cost_is_bound, cost_native, currency, cost_jpy from bi.charges order by entry_id") == [
        (False, Decimal("0.104"), "USD", Decimal("16.158480")),
        (True, None, "USD", Decimal(30)),
    ]
    assert rows("select cost_jpy, without_native_jpy, average_rate, ten_percent_jpy from bi.fx_exposure") == [
        (Decimal("46.158480"), Decimal(30), Decimal("155.37"), Decimal("1.615848"))
    ]
