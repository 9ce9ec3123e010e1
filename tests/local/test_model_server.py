"""The real on-premises model: key, schema, slots, and nothing of a prompt in its log. Needs the 0.5B weights."""

import json
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import jsonschema
import psutil
import pytest

from yakin.errors import ModelMissing
from yakin.local import model, model_server, sandbox

pytestmark = pytest.mark.live

NAME = "qwen2.5-coder-0.5b"
MODELS_DIR = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yakin" / "models"
SCHEMA = {
    "type": "object",
    "properties": {"category": {"type": "string", "enum": ["契約書", "請求書"]}, "amount_jpy": {"type": "integer"}},
    "required": ["category", "amount_jpy"],
    "additionalProperties": False,
}
FORM = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("model_home")


@pytest.fixture(scope="module")
def server(home) -> Iterator[model_server.ModelServer]:
    if model.path_of(NAME, MODELS_DIR) is None:
        pytest.skip(f"the weights are not here; `yakin model pull {NAME}` gets them")
    yield model_server.start(home, MODELS_DIR, NAME)
    assert model_server.stop(home, NAME)


def body(text: str) -> dict:
    return {
        "model": NAME, "temperature": 0, "max_tokens": 60, "response_format": FORM,
        "messages": [{"role": "user", "content": f"文書の種類と金額を答えてください。\n{text}"}],
    }  # fmt: skip


def ask(server, text: str, key: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {server.api_key() if key is None else key}"}
    return httpx.post(f"{server.base_url}/chat/completions", json=body(text), headers=headers, timeout=120)


def test_requests_without_the_key_are_refused(server):
    bare = httpx.post(f"{server.base_url}/chat/completions", json=body("請求書 10円"), timeout=30)

    assert bare.status_code == 401
    assert ask(server, "請求書 10円", key="wrong").status_code == 401
    assert stat.S_IMODE(server.api_key_file.stat().st_mode) == 0o600


def test_it_listens_on_loopback_only(server):
    listening = [found.laddr.ip for found in psutil.Process(server.pid).net_connections() if found.status == "LISTEN"]

    assert listening == ["127.0.0.1"]


def test_two_documents_at_once_are_answered_in_the_schema(server):
    texts = ["請求書 株式会社あおば 御中 合計金額 35,000円", "業務委託契約書 委託料は月額80,000円とする。"]

    with ThreadPoolExecutor(2) as pool:
        replies = [response.json() for response in pool.map(lambda text: ask(server, text), texts)]

    for reply in replies:
        jsonschema.validate(json.loads(reply["choices"][0]["message"]["content"]), SCHEMA)
        assert reply["usage"]["prompt_tokens"] > 20
        assert reply["usage"]["completion_tokens"] > 5


def test_the_log_holds_nothing_of_a_prompt_not_even_of_a_broken_one(server):
    headers = {"Authorization": f"Bearer {server.api_key()}"}
    ask(server, "合言葉はなのはな-4711")
    broken = '{"messages":[{"role":"user","content":"合言葉はなのはな-4712'.encode()
    refused = httpx.post(f"{server.base_url}/chat/completions", content=broken, headers=headers, timeout=30)

    assert refused.status_code == 400
    assert "なのはな" not in server.log_path.read_text()


def test_starting_again_finds_the_running_one(server, home):
    assert model_server.start(home, MODELS_DIR, NAME) == server


def test_a_replaced_key_file_brings_a_new_server_instead_of_endless_refusals(server, home):
    own = home / "other"
    first = model_server.start(own, MODELS_DIR, NAME)
    first.api_key_file.write_text("a new key\n")
    second = model_server.start(own, MODELS_DIR, NAME)
    try:
        assert second.pid != first.pid
        assert model_server.healthy(second)
    finally:
        model_server.stop(own, NAME)


def test_missing_weights_are_said_before_anything_starts(tmp_path):
    with pytest.raises(ModelMissing, match="yakin model pull"):
        model_server.start(tmp_path, tmp_path / "models", NAME)

    assert model_server.status(tmp_path, NAME) is None


def test_a_sandbox_vendor_forwards_to_the_model_and_bills_its_usage(server, home):
    running = sandbox.start(home, answers="forward", forward_url=server.base_url, forward_key_file=server.api_key_file)
    try:
        response = httpx.post(
            f"{running.url}/domestic/v1/chat/completions",
            json={**body("請求書 合計 12,000円"), "model": "plamo-3.0-prime"},
            headers={"Authorization": f"Bearer {running.keys['YAKIN_SANDBOX_DOMESTIC_KEY']}"},
            timeout=120,
        )
        jsonschema.validate(json.loads(response.json()["choices"][0]["message"]["content"]), SCHEMA)
        [billed] = sandbox.read_meter(home)
        assert billed.input_tokens == response.json()["usage"]["prompt_tokens"] > 20
        assert billed.amount * 1_000_000 == 60 * billed.input_tokens + 250 * billed.output_tokens
    finally:
        sandbox.stop(home)
