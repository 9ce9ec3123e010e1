"""No proxy of the environment, no other host, no public peer, no request without an ask."""

import ast
from pathlib import Path

import httpx2
import pytest

import yakin.llm
from tests.llm.conftest import QUESTION, Answer, asker_for, cleared_for, completion, endpoint_at, offer_of
from yakin.domain.asking import Outcome
from yakin.domain.routing import Api
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused
from yakin.llm import transport
from yakin.llm.transport import PinnedTransport, Wire, pinned_client, recording

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
PATHS = {Api.OPENAI: "/v1", Api.AZURE_OPENAI: "", Api.ANTHROPIC: "", Api.GOOGLE_GENAI: "", Api.BEDROCK_CONVERSE: ""}


@pytest.mark.parametrize("api", PATHS)
async def test_proxies_of_the_environment_are_ignored(vendor, start_vendor, monkeypatch, api):
    proxy = start_vendor()
    for name in PROXIES:
        monkeypatch.setenv(name, proxy.url)
    vendor.answer = Answer(429, {})
    endpoint = endpoint_at(vendor.url, api=api, base_url=vendor.url + PATHS[api], api_key_env="KEY", region="x")
    reply = await asker_for(endpoint).ask(offer_of(endpoint), QUESTION, cleared_for(Zone.ON_PREM))
    assert (reply.outcome, vendor.hits, proxy.hits) == (Outcome.TRANSIENT, 1, 0)


async def test_bedrock_ignores_endpoint_urls_of_the_environment(vendor, start_vendor, monkeypatch):
    elsewhere = start_vendor()
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"):
        monkeypatch.setenv(name, elsewhere.url)
    vendor.answer = Answer(429, {"message": "busy"})
    facts = {"api": Api.BEDROCK_CONVERSE, "base_url": vendor.url, "api_key_env": "KEY", "region": "ap-northeast-1"}
    endpoint = endpoint_at(vendor.url, **facts)
    await asker_for(endpoint).ask(offer_of(endpoint), QUESTION, cleared_for(Zone.ON_PREM))
    assert (vendor.hits, elsewhere.hits) == (1, 0)


async def test_the_proxy_of_the_catalogue_is_used(vendor, start_vendor):
    proxy = start_vendor()
    proxy.answer = Answer(body=completion())
    endpoint = endpoint_at(vendor.url, proxy=proxy.url)
    await asker_for(endpoint).ask(offer_of(endpoint), QUESTION, cleared_for(Zone.ON_PREM))
    assert (proxy.hits, vendor.hits) == (1, 0)


async def test_a_proxy_that_refuses_the_tunnel_leaves_nothing_unknown(start_vendor):
    proxy, sent = start_vendor(), []
    proxy.answer = Answer(407, {})
    endpoint = endpoint_at("", base_url="https://127.0.0.1:9/v1", proxy=proxy.url)
    asker = asker_for(endpoint)
    reply = await asker.ask(offer_of(endpoint), QUESTION, cleared_for(Zone.ON_PREM), on_sent=lambda: sent.append(1))
    assert (reply.outcome, sent, proxy.hits) == (Outcome.ENDPOINT_DOWN, [], 1)


async def test_redirecting_variables_do_not_move_a_request(vendor, start_vendor, monkeypatch):
    elsewhere = start_vendor()
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "LANGSMITH_GATEWAY", "LANGSMITH_ENDPOINT"):
        monkeypatch.setenv(name, elsewhere.url)
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_x")
    vendor.answer = Answer(body=completion())
    endpoint = endpoint_at(vendor.url)
    reply = await asker_for(endpoint).ask(offer_of(endpoint), QUESTION, cleared_for(Zone.ON_PREM))
    assert (reply.outcome, vendor.hits, elsewhere.hits) == (Outcome.ANSWERED, 1, 0)


async def test_a_transport_sends_nothing_outside_of_an_ask(vendor):
    async with pinned_client(endpoint_at(vendor.url)) as client:
        with pytest.raises(EgressRefused):
            await client.get(f"{vendor.url}/v1/models")
    assert vendor.hits == 0


@pytest.mark.parametrize("change", ["scheme", "host", "port"])
async def test_another_origin_is_refused(vendor, start_vendor, change):
    other = start_vendor()
    targets = {
        "scheme": vendor.url.replace("http:", "https:"),
        "host": vendor.url.replace("127.0.0.1", "localhost"),
        "port": other.url,
    }
    with recording(Wire()):
        async with pinned_client(endpoint_at(vendor.url)) as client:
            with pytest.raises(EgressRefused):
                await client.get(targets[change])
    assert (vendor.hits, other.hits) == (0, 0)


async def test_plain_http_leaves_the_machine_only_for_on_prem():
    endpoint = endpoint_at("http://192.0.2.1", zone=Zone.DOMESTIC)
    with recording(Wire()), pytest.raises(EgressRefused, match="needs https"):
        await PinnedTransport(endpoint).handle_async_request(httpx2.Request("GET", endpoint.base_url))


async def test_an_on_prem_name_that_moves_to_a_public_peer_gets_not_one_byte(vendor, monkeypatch):
    # The name server changed its mind between the gate and the connection; loopback plays the public address.
    monkeypatch.setattr(transport, "is_private", lambda address: False)
    endpoint, sent = endpoint_at(vendor.url), []
    asker = asker_for(endpoint)
    with pytest.raises(EgressRefused, match="not private"):
        await asker.ask(offer_of(endpoint), QUESTION, cleared_for(Zone.ON_PREM), on_sent=lambda: sent.append(1))
    assert (vendor.hits, sent) == (0, [])


async def test_a_text_that_the_gate_refuses_reaches_nobody(vendor):
    endpoint = endpoint_at(vendor.url)
    with pytest.raises(EgressRefused):
        await asker_for(endpoint).ask(offer_of(endpoint), QUESTION, cleared_for(Zone.DOMESTIC))
    assert vendor.hits == 0


def _sources():
    return {path.name: ast.parse(path.read_text()) for path in Path(yakin.llm.__file__).parent.glob("*.py")}


def _calls(tree, name):
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
    ]


def test_only_asking_the_probe_and_batches_open_the_way_out():
    opening = {name for name, tree in _sources().items() if _calls(tree, "recording")}
    assert opening == {"asking.py", "probe.py", "batch_calls.py"}


def test_only_an_admitted_line_can_be_uploaded():
    tree = _sources()["batches.py"]
    line = next(node for node in ast.walk(tree) if getattr(node, "name", "") == "line")
    assert ast.unparse(line.body[1]) == "self._gate.admit(cleared, offer)"  # after the docstring
    assert len(_calls(tree, "AdmittedLine")) == len(_calls(line, "AdmittedLine")) == 1
    made = [path for path in Path(yakin.llm.__file__).parents[2].glob("*/**/*.py") if ".venv" not in path.parts]
    makers = {path.name for path in made if _calls(ast.parse(path.read_text()), "AdmittedLine")}
    assert makers == {"batches.py"}
    assert {path.name for path in made if _calls(ast.parse(path.read_text()), "Upload")} == {"batches.py"}


def test_asking_admits_before_anything_else():
    asks = [node for node in ast.walk(_sources()["asking.py"]) if getattr(node, "name", "") == "ask"]
    first = asks[0].body[1]  # after the docstring
    assert ast.unparse(first) == "self._gate.admit(cleared, offer)"


def test_only_the_asker_sends_messages():
    assert {name for name, tree in _sources().items() if _calls(tree, "_send")} == {"asking.py"}
    assert {name for name, tree in _sources().items() if _calls(tree, "ainvoke")} == {"clients.py"}
