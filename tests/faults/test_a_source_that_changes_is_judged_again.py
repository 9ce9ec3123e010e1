"""Files that change while a night runs: what goes out is what was judged, never the old or new form in between."""

from tests.faults.interfered import wait_until

NEW = "型番N-0{}の見積をお願いします。"
RESTRICTED = "従業員の山田太郎さんの健康診断で要再検査となりました。既往症は糖尿病です。普通預金 口座番号 7654321"


def test_a_file_changed_between_judging_and_asking_is_judged_again_and_goes_only_where_its_new_level_allows(night):
    night.limit(concurrency=1)
    night.vendors(latency_s=1.5)
    *paths, redated, rewritten = night.write(10)
    process = night.start()
    wait_until(lambda: night.house.rows("select count(*) from bi.documents") == [(10,)])
    redated.touch()  # these two while the night judges, four more while it asks
    rewritten.write_text(NEW.format(2))
    wait_until(lambda: night.meter() or night.received())
    waiting = [path for path in paths if path.read_text() not in night.received()]
    changed, restricted, touched, gone = waiting[-4:]
    old = [changed.read_text(), restricted.read_text()]
    changed.write_text(NEW.format(1))
    restricted.write_text(RESTRICTED)
    touched.touch()
    gone.unlink()

    _, err = process.communicate(timeout=180)

    assert process.returncode == 3, err
    assert NEW.format(1) in night.received()
    assert "健康診断" not in night.received()
    assert "7654321" not in night.received()
    assert "健康診断" in night.received(everywhere=True)
    assert not any(text in night.received(everywhere=True) for text in old)
    assert night.ends(changed) == [["unanswered", "source_changed"], ["answered", None]]
    assert night.ends(restricted) == [["unanswered", "source_changed"], ["answered", None]]
    assert night.ends(rewritten) == [["unanswered", "source_changed"], ["answered", None]]
    assert night.ends(touched) == night.ends(redated) == [["answered", None]]
    assert night.ends(gone) == [["unanswered", "source_changed"]]
    assert night.house.rows("select level, zone from bi.answers where level <> 'internal'") == [
        ("restricted", "on_prem")
    ]
    night.books_balance()
