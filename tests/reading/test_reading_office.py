"""Word, Excel and PowerPoint: what is on the page, what is hidden, and what is counted because nobody can read it."""

import io
import re
import zipfile
from datetime import date

import pytest
from docx.oxml import OxmlElement
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from PIL import Image
from pptx.util import Cm

from tests.reading.office_files import edited, excel, powerpoint, with_part, word
from tests.reading.ole_files import ole
from yakin.domain.documents import Extracted, Reason, Unreadable
from yakin.reading.extract import extract


def read(data: bytes, name: str) -> Extracted:
    found = extract(data, name)
    assert isinstance(found, Extracted), found
    return found


def png(width: int = 40, height: int = 40) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    out.seek(0)
    return out


def contract(document) -> None:
    document.sections[0].header.paragraphs[0].text = "社外秘"
    document.sections[0].footer.paragraphs[0].text = "株式会社山田商事"
    document.add_paragraph("業務委託契約書")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "甲", "山田商事"
    last = document.add_paragraph("以上")
    run = last.add_run("隠し文字")
    run.font.hidden = True
    document.add_comment(last.runs[0], text="単価を確認", author="佐藤")
    deleted = OxmlElement("w:del")
    gone = OxmlElement("w:r")
    text = OxmlElement("w:delText")
    text.text = "旧単価500円"
    gone.append(text)
    deleted.append(gone)
    last._p.append(deleted)
    document.core_properties.author = "鈴木一郎"
    document.core_properties.keywords = "極秘案件"


def test_word_shows_header_body_tables_and_footer_in_order() -> None:
    assert read(word(contract), "a.docx").text.splitlines() == [
        "社外秘",
        "業務委託契約書",
        "甲\t山田商事",
        "以上",
        "株式会社山田商事",
    ]


@pytest.mark.parametrize("hidden", ["隠し文字", "佐藤:\n単価を確認", "旧単価500円", "鈴木一郎", "極秘案件"])
def test_word_hides_vanished_text_comments_deletions_and_properties(hidden: str) -> None:
    found = read(word(contract), "a.docx")
    assert hidden in found.hidden_text
    assert hidden not in found.text
    assert found.hidden_unreadable == 0


def test_word_reads_text_boxes_once_and_content_controls_and_furigana_apart() -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>枠内</w:t></w:r></w:p></w:txbxContent>"
    body = (
        f"<w:p {w} {mc}><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
        f"<w:sdt {w}><w:sdtContent><w:p><w:r><w:t>管理欄</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        f"<w:p {w}><w:r><w:ruby><w:rt><w:r><w:t>さいとう</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>齋藤</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
    ).encode()
    data = edited(word(contract), {"word/document.xml": lambda xml: xml.replace(b"<w:sectPr", body + b"<w:sectPr", 1)})
    found = read(data, "a.docx")
    assert re.findall("枠内|管理欄|齋藤|さいとう", found.full_text) == ["枠内", "管理欄", "齋藤", "さいとう"]
    assert "さいとう" in found.hidden_text


def test_word_notes_are_shown_and_a_hidden_style_hides() -> None:
    w = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    note = b"<w:footnotes %s><w:footnote><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:footnote></w:footnotes>" % (
        w,
        "脚注の文".encode(),
    )
    style = b'<w:style w:type="character" w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    ghost = '<w:r><w:rPr><w:rStyle w:val="Ghost"/></w:rPr><w:t>幽霊</w:t></w:r></w:p>'.encode()
    override = (
        b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'wordprocessingml.footnotes+xml"/></Types>'
    )
    data = edited(
        word(contract),
        {
            "word/footnotes.xml": lambda _: note,
            "word/styles.xml": lambda xml: xml.replace(b"</w:styles>", style),
            "word/document.xml": lambda xml: xml.replace(b"</w:p>", ghost, 1),
            "[Content_Types].xml": lambda xml: xml.replace(b"</Types>", override),
        },
    )
    found = read(data, "a.docx")
    assert "脚注の文" in found.text
    assert "幽霊" in found.hidden_text
    assert "幽霊" not in found.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/vbaProject.bin", b"macro"),
        ("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0object"),
        ("word/activeX/activeX1.bin", b"control"),
        ("word/secret.dat", b"put in by hand"),
    ],
)
def test_a_part_that_nobody_can_read_is_counted(name: str, content: bytes) -> None:
    assert read(with_part(word(contract), name, content), "a.docx").hidden_unreadable == 1


def test_an_embedded_workbook_and_custom_xml_are_read_as_hidden_text() -> None:
    data = with_part(word(contract), "word/embeddings/book.xlsx", excel(lambda book: book.active.append(["原価", 120])))
    data = with_part(data, "customXml/item1.xml", "<a><b>顧客番号C-77</b></a>".encode())
    found = read(data, "a.docx")
    assert "原価\t120" in found.hidden_text
    assert "顧客番号C-77" in found.hidden_text
    assert found.hidden_unreadable == 0


