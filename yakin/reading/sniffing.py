"""What a file is: its first bytes decide, its name only when they leave it open."""

import re
from enum import StrEnum
from pathlib import PurePosixPath


class Format(StrEnum):
    """A kind of file with its media type."""

    TEXT = "text/plain"
    MARKDOWN = "text/markdown"
    CSV = "text/csv"
    TSV = "text/tab-separated-values"
    JSON = "application/json"
    HTML = "text/html"
    XML = "application/xml"
    MAIL = "message/rfc822"
    PDF = "application/pdf"
    ZIP = "application/zip"
    OLE = "application/x-ole-storage"
    RTF = "application/rtf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    GIF = "image/gif"
    BMP = "image/bmp"
    TIFF = "image/tiff"
    ARCHIVE = "application/x-archive"
    EXECUTABLE = "application/x-executable"
    BINARY = "application/octet-stream"


_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format.OLE),
    (b"PK\x03\x04", Format.ZIP),
    (b"PK\x05\x06", Format.ZIP),
    (b"{\\rtf", Format.RTF),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"\xff\xd8\xff", Format.JPEG),
    (b"GIF8", Format.GIF),
    (b"II*\x00", Format.TIFF),
    (b"MM\x00*", Format.TIFF),
    (b"\x1f\x8b", Format.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Format.ARCHIVE),
    (b"Rar!\x1a\x07", Format.ARCHIVE),
    (b"\x7fELF", Format.EXECUTABLE),
    (b"MZ\x90\x00", Format.EXECUTABLE),
)
_BY_SUFFIX = {
    ".txt": Format.TEXT,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSON,
    ".ndjson": Format.JSON,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".xml": Format.XML,
    ".eml": Format.MAIL,
    ".mht": Format.MAIL,
    ".mhtml": Format.MAIL,
}
# A file of these names that does not start as one is damaged, unless it is text under a wrong name.
_CONTAINER_SUFFIXES = frozenset(
    {".pdf", ".docx", ".docm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".doc", ".xls", ".ppt", ".zip"}
)
_HTML_START = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table)\b", re.IGNORECASE | re.DOTALL
)
_MAIL_START = re.compile(
    rb"(?:^|\n)(?:Received|Return-Path|From|To|Date|Message-ID|MIME-Version|Subject): ?", re.IGNORECASE
)
_HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]")
_CONTROL = bytes(set(range(32)) - {0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1B})
_HEAD = 4096


def sniff(data: bytes, name: str) -> Format:
    """The format of a file; BINARY when the bytes are not text of any kind."""
    head = data[:_HEAD]
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"BM") and len(head) > 14 and head[6:10] == b"\0\0\0\0":
        return Format.BMP
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    return _sniff_text(head, name)


def suffix_of(name: str) -> str:
    """The lower-case extension of a file name or key."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def names_a_container(name: str) -> bool:
    """Whether the name promises a binary format that starts with a magic number."""
    return suffix_of(name) in _CONTAINER_SUFFIXES


def looks_binary(data: bytes) -> bool:
    """Whether control bytes are too many for text of any encoding that we read."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = data[: _HEAD * 4]
    return len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) // 100


def _sniff_text(head: bytes, name: str) -> Format:
    bare = head.removeprefix(b"\xef\xbb\xbf")
    named = _BY_SUFFIX.get(suffix_of(name))
    if named is Format.MAIL or (named in {None, Format.TEXT} and _starts_as_mail(bare)):
        return Format.MAIL
    if _HTML_START.match(bare) and named is not Format.MARKDOWN:
        return Format.HTML
    if named is Format.HTML and bare.lstrip().startswith(b"<?xml"):
        return Format.HTML
    if bare.lstrip().startswith(b"<?xml") or named is Format.XML:
        return Format.XML
    if named:
        return named
    return Format.BINARY if looks_binary(head) else Format.TEXT


def _starts_as_mail(head: bytes) -> bool:
    kinds = {match.group().strip().lower() for match in _MAIL_START.finditer(head)}
    return bool(_HEADER_LINE.match(head)) and len(kinds) >= 3
