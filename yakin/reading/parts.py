"""What a document says, collected while it is read: visible text, hidden text, parts that we cannot read."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from yakin.domain.documents import Extracted, Reason, Unreadable
from yakin.errors import PermanentError

MAX_CHARACTERS = 20_000_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_DEPTH = 3  # a mail in a mail in a mail

Nested = Callable[[bytes, str, int, "Budget"], Extracted | Unreadable]


class CannotRead(PermanentError):
    """This content ends as a document with a stated reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Budget:
    """What one document may cost to read, attachments and embedded files included."""

    characters: int = MAX_CHARACTERS
    unpacked_bytes: int = MAX_UNPACKED_BYTES

    def spend_characters(self, count: int) -> None:
        """Stop before a small file becomes a huge text."""
        self.characters -= count
        if self.characters < 0:
            raise CannotRead(Reason.TOO_LARGE)

    def spend_unpacked(self, count: int) -> None:
        """Stop before a small archive becomes a huge one."""
        self.unpacked_bytes -= count
        if self.unpacked_bytes < 0:
            raise CannotRead(Reason.TOO_LARGE)


@dataclass(slots=True)
class Parts:
    """Collects one document. Readers show, hide and count; nothing that they meet is dropped unsaid."""

    nested: Nested
    depth: int = 0
    budget: Budget = field(default_factory=Budget)
    hidden_unreadable: int = 0
    unreadable_parts: int = 0
    _visible: list[str] = field(default_factory=list)
    _hidden: list[str] = field(default_factory=list)
    _metadata: list[str] = field(default_factory=list)

    def show(self, text: str) -> None:
        """Add text that a person sees when the document is opened or printed."""
        self._add(self._visible, "", text)

    def hide(self, label: str, text: str) -> None:
        """Add text that is in the file but not on the page: notes, comments, hidden rows."""
        self._add(self._hidden, f"[{label}]\n", text)  # a marking counts where it stands alone on its line

    def describe(self, label: str, text: str) -> None:
        """Add metadata (author, company): hidden text that alone does not make a document."""
        self._add(self._metadata, f"[{label}] ", text)

    def attach(self, data: bytes, name: str, *, hidden: bool) -> None:
        """Read a file inside this file; what cannot be read is counted on the side where it lies."""
        if self.depth >= MAX_DEPTH:
            self._count(1, hidden=hidden)
            return
        inner = self.nested(data, name, self.depth + 1, self.budget)
        if isinstance(inner, Extracted):
            self._adopt(inner, name, hidden=hidden)
        elif inner.reason is not Reason.EMPTY:
            self._count(1, hidden=hidden)

    def result(self, media_type: str, extractor_version: str) -> Extracted | Unreadable:
        """The document, or why there is nothing in it to ask about."""
        visible, hidden = _joined(self._visible), _joined(self._hidden)
        if not visible and not hidden:
            unread = self.unreadable_parts or self.hidden_unreadable
            return Unreadable(Reason.UNKNOWN_TYPE if unread else Reason.EMPTY, media_type)
        return Extracted(
            text=visible,
            hidden_text=_joined([hidden, *self._metadata]),
            media_type=media_type,
            hidden_unreadable=self.hidden_unreadable,
            unreadable_parts=self.unreadable_parts,
            extractor_version=extractor_version,
        )

    def _adopt(self, inner: Extracted, name: str, *, hidden: bool) -> None:
        label = f"[attachment] {clean(name)}"  # its characters were spent when it was read
        if hidden:
            self._hidden.append(f"{label}\n{inner.full_text}")
            self.hidden_unreadable += inner.unreadable_parts
        else:
            self._visible.append(f"{label}\n{inner.text}")
            self._hidden += [f"{label}\n{inner.hidden_text}"] if inner.hidden_text else []
            self.unreadable_parts += inner.unreadable_parts
        self.hidden_unreadable += inner.hidden_unreadable

    def _count(self, unread: int, *, hidden: bool) -> None:
        if hidden:
            self.hidden_unreadable += unread
        else:
            self.unreadable_parts += unread

    def _add(self, where: list[str], label: str, text: str) -> None:
        if not text or text.isspace():
            return
        self.budget.spend_characters(len(text))
        cleaned = clean(text).strip("\n")
        if cleaned:
            where.append(f"{label}{cleaned.strip()}" if label else cleaned)


def clean(text: str) -> str:
    """NFC text with line feeds only, without NUL, non-characters and lone surrogates; full width stays as it is."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_NON_CHARACTERS)
        text = text.encode("utf-8", "replace").decode("utf-8") if any("\ud800" <= c <= "\udfff" for c in text) else text
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _joined(texts: list[str]) -> str:
    whole = "\n".join(text for text in texts if text)
    return "" if whole.isspace() else whole


_NON_CHARACTERS = {0xFEFF: None, 0xFFFE: None, 0xFFFF: None, 0x2028: "\n", 0x2029: "\n"}
