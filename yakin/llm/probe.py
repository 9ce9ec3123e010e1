"""Whether an endpoint is there and takes our key, found out without any document."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import assert_never

import httpx2

from yakin.domain.routing import Api, Endpoint
from yakin.errors import EgressRefused, SettingsError
from yakin.llm.bedrock import bedrock_client
from yakin.llm.clients import azure_api_version, without_query
from yakin.llm.transport import Wire, pinned_client, recording

PROBE_S = 10.0
# A server without a model list is still there: several Japanese vendors have none.
_ALIVE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class Health:
    """What a probe found; true when healthy. `detail` is a status or a class name."""

    healthy: bool
    detail: str

    def __bool__(self) -> bool:
        return self.healthy


async def probe(endpoint: Endpoint, key: str | None) -> Health:
    """Ask for the list of models through the pinned transport; for Bedrock look for credentials only."""
    if endpoint.api is Api.BEDROCK_CONVERSE:
        return await asyncio.to_thread(_bedrock, endpoint, key)
    wire = Wire()
    try:
        with recording(wire):
            async with asyncio.timeout(PROBE_S), pinned_client(endpoint) as client:
                response = await client.get(_url(endpoint), headers=_headers(endpoint.api, key))
    except (httpx2.HTTPError, OSError, EgressRefused, ValueError) as error:
        return Health(False, wire.refused or type(error).__name__)
    healthy = response.is_success or response.status_code in _ALIVE
    return Health(healthy, f"HTTP {response.status_code}")


def _url(endpoint: Endpoint) -> str:
    base = without_query(endpoint.base_url).rstrip("/")
    match endpoint.api:
        case Api.OPENAI:
            return f"{base}/models"
        case Api.AZURE_OPENAI:
            return f"{base}/openai/models?api-version={azure_api_version(endpoint)}"
        case Api.ANTHROPIC:
            return f"{base}/v1/models"
        case Api.GOOGLE_GENAI:
            return f"{base}/v1beta/models"
        case Api.BEDROCK_CONVERSE:
            raise ValueError("Bedrock has no list of models at its run-time address")
        case _ as never:
            assert_never(never)


def _headers(api: Api, key: str | None) -> Mapping[str, str]:
    if key is None:
        return {}
    match api:
        case Api.OPENAI | Api.BEDROCK_CONVERSE:
            return {"authorization": f"Bearer {key}"}
        case Api.AZURE_OPENAI:
            return {"api-key": key}
        case Api.ANTHROPIC:
            return {"authorization": f"Bearer {key}", "anthropic-version": "2026-10-21"}  # as the pinned SDK sends
        case Api.GOOGLE_GENAI:
            return {"x-goog-api-key": key}
        case _ as never:
            assert_never(never)


def _bedrock(endpoint: Endpoint, key: str | None) -> Health:
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        bedrock_client(endpoint, key)
        found = key is not None or boto3.session.Session().get_credentials() is not None
    except (BotoCoreError, SettingsError, ValueError, OSError) as error:
        return Health(False, type(error).__name__)
    return Health(found, "credentials found, address not tried" if found else "no AWS credentials")
