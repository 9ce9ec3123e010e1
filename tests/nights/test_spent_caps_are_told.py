"""A night whose caps are nearly spent says so to Prefect, once; while Prefect is away it is told later."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.prefect_side.conftest import Prefect, until

ROOT = Path(__file__).resolve().parents[2]
CAPS = """
budgets:
  thresholds: [1, 100]
  caps: [{scope: month, cap_jpy: 7}]
  rehearsal:
    - {scope: month, cap_jpy: 1}
    - {scope: department, key: 営業部, per: fiscal_year, cap_jpy: 1000}
"""
TELL = """
import asyncio, sys
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from tasks.thresholds import find_and_tell
from yakin.store.pool import Pool

async def main():
    pool = await Pool.open(sys.argv[1], max_size=2)
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}):
        print(await find_and_tell(pool, (1, 2, 100)))
    print(await find_and_tell(pool, (1, 2, 100)))
    async with pool.connection() as conn:
        await conn.execute("update ledger.threshold_crossing set claimed_until = '-infinity'")
    print(await find_and_tell(pool, (1, 2, 100)))
    await pool.close()

asyncio.run(main())
"""


@pytest.fixture
def events(house):
    prefect = Prefect(house.environment["PREFECT_API_URL"])

    def of(resource_id):
        asked = {"event": {"name": ["yakin.budget.threshold"]}, "resource": {"id": [resource_id]}}
        return prefect.ask("/events/filter", {"filter": asked})["events"]

    return of


def test_a_night_tells_what_it_spent_of_its_caps_once_and_with_its_flow_run(house, texts, events, tmp_path):
    texts("ポンプが止まりました。", "見積をお願いします。")
    (tmp_path / "ours.yaml").write_text(CAPS)
    house.environment["YAKIN_CATALOGUE"] = str(tmp_path / "ours.yaml")

    assert house.run("--rehearsal").code == 0

    crossed = house.rows("select scope, percent, told_at is not null, event_id::text from bi.threshold_crossings")
    assert [row[:3] for row in crossed] == [("month", 1, True)]
    assert house.rows("select scope, set_by, cap_jpy from bi.budgets where scope <> 'run' order by 1") == [
        ("department", "yaml", 1000), ("month", "yaml", 1),
    ]  # fmt: skip
    (event,) = until(lambda: [e for e in events("yakin.budget.month") if e["id"] == crossed[0][3]], 20, "the event")
    related = {each["prefect.resource.role"]: each["prefect.resource.name"] for each in event["related"]}
    assert related["flow"] == "night-run"  # what the shipped automation asks for
    assert "flow-run" in related
    assert event["resource"]["yakin.percent"] == "1"
    assert event["payload"]["cap_jpy"] == "1.000000"

    # what is crossed while Prefect is away is told when its claim runs out, and what was told is not told again
    command = [sys.executable, "-c", TELL, house.environment["YAKIN_DATABASE_URL"]]
    ended = subprocess.run(
        command, env=house.environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.stdout.split(), ended.returncode) == (["0", "0", "1"], 0), ended.stderr
    until(lambda: len(events("yakin.budget.month")) == 2, 20, "both events, each once")


def test_the_automation_that_is_shipped_and_the_one_on_the_page_hear_real_work_only():
    from prefect.events.schemas.automations import AutomationCore
    from prefect.events.schemas.events import Resource

    text = (ROOT / "deployments" / "automations" / "budget-threshold.yaml").read_text()
    page = (ROOT / "docs" / "budgets.md").read_text().split("```yaml automation\n")[1].split("```")[0]
    shipped, told = (AutomationCore.model_validate(yaml.safe_load(each)["automations"][0]) for each in (text, page))

    def heard(by, scope, percent, rehearsal="false"):
        labels = {"yakin.scope": scope, "yakin.percent": percent, "yakin.rehearsal": rehearsal}
        return by.trigger.match.matches(Resource({"prefect.resource.id": f"yakin.budget.{scope}", **labels}))

    assert shipped.trigger.match_related["prefect.resource.name"] == ["night-run"]
    assert heard(shipped, "month", "100")
    assert heard(shipped, "fiscal_year", "100")
    for other in (("month", "80"), ("day", "100"), ("month", "100", "true")):
        assert not heard(shipped, *other)
    assert heard(told, "day", "80")
    assert not heard(told, "day", "50")
