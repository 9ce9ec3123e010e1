"""The register of a real night against what the vendors wrote down: same numbers, same form, nothing of on_prem."""

import csv
import json
from collections import Counter

FILES = {
    "Sandbox (domestic)": "domestic",
    "Sandbox (Japan region)": "japan-region",
    "Sandbox (overseas)": "overseas",
    "Sandbox (on premises)": "on-prem",
}
SOME_FAIL = {
    "all": {
        "faults": [
            {"kind": "invalid_json", "next": 2},
            {"kind": "rate_limited", "probability": 0.1},
            {"kind": "server_error", "probability": 0.1, "seed": 1},
        ]
    }
}


def _received(house, vendor: str) -> Counter:
    """Requests that a vendor wrote down, by whether their instructions speak of masked text."""
    path = house.home / "sandbox" / f"received-{FILES[vendor]}.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return Counter("［人物_" in json.dumps(json.loads(line)["body"], ensure_ascii=False) for line in lines)


def test_the_register_of_a_night_with_faults_is_what_the_vendors_received(house, forty):
    house.vendors(SOME_FAIL)
    night = house.run("--rehearsal", budget_jpy=500)
    assert night.code == 3, night.err

    shown = house.yakin("register", "--rehearsal", "--json")

    assert shown.code == 0, shown.err
    lines = shown.object["lines"]
    listed = {vendor: Counter() for vendor in FILES}
    for line in lines:
        listed[line["vendor"]][line["masked"]] += line["requests"]
    on_prem = listed.pop("Sandbox (on premises)")
    assert on_prem == Counter()
    assert _received(house, "Sandbox (on premises)").total() > 0
    assert listed == {vendor: _received(house, vendor) for vendor in listed}
    assert listed["Sandbox (Japan region)"][True] > 0
    assert {"answer", "repair"} == {purpose for line in lines for purpose in line["purposes"]}

    confidential = next(line for line in lines if line["level"] == "confidential")
    assert "28条" in confidential["basis"]
    assert confidential["kinds"]["person"] > 0
    assert confidential["operator_country"] == "US"
    assert confidential["region"] == "JP"
    assert {"operator", "infrastructure", "region"} <= {claim["claim"] for claim in confidential["evidence"]}
    assert shown.object["attention"] == []
    _check_views(house, lines)
    _check_paper(house, lines)
    assert house.yakin("register", "--json").object["lines"] == []  # real work has a register of its own


def _check_views(house, lines) -> None:
    """The views say the same; every row leads to the decisions that allowed it."""
    requests = sum(line["requests"] for line in lines)
    assert house.rows("select sum(requests)::bigint from bi.transfers") == [(requests,)]
    assert house.rows("select sum(attempts)::bigint from bi.zone_flow where zone <> 'on_prem'") == [(requests,)]
    undecided = house.rows(
        "select count(*) from bi.transfers t cross join unnest(t.decision_ids) d (id) "
        "left join bi.decisions b on b.decision_id = d.id and b.document_id = t.document_id and t.zone = any (b.zones) "
        "where b.decision_id is null"
    )
    assert undecided == [(0,)]
    personal = "select count(*) from bi.zone_flow where personal and not masked and zone not in ('on_prem', 'domestic')"
    assert house.rows(personal) == [(0,)]


def _check_paper(house, lines) -> None:
    """The printed register and the CSV have a line each, in Japanese and English."""
    printed = house.yakin("register", "--rehearsal")
    assert "提供・委託・越境移転記録簿 register of transfers" in printed.out
    assert "REHEARSAL 検証実行" in printed.out
    assert "法務の確認 for legal: なし none" in printed.out
    path = house.home / "register.csv"
    assert house.yakin("register", "--rehearsal", "--csv", path).code == 0
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["送信回数 requests"] for row in rows] == [str(line["requests"]) for line in lines]
    assert {row["仮名化 masked"] for row in rows} == {"はい yes", "いいえ no"}
