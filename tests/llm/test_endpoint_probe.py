"""Health without a document: the pinned transport, our key, a list of models."""

import pytest

from tests.llm.conftest import Answer, endpoint_at
from yakin.domain.routing import Api
from yakin.domain.zones import Zone
from yakin.llm.probe import probe

PATHS = {
    Api.OPENAI: "/v1/models",
    Api.AZURE_OPENAI: "/openai/models?api-version=2024-10-21",
    Api.ANTHROPIC: "/v1/models",
    Api.GOOGLE_GENAI: "/v1beta/models",
}


@pytest.mark.parametrize("api", PATHS)
async def test_a_healthy_endpoint_lists_its_models(vendor, api):
    vendor.answer = Answer(body={"data": []})
    base_url = f"{vendor.url}/v1" if api is Api.OPENAI else vendor.url
    health = await probe(endpoint_at(vendor.url, api=api, base_url=base_url), "key-1")
    path, headers, body = vendor.requests[0]
    assert (bool(health), path, body, vendor.hits) == (True, PATHS[api], b"", 1)
    assert any("key-1" in value for value in headers.values())


@pytest.mark.parametrize(("status", "healthy"), [(404, True), (429, True), (401, False), (403, False), (503, False)])
async def test_statuses_tell_alive_from_unusable(vendor, status, healthy):
    vendor.answer = Answer(status, {})
    health = await probe(endpoint_at(vendor.url), None)
    assert (health.healthy, health.detail) == (healthy, f"HTTP {status}")


async def test_a_closed_port_is_unhealthy():
    assert (await probe(endpoint_at("http://127.0.0.1:9"), None)).detail == "ConnectError"


async def test_a_redirect_is_not_followed(vendor, start_vendor):
    elsewhere = start_vendor()
    vendor.answer = Answer(302, {}, {"location": elsewhere.url})
    health = await probe(endpoint_at(vendor.url), None)
    assert (health.healthy, elsewhere.hits) == (False, 0)


async def test_plain_http_abroad_is_refused_before_it_connects():
    health = await probe(endpoint_at("http://192.0.2.1", zone=Zone.OVERSEAS), None)
    assert health.detail == "endpoint vendor needs https"


async def test_bedrock_looks_for_credentials_and_sends_nothing(vendor):
    facts = {"api": Api.BEDROCK_CONVERSE, "base_url": vendor.url, "region": "ap-northeast-1"}
    assert (await probe(endpoint_at(vendor.url, **facts), "key-1")).healthy
    assert vendor.hits == 0


async def test_bedrock_without_a_region_is_unhealthy(vendor):
    facts = {"api": Api.BEDROCK_CONVERSE, "base_url": vendor.url, "region": None}
    assert (await probe(endpoint_at(vendor.url, **facts), "key-1")).detail == "SettingsError"
