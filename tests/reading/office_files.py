"""Office files written by the usual libraries, with the parts that those cannot write put in by hand."""

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pptx


def word(fill: Callable[[docx.document.Document], None]) -> bytes:
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def excel(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def powerpoint(fill: Callable[[pptx.presentation.Presentation], None]) -> bytes:
    slides = pptx.Presentation()
    fill(slides)
    out = io.BytesIO()
    slides.save(out)
    return out.getvalue()


def with_part(package: bytes, name: str, content: bytes) -> bytes:
    """The package with one more part, as an attacker or an old program would leave it."""
    return edited(package, {name: lambda _: content})


def edited(package: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """The package with some parts rewritten, or added where they were missing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, changes.get(name, lambda data: data)(source.read(name)))
        for name in changes.keys() - set(source.namelist()):
            target.writestr(name, changes[name](b""))
    return out.getvalue()
