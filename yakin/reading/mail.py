"""Mail: the five headers that people read, text and HTML bodies, attachments; other headers as hidden text."""

import binascii
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import TypeAlias

from yakin.reading.encodings import decode_declared
from yakin.reading.markup import read_html
from yakin.reading.parts import MAX_DEPTH, CannotRead, Parts

Mail: TypeAlias = "Message[str, str]"

_SHOWN = ("From", "To", "Cc", "Subject", "Date")
# Signatures and filter verdicts: long, random, and without a word of the sender's.
_MACHINE = re.compile(
    r"^(dkim-|arc-|authentication-results|x-ms-exchange|x-microsoft|x-forefront|x-google|x-gm-|content-|mime-version)"
)
_INLINE_LOGO_BYTES = 32 * 1024  # a smaller picture inside the text is a logo or a smiley
_MAX_PARTS = 1_000


def read_mail(data: bytes, parts: Parts) -> None:
    """Read one message with everything that is attached to it."""
    # compat32: the newer policies raise on malformed headers, and old offices send malformed headers
    _read_message(BytesParser(policy=compat32).parsebytes(data), parts, depth=parts.depth)


def _read_message(message: Mail, parts: Parts, *, depth: int) -> None:
    for name in _SHOWN:
        for value in (value for key, value in message.raw_items() if key.title() == name):
            parts.show(f"{name}: {header_text(value)}")
    for name, value in message.raw_items():  # `items` replaces raw eight-bit headers by question marks
        if name.title() not in _SHOWN and not _MACHINE.match(name.lower()):
            parts.hide(name, header_text(value))
    _read_body(message, parts, depth=depth)
    for text in (message.preamble, message.epilogue):
        if text and "MIME" not in text:
            parts.hide("between parts", text)


def _read_body(message: Mail, parts: Parts, *, depth: int) -> None:
    inners = _inner_messages(message)
    parts.unreadable_parts += len(inners[_MAX_PARTS:])
    if message.get_content_type() == "message/rfc822":
        for inner in inners[:_MAX_PARTS]:
            if depth >= MAX_DEPTH:
                parts.unreadable_parts += 1
            else:
                _read_message(inner, parts, depth=depth + 1)
    elif message.is_multipart():
        for inner in inners[:_MAX_PARTS]:
            _read_body(inner, parts, depth=depth)
    else:
        _read_leaf(message, parts)


def _inner_messages(message: Mail) -> list[Mail]:
    payload = message.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _read_leaf(message: Mail, parts: Parts) -> None:
    data = _payload(message)
    name = header_text(message.get_filename() or "")
    kind = message.get_content_type()
    if message.get_content_disposition() == "attachment" or name or message.get_content_maintype() != "text":
        if not _is_inline_logo(message, data):
            parts.attach(data, name or _default_name(kind), hidden=False)
        return
    try:
        if kind == "text/html":
            read_html(_as_utf8(data, message.get_content_charset()), parts)
        else:
            parts.show(decode_declared(data, message.get_content_charset()))
    except CannotRead:
        parts.unreadable_parts += 1


def _as_utf8(html: bytes, charset: str | None) -> bytes:
    """The mail's charset wins over the page's, unless it names none."""
    return b"\xef\xbb\xbf" + decode_declared(html, charset).encode("utf-8", "replace") if charset else html


def _payload(message: Mail) -> bytes:
    try:
        payload = message.get_payload(decode=True)
    except (binascii.Error, ValueError):
        payload = None
    if isinstance(payload, bytes):
        return payload
    return str(message.get_payload()).encode("utf-8", "surrogateescape")


def _is_inline_logo(message: Mail, data: bytes) -> bool:
    inline = message.get_content_disposition() == "inline" or "Content-ID" in message
    return message.get_content_maintype() == "image" and inline and len(data) < _INLINE_LOGO_BYTES


def _default_name(kind: str) -> str:
    known = {"text/html": "body.html", "message/rfc822": "mail.eml", "text/calendar": "invitation.txt"}
    return known.get(kind, "attachment")


def header_text(raw: str) -> str:
    """A header with its encoded words decoded; raw eight-bit headers are decoded like any other text."""
    unfolded = re.sub(r"\r?\n[ \t]+", " ", raw)
    try:
        words = decode_header(unfolded)
    except (HeaderParseError, ValueError):
        return unfolded
    return "".join(_word(word, charset) for word, charset in words).strip()


def _word(word: bytes | str, charset: str | None) -> str:
    data = word.encode("utf-8", "surrogateescape") if isinstance(word, str) else word
    try:
        return decode_declared(data, charset)
    except CannotRead:
        return data.decode("ascii", "replace")
