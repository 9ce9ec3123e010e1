"""An OpenAI chat-completions request as a sandbox vendor reads it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

Schema = Mapping[str, object]
_DOCUMENT = re.compile(r"<document[^>]*>\n?(.*?)\n?</document", re.DOTALL)


class BadRequest(Exception):
    """The request is not one that a vendor can answer; the message names the field."""


@dataclass(frozen=True, slots=True, repr=False)
class ChatRequest:
    """The parts of a request that decide its answer and its price."""

    model: str
    messages: list[tuple[str, str]]  # role, text
    form: Schema  # response_format or tools: what an answer has to look like
    schema: Schema | None
    tool: str | None  # the tool that the answer has to call
    max_tokens: int | None
    body: Schema
    prefer: Mapping[str, str] = field(default_factory=dict)  # the vendor's setting
    unsure_share: float = 0.0  # the vendor's setting
    draw: int = 0  # what an unsure answer varies with

    @property
    def document(self) -> str:
        """The text between document marks; without marks the last message."""
        marked = (_DOCUMENT.search(text) for _role, text in self.messages)
        return next((match.group(1) for match in marked if match), self.messages[-1][1])

    @property
    def wants_logprobs(self) -> bool:
        """Whether log-probabilities of the answer's tokens were asked for."""
        return self.body.get("logprobs") is True

    @property
    def is_unsure(self) -> bool:
        """Whether this model does not know this document: the same documents every time, others for another model."""
        drawn = int.from_bytes(hashlib.sha256(f"{self.model}\0{self.document}".encode("utf-8", "replace")).digest()[:4])
        return drawn < self.unsure_share * 2**32

    @property
    def document_hash(self) -> str:
        """Hash of that text, for the meter."""
        return hash_of(self.document)


def hash_of(document: str) -> str:
    """How the meter names a text: SHA-256, shortened."""
    return hashlib.sha256(document.encode("utf-8", "replace")).hexdigest()[:32]


def parse(raw: bytes) -> ChatRequest:
    """Read a request body; BadRequest names what is wrong."""
    try:
        body = json.loads(raw)
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    try:
        return _read(body)
    except (AttributeError, IndexError, KeyError, TypeError):
        raise BadRequest("messages, response_format or tools is not of the expected shape") from None


def _read(body: object) -> ChatRequest:
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise BadRequest("model is missing")
    if body.get("stream"):
        raise BadRequest("stream is not offered here")
    messages = _messages(body.get("messages"))
    tools = body.get("tools") or []
    form = {key: body[key] for key in ("response_format", "tools") if body.get(key)}
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    schema = _declared_schema(body) or next(_schemas_in(text for _role, text in messages), None)
    tool = cast("str", tools[0]["function"]["name"]) if tools else None
    return ChatRequest(body["model"], messages, form, schema, tool, limit, body)


def _messages(value: object) -> list[tuple[str, str]]:
    if not isinstance(value, list) or not value:
        raise BadRequest("messages is missing or empty")
    return [(str(message.get("role")), _text(message.get("content"))) for message in value]


def _text(content: object) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content)
    return content if isinstance(content, str) else ""


def _declared_schema(body: Mapping[str, object]) -> Schema | None:
    response_format = cast("dict[str, dict[str, object]]", body.get("response_format") or {})
    if "json_schema" in response_format:
        return cast("Schema", response_format["json_schema"].get("schema"))
    tools = cast("list[dict[str, dict[str, object]]]", body.get("tools") or [])
    return cast("Schema", tools[0]["function"].get("parameters")) if tools else None


def _schemas_in(texts: Iterator[str]) -> Iterator[Schema]:
    """Objects in the prompt that look like a JSON schema, for clients that ask in words."""
    decoder = json.JSONDecoder()
    for text in texts:
        position = text.find("{")
        while position >= 0:
            try:
                found, end = decoder.raw_decode(text, position)
            except ValueError:
                found, end = None, position + 1
            if isinstance(found, dict) and "properties" in found:
                yield found
            position = text.find("{", end)
