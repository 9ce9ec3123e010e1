"""A flagged folder's documents stay with Japanese operators, in the explanation and in the night; told in Japanese."""

REGISTER = """
sources:
  - prefix: {documents}/**/受託
    level: internal
    department: 営業部
    owner: 営業部長
    flags: [third_party_nda]
    reviewed: {{by: 法務花子, on: 2026-11-20}}
    row: 台帳.csv:12
"""
PERSON = "山田太郎様の携帯は090-1234-5678です。至急ご連絡ください。"

JAPANESE = (
    *("機密区分: 社外秘（confidential）", "検出（種類と件数のみ）", "電話番号 × 1", "人名 × 1"),
    *("台帳の区分: 社内一般（internal）", "台帳.csv:12", "法務花子", "第三者との秘密保持契約"),
    *("送信可否: 社内設備、国内事業者", "個人情報保護法27条5項1号", "へ送れない", "価値が最大"),
)
ENGLISH = (
    "level 機密区分: confidential 社外秘 because ",
    "found: telephone number",
    "APPI art. 27(5)(i)",
    "台帳.csv:12",
)


def test_a_flag_of_the_register_narrows_zones_and_is_explained_in_japanese(house, texts, tmp_path):
    register = tmp_path / "register.yaml"
    register.write_text(REGISTER.format(documents=house.documents), encoding="utf-8")
    house.environment["YAKIN_CATALOGUE"] = str(register)
    (flagged,) = texts("納品書の書式についてのお問い合わせです。", folder="一課/受託/甲社")
    (person,) = texts(PERSON, folder="二課/受託")

    told = house.yakin("explain", flagged, "--json").object
    said = house.yakin("explain", person, "--language", "ja")
    english = house.yakin("explain", person, "--language", "en")
    ended = house.run(budget_jpy=20)

    assert (told["level"], told["flags"], told["zones"]) == ("internal", ["third_party_nda"], ["on_prem", "domestic"])
    assert told["baseline"] == {
        "level": "internal",
        "declared": True,
        "row": "台帳.csv:12",
        "prefix": f"{house.documents}/**/受託",
        "department": "営業部",
        "owner": "営業部長",
        "reviewed": {"by": "法務花子", "on": "2026-11-20"},
        "elsewhere": None,
    }
    closed = {each["zone"]: each["closed_because"] for each in told["conditions"]}
    assert closed["overseas"] == ["flag:third_party_nda"]
    assert closed["domestic"] == []
    assert [word for word in JAPANESE if word not in said.out] == []
    assert [word for word in ENGLISH if word not in english.out] == []
    assert "山田" not in said.out + said.err + english.out
    assert "1234" not in said.out + english.out
    assert ended.code in (0, 3, 4), ended.err
    zones = house.rows("select distinct unnest(zones) from bi.decisions")
    assert {zone for (zone,) in zones} <= {"on_prem", "domestic"}
    assert house.rows("select distinct flags from yakin.item") == [(["third_party_nda"],)]
    assert {zone for (zone,) in house.rows("select distinct zone from bi.attempts")} <= {"on_prem", "domestic"}
