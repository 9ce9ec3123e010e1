"""Excel workbooks: visible sheets as rows; hidden sheets, rows, columns and names as hidden text."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from openpyxl.utils import column_index_from_string

from yakin.domain.documents import Reason
from yakin.reading.cells import CellFormat, cell_format, shown_number
from yakin.reading.markup import local_name
from yakin.reading.package import Node, Package
from yakin.reading.parts import CannotRead, Parts

_MAX_GAP = 20  # empty cells that are kept as tabs so that columns stay in line
_TOOLS = frozenset({"dataValidation", "hyperlink"})
_TRUE = frozenset({"1", "true"})
_REFERENCE = re.compile(r"([A-Z]{1,3})\d+")


@dataclass(slots=True)
class _Workbook:
    """What the sheets share."""

    strings: list[str]
    formats: list[CellFormat]
    since_1904: bool


@dataclass(slots=True)
class _Sheet:
    """One sheet while it is read. `room` is how many characters it may still say."""

    room: int
    hidden_columns: list[range] = field(default_factory=list)
    rows_hidden_by_default: bool = False
    shown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def take(self, characters: int) -> None:
        """One string may stand in a million cells: stop before it does."""
        self.room -= characters
        if self.room < 0:
            raise CannotRead(Reason.TOO_LARGE)

    def hides_column(self, index: int) -> bool:
        return any(index in columns for columns in self.hidden_columns)


def read_workbook(package: Package, main: str, parts: Parts) -> frozenset[str]:
    """Read the workbook; returns the parts that it has taken care of."""
    root = package.xml(main)
    shared_parts = package.of_type(".sharedstrings+xml")
    strings, readings = _shared_strings(package, shared_parts)
    date_system = next((node.get("date1904") for node in root.iter() if local_name(node) == "workbookPr"), None)
    book = _Workbook(strings, _formats(package), date_system in _TRUE)
    done = {main.lower(), *(name.lower() for name in shared_parts)}
    for title, state, name in _sheets(package, main, root):
        if package.has(name) and package.content_type(name).endswith(".worksheet+xml"):
            _tell(title, state, _read_sheet(package.read(name), book, parts.budget.characters), parts)
            done.add(name.lower())
        else:
            parts.show(f"# {title}")  # a chart sheet: its words are in its drawing
    _hide_names(root, parts)
    parts.hide("furigana", " ".join(dict.fromkeys(readings)))
    return frozenset(done)


def _tell(title: str, state: str, sheet: _Sheet, parts: Parts) -> None:
    if state in {"hidden", "veryHidden"}:
        parts.hide(f"hidden sheet {title}", "\n".join([*sheet.shown, *sheet.hidden]))
    else:
        parts.show("\n".join([f"# {title}", *sheet.shown]) if sheet.shown else "")
        parts.hide(f"hidden cells {title}", "\n".join(sheet.hidden))
    parts.hide(f"sheet {title}", "\n".join(dict.fromkeys(sheet.remarks)))


def _sheets(package: Package, main: str, root: Node) -> Iterator[tuple[str, str, str]]:
    targets = {relation.id: relation.target for relation in package.related(main)}
    for node in root.iter():
        if local_name(node) == "sheet":
            relation = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
            yield node.get("name", ""), node.get("state", "visible"), targets.get(relation, "")


def _hide_names(root: Node, parts: Parts) -> None:
    for node in root.iter():
        if local_name(node) == "definedName" and not node.get("name", "").startswith("_xlnm."):
            parts.hide("name", f"{node.get('name')} = {node.text or ''} {node.get('comment', '')}".strip())


def _shared_strings(package: Package, names: list[str]) -> tuple[list[str], list[str]]:
    """The strings by index, and the readings (furigana) that they carry."""
    strings: list[str] = []
    readings: list[str] = []
    for name in names:
        for item in package.xml(name):
            if local_name(item) == "si":
                strings.append(_rich_text(item))
                readings += ["".join(node.itertext()) for node in item if local_name(node) == "rPh"]
    return strings, readings


def _rich_text(item: Node) -> str:
    """The text of a string without its furigana."""
    own = (node for node in item if local_name(node) in {"t", "r"})
    return "".join(text for node in own for text in node.itertext())


def _formats(package: Package) -> list[CellFormat]:
    formats: list[CellFormat] = []
    for name in package.of_type(".styles+xml"):
        codes: dict[str, str] = {}
        for node in package.xml(name).iter():
            if local_name(node) == "numFmt":
                codes[node.get("numFmtId", "")] = node.get("formatCode", "")
            elif local_name(node) == "xf" and local_name(node.getparent()) == "cellXfs":
                number = node.get("numFmtId", "0")
                formats.append(cell_format(int(number), codes.get(number)))
    return formats


def _read_sheet(data: bytes, book: _Workbook, room: int) -> _Sheet:
    """One pass; rows are dropped once read, so that a large sheet does not become a large tree."""
    sheet = _Sheet(room)
    parser = etree.iterparse(io.BytesIO(data), events=("end",), resolve_entities=False, no_network=True, load_dtd=False)
    for _, node in parser:
        name = local_name(node)
        if name == "row":
            _read_row(node, sheet, book)
            node.clear(keep_tail=False)
        elif name == "col" and _is_hidden(node, "width"):
            sheet.hidden_columns.append(range(int(node.get("min", "1")), int(node.get("max", "1")) + 1))
        elif name == "sheetFormatPr":
            sheet.rows_hidden_by_default = node.get("zeroHeight") in _TRUE
        elif name in _TOOLS or name.endswith(("Header", "Footer")):
            sheet.remarks += _remarks(node)
    return sheet


def _remarks(node: Node) -> list[str]:
    written = ("prompt", "promptTitle", "error", "errorTitle", "display", "tooltip", "location")
    words = [node.get(key) for key in written if node.get(key)]
    return words + [text.strip() for text in node.itertext() if text.strip()]


def _is_hidden(node: Node, size: str) -> bool:
    return node.get("hidden") in _TRUE or node.get(size) in {"0", "0.0"}


def _read_row(row: Node, sheet: _Sheet, book: _Workbook) -> None:
    conceal_row = _is_hidden(row, "ht") or (sheet.rows_hidden_by_default and row.get("hidden") is None)
    shown, hidden = [], []
    column = shown_to = 0
    for cell in row:
        if local_name(cell) != "c":
            continue
        column = _column(cell, column)
        style = _style_of(cell, book)
        text = _cell_text(cell, style, book)
        if not text:
            continue
        sheet.take(len(text))
        if conceal_row or style.conceals or sheet.hides_column(column):
            hidden.append(text)
        else:
            shown.append("\t" * min(column - shown_to - 1, _MAX_GAP) + text)
            shown_to = column
    sheet.shown += ["\t".join(shown)] if shown else []
    sheet.hidden += ["\t".join(hidden)] if hidden else []


def _column(cell: Node, before: int) -> int:
    match = _REFERENCE.match(cell.get("r", ""))
    return int(column_index_from_string(match.group(1))) if match else before + 1


def _style_of(cell: Node, book: _Workbook) -> CellFormat:
    index = int(cell.get("s", "0"))
    return book.formats[index] if index < len(book.formats) else CellFormat()


def _cell_text(cell: Node, style: CellFormat, book: _Workbook) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_rich_text(node) for node in cell if local_name(node) == "is")
    raw = next((node.text or "" for node in cell if local_name(node) == "v"), "")
    if not raw:  # never calculated: the formula is all that there is
        return next((f"={node.text}" for node in cell if local_name(node) == "f" and node.text), "")
    if kind == "s":
        return book.strings[int(raw)]
    if kind == "b":
        return "TRUE" if raw == "1" else "FALSE"
    return shown_number(raw, style, since_1904=book.since_1904) if kind == "n" else raw
