"""What a vendor writes back: the chat completion, and the ways in which an answer can go wrong."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from yakin.local.sandbox import tokens
from yakin.local.sandbox.behaviour import Fault
from yakin.local.sandbox.meter import Tokens
from yakin.local.sandbox.request import ChatRequest

Json = dict[str, object]


@dataclass(frozen=True, slots=True, repr=False)
class Generated:
    """One answer with what it used."""

    text: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    finish_reason: str = "stop"
    refused: bool = False

    def cut(self, output_tokens: int) -> "Generated":
        """The same answer stopped by the output bound."""
        cut_text = tokens.first_tokens(self.text, output_tokens)
        return replace(self, text=cut_text, output_tokens=output_tokens, finish_reason="length")


def spoiled(answer: Generated, fault: Fault, document: str) -> Generated:
    """The answer as it comes out under a content fault; other faults leave it as it is."""
    match fault:
        case Fault.TRUNCATED:
            return answer.cut(max(1, answer.output_tokens // 2))
        case Fault.INVALID_JSON:
            return _retold(answer, answer.text.rstrip().removesuffix("}") + ",")
        case Fault.OVER_LONG:
            return _retold(answer, _over_long(answer.text))
        case Fault.REFUSAL:
            return replace(_retold(answer, "申し訳ありませんが、この依頼にはお答えできません。"), refused=True)
        case Fault.ECHO:
            return _retold(answer, json.dumps({"category": document[:200], document[:200]: 1}, ensure_ascii=False))
        case Fault.RATE_LIMITED | Fault.SERVER_ERROR | Fault.DISCONNECT_BEFORE | Fault.DISCONNECT_AFTER | Fault.HANG:
            return answer
        case _ as never:
            assert_never(never)


def completion(request_id: str, request: ChatRequest, answer: Generated, billed: Tokens) -> Json:
    """The body of a successful response, with the usage that is billed."""
    return {
        "id": request_id,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.model,
        "choices": [
            {"index": 0, "message": _message(request, answer), "finish_reason": _finish_reason(request, answer)}
        ],
        "usage": {
            "prompt_tokens": billed.input,
            "completion_tokens": billed.output,
            "total_tokens": billed.input + billed.output,
            "prompt_tokens_details": {"cached_tokens": billed.cached},
        },
    }


def error(message: str, kind: str) -> Json:
    """The body of an error, as OpenAI-compatible vendors write it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": kind}}


def _message(request: ChatRequest, answer: Generated) -> Json:
    if answer.refused:
        return {"role": "assistant", "content": None, "refusal": answer.text}
    if request.tool is None:
        return {"role": "assistant", "content": answer.text, "refusal": None}
    call = {"id": "call_0", "type": "function", "function": {"name": request.tool, "arguments": answer.text}}
    return {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}


def _finish_reason(request: ChatRequest, answer: Generated) -> str:
    called = request.tool is not None and answer.finish_reason == "stop" and not answer.refused
    return "tool_calls" if called else answer.finish_reason


def _retold(answer: Generated, text: str) -> Generated:
    return replace(answer, text=text, output_tokens=tokens.count(text))


def _over_long(text: str) -> str:
    try:
        fields = json.loads(text)
    except ValueError:
        return text * 20
    return json.dumps(_stretched(fields), ensure_ascii=False)


def _stretched(fields: Mapping[str, object]) -> Json:
    """Every string field far longer than any sensible bound, since one of them may have no bound."""
    return {name: (value or "長") * 200 if isinstance(value, str) else value for name, value in fields.items()}
