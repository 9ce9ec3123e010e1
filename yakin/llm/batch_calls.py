"""Single HTTP calls about batches, each through the endpoint's pinned transport and on a wire's record."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx2

from yakin.domain.asking import Outcome, Reply
from yakin.domain.routing import Endpoint
from yakin.errors import EgressRefused, YakinError
from yakin.llm.addresses import origin_of
from yakin.llm.outcomes import from_wire
from yakin.llm.transport import Wire, pinned_client, recording

CALL_S = 600.0  # a file of many megabytes goes over a slow line
_ID = re.compile(r"[A-Za-z0-9_.-]{1,128}")
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, repr=False)
class Upload:
    """A file of lines to send. Its repr shows none of them."""

    name: str
    data: bytes

    def __repr__(self) -> str:
        return f"Upload(name={self.name}, bytes={len(self.data)})"


class BatchCallFailed(YakinError):
    """A call about a batch did not succeed; `reply` says how, in the words of the ledger."""

    def __init__(self, message: str | None = None, reply: Reply | None = None, *, is_not_found: bool = False) -> None:
        super().__init__(message)
        self.reply = reply or Reply(Outcome.UNKNOWN)
        self.is_not_found = is_not_found  # the vendor says that it has no such thing


class BatchCalls:
    """Calls endpoints of api `openai`. `key_of` gives the API key for an `api_key_env` name, or None."""

    def __init__(self, key_of: Callable[[str], str | None]) -> None:
        self._key_of = key_of

    async def call(
        self,
        endpoint: Endpoint,
        method: str,
        path: str,
        *,
        content: object = None,
    ) -> bytes:
        """The body of a good response; raises BatchCallFailed, whose text is ids, statuses and class names only.

        `content` is sent as JSON, an Upload as a file. No retries and no redirects.
        """
        wire = Wire()
        failed = ""
        try:
            with recording(wire):
                async with asyncio.timeout(CALL_S), pinned_client(endpoint) as client:
                    request = _request(client, f"{_base(endpoint)}/{path}", method, self._headers(endpoint), content)
                    await client.send(request)
        except (httpx2.HTTPError, OSError, ValueError, EgressRefused) as error:  # TimeoutError is an OSError
            failed = type(error).__name__
        if wire.refused is not None:
            raise EgressRefused(f"{endpoint.name}: {wire.refused}")
        if failed or wire.status is None or wire.status >= httpx2.codes.MULTIPLE_CHOICES:
            reply = from_wire(endpoint.api, wire, failed)
            said = f"{endpoint.name}: {reply.outcome}, {reply.detail}"
            raise BatchCallFailed(said, reply, is_not_found=wire.status == httpx2.codes.NOT_FOUND)
        return wire.body or b""

    async def json(self, endpoint: Endpoint, method: str, path: str, *, content: object = None) -> Json:
        """The same, read as one JSON object."""
        return read_object(await self.call(endpoint, method, path, content=content), endpoint)

    def _headers(self, endpoint: Endpoint) -> Mapping[str, str]:
        if not endpoint.api_key_env:
            return {}
        key = self._key_of(endpoint.api_key_env)
        if not key:
            detail = f"no API key: {endpoint.api_key_env} is not set"
            raise BatchCallFailed(f"{endpoint.name}: {detail}", Reply(Outcome.NOT_SENT, detail=detail))
        return {"authorization": f"Bearer {key}"}


def read_object(body: bytes, endpoint: Endpoint) -> Json:
    """One JSON object; anything else is an answer that cannot be relied on."""
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise BatchCallFailed(f"{endpoint.name}: the answer is not a JSON object")
    return parsed


def safe_id(value: object) -> str | None:
    """An id that can stand in a path, or None: what a vendor answers must not choose where we go."""
    return value if isinstance(value, str) and _ID.fullmatch(value) and value.strip(".") else None


def _base(endpoint: Endpoint) -> str:
    origin_of(endpoint.base_url)  # ValueError for an endpoint without an address
    return endpoint.base_url.rstrip("/")


def _request(
    client: httpx2.AsyncClient, url: str, method: str, headers: Mapping[str, str], content: object
) -> httpx2.Request:
    if isinstance(content, Upload):
        files = {"file": (content.name, content.data, "application/jsonl")}
        return client.build_request(method, url, headers=headers, data={"purpose": "batch"}, files=files)
    if content is not None:
        return client.build_request(method, url, headers=headers, json=content)
    return client.build_request(method, url, headers=headers)
