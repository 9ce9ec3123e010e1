"""Whatever a vendor does: exactly one request, and the usage of everything that it billed."""

import asyncio
import socket

import pytest

from tests.llm.conftest import QUESTION, Answer, asker_for, cleared_for, completion, endpoint_at, offer_of
from yakin.domain.asking import Outcome
from yakin.domain.pricing import Usage
from yakin.domain.routing import OutputMode
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused

BILLED = Usage(100, 7)
TEXT = cleared_for(Zone.ON_PREM)


async def ask(vendor, answer, question=QUESTION, on_sent=None, timeout_s=5.0, **model):
    vendor.answer = answer
    endpoint = endpoint_at(vendor.url, timeout_s=timeout_s)
    asker = asker_for(endpoint)
    try:
        return await asker.ask(offer_of(endpoint, **model), question, TEXT, on_sent=on_sent)
    finally:
        await asker.aclose()


async def test_a_good_answer_comes_back_with_its_usage_and_the_vendors_id(vendor):
    reply = await ask(vendor, Answer(body=completion(), headers={"x-request-id": "req-9"}))
    assert (reply.outcome, reply.usage, reply.provider_request_id) == (Outcome.ANSWERED, BILLED, "req-9")
    assert reply.answer == {"category": "invoice"}
    assert vendor.hits == 1


BILLED_FAILURES = {
    "not JSON": (completion("Sure! The category is"), Outcome.INVALID),
    "wrong type": (completion('{"category": 5}'), Outcome.INVALID),
    "no text at all": (completion(None), Outcome.INVALID),
    "cut by the output bound": (completion('{"cate', finish="length"), Outcome.TRUNCATED),
    "refused by the model": (completion(None, refusal="I cannot help"), Outcome.REFUSED),
    "stopped by a filter": (completion("", finish="content_filter"), Outcome.REFUSED),
    "no choices": ({**completion(), "choices": []}, Outcome.INVALID),
}


@pytest.mark.parametrize("case", BILLED_FAILURES)
async def test_a_billed_failure_keeps_its_usage(vendor, case):
    body, outcome = BILLED_FAILURES[case]
    reply = await ask(vendor, Answer(body=body))
    assert (reply.outcome, reply.usage, vendor.hits) == (outcome, BILLED, 1)


UNBILLED = {
    400: Outcome.PERMANENT,
    401: Outcome.PERMANENT,
    403: Outcome.PERMANENT,
    404: Outcome.PERMANENT,
    408: Outcome.TRANSIENT,
    409: Outcome.TRANSIENT,
    429: Outcome.TRANSIENT,
    500: Outcome.TRANSIENT,
    503: Outcome.TRANSIENT,
}


@pytest.mark.parametrize("status", UNBILLED)
async def test_an_error_status_is_one_request_without_usage(vendor, status):
    reply = await ask(vendor, Answer(status, {"error": {"message": "you sent PLANTED-7f3a"}}))
    assert (reply.outcome, reply.usage, vendor.hits) == (UNBILLED[status], None, 1)
    assert reply.detail == f"HTTP {status}"


async def test_an_exhausted_quota_is_not_worth_waiting_for(vendor):
    reply = await ask(vendor, Answer(429, {"error": {"code": "insufficient_quota"}}))
    assert (reply.outcome, reply.detail) == (Outcome.PERMANENT, "HTTP 429 insufficient_quota")


async def test_a_content_filter_status_is_a_refusal(vendor):
    reply = await ask(vendor, Answer(400, {"error": {"code": "content_filter", "message": "PLANTED-7f3a"}}))
    assert (reply.outcome, reply.detail) == (Outcome.REFUSED, "HTTP 400 content_filter")


async def test_retry_after_is_handed_on(vendor):
    reply = await ask(vendor, Answer(429, {}, {"retry-after": "12"}))
    assert (reply.outcome, reply.retry_after_s, vendor.hits) == (Outcome.TRANSIENT, 12.0, 1)


async def test_a_redirect_is_not_followed(vendor, start_vendor):
    elsewhere = start_vendor()
    reply = await ask(vendor, Answer(307, {}, {"location": f"{elsewhere.url}/v1/chat/completions"}))
    assert (reply.outcome, reply.detail) == (Outcome.PERMANENT, "HTTP 307")
    assert (vendor.hits, elsewhere.hits) == (1, 0)


@pytest.mark.parametrize("body", [completion(usage={}), completion(usage={"prompt_tokens": 0, "completion_tokens": 0})])
async def test_an_answer_without_usage_is_unknown_and_never_free(vendor, body):
    reply = await ask(vendor, Answer(body=body))
    assert (reply.outcome, reply.usage, reply.detail) == (Outcome.UNKNOWN, None, "no usage")


async def test_cached_tokens_are_inside_the_total(vendor):
    usage = {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 64}}
    reply = await ask(vendor, Answer(body=completion(usage=usage)))
    assert reply.usage == Usage(100, 7, 64)


@pytest.mark.parametrize(
    ("beside", "output", "total"),
    [(False, 40, 140), (True, 10, 140)],  # OpenAI counts reasoning inside the completion, some others beside it
)
async def test_reasoning_is_billed_as_output_wherever_the_vendor_counts_it(vendor, beside, output, total):
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": output,
        "total_tokens": total,
        "prompt_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 50},
        "completion_tokens_details": {"reasoning_tokens": 30},
    }
    assert (await ask(vendor, Answer(body=completion(usage=usage)))).usage == Usage(100, 40, 20, 50, 30)
    unreadable = completion(usage=usage) | {"choices": []}
    assert (await ask(vendor, Answer(body=unreadable))).usage == Usage(100, 40, 20, 50, 30)


