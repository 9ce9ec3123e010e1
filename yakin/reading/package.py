"""An Office Open XML package: its parts, content types and relations, opened within a size budget."""

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from yakin.domain.documents import Reason
from yakin.reading.markup import local_name, xml_parser
from yakin.reading.parts import Budget, CannotRead

Node = Any  # lxml has no type stubs

MAX_MEMBERS = 20_000
_BOMB_BYTES = 16 * 1024 * 1024  # smaller members may be as repetitive as they like
_BOMB_RATIO = 200


@dataclass(frozen=True, slots=True)
class Relation:
    """One part pointing at another, or at an address outside the package."""

    id: str
    kind: str  # the last word of the relation's type: slide, notesSlide, hyperlink
    target: str  # part name, or the address when external
    external: bool


class Package:
    """The parts of one OOXML file. Refuses encrypted members, bombs and document type definitions."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        members = [member for member in self._zip.infolist() if not member.is_dir()]
        _refuse_bombs(members, budget)
        self.names = tuple(dict.fromkeys(member.filename for member in members))
        self.duplicates = len(members) - len(self.names)  # only the last of each name can be read
        self._by_lower = {name.lower(): name for name in self.names}
        self._defaults: dict[str, str] = {}
        self._overrides: dict[str, str] = {}
        if self.has("[Content_Types].xml"):
            self._read_content_types()

    def has(self, name: str) -> bool:
        """Whether the part exists; part names ignore case."""
        return name.lower() in self._by_lower

    def read(self, name: str) -> bytes:
        """The bytes of a part."""
        actual = self._by_lower.get(name.lower())
        if actual is None:
            raise CannotRead(Reason.CORRUPT)
        return self._zip.read(actual)

    def xml(self, name: str) -> Node:
        """The root element of a part."""
        root = etree.fromstring(self.read(name), xml_parser())
        if root.getroottree().docinfo.doctype:
            raise CannotRead(Reason.CORRUPT)  # the standard forbids it, and only attacks have one
        return root

    def content_type(self, name: str) -> str:
        """The declared content type of a part, lower case, empty when it has none."""
        lower = name.lower()
        return self._overrides.get(lower) or self._defaults.get(lower.rpartition(".")[2], "")

    def of_type(self, ending: str) -> list[str]:
        """The parts whose content type ends that way, in package order."""
        return [name for name in self.names if self.content_type(name).endswith(ending)]

    def related(self, name: str) -> list[Relation]:
        """What a part points at, in the order of its relations; `""` asks for the package itself."""
        folder, base = posixpath.split(name)
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(path):
            return []
        return [_relation(node, folder) for node in self.xml(path) if local_name(node) == "Relationship"]

    def main_part(self) -> str | None:
        """The document, workbook or presentation, wherever the package keeps it."""
        return next((relation.target for relation in self.related("") if relation.kind == "officeDocument"), None)

    def _read_content_types(self) -> None:
        for node in self.xml("[Content_Types].xml"):
            declared = node.get("ContentType", "").lower()
            if local_name(node) == "Default":
                self._defaults[node.get("Extension", "").lower()] = declared
            elif local_name(node) == "Override":
                self._overrides[node.get("PartName", "").lstrip("/").lower()] = declared


def _relation(node: Node, folder: str) -> Relation:
    external = node.get("TargetMode") == "External"
    target = node.get("Target", "")
    if not external:
        joined = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        target = posixpath.normpath(unquote(joined))
    return Relation(node.get("Id", ""), node.get("Type", "").rpartition("/")[2], target, external)


def _refuse_bombs(members: list[zipfile.ZipInfo], budget: Budget) -> None:
    """Sizes are as declared; reading stops at the declared size, so that they bind."""
    if any(member.flag_bits & 0x1 for member in members):
        raise CannotRead(Reason.ENCRYPTED)
    if len(members) > MAX_MEMBERS:
        raise CannotRead(Reason.TOO_LARGE)
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > _BOMB_BYTES and ratio > _BOMB_RATIO:
            raise CannotRead(Reason.TOO_LARGE)
        budget.spend_unpacked(member.file_size)
