"""PDF: pages, forms, annotations, attachments, scans, locks."""

import pytest

from tests.reading.office_files import excel
from tests.reading.pdf_files import (
    annotated_pdf,
    attached_pdf,
    described_pdf,
    encrypted_pdf,
    form_pdf,
    scanned_pdf,
    text_pdf,
)
from yakin.domain.documents import Extracted, Reason, Unreadable
from yakin.reading.extract import extract


def read(data: bytes, name: str = "a.pdf") -> Extracted:
    found = extract(data, name)
    assert isinstance(found, Extracted), found
    return found


def test_the_lines_of_a_page_are_shown() -> None:
    found = read(text_pdf("御請求書", "株式会社山田商事 御中"))
    assert found.text.splitlines() == ["御請求書", "株式会社山田商事 御中"]
    assert found.media_type == "application/pdf"
    assert (found.hidden_unreadable, found.unreadable_parts) == (0, 0)


def test_a_pdf_under_a_text_name_is_read_as_a_pdf() -> None:
    assert read(text_pdf("御請求書"), "memo.txt").text == "御請求書"


def test_notes_are_hidden_and_form_fields_shown() -> None:
    assert read(annotated_pdf("本文", "値引き前の原価")).hidden_text == "[annotation]\n値引き前の原価"
    assert read(form_pdf("氏名", "山田太郎")).text.splitlines() == ["氏名", "山田太郎"]


def test_metadata_is_hidden_text() -> None:
    assert read(described_pdf("本文", "鈴木一郎")).hidden_text == "[author] 鈴木一郎"


def test_an_attachment_that_can_be_read_is_hidden_text_and_another_is_counted() -> None:
    found = read(attached_pdf("本文", "原価.xlsx", excel(lambda book: book.active.append(["原価", 120]))))
    assert "原価\t120" in found.hidden_text
    assert found.hidden_unreadable == 0
    assert read(attached_pdf("本文", "a.bin", bytes(range(256)) * 4)).hidden_unreadable == 1


def test_a_scanned_page_beside_a_stamp_is_an_unreadable_part() -> None:
    found = read(scanned_pdf("社外秘 1/3"))
    assert found.text == "社外秘 1/3"
    assert found.unreadable_parts == 1


def test_a_scanned_page_with_its_text_layer_has_been_read() -> None:
    assert read(scanned_pdf(*(f"{line}行目に認識された本文が続きます。" for line in range(8)))).unreadable_parts == 0


def test_a_pdf_that_is_only_a_scan_is_of_unknown_type() -> None:
    assert extract(scanned_pdf(), "a.pdf") == Unreadable(Reason.UNKNOWN_TYPE, "application/pdf")


def test_a_blank_pdf_is_empty() -> None:
    assert extract(text_pdf(), "a.pdf") == Unreadable(Reason.EMPTY, "application/pdf")


def test_a_locked_pdf_is_encrypted() -> None:
    assert extract(encrypted_pdf(), "a.pdf") == Unreadable(Reason.ENCRYPTED, "application/pdf")


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256))])
def test_a_pdf_of_which_nothing_is_left_is_corrupt(data: bytes) -> None:
    assert extract(data, "a.pdf") == Unreadable(Reason.CORRUPT, "application/pdf")
