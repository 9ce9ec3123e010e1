"""The contract with a model's output: a flat, bounded JSON schema, and a validation that never quotes what it saw."""

import json
from collections.abc import Iterator, Mapping
from typing import NoReturn, cast

from pydantic import BaseModel, ValidationError

from yakin.domain.asking import AnswerFields

_OBJECT_STARTS_TRIED = 20  # a model that writes more braces than this before its answer has not answered
_BOUNDED_FORMATS = frozenset({"date", "time", "date-time", "uuid"})


def inlined_schema(model: type[BaseModel]) -> dict[str, object]:
    """The model's JSON schema without `$ref` and without titles: what llama.cpp grammars and vendors all take."""
    schema = model.model_json_schema()
    definitions = cast("Mapping[str, object]", schema.pop("$defs", {}))
    return cast("dict[str, object]", _inline(schema, definitions, depth=0))


def _inline(node: object, definitions: Mapping[str, object], depth: int) -> object:
    if depth > 20:
        raise ValueError("the answer refers to itself; use a flat model")
    if isinstance(node, list):
        return [_inline(item, definitions, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = definitions[str(node["$ref"]).rsplit("/", 1)[-1]]
        siblings = {key: value for key, value in node.items() if key != "$ref"}
        merged = {**cast("dict[str, object]", target), **siblings}
        return _inline(merged, definitions, depth + 1)
    return {
        key: _inline_entry(key, value, definitions, depth) for key, value in node.items() if not _is_title(key, value)
    }


def _inline_entry(key: str, value: object, definitions: Mapping[str, object], depth: int) -> object:
    if key == "properties" and isinstance(value, dict):
        # names here are the answer's own: a field called `title` stays
        return {name: _inline(field, definitions, depth + 1) for name, field in value.items()}
    return _inline(value, definitions, depth + 1)


def _is_title(key: str, value: object) -> bool:
    return key in ("title", "description") and isinstance(value, str)


def unbounded_fields(schema: Mapping[str, object]) -> list[str]:
    """Paths that a model could fill without end: strings without maxLength, lists without maxItems, open objects."""
    return list(_unbounded(schema, "Answer"))


def _unbounded(node: object, path: str) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    if node.get("type") == "string" and not _string_is_bounded(node):
        yield f"{path}: a string needs max_length"
    if node.get("type") == "array" and "maxItems" not in node:
        yield f"{path}: a list needs max_length"
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        yield f'{path}: an object needs extra="forbid"'
    for name, field in cast("dict[str, object]", node.get("properties", {})).items():
        yield from _unbounded(field, name if path == "Answer" else f"{path}.{name}")
    for branch in cast("list[object]", node.get("anyOf", [])):
        yield from _unbounded(branch, path)
    yield from _unbounded(node.get("items"), f"{path}[]")


def _string_is_bounded(node: Mapping[str, object]) -> bool:
    return "maxLength" in node or "enum" in node or "const" in node or node.get("format") in _BOUNDED_FORMATS


def validated_answer(model: type[BaseModel], text: str) -> AnswerFields:
    """Answer fields as plain JSON values, or ValueError naming fields and error types, never values."""
    candidate = _first_object(text)
    _refuse_nul(candidate)
    try:
        return model.model_validate(candidate).model_dump(mode="json")
    except ValidationError as error:
        problem = "; ".join(_problems(model, error))
    except Exception as error:  # noqa: BLE001 - a validator in answer.py is not ours and may quote what it saw
        problem = f"the answer model failed: {type(error).__name__}"
    raise ValueError(problem) from None


def _problems(model: type[BaseModel], error: ValidationError) -> Iterator[str]:
    known = _field_names(inlined_schema(model))
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        # the name of an extra field is model output and may quote the document
        names = (str(part) if isinstance(part, int) or part in known else "(unknown)" for part in detail["loc"])
        yield f"{'.'.join(names) or 'answer'}: {detail['type']}"


def _field_names(node: object) -> frozenset[str]:
    if isinstance(node, list):
        return frozenset().union(*(_field_names(item) for item in node))
    if not isinstance(node, dict):
        return frozenset()
    own = frozenset(cast("dict[str, object]", node.get("properties", {})))
    return own.union(*(_field_names(value) for value in node.values()))


def _first_object(text: str) -> dict[str, object]:
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    start = text.find("{")
    for _ in range(_OBJECT_STARTS_TRIED):
        if start < 0:
            break
        try:
            value, _end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        return cast("dict[str, object]", value)
    raise ValueError("answer: no JSON object")


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("answer: NaN and Infinity are not JSON")


def _refuse_nul(value: object) -> None:
    # Postgres stores no U+0000, not even inside jsonb
    if "\\u0000" in json.dumps(value):
        raise ValueError("answer: contains U+0000")
