"""Without approval only the standing budget is spent, in the ledger too; in a flow that runs in this process."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest

from tests.prefect_side.conftest import Prefect, until

pytestmark = pytest.mark.live
PROGRAM = """
import json, sys
from yakin.cli import night
job, run = json.loads(sys.argv[1])
sys.exit(night.start(night.parameters_from(job, run), as_json=True).value)
"""


@pytest.fixture
def asking(house, texts):
    """A run whose quote is above its threshold of zero yen, as `yakin run` would start it."""
    texts("ポンプが止まりました。", "見積をお願いします。", "納期を教えてください。", "図面を送ってください。")
    started = []

    def start(**run):
        job = {"source": str(house.documents), "use_case": "inquiry_triage"}
        whole = {"budget_jpy": 20, "mode": "rehearsal", "approval_above_jpy": 0} | run
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps([job, whole])], env=house.environment, cwd=house.home,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _ended(process):
    out, err = process.communicate(timeout=120)
    assert out, err
    return process.returncode, json.loads(out)


def _cap_and_flow_run(house, run_id):
    return house.rows(
        "select b.cap_jpy, r.prefect_flow_run_id::text from bi.runs r "
        "join bi.budgets b on b.scope = 'run' and b.key = r.run_id::text where r.run_id = %s",
        run_id,
    )[0]


def _said(house):
    return house.rows('select verdict, up_to_jpy, "by", said_in from bi.quote_approvals order by quote_approval_id')


def test_a_declined_quote_spends_the_standing_budget_and_names_the_rest(house, asking):
    process = asking(standing_budget_jpy=0.1)
    prefect = Prefect(house.environment["PREFECT_API_URL"])
    find = "select prefect_flow_run_id::text from bi.runs"
    flow_run = until(lambda: house.rows(find), 60, "the run opens")[0][0]
    prefect.when(flow_run, {"PAUSED"})
    refused = [
        prefect.ask(f"/flow_runs/{flow_run}/resume", {"run_input": wrong})["status"]
        for wrong in (
            {"verdict": "approve", "approved_by": "鈴木", "up_to_jpy": 20.5},  # more than the budget
            {"verdict": "approve", "approved_by": "鈴木", "up_to_jpy": "all"},
            {"verdict": "approve", "approved_by": " "},
        )
    ]
    prefect.ask(f"/flow_runs/{flow_run}/resume", {"run_input": {"verdict": "decline", "approved_by": "鈴木"}})

    code, summary = _ended(process)

    assert refused == ["REJECT"] * 3
    assert code == 3
    assert 0 < summary["documents"]["answered"] < 4
    assert Decimal(summary["cost_jpy"]) <= Decimal("0.1")
    assert {each["reason"] for each in summary["unanswered"]} == {"awaiting_approval"}
    assert _cap_and_flow_run(house, summary["run_id"]) == (Decimal("0.1"), flow_run)
    assert house.charged() == house.metered()
    assert prefect.when(flow_run, {"COMPLETED"})["state_name"] == "Completed"
    assert "**decline** by 鈴木: ¥0.1 may be spent." in prefect.artifacts(flow_run)["approval"]["data"]
    assert _said(house) == [("decline", None, "鈴木", "ui")]


def test_a_quote_that_nobody_answers_in_time_spends_nothing_and_is_not_a_failure(house, asking):
    code, summary = _ended(asking(approval_wait_minutes=0.05))

    assert code == 3
    assert summary["documents"] == {"seen": 4, "answered": 0, "skipped": 0, "unanswered": 4}
    assert house.rows("select distinct reason from bi.unanswered") == [("awaiting_approval",)]
    assert house.received(outside=False) == ""
    cap, flow_run = _cap_and_flow_run(house, summary["run_id"])
    assert cap == 0
    prefect = Prefect(house.environment["PREFECT_API_URL"])
    assert prefect.when(flow_run, {"COMPLETED"})["state_name"] == "Completed"
    assert "by nobody in time" in prefect.artifacts(flow_run)["approval"]["data"]
    assert _said(house) == [("expired", None, "", "ui")]


def test_what_was_approved_in_the_afternoon_is_the_cap_of_a_night_that_does_not_wait(house, asking):
    quote = house.yakin("quote", house.documents, "--use-case", "inquiry_triage", "--json").object
    approved = house.yakin("approve", quote["run_id"][:8], "--by", "佐藤", "--up-to-jpy", 7, "--json")
    assert house.received(outside=False) == ""

    code, summary = _ended(asking(approval_wait_minutes=600))

    assert approved.object["up_to_jpy"] == "7"
    assert code == 0
    assert summary["documents"]["answered"] == 4
    cap, flow_run = _cap_and_flow_run(house, summary["run_id"])
    assert cap == 7
    used = house.rows("select said_in, up_to_jpy, used_by_run_id::text from bi.quote_approvals")
    assert used == [("cli", Decimal(7), summary["run_id"])]
    artifact = Prefect(house.environment["PREFECT_API_URL"]).artifacts(flow_run)["approval"]
    assert "**approve** by 佐藤: ¥7 may be spent." in artifact["data"]
