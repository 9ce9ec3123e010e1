import hashlib
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from yakin.domain.levels import Level
from yakin.errors import UsageError
from yakin.use_cases.document_files import SUFFIXES, Draft, locked, written
from yakin.use_cases.load import load_use_cases
from yakin.use_cases.make_folder import main, make_mixed_folder, register_text
from yakin.use_cases.make_samples import sample_files

LOADED = load_use_cases(None)
FORMATS = {".txt", ".md", ".html", ".pdf", ".docx", ".xlsx", ".pptx", ".eml", ".csv"}


@pytest.mark.parametrize("name", sorted(LOADED))
def test_the_committed_samples_are_what_their_texts_say(name):
    use_case = LOADED[name]
    described = dict(sample_files(use_case.folder))
    assert sorted(described) == use_case.samples()
    assert [path.name for path, content in described.items() if path.read_bytes() != content] == []


def test_triage_samples_cover_every_format_and_every_declared_level():
    use_case = LOADED["inquiry_triage"]
    assert {path.suffix for path in use_case.samples()} == FORMATS
    assert {path.parent.name for path in use_case.samples()} == {str(level) for level in Level}
    assert len(use_case.samples()) >= 20


def test_the_demonstration_is_small_and_covers_every_declared_level():
    demo = sorted(path for path in LOADED["inquiry_triage"].demo().rglob("*") if path.is_file())
    assert len(demo) <= 12
    assert {path.parent.name for path in demo} == {str(level) for level in Level}


def test_a_japanese_pdf_can_be_read_and_a_locked_one_only_with_its_password():
    draft = Draft("御見積依頼書", "静音ポンプ SP-3 を12台、１月20日までに。")
    assert _pdf_text(written("a.pdf", draft)) == "御見積依頼書\r\n静音ポンプ SP-3 を12台、１月20日までに。"
    assert "静音ポンプ" in _pdf_text(locked(draft, "yoake"), "yoake")
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        _pdf_text(locked(draft, "yoake"))


def _pdf_text(data: bytes, password: str | None = None) -> str:
    with pypdfium2.PdfDocument(data, password=password) as document:
        return document[0].get_textpage().get_text_range()


def test_legacy_encodings_are_really_written():
    draft = Draft("件名", "本文", encoding="cp932")
    assert written("a.txt", draft) == "件名\n\n本文\n".encode("cp932")
    mail = written("a.eml", Draft("件名", "本文", encoding="iso-2022-jp"))
    assert b'charset="iso-2022-jp"' in mail
    assert "本文".encode("iso-2022-jp") in mail


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_has_the_same_bytes_each_time(suffix):
    draft = Draft("題名", "項目 | 値\n一 | 二", hidden="隠れた行")
    assert written(f"a{suffix}", draft) == written(f"b{suffix}", draft)


def test_a_mixed_folder_has_all_levels_formats_awkward_files_and_a_copy(tmp_path):
    paths = make_mixed_folder(tmp_path, 40, 7)
    assert len(set(paths)) == 40
    assert {path.relative_to(tmp_path).parts[0] for path in paths} == {str(level) for level in Level}
    assert {path.suffix for path in paths} == FORMATS | {".dwg"}
    hashes = Counter(hashlib.sha256(path.read_bytes()).digest() for path in paths)
    assert sorted(hashes.values())[-2:] == [1, 2]
    assert [path.name for path in paths if path.stat().st_size == 0] == ["空のファイル.txt"]


def test_the_same_seed_builds_the_same_folder_and_another_seed_another(tmp_path):
    first, again, other = (
        [path.read_bytes() for path in make_mixed_folder(tmp_path / name, 20, seed)]
        for name, seed in [("a", 1), ("b", 1), ("c", 2)]
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("count", [1, 9, 10, 100])
def test_a_mixed_folder_has_as_many_files_as_asked_for(tmp_path, count):
    paths = make_mixed_folder(tmp_path, count, 3)
    assert len(paths) == len({path for path in tmp_path.rglob("*") if path.is_file()}) == count


def test_markers_are_planted_into_the_documents_of_their_level_and_the_copy_only(tmp_path):
    make_mixed_folder(tmp_path, 40, 7, plant={Level.SECRET: "PLANTED-a81f", Level.PUBLIC: "PLANTED-77c0"})
    texts = [path for path in tmp_path.rglob("*") if path.suffix in (".txt", ".md", ".eml", ".html", ".csv")]
    where = {
        marker: {path.parent.name for path in texts if marker in path.read_bytes()}
        for marker in (b"PLANTED-a81f", b"PLANTED-77c0")
    }
    assert where == {b"PLANTED-a81f": {"secret"}, b"PLANTED-77c0": {"public", "写し"}}


def test_a_marker_that_a_page_would_wrap_is_refused(tmp_path):
    with pytest.raises(UsageError, match="would be wrapped"):
        make_mixed_folder(tmp_path, 10, 7, plant={Level.SECRET: "two words"})


def test_the_register_declares_every_subfolder(tmp_path, monkeypatch, capsys):
    register = tmp_path / "sources.yaml"
    target = tmp_path / "文書"
    monkeypatch.setattr("sys.argv", ["make_folder", str(target), "--count", "12", "--register", str(register)])
    main()
    assert register.read_text(encoding="utf-8") == register_text(target)
    assert f"prefix: {target.as_uri()}/secret/" in register.read_text(encoding="utf-8")
    assert capsys.readouterr().out == f"12 files in {target}\n"
    assert len([path for path in Path(target).rglob("*") if path.is_file()]) == 12
