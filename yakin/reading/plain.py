"""Plain text, Markdown, CSV, TSV and JSON: the decoded text is the document."""

import re

from yakin.reading.encodings import decode
from yakin.reading.parts import Parts

_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def read_plain(data: bytes, parts: Parts) -> None:
    """Show the text as it stands; rows of a table stay rows."""
    parts.show(decode(data))


def read_json(data: bytes, parts: Parts) -> None:
    r"""Show JSON with its \uXXXX escapes decoded, so that escaped names are seen by the detector.

    The text is not parsed: duplicate keys and JSON Lines keep everything that they say.
    """
    parts.show(_ESCAPES.sub(_unescape, decode(data)))


def _unescape(match: re.Match[str]) -> str:
    units = bytes.fromhex(match.group().replace("\\u", ""))
    return units.decode("utf-16-be", "replace")
