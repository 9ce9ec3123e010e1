"""`yakin approve`: a quote of tonight, an amount, a name; anything else is refused with the remedy."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.store.story import new_run, plan
from yakin.domain.calendar import business_date
from yakin.store import decisions, runs
from yakin.store.pool import Pool
from yakin.store.runs import RunState

TONIGHT = business_date(datetime.now(UTC))


@pytest.fixture
def quoted(database):
    """A run that ended in a state, with a quote of ¥1.5 expected and ¥2 p95; its id."""

    def make(state=RunState.QUOTED, on=TONIGHT, budget_jpy=1000):
        async def step():
            pool = await Pool.open(database.app_url, max_size=1)
            new = replace(new_run(budget_jpy=budget_jpy), business_date=on, parameters={"jobs": [{"use_case": "t"}]})
            async with pool.connection() as conn:
                run = await runs.open_run(conn, new, force_new=True)
                await decisions.save_plan(conn, run.run_id, plan([]), why="start")
                await runs.finish_run(conn, run.run_id, state)
            await pool.close()
            return run.run_id

        return asyncio.run(step())

    return make


def test_what_is_approved_is_p95_in_whole_yen_or_what_is_typed_and_never_more_than_the_budget(
    yakin_with_database, quoted
):
    run_id = quoted(budget_jpy=900)
    for options, up_to_jpy in (((), "2"), (("--up-to-jpy", "1,5"), None), (("--up-to-jpy", "1.5"), "1.5"),
                               (("--up-to-jpy", "901"), None), (("--decline",), None)):  # fmt: skip
        ended = yakin_with_database("approve", run_id[:8], "--by", "佐藤", "--json", *options)
        if ended.exit_code == 0:
            said = json.loads(ended.stdout)
            assert (said["up_to_jpy"], said["by"], said["business_date"]) == (up_to_jpy, "佐藤", str(TONIGHT))
        else:
            assert (ended.exit_code, up_to_jpy) == (2, None)
            assert "is not an amount of yen" in ended.stderr or "more than the quote's budget of ¥900" in ended.stderr
    report = json.loads(yakin_with_database("report", run_id, "--json").stdout)
    assert [(each["verdict"], each["up_to_jpy"] and Decimal(each["up_to_jpy"])) for each in report["approvals"]] == [
        ("decline", None), ("approve", Decimal("1.5")), ("approve", Decimal(2)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"state": RunState.FINISHED}, "is finished, not a quote; make one with yakin quote"),
        ({"on": TONIGHT - timedelta(days=1)}, "whose night is over; make a new one"),
    ],
)
def test_only_a_quote_of_a_night_to_come_can_be_approved(yakin_with_database, quoted, made, said):
    ended = yakin_with_database("approve", quoted(**made), "--by", "佐藤")
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert "no run 'ffffffff'" in yakin_with_database("approve", "ffffffff", "--by", "佐藤").stderr
