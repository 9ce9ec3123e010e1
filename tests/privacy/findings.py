"""What the shipped scanner finds in a text, for the tests of each kind."""

from yakin.domain.evidence import Kind
from yakin.privacy.scanner import JapaneseScanner

SCANNER = JapaneseScanner()


def values(text: str, kind: Kind) -> list[str]:
    """The values of one kind, in order."""
    return [text[one.start : one.end] for one in SCANNER.scan(text) if one.kind == kind]
