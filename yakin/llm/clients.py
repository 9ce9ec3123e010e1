"""LangChain chat models, one per model and event loop, each bound to its endpoint's pinned client."""

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import assert_never
from urllib.parse import parse_qs, urlsplit

import httpx2
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from pydantic import SecretStr

from yakin.domain.asking import Question
from yakin.domain.routing import Api, Endpoint, Model, OutputMode
from yakin.llm.bedrock import bedrock_client
from yakin.llm.request_options import ANSWER, answer_tool, request_options, sampling
from yakin.llm.transport import RefusingTransport, pinned_client
from yakin.llm.vendor_logs import quiet_vendor_loggers

AZURE_API_VERSION = "2024-10-21"  # overridden by `?api-version=` in the endpoint's base_url
_NO_KEY = "no-key"  # SDKs refuse to start without one; an on-premises server ignores it


@dataclass(slots=True)
class _LoopClients:
    """What belongs to one event loop: connections cannot be shared across loops."""

    http: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    chat: dict[str, BaseChatModel] = field(default_factory=dict)


class Clients:
    """Builds chat models lazily and keeps them per event loop, so that several loops in one process work."""

    def __init__(self) -> None:
        self._loops: dict[asyncio.AbstractEventLoop, _LoopClients] = {}
        self._threads: dict[str, ThreadPoolExecutor] = {}

    async def send(
        self, model: Model, key: str | None, question: Question, messages: Sequence[BaseMessage]
    ) -> AIMessage:
        """Send the messages in one request; the caller holds the gate and the wire."""
        chat = await self._chat(model, key)
        options = request_options(model, question, logprobs=True)
        if model.output is OutputMode.TOOL:
            ask = chat.bind_tools([answer_tool(model, question)], tool_choice=ANSWER).bind(**options)
        else:
            ask = chat.bind(**options)
        if model.endpoint.api is Api.BEDROCK_CONVERSE:
            return await self._in_thread(model.endpoint, partial(ask.invoke, list(messages)))
        return await ask.ainvoke(list(messages))

    async def aclose(self) -> None:
        """Close the connections of the running loop, and the threads."""
        clients = self._loops.pop(asyncio.get_running_loop(), None)
        for http in clients.http.values() if clients else ():
            await http.aclose()
        for pool in self._threads.values():
            pool.shutdown(wait=False, cancel_futures=True)
        self._threads.clear()

    async def _in_thread(self, endpoint: Endpoint, call: Callable[[], AIMessage]) -> AIMessage:
        # Not asyncio.to_thread: its pool is sized by the machine's cores, not by the endpoint.
        pool = self._threads.get(endpoint.name)
        if pool is None:
            pool = self._threads[endpoint.name] = ThreadPoolExecutor(max(endpoint.limits.concurrency, 1), endpoint.name)
        return await asyncio.get_running_loop().run_in_executor(pool, contextvars.copy_context().run, call)

    async def _chat(self, model: Model, key: str | None) -> BaseChatModel:
        clients = self._of_this_loop()
        chat = clients.chat.get(model.name)
        if chat is not None:
            return chat
        if model.endpoint.api is Api.BEDROCK_CONVERSE:
            chat = await asyncio.to_thread(_bedrock, model, key)  # may look for credentials on the network
        else:
            chat = _build(model, key, clients)
        quiet_vendor_loggers()  # after the import: SDKs set their levels when they are imported
        return clients.chat.setdefault(model.name, chat)

    def _of_this_loop(self) -> _LoopClients:
        loop = asyncio.get_running_loop()
        if loop not in self._loops:
            for closed in [known for known in self._loops if known.is_closed()]:
                del self._loops[closed]
            self._loops[loop] = _LoopClients()
        return self._loops[loop]


