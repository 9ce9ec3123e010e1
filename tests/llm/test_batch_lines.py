"""Every batch line passes the gate, carries what a request of its own would, and comes back as the same replies."""

import json
import uuid
from dataclasses import replace

import pytest

from tests.llm.conftest import (
    QUESTION,
    Answer,
    NothingFound,
    asker_for,
    cleared_for,
    completion,
    offer_of,
)
from tests.llm.conftest import endpoint_at as any_endpoint_at
from yakin.domain.asking import Outcome
from yakin.domain.pricing import Tier, Usage
from yakin.domain.routing import Api, OutputMode
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused
from yakin.llm.batch_calls import BatchCallFailed
from yakin.llm.batch_results import read_results, reply_of
from yakin.llm.batches import Batches, files
from yakin.llm.gate import Gate

CACHED = {
    "prompt_tokens": 100,
    "completion_tokens": 7,
    "total_tokens": 107,
    "prompt_tokens_details": {"cached_tokens": 20, "cache_write_tokens": 50},
    "completion_tokens_details": {"reasoning_tokens": 5},
}


def endpoint_at(url, **changes):
    return any_endpoint_at(url, **{"takes_batches": True, **changes})


def batch_offer(endpoint, **changes):
    return replace(offer_of(endpoint, **changes), tier=Tier.BATCH)


def batches_for(*endpoints, key="key-1"):
    return Batches(Gate({endpoint.name: endpoint for endpoint in endpoints}, NothingFound()), lambda _: key)


def attempt_id():
    return str(uuid.uuid4())


def without_mark(body):
    """The mark around the document is drawn for each request."""
    document = body["messages"][1]["content"].split("\n")
    body["messages"][1]["content"] = "\n".join(document[1:-1])
    body.pop("stream", None)  # false in one, absent in the other
    return body


@pytest.mark.parametrize("output", list(OutputMode))
async def test_a_line_carries_what_a_request_of_its_own_carries(vendor, output):
    endpoint = endpoint_at(vendor.url)
    cleared = cleared_for(Zone.ON_PREM)
    vendor.answer = Answer(body=completion())
    await asker_for(endpoint).ask(offer_of(endpoint, output=output), QUESTION, cleared)

    line = batches_for(endpoint).line(batch_offer(endpoint, output=output), attempt_id(), QUESTION, cleared)

    assert without_mark(json.loads(line.data)["body"]) == without_mark(vendor.body())


def test_a_custom_id_is_the_uuid_of_the_attempt_and_nothing_else():
    endpoint, attempt = endpoint_at("http://127.0.0.1:9"), attempt_id()
    line = batches_for(endpoint).line(batch_offer(endpoint), attempt, QUESTION, cleared_for(Zone.ON_PREM))
    assert json.loads(line.data)["custom_id"] == attempt
    with pytest.raises(ValueError, match="UUID"):
        batches_for(endpoint).line(batch_offer(endpoint), "山田太郎", QUESTION, cleared_for(Zone.ON_PREM))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"zone": Zone.OVERSEAS}, "not cleared for zone overseas"),
        ({"zone": Zone.JAPAN_REGION}, "not masked"),
        ({"zone": Zone.DOMESTIC}, "batches are processed"),
        ({"base_url": "https://elsewhere.example/v1"}, "not the one in the catalogue"),
        ({"api": Api.ANTHROPIC}, "not a batch of api openai"),
        ({"takes_batches": False}, "not a batch of api openai"),
    ],
)
async def test_a_line_that_the_gate_refuses_is_not_written(vendor, changes, why):
    known = endpoint_at(vendor.url, **{k: v for k, v in changes.items() if k != "base_url"})
    offered = replace(known, **changes)
    cleared = cleared_for(Zone.ON_PREM, Zone.JAPAN_REGION, Zone.DOMESTIC, masked=False)
    rules = tuple(replace(rule, masked=rule.zone is Zone.JAPAN_REGION) for rule in cleared.clearance.rules)
    cleared = replace(cleared, clearance=replace(cleared.clearance, rules=rules))
    with pytest.raises(EgressRefused, match=why):
        batches_for(known).line(batch_offer(offered), attempt_id(), QUESTION, cleared)
    assert vendor.hits == 0


def test_a_realtime_offer_makes_no_batch_line():
    endpoint = endpoint_at("http://127.0.0.1:9")
    with pytest.raises(EgressRefused, match="not a batch"):
        batches_for(endpoint).line(offer_of(endpoint), attempt_id(), QUESTION, cleared_for(Zone.ON_PREM))


async def test_a_file_goes_to_the_endpoint_of_its_lines_and_lines_of_two_offers_go_nowhere(vendor, start_vendor):
    other = endpoint_at(start_vendor().url, name="other")
    endpoint = endpoint_at(vendor.url)
    batches = batches_for(endpoint, other)
    mine, theirs = (
        batches.line(batch_offer(each, name=each.name), attempt_id(), QUESTION, cleared_for(Zone.ON_PREM))
        for each in (endpoint, other)
    )
    vendor.answer = Answer(body={"id": "file-1"})
    assert await batches.upload("b1", [mine]) == "file-1"
    assert mine.data in vendor.requests[0][2]
    with pytest.raises(EgressRefused, match="one offer"):
        await batches.upload("b2", [mine, theirs])
    assert vendor.hits == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_file_does_not_follow_a_redirect(vendor, start_vendor, status):
    elsewhere = start_vendor()
    vendor.answer = Answer(status, {}, {"location": f"{elsewhere.url}/v1/files"})
    endpoint = endpoint_at(vendor.url)
    batches = batches_for(endpoint)
    line = batches.line(batch_offer(endpoint), attempt_id(), QUESTION, cleared_for(Zone.ON_PREM))
    with pytest.raises(BatchCallFailed, match=f"HTTP {status}"):
        await batches.upload("b1", [line])
    assert (vendor.hits, elsewhere.hits) == (1, 0)


