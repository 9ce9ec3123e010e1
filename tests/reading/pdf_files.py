"""Small PDFs written by hand, so that each has exactly the feature that a test is about."""


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Objects 1..n as a file with a correct cross-reference table; object 1 is the catalogue."""
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), entries, body)


def text_string(text: str) -> bytes:
    return b"<" + ("\ufeff" + text).encode("utf-16-be").hex().encode() + b">"


_JAPANESE_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /UniJIS-UTF16-H /DescendantFonts [<< "
    b"/Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiMin-W3 /CIDSystemInfo << /Registry (Adobe) /Ordering "
    b"(Japan1) /Supplement 4 >> /FontDescriptor << /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 4 /FontBBox "
    b"[0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >> >>] >>"
)


def text_pdf(
    *lines: str,
    page: bytes = b"",
    catalogue: bytes = b"",
    more: tuple[bytes, ...] = (),
    trailer: bytes = b"",
    drawn_first: bytes = b"",
) -> bytes:
    """One page with these lines; `more` are objects 6 and up."""
    drawn = drawn_first + b"\n".join(
        b"BT /F1 12 Tf 72 %d Td <%s> Tj ET" % (720 - 20 * i, line.encode("utf-16-be").hex().encode())
        for i, line in enumerate(lines)
    )
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> /XObject << /Im1 6 0 R >> >> %s >>" % page,
            stream(drawn),
            _JAPANESE_FONT,
            *more,
        ],
        trailer,
    )


def annotated_pdf(visible: str, note: str) -> bytes:
    annotation = b"<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /Contents %s >>" % text_string(note)
    return text_pdf(visible, page=b"/Annots [6 0 R]", more=(annotation,))


def form_pdf(visible: str, value: str) -> bytes:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V %s /Rect [10 10 200 30] >>" % text_string(value)
    return text_pdf(visible, page=b"/Annots [6 0 R]", catalogue=b"/AcroForm << /Fields [6 0 R] >>", more=(field,))


def attached_pdf(visible: str, name: str, content: bytes) -> bytes:
    names = b"/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>"
    spec = b"<< /Type /Filespec /F (%s) /UF %s /EF << /F 7 0 R >> >>" % (
        name.encode("ascii", "replace"),
        text_string(name),
    )
    return text_pdf(visible, catalogue=names, more=(spec, stream(content, b"/Type /EmbeddedFile")))


def scanned_pdf(*lines: str) -> bytes:
    """A page that is one large image, with a little text beside it."""
    pixels = b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
    return text_pdf(*lines, drawn_first=b"q 595 0 0 842 0 0 cm /Im1 Do Q\n", more=(stream(b"\x80" * 64, pixels),))


def described_pdf(visible: str, author: str) -> bytes:
    return text_pdf(visible, more=(b"<< /Author %s >>" % text_string(author),), trailer=b"/Info 6 0 R")


def encrypted_pdf() -> bytes:
    """The empty password does not fit /O and /U, so that a reader has to ask for one."""
    lock = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"11" * 32, b"22" * 32)
    identity = b"/Encrypt 6 0 R /ID [<%s> <%s>]" % (b"ab" * 16, b"ab" * 16)
    return text_pdf("secret", more=(lock,), trailer=identity)
