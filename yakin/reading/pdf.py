"""PDF files through PDFium: page text, form fields; annotations, attachments and metadata as hidden text."""

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from yakin.domain.documents import Reason
from yakin.reading.parts import CannotRead, Parts

Handle = Any  # PDFium's C handles have no type stubs

MAX_PAGES = 5_000
_SCAN_COVERS = 0.25  # of the page: an image of that size may be a page of text
_TEXT_LAYER = 100  # characters that make a page with a large image a page that has been read
_SHOWN_ANNOTATIONS = frozenset({pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT})
_ANNOTATION_WORDS = (b"Contents", b"T", b"Subj", b"RC")
_XFA_FORMS = frozenset({pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND})
_DROPPED = {0x02: None, 0xFFFE: None, 0x00: None}  # PDFium's marks for soft hyphens


def read_pdf(data: bytes, parts: Parts) -> None:
    """Show the pages in order and account for everything else in the file."""
    document = _open(data)
    try:
        if len(document) > MAX_PAGES:
            raise CannotRead(Reason.TOO_LARGE)
        for number in range(len(document)):
            page = document[number]
            _read_page(page, parts)
            page.close()
        _read_document_level(document, parts)
    finally:
        document.close()


def _open(data: bytes) -> Handle:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise CannotRead(Reason.ENCRYPTED if locked else Reason.CORRUPT) from None


def _read_page(page: Handle, parts: Parts) -> None:
    textpage = page.get_textpage()
    text = textpage.get_text_range().translate(_DROPPED)
    textpage.close()
    parts.show(text)
    if _unmapped(text) or (_has_large_image(page) and len("".join(text.split())) < _TEXT_LAYER):
        parts.unreadable_parts += 1
    _read_annotations(page, parts)


def _unmapped(text: str) -> bool:
    """Fonts without a character map give private or replacement characters: the page is not read."""
    letters = [character for character in text if not character.isspace()]
    lost = sum(
        1 for character in letters if "\ue000" <= character <= "\uf8ff" or character == "\ufffd" or character < " "
    )
    return lost > len(letters) // 5


def _has_large_image(page: Handle) -> bool:
    width, height = page.get_size()
    covered = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = image.get_bounds()
        covered += max(right - left, 0.0) * max(top - bottom, 0.0)  # a scan may be cut into strips
    return bool(covered >= _SCAN_COVERS * width * height)


def _read_annotations(page: Handle, parts: Parts) -> None:
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            parts.hidden_unreadable += 1
            continue
        _read_annotation(annotation, parts)
        pdfium.FPDFPage_CloseAnnot(annotation)


def _read_annotation(annotation: Handle, parts: Parts) -> None:
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    if kind == pdfium.FPDF_ANNOT_WIDGET:
        parts.show(_annotation_string(annotation, b"V"))
        parts.hide("field", _annotation_string(annotation, b"TU"))
        return
    words = "\n".join(filter(None, (_annotation_string(annotation, key) for key in _ANNOTATION_WORDS)))
    if kind in _SHOWN_ANNOTATIONS:
        parts.show(words)
    else:
        parts.hide("annotation", words)
    if kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
        _read_attachment(pypdfium2.PdfAttachment(pdfium.FPDFAnnot_GetFileAttachment(annotation), None), parts)


def _annotation_string(annotation: Handle, key: bytes) -> str:
    return _utf16(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, size))


def _utf16(read: Callable[[Handle, int], int]) -> str:
    """A string of PDFium's: ask for its length in bytes, then for the UTF-16 text."""
    size = read(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    read(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _read_document_level(document: Handle, parts: Parts) -> None:
    for index in range(document.count_attachments()):
        _read_attachment(document.get_attachment(index), parts)
    for title in _outline(document):
        parts.hide("bookmark", title)
    for key, value in document.get_metadata_dict(skip_empty=True).items():
        if "Date" not in key:
            parts.describe(key.lower(), value)
    parts.hidden_unreadable += max(pdfium.FPDFDoc_GetJavaScriptActionCount(document), 0)
    if document.get_formtype() in _XFA_FORMS:
        parts.unreadable_parts += 1  # the form is drawn by a program that we do not run


def _outline(document: Handle) -> Iterator[str]:
    for bookmark in document.get_toc(max_depth=10):
        title = bookmark.get_title()
        if title:
            yield title


def _read_attachment(attachment: Handle, parts: Parts) -> None:
    try:
        name, data = attachment.get_name(), bytes(attachment.get_data())
    except pypdfium2.PdfiumError:
        parts.hidden_unreadable += 1
        return
    parts.budget.spend_unpacked(len(data))
    parts.attach(data, name, hidden=True)
