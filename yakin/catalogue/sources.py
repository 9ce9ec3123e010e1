"""The source register 情報資産台帳: what a folder or bucket prefix is declared to hold, and whose it is."""

import posixpath
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pydantic import ValidationError

from yakin.catalogue.layers import layered_files
from yakin.catalogue.problems import Problems, mark_of
from yakin.catalogue.schema import Checked, Text
from yakin.catalogue.yaml_lines import Entry, read_section
from yakin.domain.levels import Level, highest

_FILE = "file://"


@dataclass(frozen=True, slots=True)
class SourceRule:
    """What the register says of a source. An unregistered source is internal and nobody's."""

    level: Level = Level.INTERNAL
    department: str = "unassigned"
    owner: str = ""
    declared: bool = False

    def baseline(self, requested: Level | None) -> Level:
        """The level to start from. A request declares what the register does not, and raises what it does."""
        if requested is None:
            return self.level
        return highest((self.level, requested)) if self.declared else requested


class SourceEntry(Checked):
    """One row of the register, as declared."""

    prefix: Text
    level: Level
    department: Text = "unassigned"
    owner: str = ""


@dataclass(frozen=True, slots=True)
class SourceRegister:
    """Rules by normalised prefix; the longest prefix of whole path segments wins."""

    rules: Mapping[str, SourceRule]

    def rule_for(self, uri: str) -> SourceRule:
        """The rule of a document. Through a symbolic link the more sensitive of both places counts."""
        found = [self._longest(place) for place in _places(uri)]
        return max(found, key=lambda rule: rule.level.rank)

    def _longest(self, place: str) -> SourceRule:
        while place:
            if place in self.rules:
                return self.rules[place]
            place = place.rpartition("/")[0]
        return SourceRule()


def load_sources(paths: Sequence[Path]) -> SourceRegister:
    """The register of the shipped file and the given files or folders; a later row of a prefix wins."""
    problems = Problems()
    rules: dict[str, SourceRule] = {}
    for file in layered_files(paths, problems):
        seen: set[str] = set()
        for entry in read_section(file, "sources", problems):
            row = _row(entry, problems)
            if row is None:
                continue
            prefix = _normal(_beside(file, row.prefix))
            if prefix in seen:
                mark = mark_of(("prefix",), entry.marks)
                problems.add(mark, "source prefix", "is given twice in this file", "keep one of them")
            seen.add(prefix)
            rules[prefix] = SourceRule(row.level, row.department, row.owner, declared=True)
    problems.raise_if_any()
    return SourceRegister(rules)


def _row(entry: Entry, problems: Problems) -> SourceEntry | None:
    try:
        row = SourceEntry.model_validate(dict(entry.fields))
    except ValidationError as error:
        problems.add_validation(error, entry.marks, "source")
        return None
    if "://" in row.prefix and not row.prefix.startswith((_FILE + "/", "s3://")):
        mark = mark_of(("prefix",), entry.marks)
        remedy = "write a folder (absolute, or relative to this file), file:///folder or s3://bucket/prefix"
        problems.add(mark, "source prefix", "is not a place that can be read", remedy)
        return None
    return row


def _beside(file: Path, prefix: str) -> str:
    """A relative prefix starts at the register's own folder."""
    return prefix if "://" in prefix or prefix.startswith("/") else str(file.absolute().parent / prefix)


def _places(uri: str) -> list[str]:
    place = _normal(uri)
    if not place.startswith("/"):
        return [place]
    return [place, unicodedata.normalize("NFC", str(Path(place).resolve()))]


def _normal(uri: str) -> str:
    """One spelling for a place: files as absolute paths, Unicode composed, no trailing slash."""
    if uri.startswith("s3://"):
        return unicodedata.normalize("NFC", uri).rstrip("/")  # keys are literal: `..` is a name there
    path = unquote(uri.removeprefix(_FILE)) if uri.startswith(_FILE) else str(Path(uri).absolute())
    return unicodedata.normalize("NFC", posixpath.normpath(path)).replace("//", "/", 1)
