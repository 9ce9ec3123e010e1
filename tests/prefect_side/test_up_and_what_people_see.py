"""`yakin up` for real: deployments, schedule, worker, form, run, artifacts, approval, Ctrl-C, `yakin down`.

The tests share one machine and its runs, in the order of the file; the last one stops it.
"""

import signal
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from tests.prefect_side.conftest import USE_CASE, until
from tests.prefect_side.screens import choose, field, open_page, options, shoot, stack, write
from yakin.local import postgres, prefect_server, prefect_worker

ROOT = Path(__file__).resolve().parents[2]
JST = ZoneInfo("Asia/Tokyo")
HOLIDAY_NIGHT = "2026-11-23T13:00:00Z"  # 勤労感謝の日, a Monday, at 22:00 JST
TEXTS = ("ポンプが止まりました。至急お願いします。", "見積をお願いします。", "納期を教えてください。")
pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def runs(up, tmp_path_factory):
    """Two flow runs that are under way while the other tests look around."""
    folder = tmp_path_factory.mktemp("texts")
    for number, text in enumerate(TEXTS):
        (folder / f"{number}.txt").write_text(text)
    job = {"source": str(folder), "use_case": "inquiry_triage"}
    asking = {"jobs": [job], "budget_jpy": 20, "mode": "rehearsal", "approval_above_jpy": 0}
    holiday = {"jobs": [job], "budget_jpy": 20, "mode": "rehearsal", "skip_holidays": True}
    return {
        "approval": up.prefect.start("ad-hoc", asking),
        "holiday": up.prefect.start("night-run", holiday, scheduled_time=HOLIDAY_NIGHT),
    }