def test_a_large_picture_is_an_unreadable_part_and_a_logo_is_not() -> None:
    def pictures(document) -> None:
        document.add_paragraph("本文")
        document.add_picture(png(), width=Cm(2))
        document.add_picture(png(), width=Cm(15))

    found = read(word(pictures), "a.docx")
    assert found.unreadable_parts == 1
    assert found.hidden_unreadable == 0


def test_a_document_that_is_only_a_scanned_picture_is_of_unknown_type() -> None:
    found = extract(word(lambda document: document.add_picture(png(), width=Cm(15))), "a.docx")
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.UNKNOWN_TYPE


def ledger(book) -> None:
    sheet = book.active
    sheet.title = "売上"
    sheet.append(["顧客", "内部ID", "日付", "金額", "電話"])
    sheet.append(["山田商事", "X-1", date(2026, 11, 24), 1234567, 312345678])
    sheet.append(["隠し行", None, None, 0.1, None])
    sheet["E2"].number_format = "00-0000-0000"
    sheet["F2"] = 123456789012
    sheet["A1"].comment = Comment("与信に注意", "佐藤")
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("給与").append(["佐藤", 300000])
    book["給与"].sheet_state = "veryHidden"
    book.defined_names["原価率"] = DefinedName("原価率", attr_text="0.62")


def test_excel_shows_visible_cells_as_people_see_them() -> None:
    found = read(excel(ledger), "a.xlsx")
    assert found.text.splitlines() == [
        "# 売上",
        "顧客\t\t日付\t金額\t電話",
        "山田商事\t\t2026-11-24\t1234567\t03-1234-5678\t123456789012",
    ]


@pytest.mark.parametrize(
    "hidden", ["内部ID", "X-1", "隠し行\t0.1", "[hidden sheet 給与]\n佐藤\t300000", "与信に注意", "原価率 = 0.62"]
)
def test_excel_hides_columns_rows_sheets_and_comments(hidden: str) -> None:
    found = read(excel(ledger), "a.xlsx")
    assert hidden in found.hidden_text
    assert hidden not in found.text
    assert found.hidden_unreadable == 0


def with_shared_strings(rows: bytes, strings: str) -> bytes:
    """A workbook as Excel itself writes it: cells point into a table of strings."""
    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sharedStrings+xml"/></Types>'
    )
    sheet = {"xl/worksheets/sheet1.xml": lambda xml: re.sub(rb"<row.*</row>", rows, xml, flags=re.DOTALL)}
    types = {"[Content_Types].xml": lambda xml: xml.replace(b"</Types>", override)}
    table = {"xl/sharedStrings.xml": lambda _: f"<sst>{strings}</sst>".encode()}
    return edited(excel(lambda book: book.active.append(["x"])), sheet | types | table)


def test_excel_never_shortens_a_long_number_and_reads_furigana_apart() -> None:
    rows = b'<row><c t="s"><v>0</v></c><c><v>1.23456789012E11</v></c></row>'
    found = read(with_shared_strings(rows, '<si><t>齋藤</t><rPh sb="0" eb="2"><t>サイトウ</t></rPh></si>'), "a.xlsx")
    assert found.text.splitlines()[1:] == ["齋藤\t123456789012"]
    assert found.hidden_text.splitlines()[:2] == ["[furigana]", "サイトウ"]


def test_excel_era_dates_and_concealed_values() -> None:
    def fill(book) -> None:
        book.active.append([45985, 7777])
        book.active["A1"].number_format = '[$-411]ggge"年"m"月"d"日"'
        book.active["B1"].number_format = ";;;"

    found = read(excel(fill), "a.xlsx")
    assert found.text.splitlines()[1:] == ["2025-11-24"]
    assert "7777" in found.hidden_text


def test_excel_pivot_caches_and_threaded_comments_are_hidden_text() -> None:
    cache = '<pivotCacheRecords><r><s v="山田太郎"/><n v="123456789018"/></r></pivotCacheRecords>'.encode()
    thread = (
        "<ThreadedComments><threadedComment><text>返信：要確認</text></threadedComment></ThreadedComments>".encode()
    )
    data = with_part(excel(ledger), "xl/pivotCache/pivotCacheRecords1.xml", cache)
    found = read(with_part(data, "xl/threadedComments/threadedComment1.xml", thread), "a.xlsx")
    assert "山田太郎\n123456789018" in found.hidden_text
    assert "返信：要確認" in found.hidden_text


