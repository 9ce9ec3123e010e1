"""Corrections are rows of their own, say why and who, and move the caps that the charge moved."""

from datetime import date
from decimal import Decimal

import pytest

from tests.store.story import NIGHT, answered
from yakin.domain.asking import Outcome, Reply
from yakin.domain.money import Scope
from yakin.domain.pricing import Usage
from yakin.errors import UsageError
from yakin.store import ledger
from yakin.store.adjustments import Correction, adjust_attempt, adjust_vendor


async def test_a_correction_of_an_attempt_is_a_row_that_says_why_and_moves_its_caps(begin_night, rows):
    night = await begin_night()
    new = await night.send()
    await night.settle(new, answered())
    async with night.pool.connection() as conn:
        await adjust_attempt(conn, new.attempt_id, Correction(Decimal("-0.04"), "price", "Taro Keiri"))
    assert rows(
        "select business_date, department, use_case, amount_jpy, reason, made_by, run_id::text, vendor "
        "from ledger.entry where kind = 'adjust'"
    ) == [(NIGHT, "法務", "contract", Decimal("-0.04"), "price", "Taro Keiri", night.run_id, None)]
    assert await night.budget() == (Decimal(0), Decimal("0.10"))
    assert rows("select amount_jpy from ledger.entry where kind = 'charge'") == [(Decimal("0.14"),)]


async def test_a_correction_of_a_vendors_account_counts_against_the_caps_of_its_day(pool, rows):
    async with pool.connection() as conn:
        for scope, key in ((Scope.MONTH, ""), (Scope.VENDOR, "PFN"), (Scope.VENDOR, "OpenAI"), (Scope.USE_CASE, "x")):
            await ledger.set_cap(conn, scope, key, NIGHT, Decimal(100), rehearsal=False)
        correction = Correction(Decimal("12.5"), "minimum fee of the month", "Taro Keiri", Decimal("0.08"), "USD")
        await adjust_vendor(conn, "PFN", correction, on=date(2026, 11, 30))
    assert rows("select scope, key, spent_jpy from ledger.budget where spent_jpy <> 0 order by budget_id") == [
        ("month", "", Decimal("12.5")),
        ("vendor", "PFN", Decimal("12.5")),
    ]
    assert rows("select vendor, attempt_id, amount_native, currency from ledger.entry") == [
        ("PFN", None, Decimal("0.08"), "USD")
    ]


async def test_a_correction_without_a_reason_or_of_nothing_is_refused(pool):
    with pytest.raises(UsageError, match="says why"):
        Correction(Decimal(1), " ", "Taro Keiri")
    async with pool.connection() as conn:
        nobody = "00000000-0000-0000-0000-000000000000"
        with pytest.raises(UsageError, match="does not exist"):
            await adjust_attempt(conn, nobody, Correction(Decimal(1), "price", "Taro Keiri"))


async def test_an_unknown_attempt_that_was_billed_is_lost_and_charged(begin_night, rows):
    night = await begin_night()
    new = await night.send()
    await night.settle(new, Reply(Outcome.UNKNOWN))
    settled = await night.settle(new, Reply(Outcome.LOST, Usage(1000, 100), provider_request_id="req-7"))
    assert settled == ledger.Settled(Decimal("0.14"), landed=False)
    assert rows("select outcome, provider_request_id from yakin.attempt") == [("lost", "req-7")]
    assert await night.budget() == (Decimal(0), Decimal("0.14"))