def test_up_deploys_beside_a_foreign_server_and_one_night_runs_at_a_time(up):
    assert not up.prefect.api_url.startswith("http://127.0.0.1:4200/")
    assert f"Prefect UI: {up.prefect.api_url.removesuffix('/api')} " in up.log.read_text()
    night = up.prefect.deployment("night-run")
    assert night["global_concurrency_limit"]["limit"] == 1
    assert night["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert up.prefect.deployment("ad-hoc")["work_pool_name"] == "yakin"


def test_the_worker_is_online_and_knows_what_a_flow_needs(up):
    workers = up.prefect.ask("/work_pools/yakin/workers/filter", {})
    assert [each["status"] for each in workers] == ["ONLINE"]
    environment = psutil.Process(prefect_worker.status(up.home, "yakin").pid).environ()
    needed = ("YAKIN_HOME", "YAKIN_MODELS", "YAKIN_CATALOGUE")
    assert {name: environment[name] for name in needed} == {name: up.environment[name] for name in needed}
    assert environment["PREFECT_API_URL"] == up.prefect.api_url
    assert environment["YAKIN_PROJECT_ROOT"] == str(ROOT)


def test_a_person_fills_the_form_and_starts_a_run(up, runs, page):
    deployment = up.prefect.deployment("ad-hoc")["id"]
    base = up.prefect.api_url.removesuffix("/api")
    seen = open_page(page, f"{base}/deployments/deployment/{deployment}/run", "Source 対象フォルダー")

    titles = ["Jobs 業務", "Source 対象", "Use case 用途", "Department 部門", "Job budget (yen)", "Baseline level", "Run budget (yen) 予算", "Deadline (JST, HH:MM) 締切", "Mode 実行区分", "Quote only", "Approval above (yen)"]  # fmt: skip # noqa: E501
    assert sorted(titles, key=seen.index) == titles
    assert "contract_terms, inquiry_triage, trouble_report" in seen
    assert "None" not in seen
    assert "float" not in seen
    levels = options(page, "Baseline level")
    assert levels == ["public", "internal", "confidential", "restricted", "secret"]
    assert field(page, "Run budget (yen)").locator("input").input_value() == "50"

    write(page, "Source 対象フォルダー", "/srv/documents/inquiries")
    write(page, "Department 部門", "営業部")
    write(page, "Run budget (yen)", "30")
    choose(page, "Mode 実行区分", "rehearsal")
    shoot(page, "form", height=2400)
    write(page, "Source 対象フォルダー", str(USE_CASE / "samples" / "demo"))
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("営業部").wait_for(state="detached")
    started = until(lambda: _runs_named(up, deployment), 30, "the run that the form started")
    assert started[0]["parameters"]["parameters"]["jobs"][0]["department"] == "営業部"
    runs["form"] = started[0]["id"]


def _runs_named(up, deployment):
    every = up.prefect.ask("/flow_runs/filter", {"deployments": {"id": {"any_": [deployment]}}})
    return [run for run in every if run["parameters"]["parameters"]["budget_jpy"] == 30]


def test_a_quote_above_the_threshold_shows_what_a_person_needs_to_decide(up, runs, page):
    up.prefect.when(runs["approval"], {"PAUSED"})
    base = up.prefect.api_url.removesuffix("/api")
    open_page(page, f"{base}/runs/flow-run/{runs['approval']}", "Paused")
    page.get_by_role("button", name="Resume").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Verdict 判断").wait_for()
    seen = dialog.inner_text()
    shoot(page, "approval", height=1000)
    assert "Budget 予算 ¥20. Without approval 承認なし: ¥0." in seen
    assert "Zones 送信先" in seen
    assert "REHEARSAL 検証実行" in seen
    assert "decline" in seen  # who presses Submit without reading approves nothing
    p95 = "select least(20, ceil((quote->>'p95_jpy')::numeric))::text from yakin.plan join yakin.run using (run_id) "
    offered = up.rows(p95 + "where prefect_flow_run_id = %s", runs["approval"])[0][0]
    assert field(dialog, "Up to (yen) 承認額").locator("input").input_value() == offered
    assert "Your name 承認者" in seen


def test_an_approved_quote_is_answered_in_slices_named_by_zone_and_route(up, runs):
    flow_run = runs["approval"]
    up.prefect.when(flow_run, {"PAUSED"})
    verdict = {"verdict": "approve", "approved_by": "佐藤", "up_to_jpy": 12}
    up.prefect.ask(f"/flow_runs/{flow_run}/resume", {"run_input": verdict})
    up.prefect.when(flow_run, {"COMPLETED"})

    state, cap, answered, spent = up.rows(
        "select r.state, b.cap_jpy, r.answered, r.cost_jpy from bi.runs r "
        "join bi.budgets b on b.scope = 'run' and b.key = r.run_id::text where r.prefect_flow_run_id = %s",
        flow_run,
    )[0]
    assert (state, cap, answered) == ("finished", Decimal(12), len(TEXTS))
    assert 0 < spent <= cap
    artifacts = up.prefect.artifacts(flow_run)
    assert set(artifacts) == {"plan", "approval", "documents", "cost"}
    assert "**approve** by 佐藤: ¥12 may be spent." in artifacts["approval"]["data"]
    assert up.rows('select verdict, up_to_jpy, "by", said_in from bi.quote_approvals') == [
        ("approve", Decimal(12), "佐藤", "ui")
    ]
    until(lambda: "close-run" in up.prefect.task_names(flow_run), 20, "the server records the task runs")
    names = up.prefect.task_names(flow_run)
    assert {"open-run", "register-documents", "classify-n3", "plan-wave-0"} <= names
    assert [name for name in names if name.startswith(("on_prem-", "domestic-", "japan_region-", "overseas-"))]
    lines = up.prefect.log_lines(flow_run)
    assert "3 of 3 answered" in lines
    assert not [text for text in TEXTS if text in lines]


def test_a_night_scheduled_for_a_holiday_ends_without_reading(up, runs):
    run = up.prefect.when(runs["holiday"], {"COMPLETED"})
    assert up.rows("select count(*) from bi.runs where prefect_flow_run_id = %s", run["id"]) == [(0,)]
    assert "2026-11-23 is not a working day in Japan; nothing to do" in up.prefect.log_lines(run["id"])
    assert not up.prefect.artifacts(run["id"])


def test_a_person_sees_slices_documents_plan_and_cost(up, runs, page):
    if "form" not in runs:
        pytest.skip("the form was not tested either")
    up.prefect.when(runs["form"], {"COMPLETED"})
    base, run = up.prefect.api_url.removesuffix("/api"), runs["form"]
    until(lambda: "close-run" in up.prefect.task_names(run), 20, "the server records the task runs")
    open_page(page, f"{base}/runs/flow-run/{run}", "Completed")
    shoot(page, "run", height=1000, settle_s=12)
    page.get_by_text("Task Runs", exact=True).last.click()
    page.get_by_text("plan-wave-0").first.wait_for()
    seen = page.inner_text("body")
    assert "on_prem-sandbox-" in seen
    assert "close-run" in seen

    artifacts = up.prefect.artifacts(run)
    plan = open_page(page, f"{base}/artifacts/artifact/{artifacts['plan']['id']}", "Zones 送信先")
    assert "JST" in plan
    documents = open_page(page, f"{base}/artifacts/artifact/{artifacts['documents']['id']}", "10 Items")
    assert "quarantine" in documents
    assert "encrypted" in documents
    shoot(page, "documents", height=800)
    cost = open_page(page, f"{base}/artifacts/artifact/{artifacts['cost']['id']}", "spent 実績")
    shoot(page, "cost", height=600)
    stack(["documents", "cost"], "artifacts")
    assert "8 answered 回答" in cost
    assert "█" in cost


def test_the_schedule_gives_runs_at_22_in_tokyo_on_weekdays(up):
    night = up.prefect.deployment("night-run")["id"]
    query = {"deployments": {"id": {"any_": [night]}}, "flow_runs": {"state": {"name": {"any_": ["Scheduled"]}}}}
    planned = until(lambda: up.prefect.ask("/flow_runs/filter", query), 90, "scheduled runs")
    starts = [datetime.fromisoformat(each["expected_start_time"]).astimezone(JST) for each in planned]
    assert {(start.hour, start.minute) for start in starts} == {(22, 0)}
    assert {start.weekday() for start in starts} <= {0, 1, 2, 3, 4}
    assert all(each["auto_scheduled"] for each in planned)


def test_ctrl_c_stops_the_worker_and_down_stops_the_rest(up):
    worker = prefect_worker.status(up.home, "yakin")
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(timeout=60) == 130, up.log.read_text()
    assert not psutil.pid_exists(worker.pid) or psutil.Process(worker.pid).status() == psutil.STATUS_ZOMBIE
    assert prefect_server.status(up.home) is not None
    assert postgres.status(up.home) is not None

    ended = up.yakin("down")

    assert ended.returncode == 0, ended.stderr
    assert "Prefect server: stopped" in ended.stderr
    assert (prefect_server.status(up.home), postgres.status(up.home)) == (None, None)
