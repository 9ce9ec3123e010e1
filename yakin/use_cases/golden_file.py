"""Reads golden.jsonl. A wrong line is named by file and number, with the remedy."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yakin.domain.levels import Level
from yakin.errors import UseCaseError
from yakin.use_cases.golden import GoldenItem
from yakin.use_cases.scoring import SCORING_VERSION

_SAMPLE_PREFIX = "samples/"


class _Contains(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    contains: list[Annotated[str, Field(pattern=r"\S")]] = Field(min_length=1)  # no word is in every text


class _GoldenLine(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    document: str = Field(min_length=1)
    expected: dict[str, _Contains | list[str] | str | int | float | bool | None] = Field(min_length=1)
    level: Level


def read_golden(folder: Path, schema: Mapping[str, object]) -> list[GoldenItem]:
    """Every golden item of a use-case folder, ids unique and expected fields known to the answer."""
    path = folder / "golden.jsonl"
    if not path.is_file():
        raise UseCaseError(f"{path}: missing; add one JSON object per line with id, document, expected, level")
    items: dict[str, GoldenItem] = {}
    for number, line in _lines(path):
        where = f"{path}:{number}"
        item = _item(folder, where, line, schema)
        if item.id in items:
            raise UseCaseError(f"{where}: id {item.id} occurs twice; give each item its own id")
        items[item.id] = item
    return list(items.values())


def golden_version(items: Sequence[GoldenItem]) -> str:
    """A hash of documents, labels and scoring, whatever their order: scores of different ones cannot be compared."""
    digest = hashlib.sha256(SCORING_VERSION.encode())
    for item in sorted(items, key=lambda each: each.id):
        document = item.document if isinstance(item.document, str) else item.document.read_bytes()
        content = document.encode() if isinstance(document, str) else document
        label = json.dumps([item.id, item.level, dict(item.expected)], ensure_ascii=False, sort_keys=True).encode()
        for part in (label, content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.strip():
            yield number, line


def _item(folder: Path, where: str, line: str, schema: Mapping[str, object]) -> GoldenItem:
    try:
        read = _GoldenLine.model_validate_json(line)
    except ValidationError as error:
        fields = ", ".join(f"{'.'.join(map(str, e['loc'])) or 'line'}: {e['type']}" for e in error.errors())
        raise UseCaseError(f"{where}: {fields}; expected are id, document, expected, level") from None
    properties = cast("Mapping[str, object]", schema["properties"])
    if unknown := sorted(set(read.expected) - set(properties)):
        raise UseCaseError(
            f"{where}: expected.{unknown[0]} is not a field of Answer; use one of {', '.join(properties)}"
        )
    expected = {name: _plain_value(where, name, value, properties[name]) for name, value in read.expected.items()}
    return GoldenItem(read.id, _document(folder, where, read.document), expected, read.level)


def _plain_value(where: str, name: str, value: object, field: object) -> object:
    allowed = cast("Mapping[str, object]", field).get("enum")
    if isinstance(allowed, list) and value not in allowed:
        raise UseCaseError(f"{where}: expected.{name} is none of {', '.join(map(str, allowed))}")
    return value.model_dump() if isinstance(value, _Contains) else value


def _document(folder: Path, where: str, document: str) -> str | Path:
    if not document.startswith(_SAMPLE_PREFIX):
        return document
    path = folder / document
    if not path.is_file():
        raise UseCaseError(f"{where}: there is no sample {document}; add the file or put the text itself here")
    return path
