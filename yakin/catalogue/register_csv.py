"""A company's asset register 情報資産台帳 as CSV, turned into rows of the source register. All of it or nothing."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path

import yaml

from yakin.catalogue.problems import Mark, Problems
from yakin.catalogue.register_words import (
    COLUMNS,
    MUST_NOT_BE_MISSED,
    Field,
    Scale,
    column_name,
    export_flag,
    folded,
    levels_of,
    nda_flag,
)
from yakin.catalogue.sources import normal_place
from yakin.domain.levels import Flag, Level
from yakin.errors import CatalogueError

HEADER_WITHIN = 20  # lines: titles and remarks often stand above the table
_WINDOWS = re.compile(r"//|[a-z]:/", re.IGNORECASE)


class _Plain(yaml.SafeDumper):
    """Writes each value out: the loader takes no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a register: its grades, its own words, and where its places are on this machine."""

    scale: Scale = Scale.WORDS
    words: Mapping[str, Level] = field(default_factory=dict)
    places: Sequence[tuple[str, str]] = ()  # from → to, such as \\\\fileserver\\share → /mnt/share
    root: str | None = None  # where relative places start


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One place of the register. Several assets in one place count as the most sensitive of them."""

    prefix: str
    level: Level
    department: str
    owner: str
    flags: frozenset[Flag]
    lines: tuple[int, ...]

    def joined(self, other: "RegisterRow") -> "RegisterRow":
        """Both in one place."""
        first, second = (other, self) if other.level.rank > self.level.rank else (self, other)
        return replace(first, flags=first.flags | second.flags, lines=tuple(sorted({*self.lines, *other.lines})))


@dataclass(frozen=True, slots=True)
class ReadRegister:
    """The rows in the order of the file, and the columns that say nothing to yakin."""

    name: str
    rows: tuple[RegisterRow, ...]
    ignored: tuple[str, ...]

    def as_yaml(self, reviewed_by: str | None, on: date) -> str:
        """A `sources:` section in which every row names its lines in the company's register."""
        sources = [self._source(row, reviewed_by, on) for row in self.rows]
        head = (
            f"# From {self.name} by `yakin catalogue import-register` on {on}.\n"
            "# Name this file, or its folder, in YAKIN_CATALOGUE. `row` is the line of the company's own register.\n"
        )
        return head + yaml.dump({"sources": sources}, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=1000)

    def _source(self, row: RegisterRow, reviewed_by: str | None, on: date) -> dict[str, object]:
        source: dict[str, object] = {"prefix": row.prefix, "level": str(row.level), "department": row.department}
        if row.owner:
            source["owner"] = row.owner
        if row.flags:
            source["flags"] = sorted(map(str, row.flags))
        if reviewed_by:
            source["reviewed"] = {"by": reviewed_by, "on": on}
        source["row"] = f"{self.name}:{','.join(map(str, row.lines))}"
        return source


def read_register(path: Path, reading: Reading) -> ReadRegister:
    """The rows of a CSV file; raises CatalogueError that names every mistake by file, line, field and remedy."""
    problems = Problems()
    table = _Table(path, reading, problems)
    rows: dict[str, RegisterRow] = {}
    for row in table.rows():
        place = normal_place(row.prefix)
        rows[place] = rows[place].joined(row) if place in rows else row
    problems.raise_if_any()
    if not rows:
        raise CatalogueError(f"{path}:1: the table has no rows; give a register with at least one place")
    return ReadRegister(path.name, tuple(rows.values()), table.ignored)


