"""Azure, Anthropic, Gemini and Bedrock at the wire: one request each, usage in our words, errors in our words."""

import asyncio

import pytest

from tests.llm.conftest import QUESTION, Answer, asker_for, cleared_for, completion, endpoint_at, offer_of
from yakin.domain.asking import Outcome
from yakin.domain.pricing import Usage
from yakin.domain.routing import Api, OutputMode
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused

TEXT = cleared_for(Zone.ON_PREM)
JSON_ANSWER = '{"category": "invoice"}'


async def ask(vendor, answer, api, question=QUESTION, model=None, **endpoint):
    vendor.answer = answer
    facts = {"api": api, "base_url": vendor.url, "api_key_env": "VENDOR_KEY", "region": "ap-northeast-1", **endpoint}
    at = endpoint_at(vendor.url, **facts)
    asker = asker_for(at)
    try:
        return await asker.ask(offer_of(at, **(model or {})), question, TEXT)
    finally:
        await asker.aclose()


def anthropic_message(text=JSON_ANSWER, stop="end_turn", **usage):
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 30, "output_tokens": 7, **usage},
    }


async def test_anthropic_counts_cached_tokens_into_the_total(vendor):
    body = anthropic_message(cache_read_input_tokens=60, cache_creation_input_tokens=10)
    reply = await ask(vendor, Answer(body=body, headers={"request-id": "req_a"}), Api.ANTHROPIC)
    assert (reply.outcome, reply.usage) == (Outcome.ANSWERED, Usage(100, 7, 60, 10))
    assert (reply.provider_request_id, vendor.hits) == ("req_a", 1)
    path, headers, _ = vendor.requests[0]
    assert (path, headers["authorization"]) == ("/v1/messages", "Bearer key-1")


async def test_anthropic_counts_what_it_writes_to_a_cache_once_however_it_says_so(vendor):
    kept = {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 0}
    body = anthropic_message(cache_creation_input_tokens=10, cache_creation=kept)
    body["usage"]["output_tokens_details"] = {"thinking_tokens": 3}
    assert (await ask(vendor, Answer(body=body), Api.ANTHROPIC)).usage == Usage(40, 7, 0, 10, 3)


async def test_anthropic_gets_the_schema_and_the_bound(vendor):
    await ask(vendor, Answer(body=anthropic_message()), Api.ANTHROPIC)
    sent = vendor.body()
    assert sent["max_tokens"] == 64
    assert sent["output_config"]["format"]["schema"]["properties"] == {"category": {"type": "string"}}


@pytest.mark.parametrize(
    ("stop", "outcome"),
    [("max_tokens", Outcome.TRUNCATED), ("refusal", Outcome.REFUSED), ("end_turn", Outcome.INVALID)],
)
async def test_anthropic_failures_keep_their_usage(vendor, stop, outcome):
    reply = await ask(vendor, Answer(body=anthropic_message("not json", stop)), Api.ANTHROPIC)
    assert (reply.outcome, reply.usage, vendor.hits) == (outcome, Usage(30, 7), 1)


async def test_anthropic_overload_is_one_transient_request(vendor):
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "PLANTED-7f3a"}}
    reply = await ask(vendor, Answer(529, error, {"retry-after": "3"}), Api.ANTHROPIC)
    assert (reply.outcome, reply.retry_after_s, vendor.hits) == (Outcome.TRANSIENT, 3.0, 1)
    assert reply.detail == "HTTP 529 overloaded_error"


async def test_anthropic_tool_mode_forces_the_one_tool(vendor):
    body = anthropic_message("", "tool_use")
    body["content"] = [{"type": "tool_use", "id": "t1", "name": "answer", "input": {"category": "order"}}]
    reply = await ask(vendor, Answer(body=body), Api.ANTHROPIC, model={"output": OutputMode.TOOL})
    assert reply.answer == {"category": "order"}
    assert vendor.body()["tool_choice"]["name"] == "answer"


async def test_models_with_their_own_sampling_are_sent_no_temperature(vendor):
    model = {"vendor_model": "claude-sonnet-5-5"}
    reply = await ask(vendor, Answer(body=anthropic_message()), Api.ANTHROPIC, model=model)
    assert reply.outcome is Outcome.ANSWERED
    assert "temperature" not in vendor.body()


