"""kill -9 after the hand-over, and answers that come after the deadline: each lands once, and the books agree."""

from tests.batches.conftest import JAPAN_REGION, OVERSEAS
from tests.batches.test_a_night_waits_for_batches import LETTER, PLANTED
from tests.faults.interfered import kill_group, wait_until
from tests.leaks.places import _dump, found_in
from yakin.local import sandbox

BATCH_ONLY = """endpoints:
  - {{name: sandbox-overseas, limits: {{batch_hours: 0.004}}}}
models:
  - {{name: sandbox-gpt-6-luna, tiers: [batch], quality_prior: {{"*": 0.99}}}}
{others}
"""
OTHERS = (
    "sandbox-plamo-3.0-prime", "sandbox-jp-claude-haiku-5-5", "sandbox-jp-claude-sonnet-5-5", "sandbox-jp-nova-2-lite",
    "sandbox-gpt-6.1-sol", "sandbox-qwen2.5-coder-1.5b", "sandbox-qwen2.5-coder-0.5b",
)  # fmt: skip


def submitted(night) -> bool:
    return night.house.rows("select count(*) from yakin.batch where state = 'submitted'") == [(1,)]


def test_after_kill_9_a_collection_lands_every_answer_once_restored_from_the_sealed_map(night, postgres_home, database):
    night.prefer(*JAPAN_REGION)
    night.vendor("japan-region", batch_delay_s=600)
    letters = [LETTER.replace("三台", f"{number}台") for number in range(3)]
    night.write(*letters)
    process = night.house.start(*night.job("--baseline", "confidential"))
    wait_until(lambda: submitted(night) or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    kill_group(process)

    assert night.house.rows("select count(*) from yakin.sealed_map") == [(3,)]
    assert night.house.rows("select distinct state from yakin.work") == [("submitted",)]
    assert found_in(_dump(postgres_home, database.name, without=("yakin.answer",)), PLANTED) == []
    assert (night.house.home / "seal.key").stat().st_mode & 0o777 == 0o600
    # it died between the vendor's answer to the order and writing it down
    night.forget_the_order()
    assert night.collect() == {"batches": 0, "answered": 0, "given_back": 0, "still_out": 1}  # found, but not back yet
    assert submitted(night)

    night.vendor("japan-region", batch_delay_s=0)
    wait_until(lambda: len(night.house.metered()) == 3)
    assert night.collect() == {"batches": 1, "answered": 3, "given_back": 0, "still_out": 0}
    assert night.collect() == {"batches": 0, "answered": 0, "given_back": 0, "still_out": 0}

    assert night.house.charged() == night.house.metered()
    assert night.outcomes() == {"batch answered": 3}
    assert night.house.rows("select count(*), bool_and(restored_complete) from yakin.answer") == [(3, True)]
    assert night.house.rows("select count(*) from yakin.sealed_map") == [(0,)]
    assert night.remote_files() == 0
    night.books_balance()

    again = night.run("--baseline", "confidential")
    assert again.code == 0, again.err
    assert len(night.house.metered()) == 3
    assert found_in(night.house.received().encode(), PLANTED) == []


def test_an_answer_that_comes_after_the_deadline_was_held_and_still_lands(night):
    layer = night.house.home / "batches.yaml"
    night.prefer(*OVERSEAS)
    others = "\n".join(f"  - {{name: {name}, retires: 2026-01-01}}" for name in OTHERS)
    layer.write_text(BATCH_ONLY.format(others=others))
    night.vendor("overseas", batch_delay_s=600, batch_faults=[{"kind": "keeps_running"}])
    night.write("型番1の見積をお願いします。", "型番2の見積をお願いします。")

    ended = night.run(minutes=2)

    assert ended.code == 3, ended.err
    assert [each["reason"] for each in ended.object["unanswered"]] == ["deadline", "deadline"]
    assert ended.object["deadline_met"] is False
    assert night.outcomes() == {"batch unknown": 2}
    night.books_balance()
    assert night.collect()["still_out"] == 1

    night.vendor("overseas", batch_delay_s=0)
    wait_until(lambda: len(night.house.metered()) == 2)
    assert night.collect()["answered"] == 2

    assert night.house.charged() == night.house.metered()
    assert night.house.rows("select count(*) from bi.unanswered") == [(0,)]
    assert night.remote_files() == 0
    night.books_balance()


def test_what_the_vendor_cancels_at_the_margin_gives_its_money_back_before_the_deadline(night):
    night.prefer(*OVERSEAS)
    others = "\n".join(f"  - {{name: {name}, retires: 2026-01-01}}" for name in OTHERS)
    (night.house.home / "batches.yaml").write_text(BATCH_ONLY.format(others=others))
    night.vendor("overseas", batch_delay_s=600)
    night.write("型番1の見積をお願いします。")

    ended = night.run(minutes=2)

    assert ended.code == 3, ended.err
    assert night.outcomes() == {"batch transient": 1}
    assert night.house.rows("select reserved_jpy, spent_jpy from bi.budgets where scope = 'run'") == [(0, 0)]
    assert night.house.metered() == {}
    assert night.remote_files() == 0


def test_an_order_that_never_reached_the_vendor_gives_its_money_back_and_the_same_command_asks_again(night):
    night.prefer(*OVERSEAS)
    night.vendor("overseas", batch_delay_s=600)
    night.write("型番1の見積をお願いします。", "型番2の見積をお願いします。")
    process = night.house.start(*night.job())
    wait_until(lambda: submitted(night) or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    kill_group(process)
    night.forget_the_order()
    sandbox.stop(night.house.home)  # a vendor that knows nothing of it
    sandbox.start(night.house.home, answers="instant", record=True)

    assert night.collect()["still_out"] == 1  # it may still be listed
    night.change("update yakin.batch set intent_at = intent_at - interval '1 hour'")
    assert night.collect() == {"batches": 1, "answered": 0, "given_back": 2, "still_out": 0}
    assert night.house.rows("select reserved_jpy, spent_jpy from bi.budgets where scope = 'run'") == [(0, 0)]

    again = night.run()
    assert again.code == 0, again.err
    assert night.outcomes() == {"batch transient": 2, "realtime answered": 2}
    night.books_balance()
