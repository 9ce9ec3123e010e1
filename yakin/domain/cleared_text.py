"""The only form in which document text may reach `llm/`. Only `privacy/` makes one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from yakin.domain.policy import Clearance


@dataclass(frozen=True, slots=True, repr=False)
class ClearedText:
    """A document's text, cleared for the zones of its clearance. Its repr never shows the text.

    `masked` means that identifiers were replaced by pseudonyms; `restore` maps them back and
    never leaves the process. An architecture test keeps the constructor inside `yakin/privacy`.
    """

    document_id: int
    text: str
    clearance: Clearance
    masked: bool
    restore: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Hash of the text that would be sent, for the attempt's row."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __repr__(self) -> str:
        return f"ClearedText(document_id={self.document_id}, characters={len(self.text)}, masked={self.masked})"