class _Table:
    """The table in a file: which column says what, and each record with the line that it starts on."""

    def __init__(self, path: Path, reading: Reading, problems: Problems) -> None:
        self._path, self._reading, self._problems = path, reading, problems
        self._levels = levels_of(reading.scale, reading.words)
        self._records = _records(_decoded(path))
        self._columns: dict[Field, int] = {}
        self.ignored: tuple[str, ...] = ()

    def rows(self) -> Iterator[RegisterRow]:
        """Every row that could be read; what could not is among the problems."""
        self._find_header()
        for line, cells in self._records:
            if any(cell.strip() for cell in cells) and (row := self._row(line, cells)):
                yield row

    def _find_header(self) -> None:
        for line, cells in islice(self._records, HEADER_WITHIN):
            names = [column_name(cell) for cell in cells]
            found = {
                each: names.index(next(name for name in known if name in names))
                for each, known in COLUMNS.items()
                if any(name in names for name in known)
            }
            if Field.PLACE in found and Field.LEVEL in found:
                self._columns = found
                self.ignored = tuple(c for i, c in enumerate(cells) if i not in found.values() and c.strip())
                self._check_ignored(line)
                return
        raise CatalogueError(
            f"{self._path}:1: header: no line names a place and a level; name one column パス or フォルダ or 保管場所, "
            "and one 機密区分 or 重要度"
        )

    def _check_ignored(self, line: int) -> None:
        for name in self.ignored:
            if any(word in folded(name) for word in MUST_NOT_BE_MISSED):
                remedy = "name it 秘密保持契約 or 該非判定, or remove it"
                self._problems.add(Mark(self._path, line), name, "is a second or unknown column of its kind", remedy)

    def _row(self, line: int, cells: Sequence[str]) -> RegisterRow | None:
        place, level = self._place(line, self._cell(Field.PLACE, cells)), self._level(line, cells)
        flags = self._flags(line, cells)
        if place is None or level is None or flags is None:
            return None
        department = self._cell(Field.DEPARTMENT, cells) or "unassigned"
        return RegisterRow(place, level, department, self._cell(Field.OWNER, cells), flags, (line,))

    def _cell(self, wanted: Field, cells: Sequence[str]) -> str:
        column = self._columns.get(wanted)
        return "" if column is None or column >= len(cells) else cells[column].strip()

    def _place(self, line: int, cell: str) -> str | None:
        if (mapped := _mapped(cell, self._reading.places)) is not None:
            return mapped
        if cell.startswith(("/", "file:///", "s3://")) and not _WINDOWS.match(cell) and len(cell.splitlines()) == 1:
            return cell
        if (wrong := self._why_no_place(cell)) is None:
            return f"{(self._reading.root or '').rstrip('/')}/{cell.replace(chr(92), '/')}"
        self._wrong(line, "place", *wrong)
        return None

    def _why_no_place(self, cell: str) -> tuple[str, str] | None:
        """What is wrong and what to do, or None for a relative place that the root completes."""
        if not cell:
            return "is empty", "give the folder, file:/// or s3:// place, or remove the row"
        if len(cell.splitlines()) > 1:
            return "holds several lines", "give each place a row of its own"
        if _WINDOWS.match(_slashed(cell)):
            return f"{cell} is a place of Windows", r"say where this machine sees it: --map '\\server\share=/mnt/share'"
        if "://" in cell or not self._reading.root:
            remedy = (
                "write an absolute folder, file:/// or s3://, give --root FOLDER for relative ones, or remove the row"
            )
            return f"{cell} is not a place that can be read", remedy
        return None

    def _level(self, line: int, cells: Sequence[str]) -> Level | None:
        cell = self._cell(Field.LEVEL, cells)
        if (level := self._levels.get(folded(cell))) is None:
            remedy = "write 極秘, 秘, 社外秘, 社内 or 公開, give --scale kimitsusei or abc, or --level-word WORD=LEVEL"
            self._wrong(line, "level", f"{cell} is not a known level" if cell else "is empty", remedy)
        return level

    def _flags(self, line: int, cells: Sequence[str]) -> frozenset[Flag] | None:
        columns = {
            Field.NDA: (Flag.THIRD_PARTY_NDA, nda_flag, "write ○ or 有, × or 無, or leave it empty"),
            Field.EXPORT: (Flag.EXPORT_CONTROLLED, export_flag, "write 該当, 非該当 or 未判定"),
        }
        flags: set[Flag] = set()
        understood = True
        for each, (flag, is_set, remedy) in columns.items():
            if each not in self._columns:
                continue
            cell = self._cell(each, cells)
            answer = is_set(cell)
            if answer is None:
                understood = False
                self._wrong(line, str(each), f"{cell} is not understood", remedy)
            elif answer:
                flags.add(flag)
        return frozenset(flags) if understood else None

    def _wrong(self, line: int, where: str, wrong: str, remedy: str) -> None:
        self._problems.add(Mark(self._path, line), where, wrong, remedy)


def _decoded(path: Path) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else Shift_JIS as Windows writes it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{path}:1: cannot be read ({type(error).__name__}); check the path") from None
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CatalogueError(f"{path}:1: is neither UTF-8 nor Shift_JIS; save it as CSV UTF-8")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it starts on; a cell may hold line breaks."""
    separator = "\t" if text.count("\t") > text.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _mapped(cell: str, places: Sequence[tuple[str, str]]) -> str | None:
    place = _slashed(cell)
    for start, target in sorted(places, key=lambda pair: -len(pair[0])):
        begins = _slashed(start).rstrip("/")
        if place.lower() == begins.lower() or place.lower().startswith(f"{begins.lower()}/"):
            return target.rstrip("/") + place[len(begins) :]
    return None


def _slashed(place: str) -> str:
    return place.removeprefix("smb:").replace("\\", "/").replace("￥", "/").replace("¥", "/")