@pytest.mark.parametrize("vendor_id", ["../../other", "a/b", "", "a?b", ".."])
async def test_a_vendors_id_cannot_choose_where_we_go(vendor, vendor_id):
    endpoint = endpoint_at(vendor.url)
    with pytest.raises(EgressRefused):
        await batches_for(endpoint).content(endpoint, vendor_id)
    vendor.answer = Answer(body={"id": vendor_id, "status": "completed"})
    with pytest.raises(BatchCallFailed, match="no usable id"):
        await batches_for(endpoint).look(endpoint, "batch_1")
    assert vendor.hits == 1


async def test_what_a_failed_call_says_holds_no_text(vendor):
    vendor.answer = Answer(400, {"error": {"message": "PLANTED 山田太郎", "code": "PLANTED"}})
    endpoint = endpoint_at(vendor.url)
    batches = batches_for(endpoint)
    line = batches.line(batch_offer(endpoint), attempt_id(), QUESTION, cleared_for(Zone.ON_PREM))
    with pytest.raises(BatchCallFailed) as failed:
        await batches.upload("b1", [line])
    assert str(failed.value) == "vendor: permanent, HTTP 400"
    assert "PLANTED" not in repr(line)


async def test_without_its_key_nothing_leaves(vendor):
    endpoint = endpoint_at(vendor.url, api_key_env="KEY")
    batches = batches_for(endpoint, key=None)
    line = batches.line(batch_offer(endpoint), attempt_id(), QUESTION, cleared_for(Zone.ON_PREM))
    with pytest.raises(BatchCallFailed, match="KEY is not set") as failed:
        await batches.upload("b1", [line])
    assert (failed.value.reply.outcome, vendor.hits) == (Outcome.NOT_SENT, 0)


def result(response=None, error=None):
    line = {"id": "x", "custom_id": "c1", "response": response, "error": error}
    return next(read_results(json.dumps(line).encode()))


@pytest.mark.parametrize(
    ("response", "error", "outcome", "usage"),
    [
        ({"status_code": 200, "request_id": "r1", "body": completion()}, None, Outcome.ANSWERED, Usage(100, 7)),
        ({"status_code": 200, "body": completion(usage=CACHED)}, None, Outcome.ANSWERED, Usage(100, 7, 20, 50, 5)),
        ({"status_code": 200, "body": completion("no json")}, None, Outcome.INVALID, Usage(100, 7)),
        ({"status_code": 200, "body": completion(finish="length")}, None, Outcome.TRUNCATED, Usage(100, 7)),
        ({"status_code": 200, "body": completion(None, refusal="no")}, None, Outcome.REFUSED, Usage(100, 7)),
        ({"status_code": 200, "body": completion(usage={})}, None, Outcome.UNKNOWN, None),
        ({"status_code": 200, "body": None}, None, Outcome.UNKNOWN, None),
        ({"status_code": 400, "body": {"error": {"code": "x"}}}, None, Outcome.PERMANENT, None),
        ({"status_code": 429, "body": {}}, None, Outcome.TRANSIENT, None),
        ({"status_code": 500, "body": {}}, None, Outcome.TRANSIENT, None),
        (None, {"code": "batch_expired", "message": "PLANTED"}, Outcome.TRANSIENT, None),
        (None, {"code": "batch_cancelled"}, Outcome.TRANSIENT, None),
        (None, {"code": "other", "message": "PLANTED"}, Outcome.PERMANENT, None),
        (None, None, Outcome.UNKNOWN, None),
    ],
)
def test_a_result_line_becomes_the_same_reply_as_a_request_of_its_own(response, error, outcome, usage):
    reply = reply_of(result(response, error), QUESTION, offer_of(endpoint_at("http://127.0.0.1:9")).model)
    assert (reply.outcome, reply.usage) == (outcome, usage)
    assert "PLANTED" not in reply.detail


def test_a_forced_tools_arguments_are_the_answer():
    calls = [{"id": "t", "type": "function", "function": {"name": "answer", "arguments": '{"category": "x"}'}}]
    response = {"status_code": 200, "body": completion(None, tool_calls=calls, finish="tool_calls")}
    model = offer_of(endpoint_at("http://127.0.0.1:9"), output=OutputMode.TOOL).model
    reply = reply_of(result(response), QUESTION, model)
    assert (reply.outcome, reply.answer) == (Outcome.ANSWERED, {"category": "x"})


def test_lines_that_cannot_be_read_are_left_out_and_line_separators_inside_answers_do_not_split_one():
    good = json.dumps({"custom_id": "c1", "x": "a\u2028b\u0085c"}, ensure_ascii=False).encode()
    assert [
        each.custom_id for each in read_results(b"\n".join([b"{broken", b"[]", b'{"custom_id": 5}', good, b""]))
    ] == ["c1"]


def test_many_lines_are_cut_into_files_that_vendors_take(monkeypatch):
    endpoint = endpoint_at("http://127.0.0.1:9")
    batches = batches_for(endpoint)
    lines = [batches.line(batch_offer(endpoint), attempt_id(), QUESTION, cleared_for(Zone.ON_PREM)) for _ in range(5)]
    monkeypatch.setattr("yakin.llm.batches.MOST_BYTES", len(lines[0].data) * 2)
    assert [len(part) for part in files(lines)] == [2, 2, 1]