async def test_more_cached_tokens_than_tokens_cannot_make_a_negative_price(vendor):
    usage = {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 900}}
    reply = await ask(vendor, Answer(body=completion(usage=usage)))
    assert reply.usage == Usage(100, 7, 100)


async def test_a_vendor_that_hangs_leaves_the_attempt_unknown(vendor):
    reply = await ask(vendor, Answer(body=completion(), delay_s=1.5), timeout_s=0.3)
    assert (reply.outcome, reply.usage, vendor.hits) == (Outcome.UNKNOWN, None, 1)
    assert reply.detail == "sent, no answer: ReadTimeout"


async def test_an_answer_that_breaks_off_is_unknown(vendor):
    reply = await ask(vendor, Answer(body=completion(), break_off=True))
    assert (reply.outcome, reply.usage, vendor.hits) == (Outcome.UNKNOWN, None, 1)


async def test_a_body_that_is_not_json_is_unknown(vendor):
    reply = await ask(vendor, Answer(body=b"<html>PLANTED-7f3a</html>"))
    assert (reply.outcome, reply.usage, vendor.hits) == (Outcome.UNKNOWN, None, 1)


async def test_a_closed_port_is_down_and_nothing_was_sent():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    endpoint, sent = endpoint_at(url), []
    reply = await asker_for(endpoint).ask(offer_of(endpoint), QUESTION, TEXT, on_sent=lambda: sent.append(1))
    assert (reply.outcome, reply.detail, sent) == (Outcome.ENDPOINT_DOWN, "not connected: ConnectError", [])


async def test_tls_against_a_plain_server_is_down_and_nothing_was_sent(vendor):
    endpoint, sent = endpoint_at(vendor.url.replace("http:", "https:")), []
    reply = await asker_for(endpoint).ask(offer_of(endpoint), QUESTION, TEXT, on_sent=lambda: sent.append(1))
    assert (reply.outcome, sent, vendor.hits) == (Outcome.ENDPOINT_DOWN, [], 0)


async def test_a_missing_key_sends_nothing(vendor):
    endpoint = endpoint_at(vendor.url, api_key_env="VENDOR_KEY")
    reply = await asker_for(endpoint, key=None).ask(offer_of(endpoint), QUESTION, TEXT)
    assert (reply.outcome, reply.detail) == (Outcome.NOT_SENT, "no API key: VENDOR_KEY is not set")
    assert vendor.hits == 0


async def test_a_cancelled_ask_says_that_its_bytes_had_left(vendor):
    sent = asyncio.Event()
    task = asyncio.create_task(ask(vendor, Answer(body=completion(), delay_s=2), on_sent=sent.set))
    await sent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_tool_mode_reads_the_one_forced_tool(vendor):
    call = {"id": "1", "type": "function", "function": {"name": "answer", "arguments": '{"category": "order"}'}}
    reply = await ask(vendor, Answer(body=completion(None, tool_calls=[call])), output=OutputMode.TOOL)
    assert reply.answer == {"category": "order"}
    assert vendor.body()["tool_choice"] == {"type": "function", "function": {"name": "answer"}}


async def test_broken_tool_arguments_are_invalid_and_billed(vendor):
    call = {"id": "1", "type": "function", "function": {"name": "answer", "arguments": '{"category": "or'}}
    reply = await ask(vendor, Answer(body=completion(None, tool_calls=[call])), output=OutputMode.TOOL)
    assert (reply.outcome, reply.usage, vendor.hits) == (Outcome.INVALID, BILLED, 1)


async def test_a_repair_shows_the_invalid_answer_and_its_problem(vendor):
    repair = QUESTION.repairing('{"category": 5}', "category: text required")
    await ask(vendor, Answer(body=completion()), repair)
    roles = [message["role"] for message in vendor.body()["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert vendor.body()["messages"][3]["content"].endswith("category: text required")


async def test_the_output_bound_is_the_smaller_of_question_and_model(vendor):
    await ask(vendor, Answer(body=completion()), max_output_tokens=20)
    assert vendor.body()["max_tokens"] == 20


async def test_a_second_request_of_the_same_ask_is_refused(vendor):
    from yakin.llm.transport import Wire, pinned_client, recording

    vendor.answer = Answer(body={})
    with recording(Wire()):
        async with pinned_client(endpoint_at(vendor.url)) as client:
            await client.post(f"{vendor.url}/v1/one")
            with pytest.raises(EgressRefused):
                await client.post(f"{vendor.url}/v1/two")
    assert vendor.hits == 1


def test_two_event_loops_in_one_process_both_get_answers(vendor):
    vendor.answer = Answer(body=completion())
    endpoint = endpoint_at(vendor.url)
    asker = asker_for(endpoint)
    for _ in range(2):
        reply = asyncio.run(asker.ask(offer_of(endpoint), QUESTION, TEXT))
        assert reply.outcome is Outcome.ANSWERED
    assert vendor.hits == 2


async def test_many_asks_at_once_are_one_request_each(vendor):
    vendor.answer = Answer(body=completion(), delay_s=0.02)
    endpoint = endpoint_at(vendor.url)
    asker = asker_for(endpoint)
    replies = await asyncio.gather(*(asker.ask(offer_of(endpoint), QUESTION, TEXT) for _ in range(40)))
    await asker.aclose()
    assert {reply.outcome for reply in replies} == {Outcome.ANSWERED}
    assert vendor.hits == 40
