from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.calendar import JST, business_date, deadline_at, fiscal_year

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_a_run_after_midnight_belongs_to_the_evening_before():
    assert business_date(datetime(2026, 11, 25, 2, 0, tzinfo=JST)) == date(2026, 11, 24)
    assert business_date(datetime(2026, 11, 25, 8, 59, tzinfo=JST)) == date(2026, 11, 24)
    assert business_date(datetime(2026, 11, 25, 9, 0, tzinfo=JST)) == date(2026, 11, 25)


@given(MOMENTS)
def test_a_business_date_is_the_utc_date_on_which_vendors_change_their_prices(moment):
    assert business_date(moment) == moment.date()


def test_a_deadline_is_the_next_time_that_the_clock_shows_it():
    evening = datetime(2026, 11, 24, 22, 0, tzinfo=JST)
    assert deadline_at(time(6, 30), evening) == datetime(2026, 11, 25, 6, 30, tzinfo=JST)
    assert deadline_at(time(23, 0), evening) == datetime(2026, 11, 24, 23, 0, tzinfo=JST)


@given(MOMENTS, st.times())
def test_a_deadline_is_always_ahead_and_within_a_day(moment, clock):
    left = deadline_at(clock, moment) - moment
    assert 0 < left.total_seconds() <= 24 * 3600


def test_the_fiscal_year_starts_in_april_unless_the_company_says_otherwise():
    assert fiscal_year(date(2027, 3, 31)) == 2026
    assert fiscal_year(date(2027, 4, 1)) == 2027
    assert fiscal_year(date(2027, 3, 31), start_month=1) == 2027
