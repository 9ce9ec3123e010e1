"""`yakin reconcile` and `yakin ledger adjust`: what they print, what they end with, what they leave behind."""

import json
from decimal import Decimal

import psycopg
import pytest

from tests.store.conftest import begin_night, pool  # noqa: F401 - fixtures
from tests.store.story import offer
from yakin.domain.asking import Outcome, Reply
from yakin.domain.pricing import Usage

MAPPING = """
invoices:
  - name: local-endpoint
    columns: {time: time, request_id: id, model: model, input_tokens: in, output_tokens: out, amount: amount}
    currency: JPY
"""


@pytest.fixture
async def attempt_id(begin_night):  # noqa: F811 - the fixture
    night = await begin_night(offers=[offer()])
    new = await night.send()
    await night.settle(new, Reply(Outcome.ANSWERED, Usage(1000, 100), {"a": 1}, "r0"))
    return new.attempt_id


@pytest.fixture
def account(tmp_path, database, attempt_id):
    """Write an account of the one request, at that price."""
    with psycopg.connect(database.owner_url) as conn:
        (sent_at,) = conn.execute("select sent_at from yakin.attempt").fetchone()

    def write(amount, request_id="r0"):
        file = tmp_path / "account.csv"
        file.write_text(f"time,id,model,in,out,amount\n{sent_at.isoformat()},{request_id},local,1000,100,{amount}\n")
        (tmp_path / "mapping.yaml").write_text(MAPPING)
        return (file, "--vendor", "local-endpoint", "--mapping", tmp_path / "mapping.yaml", "--complete")

    return write


def test_an_account_that_matches_ends_with_0_and_one_with_something_unexplained_with_3(yakin_with_database, account):
    same = yakin_with_database("reconcile", *account("0.14"))
    assert same.exit_code == 0, same.output
    assert "everything has a cause" in same.output
    other = yakin_with_database("reconcile", *account("0.14", "not-ours"), "--json")
    assert other.exit_code == 3
    shown = json.loads(other.stdout)
    assert [(part["state"], part["ours_native"], part["theirs_native"]) for part in shown["parts"]] == [
        ("at_vendor", "0", "0.14"),
        ("in_ledger", "0.14", "0"),
    ]


def test_a_difference_is_booked_by_a_name_and_only_so(yakin_with_database, account, database):
    refused = yakin_with_database("reconcile", *account("0.20"), "--book")
    assert (refused.exit_code, "book needs `by`" in refused.output) == (2, True)
    assert "proposed: price ¥0.0600" in yakin_with_database("reconcile", *account("0.20")).output
    booked = yakin_with_database("reconcile", *account("0.20"), "--book", "--by", "経理 太郎", "--json")
    assert json.loads(booked.stdout)["booked_jpy"] == "0.060000"
    with psycopg.connect(database.owner_url) as conn:
        assert conn.execute("select reason, made_by from bi.adjustments").fetchall() == [("price", "経理 太郎")]


def test_a_correction_by_hand_says_who_and_why(yakin_with_database, database, attempt_id):
    by = ("--by", "経理 太郎", "--because", "credit note 42")
    assert yakin_with_database("ledger", "adjust", attempt_id, "-0.04", *by).exit_code == 0
    shown = yakin_with_database("ledger", "adjust", "--vendor", "local inc", "3,000", *by, "--json")
    assert json.loads(shown.stdout)["amount_jpy"] == "3000"
    with psycopg.connect(database.owner_url) as conn:
        rows = conn.execute("select vendor, attempt_id::text, amount_jpy, reason, made_by from bi.adjustments "
                            "order by entry_id").fetchall()  # fmt: skip
    assert rows == [
        ("local inc", attempt_id, Decimal("-0.04"), "credit note 42", "経理 太郎"),
        ("local inc", None, Decimal(3000), "credit note 42", "経理 太郎"),
    ]


def test_an_attempt_gives_back_no_more_than_it_has_cost(yakin_with_database, database, attempt_id):
    by = ("--by", "経理 太郎", "--because", "credit note 42")
    refused = yakin_with_database("ledger", "adjust", attempt_id, "-0.15", *by)
    assert (refused.exit_code, "the attempt has cost ¥0.1400" in refused.output) == (2, True), refused.output
    assert yakin_with_database("ledger", "adjust", attempt_id, "-0.14", *by).exit_code == 0
    with psycopg.connect(database.owner_url) as conn:
        assert conn.execute("select amount_jpy from bi.adjustments").fetchall() == [(Decimal("-0.14"),)]
        assert conn.execute("select sum(spent_jpy) from bi.budgets").fetchone() == (0,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("12",), "give ATTEMPT and AMOUNT_JPY"),
        (("not-an-id", "12"), "is not an attempt's id"),
        (("00000000-0000-0000-0000-000000000000", "much"), "is not an amount of yen"),
        (("00000000-0000-0000-0000-000000000000", "1e30"), "AMOUNT_JPY: '1e30' cannot be kept"),
        (("00000000-0000-0000-0000-000000000000", "-1,5"), "AMOUNT_JPY: '-1,5' is not an amount of yen"),
        (("00000000-0000-0000-0000-000000000000", "0.00"), "AMOUNT_JPY: '0.00' corrects nothing"),
        (("--vendor", "nobody", "12"), "neither an operator nor an endpoint"),
    ],
)
def test_a_correction_that_cannot_be_meant_is_refused(yakin_with_database, arguments, said):
    refused = yakin_with_database("ledger", "adjust", *arguments, "--by", "x", "--because", "y")
    assert (refused.exit_code, said in refused.output.replace("\n", " ")) == (2, True), refused.output


def test_the_month_and_the_vendor_are_checked_before_anything_is_read(yakin_with_database, account):
    refused = yakin_with_database("reconcile", *account("0.14"), "--month", "2026-13")
    assert "--month: write YYYY-MM, like 2026-11" in refused.output
    wrong = yakin_with_database("reconcile", account("0.14")[0], "--vendor", "nobody")
    assert wrong.exit_code == 2


def test_an_account_of_another_month_gives_nothing_back(yakin_with_database, account, database):
    refused = yakin_with_database("reconcile", *account("0.14"), "--month", "2020-01")
    assert (refused.exit_code, "no line of the account lies in 2020-01" in refused.output.replace("\n", " ")) == (
        2,
        True,
    )
    with psycopg.connect(database.owner_url) as conn:
        assert conn.execute("select count(*) from ledger.invoice").fetchone() == (0,)
