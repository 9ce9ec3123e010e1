"""Folders as a source: what is listed is what is read, or the reason why not."""

import os
import pickle
from pathlib import Path

import pytest

from yakin.domain.documents import Reason, SourceObject
from yakin.errors import SourceChanged, UsageError
from yakin.reading.sources import ReadFailed, list_objects, read_bytes

MB = 1024 * 1024


def names(root: Path) -> list[str]:
    return [os.fsdecode(Path(source.uri).name) for source in list_objects(str(root))]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    root = tmp_path / "総務部 共有"
    (root / "b").mkdir(parents=True)
    (root / "b" / "2.txt").write_text("two")
    (root / "c.txt").write_text("three")
    (root / "a.txt").write_text("one")
    return root


def test_files_are_listed_in_the_order_of_their_names(office: Path) -> None:
    assert names(office) == ["a.txt", "2.txt", "c.txt"]


def test_hidden_files_lock_files_and_links_are_left_out(office: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("outside")
    (office / ".DS_Store").write_text("x")
    (office / ".git").mkdir()
    (office / ".git" / "config").write_text("x")
    (office / "~$c.docx").write_text("x")
    (office / "link.txt").symlink_to(tmp_path / "outside.txt")
    (office / "loop").symlink_to(office)
    os.mkfifo(office / "pipe")
    assert names(office) == ["a.txt", "2.txt", "c.txt"]


@pytest.mark.parametrize("name", ["見積書 100%#1?.txt", "パス\u3099.txt", b"\x8e\x91\x97\xbf.txt"])
def test_any_name_round_trips_through_its_uri(office: Path, name: str | bytes) -> None:
    path = office / os.fsdecode(name)
    path.write_bytes(b"found")
    listed = [source for source in list_objects(f"file://{office}") if source.bytes == 5 and "c.txt" not in source.uri]
    assert [read_bytes(source, MB) for source in listed] == [b"found"]
    assert listed[0].uri.isascii()


def test_a_single_file_is_a_source(office: Path) -> None:
    (source,) = list_objects(str(office / "a.txt"))
    assert read_bytes(source, MB) == b"one"
    assert source.bytes == 3


def test_a_listed_uri_can_be_listed_again(office: Path) -> None:
    (first, *_) = list_objects(str(office))
    assert list(list_objects(first.uri)) == [first]


def test_a_file_changed_after_listing_is_not_read(office: Path) -> None:
    (source, *_) = list_objects(str(office))
    (office / "a.txt").write_text("ONE")
    os.utime(office / "a.txt", ns=(0, 0))
    with pytest.raises(SourceChanged):
        read_bytes(source, MB)


def test_a_file_replaced_by_a_link_is_not_followed(office: Path, tmp_path: Path) -> None:
    (source, *_) = list_objects(str(office))
    (office / "a.txt").rename(tmp_path / "moved.txt")
    (office / "a.txt").symlink_to(tmp_path / "moved.txt")
    with pytest.raises(SourceChanged):
        read_bytes(source, MB)


def test_a_file_that_grows_while_it_is_read_is_not_returned(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source, *_) = list_objects(str(office))
    real_read = os.read

    def read_and_append(descriptor: int, size: int) -> bytes:
        with (office / "a.txt").open("a") as file:
            file.write("more")
        return real_read(descriptor, size)

    monkeypatch.setattr(os, "read", read_and_append)
    with pytest.raises(SourceChanged):
        read_bytes(source, MB)


def test_vanished_and_too_large_files_fail_with_their_reason(office: Path) -> None:
    first, second, _ = list_objects(str(office))
    (office / "a.txt").unlink()
    with pytest.raises(ReadFailed) as vanished:
        read_bytes(first, MB)
    with pytest.raises(ReadFailed) as large:
        read_bytes(second, 2)
    assert (vanished.value.reason, large.value.reason) == (Reason.UNREADABLE, Reason.TOO_LARGE)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_forbidden_files_and_folders_are_listed_and_fail_with_their_reason(office: Path) -> None:
    (office / "a.txt").chmod(0)
    (office / "b").chmod(0)
    for folder in [office, *office.parents]:
        if str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    os.seteuid(65534)
    try:
        listed = list(list_objects(str(office)))
        reasons = []
        for source in listed[:2]:
            with pytest.raises(ReadFailed) as failed:
                read_bytes(source, MB)
            reasons.append(failed.value.reason)
        kept = read_bytes(listed[2], MB)
    finally:
        os.seteuid(0)
    assert reasons == [Reason.UNREADABLE, Reason.UNREADABLE]
    assert kept == b"three"


@pytest.mark.parametrize("uri", ["/no/such/folder", "ftp://host/a", "file://otherhost/share"])
def test_an_unusable_source_says_what_to_do(uri: str) -> None:
    with pytest.raises(UsageError, match=r"give|use|mount"):
        list(list_objects(uri))


def test_a_failed_read_keeps_its_reason_when_it_crosses_processes() -> None:
    assert pickle.loads(pickle.dumps(ReadFailed(Reason.TOO_LARGE))).reason is Reason.TOO_LARGE


def test_a_folder_named_as_a_file_is_not_read(office: Path) -> None:
    with pytest.raises(ReadFailed):
        read_bytes(SourceObject(f"file://{office / 'b'}", "0:0", 0), MB)
