"""The source register 情報資産台帳: what a folder or bucket prefix is declared to hold, and whose it is."""

import os
import posixpath
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from pydantic import ValidationError

from yakin.catalogue.layers import layered_files
from yakin.catalogue.places import PlaceTree
from yakin.catalogue.problems import Problems, mark_of
from yakin.catalogue.schema import Checked, Day, Text
from yakin.catalogue.yaml_lines import Entry, read_section
from yakin.domain.levels import Flag, Level, highest

_FILE = "file://"


@dataclass(frozen=True, slots=True)
class SourceRule:
    """What the register says of a source. An unregistered source is internal and nobody's.

    `prefix` is the row's place as written, `row` where the row stands: in the company's own register
    when it was imported from one, else in the YAML file.
    """

    level: Level = Level.INTERNAL
    department: str = "unassigned"
    owner: str = ""
    declared: bool = False
    flags: frozenset[Flag] = frozenset()
    prefix: str = ""
    row: str = ""
    reviewed_by: str | None = None
    reviewed_on: date | None = None

    def baseline(self, requested: Level | None) -> Level:
        """The level to start from. A request declares what the register does not, and raises what it does."""
        if requested is None:
            return self.level
        return highest((self.level, requested)) if self.declared else requested


class ReviewedEntry(Checked):
    """Who checked a row, and when."""

    by: Text
    on: Day


class SourceEntry(Checked):
    """One row of the register, as declared."""

    prefix: Text
    level: Level
    department: Text = "unassigned"
    owner: str = ""
    flags: tuple[Flag, ...] = ()
    reviewed: ReviewedEntry | None = None
    row: Text | None = None  # file and line of the company's own register


class SourceRegister:
    """Rules by normalised prefix; the most specific prefix of whole path segments wins."""

    def __init__(self, rules: Mapping[str, SourceRule]) -> None:
        self._rules = list(rules.values())
        self._tree = PlaceTree(rules)

    def rule_for(self, uri: str) -> SourceRule:
        """The rule of a document. Through a symbolic link both places count: the higher level, all flags."""
        return _strictest([self._rule_of(place) for place in _places(uri)])

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """Where the rows stand that name no reviewer."""
        return tuple(rule.row for rule in self._rules if rule.reviewed_by is None)

    def _rule_of(self, place: str) -> SourceRule:
        # rows that are as specific as each other contradict each other: the more sensitive one counts
        return _strictest([self._rules[number] for number in self._tree.most_specific(place)] or [SourceRule()])


def _strictest(rules: Sequence[SourceRule]) -> SourceRule:
    if len(rules) == 1:
        return rules[0]
    first = max(rules, key=lambda rule: rule.level.rank)
    return replace(first, flags=frozenset[Flag]().union(*(rule.flags for rule in rules)))


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
            prefix = normal_place(_beside(file, row.prefix))
            if prefix in seen:
                mark = mark_of(("prefix",), entry.marks)
                problems.add(mark, "source prefix", "is given twice in this file", "keep one of them")
            seen.add(prefix)
            rules[prefix] = _rule(row, entry)
    problems.raise_if_any()
    return SourceRegister(rules)


def _rule(row: SourceEntry, entry: Entry) -> SourceRule:
    return SourceRule(
        level=row.level,
        department=row.department,
        owner=row.owner,
        declared=True,
        flags=frozenset(row.flags),
        prefix=row.prefix,
        row=row.row or f"{entry.mark.file.name}:{entry.mark.line}",
        reviewed_by=row.reviewed.by if row.reviewed else None,
        reviewed_on=row.reviewed.on if row.reviewed else None,
    )


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
    place = normal_place(uri)
    if not place.startswith("/"):
        return [place]
    resolved = unicodedata.normalize("NFC", os.path.realpath(place))
    return [place] if resolved == place else [place, resolved]


def normal_place(uri: str) -> str:
    """One spelling for a place: files as absolute paths, Unicode composed, no trailing slash."""
    if uri.startswith("s3://"):
        return unicodedata.normalize("NFC", uri).rstrip("/")  # keys are literal: `..` is a name there
    path = unquote(uri.removeprefix(_FILE)) if uri.startswith(_FILE) else str(Path(uri).absolute())
    return unicodedata.normalize("NFC", posixpath.normpath(path)).replace("//", "/", 1)
