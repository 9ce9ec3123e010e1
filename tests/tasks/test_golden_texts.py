"""Golden texts as documents: private, whole at every moment, and the same document the next time."""

import stat
from concurrent.futures import ThreadPoolExecutor

from tasks.evaluate_open import _written
from yakin.domain.levels import Level
from yakin.use_cases.golden import GoldenItem

LONG = "再検査の予約が未了の方がいます。" * 200_000


def test_a_golden_text_is_a_private_file_that_keeps_its_date(tmp_path):
    item = GoldenItem("g-1", "社外秘の本文", {"category": "hr"}, Level.CONFIDENTIAL)
    path = _written(tmp_path / "golden" / "triage", item)
    first = path.stat()
    assert _written(tmp_path / "golden" / "triage", item).stat().st_mtime_ns == first.st_mtime_ns
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, *path.parents[:2])] == [0o600, 0o700, 0o700]
    assert [each.name for each in (tmp_path / "golden").rglob("*")] == ["triage", "g-1.txt"]


def test_evaluations_that_begin_together_never_see_half_a_text(tmp_path):
    item = GoldenItem("g-1", LONG, {"category": "hr"}, Level.CONFIDENTIAL)
    with ThreadPoolExecutor(4) as evaluations:
        seen = list(evaluations.map(lambda _: _written(tmp_path / "golden" / "triage", item).read_bytes(), range(8)))
    assert set(seen) == {LONG.encode()}
