"""OLE containers: password-protected Office files are recognised; the legacy formats inside are not read."""

import io
import struct

import olefile

from yakin.domain.documents import Reason
from yakin.reading.parts import CannotRead

_ENCRYPTED_STREAMS = ("EncryptedPackage", "EncryptionInfo", "\x06DataSpaces")
_FILEPASS = 0x002F
_ENCRYPTED_PPT = 0xF3D1C4DF
_SCANNED_BYTES = 4096


def read_ole(data: bytes) -> None:
    """Raises why an OLE file is not read: encrypted, of an unsupported kind, or corrupt."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            reason = Reason.ENCRYPTED if _is_encrypted(container) else Reason.UNKNOWN_TYPE
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error):
        reason = Reason.CORRUPT
    raise CannotRead(reason)


def _is_encrypted(container: olefile.OleFileIO) -> bool:
    if any(container.exists(stream) for stream in _ENCRYPTED_STREAMS):
        return True
    return _is_locked_word(container) or _is_locked_excel(container) or _is_locked_powerpoint(container)


def _start_of(container: olefile.OleFileIO, stream: str) -> bytes:
    return bytes(container.openstream(stream).read(_SCANNED_BYTES)) if container.exists(stream) else b""


def _is_locked_word(container: olefile.OleFileIO) -> bool:
    """The file information block has a flag for it."""
    start = _start_of(container, "WordDocument")
    return len(start) >= 12 and bool(struct.unpack_from("<H", start, 10)[0] & 0x0100)


def _is_locked_excel(container: olefile.OleFileIO) -> bool:
    """A FILEPASS record stands among the first records of the workbook."""
    start = _start_of(container, "Workbook") or _start_of(container, "Book")
    position = 0
    while position + 4 <= len(start):
        kind, length = struct.unpack_from("<HH", start, position)
        if kind == _FILEPASS:
            return True
        position += 4 + length
    return False


def _is_locked_powerpoint(container: olefile.OleFileIO) -> bool:
    start = _start_of(container, "Current User")
    return len(start) >= 16 and struct.unpack_from("<I", start, 12)[0] == _ENCRYPTED_PPT
