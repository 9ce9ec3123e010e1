"""A minimal OLE compound file: header, one allocation table, one directory, streams of at least 4,096 bytes."""

import struct

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SECTOR = 512


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE file with these streams."""
    names = list(streams)
    directory_sectors = (len(names) + 1 + 3) // 4
    fat = [_FAT, *range(2, directory_sectors + 1), _END]
    entries = [_entry("Root Entry", 5, 1 if names else _FREE, _END, 0)]
    body = b""
    for index, name in enumerate(names):
        content = streams[name].ljust(4096, b"\0")
        content += b"\0" * (-len(content) % _SECTOR)
        start = len(fat)
        fat += [*range(start + 1, start + len(content) // _SECTOR), _END]
        entries.append(
            _entry(name, 2, _FREE, start, len(content), right=index + 2 if index + 1 < len(names) else _FREE)
        )
        body += content
    directory = b"".join(entries).ljust(directory_sectors * _SECTOR, b"\0")
    table = struct.pack("<128I", *(fat + [_FREE] * (128 - len(fat))))
    return _header() + table + directory + body


def _header() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    return head + struct.pack("<109I", 0, *([_FREE] * 108))


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int = _FREE) -> bytes:
    raw = name.encode("utf-16-le")
    text = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1)
    return text + struct.pack("<III", _FREE, right, child) + b"\0" * 36 + struct.pack("<IQ", start, size)
