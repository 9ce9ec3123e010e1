"""Recordings of sandbox vendors lose their old lines while the vendor goes on writing."""

import json
import os
from datetime import UTC, datetime, timedelta

from yakin.local.sandbox.meter import open_private
from yakin.local.sandbox.recordings import old_lines, recordings, remove_old_lines

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def line(days: int, text: str = "文書") -> str:
    return json.dumps({"at": (NOW - timedelta(days=days)).isoformat(), "body": text}, ensure_ascii=False) + "\n"


def test_old_lines_go_and_a_running_vendor_appends_behind_what_is_left(tmp_path):
    path = tmp_path / "sandbox" / "received-on-prem.jsonl"
    path.parent.mkdir()
    writer = open_private(path)
    for days in (40, 31, 5):
        writer.write(line(days))
    writer.flush()
    before = NOW - timedelta(days=30)

    assert list(recordings(tmp_path)) == [("on-prem", path)]
    assert old_lines(path, before).count == 2
    assert old_lines(path, before).oldest == NOW - timedelta(days=40)
    remove_old_lines(path, before)
    writer.write(line(0))
    writer.close()

    assert path.read_text() == line(5) + line(0)
    assert old_lines(path, before) is None
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_does_not_tell_its_age_is_as_old_as_the_file(tmp_path):
    path = tmp_path / "received-overseas.jsonl"
    path.write_text('{"body": "文書"}\nhalf a li')
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert old_lines(path, NOW) is None
    assert old_lines(path, NOW + timedelta(seconds=1)).count == 2
    remove_old_lines(path, NOW + timedelta(seconds=1))
    assert path.read_bytes() == b""
