"""How an attempt ended: the one place where vendors' statuses, finish reasons and usage become our words.

A 5xx after the request was sent counts as not billed: that is the vendors' published convention, and
reconciliation against their usage reports finds the exception. Whatever may have been billed and
cannot be counted is `unknown`, never free.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import assert_never

from langchain_core.messages import AIMessage

from yakin.domain.asking import Outcome, Question, Reply
from yakin.domain.pricing import Usage
from yakin.domain.routing import Api, Model, OutputMode
from yakin.llm.signals import signals_of
from yakin.llm.transport import Wire

_TRY_AGAIN = frozenset({408, 409, 424, 425, 429})
_TRUNCATED = frozenset({"length", "max_tokens", "model_context_window_exceeded"})
_REFUSED = frozenset(
    {
        "content_filter",
        "content_filtered",
        "refusal",
        "guardrail_intervened",
        "safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
    }
)
# Codes that say more than the status. Only these are repeated: an error body can quote the prompt.
_CODES = frozenset(
    {
        "content_filter",
        "context_length_exceeded",
        "insufficient_quota",
        "invalid_api_key",
        "model_not_found",
        "overloaded_error",
        "rate_limit_exceeded",
        "unsupported_parameter",
        "unsupported_value",
    }
)
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "apim-request-id", "x-amzn-requestid")
_ID = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")
_DETAIL_CHARACTERS = 400


def from_wire(api: Api, wire: Wire, failed: str, *, input_tokens_bound: int = 0) -> Reply:
    """The reply when no message came back. `failed` is an exception's class name, never its text."""
    request_id = request_id_of(wire.headers)
    if wire.status is None:
        return Reply(*_without_status(wire, failed))
    if wire.status >= HTTPStatus.MULTIPLE_CHOICES:
        return _from_status(api, wire, wire.status, input_tokens_bound)
    usage = _usage_in_body(api, _json(wire.body))
    if usage is None:
        return Reply(Outcome.UNKNOWN, provider_request_id=request_id, detail=f"HTTP {wire.status}, no usage: {failed}")
    return Reply(Outcome.INVALID, usage, provider_request_id=request_id, detail=f"unreadable answer: {failed}")


def _without_status(wire: Wire, failed: str) -> tuple[Outcome, None, None, None, None, str]:
    if wire.sent:
        outcome, detail = Outcome.UNKNOWN, f"sent, no answer: {failed}"
    elif wire.requests:
        outcome, detail = Outcome.ENDPOINT_DOWN, f"not connected: {failed}"
    else:
        outcome, detail = Outcome.PERMANENT, f"the request could not be made: {failed}"
    return outcome, None, None, None, None, detail


def _from_status(api: Api, wire: Wire, status: int, input_tokens_bound: int) -> Reply:
    code = error_code(_json(wire.body))
    detail = f"HTTP {status} {code}".strip()
    outcome, usage = _outcome_of(api, status, code), None
    if outcome is Outcome.REFUSED and api is Api.AZURE_OPENAI:
        # Azure bills prompts that its filter rejects and does not say how many tokens.
        usage, detail = Usage(input_tokens_bound, 0), f"{detail}; usage is a bound"
    return Reply(
        outcome,
        usage,
        provider_request_id=request_id_of(wire.headers),
        retry_after_s=retry_after_s(wire.headers) if outcome is Outcome.TRANSIENT else None,
        detail=detail,
    )


def _outcome_of(api: Api, status: int, code: str) -> Outcome:
    if code == "content_filter":
        return Outcome.REFUSED
    if status == HTTPStatus.REQUEST_TIMEOUT and api is Api.AZURE_OPENAI:
        return Outcome.UNKNOWN  # Azure bills what it processed before it timed out
    if code == "insufficient_quota":
        return Outcome.PERMANENT  # a 429 that waiting does not cure
    if status in _TRY_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome.TRANSIENT
    return Outcome.PERMANENT


def from_message(message: AIMessage, question: Question, model: Model, wire: Wire) -> Reply:
    """The reply when a message came back: usage first, then refusal, truncation, validity."""
    request_id = request_id_of(wire.headers) or _safe_id(message.response_metadata.get("id"))
    # LangChain drops Gemini's usage when a prompt was blocked; the body still has it.
    usage = usage_of(message) or _usage_in_body(model.endpoint.api, _json(wire.body))
    if usage is None:
        return Reply(Outcome.UNKNOWN, provider_request_id=request_id, detail="no usage")
    text = answer_text(message, model.output)
    reason = finish_reason(message)
    if reason in _REFUSED or message.additional_kwargs.get("refusal"):
        return Reply(Outcome.REFUSED, usage, provider_request_id=request_id, detail=f"finish {reason}")
    if reason in _TRUNCATED:
        return Reply(Outcome.TRUNCATED, usage, None, request_id, None, f"finish {reason}", text)
    try:
        answer = question.validate(text)
    except ValueError as error:
        return Reply(Outcome.INVALID, usage, None, request_id, None, _problem(error), text)
    return Reply(Outcome.ANSWERED, usage, answer, request_id, None, "", text, signals_of(message, question, text))


def _problem(error: ValueError) -> str:
    # Only a plain ValueError is our own wording; pydantic's and json's subclasses quote what they saw.
    return str(error)[:_DETAIL_CHARACTERS] if type(error) is ValueError else type(error).__name__


