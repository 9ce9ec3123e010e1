"""Mail as Japanese offices send it: ISO-2022-JP, encoded words, attachments in attachments."""

from base64 import b64encode
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from tests.reading.office_files import excel, with_part, word
from tests.reading.pdf_files import text_pdf
from yakin.domain.documents import Extracted, Reason, Unreadable
from yakin.reading.extract import extract
from yakin.reading.mail import header_text


def mail(body: str = "お世話になっております。", subject: str = "御見積の件") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "佐藤 <sato@example.co.jp>"
    message["To"] = "yamada@example.co.jp"
    message["Subject"] = subject
    message["Date"] = "Tue, 24 Nov 2026 10:00:00 +0900"
    message["X-Internal-Note"] = "営業三課"
    message["Received"] = "from mail.example.co.jp ([192.0.2.7])"
    message["DKIM-Signature"] = "v=1; b=AAAA"
    message.set_content(body)
    return message


def read(data: bytes, name: str = "a.eml") -> Extracted:
    found = extract(data, name)
    assert isinstance(found, Extracted), found
    return found


def test_the_five_headers_and_the_body_are_shown_and_other_headers_hidden() -> None:
    found = read(mail().as_bytes())
    assert found.text.splitlines() == [
        "From: 佐藤 <sato@example.co.jp>",
        "To: yamada@example.co.jp",
        "Subject: 御見積の件",
        "Date: Tue, 24 Nov 2026 10:00:00 +0900",
        "お世話になっております。",
    ]
    assert "営業三課" in found.hidden_text
    assert "192.0.2.7" in found.hidden_text
    assert "AAAA" not in found.full_text


def test_an_iso_2022_jp_mail_reads_with_its_encoded_words() -> None:
    raw = (
        b"From: =?ISO-2022-JP?B?GyRCOjRGIxsoQg==?= <sato@example.co.jp>\r\nTo: a@example.co.jp\r\n"
        b"Subject: =?ISO-2022-JP?B?%s?=\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    ) % b64encode("御見積の件".encode("iso2022_jp")) + "添付をご確認ください。\r\n".encode("iso2022_jp")
    lines = read(raw).text.splitlines()
    assert lines[0] == "From: 佐藤 <sato@example.co.jp>"
    assert lines[2] == "Subject: 御見積の件"
    assert lines[3] == "添付をご確認ください。"


def test_a_mail_is_known_by_its_headers_when_its_name_says_nothing() -> None:
    assert read(mail().as_bytes(), "0001").media_type == "message/rfc822"


def test_headers_with_raw_shift_jis_or_broken_words_still_read() -> None:
    raw = (
        b"From: a@example.co.jp\r\nTo: b@example.co.jp\r\nSubject: "
        + "御見積の件".encode("cp932")
        + b"\r\n\r\nhello\r\n"
    )
    assert "Subject: 御見積の件" in read(raw).text
    assert header_text("=?utf-8?B?A?=") == "=?utf-8?B?A?="


def test_a_body_in_another_charset_than_declared_reads() -> None:
    raw = b"From: a@example.co.jp\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n" + "御見積の件です".encode(
        "cp932"
    )
    assert read(raw).text.endswith("御見積の件です")


def test_text_and_html_bodies_are_both_read() -> None:
    message = mail("本文")
    message.add_alternative("<p>本文</p><p style='display:none'>追跡番号77</p>", subtype="html")
    assert "[hidden element]\n追跡番号77" in read(message.as_bytes()).hidden_text


def test_attachments_are_read_with_what_they_hide() -> None:
    def fill(document) -> None:
        document.add_paragraph("契約本文")
        document.core_properties.author = "鈴木一郎"

    message = mail()
    message.add_attachment(word(fill), maintype="application", subtype="octet-stream", filename="契約書.docx")
    message.add_attachment(text_pdf("請求額 500円"), maintype="application", subtype="pdf", filename="請求書.pdf")
    found = read(message.as_bytes())
    assert "[attachment] 契約書.docx\n契約本文" in found.text
    assert "請求額 500円" in found.text
    assert "鈴木一郎" in found.hidden_text
    assert (found.hidden_unreadable, found.unreadable_parts) == (0, 0)


def test_an_attachment_that_cannot_be_read_is_counted_and_an_inline_logo_is_not() -> None:
    message = mail()
    message.add_attachment(b"PK\x03\x04" + bytes(200), maintype="application", subtype="zip", filename="資料.zip")
    message.add_attachment(
        b"\x89PNG\r\n\x1a\n" + bytes(100), maintype="image", subtype="png", cid="<logo>", disposition="inline"
    )
    assert read(message.as_bytes()).unreadable_parts == 1


def test_a_macro_inside_an_attachment_counts_as_hidden_unreadable() -> None:
    message = mail()
    book = with_part(excel(lambda book: book.active.append(["a"])), "xl/vbaProject.bin", b"x")
    message.add_attachment(book, maintype="application", subtype="octet-stream", filename="a.xlsm")
    assert read(message.as_bytes()).hidden_unreadable == 1


def test_forwarded_mails_are_read_to_a_depth_of_three() -> None:
    message = mail("第0層")
    for level in range(1, 6):
        outer = mail(f"第{level}層")
        outer.add_attachment(message)
        message = outer
    found = read(message.as_bytes())
    assert [level for level in range(6) if f"第{level}層" in found.text] == [2, 3, 4, 5]
    assert found.unreadable_parts == 1


def test_an_attached_mail_file_counts_towards_the_depth() -> None:
    message = mail("第0層")
    for level in range(1, 6):
        outer = mail(f"第{level}層")
        outer.add_attachment(message.as_bytes(), maintype="application", subtype="octet-stream", filename="a.eml")
        message = outer
    found = read(message.as_bytes())
    assert [level for level in range(6) if f"第{level}層" in found.text] == [2, 3, 4, 5]
    assert found.unreadable_parts == 1


def test_a_mail_that_is_only_an_unreadable_attachment_keeps_its_headers_and_its_count() -> None:
    message = MIMEMultipart()
    message["Subject"] = "資料"
    message.attach(MIMEText("", "plain", "utf-8"))
    part = EmailMessage()
    part.set_content(bytes(range(256)), maintype="application", subtype="x-unknown", filename="a.dat")
    message.attach(part)
    found = read(message.as_bytes())
    assert found.text == "Subject: 資料"
    assert found.unreadable_parts == 1


def test_an_empty_mail_is_empty() -> None:
    assert extract(b"\r\n\r\n", "a.eml") == Unreadable(Reason.EMPTY)
