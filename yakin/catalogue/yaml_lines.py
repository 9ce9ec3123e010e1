"""YAML with the line of every field, decimals without loss, and no surprises."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

from yakin.catalogue.problems import FieldPath, Mark, Problems

_LISTS = (
    "endpoints",
    "models",
    "policies",
    "sources",
    "fx_rates",
    "company_ids",
    "departments",
    "invoices",
    "vendor_shares",
)
_ONE_ENTRY = ("fx", "judge", "budgets")  # mappings of their own, not lists of entries
SECTIONS = (*_LISTS, *_ONE_ENTRY)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a section: its fields as plain values and the mark of each field path."""

    fields: Mapping[str, object]
    marks: Mapping[FieldPath, Mark]

    @property
    def name(self) -> str:
        """The entry's name as written, or nothing."""
        return str(self.fields.get("name", ""))

    @property
    def mark(self) -> Mark:
        """Where the entry starts."""
        return self.marks[()]


# libyaml reads ten times faster; a build of PyYAML without it gives the same nodes
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def yaml_files(layers: list[Path], problems: Problems) -> Iterator[Path]:
    """The YAML files of the layers in order; a folder gives its files sorted by name."""
    for layer in layers:
        if layer.is_dir():
            yield from sorted(path for path in layer.iterdir() if path.suffix in (".yaml", ".yml"))
        elif layer.is_file():
            yield layer
        else:
            problems.add(Mark(layer, 1), "", "there is no such file or folder", "correct the path in YAKIN_CATALOGUE")


def read_section(path: Path, section: str, problems: Problems) -> list[Entry]:
    """The entries of one section of a file. Mistakes are recorded and their entries left out."""
    root = _root_node(path, problems)
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        problems.add(Mark(path, 1), "", "the file is not a mapping", f"start it with one of {', '.join(SECTIONS)}:")
        return []
    entries: list[Entry] = []
    for key, value in root.value:
        mark = Mark(path, key.start_mark.line + 1)
        if key.value not in SECTIONS:
            problems.add(mark, str(key.value), "is not a known section", f"use one of {', '.join(SECTIONS)}")
        elif key.value == section:
            entries += _entries(value, path, section, problems)
    return entries


def _root_node(path: Path, problems: Problems) -> yaml.Node | None:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if line := _alias_line(text):
            problems.add(Mark(path, line), "", "an alias (*name) is not read here", "write the value out")
            return None
        return yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError:
        problems.add(Mark(path, 1), "", "the file is not UTF-8", "save it as UTF-8")
    except OSError as error:
        problems.add(Mark(path, 1), "", f"cannot be read ({type(error).__name__})", "check its permissions")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.add(Mark(path, line), "", f"not valid YAML: {error.problem}", "correct the line or the one above it")
    except yaml.YAMLError as error:
        problems.add(Mark(path, 1), "", f"not valid YAML ({type(error).__name__})", "remove control characters")
    return None


def _alias_line(text: str) -> int | None:
    """The first alias: a reviewer must see each value where it counts, and aliases can grow without bound."""
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent) and event.start_mark:
            return int(event.start_mark.line) + 1
    return None


def _entries(node: yaml.Node, path: Path, section: str, problems: Problems) -> Iterator[Entry]:
    if _is_null(node):
        return  # `endpoints:` with everything under it commented out
    items = [node] if section in _ONE_ENTRY else node.value
    if section not in _ONE_ENTRY and not isinstance(node, yaml.SequenceNode):
        mark = Mark(path, node.start_mark.line + 1)
        problems.add(mark, section, "is not a list", "start each entry with `- `")
        return
    for item in items:
        marks: dict[FieldPath, Mark] = {}
        fields = _Reader(path, marks, problems).value(item, ())
        if isinstance(fields, dict):
            yield Entry(fields, marks)
        else:
            remedy = (
                f"indent its fields under `{section}:`"
                if section in _ONE_ENTRY
                else "write `- name: …` and indented fields"
            )
            problems.add(marks[()], section, "an entry is not a mapping", remedy)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


@dataclass(slots=True)
class _Reader:
    path: Path
    marks: dict[FieldPath, Mark]
    problems: Problems

    def value(self, node: yaml.Node, at: FieldPath) -> object:
        self.marks.setdefault(at, Mark(self.path, node.start_mark.line + 1))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*at, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, at)

    def _mapping(self, node: yaml.MappingNode, at: FieldPath) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in node.value:
            name, place = str(key.value), Mark(self.path, key.start_mark.line + 1)
            if name in found:
                self.problems.add(place, name, "is given twice", "keep one")
            self.marks[(*at, name)] = place
            found[name] = self.value(value, (*at, name))
        return found

    def _scalar(self, node: yaml.Node, at: FieldPath) -> object:
        kind, text = node.tag.rpartition(":")[2], str(node.value)
        try:
            return _plain(kind, text)
        except (ValueError, InvalidOperation):
            self.problems.add(self.marks[at], ".".join(map(str, at)), f"is not a usable {kind}", _REMEDY[kind])
            return None


_REMEDY = {
    "timestamp": "write a day as YYYY-MM-DD",
    "float": "write digits and one point",
    "int": "write decimal digits, or quotes around text",
}


def _plain(kind: str, text: str) -> object:
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() in ("true", "yes", "on")
        case "int":
            return int(text.replace("_", ""))
        case "float":
            number = Decimal(text)  # from the text, so that 0.1 stays 0.1
            if not number.is_finite():
                raise ValueError
            return number
        case "timestamp":
            if not _DAY.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text)
        case _:
            return text