async def test_a_question_asked_again_to_compare_is_drawn_with_a_temperature(vendor):
    asked_again = QUESTION.repairing("{", "not JSON").again(2)
    own = {"vendor_model": "claude-sonnet-5-5"}
    await ask(vendor, Answer(body=anthropic_message()), Api.ANTHROPIC)
    await ask(vendor, Answer(body=anthropic_message()), Api.ANTHROPIC, asked_again)
    await ask(vendor, Answer(body=anthropic_message()), Api.ANTHROPIC, asked_again, own)
    assert [vendor.body(at).get("temperature") for at in range(3)] == [0, 0.7, None]
    assert len(vendor.body(1)["messages"]) == len(vendor.body(0)["messages"])  # not as a repair
    await ask(vendor, Answer(body=gemini_answer()), Api.GOOGLE_GENAI)
    await ask(vendor, Answer(body=gemini_answer()), Api.GOOGLE_GENAI, asked_again)
    configs = [vendor.body(at)["generationConfig"] for at in (3, 4)]
    assert [(each["temperature"], each["seed"]) for each in configs] == [(0, 7), (0.7, 9)]
    await ask(vendor, Answer(body=completion()), Api.AZURE_OPENAI)
    await ask(vendor, Answer(body=completion()), Api.AZURE_OPENAI, asked_again)
    assert [(vendor.body(at)["temperature"], vendor.body(at)["seed"]) for at in (5, 6)] == [(0, 7), (0.7, 9)]
    await ask(vendor, Answer(body=converse()), Api.BEDROCK_CONVERSE)
    await ask(vendor, Answer(body=converse()), Api.BEDROCK_CONVERSE, asked_again)
    assert [vendor.body(at)["inferenceConfig"]["temperature"] for at in (7, 8)] == [0, 0.7]


def gemini_answer(text=JSON_ANSWER, finish="STOP", **usage):
    counts = {"promptTokenCount": 100, "candidatesTokenCount": 5, "thoughtsTokenCount": 2, "totalTokenCount": 107}
    return {
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": finish}],
        "usageMetadata": {**counts, **usage},
        "modelVersion": "gemini",
        "responseId": "g-1",
    }


async def test_gemini_counts_thoughts_as_output(vendor):
    reply = await ask(vendor, Answer(body=gemini_answer(cachedContentTokenCount=40)), Api.GOOGLE_GENAI)
    assert (reply.outcome, reply.usage, vendor.hits) == (Outcome.ANSWERED, Usage(100, 7, 40, 0, 2), 1)
    path, headers, _ = vendor.requests[0]
    assert (path, headers["x-goog-api-key"]) == ("/v1beta/models/vendor-model:generateContent", "key-1")
    config = vendor.body()["generationConfig"]
    assert (config["maxOutputTokens"], config["responseMimeType"]) == (64, "application/json")


@pytest.mark.parametrize(
    ("finish", "outcome"), [("MAX_TOKENS", Outcome.TRUNCATED), ("SAFETY", Outcome.REFUSED), ("STOP", Outcome.INVALID)]
)
async def test_gemini_failures_keep_their_usage(vendor, finish, outcome):
    reply = await ask(vendor, Answer(body=gemini_answer("no", finish)), Api.GOOGLE_GENAI)
    assert (reply.outcome, reply.usage, vendor.hits) == (outcome, Usage(100, 7, reasoning_tokens=2), 1)


async def test_a_prompt_that_gemini_blocks_keeps_its_usage(vendor):
    body = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 100}}
    reply = await ask(vendor, Answer(body=body), Api.GOOGLE_GENAI)
    assert (reply.usage, vendor.hits) == (Usage(100, 0), 1)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_gemini_is_not_retried_by_its_sdk(vendor, status):
    reply = await ask(vendor, Answer(status, {"error": {"code": status, "message": "PLANTED"}}), Api.GOOGLE_GENAI)
    assert (reply.outcome, reply.detail, vendor.hits) == (Outcome.TRANSIENT, f"HTTP {status}", 1)


