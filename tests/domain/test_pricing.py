from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.pricing import PriceRate, Tier, Usage, price_at
from yakin.errors import UnknownPrice


def rate(start=date(2026, 4, 1), tier=Tier.REALTIME, price="2", *, cached=None, over=0, written=None):
    amount = Decimal(price)
    cached_amount = None if cached is None else Decimal(cached)
    written_amount = None if written is None else Decimal(written)
    return PriceRate(start, tier, "USD", amount, amount * 5, cached_amount, "test", start, over, written_amount)


def test_a_call_costs_its_tokens_at_the_rate_of_each_kind():
    usage = Usage(input_tokens=3_000, output_tokens=500, cached_input_tokens=1_000)
    assert rate(price="2", cached="0.1").cost_native(usage) == Decimal("0.0091")


def test_cached_tokens_cost_the_full_rate_when_no_cached_price_is_known():
    assert rate(price="2").cost_native(Usage(3_000, 500, 1_000)) == Decimal("0.011")


def test_tokens_written_to_a_cache_cost_their_own_rate_and_else_the_input_rate():
    usage = Usage(3_000, 500, 1_000, 1_500, reasoning_tokens=400)  # 500 plain; reasoning is part of the output
    assert rate(price="2", cached="0.1", written="2.5").cost_native(usage) == Decimal("0.00985")
    assert rate(price="2", cached="0.1").cost_native(usage) == Decimal("0.0091")


def test_more_cached_than_total_tokens_never_becomes_a_credit():
    assert rate(price="2", cached="0.1").cost_native(Usage(10, 0, 1_000)) == Decimal("0.0001")


def test_the_newest_price_that_has_started_wins():
    prices = [rate(date(2026, 12, 1), price="4"), rate(date(2026, 4, 1), price="2")]
    assert price_at(prices, Tier.REALTIME, date(2026, 11, 30)).input_per_mtok == 2
    assert price_at(prices, Tier.REALTIME, date(2026, 12, 1)).input_per_mtok == 4


def test_a_cliff_is_reached_above_its_threshold_and_not_at_it():
    prices = [rate(price="0.1"), rate(price="0.5", over=100_000)]
    assert price_at(prices, Tier.REALTIME, date(2026, 5, 1), 100_000).input_per_mtok == Decimal("0.1")
    assert price_at(prices, Tier.REALTIME, date(2026, 5, 1), 100_001).input_per_mtok == Decimal("0.5")


def test_a_newer_price_without_a_cliff_ends_the_old_cliff():
    prices = [rate(price="1"), rate(price="5", over=1_000), rate(date(2026, 6, 1), price="2")]
    assert price_at(prices, Tier.REALTIME, date(2026, 6, 1), 5_000).input_per_mtok == 2


def test_an_unknown_price_raises_and_is_never_zero():
    with pytest.raises(UnknownPrice, match="no batch price is known on 2026-05-01"):
        price_at([rate()], Tier.BATCH, date(2026, 5, 1))
    with pytest.raises(UnknownPrice):
        price_at([rate()], Tier.REALTIME, date(2026, 3, 31))


RATES = st.lists(
    st.builds(
        rate,
        st.dates(date(2026, 1, 1), date(2027, 1, 1)),
        st.sampled_from(Tier),
        st.decimals("0.01", "50", places=2).map(str),
        over=st.sampled_from([0, 1_000, 100_000]),
    ),
    max_size=8,
)


@given(RATES, st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 200_000))
def test_a_price_found_has_started_is_reached_and_is_the_newest_such(rates, on, tokens):
    open_rates = [item for item in rates if item.tier is Tier.REALTIME and item.valid_from <= on]
    try:
        found = price_at(rates, Tier.REALTIME, on, tokens)
    except UnknownPrice:
        assert not any(item.reached_by(tokens) for item in open_rates)
        return
    assert found.reached_by(tokens)
    assert not any(item.reached_by(tokens) and item.valid_from > found.valid_from for item in open_rates)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_cost_is_never_negative_and_never_above_the_worst_of_its_tokens(total, output, cached, written):
    for price in (rate(price="2", cached="0.1", written="2.5"), rate(price="2", cached="3"), rate(price="2")):
        cost = price.cost_native(Usage(total, output, cached, written))
        assert cost >= 0
        if cached + written <= total:
            assert cost <= price.worst_native(total, output)


def test_a_price_changes_on_its_day_and_not_before():
    start = date(2026, 12, 1)
    prices = [rate(price="2"), rate(start, price="4")]
    assert price_at(prices, Tier.REALTIME, start - timedelta(days=1)) is prices[0]
