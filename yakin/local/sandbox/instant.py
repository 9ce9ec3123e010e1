"""Instant answers: made from the schema and the document, the same for the same question every time."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import cast

from yakin.local.sandbox.request import BadRequest, ChatRequest, Schema

_DATE = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_DIGITS_PATTERN = re.compile(r"\^?(?:\\d|\[0-9\])\{(\d+)\}\$?")
_CAPITALS_PATTERN = re.compile(r"\^?\[A-Z\]\{(\d+)\}\$?")  # codes of countries and currencies
_DATE_PATTERN = re.compile(r"\^?(?:\\d|\[0-9\])\{4\}-(?:\\d|\[0-9\])\{2\}-(?:\\d|\[0-9\])\{2\}\$?")
_USUAL_LENGTH = 60


def answer_text(request: ChatRequest) -> str:
    """An answer that fits the schema of the request; plain words when it has none."""
    if request.schema is None:
        return f"サンドボックスの回答: {request.document[:_USUAL_LENGTH]}"
    filler = _Filler(request.schema, request)
    return json.dumps(filler.fill(request.schema, "answer"), ensure_ascii=False)


class _Filler:
    """Fills a schema with values taken from the document, chosen by a hash of model, document and field."""

    def __init__(self, root: Schema, request: ChatRequest) -> None:
        document = request.document
        self._root = root
        self._prefer = {} if request.is_unsure else request.prefer
        self._lines = [line.strip() for line in document.splitlines() if line.strip()] or ["サンドボックス"]
        self._document = document
        draw = f"{request.draw}\0" if request.is_unsure and request.draw else ""
        self._seed = f"{request.model}\0{document}\0{draw}"

    def fill(self, schema: Schema, path: str) -> object:
        """One value that fits."""
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            choices = cast("list[object]", schema["enum"])
            preferred = self._prefer.get(path.rpartition(".")[2])
            if preferred in choices:
                return preferred
            return choices[self._number(path) % len(choices)]
        return self._typed(schema, path)

    def _typed(self, schema: Schema, path: str) -> object:
        makers: Mapping[str, Callable[[Schema, str], object]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": lambda schema, path: self._numeric(schema, path, whole=True),
            "number": lambda schema, path: self._numeric(schema, path, whole=False),
            "boolean": lambda _schema, path: self._number(path) % 2 == 0,
            "null": lambda _schema, _path: None,
        }
        kind = _type_of(schema)
        if kind not in makers:
            raise BadRequest(f"the sandbox cannot fill type {kind} at {path}")
        return makers[kind](schema, path)

    def _object(self, schema: Schema, path: str) -> dict[str, object]:
        fields = cast("Mapping[str, Schema]", schema.get("properties", {}))
        return {name: self.fill(child, f"{path}.{name}") for name, child in fields.items()}

    def _resolved(self, schema: Schema) -> Schema:
        while True:
            if "$ref" in schema:
                name = str(schema["$ref"]).rpartition("/")[2]
                schema = {**cast("Mapping[str, Schema]", self._root["$defs"])[name], **_without(schema, "$ref")}
            elif "allOf" in schema:
                parts = cast("list[Schema]", schema["allOf"])
                merged = {key: value for part in parts for key, value in self._resolved(part).items()}
                schema = {**merged, **_without(schema, "allOf")}
            elif options := cast("list[Schema]", schema.get("anyOf") or schema.get("oneOf") or []):
                chosen = next((option for option in options if option.get("type") != "null"), options[0])
                schema = {**_without(_without(schema, "anyOf"), "oneOf"), **chosen}
            else:
                return schema

    def _array(self, schema: Schema, path: str) -> list[object]:
        least, most = cast("int", schema.get("minItems", 0)), cast("int", schema.get("maxItems", 2))
        items = cast("Schema", schema.get("items", {"type": "string"}))
        return [self.fill(items, f"{path}[{index}]") for index in range(max(least, min(most, 1)))]

    def _string(self, schema: Schema, path: str) -> str:
        pattern = str(schema.get("pattern", ""))
        if schema.get("format") == "date" or _DATE_PATTERN.fullmatch(pattern):
            return self._date(path).isoformat()
        if schema.get("format") == "date-time":
            return f"{self._date(path).isoformat()}T09:00:00+09:00"
        if digits := _DIGITS_PATTERN.fullmatch(pattern):
            return str(self._number(path)).zfill(40)[-int(digits.group(1)) :]
        if capitals := _CAPITALS_PATTERN.fullmatch(pattern):
            return "".join(chr(65 + self._number(f"{path}#{place}") % 26) for place in range(int(capitals.group(1))))
        if pattern:
            return self._example(schema, path)
        least, most = cast("int", schema.get("minLength", 0)), cast("int", schema.get("maxLength", _USUAL_LENGTH))
        line = self._lines[self._number(path) % len(self._lines)]
        return (line if len(line) >= least else (line + "。") * least)[: min(most, max(_USUAL_LENGTH, least))]

    def _example(self, schema: Schema, path: str) -> str:
        examples = cast("list[str]", schema.get("examples") or ([schema["default"]] if "default" in schema else []))
        if not examples:
            raise BadRequest(f"the sandbox cannot fill the pattern at {path}; give the schema an example")
        return examples[self._number(path) % len(examples)]

    def _date(self, path: str) -> date:
        found = [
            parts for parts in _DATE.findall(self._document) if 1 <= int(parts[1]) <= 12 and 1 <= int(parts[2]) <= 28
        ]
        if not found:
            return date(2026, 4, 1) + timedelta(days=self._number(path) % 365)
        year, month, day = found[self._number(path) % len(found)]
        return date(max(int(year), 1), int(month), int(day))

    def _numeric(self, schema: Schema, path: str, *, whole: bool) -> int | float:
        least = cast("float", schema.get("minimum", schema.get("exclusiveMinimum", 0)))
        most = schema.get("maximum", schema.get("exclusiveMaximum"))
        if isinstance(most, int | float):  # strictly between, so that exclusive bounds hold too
            share = (1 + self._number(path) % 98) / 100
            between = least + share * (most - least)
            return min(max(round(between), int(least)), int(most)) if whole else round(between, 4)
        found = [int(text.replace(",", "")) for text in _NUMBER.findall(self._document)]
        value = found[self._number(path) % len(found)] if found else self._number(path) % 1000
        return max(value, int(least) + 1)

    def _number(self, path: str) -> int:
        return int.from_bytes(hashlib.sha256((self._seed + path).encode("utf-8", "replace")).digest()[:8])


def _type_of(schema: Schema) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return str(next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind)


def _without(schema: Schema, key: str) -> dict[str, object]:
    return {name: value for name, value in schema.items() if name != key}
