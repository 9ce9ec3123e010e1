from datetime import date
from decimal import Decimal

import pytest

from yakin.domain.fx import IDENTITY_JPY, FxRate, RateKind, business_days_between, decide_rate, to_jpy
from yakin.errors import UnknownRate

NEW_YEAR = frozenset({date(2027, 1, 1)})


def usd(kind, as_of, rate="157.25"):
    return FxRate("USD", "JPY", Decimal(rate), kind, as_of, "test")


def test_yen_has_six_decimals_rounded_half_up():
    assert to_jpy(Decimal("0.00000001"), usd(RateKind.ECB, date(2026, 10, 30), "50")) == Decimal("0.000001")
    assert to_jpy(Decimal("0.011"), usd(RateKind.ECB, date(2026, 10, 30))) == Decimal("1.729750")


def known(*asked, **how):
    """The rate that is decided on; raises UnknownRate when there is none."""
    return decide_rate(*asked, **how).known


def test_the_worked_figure_of_a_month_of_documents():
    per_document = Decimal("0.1") * 3_000 / 10**6 + Decimal("0.5") * 500 / 10**6
    yen = to_jpy(per_document * 40_000, usd(RateKind.ECB, date(2026, 10, 30)))
    assert yen == Decimal("3459.5")


def test_yen_needs_no_rate():
    assert known([], "JPY", date(2026, 11, 24)) is IDENTITY_JPY


def test_a_fresh_bank_rate_outranks_a_newer_reference_rate():
    rates = [usd(RateKind.ECB, date(2026, 11, 20)), usd(RateKind.TTM, date(2026, 11, 19))]
    assert known(rates, "USD", date(2026, 11, 20)).kind is RateKind.TTM


def test_a_rate_of_tomorrow_is_not_known_today():
    with pytest.raises(UnknownRate):
        known([usd(RateKind.ECB, date(2026, 11, 25))], "USD", date(2026, 11, 24))


def test_a_rate_is_fresh_for_five_business_days_and_then_the_budget_rate_stands_in_flagged():
    rates = [usd(RateKind.ECB, date(2026, 10, 30)), usd(RateKind.BUDGET, date(2026, 10, 1), "160")]
    assert known(rates, "USD", date(2026, 11, 6)).kind is RateKind.ECB
    late = known(rates, "USD", date(2026, 11, 9))
    assert (late.kind, late.rate, late.stale) == (RateKind.BUDGET, Decimal(160), True)


def test_a_holiday_does_not_age_a_rate():
    rates = [usd(RateKind.ECB, date(2026, 12, 30))]
    assert known(rates, "USD", date(2027, 1, 7), holidays=NEW_YEAR).kind is RateKind.ECB
    with pytest.raises(UnknownRate, match="yakin fx import"):
        known(rates, "USD", date(2027, 1, 7))


def test_the_choice_says_what_was_passed_over_and_why():
    rates = [usd(RateKind.TTM, date(2026, 11, 10)), usd(RateKind.BUDGET, date(2026, 10, 1), "160")]
    late = decide_rate(rates, "USD", date(2026, 11, 20))
    assert late.reason == (
        "ttm of 2026-11-10 is 8 business days old, which is too old; no ecb is known; the budget rate stands in"
    )
    assert decide_rate(rates, "USD", date(2026, 11, 11)).reason == "ttm of 2026-11-10 is 1 business day old"
    assert decide_rate([], "EUR", date(2026, 11, 11)).rate is None


def test_an_average_holds_for_its_month_and_the_next():
    rates = [usd(RateKind.MONTH_AVG, date(2026, 10, 31), "157.93")]
    kinds = (RateKind.MONTH_AVG,)
    assert known(rates, "USD", date(2026, 11, 30), kinds=kinds).rate == Decimal("157.93")
    with pytest.raises(UnknownRate, match="month_avg of 2026-10-31 is 22 business days old, which is too old"):
        known(rates, "USD", date(2026, 12, 1), kinds=kinds)


def test_a_company_that_prefers_its_budget_rate_uses_it_unflagged():
    rates = [usd(RateKind.ECB, date(2026, 11, 20)), usd(RateKind.BUDGET, date(2026, 4, 1), "150")]
    chosen = known(rates, "USD", date(2026, 11, 20), kinds=(RateKind.BUDGET,))
    assert (chosen.rate, chosen.stale) == (Decimal(150), False)


def test_business_days_count_the_end_and_not_the_start():
    assert business_days_between(date(2026, 11, 20), date(2026, 11, 24)) == 2
    assert business_days_between(date(2026, 11, 24), date(2026, 11, 20)) == 0