def _build(model: Model, key: str | None, clients: _LoopClients) -> BaseChatModel:
    endpoint = model.endpoint
    http = clients.http.get(endpoint.name)
    if http is None:
        http = clients.http[endpoint.name] = pinned_client(endpoint)
    match endpoint.api:
        case Api.OPENAI:
            return _openai(model, key, http)
        case Api.AZURE_OPENAI:
            return _azure(model, key, http)
        case Api.ANTHROPIC:
            return _anthropic(model, key, http)
        case Api.GOOGLE_GENAI:
            return _google(model, key, http)
        case Api.BEDROCK_CONVERSE:
            return _bedrock(model, key)
        case _ as never:
            assert_never(never)


def azure_api_version(endpoint: Endpoint) -> str:
    """The `api-version` in the endpoint's base_url, or ours."""
    return parse_qs(urlsplit(endpoint.base_url).query).get("api-version", [AZURE_API_VERSION])[0]


def without_query(url: str) -> str:
    """The URL up to its query."""
    return url.split("?", maxsplit=1)[0]


def _refusing() -> httpx2.Client:
    return httpx2.Client(transport=RefusingTransport(), trust_env=False)


def _openai(model: Model, key: str | None, http: httpx2.AsyncClient) -> BaseChatModel:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=model.vendor_model,
        base_url=model.endpoint.base_url,
        api_key=SecretStr(key or _NO_KEY),
        http_async_client=http,
        http_client=_refusing(),
        http_socket_options=(),  # both clients are ours; theirs would warn about proxies that ours ignore
        max_retries=0,
        cache=False,
        use_responses_api=False,
        **sampling(model),
    )


def _azure(model: Model, key: str | None, http: httpx2.AsyncClient) -> BaseChatModel:
    from langchain_openai import AzureChatOpenAI

    return AzureChatOpenAI(
        model=model.vendor_model,
        azure_deployment=model.vendor_model,
        azure_endpoint=without_query(model.endpoint.base_url),
        api_version=azure_api_version(model.endpoint),
        api_key=SecretStr(key or _NO_KEY),
        http_async_client=http,
        http_client=_refusing(),
        http_socket_options=(),  # both clients are ours; theirs would warn about proxies that ours ignore
        max_retries=0,
        cache=False,
        use_responses_api=False,
        **sampling(model),
    )


def _anthropic(model: Model, key: str | None, http: httpx2.AsyncClient) -> BaseChatModel:
    import anthropic
    from langchain_anthropic import ChatAnthropic

    chat = ChatAnthropic(
        model=model.vendor_model,
        base_url=model.endpoint.base_url,
        api_key=SecretStr(key or _NO_KEY),
        max_retries=0,
        cache=False,
        **sampling(model),
    )
    # It takes no client, so its cached one is replaced before first use; the transport would refuse any other.
    vars(chat)["_async_client"] = anthropic.AsyncAnthropic(
        api_key=key or _NO_KEY,
        base_url=model.endpoint.base_url,
        max_retries=0,
        http_client=http,
        open_telemetry=False,
    )
    return chat


def _google(model: Model, key: str | None, http: httpx2.AsyncClient) -> BaseChatModel:
    from google import genai
    from google.genai.types import HttpOptions
    from langchain_google_genai import ChatGoogleGenerativeAI

    chat = ChatGoogleGenerativeAI(
        model=model.vendor_model,
        base_url=model.endpoint.base_url,
        api_key=SecretStr(key or _NO_KEY),
        vertexai=False,
        max_retries=1,  # their word for one attempt; 0 means their default
        cache=False,
        **sampling(model),
    )
    chat.client = genai.Client(
        vertexai=False,
        api_key=key or _NO_KEY,
        http_options=HttpOptions(base_url=model.endpoint.base_url, httpx_async_client=http, httpx_client=_refusing()),
    )
    return chat


def _bedrock(model: Model, key: str | None) -> BaseChatModel:
    from langchain_aws import ChatBedrockConverse

    client = bedrock_client(model.endpoint, key)
    return ChatBedrockConverse(
        model_id=model.vendor_model,
        client=client,
        bedrock_client=client,  # the control plane is never called; without this a second, unpinned client is built
        cache=False,
        **sampling(model),
    )
