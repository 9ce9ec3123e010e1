"""Bedrock: a boto3 client that reads nothing from the environment but credentials, pinned like the HTTP clients."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from yakin.domain.routing import Endpoint
from yakin.errors import SettingsError
from yakin.llm.addresses import origin_of
from yakin.llm.transport import CONNECT_S, Wire, current_wire

if TYPE_CHECKING:
    from botocore.config import Config

# botocore raises these while it is still connecting, after the event that marks the wire; nothing had left.
# Not SSLError: it can also come while an answer is read.
NOT_CONNECTED = frozenset({"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"})


class _StaticToken:
    """A Bedrock API key for this one client; the environment variable would hold for the whole process."""

    def __init__(self, key: str) -> None:
        self._key = key

    def load_token(self, **_: object) -> object:
        from botocore.tokens import FrozenAuthToken

        class Token:
            def get_frozen_token(inner) -> FrozenAuthToken:  # noqa: N805 - the outer self is the key
                return FrozenAuthToken(self._key, expiration=None)

        return Token()


class _NoCredentials:
    """With an API key nothing else is looked for: the search would ask the metadata service, through any proxy."""

    def load_credentials(self) -> None:
        """None."""


def bedrock_client(endpoint: Endpoint, key: str | None) -> Any:  # noqa: ANN401 - boto3 builds the class at run time
    """A `bedrock-runtime` client for one endpoint: one attempt, own timeouts and proxy, no configured endpoint URLs."""
    import boto3
    from botocore.session import get_session

    if endpoint.region is None:
        raise SettingsError(f"endpoint {endpoint.name}: Bedrock needs `region`; put it into the catalogue")
    session = get_session()
    if key is not None:
        session.register_component("token_provider", _StaticToken(key))
        session.register_component("credential_provider", _NoCredentials())
    client = boto3.session.Session(botocore_session=session).client(
        "bedrock-runtime",
        region_name=endpoint.region,
        endpoint_url=endpoint.base_url,
        config=_config(endpoint, with_key=key is not None),
        verify=endpoint.ca_bundle or True,  # True, not None: None would read AWS_CA_BUNDLE
    )
    client.meta.events.register("before-send.bedrock-runtime", _pin(endpoint))
    client.meta.events.register("response-received.bedrock-runtime", _record)
    return client


def _config(endpoint: Endpoint, *, with_key: bool) -> "Config":
    from botocore.config import Config

    proxies = {"https": endpoint.proxy, "http": endpoint.proxy} if endpoint.proxy else {}
    return Config(
        connect_timeout=CONNECT_S,
        read_timeout=endpoint.timeout_s,
        retries={"total_max_attempts": 1, "mode": "standard"},
        proxies=proxies,  # {} and not None: None would read HTTPS_PROXY
        client_cert=endpoint.client_cert,
        ignore_configured_endpoint_urls=True,
        max_pool_connections=max(endpoint.limits.concurrency, 1),
        **({"auth_scheme_preference": "httpBearerAuth"} if with_key else {}),
    )


def _pin(endpoint: Endpoint) -> Callable[..., None]:
    origin = origin_of(endpoint.base_url)

    def check(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's prepared request
        wire = current_wire()
        wire.begin()
        if origin_of(request.url) != origin:
            wire.refuse(f"endpoint {endpoint.name} is pinned to its own address; another was refused")
        wire.mark_sent()

    return check


def _record(response_dict: Mapping[str, Any] | None, **_: object) -> None:
    if response_dict is None:
        return
    wire: Wire = current_wire()
    wire.status = int(response_dict["status_code"])
    wire.headers = {str(name).lower(): str(value) for name, value in response_dict["headers"].items()}
    body = response_dict.get("body")
    wire.body = body if isinstance(body, bytes) else None
