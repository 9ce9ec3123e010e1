from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.fx import FxRate, RateKind
from yakin.domain.money import Period, Scope, period_of, worst_case_jpy
from yakin.domain.pricing import PriceRate, Tier, Usage
from yakin.domain.routing import Api, Endpoint, Limits, Model, Offer, OutputMode
from yakin.domain.zones import Zone

DAY = date(2026, 4, 1)
USD_RATE = FxRate("USD", "JPY", Decimal("157.25"), RateKind.ECB, date(2026, 10, 30), "test")


def price(amount, over=0):
    amount = Decimal(amount)
    written = amount * Decimal("1.25")
    return PriceRate(DAY, Tier.REALTIME, "USD", amount, amount * 5, amount / 10, "test", DAY, over, written)


def offer():
    endpoint = Endpoint(
        "e", "o", "US", Zone.OVERSEAS, "test", Api.OPENAI, "https://e.test", None, Limits(1), False, True, False
    )
    model = Model("m", endpoint, "m", 10**6, 10**4, OutputMode.JSON_SCHEMA, (Tier.REALTIME,), "o200k_base", ())
    return Offer(model, Tier.REALTIME, price("0.1"), USD_RATE, 0.9, cliffs=(price("0.5", over=100_000),))


def test_a_request_over_the_cliff_is_charged_at_its_rate_for_the_whole():
    assert offer().cost_jpy(Usage(100_000, 0)) == Decimal("1.572500")
    assert offer().cost_jpy(Usage(100_001, 0)) == Decimal("7.862579")
    assert offer().price_for(100_001).over_input_tokens == 100_000


@given(
    st.integers(0, 300_000), st.integers(0, 300_000), st.integers(0, 5_000), st.integers(0, 5_000), st.integers(0, 10),
    st.sampled_from(["0.02", "0.5"]),
)  # fmt: skip
def test_the_worst_case_covers_every_smaller_usage(bound, fewer, output_bound, less, share, above):
    used = max(0, bound - fewer)
    cached = used * share // 10
    usages = [Usage(used, max(0, output_bound - less), *parts) for parts in ((cached, 0), (0, cached), (0, used))]
    priced = replace(offer(), cliffs=(price(above, over=100_000),))  # dearer or cheaper above its threshold
    worst = worst_case_jpy(priced, input_tokens_bound=bound, max_output_tokens=output_bound)
    assert all(priced.cost_jpy(usage) <= worst for usage in usages)


def test_the_worst_case_expects_every_input_token_to_be_written_to_a_cache():
    assert worst_case_jpy(offer(), input_tokens_bound=1_000, max_output_tokens=0) == Decimal("0.019656")


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(Scope), st.integers(1, 12))
def test_a_period_holds_its_day_and_periods_touch_without_gap(on, scope, start_month):
    period = period_of(scope, on, start_month)
    assert period.start <= on <= period.end
    following = period_of(scope, period.end + timedelta(days=1), start_month)
    assert following.start == period.end + timedelta(days=1)


def test_the_periods_of_a_day_in_march():
    on = date(2027, 3, 15)
    assert period_of(Scope.DAY, on) == Period(on, on)
    assert period_of(Scope.MONTH, on) == Period(date(2027, 3, 1), date(2027, 3, 31))
    assert period_of(Scope.FISCAL_YEAR, on) == Period(date(2026, 4, 1), date(2027, 3, 31))
    assert period_of(Scope.VENDOR, date(2026, 12, 31)) == Period(date(2026, 12, 1), date(2026, 12, 31))