def deck(slides) -> None:
    first = slides.slides.add_slide(slides.slide_layouts[1])
    first.shapes.title.text = "事業計画"
    first.placeholders[1].text = "売上目標"
    first.notes_slide.notes_text_frame.text = "ここだけの話"
    table = first.shapes.add_table(1, 2, Cm(1), Cm(1), Cm(5), Cm(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "人員", "12名"
    group = first.shapes.add_group_shape()
    group.shapes.add_textbox(Cm(1), Cm(1), Cm(2), Cm(1)).text_frame.text = "グループ内"
    second = slides.slides.add_slide(slides.slide_layouts[6])
    second.shapes.add_textbox(Cm(1), Cm(1), Cm(2), Cm(1)).text_frame.text = "非公開の案"
    second._element.set("show", "0")


def test_powerpoint_shows_slides_with_tables_and_groups() -> None:
    assert read(powerpoint(deck), "a.pptx").text.splitlines() == ["事業計画", "売上目標", "人員\t12名", "グループ内"]


@pytest.mark.parametrize("hidden", ["[notes 1]\nここだけの話", "[hidden slide 2]\n非公開の案"])
def test_powerpoint_hides_notes_and_hidden_slides(hidden: str) -> None:
    found = read(powerpoint(deck), "a.pptx")
    assert hidden in found.hidden_text
    assert hidden not in found.text


def test_powerpoint_markings_of_the_layout_are_shown_and_hidden_shapes_and_comments_hidden() -> None:
    def fill(slides) -> None:
        deck(slides)
        box = slides.slides[0].shapes.add_textbox(Cm(1), Cm(1), Cm(2), Cm(1))
        box.text_frame.text = "隠し図形"
        box._element.nvSpPr.cNvPr.set("hidden", "1")
        mark = slides.slides[0].shapes.add_textbox(Cm(1), Cm(1), Cm(2), Cm(1))
        mark.text_frame.text = "関係者限り"
        slides.slide_master.shapes._spTree.append(mark._element)

    comment = '<p:cmLst xmlns:p="p"><p:cm><p:text>差し替え予定</p:text></p:cm></p:cmLst>'.encode()
    found = read(with_part(powerpoint(fill), "ppt/comments/comment1.xml", comment), "a.pptx")
    assert "関係者限り" in found.text
    assert {"隠し図形", "差し替え予定"} <= set(re.findall("隠し図形|差し替え予定", found.hidden_text))
    assert "隠し図形" not in found.text


def test_external_addresses_are_hidden_text() -> None:
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        b'Type="x/hyperlink" Target="mailto:sato@example.co.jp" TargetMode="External"/></Relationships>'
    )
    found = read(with_part(word(contract), "word/_rels/comments9.xml.rels", relations), "a.docx")
    assert "mailto:sato@example.co.jp" in found.hidden_text


@pytest.mark.parametrize("streams", [["EncryptionInfo", "EncryptedPackage"]])
def test_a_password_protected_office_file_is_encrypted(streams: list[str]) -> None:
    found = extract(ole(dict.fromkeys(streams, b"x")), "a.xlsx")
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.ENCRYPTED


@pytest.mark.parametrize(
    ("stream", "content", "reason"),
    [
        ("WordDocument", bytes(10) + b"\x00\x01" + bytes(20), Reason.ENCRYPTED),
        ("WordDocument", bytes(32), Reason.UNKNOWN_TYPE),
        ("Workbook", b"\x09\x08\x04\x00abcd\x2f\x00\x02\x00xx", Reason.ENCRYPTED),
        ("Workbook", b"\x09\x08\x04\x00abcd", Reason.UNKNOWN_TYPE),
        ("Current User", bytes(12) + b"\xdf\xc4\xd1\xf3", Reason.ENCRYPTED),
    ],
)
def test_legacy_office_files_are_unknown_unless_they_are_locked(stream: str, content: bytes, reason: Reason) -> None:
    found = extract(ole({stream: content}), "a.doc")
    assert found == Unreadable(reason, "application/msword")


def test_a_zip_bomb_is_too_large_before_it_is_unpacked() -> None:
    found = extract(with_part(word(contract), "word/big.xml", b"0" * (200 * 1024 * 1024)), "a.docx")
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.TOO_LARGE


def test_a_cell_repeated_a_million_times_is_too_large() -> None:
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 10_000 + b"</row>"
    data = with_shared_strings(row, f"<si><t>{'あ' * 30_000}</t></si>")
    found = extract(data, "a.xlsx")
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.TOO_LARGE


def test_other_zip_files_are_of_unknown_type_whatever_their_name() -> None:
    out = io.BytesIO()

    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    assert extract(out.getvalue(), "a.docx") == Unreadable(Reason.UNKNOWN_TYPE, "application/zip")
