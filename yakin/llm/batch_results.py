"""What comes back from a batch: result lines in any order become the same replies as requests of their own."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from langchain_core.messages import AIMessage

from yakin.domain.asking import Outcome, Question, Reply
from yakin.domain.routing import Model
from yakin.llm.outcomes import from_message, from_wire
from yakin.llm.transport import Wire

DID_NOT_RUN = frozenset({"batch_expired", "batch_cancelled"})
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, repr=False)
class ResultLine:
    """One line of an output or error file. Its repr shows no answer."""

    custom_id: str
    line: Json

    def __repr__(self) -> str:
        return f"ResultLine(custom_id={self.custom_id})"


def read_results(data: bytes) -> Iterator[ResultLine]:
    """The lines of a file; what is not a line with a custom id is left out, and its attempt counts as missing."""
    for raw in data.split(b"\n"):
        try:
            line = json.loads(raw) if raw.strip() else None
        except ValueError:
            continue
        if isinstance(line, dict) and isinstance(line.get("custom_id"), str):
            yield ResultLine(line["custom_id"], line)


def reply_of(result: ResultLine, question: Question, model: Model) -> Reply:
    """How the attempt of one line ended, with its usage; the same words as for a request of its own."""
    response = result.line.get("response")
    if not isinstance(response, dict) or not isinstance(response.get("status_code"), int):
        return _without_response(result.line)
    body = response.get("body")
    body = body if isinstance(body, dict) else {}
    request_id = response.get("request_id")
    headers = {"x-request-id": request_id} if isinstance(request_id, str) else {}
    wire = Wire(requests=1, sent=True, status=response["status_code"], headers=headers, body=json.dumps(body).encode())
    if wire.status != HTTPStatus.OK:
        return from_wire(model.endpoint.api, wire, "batch line")
    message = _message(body)
    if message is None:
        return from_wire(model.endpoint.api, wire, "no message")
    return from_message(message, question, model, wire)


def _without_response(line: Json) -> Reply:
    """An error line: the vendor did not run it, or says that it failed. Neither is billed."""
    error = line.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if code in DID_NOT_RUN:
        return Reply(Outcome.TRANSIENT, detail=str(code))
    if isinstance(error, dict):
        return Reply(Outcome.PERMANENT, detail="the vendor reports an error for the line")
    return Reply(Outcome.UNKNOWN, detail="a line with neither response nor error")


def _message(body: Json) -> AIMessage | None:
    """The first choice as a message; its usage is read from the body."""
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    said = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(said, dict):
        return None
    content, refusal = said.get("content"), said.get("refusal")
    return AIMessage(
        content=content if isinstance(content, str) else "",
        additional_kwargs={"refusal": refusal} if isinstance(refusal, str) and refusal else {},
        response_metadata={"finish_reason": choice.get("finish_reason"), "id": body.get("id")},
        invalid_tool_calls=_tool_calls(said.get("tool_calls")),
    )


def _tool_calls(said: object) -> list[dict[str, object]]:
    """The arguments as they are: our own validation reads them."""
    calls = [each.get("function") for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    texts = [each.get("arguments") for each in calls if isinstance(each, dict)]
    return [
        {"type": "invalid_tool_call", "id": None, "name": None, "args": text, "error": None}
        for text in texts
        if isinstance(text, str)
    ]
