"""Verification signals: what is known of an answer without its truth. Numbers only; tokens are not kept."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage

from yakin.domain.asking import Question

LEAST = -20.0  # vendors write -9999 or the least float for "never"; one such token must not be the whole mean
_JSON_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|-?\d[\d.eE+-]*|true|false|null')
_IS_KEY = re.compile(r"\s*:")
_TOP = 1  # depth of the answer's own fields


@dataclass(frozen=True, slots=True)
class _Value:
    """Where one value of the answer stands, in bytes of its text, and the field that it belongs to."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    """A token's place in bytes of the text, and its log-probability."""

    start: int
    end: int
    logprob: float


def signals_of(message: AIMessage, question: Question, text: str) -> dict[str, float]:
    """Signals of a valid answer, by name.

    `repaired` is 1 for an answer that was invalid at first. Where the endpoint gives log-probabilities (natural
    logarithm, 0 is certain): `logprob` is the mean over the answer's values, `logprob_min` that of the least sure one.
    Names of fields, brackets and quotes do not count. Of a field with a closed list of answers it is the probability
    of the whole value; free text, of which it is the mean per token, only counts where no field has such a list: on
    the embedded models the rest hides what is known (docs/cascades.md). A signal is missing where it cannot be told.
    """
    found = {"repaired": float(question.invalid_answer is not None)}
    tokens = _tokens(message, text)
    by_value = [(value.field, _inside(tokens, value)) for value in _values(text)] if tokens else []
    by_value = [(field, logprobs) for field, logprobs in by_value if logprobs]
    if not by_value:
        return found
    closed = _closed_fields(question.schema)
    values = [max(LEAST, sum(logprobs)) for field, logprobs in by_value if field in closed]
    values = values or [sum(logprobs) / len(logprobs) for _, logprobs in by_value]
    return found | {"logprob": sum(values) / len(values), "logprob_min": min(values)}


def _tokens(message: AIMessage, text: str) -> list[_Token]:
    """The tokens that make up the answer's text; none when they are not there or do not (thoughts are beside it)."""
    said = message.response_metadata.get("logprobs")
    parts = said.get("content") if isinstance(said, Mapping) else None
    if not isinstance(parts, Sequence) or not all(isinstance(part, Mapping) for part in parts):
        return []
    written = [_bytes(part) for part in parts]
    offset = b"".join(written).rfind(text.encode())
    if offset < 0 or not text:
        return []
    tokens, at = [], -offset
    for part, data in zip(parts, written, strict=True):
        tokens.append(_Token(at, at + len(data), _logprob(part)))
        at += len(data)
    return tokens


def _bytes(part: Mapping[str, object]) -> bytes:
    """A token's bytes: one may hold half of a character."""
    given = part.get("bytes")
    if isinstance(given, list) and all(isinstance(each, int) and 0 <= each < 256 for each in given):
        return bytes(given)
    return str(part.get("token", "")).encode("utf-8", "replace")


def _logprob(part: Mapping[str, object]) -> float:
    value = part.get("logprob")
    known = isinstance(value, int | float) and math.isfinite(value)
    return min(0.0, max(LEAST, float(value))) if known and isinstance(value, int | float) else LEAST


def _values(text: str) -> Iterator[_Value]:
    """The leaf values of the answer's JSON, which has been validated."""
    depth, field = 0, ""
    for match in _JSON_PART.finditer(text):
        part = match.group()
        if part in "{[":
            depth += 1
        elif part in "}]":
            depth -= 1
            field = field if depth else ""
        elif part[0] == '"' and _IS_KEY.match(text, match.end()):
            field = json.loads(part, strict=False) if depth == _TOP else field
        elif depth >= _TOP and field:  # a model may say something around its answer
            quote = int(part[0] == '"')
            yield _Value(field, *_in_bytes(text, match.start() + quote, match.end() - quote))


def _in_bytes(text: str, start: int, end: int) -> tuple[int, int]:
    before = len(text[:start].encode())
    return before, before + len(text[start:end].encode())


def _inside(tokens: Sequence[_Token], value: _Value) -> list[float]:
    """Of the tokens that write any of the value."""
    return [token.logprob for token in tokens if token.start < value.end and token.end > value.start]


def _closed_fields(schema: Mapping[str, object]) -> frozenset[str]:
    """Fields whose answer is one of a list."""
    fields = schema.get("properties")
    if not isinstance(fields, Mapping):
        return frozenset()
    return frozenset(
        str(name)
        for name, said in fields.items()
        if isinstance(said, Mapping) and ("enum" in said or said.get("type") == "boolean")
    )
