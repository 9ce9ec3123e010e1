"""Sandbox vendors answer, bill and fail like vendors, and their meter is exact."""

import json
import stat
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx
import jsonschema
import pytest
import yaml

from yakin.domain.zones import Zone
from yakin.errors import UsageError
from yakin.local import sandbox
from yakin.local.sandbox.vendors import read_prices

SCHEMA = {
    "type": "object",
    "properties": {
        "category": {"type": "string", "enum": ["契約書", "請求書", "議事録"]},
        "fee_jpy": {"type": "integer", "minimum": 1, "maximum": 5_000_000},
        "until": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
        "summary": {"type": "string", "maxLength": 30},
        "parties": {"type": "array", "items": {"$ref": "#/$defs/party"}, "minItems": 2, "maxItems": 4},
        "confidence": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "corporate_number": {"type": "string", "pattern": r"^\d{13}$"},
    },
    "required": ["category", "fee_jpy", "until", "summary", "parties", "confidence", "corporate_number"],
    "additionalProperties": False,
    "$defs": {
        "party": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "listed": {"type": "boolean"}},
            "required": ["name", "listed"],
        }
    },
}
DOCUMENT = (
    "業務委託契約書\n株式会社みどり商事と有限会社あさひ物流は次のとおり契約する。\n月額1,250,000円、2027年3月20日まで。"
)
KEYS = {
    "domestic": "YAKIN_SANDBOX_DOMESTIC_KEY",
    "overseas": "YAKIN_SANDBOX_OVERSEAS_KEY",
    "on-prem": "YAKIN_SANDBOX_ON_PREM_KEY",
}
MODELS = {"domestic": "plamo-3.0-prime", "overseas": "gpt-6-luna", "on-prem": "qwen2.5-coder-1.5b"}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("sandbox_home")
    sandbox.start(home, record=True)
    yield home
    sandbox.stop(home)


@pytest.fixture
def running(home) -> sandbox.Sandbox:
    sandbox.control(home, "all", {})
    return sandbox.status(home)


def body(document: str = DOCUMENT, *, vendor: str = "overseas", **more) -> dict:
    messages = [
        {"role": "system", "content": "文書を読み、JSONで答えてください。"},
        {"role": "user", "content": f"<document 7f>\n{document}\n</document 7f>"},
    ]
    form = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
    return {"model": MODELS[vendor], "messages": messages, "response_format": form, **more}


def ask(running, request: dict | None = None, *, vendor: str = "overseas", key: str | None = None, timeout: float = 10):
    return httpx.post(
        f"{running.url}/{vendor}/v1/chat/completions",
        json=request or body(vendor=vendor),
        headers={"Authorization": f"Bearer {key or running.keys[KEYS[vendor]]}"},
        timeout=timeout,
    )


def answer_of(response: httpx.Response) -> dict:
    return json.loads(response.json()["choices"][0]["message"]["content"])


def record_of(home: Path, response: httpx.Response) -> sandbox.MeterRecord:
    return next(found for found in sandbox.read_meter(home) if found.request_id == response.headers["x-request-id"])


@pytest.mark.parametrize("vendor", ["domestic", "overseas", "on-prem"])
def test_every_vendor_answers_in_the_schema(running, vendor):
    response = ask(running, vendor=vendor)

    jsonschema.validate(answer_of(response), SCHEMA)
    assert response.json()["id"] == response.headers["x-request-id"]


def test_the_same_question_gets_the_same_answer_and_another_document_another(running):
    answers = [answer_of(ask(running)) for _ in range(2)]
    categories = {answer_of(ask(running, body(f"{DOCUMENT}\n第{number}条")))["category"] for number in range(20)}

    assert answers[0] == answers[1]
    assert categories == {"契約書", "請求書", "議事録"}


def test_a_schema_in_the_prompt_is_answered_too(running):
    words = f"Answer with one JSON object. It must fit this JSON schema:\n{json.dumps(SCHEMA, ensure_ascii=False)}"
    messages = [{"role": "system", "content": words}, {"role": "user", "content": DOCUMENT}]

    response = ask(running, {"model": "gpt-6-luna", "messages": messages})

    jsonschema.validate(answer_of(response), SCHEMA)


