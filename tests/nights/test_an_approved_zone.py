"""A restricted document leaves the premises only where a named person approved it, masked, while that holds."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.leaks.places import received_by
from yakin.domain.calendar import business_date

RESTRICTED = "秘 人事部限り\n冷泉 鷹緒さんは適応障害と診断されました。\n電話 090-4417-2869\n報告書{number}です。\n"
APPROVE = (
    "approval",
    "give",
    "domestic",
    "--use-case",
    "inquiry_triage",
    "--by",
    "法務花子",
    "--because",
    "委託契約12条",
)


@pytest.fixture
def tomorrow() -> str:
    return (business_date(datetime.now(UTC)) + timedelta(days=1)).isoformat()


def test_restricted_documents_go_masked_to_a_domestic_vendor_only_while_that_is_approved(house, texts, tomorrow):
    def night(number: int):
        texts(RESTRICTED.format(number=number), folder=str(number))
        return house.run("--rehearsal", "--new")

    before = night(1)
    given = house.yakin(*APPROVE, "--until", tomorrow, "--json").object
    during = night(2)
    house.yakin(
        "approval", "revoke", "domestic", "--use-case", "inquiry_triage", "--by", "法務花子", "--because", "終了"
    )
    after = night(3)

    assert (before.code, during.code, after.code) == (0, 0, 0), during.err
    decided = house.rows("select zones, level_reason from bi.decisions order by decision_id")
    assert [zones for zones, _ in decided] == [["on_prem"], ["on_prem", "domestic"], ["on_prem"]]
    assert "approved:domestic" in decided[1][1]
    assert house.rows("select approval_id, run_id::text from yakin.run_approval") == [
        (given["approval_id"], during.object["run_id"])
    ]
    heard = received_by(house, "domestic").decode()
    assert [number for number in (1, 2, 3) if f"報告書{number}です" in heard] == [2]
    assert "冷泉" not in heard
    assert "090-4417-2869" not in heard
    assert house.rows("select in_force, revoked from bi.zone_approvals order by approval_id") == [
        (False, False),
        (False, True),
    ]


def test_an_approval_that_the_policy_does_not_ask_for_is_refused(house, tomorrow):
    refused = house.yakin(*[*APPROVE[:2], "overseas", *APPROVE[3:]], "--until", tomorrow)

    assert refused.code == 2
    assert "opens no level in overseas by approval; it does in: domestic" in refused.err


def test_an_approval_without_an_end_in_sight_is_refused(house):
    refused = house.yakin(*APPROVE, "--until", "2099-01-01")

    assert refused.code == 2
    assert "--until" in refused.err
