"""A clean page with a My Number in a place that nobody looks at is `secret` and may go nowhere: `yakin explain`."""

import io
from email.message import EmailMessage
from email.policy import SMTP

import openpyxl

from tests.leaks.planting import commented
from tests.reading.pdf_files import annotated_pdf
from yakin.use_cases.document_files import Draft, written

CLEAN = "来週の定例の議題です。会議室を予約しました。"
NUMBER = "123456789018"
HIDDEN = f"本人の個人番号（マイナンバー）は {NUMBER} です。"


def _cell_comment() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = CLEAN
    book.active["A1"].comment = openpyxl.comments.Comment(HIDDEN, "総務")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _mail() -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@example.co.jp", "b@example.co.jp", "定例"
    message["X-Note"] = HIDDEN
    message.set_content(CLEAN)
    return message.as_bytes()


FILES = {
    "speaker_notes.pptx": written("a.pptx", Draft("定例", CLEAN, HIDDEN)),
    "hidden_run.docx": written("a.docx", Draft("定例", CLEAN, HIDDEN)),
    "comment.docx": commented(CLEAN, HIDDEN),
    "hidden_sheet.xlsx": written("a.xlsx", Draft("定例", CLEAN, HIDDEN)),
    "cell_comment.xlsx": _cell_comment(),
    "annotation.pdf": annotated_pdf(CLEAN, HIDDEN),
    "header.eml": _mail(),
    "clean.docx": written("a.docx", Draft("定例", CLEAN)),
}


def test_a_my_number_in_a_hidden_place_is_secret_and_quarantined(house):
    told, said = {}, ""
    for name, content in FILES.items():
        (house.documents / name).write_bytes(content)
        ended = house.yakin("explain", house.documents / name, "--json")
        assert ended.code == 0, ended.err
        told[name], said = ended.object, said + ended.out + ended.err

    hidden = {name: each for name, each in told.items() if name != "clean.docx"}
    assert {name: each["level"] for name, each in hidden.items()} == dict.fromkeys(hidden, "secret")
    assert {name: each["quarantined_by"] for name, each in hidden.items()} == {name: ["my_number"] for name in hidden}
    assert all(each["evidence"]["my_number"] == 1 and each["zones"] == [] for each in hidden.values())
    assert all(each["choice"] is None for each in hidden.values())
    assert all("quarantine:my_number" in zone["closed_because"] for each in hidden.values()
               for zone in each["conditions"])  # fmt: skip
    assert (told["clean.docx"]["level"], told["clean.docx"]["quarantined_by"]) == ("internal", [])
    assert NUMBER not in said
