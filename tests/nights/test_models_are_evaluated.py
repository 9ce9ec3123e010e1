"""A golden set over candidate models through the command: what is asked, what is measured, what never leaves."""

import json
import shutil
from decimal import Decimal

import pytest

from yakin.use_cases.load import load_use_cases

SECRET_WORDS = "健康診断の再検査の予約が未了の方がいます。産業医の山吹まで。"
GOLDEN = [
    ("quote", "静音ポンプ十台の見積をお願いします。", "internal"),
    ("quote", "Please send us a quotation for forty valves.", "public"),
    ("defect", "ポンプから金属音がして止まりました。至急お願いします。", "internal"),
    ("hr", SECRET_WORDS, "restricted"),
]
MODELS = "sandbox-gpt-6-luna,sandbox-plamo-3.0-prime,sandbox-qwen2.5-coder-1.5b"


@pytest.fixture
def triage(house, tmp_path):
    """The shipped triage with a golden set of four; sandbox vendors that mostly say `quote`."""
    folder = tmp_path / "use_cases" / "small_triage"
    shutil.copytree(load_use_cases(None)["inquiry_triage"].folder, folder)
    lines = [
        {"id": f"g-{number}", "document": text, "expected": {"category": category}, "level": level}
        for number, (category, text, level) in enumerate(GOLDEN)
    ]
    (folder / "golden.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    house.environment["YAKIN_USE_CASES"] = str(folder.parent)
    house.vendors({"overseas": {"prefer": {"category": "quote"}}})
    return "small_triage"


def test_every_candidate_is_asked_within_its_clearance_and_what_it_scored_is_kept(house, triage):
    ended = house.yakin("evaluate", triage, "--models", MODELS, "--budget-jpy", 50, "--json")

    assert ended.code == 0, ended.err
    summary = ended.object
    assert summary["rehearsal"] is True
    assert summary["documents"] == {"seen": 4, "answered": 4, "unanswered": 0}
    items = {model["model"]: model["items"] for model in summary["models"]}
    assert items == dict(zip(MODELS.split(","), (3, 3, 4), strict=True))
    luna = next(model for model in summary["models"] if model["model"] == "sandbox-gpt-6-luna")
    assert luna["quality"] == pytest.approx(2 / 3, abs=1e-3)
    assert luna["low"] < luna["quality"] < luna["high"]
    assert "would tell" in summary["size_words"]

    assert "山吹" not in house.received()
    assert "静音ポンプ" in house.received()
    assert house.rows("select count(*) from yakin.answer") == [(0,)]
    assert house.rows("select distinct purpose from bi.attempts where purpose <> 'repair'") == [("evaluate",)]
    assert house.rows("select count(*) from bi.documents where only_evaluated and state is null") == [(4,)]
    assert house.charged() == house.metered()
    assert Decimal(summary["cost_jpy"]) == house.rows("select cost_jpy from bi.runs where purpose = 'evaluation'")[0][0]
    zones = "select zone from bi.attempts join bi.decisions using (run_id, document_id) where bi.decisions.level = %s"
    assert set(house.rows(zones, "restricted")) == {("on_prem",)}
    quality = "select quality, items from bi.model_quality where model = %s and field = '' and feature = ''"
    assert house.rows(quality, "sandbox-gpt-6-luna") == [(pytest.approx(2 / 3), 3)]

    short = house.yakin("evaluate", triage, "--models", MODELS, "--budget-jpy", "0.01", "--json")

    assert short.code == 4, short.err
    assert {each["reason"] for each in short.object["unanswered"]} == {"budget"}
    assert Decimal(short.object["cost_jpy"]) <= Decimal("0.01")
    assert house.charged() == house.metered()
    frozen = "select quality_measured from yakin.run_offer where run_id = %s and offer = any (%s)"
    assert set(house.rows(frozen, short.object["run_id"], MODELS.split(","))) == {(True,)}  # as nights begin, too
