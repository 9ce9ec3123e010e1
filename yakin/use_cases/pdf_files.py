"""Writes small PDFs with Japanese text, plain or locked by a password. Nothing but the standard library."""

import hashlib
import textwrap
from collections.abc import Iterable, Sequence

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_PERMISSIONS = -44
_FILE_ID = b"\x59" * 16
_CHARACTERS_PER_LINE = 40
_CONTENT = 4  # the number of the object that holds the page's text
# A predefined CMap (UniJIS) with Adobe-Japan1: readers know its way back to Unicode, so no font is embedded.
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5 /Encoding /UniJIS-UCS2-H /DescendantFonts [<< "
    b"/Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /DW 1000 "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor << "
    b"/Type /FontDescriptor /FontName /HeiseiKakuGo-W5 /Flags 4 /FontBBox [-92 -250 1010 922] "
    b"/ItalicAngle 0 /Ascent 752 /Descent -221 /CapHeight 737 /StemV 114 >> >>] >>"
)


def pdf(lines: Iterable[str]) -> bytes:
    """A one-page PDF whose text can be extracted."""
    return _file(_objects(_page_text(lines)), b"")


def locked_pdf(lines: Iterable[str], password: str) -> bytes:
    """The same page encrypted (standard handler, 40-bit RC4), unreadable without the password."""
    padded = (password.encode("ascii") + _PADDING)[:32]
    owner = _rc4(hashlib.md5(padded, usedforsecurity=False).digest()[:5], padded)
    seed = padded + owner + (_PERMISSIONS & 0xFFFFFFFF).to_bytes(4, "little") + _FILE_ID
    key = hashlib.md5(seed, usedforsecurity=False).digest()[:5]
    user = _rc4(key, _PADDING)
    object_key = hashlib.md5(key + _CONTENT.to_bytes(3, "little") + b"\0\0", usedforsecurity=False).digest()[:10]
    encrypt = (
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{user.hex()}> /P {_PERMISSIONS} >> "
        f"/ID [<{_FILE_ID.hex()}> <{_FILE_ID.hex()}>] "
    )
    return _file(_objects(_rc4(object_key, _page_text(lines))), encrypt.encode())


def _page_text(lines: Iterable[str]) -> bytes:
    wrapped = [
        part for line in lines for part in textwrap.wrap(line, _CHARACTERS_PER_LINE, break_on_hyphens=False) or [""]
    ]
    shown = " T* ".join(f"<{line.encode('utf-16-be').hex()}> Tj" for line in wrapped)
    return f"BT /F1 11 Tf 18 TL 60 780 Td {shown} ET".encode()


def _objects(content: bytes) -> list[bytes]:
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>"
    )
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    return [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        stream,
        _FONT,
    ]


def _file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
