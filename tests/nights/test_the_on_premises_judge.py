"""Nights with the judge on: it raises by meaning, lowers nothing, sees everything first, and every yen is metered."""

import os
from decimal import Decimal

import pytest

from tests.faults.interfered import kill_group, wait_until
from yakin.local import sandbox

JUDGE = "sandbox-qwen2.5-coder-1.5b"
INQUIRIES = (
    "ポンプが止まりました。至急点検をお願いします。運転は止めてあります。",
    "電磁弁五十個の見積をお願いします。納期は来月です。",
)
DEAL = "来春をめどに同業の会社の株式を過半数取得する方向で条件を詰めています。発表までは話さないでください。"
LAYER = """judge:
  model: {model}
{more}"""


@pytest.fixture
def judging(house):
    """Turn the judge on over the sandbox's catalogue, and say what its vendor answers."""

    def turn_on(verdict: str, *, more: str = "", model: str = JUDGE, **settings: object) -> None:
        layer = house.home / "judge.yaml"
        layer.write_text(LAYER.format(model=model, more=more))
        found = sandbox.status(house.home)
        house.environment |= dict(found.keys)
        house.environment["YAKIN_CATALOGUE"] = os.pathsep.join([str(found.catalogue_path), str(layer)])
        sandbox.control(house.home, "on-prem", {"prefer": {"category": verdict}, **settings})

    return turn_on


def judgements(house) -> list[tuple]:
    return house.rows("select category, level from yakin.judgement order by document_id")


def zones(house, purpose: str) -> set[str]:
    return {
        zone for (zone,) in house.rows("select distinct zone from bi.attempts where purpose = %s and sent", purpose)
    }


def levels(house) -> set[str]:
    return {level for (level,) in house.rows("select distinct level from bi.documents")}


def ask_again(house):
    """The same documents in another night, for another use case: an answered document is not asked twice for one."""
    job = ("run", house.documents, "--use-case", "trouble_report", "--budget-jpy", 50, "--json")
    return house.yakin(*job)


def test_what_the_judge_raises_stays_on_premises_and_every_yen_is_on_the_meter(house, texts, judging):
    texts(DEAL, *INQUIRIES)
    judging("deal")

    ended = house.run()

    assert ended.code == 0, ended.err
    assert judgements(house) == [("deal", "restricted")] * 3
    assert levels(house) == {"restricted"}
    assert (zones(house, "judge"), zones(house, "answer")) == ({"on_prem"}, {"on_prem"})
    assert house.received() == ""
    assert house.charged() == house.metered()
    judged, total = house.rows("select sum(cost_jpy) filter (where purpose = 'judge'), sum(cost_jpy) from bi.attempts")[
        0
    ]
    assert 0 < judged < total == Decimal(ended.object["cost_jpy"])
    assert house.rows("select spent_jpy from bi.budgets where scope = 'run'") == [(total,)]
    reasons = house.rows("select reason from bi.decisions where option = %s and reason like 'judge: %%'", JUDGE)
    assert len(reasons) == 3


def test_a_judge_that_finds_nothing_raises_and_lowers_nothing(house, texts, judging):
    texts(*INQUIRIES)
    texts(f"社外秘\n{DEAL}", folder="marked")
    judging("announcement")

    ended = house.run()

    assert ended.code == 0, ended.err
    assert judgements(house) == [(None, None)] * 3
    assert levels(house) == {"internal", "confidential"}
    assert "overseas" in zones(house, "answer")
    assert "過半数" not in (house.home / "sandbox" / "received-overseas.jsonl").read_text()


def test_no_vendor_sees_a_document_before_its_verdict(house, texts, judging):
    texts(*INQUIRIES)
    judging("daily_work", latency_s=0.3)

    assert house.run().code == 0

    late = house.rows(
        "select count(*) from bi.attempts a join bi.attempts j using (document_id) "
        "where a.purpose = 'answer' and j.purpose = 'judge' and a.started_at < j.finished_at"
    )
    assert late == [(0,)]
    assert house.rows("select count(*) from bi.attempts where purpose = 'judge'") == [(2,)]


def test_a_judge_that_is_away_makes_documents_restricted_for_this_run_and_judges_them_in_the_next(
    house, texts, judging
):
    texts(*INQUIRIES)
    judging("daily_work", faults=[{"kind": "invalid_json", "next": 6}])

    first = house.run()

    assert judgements(house) == []
    assert levels(house) == {"restricted"}
    assert house.received() == ""
    assert first.code == 0, first.err
    assert house.charged() == house.metered()

    judging("daily_work")
    again = ask_again(house)

    assert again.code == 0, again.err
    assert judgements(house) == [(None, None)] * 2


def test_while_the_own_machines_are_down_nothing_leaves_and_the_next_night_judges_and_answers(house, texts, judging):
    texts(*INQUIRIES)
    judging("daily_work", faults=[{"kind": "server_error", "probability": 1.0}])

    down = house.run()

    assert down.code == 3, down.err
    assert {each["reason"] for each in down.object["unanswered"]} == {"endpoint_down"}
    assert (judgements(house), levels(house), house.received()) == ([], {"restricted"}, "")

    judging("daily_work")
    up = house.run()

    assert up.code == 0, up.err
    assert (judgements(house), levels(house)) == ([(None, None)] * 2, {"internal"})
    assert house.charged() == {request: billed for request, billed in house.metered().items() if billed[1] > 0}


