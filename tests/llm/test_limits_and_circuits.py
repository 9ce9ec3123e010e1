"""How much is in flight, when an endpoint is left alone, and how long an ask waits before the next."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.llm.conftest import endpoint_at
from yakin.domain.asking import Outcome
from yakin.domain.routing import Limits
from yakin.llm.backoff import CAP_S, LONGEST_S, delay_s
from yakin.llm.circuit import Circuits
from yakin.llm.limits import EndpointLimits
from yakin.llm.outcomes import retry_after_s

DOWN, FINE = Outcome.ENDPOINT_DOWN, Outcome.ANSWERED


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def circuits(clock):
    return Circuits(failures=3, window_s=10, cool_down_s=30, clock=clock)


def test_a_circuit_opens_after_consecutive_failures_and_lets_one_trial_through():
    clock = Clock()
    circuit = circuits(clock)
    for _ in range(3):
        assert circuit.allow("a")
        circuit.record("a", DOWN)
    assert not circuit.allow("a")
    assert circuit.open_endpoints() == {"a"}
    clock.now = 31
    assert [circuit.allow("a") for _ in range(3)] == [True, False, False]


def test_a_good_trial_closes_the_circuit_and_a_bad_one_opens_it_again():
    for outcome, allowed in ((FINE, True), (DOWN, False)):
        clock = Clock()
        circuit = circuits(clock)
        for _ in range(3):
            circuit.record("a", DOWN)
        clock.now = 31
        assert circuit.allow("a")
        circuit.record("a", outcome)
        assert circuit.allow("a") is allowed


def test_failures_that_are_far_apart_or_interrupted_do_not_open_it():
    clock = Clock()
    circuit = circuits(clock)
    for outcome in (DOWN, DOWN, FINE, DOWN, DOWN):
        circuit.record("a", outcome)
    clock.now = 11
    circuit.record("a", DOWN)
    assert circuit.allow("a")


def test_a_trial_whose_worker_died_does_not_keep_it_open():
    clock = Clock()
    circuit = circuits(clock)
    for _ in range(3):
        circuit.record("a", DOWN)
    clock.now = 31
    assert circuit.allow("a")
    clock.now = 62
    assert circuit.allow("a")


@given(st.lists(st.tuples(st.sampled_from(Outcome), st.floats(0, 20)), max_size=40))
def test_a_circuit_never_opens_without_three_failures_in_a_row_and_never_stays_open(steps):
    clock = Clock()
    circuit = circuits(clock)
    row = 0
    failed = {Outcome.ENDPOINT_DOWN, Outcome.TRANSIENT, Outcome.UNKNOWN}
    for outcome, pause in steps:
        clock.now += pause
        circuit.record("a", outcome)
        silent = outcome in (Outcome.INTENT, Outcome.NOT_SENT, Outcome.LOST)
        row = row if silent else row + 1 if outcome in failed else 0
        if circuit.open_endpoints():
            assert row >= 3
    clock.now += 31
    assert circuit.allow("a")
    assert circuit.allow("b")


async def test_no_more_than_the_limit_is_in_flight_across_instances():
    endpoint = endpoint_at("http://127.0.0.1:1", name="narrow", limits=Limits(3))
    flying, most = 0, 0

    async def fly():
        nonlocal flying, most
        async with EndpointLimits(endpoint).slot():
            flying += 1
            most = max(most, flying)
            await asyncio.sleep(0.005)
            flying -= 1

    await asyncio.gather(*(fly() for _ in range(12)))
    assert most == 3


def test_limits_work_in_every_event_loop_of_a_process():
    async def fly():
        async with EndpointLimits(endpoint_at("http://127.0.0.1:1", name="loops")).slot():
            return True

    assert [asyncio.run(fly()), asyncio.run(fly())] == [True, True]


@given(st.integers(0, 2000), st.none() | st.floats(0, 1e6), st.text(max_size=8))
def test_a_delay_is_repeatable_capped_and_never_before_the_vendor_wants(attempt, asked, seed):
    delay = delay_s(attempt, asked, seed)
    assert delay == delay_s(attempt, asked, seed)
    if asked is None:
        assert 0 <= delay <= min(CAP_S, 0.5 * 2 ** min(attempt, 30))
    else:
        assert min(asked, LONGEST_S) <= delay <= LONGEST_S + 1


NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "20"}, 0.25),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 90.0),
        ({"retry-after": format_datetime(NOW - timedelta(seconds=90), usegmt=True)}, 0.0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_every_form(headers, seconds):
    assert retry_after_s(headers, NOW) == seconds
