"""What `explain`, `quote`, `report` and `db psql` say of one small night, from outside."""

from decimal import Decimal

OFFER_FIELDS = {"offer", "zone", "tier", "expected_jpy", "quality", "allowed", "why_not"}
TEXTS = ("山田太郎様の携帯は090-1234-5678です。至急ご連絡ください。", "個人番号 123456789018 を届け出ます。")


def test_explain_says_level_evidence_offers_and_choice_without_any_value(house, texts):
    person, my_number = texts(*TEXTS)

    explained = house.yakin("explain", person, "--json")
    said = house.yakin("explain", my_number)

    told = explained.object
    assert {"uri", "sha256", "level", "evidence", "zones", "offers", "choice", "reason"} <= set(told)
    assert (told["level"], told["zones"]) == ("confidential", ["on_prem", "domestic", "japan_region"])
    assert told["evidence"] == {"phone": 1, "person": 1}
    assert all(set(offer) == OFFER_FIELDS for offer in told["offers"])
    allowed = {offer["offer"]: offer for offer in told["offers"] if offer["allowed"]}
    assert Decimal(allowed[told["choice"]]["expected_jpy"]) > 0
    assert {offer["zone"] for offer in allowed.values()} == set(told["zones"])
    assert "batch" in {offer["tier"] for offer in told["offers"]}
    assert "山田" not in explained.out + explained.err
    assert "quarantine: My Number present" in said.out
    assert "123456789018" not in said.out + said.err


def test_a_quote_then_a_night_then_its_report(house, texts):
    texts(*TEXTS)

    quote = house.yakin("quote", house.documents, "--use-case", "inquiry_triage", "--json").object
    ended = house.yakin("run", house.documents, "--use-case", "inquiry_triage", "--budget-jpy", 5)
    report = house.yakin("report", "latest", "--json").object
    read = house.yakin("report")
    asked = house.yakin("db", "psql", "-Atc", "select count(*) from bi.answers")

    assert set(quote["zones"]) <= {"on_prem", "domestic", "japan_region"}
    assert sum(route["documents"] for route in quote["routes"]) == 1
    assert (quote["unanswered"], quote["rehearsal"]) == ({"quarantine": 1}, True)
    assert {"run_id", "quality", "unmeasured_share", "value_jpy", "bound_jpy", "limits", "words"} <= set(quote)
    assert ended.code == 3, ended.err
    assert "quarantine" in ended.out
    assert "REHEARSAL 検証実行" in ended.err
    assert "Traceback" not in ended.err
    assert "WARNING" not in ended.err
    assert {row["reason"] for row in report["documents"] if row["state"] == "unanswered"} == {"quarantine"}
    assert Decimal(report["cost_jpy"]) <= Decimal(quote["worst_jpy"])
    assert report["cost_per_answer_jpy"] == report["cost_jpy"]  # one document was answered, and nothing asked twice
    assert report["waste"] == []
    assert 0 < Decimal(report["plan"]["expected_jpy"]) <= Decimal(quote["worst_jpy"])
    assert report["finished_at"] > report["plan"]["finish_at"][:10]
    assert report["approvals"] == []
    assert "expected, ¥" in read.out
    assert "JST" in read.out
    assert "per answered document; no request beside those that answered" in read.out.replace("\n", " ")
    page = house.home / "reports" / f"{report['run_id']}.html"
    assert str(page) in read.out
    assert "検証実行" in page.read_text()
    assert not any(text in page.read_text() + read.out for text in TEXTS)
    assert asked.out.strip() == "1", asked.err