def test_where_a_company_says_keep_an_unjudged_document_keeps_its_level(house, texts, judging):
    texts(*INQUIRIES)
    judging("daily_work", more="  when_it_fails: keep\n", faults=[{"kind": "invalid_json", "next": 6}])

    assert house.run().code == 0

    assert (judgements(house), levels(house)) == ([], {"internal"})


def test_a_budget_that_cannot_pay_the_judge_lets_nothing_out(house, texts, judging):
    texts(*INQUIRIES)
    judging("daily_work")

    ended = house.run(budget_jpy="0.001")

    assert ended.code == 4, ended.err
    assert (judgements(house), house.received()) == ([], "")
    assert house.metered() == {}


def test_what_is_restricted_too_short_or_already_judged_is_not_judged(house, texts, judging):
    texts(INQUIRIES[0], "了解です。")
    texts(f"極秘\n{DEAL}", folder="secret")
    judging("daily_work")

    assert house.run().code == 0
    assert len(judgements(house)) == 1

    again = ask_again(house)

    assert again.code == 0, again.err
    assert house.rows("select count(*) from bi.attempts where purpose = 'judge'") == [(1,)]


def test_a_long_document_is_judged_piece_by_piece_to_its_end(house, texts, judging):
    texts("".join(f"{number}行目です。{INQUIRIES[0]}\n" for number in range(40)) + DEAL)
    judging("announcement", more="  tokens_at_once: 400\n")

    assert house.run().code == 0

    pieces = house.rows("select part, parts from yakin.judgement order by part")
    assert pieces == [(number, len(pieces)) for number in range(1, len(pieces) + 1)]
    assert len(pieces) > 2
    assert house.rows("select count(*), count(category) from yakin.verdict") == [(1, 0)]
    received = (house.home / "sandbox" / "received-on-prem.jsonl").read_text().splitlines()
    assert sum(DEAL in line for line in received if "security_incident" in line) == 1
    assert house.charged() == house.metered()


def test_a_verdict_still_counts_when_the_judge_is_turned_off(house, texts, judging):
    (path,) = texts(DEAL)
    judging("deal")
    assert house.run().code == 0
    (house.home / "judge.yaml").write_text("sources: []\n")

    again = ask_again(house)
    explained = house.yakin("explain", path, "--use-case", "inquiry_triage", "--json").object

    assert again.code == 0, again.err
    assert house.rows("select count(*) from bi.attempts where purpose = 'judge'") == [(1,)]
    assert house.received() == ""
    assert (explained["level"], explained["evidence"]["judged_restricted"]) == ("restricted", 1)


def test_a_quote_asks_nobody_not_even_the_judge(house, texts, judging):
    texts(*INQUIRIES)
    judging("deal")

    ended = house.yakin("quote", house.documents, "--use-case", "inquiry_triage", "--json")

    assert ended.code == 0, ended.err
    assert house.received(outside=False) == ""


def test_a_night_killed_while_it_judges_goes_on_and_pays_for_no_verdict_twice(house, judging):
    count = 12
    for number in range(count):
        (house.documents / f"{number:02}.txt").write_text(f"{INQUIRIES[0]} 管理番号は{number}番です。")
    judging("daily_work", latency_s=0.5)
    command = ("run", house.documents, "--use-case", "inquiry_triage", "--budget-jpy", 50, "--json")
    first = house.start(*command)
    wait_until(lambda: len(judgements(house)) >= 4)
    kill_group(first)
    before = len(judgements(house))

    again = house.yakin(*command)

    assert again.code == 0, again.err
    assert before < count
    assert judgements(house) == [(None, None)] * count
    judged = house.rows("select count(*), count(distinct document_id) from bi.attempts "
                        "where purpose = 'judge' and outcome = 'answered'")  # fmt: skip
    assert judged == [(count, count)]
    unknown = house.rows("select count(*) from bi.attempts where outcome = 'unknown'")[0][0]
    assert house.charged().items() <= house.metered().items()
    assert len(house.metered()) - len(house.charged()) <= unknown


def test_a_run_that_began_with_one_judge_is_not_finished_by_another(house, texts, judging):
    texts(*INQUIRIES)
    judging("daily_work", latency_s=2.0)
    command = ("run", house.documents, "--use-case", "inquiry_triage", "--budget-jpy", 50, "--json")
    first = house.start(*command)
    wait_until(lambda: house.rows("select count(*) from yakin.run_judge") == [(1,)])
    kill_group(first)
    judging("daily_work", more="  when_it_fails: keep\n")

    again = house.yakin(*command)

    assert again.code == 2
    assert "began with another judge" in again.err


def test_a_company_policy_that_would_not_hear_the_judge_is_refused(house, texts, judging):
    texts(*INQUIRIES)
    judging("deal")
    from yakin.catalogue.layers import SHIPPED

    policy = (SHIPPED / "policy.yaml").read_text().replace("{kind: judged_secret", "{kind: corporate_number")
    (house.home / "policy.yaml").write_text(policy)
    house.environment["YAKIN_CATALOGUE"] += os.pathsep + str(house.home / "policy.yaml")

    ended = house.run()

    assert ended.code != 0
    assert "judged_secret" in ended.err
    assert house.received(outside=False) == ""
