"""The whole path on forty mixed files: every document accounted for, every yen metered."""

from decimal import Decimal


def test_every_file_is_answered_or_has_a_reason_and_every_yen_is_on_a_meter(house, forty):
    ended = house.run(budget_jpy=50)

    summary = ended.object
    assert ended.code == 3, ended.err
    assert summary["rehearsal"] is True
    assert Decimal(summary["cost_jpy"]) <= 50
    files = sum(1 for each in forty.rglob("*") if each.is_file())
    assert house.rows("select count(*) from bi.documents where is_current") == [(files,)]
    answered = {row[0] for row in house.rows("select document_id from bi.answers")}
    reasons = {row[0] for row in house.rows("select document_id from bi.unanswered")}
    documents = {row[0] for row in house.rows("select document_id from bi.documents")}
    assert answered | reasons == documents
    assert not answered & reasons
    assert house.charged() == house.metered()
    assert {"encrypted", "corrupt", "empty", "unknown_type", "quarantine"} == {
        each["reason"] for each in summary["unanswered"]
    }


def test_a_budget_too_small_is_not_overspent_and_more_money_does_only_the_rest(house, forty):
    quote = house.yakin("quote", forty, "--use-case", "inquiry_triage", "--json").object
    # The cheapest routes answer everything for about a thirtieth of what the best cost, so a
    # sixtieth cannot be enough; a fifth was, whenever the longest document came early enough.
    budget_jpy = (Decimal(quote["expected_jpy"]) / 60).quantize(Decimal("0.000001"))

    short = house.run(budget_jpy=budget_jpy)

    assert short.code == 4, short.err
    spent = house.rows("select coalesce(sum(cost_jpy), 0) from bi.attempts")[0][0]
    assert spent <= budget_jpy
    assert house.charged() == house.metered()
    documents = short.object["documents"]
    assert documents["answered"] + documents["unanswered"] == documents["seen"]
    assert 0 < documents["answered"] < documents["seen"]

    rest = house.run(budget_jpy=50)

    assert rest.code == 3, rest.err
    assert rest.object["documents"]["skipped"] == documents["answered"]
    assert house.rows("select count(*) = count(distinct document_id) from bi.answers") == [(True,)]
    assert house.charged() == house.metered()


def test_the_same_command_again_answers_nothing_and_costs_nothing(house, texts):
    texts("ポンプが止まりました。至急お願いします。", "見積をお願いします。")
    first = house.run()

    again = house.run()

    assert first.code == 0, first.err
    assert again.code == 0, again.err
    assert again.object["documents"] == {"seen": 2, "answered": 0, "skipped": 2, "unanswered": 0}
    assert Decimal(again.object["cost_jpy"]) == 0
