"""No bytes make extraction raise: random, cut off or changed ones end as a document with a reason."""

import io
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reading.office_files import edited, excel, powerpoint, word
from tests.reading.ole_files import ole
from tests.reading.pdf_files import annotated_pdf, attached_pdf, form_pdf, scanned_pdf
from yakin.domain.documents import Extracted, Reason, Unreadable
from yakin.reading.extract import extract

NAMES = [
    "a.txt",
    "a.csv",
    "a.json",
    "a.html",
    "a.xml",
    "a.eml",
    "a.pdf",
    "a.docx",
    "a.xlsx",
    "a.pptx",
    "a.doc",
    "a",
    "a.bin",
]
MAIL = b"\r\n".join(
    [
        b"From: a@example.co.jp",
        b"Subject: =?ISO-2022-JP?B?GyRCOG1AUSRON28bKEI=?=",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="x"',
        b"",
        b"--x",
        b"Content-Type: text/html; charset=cp932",
        b"",
        b"<p>hi</p>",
        b"--x",
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment; filename*=utf-8''%E8.pdf",
        b"",
        b"AAAA",
        b"--x--",
    ]
)
VALID = {
    "a.docx": word(lambda document: document.add_paragraph("本文")),
    "a.xlsx": excel(lambda book: book.active.append(["品名", 1, 2.5])),
    "a.pptx": powerpoint(lambda slides: slides.slides.add_slide(slides.slide_layouts[1])),
    "a.pdf": annotated_pdf("本文", "注記"),
    "b.pdf": attached_pdf("本文", "a.txt", b"text"),
    "c.pdf": form_pdf("本文", "値"),
    "d.pdf": scanned_pdf("本文"),
    "a.doc": ole({"WordDocument": b"x" * 64}),
    "a.eml": MAIL,
    "a.html": "<html><!-- a --><body hidden><p>本文<td>x".encode("cp932"),
    "a.xml": "<?xml version='1.0' encoding='euc-jp'?><a b='c'>本文</a>".encode("euc_jp"),
    "a.json": rb'{"a": "\ud83d"}',
    "a.txt": "本文です。".encode("iso2022_jp"),
}


def is_stated(found: Extracted | Unreadable) -> bool:
    if isinstance(found, Extracted):
        found.full_text.encode()  # no lone surrogate may reach a vendor or Postgres
        return "\0" not in found.full_text and "\r" not in found.full_text
    return found.reason in {Reason.EMPTY, Reason.ENCRYPTED, Reason.CORRUPT, Reason.TOO_LARGE, Reason.UNKNOWN_TYPE}


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=600), name=st.sampled_from(NAMES))
def test_random_bytes_never_raise(data: bytes, name: str) -> None:
    assert is_stated(extract(data, name))


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=200), name=st.sampled_from(NAMES))
def test_any_text_never_raises(text: str, name: str) -> None:
    assert is_stated(extract(text.encode("utf-8", "surrogatepass"), name))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(VALID)), share=st.floats(0, 1))
def test_a_file_cut_off_anywhere_never_raises(name: str, share: float) -> None:
    data = VALID[name]
    assert is_stated(extract(data[: int(len(data) * share)], name))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(VALID)), seed=st.integers(0, 2**32), changes=st.integers(1, 20))
def test_a_file_with_changed_bytes_never_raises(name: str, seed: int, changes: int) -> None:
    data, dice = bytearray(VALID[name]), random.Random(seed)
    for _ in range(changes):
        data[dice.randrange(len(data))] = dice.randrange(256)
    assert is_stated(extract(bytes(data), name))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(["a.docx", "a.xlsx", "a.pptx"]), seed=st.integers(0, 2**32))
def test_an_office_file_with_changed_xml_never_raises(name: str, seed: int) -> None:
    dice = random.Random(seed)

    def change(xml: bytes) -> bytes:
        changed = bytearray(xml)
        for _ in range(3):
            changed[dice.randrange(len(changed))] = dice.choice(b"0-<>\"'/ a9")
        return bytes(changed)

    with zipfile.ZipFile(io.BytesIO(VALID[name])) as package:
        parts = [part for part in package.namelist() if package.getinfo(part).file_size]
    assert is_stated(extract(edited(VALID[name], {dice.choice(parts): change}), name))


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.pdf", "a.doc"])
def test_half_a_file_is_corrupt(name: str) -> None:
    found = extract(VALID[name][:1000], name)
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.CORRUPT


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.pdf", "a.xls"])
def test_noise_under_the_name_of_a_container_is_corrupt(name: str) -> None:
    found = extract(bytes(range(256)) * 4, name)
    assert isinstance(found, Unreadable)
    assert found.reason is Reason.CORRUPT


def test_deeply_nested_markup_ends_as_a_reason() -> None:
    for data, name in ((b"<a>" * 100_000, "a.xml"), (b"<div>" * 100_000 + b"x", "a.html"), (b"[" * 200_000, "a.json")):
        assert is_stated(extract(data, name))
