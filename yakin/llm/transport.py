"""The one way out: an HTTP transport pinned to an endpoint, one request per ask, every request on record."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NoReturn

import httpx2

from yakin.domain.routing import Endpoint
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused
from yakin.llm.addresses import is_loopback, is_private, origin_of

CONNECT_S = 5.0
WRITE_S = 60.0
# Shorter than the 5 s after which common servers drop idle connections: a request written into a
# dropped connection could not be told from one that was billed.
_IDLE_S = 2.0


@dataclass(slots=True, repr=False)
class Wire:
    """What one ask did on the network. `sent` turns true just before the first byte leaves."""

    on_sent: Callable[[], None] | None = None
    requests: int = 0
    sent: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None  # the whole answer, or None when it broke off
    refused: str | None = None

    def mark_sent(self) -> None:
        """Record, and tell the caller, that bytes are about to leave: from here on it may be billed."""
        if not self.sent:
            self.sent = True
            if self.on_sent is not None:
                self.on_sent()

    def begin(self) -> None:
        """Count a request; a second one for the same ask is refused, whoever asks for it."""
        if self.requests:
            self.refuse("an ask is one request; a second was refused")
        self.requests += 1

    def refuse(self, why: str) -> NoReturn:
        """Remember the refusal, because vendor SDKs wrap what we raise, and raise it."""
        self.refused = why
        raise EgressRefused(why)


_current: ContextVar[Wire | None] = ContextVar("yakin_wire", default=None)


@contextmanager
def recording(wire: Wire) -> Iterator[None]:
    """Open the way out for one request. Outside of it every transport refuses to send."""
    token = _current.set(wire)
    try:
        yield
    finally:
        _current.reset(token)


def current_wire() -> Wire:
    """The record of the ask in progress; raises EgressRefused outside of one."""
    wire = _current.get()
    if wire is None:
        raise EgressRefused("a request outside of an admitted ask was refused")
    return wire


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Sends to the endpoint's own scheme, host and port and to nothing else; on_prem only to a private peer."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._origin = origin_of(endpoint.base_url)
        self._timeouts = httpx2.Timeout(read=endpoint.timeout_s, connect=CONNECT_S, write=WRITE_S, pool=None).as_dict()
        self._inner = httpx2.AsyncHTTPTransport(
            verify=tls_context(endpoint),
            trust_env=False,
            proxy=endpoint.proxy,
            retries=0,
            # Concurrency is bounded per endpoint by EndpointLimits, where waiting is not an error.
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=_IDLE_S),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request of an admitted ask and record its end, whatever the vendor SDK makes of it."""
        wire = current_wire()
        wire.begin()
        self._refuse_elsewhere(request, wire)
        request.extensions = {**request.extensions, "timeout": self._timeouts, "trace": self._watch(wire)}
        response = await self._inner.handle_async_request(request)
        wire.status, wire.headers = response.status_code, response.headers
        try:
            wire.body = await response.aread()
        finally:
            await response.aclose()
        return response

    async def aclose(self) -> None:
        """Close the pool."""
        await self._inner.aclose()

    def _refuse_elsewhere(self, request: httpx2.Request, wire: Wire) -> None:
        target = origin_of(str(request.url))
        if target != self._origin:
            wire.refuse(f"endpoint {self._endpoint.name} is pinned to its own address; another was refused")
        scheme, host, _ = target
        if scheme != "https" and not (is_loopback(host) or self._endpoint.zone is Zone.ON_PREM):
            wire.refuse(f"endpoint {self._endpoint.name} needs https")

    def _watch(self, wire: Wire) -> Callable[[str, Mapping[str, object]], object]:
        async def trace(event: str, info: Mapping[str, object]) -> None:
            if event == "connection.connect_tcp.complete" and self._endpoint.zone is Zone.ON_PREM:
                await _refuse_public_peer(info["return_value"], wire)
            elif event.endswith("send_request_headers.started") and not _is_tunnel(info):
                wire.mark_sent()

        return trace


async def _refuse_public_peer(stream: object, wire: Wire) -> None:
    """The connected peer decides, not the name: a name server cannot move an on_prem text."""
    peer = getattr(stream, "get_extra_info", lambda _: None)("server_addr")
    if peer is None or not is_private(str(peer[0])):
        await stream.aclose()  # type: ignore[attr-defined]  # httpcore's network stream
        wire.refuse("an on_prem endpoint answered from an address that is not private")


def _is_tunnel(info: Mapping[str, object]) -> bool:
    return getattr(info.get("request"), "method", b"") == b"CONNECT"


def tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    """Certificates from the catalogue only: the endpoint's CA bundle, else the system's; its client certificate."""
    if endpoint.ca_bundle is not None:
        context = ssl.create_default_context(cafile=endpoint.ca_bundle)
    else:
        context = httpx2.create_ssl_context(trust_env=False)
    if endpoint.client_cert is not None:
        context.load_cert_chain(endpoint.client_cert)
    return context


def pinned_client(endpoint: Endpoint) -> httpx2.AsyncClient:
    """An HTTP client for one endpoint: no environment, no redirects, no retries."""
    return httpx2.AsyncClient(transport=PinnedTransport(endpoint), trust_env=False, follow_redirects=False)


class RefusingTransport(httpx2.BaseTransport):
    """For the synchronous clients that vendor SDKs insist on: yakin never sends through them."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Refuse."""
        raise EgressRefused("yakin sends only through its pinned asynchronous clients")
