"""Whatever a vendor does with a batch: each yen billed is in the ledger once, and each document is answered once."""

import json
from decimal import Decimal

import pytest

from tests.batches.conftest import OVERSEAS

INQUIRIES = [f"型番{number}の見積をお願いします。" for number in range(4)]
FAULTS = {
    "failed_validation": ({"batch permanent": 4, "realtime answered": 4}, (0, 0, 0)),
    "expired": ({"batch answered": 2, "batch transient": 2, "realtime answered": 2}, (0, 0, 0)),
    "missing_line": ({"batch answered": 3, "batch unknown": 1, "realtime answered": 1}, (0, 0, 1)),
    "duplicate_line": ({"batch answered": 4}, (1, 0, 0)),
    "unknown_id": ({"batch answered": 4}, (0, 1, 0)),
    "line_error": ({"batch answered": 3, "batch permanent": 1, "realtime answered": 1}, (0, 0, 0)),
    "never_listed": ({"batch unknown": 4, "realtime answered": 4}, (0, 0, 4)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_line_has_one_end_and_each_document_one_answer(night, fault):
    outcomes, oddities = FAULTS[fault]
    night.prefer(*OVERSEAS)
    night.vendor("overseas", batch_faults=[{"kind": fault}])
    night.write(*INQUIRIES)

    ended = night.run()

    assert ended.code == 0, ended.err
    assert ended.object["documents"] == {"seen": 4, "answered": 4, "skipped": 0, "unanswered": 0}
    assert night.outcomes() == outcomes
    assert night.house.rows("select duplicate_lines, unknown_ids, missing_lines from yakin.batch") == [oddities]
    assert night.house.rows("select count(*) from yakin.batch_line where settled_at is null") == [(0,)]
    assert night.house.rows("select count(*) from yakin.sealed_map") == [(0,)]
    assert night.remote_files() == 0
    night.books_balance()


def test_a_key_that_the_vendor_refuses_costs_nothing_and_is_said(night):
    night.prefer(*OVERSEAS)
    night.write(*INQUIRIES)
    night.house.environment["YAKIN_SANDBOX_OVERSEAS_KEY"] = "wrong"

    ended = night.run()

    assert ended.code == 0, ended.err  # its probe failed, so that the plan went elsewhere
    assert "batch answered" not in night.outcomes()
    assert night.received("overseas", "files") == []
    assert "wrong" not in json.dumps(night.outcomes()) + ended.err
    night.books_balance()


def test_lines_that_do_not_fit_wait_for_money_and_the_cap_holds(night):
    night.prefer(*OVERSEAS)
    night.vendor("overseas", batch_delay_s=1)
    night.write(*INQUIRIES)
    quote = night.run("--dry-run").object
    assert {route["tier"] for route in quote["routes"]} == {"batch"}
    night.budget_jpy = (Decimal(quote["worst_jpy"]) * Decimal("0.6")).quantize(Decimal("0.000001"))

    ended = night.run()

    assert ended.code in (0, 4), ended.err
    outcomes = night.outcomes()
    assert 0 < outcomes["batch answered"] < len(INQUIRIES)
    assert sum(outcomes.values()) == ended.object["documents"]["answered"]
    assert Decimal(ended.object["cost_jpy"]) <= night.budget_jpy
    assert night.house.charged() == night.house.metered()
    night.books_balance()
