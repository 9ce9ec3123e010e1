"""kill -9, Ctrl-C and SIGTERM in the middle of a night, and the same command twice at once."""

import signal
import time
from datetime import UTC, datetime

import pytest

from tasks.answering import LEASE_SECONDS
from tests.faults.interfered import kill_group, wait_until

DOCUMENTS = 30


def test_after_kill_9_the_same_command_does_the_rest_at_once_and_nothing_twice(night):
    night.write(DOCUMENTS)
    night.limit(concurrency=4)
    night.vendors(latency_s=0.6)
    first = night.start()
    wait_until(lambda: night.answered() >= 5 and night.under_way() > 0)
    kill_group(first)
    done = night.answered()

    began = time.monotonic()
    again = night.run()

    assert again.code == 0, again.err
    assert done < DOCUMENTS
    assert time.monotonic() - began < LEASE_SECONDS / 6  # at once, not when the dead process's leases run out
    assert again.object["documents"] == {"seen": DOCUMENTS, "answered": DOCUMENTS, "skipped": 0, "unanswered": 0}
    assert night.runs() == [(again.object["run_id"], "finished")]
    assert night.answered() == DOCUMENTS
    assert 0 < night.unknown() <= 16
    night.books_balance()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stop_signal_stops_spending_within_5_s(night, number, code):
    night.write(DOCUMENTS)
    night.limit(concurrency=4)
    night.vendors(latency_s=0.6)
    stopped = night.start()
    wait_until(lambda: night.answered() >= 5)

    moment = kill_group(stopped, number)
    out, err = stopped.communicate(timeout=30)
    took_s = (datetime.now(UTC) - moment).total_seconds()

    time.sleep(1)  # what the vendors still work on reaches their meters
    print(f"{number.name}: exit after {took_s:.1f} s, last request {night.last_request_after_s(moment):+.1f} s")
    assert stopped.returncode == code, err
    assert (out, "Traceback" in err) == ("", False)
    assert took_s < 10
    assert night.last_request_after_s(moment) < 5
    assert [state for _, state in night.runs()] == ["cancelled"]
    assert night.answered() < DOCUMENTS
    night.books_balance()


def test_what_a_killed_command_left_is_cleaned_up_by_the_next_one_whatever_it_is(night):
    night.write(12)
    night.limit(concurrency=2)
    night.vendors(latency_s=0.6)
    stopped = night.start()
    wait_until(lambda: night.answered() >= 2)
    kill_group(stopped)
    assert [state for _, state in night.runs()] == ["open"]

    other = night.house.yakin("quote", night.house.documents, "--use-case", "inquiry_triage", "--json")

    assert other.code == 0, other.err
    assert [state for _, state in night.runs()] == ["failed", "quoted"]
    assert 0 < night.unknown() <= 8
    night.books_balance()


def test_of_two_equal_commands_at_once_one_works_and_the_other_reports(night):
    night.write(12)
    night.vendors(latency_s=0.5)
    both = [night.start(), night.start()]

    ends = [process.communicate(timeout=180) for process in both]

    assert [process.returncode for process in both] == [0, 0], ends
    assert night.answered() == 12
    assert len([each for each in night.meter() if each.amount > 0]) == 12