def finish_reason(message: AIMessage) -> str:
    """Why the model stopped, in lower case, whatever the vendor calls the field."""
    about = message.response_metadata
    if about.get("prompt_feedback"):
        return "content_filter"  # Gemini blocked the prompt itself
    reason = about.get("finish_reason") or about.get("stop_reason") or about.get("stopReason") or "unstated"
    return str(reason).lower() if _safe_id(reason) else "unstated"


def answer_text(message: AIMessage, output: OutputMode) -> str:
    """What the model answered, as text: the arguments of the one tool, else the text itself."""
    if output is OutputMode.TOOL:
        if message.tool_calls:
            return json.dumps(message.tool_calls[0]["args"], ensure_ascii=False)
        if message.invalid_tool_calls:
            return message.invalid_tool_calls[0]["args"] or ""
    return str(message.text)


def usage_of(message: AIMessage) -> Usage | None:
    """Tokens as billed, cached ones inside the total; None when the vendor did not say."""
    said = message.usage_metadata
    if said is None:
        return None
    read, written = said.get("input_token_details", {}), said.get("output_token_details", {})
    counted = Usage(
        _count(said, "input_tokens"),
        _count(said, "output_tokens"),
        _count(read, "cache_read"),
        # LangChain sets `cache_creation` to zero where the vendor tells how long a write is kept
        _count(read, "cache_creation") or _count(read, "ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"),
        _count(written, "reasoning"),
    )
    return _consistent(counted, _count(said, "total_tokens"))


def _consistent(said: Usage, total_tokens: int) -> Usage | None:
    """The counts with every part inside its total; None when the prompt's count is missing.

    Reasoning is part of the output at OpenAI; some vendors that speak its API count it beside the
    completion, which shows in their total. It is billed as output in either case.
    """
    # No request has an empty prompt: a zero is a count that is missing.
    if said.input_tokens <= 0 or said.output_tokens < 0:
        return None
    cached = min(max(said.cached_input_tokens, 0), said.input_tokens)
    written = min(max(said.cache_write_tokens, 0), said.input_tokens - cached)
    reasoning = max(said.reasoning_tokens, 0)
    beside = reasoning > said.output_tokens or total_tokens >= said.input_tokens + said.output_tokens + reasoning
    output_tokens = said.output_tokens + (reasoning if beside else 0)
    return Usage(said.input_tokens, output_tokens, cached, written, reasoning)


def _usage_in_body(api: Api, body: Mapping[str, object]) -> Usage | None:
    """Usage of an answer that LangChain could not read: its tokens are billed all the same."""
    said = body.get("usageMetadata" if api is Api.GOOGLE_GENAI else "usage")
    if not isinstance(said, Mapping):
        return None
    return _consistent(_counted(api, said), _count(said, "total_tokens"))


def _counted(api: Api, said: Mapping[str, object]) -> Usage:
    """Each API's counts in our words: totals that include what a cache gave or took, and the reasoning."""
    match api:
        case Api.OPENAI | Api.AZURE_OPENAI:
            return _openai_usage(said)
        case Api.ANTHROPIC:
            cached, written = _count(said, "cache_read_input_tokens"), _count(said, "cache_creation_input_tokens")
            thought = _count(_part(said, "output_tokens_details"), "thinking_tokens")
            total = _count(said, "input_tokens") + cached + written
            return Usage(total, _count(said, "output_tokens"), cached, written, thought)
        case Api.BEDROCK_CONVERSE:
            cached, written = _count(said, "cacheReadInputTokens"), _count(said, "cacheWriteInputTokens")
            total = _count(said, "inputTokens") + cached + written
            return Usage(total, _count(said, "outputTokens"), cached, written)
        case Api.GOOGLE_GENAI:
            thought = _count(said, "thoughtsTokenCount")
            total = _count(said, "promptTokenCount", "toolUsePromptTokenCount")
            answered = _count(said, "candidatesTokenCount")
            return Usage(total, answered + thought, _count(said, "cachedContentTokenCount"), 0, thought)
        case _ as never:
            assert_never(never)


def _openai_usage(said: Mapping[str, object]) -> Usage:
    read, written = _part(said, "prompt_tokens_details"), _part(said, "completion_tokens_details")
    return Usage(
        _count(said, "prompt_tokens"),
        _count(said, "completion_tokens"),
        _count(read, "cached_tokens"),
        _count(read, "cache_write_tokens"),
        _count(written, "reasoning_tokens"),
    )


def _part(said: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = said.get(name)
    return part if isinstance(part, Mapping) else {}


def _count(said: Mapping[str, object], *names: str) -> int:
    return sum(count for count in (said.get(name) for name in names) if isinstance(count, int))


def error_code(body: Mapping[str, object]) -> str:
    """The vendor's error code when it is one that we know, else nothing."""
    error = body.get("error")
    if not isinstance(error, Mapping):
        return ""
    found = [code for code in (error.get("code"), error.get("type")) if isinstance(code, str) and code in _CODES]
    return found[0] if found else ""


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """The vendor's id of the request, for reconciliation."""
    return next((found for name in _REQUEST_ID_HEADERS if (found := _safe_id(headers.get(name)))), None)


def _safe_id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """How long the vendor asks to wait: milliseconds, seconds or an HTTP date. None when it does not say."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after")
    seconds = _number(said)
    if said is None or seconds is not None:
        return seconds
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - (now or datetime.now(UTC))).total_seconds())


def _number(said: str | None) -> float | None:
    return float(said) if said is not None and re.fullmatch(r"\d{1,9}(\.\d+)?", said.strip()) else None


def _json(body: bytes | None) -> Mapping[str, object]:
    try:
        parsed = json.loads(body or b"")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
