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
_STRETCHES = (200, 40, 8, 3)
_SURE, _UNSURE = 0.01, 1.5  # least nats per token
_ENDLESS_TOKENS = 4096  # of a request without a bound


@dataclass(frozen=True, slots=True, repr=False)
class Generated:
    """One answer with what it used."""

    text: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    finish_reason: str = "stop"
    refused: bool = False
    logprobs: Json | None = None  # as the model behind the sandbox gave them

    def cut(self, output_tokens: int) -> "Generated":
        """The same answer stopped by the output bound."""
        cut_text = tokens.first_tokens(self.text, output_tokens)
        return replace(self, text=cut_text, output_tokens=output_tokens, finish_reason="length", logprobs=None)


def spoiled(answer: Generated, fault: Fault, request: ChatRequest) -> Generated:
    """The answer as it comes out under a content fault; other faults leave it as it is.

    No vendor writes more than the output bound, so none of these bills more.
    """
    match fault:
        case Fault.TRUNCATED:
            return answer.cut(max(1, answer.output_tokens // 2))
        case Fault.INVALID_JSON:
            return _retold(answer, answer.text.rstrip().removesuffix("}") + ",")
        case Fault.OVER_LONG | Fault.ENDLESS:
            return _too_long(answer, request.max_tokens, ends=fault is Fault.OVER_LONG)
        case Fault.REFUSAL:
            return replace(_retold(answer, "申し訳ありませんが、この依頼にはお答えできません。"), refused=True)
        case Fault.ECHO:
            quoted = request.document[:200]
            return _retold(answer, json.dumps({"category": quoted, quoted: 1}, ensure_ascii=False))
        case Fault.RATE_LIMITED | Fault.SERVER_ERROR | Fault.DISCONNECT_BEFORE | Fault.DISCONNECT_AFTER | Fault.HANG:
            return answer
        case _ as never:
            assert_never(never)


def completion(request_id: str, request: ChatRequest, answer: Generated, billed: Tokens) -> Json:
    """The body of a successful response, with the usage that is billed."""
    choice: Json = {"index": 0, "message": _message(request, answer), "finish_reason": _finish_reason(request, answer)}
    if request.wants_logprobs:
        choice["logprobs"] = answer.logprobs or _logprobs(request, answer)
    return {
        "id": request_id,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.model,
        "choices": [choice],
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


def _logprobs(request: ChatRequest, answer: Generated) -> Json | None:
    """Of a made-up answer: near certain, or far from it where the vendor is unsure; the same for the same request."""
    if answer.refused or request.tool is not None:
        return None
    scale = _UNSURE if request.is_unsure else _SURE
    content = [
        {"token": data.decode("utf-8", "replace"), "bytes": list(data), "logprob": -scale * (1 + data[0] / 256)}
        for data in tokens.split(answer.text)
    ]
    return {"content": content, "refusal": None}


def _finish_reason(request: ChatRequest, answer: Generated) -> str:
    called = request.tool is not None and answer.finish_reason == "stop" and not answer.refused
    return "tool_calls" if called else answer.finish_reason


def _retold(answer: Generated, text: str) -> Generated:
    return replace(answer, text=text, output_tokens=tokens.count(text), logprobs=None)


def _too_long(answer: Generated, max_tokens: int | None, *, ends: bool) -> Generated:
    """The longest that the output bound lets through whole, or one that only the bound ends."""
    told = [_retold(answer, _stretched(answer.text, times)) for times in _STRETCHES]
    if not ends:
        return told[0].cut(max_tokens or _ENDLESS_TOKENS)
    if max_tokens is None:
        return told[0]
    return next((each for each in told if each.output_tokens <= max_tokens), told[-1].cut(max_tokens))


def _stretched(text: str, times: int) -> str:
    """Every string field that many times over, since one of them may have no bound."""
    try:
        fields: Mapping[str, object] = json.loads(text)
    except ValueError:
        return text * times
    longer = {name: (value or "長") * times if isinstance(value, str) else value for name, value in fields.items()}
    return json.dumps(longer, ensure_ascii=False)
