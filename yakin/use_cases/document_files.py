"""Writes office documents with the same bytes every time: text, HTML, mail, CSV, Word, Excel and PowerPoint."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import PurePath

import docx
import openpyxl
import pptx

from yakin.use_cases.pdf_files import locked_pdf, pdf

_WRITTEN_AT = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
_CELLS = " | "


@dataclass(frozen=True, slots=True)
class Draft:
    """What a document says, before it has a format. In tables a line is a row and ` | ` parts the cells.

    `hidden` is what a reader does not see at once: speaker notes, a hidden sheet, an HTML comment.
    """

    title: str
    body: str
    hidden: str = ""
    encoding: str = "utf-8"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """The body's lines, without the empty ones at its end."""
        return self.body.rstrip("\n").split("\n")

    @property
    def rows(self) -> list[list[str]]:
        """The body as a table."""
        return [line.split(_CELLS) for line in self.lines]


def written(name: str, draft: Draft) -> bytes:
    """The document's bytes in the format of the name's suffix; raises KeyError for a suffix that we do not write."""
    return _WRITERS[PurePath(name).suffix](draft)


def locked(draft: Draft, password: str) -> bytes:
    """A PDF that opens only with the password."""
    return locked_pdf([draft.title, *draft.lines], password)


def _text(draft: Draft) -> bytes:
    return f"{draft.title}\n\n{draft.body.rstrip()}\n".encode(draft.encoding)


def _markdown(draft: Draft) -> bytes:
    return f"# {draft.title}\n\n{draft.body.rstrip()}\n".encode(draft.encoding)


def _html(draft: Draft) -> bytes:
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in draft.lines if line)
    hidden = f'\n<div style="display:none">{escape(draft.hidden)}</div>' if draft.hidden else ""
    head = f'<meta charset="{draft.encoding}"><title>{escape(draft.title)}</title>'
    page = (
        f"<!doctype html>\n<html><head>{head}</head>\n"
        f"<body><h1>{escape(draft.title)}</h1>\n{paragraphs}{hidden}</body></html>\n"
    )
    return page.encode(draft.encoding)


def _csv(draft: Draft) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(draft.rows)
    return out.getvalue().encode(draft.encoding)


def _mail(draft: Draft) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = draft.headers.get("from", "info@example.co.jp")
    message["To"] = draft.headers.get("to", "uketsuke@example.co.jp")
    message["Subject"] = draft.title
    message["Date"] = _WRITTEN_AT
    message["Message-ID"] = "<20261001090000.1@example.co.jp>"
    message.set_content(draft.body, charset=draft.encoding, cte="7bit" if draft.encoding == "iso-2022-jp" else None)
    return message.as_bytes()


def _word(draft: Draft) -> bytes:
    document = docx.Document()
    document.core_properties.author = ""  # the template names its own
    document.add_heading(draft.title, level=1)
    for line in draft.lines:
        document.add_paragraph(line)
    if draft.hidden:
        document.add_paragraph().add_run(draft.hidden).font.hidden = True
    return _saved(document.save)


def _excel(draft: Draft) -> bytes:
    book = openpyxl.Workbook()
    book.properties.creator = ""
    sheet = book.active
    sheet.title = re.sub(r"[\\/*?:\[\]]", " ", draft.title)[:31]
    for row in draft.rows:
        sheet.append(row)
    if draft.hidden:
        behind = book.create_sheet("計算用")
        behind.sheet_state = "hidden"
        for line in draft.hidden.rstrip("\n").split("\n"):
            behind.append(line.split(_CELLS))
    return _saved(book.save)


def _slides(draft: Draft) -> bytes:
    deck = pptx.Presentation()
    deck.core_properties.author = deck.core_properties.last_modified_by = ""
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = draft.title
    slide.placeholders[1].text_frame.text = draft.body.rstrip("\n")
    if draft.hidden:
        slide.notes_slide.notes_text_frame.text = draft.hidden.rstrip("\n")
    return _saved(deck.save)


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    out = io.BytesIO()
    save(out)
    return _without_clock(out.getvalue())


def _without_clock(data: bytes) -> bytes:
    """The same package with every time of writing set to one moment."""
    out = io.BytesIO()
    stamp = _WRITTEN_AT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w") as steady:
        for name in package.namelist():
            content = package.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, _WRITTEN_AT.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            steady.writestr(entry, content)
    return out.getvalue()


_WRITERS: dict[str, Callable[[Draft], bytes]] = {
    ".txt": _text,
    ".md": _markdown,
    ".html": _html,
    ".csv": _csv,
    ".eml": _mail,
    ".docx": _word,
    ".xlsx": _excel,
    ".pptx": _slides,
    ".pdf": lambda draft: pdf([draft.title, *draft.lines]),
}
SUFFIXES = tuple(_WRITERS)
