from hypothesis import given
from hypothesis import strategies as st

from tasks.outage import LONGEST_WAIT_S, Patience


def test_each_wait_is_twice_the_last_until_the_longest():
    patience = Patience(left_s=10_000)

    assert [patience.take(100_000) for _ in range(7)] == [30, 60, 120, 240, 480, 600, 600]


@given(st.floats(0, 10_000), st.lists(st.floats(-100, 1000), max_size=30))
def test_a_run_never_waits_longer_than_its_patience_nor_beyond_the_deadline(left_s, until_deadline):
    patience = Patience(left_s)

    waits = [(patience.take(seconds), seconds) for seconds in until_deadline]

    assert sum(wait for wait, _ in waits) <= left_s + 1e-6
    assert all(0 <= wait <= min(LONGEST_WAIT_S, max(0.0, seconds)) for wait, seconds in waits)


def test_without_patience_nothing_waits():
    assert Patience(left_s=0).take(100_000) == 0