async def test_azure_is_asked_for_its_deployment_and_version(vendor):
    reply = await ask(vendor, Answer(body=completion(), headers={"apim-request-id": "az-1"}), Api.AZURE_OPENAI)
    assert (reply.outcome, reply.provider_request_id) == (Outcome.ANSWERED, "az-1")
    path, headers, _ = vendor.requests[0]
    assert path == "/openai/deployments/vendor-model/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == "key-1"
    assert vendor.body()["max_completion_tokens"] == 64


async def test_a_prompt_that_azure_filters_is_charged_by_its_bound(vendor):
    reply = await ask(vendor, Answer(400, {"error": {"code": "content_filter"}}), Api.AZURE_OPENAI)
    assert reply.outcome is Outcome.REFUSED
    assert reply.usage.input_tokens > len(TEXT.text.encode())


def converse(text=JSON_ANSWER, stop="end_turn", **usage):
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": stop,
        "usage": {"inputTokens": 30, "outputTokens": 7, "totalTokens": 37, **usage},
        "metrics": {"latencyMs": 5},
    }


async def test_bedrock_counts_cached_tokens_into_the_total(vendor):
    body = converse(cacheReadInputTokens=60, cacheWriteInputTokens=10)
    reply = await ask(vendor, Answer(body=body, headers={"x-amzn-requestid": "b-1"}), Api.BEDROCK_CONVERSE)
    assert (reply.outcome, reply.usage) == (Outcome.ANSWERED, Usage(100, 7, 60, 10))
    assert (reply.provider_request_id, vendor.hits) == ("b-1", 1)
    path, headers, _ = vendor.requests[0]
    assert (path, headers["authorization"]) == ("/model/vendor-model/converse", "Bearer key-1")
    assert vendor.body()["inferenceConfig"]["maxTokens"] == 64


@pytest.mark.parametrize(
    ("stop", "outcome"),
    [
        ("max_tokens", Outcome.TRUNCATED),
        ("guardrail_intervened", Outcome.REFUSED),
        ("content_filtered", Outcome.REFUSED),
        ("end_turn", Outcome.INVALID),
    ],
)
async def test_bedrock_failures_keep_their_usage(vendor, stop, outcome):
    reply = await ask(vendor, Answer(body=converse("no", stop)), Api.BEDROCK_CONVERSE)
    assert (reply.outcome, reply.usage, vendor.hits) == (outcome, Usage(30, 7), 1)


@pytest.mark.parametrize(
    ("status", "outcome"), [(429, Outcome.TRANSIENT), (500, Outcome.TRANSIENT), (403, Outcome.PERMANENT)]
)
async def test_bedrock_is_not_retried_by_its_sdk(vendor, status, outcome):
    reply = await ask(vendor, Answer(status, {"message": "PLANTED"}), Api.BEDROCK_CONVERSE)
    assert (reply.outcome, reply.detail, vendor.hits) == (outcome, f"HTTP {status}", 1)


async def test_a_bedrock_answer_without_usage_is_unknown(vendor):
    body = converse()
    del body["usage"]
    reply = await ask(vendor, Answer(body=body), Api.BEDROCK_CONVERSE)
    assert (reply.outcome, reply.usage, vendor.hits) == (Outcome.UNKNOWN, None, 1)


async def test_a_bedrock_that_hangs_is_unknown(vendor):
    reply = await ask(vendor, Answer(body=converse(), delay_s=1.5), Api.BEDROCK_CONVERSE, timeout_s=0.3)
    assert (reply.outcome, vendor.hits) == (Outcome.UNKNOWN, 1)


async def test_a_bedrock_that_is_not_there_is_down(vendor):
    endpoint = {"base_url": "http://127.0.0.1:9"}
    reply = await ask(vendor, Answer(), Api.BEDROCK_CONVERSE, **endpoint)
    assert (reply.outcome, reply.detail) == (Outcome.ENDPOINT_DOWN, "not connected: EndpointConnectionError")


async def test_a_bedrock_client_outside_of_an_ask_sends_nothing(vendor):
    from yakin.llm.bedrock import bedrock_client

    endpoint = endpoint_at(vendor.url, base_url=vendor.url, region="ap-northeast-1")
    client = bedrock_client(endpoint, "key-1")
    call = {"modelId": "m", "messages": [{"role": "user", "content": [{"text": "x"}]}]}
    with pytest.raises(EgressRefused):
        await asyncio.to_thread(client.converse, **call)
    assert vendor.hits == 0
