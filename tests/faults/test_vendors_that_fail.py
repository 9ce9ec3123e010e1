"""Vendors that limit, fail, hang and talk nonsense: every document ends, every yen is accounted for."""

from tests.faults.accounts import reconcile_with_the_meters

KINDS = ("rate_limited", "server_error", "disconnect_before", "disconnect_after", "hang", "truncated", "invalid_json")
FAULTS = [{"kind": kind, "next": 3, "retry_after_s": 1.0} for kind in (*KINDS, "refusal", "over_long")]
SPENT = "select sum(cost_jpy), count(*) filter (where purpose = 'repair') from bi.attempts"


def test_a_night_among_failing_vendors_answers_or_says_why_and_keeps_its_books(night):
    night.write(40)
    night.budget_jpy = 500  # what hangs keeps its worst case reserved
    night.limit(timeout_s=3)
    night.vendors(faults=FAULTS)

    ended = night.run()

    assert ended.code in (0, 3), ended.err
    documents = ended.object["documents"]
    assert documents["answered"] + documents["unanswered"] == documents["seen"] == 40
    assert documents["answered"] >= 25  # each vendor spoils 27 requests
    assert {each["reason"] for each in ended.object["unanswered"]} <= {
        "refused",
        "truncated",
        "invalid_answer",
        "failed",
    }
    outcomes = {row[0] for row in night.house.rows("select distinct outcome from bi.attempts")}
    assert outcomes == {"answered", "transient", "unknown", "truncated", "invalid", "refused"}
    spent, repairs = night.house.rows(SPENT)[0]
    assert repairs > 0
    assert spent <= night.budget_jpy
    met = {each.status for each in night.meter()}
    assert {*KINDS, "refusal", "over_long"} <= met
    night.books_balance()

    unknown = night.unknown()
    accounts = reconcile_with_the_meters(night.house)
    assert sum(each["lost"] + each["released"] for each in accounts) == unknown > 0
    assert sum(each["lost"] for each in accounts) > 0
    assert [each["left"] for each in accounts] == [[] for _ in accounts]
    assert night.unknown() == 0
    night.books_balance()  # nothing is held any more, and every request that was billed is charged
    assert night.house.charged() == {
        each.request_id: (each.currency, each.amount) for each in night.meter() if each.amount > 0
    }


def test_when_one_vendor_is_down_the_next_of_the_same_clearance_takes_over(night):
    night.write(20)
    (night.house.documents / "restricted.txt").write_text("山田太郎さんの健康診断は要再検査でした。")
    night.vendors("overseas", faults=[{"kind": "server_error", "probability": 1.0}])
    night.vendors("domestic", faults=[{"kind": "server_error", "probability": 1.0}])

    ended = night.run()

    assert ended.code == 0, ended.err
    assert night.answered() == 21
    assert {row[0] for row in night.house.rows("select distinct zone from bi.answers where level = 'internal'")} <= {
        "japan_region", "on_prem",
    }  # fmt: skip
    assert night.house.rows("select zone from bi.answers where level = 'restricted'") == [("on_prem",)]
    assert "健康診断" not in night.received()
    night.books_balance()


def test_when_the_only_place_for_restricted_documents_is_down_they_stay_and_say_so(night):
    night.write(2)
    (night.house.documents / "restricted.txt").write_text("山田太郎さんの健康診断は要再検査でした。")
    night.vendors("on-prem", faults=[{"kind": "server_error", "probability": 1.0}])

    ended = night.run()

    assert ended.code == 3, ended.err
    assert night.answered() == 2
    assert [each["reason"] for each in ended.object["unanswered"]] == ["endpoint_down"]
    assert "健康診断" not in night.received()
    night.books_balance()
