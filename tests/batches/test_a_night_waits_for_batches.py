"""A night with --batch: half price, the same walls, restored answers, nothing left at the vendor."""

import uuid

from tests.batches.conftest import JAPAN_REGION, OVERSEAS

INQUIRIES = [f"型番{number}の見積をお願いします。" for number in range(6)]
LETTER = """見積のお願い

株式会社みどり商事
営業部　山田太郎様

いつもお世話になっております。丸紅工業の佐藤花子です。
ポンプ三台の見積を、090-1234-5678 か hanako.sato@example.co.jp へご連絡ください。
"""
PLANTED = ("山田太郎", "佐藤花子", "090-1234-5678", "hanako.sato@example.co.jp")


def test_documents_are_answered_by_batch_at_half_the_price_and_nothing_stays_at_the_vendor(night):
    night.prefer(*OVERSEAS)
    night.vendor("overseas", batch_delay_s=1)
    night.write(*INQUIRIES)

    ended = night.run()

    assert ended.code == 0, ended.err
    assert ended.object["documents"]["answered"] == len(INQUIRIES)
    assert night.outcomes() == {"batch answered": len(INQUIRIES)}
    assert night.house.charged() == night.house.metered()
    rates = night.house.rows("select distinct input_per_mtok from ledger.price_rate p join yakin.run_offer o "
                             "using (price_rate_id) join yakin.attempt a using (run_id, offer)")  # fmt: skip
    assert [float(rate) for (rate,) in rates] == [0.05]
    assert night.remote_files() == 0
    assert (
        night.house.rows("select state, remote_files_deleted_at is not null from yakin.batch")
        == [("harvested", True)] * night.house.rows("select count(*) from yakin.batch")[0][0]
    )


def test_custom_ids_are_uuids_and_files_that_a_vendor_does_not_delete_are_deleted_later(night):
    night.prefer(*OVERSEAS)
    night.vendor("overseas", keeps_files=True)
    night.write(*INQUIRIES)
    assert night.run().code == 0
    assert night.house.rows("select state, remote_files_deleted_at from yakin.batch") == [("harvested", None)]
    assert night.remote_files() == 2

    night.vendor("overseas")
    assert night.collect() == {"batches": 0, "answered": 0, "given_back": 0, "still_out": 0}
    assert night.remote_files() == 0
    ids = {line["custom_id"] for line in night.lines("overseas")}
    orders = [each["body"] for each in night.received("overseas", "batches") if each["body"]]
    uploads = [each["body"] for each in night.received("overseas", "files") if each["body"]]

    assert ids == {str(row[0]) for row in night.house.rows("select attempt_id from bi.attempts")}
    batch_ids = {str(row[0]) for row in night.house.rows("select batch_id from yakin.batch")}
    assert {each["metadata"]["yakin_batch"] for each in orders} == batch_ids
    assert {each["filename"] for each in uploads} == {f"{batch_id}.jsonl" for batch_id in batch_ids}
    assert all(set(each) == {"custom_id", "method", "url", "body"} for each in night.lines("overseas"))
    assert all(str(uuid.UUID(each)) == each for each in ids)


def test_masked_lines_go_masked_and_answers_come_back_restored(night):
    night.prefer(*JAPAN_REGION)
    night.vendor("japan-region", batch_delay_s=1)
    night.write(LETTER, "極秘\n買収の検討 PLANTED-SECRET")

    ended = night.run("--baseline", "confidential")

    assert ended.code == 0, ended.err
    assert night.outcomes() == {"batch answered": 1, "realtime answered": 1}
    sent = night.house.received()
    assert [each for each in (*PLANTED, "PLANTED-SECRET") if each in sent] == []
    assert "［人物_" in str(night.lines("japan-region"))
    ((answer, complete),) = night.house.rows(
        "select answer::text, restored_complete from yakin.answer where zone = 'japan_region'"
    )
    assert complete
    assert "［" not in answer
    assert night.house.rows("select count(*) from yakin.sealed_map") == [(0,)]


def test_without_the_option_no_batch_is_offered(night):
    night.prefer(*OVERSEAS)
    night.write(*INQUIRIES[:2])

    ended = night.house.yakin(*[each for each in night.job() if each != "--batch"])

    assert ended.code == 0, ended.err
    assert night.outcomes() == {"realtime answered": 2}
    assert night.house.rows("select count(*) from yakin.run_offer where tier = 'batch'") == [(0,)]
    assert night.received("overseas", "files") == []


def test_a_batch_is_not_begun_when_it_may_not_be_back_in_time(night):
    night.prefer(*OVERSEAS, batch_hours=24)
    night.write(*INQUIRIES[:2])

    ended = night.run()

    assert ended.code == 0, ended.err
    assert night.outcomes() == {"realtime answered": 2}