def test_a_forced_tool_is_called(running):
    request = body()
    del request["response_format"]
    request["tools"] = [{"type": "function", "function": {"name": "answer", "parameters": SCHEMA}}]

    choice = ask(running, request).json()["choices"][0]

    assert choice["finish_reason"] == "tool_calls"
    jsonschema.validate(json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"]), SCHEMA)


@pytest.mark.parametrize(
    ("vendor", "currency", "input_price", "output_price"),
    [("domestic", "JPY", "60", "250"), ("overseas", "USD", "0.1", "0.5")],
)
def test_the_meter_bills_the_usage_that_the_client_saw(running, home, vendor, currency, input_price, output_price):
    response = ask(running, vendor=vendor)

    usage, billed = response.json()["usage"], record_of(home, response)
    expected = (
        usage["prompt_tokens"] * Decimal(input_price) + usage["completion_tokens"] * Decimal(output_price)
    ) / 1_000_000
    assert (billed.amount, billed.currency, billed.status) == (expected, currency, "ok")
    assert (billed.input_tokens, billed.output_tokens) == (usage["prompt_tokens"], usage["completion_tokens"])


def test_the_meter_page_agrees_with_the_file(running, home):
    ask(running)

    page, records = httpx.get(running.meter_url).json(), sandbox.read_meter(home)

    assert set(page["requests"]) == {record.request_id for record in records}
    by_vendor = {(total["vendor"], total["currency"]): Decimal(total["amount"]) for total in page["totals"]}
    assert by_vendor["overseas", "USD"] == sum(r.amount for r in records if r.vendor == "overseas" and r.currency)


def test_repeated_instructions_are_billed_as_cached(running, home):
    sandbox.control(home, "overseas", {"cache_min_tokens": 128})
    request = body()
    request["messages"][0]["content"] = "規則を守ってください。" * 100
    first, second = ask(running, request), ask(running, request)

    billed = record_of(home, second)
    assert record_of(home, first).cached_input_tokens == 0
    assert billed.cached_input_tokens == second.json()["usage"]["prompt_tokens_details"]["cached_tokens"] >= 128
    assert billed.amount < record_of(home, first).amount


def test_a_wrong_key_is_refused_and_costs_nothing(running, home):
    other_vendors_key = running.keys[KEYS["domestic"]]

    response = ask(running, key=other_vendors_key)

    assert response.status_code == 401
    assert record_of(home, response).amount == 0


def test_an_unknown_model_is_not_found(running):
    assert ask(running, {**body(), "model": "gpt-9"}).status_code == 404


def test_broken_requests_are_named(running):
    assert ask(running, {"model": "gpt-6-luna"}).json()["error"]["message"] == "messages is missing or empty"
    assert ask(running, {**body(), "tools": [{}]}).status_code == 400


@pytest.mark.parametrize(("kind", "http_status"), [("rate_limited", 429), ("server_error", 500)])
def test_the_next_two_requests_fail_unbilled_and_the_third_succeeds(running, home, kind, http_status):
    sandbox.control(home, "overseas", {"faults": [{"kind": kind, "next": 2, "retry_after_s": 3}]})

    responses = [ask(running) for _ in range(3)]

    assert [response.status_code for response in responses] == [http_status, http_status, 200]
    assert responses[0].headers.get("retry-after") == ("3" if kind == "rate_limited" else None)
    assert [record_of(home, response).amount > 0 for response in responses] == [False, False, True]


@pytest.mark.parametrize(("kind", "billed"), [("disconnect_before", False), ("disconnect_after", True)])
def test_a_cut_connection_is_billed_only_after_the_answer_was_made(running, home, kind, billed):
    sandbox.control(home, "overseas", {"faults": [{"kind": kind, "next": 1}]})

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        ask(running)

    last = sandbox.read_meter(home)[-1]
    assert (last.status, last.amount > 0) == (kind, billed)


def test_a_hang_is_billed_before_the_client_gives_up(running, home):
    sandbox.control(home, "overseas", {"faults": [{"kind": "hang", "next": 1, "hang_s": 30}]})

    with pytest.raises(httpx.ReadTimeout):
        ask(running, timeout=0.5)

    last = sandbox.read_meter(home)[-1]
    assert (last.status, last.amount > 0) == ("hang", True)


def test_spoiled_answers_are_billed(running, home):
    kinds = ["truncated", "invalid_json", "over_long", "refusal"]
    sandbox.control(home, "overseas", {"faults": [{"kind": kind, "next": 1} for kind in kinds]})

    truncated, invalid, over_long, refusal = (ask(running) for _ in kinds)

    assert truncated.json()["choices"][0]["finish_reason"] == "length"
    with pytest.raises(json.JSONDecodeError):
        answer_of(invalid)
    assert len(answer_of(over_long)["summary"]) > 30
    assert refusal.json()["choices"][0]["message"]["content"] is None
    assert refusal.json()["choices"][0]["message"]["refusal"]
    records = [record_of(home, response) for response in (truncated, invalid, over_long, refusal)]
    assert [(record.status, record.amount > 0) for record in records] == [(kind, True) for kind in kinds]


def test_the_output_bound_cuts_the_answer(running):
    reply = ask(running, body(max_completion_tokens=5)).json()

    assert reply["choices"][0]["finish_reason"] == "length"
    assert reply["usage"]["completion_tokens"] == 5


def test_faults_by_probability_repeat_with_their_seed(running, home):
    def statuses() -> list[int]:
        plan = {"kind": "server_error", "probability": 0.5, "seed": 4}
        sandbox.control(home, "overseas", {"faults": [plan]})
        return [ask(running).status_code for _ in range(12)]

    first = statuses()

    assert set(first) == {200, 500}
    assert statuses() == first


def test_a_preferred_choice_is_given_where_a_field_has_it_and_by_one_vendor_only(running, home):
    sandbox.control(home, "overseas", {"prefer": {"category": "議事録", "parties": "議事録"}})
    said = [answer_of(ask(running, body(f"第{number}条")))["category"] for number in range(8)]
    others = {
        answer_of(ask(running, body(f"第{number}条", vendor="domestic"), vendor="domestic"))["category"]
        for number in range(8)
    }

    assert said == ["議事録"] * 8
    assert len(others) > 1

    sandbox.control(home, "overseas", {"prefer": {"category": "no such choice"}})
    jsonschema.validate(answer_of(ask(running)), SCHEMA)


def test_log_probabilities_are_low_where_the_vendor_is_unsure_and_the_meter_is_the_same(running, home):
    def asked(number: int) -> tuple[str, float, int]:
        reply = ask(running, {**body(f"第{number}条"), "logprobs": True})
        content = reply.json()["choices"][0]["logprobs"]["content"]
        assert b"".join(bytes(part["bytes"]) for part in content).decode() == json.dumps(
            answer_of(reply), ensure_ascii=False
        )
        mean = sum(part["logprob"] for part in content) / len(content)
        return answer_of(reply)["category"], mean, record_of(home, reply).input_tokens

    sandbox.control(home, "overseas", {"prefer": {"category": "議事録"}, "unsure_share": 0.5})
    said = [asked(number) for number in range(12)]

    assert said == [asked(number) for number in range(12)]
    unsure = [each for each in said if each[1] < -1]
    assert 0 < len(unsure) < 12
    assert {category for category, mean, _ in said if mean > -1} == {"議事録"}
    assert {category for category, _, _ in unsure} - {"議事録"}
    assert "logprobs" not in ask(running).json()["choices"][0]
    assert said[0][2] == ask(running, body("第0条")).json()["usage"]["prompt_tokens"]


def test_usage_factors_bill_more_than_was_counted(running, home):
    plain = ask(running).json()["usage"]
    sandbox.control(home, "overseas", {"input_factor": "1.5", "output_factor": "2"})

    billed = record_of(home, ask(running))

    assert billed.output_tokens == 2 * plain["completion_tokens"]
    assert 0 <= billed.input_tokens - Decimal("1.5") * plain["prompt_tokens"] < 1


def test_latency_holds_back_one_vendor_only(running, home):
    sandbox.control(home, "domestic", {"latency_s": [0.4, 0.5], "latency_seed": 1})

    took = {}
    for vendor in ("domestic", "overseas"):
        began = time.monotonic()
        ask(running, vendor=vendor)
        took[vendor] = time.monotonic() - began

    assert took["domestic"] >= 0.4 > took["overseas"]


def test_a_wrong_setting_is_explained(running, home):
    with pytest.raises(UsageError, match=r"faults\.0.*next or probability"):
        sandbox.control(home, "overseas", {"faults": [{"kind": "hang"}]})
    with pytest.raises(UsageError, match="vendor: give one of domestic"):
        sandbox.control(home, "mars", {})


def test_the_recorder_keeps_planted_text_unescaped_and_never_the_key(running, home):
    ask(running, body("取扱注意の札 ひみつ-4711"))

    received = (home / "sandbox" / "received-overseas.jsonl").read_text()

    assert "取扱注意の札 ひみつ-4711" in received
    assert running.keys[KEYS["overseas"]] not in received


def test_keys_meter_and_recordings_are_readable_by_the_owner_only(running, home):
    ask(running)

    files = [home / "sandbox" / name for name in ("keys.json", "meter.jsonl", "received-overseas.jsonl")]

    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert all(key not in repr(running) for key in running.keys.values())


def test_starting_again_finds_the_running_one(running, home):
    assert sandbox.start(home, record=True).pid == running.pid


def test_two_homes_run_side_by_side_with_keys_of_their_own(running, tmp_path):
    other = sandbox.start(tmp_path)
    try:
        assert other.url != running.url
        assert ask(other, key=running.keys[KEYS["overseas"]]).status_code == 401
        assert ask(other).status_code == 200
    finally:
        sandbox.stop(tmp_path)


def test_the_meter_survives_a_restart_with_other_options(tmp_path):
    first = sandbox.start(tmp_path)
    ask(first)
    second = sandbox.start(tmp_path, record=True, settings={"overseas": {"faults": [{"kind": "refusal", "next": 1}]}})
    try:
        ask(second)
        statuses = [record.status for record in sandbox.read_meter(tmp_path)]
        assert statuses == ["ok", "refusal"]
        assert len(httpx.get(second.meter_url).json()["requests"]) == 2
        assert first.keys == second.keys
    finally:
        assert sandbox.stop(tmp_path)
    assert sandbox.status(tmp_path) is None


def test_the_catalogue_prices_are_those_of_the_meter(running):
    catalogue = yaml.safe_load(running.catalogue_path.read_text())
    amounts = ("input_per_mtok", "cached_input_per_mtok", "output_per_mtok")

    def exact(price: dict) -> tuple:
        return price["currency"], *(None if price.get(name) is None else Decimal(str(price[name])) for name in amounts)

    declared = {
        (model["endpoint"].removeprefix("sandbox-"), model["model"]): exact(model["prices"][0])
        for model in catalogue["models"]
    }
    metered = {
        key: (price.currency, price.input_per_mtok, price.cached_input_per_mtok, price.output_per_mtok)
        for key, price in read_prices().items()
    }
    assert declared == metered


def test_the_catalogue_loads_with_one_rehearsal_endpoint_per_zone(running):
    load = pytest.importorskip("yakin.catalogue.load")

    loaded = load.load_catalogue([running.catalogue_path], on=date(2026, 11, 24), embedded={})

    ours = {name: endpoint for name, endpoint in loaded.endpoints.items() if name.startswith("sandbox-")}
    assert {name: endpoint.zone for name, endpoint in ours.items()} == {
        "sandbox-domestic": Zone.DOMESTIC,
        "sandbox-japan-region": Zone.JAPAN_REGION,
        "sandbox-overseas": Zone.OVERSEAS,
        "sandbox-on-prem": Zone.ON_PREM,
    }
    assert all(endpoint.sandbox and not endpoint.trains_on_data for endpoint in ours.values())
    assert {endpoint.api_key_env for endpoint in ours.values()} == set(running.keys)
