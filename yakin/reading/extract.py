"""Bytes to text, hidden text included. Bad content becomes a document with a stated reason, never an exception."""

import binascii
import struct
import zipfile
import zlib
from collections.abc import Callable

from lxml import etree
from pypdfium2 import PdfiumError

from yakin.domain.documents import Extracted, Reason, Unreadable
from yakin.reading.encodings import decode
from yakin.reading.mail import read_mail
from yakin.reading.markup import read_html, read_xml
from yakin.reading.office import read_office
from yakin.reading.ole import read_ole
from yakin.reading.parts import Budget, CannotRead, Parts
from yakin.reading.pdf import read_pdf
from yakin.reading.plain import read_json, read_plain
from yakin.reading.sniffing import Format, looks_binary, names_a_container, sniff, suffix_of

# Raise it with every change that can change the text of some document: what was classified is then classified again.
EXTRACTOR_VERSION = "2"

_READERS: dict[Format, Callable[[bytes, Parts], None]] = {
    Format.TEXT: read_plain,
    Format.MARKDOWN: read_plain,
    Format.CSV: read_plain,
    Format.TSV: read_plain,
    Format.JSON: read_json,
    Format.HTML: read_html,
    Format.XML: read_xml,
    Format.MAIL: read_mail,
    Format.PDF: read_pdf,
}
_OFFICE_BY_SUFFIX = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".msg": "application/vnd.ms-outlook",
}
# What the parsers raise on damaged files. Anything else is a parser's own fault and is named so.
_DAMAGE = (
    etree.LxmlError,
    zipfile.BadZipFile,
    zlib.error,
    PdfiumError,
    binascii.Error,
    struct.error,
    UnicodeError,
    ValueError,
    LookupError,
    EOFError,
    NotImplementedError,
    RecursionError,
)


def extract(data: bytes, name: str) -> Extracted | Unreadable:
    """The text of a document with everything hidden in it, or the reason why there is none.

    Deterministic for the same bytes, name suffix and EXTRACTOR_VERSION; never raises for bad content.
    """
    return _extract(data, name, 0, Budget())


def _extract(data: bytes, name: str, depth: int, budget: Budget) -> Extracted | Unreadable:
    if not data or data.isspace():
        return Unreadable(Reason.EMPTY)
    kind = sniff(data, name)
    media_type = _OFFICE_BY_SUFFIX.get(suffix_of(name), str(kind)) if kind is Format.OLE else str(kind)
    try:
        parts = Parts(nested=_extract, depth=depth, budget=budget)
        return parts.result(_read(data, name, kind, parts), EXTRACTOR_VERSION)
    except CannotRead as refused:
        return Unreadable(refused.reason, media_type)
    except MemoryError:
        return Unreadable(Reason.TOO_LARGE, media_type)
    except _DAMAGE:
        return Unreadable(Reason.CORRUPT, media_type)
    except Exception:  # noqa: BLE001 - the boundary: one document's failure is a reason, not the run's end
        return Unreadable(Reason.PARSER_FAILED, media_type)


def _read(data: bytes, name: str, kind: Format, parts: Parts) -> str:
    """Read into parts; returns the media type, which for an Office file is only known inside."""
    if kind is Format.ZIP:
        return read_office(data, parts)
    if kind is Format.OLE:
        read_ole(data)
    reader = _READERS.get(kind)
    if reader is None:
        raise CannotRead(Reason.CORRUPT if names_a_container(name) else Reason.UNKNOWN_TYPE)
    if kind is Format.TEXT:
        _refuse_non_text(data, name)
    reader(data, parts)
    return str(kind)


def _refuse_non_text(data: bytes, name: str) -> None:
    """A file that nothing names as text has to be text."""
    if looks_binary(data):
        raise CannotRead(Reason.CORRUPT if names_a_container(name) else Reason.UNKNOWN_TYPE)
    if suffix_of(name) == ".txt":
        return
    try:
        decode(data)
    except CannotRead:
        raise CannotRead(Reason.CORRUPT if names_a_container(name) else Reason.UNKNOWN_TYPE) from None
