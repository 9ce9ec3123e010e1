"""A vendor on loopback that answers as it is told, counts what reaches it, and keeps what it was sent."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yakin.domain.asking import Question
from yakin.domain.cleared_text import ClearedText
from yakin.domain.fx import IDENTITY_JPY
from yakin.domain.levels import Level
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.pricing import PriceRate, Tier
from yakin.domain.routing import Api, Endpoint, Limits, Model, Offer, OutputMode
from yakin.domain.zones import Zone
from yakin.llm.asking import Asker
from yakin.llm.gate import Gate

DOCUMENT = "社外秘の本文 PLANTED-7f3a 山田太郎"
INSTRUCTIONS = "PLANTED-PROMPT: classify the document."
SCHEMA = {
    "type": "object",
    "properties": {"category": {"type": "string", "maxLength": 40}},
    "required": ["category"],
    "additionalProperties": False,
}


@dataclass
class Answer:
    """What the vendor does with one request."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    break_off: bool = False  # close the connection in the middle of the body


@dataclass
class Vendor:
    """The server's address, its next answer, and everything that reached it."""

    url: str
    answer: Answer = field(default_factory=Answer)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def hits(self) -> int:
        return len(self.requests)

    def body(self, index: int = -1) -> dict:
        return json.loads(self.requests[index][2])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False


def _handler(vendor_of: Callable[[], Vendor]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 65536

        def do_POST(self):
            vendor = vendor_of()
            sent = self.rfile.read(int(self.headers.get("content-length", 0)))
            vendor.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, sent))
            answer = vendor.answer
            time.sleep(answer.delay_s)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if answer.break_off else body)
            self.wfile.flush()
            self.close_connection = self.close_connection or answer.break_off

        do_GET = do_POST  # noqa: N815
        do_CONNECT = do_POST  # noqa: N815

        def log_message(self, *_):
            pass

    return Handler


@pytest.fixture
def start_vendor() -> Iterator[Callable[[], Vendor]]:
    servers: list[_Server] = []

    def start() -> Vendor:
        holder: list[Vendor] = []
        server = _Server(("127.0.0.1", 0), _handler(lambda: holder[0]))
        holder.append(Vendor(f"http://127.0.0.1:{server.server_port}"))
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return holder[0]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def vendor(start_vendor) -> Vendor:
    return start_vendor()


def completion(
    content: str | None = '{"category": "invoice"}',
    *,
    finish: str = "stop",
    usage: dict | None = None,
    refusal: str | None = None,
    tool_calls: list | None = None,
) -> dict:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    if tool_calls:
        message["tool_calls"] = tool_calls
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if usage != {}:
        body["usage"] = usage or {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}
    return body


def validate(text: str) -> dict:
    try:
        fields = json.loads(text)
    except ValueError:
        raise ValueError("the answer is not JSON") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("category"), str):
        raise ValueError("category: text required")
    return fields


QUESTION = Question("triage", INSTRUCTIONS, SCHEMA, validate, max_output_tokens=64)


def endpoint_at(url: str, **changes) -> Endpoint:
    facts = {
        "name": "vendor",
        "operator": "Vendor",
        "operator_country": "JP",
        "zone": Zone.ON_PREM,
        "zone_reason": "test",
        "api": Api.OPENAI,
        "base_url": f"{url}/v1",
        "api_key_env": None,
        "limits": Limits(4),
        "zero_retention": True,
        "trains_on_data": False,
        "sandbox": True,
        "timeout_s": 5.0,
    }
    return Endpoint(**{**facts, **changes})


def offer_of(endpoint: Endpoint, **changes) -> Offer:
    facts = {
        "name": "model",
        "endpoint": endpoint,
        "vendor_model": "vendor-model",
        "context_tokens": 8192,
        "max_output_tokens": 4096,
        "output": OutputMode.JSON_SCHEMA,
        "tiers": (Tier.REALTIME,),
        "tokenizer": "o200k_base",
        "prices": (),
    }
    price = PriceRate(date(2026, 1, 1), Tier.REALTIME, "JPY", Decimal(1), Decimal(2), None, "test", date(2026, 1, 1))
    return Offer(Model(**{**facts, **changes}), Tier.REALTIME, price, IDENTITY_JPY, 0.9)


def cleared_for(*zones: Zone, text: str = DOCUMENT, masked: bool = False, **rule) -> ClearedText:
    rules = tuple(ZoneRule(zone, **rule) for zone in zones)
    return ClearedText(7, text, Clearance(Level.CONFIDENTIAL, rules, "test"), masked)


class NothingFound:
    """A scanner for texts whose findings do not matter to the test."""

    def scan(self, text: str) -> tuple:
        return ()


def asker_for(*endpoints: Endpoint, key: str | None = "key-1") -> Asker:
    return Asker(Gate({endpoint.name: endpoint for endpoint in endpoints}, NothingFound()), lambda _: key)
