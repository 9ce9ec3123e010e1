"""`yakin purge` after a real night: content goes by age, what proves it stays, and nothing is asked again."""

import json
import shutil
from pathlib import Path

import psycopg

from yakin.local import postgres as embedded
from yakin.use_cases.load import load_use_cases

ARTIFACTS = "select data::text from artifact where key = 'purge' order by created"
TEXTS = (
    "極秘\n雲母坂 怜さんの買収の件です。",
    "ポンプが止まりました。至急お願いします。",
    "見積をお願いします。",
)


def _own_use_case(folder: Path, days: int) -> None:
    """The shipped use case as a company's own that keeps its answers for so many days."""
    shutil.copytree(load_use_cases(None)["inquiry_triage"].folder, folder / "inquiry_triage")
    settings = folder / "inquiry_triage" / "use_case.yaml"
    settings.write_text(settings.read_text() + f"answers_kept_days: {days}\n")


def _received(house, vendor: str) -> int:
    return len((house.home / "sandbox" / f"received-{vendor}.jsonl").read_text().splitlines())


def test_a_purge_removes_what_is_old_says_so_and_the_next_night_buys_nothing_again(house, texts, postgres_home):
    _own_use_case(house.home / "use_cases", days=90)
    house.environment["YAKIN_USE_CASES"] = str(house.home / "use_cases")
    texts(*TEXTS)
    assert house.run("--rehearsal").code == 0
    assert _received(house, "on-prem") > 0
    outside = _received(house, "overseas")
    assert outside > 0
    ledger = house.rows("select count(*), sum(amount_jpy) from bi.ledger")

    young = house.yakin("purge", "--json")

    assert young.code == 0, young.err
    assert {(each["what"], each["zone"], each["kept_days"]) for each in young.object["removed"]} == {
        ("recording", "on_prem", 0)  # 極秘 may have been in it: no working copies
    }
    assert _received(house, "on-prem") == 0
    assert _received(house, "overseas") == outside

    with psycopg.connect(house.owner_url) as conn:
        conn.execute("update yakin.answer set answered_at = answered_at - interval '31 days'")
    would = house.yakin("purge", "--dry-run", "--json")
    assert house.rows("select count(*) from yakin.answer") == [(3,)]
    purged = house.yakin("purge", "--json")

    assert (would.code, purged.code) == (0, 0), would.err + purged.err
    assert would.object["removed"] == purged.object["removed"]
    by_level = {each["level"]: each["count"] for each in purged.object["removed"]}
    assert by_level == {"internal": 2, "secret": 1}
    assert house.rows("select count(*) from yakin.answer") == [(0,)]
    assert house.rows("select count(*), sum(amount_jpy) from bi.ledger") == ledger
    assert house.rows("select what, level, count from bi.purges where what <> 'recording' order by level") == [
        ("rehearsal_answer", "internal", 2),
        ("rehearsal_answer", "secret", 1),
    ]

    again = house.run("--rehearsal", "--new")

    assert again.code == 0, again.err
    assert again.object["documents"] == {"seen": 3, "answered": 0, "skipped": 3, "unanswered": 0}
    _check_artifacts(postgres_home)


def _check_artifacts(postgres_home: Path) -> None:
    """The UI's tables: kinds, counts, ages; no content."""
    shown = embedded.run_as_superuser(postgres_home, ARTIFACTS, database="prefect")
    assert "rehearsal_answer" in shown
    assert "recording" in shown
    assert not [text for text in ("買収", "ポンプ", "見積") if text in shown or json.dumps(text)[1:-1] in shown]


def test_real_answers_are_kept_as_long_as_their_use_case_says_and_no_longer(house, texts):
    _own_use_case(house.home / "use_cases", days=90)
    house.environment["YAKIN_USE_CASES"] = str(house.home / "use_cases")
    texts(*TEXTS[1:])
    assert house.run("--rehearsal").code == 0
    with psycopg.connect(house.owner_url) as conn:  # as if it had been real work of two ages
        conn.execute("alter table yakin.answer drop constraint answer_run_id_rehearsal_fkey")
        conn.execute("update yakin.answer set rehearsal = false")
        conn.execute("update yakin.answer set answered_at = now() - interval '89 days' where document_id = 1")
        conn.execute("update yakin.answer set answered_at = now() - interval '91 days' where document_id = 2")

    purged = house.yakin("purge", "--json")

    assert purged.code == 0, purged.err
    answers = [each for each in purged.object["removed"] if each["what"] == "answer"]
    assert [(each["use_case"], each["count"], each["kept_days"]) for each in answers] == [("inquiry_triage", 1, 90)]
    assert house.rows("select document_id from yakin.answer") == [(1,)]
