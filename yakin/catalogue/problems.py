"""What is wrong in reviewed files, gathered so that one run names every mistake."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from yakin.errors import CatalogueError

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of a file, counted from one."""

    file: Path
    line: int


@dataclass(slots=True)
class Problems:
    """Mistakes in the order found; raised together, each with file, line, field and remedy."""

    lines: list[str] = field(default_factory=list)

    def add(self, mark: Mark, where: str, wrong: str, remedy: str) -> None:
        """Record one mistake."""
        place = f"{where}: " if where else ""
        line = f"{mark.file}:{mark.line}: {place}{wrong}; {remedy}"
        if line not in self.lines:  # a file with several sections is read once per section
            self.lines.append(line)

    def add_validation(self, error: ValidationError, marks: Mapping[FieldPath, Mark], owner: str) -> None:
        """Record what Pydantic found, without the input that it found it in."""
        for item in error.errors(include_input=False, include_url=False, include_context=False):
            path = _known_path(item["loc"], marks)
            name = ".".join(str(part) for part in item["loc"])
            self.add(mark_of(path, marks), f"{owner} {name}".strip(), *_words(item["type"], item["msg"]))

    def raise_if_any(self) -> None:
        """Raise CatalogueError when there is at least one mistake."""
        if self.lines:
            raise CatalogueError("\n".join(self.lines))


def mark_of(path: FieldPath, marks: Mapping[FieldPath, Mark]) -> Mark:
    """Where a field stands, or its nearest parent when the field is missing."""
    while path not in marks:
        path = path[:-1]
    return marks[path]


def _known_path(location: tuple[int | str, ...], marks: Mapping[FieldPath, Mark]) -> FieldPath:
    path: FieldPath = ()
    for part in location:
        if (*path, part) in marks:
            path = (*path, part)
    return path


_REMEDIES = {
    "missing": ("is missing", "add this field"),
    "extra_forbidden": ("is not a known field", "remove it or correct its spelling"),
    "greater_than": ("is not above zero", "write a positive number, or leave an unknown price out"),
    "int_type": ("is not a whole number", "write digits only"),
    "bool_type": ("is not true or false", "write true or false"),
    "string_type": ("is not text", "write text; put it in quotes when YAML reads it as something else"),
    "string_too_short": ("is empty", "fill it in"),
    "list_type": ("is not a list", "start each entry with `- `"),
    "dict_type": ("is not a mapping", "write `key: value` lines"),
    "model_type": ("is not a mapping", "write `key: value` lines"),
}


def _words(kind: str, message: str) -> tuple[str, str]:
    if kind in _REMEDIES:
        return _REMEDIES[kind]
    if message.startswith("Input should be"):
        return "is not usable", message.replace("Input should", "it should", 1)
    wrong, _, remedy = message.removeprefix("Value error, ").partition("; ")
    return wrong, remedy or "correct the value"
