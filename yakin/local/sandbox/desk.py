"""One vendor's desk: takes a request, generates, bills, and answers or fails as its settings say."""

import asyncio
import itertools
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal

from yakin.local.sandbox import instant, replies, tokens
from yakin.local.sandbox.behaviour import UNBILLED, Behaviour, Fault, FaultPlan, VendorSettings
from yakin.local.sandbox.forwarding import ForwardFailed
from yakin.local.sandbox.meter import Meter, MeterRecord, Tokens, charge
from yakin.local.sandbox.replies import Generated, Json
from yakin.local.sandbox.request import BadRequest, ChatRequest, parse
from yakin.local.sandbox.vendors import MeterPrice

Ask = Callable[[ChatRequest], Awaitable[Generated]]


@dataclass(frozen=True, slots=True, repr=False)
class Outgoing:
    """What leaves the desk: a response, unless the connection is to be cut or left hanging."""

    request_id: str
    http_status: int
    body: Json
    headers: Mapping[str, str]
    disconnect: bool = False
    hang_s: float = 0.0


class Desk:
    """Answers for one vendor and writes its meter."""

    def __init__(
        self,
        vendor: str,
        prices: Mapping[str, MeterPrice],
        meter: Meter,
        ask: Ask,
        batch_prices: Mapping[str, MeterPrice] | None = None,
    ) -> None:
        self.vendor = vendor
        self.prices = prices
        self.batch_prices = batch_prices or {}
        self.behaviour = Behaviour(VendorSettings())
        self._meter = meter
        self._ask = ask
        self._prefixes_seen: set[tuple[str, str]] = set()
        self._draws = itertools.count(1)

    async def serve(self, raw: bytes, *, authorised: bool) -> Outgoing:
        """One request from its bytes to what is sent back; the meter has its record before this returns."""
        ticket = _Ticket(f"chatcmpl-sandbox-{uuid.uuid4().hex}", datetime.now(UTC))
        if not authorised:
            return self._refuse(ticket, 401, "Incorrect API key provided.", "invalid_api_key")
        try:
            request = parse(raw)
        except BadRequest as problem:
            return self._refuse(ticket, 400, str(problem), "invalid_request_error")
        ticket = replace(ticket, model=request.model, document_hash=request.document_hash)
        if request.model not in self.prices:
            return self._refuse(ticket, 404, f"The model {request.model} does not exist.", "model_not_found")
        fault = self.behaviour.next_fault()
        if fault is not None and fault.kind in UNBILLED:
            return self._fail(ticket, fault)
        return await self._answer(ticket, request, fault)

    async def serve_line(self, raw: bytes) -> Outgoing:
        """One line of a batch: no waiting, no faults of single requests, and the batch price on the meter."""
        ticket = _Ticket(f"batch-req-sandbox-{uuid.uuid4().hex}", datetime.now(UTC))
        try:
            request = parse(raw)
            if request.model not in self.batch_prices:
                raise BadRequest(f"The model {request.model} takes no batches.")
            request = self._as_set(request)
            answer = await self._ask(request)
        except BadRequest as problem:
            return Outgoing(ticket.request_id, 400, replies.error(str(problem), "invalid_request_error"), {})
        except ForwardFailed as failure:
            return Outgoing(ticket.request_id, 502, replies.error(str(failure), "forward_failed"), {})
        billed = self._billed(request, answer)
        ticket = replace(ticket, model=request.model, document_hash=request.document_hash)
        self._record(ticket, "batch", billed, self.batch_prices[request.model])
        return Outgoing(ticket.request_id, 200, replies.completion(ticket.request_id, request, answer, billed), {})

    async def _answer(self, ticket: "_Ticket", request: ChatRequest, fault: FaultPlan | None) -> Outgoing:
        await asyncio.sleep(self.behaviour.latency_s())
        try:
            request = self._as_set(request)
            answer = await self._ask(request)
        except BadRequest as problem:
            return self._refuse(ticket, 400, str(problem), "invalid_request_error")
        except ForwardFailed as failure:
            return self._refuse(ticket, 502, str(failure), "forward_failed")
        answer = answer if fault is None else replies.spoiled(answer, fault.kind, request)
        billed = self._billed(request, answer)
        status = fault.kind.value if fault else "length" if answer.finish_reason == "length" else "ok"
        self._record(ticket, status, billed, self.prices[request.model])
        sent = Outgoing(ticket.request_id, 200, replies.completion(ticket.request_id, request, answer, billed), {})
        if fault is not None and fault.kind is Fault.HANG:
            return replace(sent, hang_s=fault.hang_s, disconnect=True)
        return replace(sent, disconnect=fault is not None and fault.kind is Fault.DISCONNECT_AFTER)

    def _as_set(self, request: ChatRequest) -> ChatRequest:
        settings = self.behaviour.settings
        draw = next(self._draws) if settings.unsure_varies else 0
        return replace(request, prefer=settings.prefer, unsure_share=settings.unsure_share, draw=draw)

    def _billed(self, request: ChatRequest, answer: Generated) -> Tokens:
        settings = self.behaviour.settings
        billed_input = _scaled(answer.input_tokens, settings.input_factor)
        cached = min(self._cached(request), billed_input)
        return Tokens(billed_input, cached, _scaled(answer.output_tokens, settings.output_factor))

    def _cached(self, request: ChatRequest) -> int:
        """A first message seen before is billed as cached, in steps of 128 tokens, where the vendor has that price."""
        if self.prices[request.model].cached_input_per_mtok is None:
            return 0
        role, text = request.messages[0]
        length = tokens.count_message(role, text)
        if length < self.behaviour.settings.cache_min_tokens:
            return 0
        seen = (request.model, text) in self._prefixes_seen
        self._prefixes_seen.add((request.model, text))
        return length - length % 128 if seen else 0

    def _fail(self, ticket: "_Ticket", fault: FaultPlan) -> Outgoing:
        self._record(ticket, fault.kind.value, Tokens(), self.prices[ticket.model])
        if fault.kind is Fault.RATE_LIMITED:
            headers = {"Retry-After": f"{fault.retry_after_s:g}"}
            body = replies.error("Rate limit reached.", "rate_limit_exceeded")
            return Outgoing(ticket.request_id, 429, body, headers)
        body = replies.error("The server had an error while processing your request.", "server_error")
        return Outgoing(ticket.request_id, 500, body, {}, disconnect=fault.kind is Fault.DISCONNECT_BEFORE)

    def _refuse(self, ticket: "_Ticket", http_status: int, message: str, kind: str) -> Outgoing:
        """An answer that costs nothing; the meter keeps it without a currency where the model is unknown."""
        self._record(ticket, kind, Tokens(), self.prices.get(ticket.model, _NO_PRICE))
        return Outgoing(ticket.request_id, http_status, replies.error(message, kind), {})

    def _record(self, ticket: "_Ticket", status: str, billed: Tokens, price: MeterPrice) -> None:
        amount = charge(billed, price)
        record = MeterRecord(
            ticket.request_id, self.vendor, ticket.model, billed.input, billed.cached, billed.output,
            amount, price.currency, status, ticket.received_at, ticket.document_hash,
        )  # fmt: skip
        self._meter.add(record)


@dataclass(frozen=True, slots=True)
class _Ticket:
    request_id: str
    received_at: datetime
    model: str = ""
    document_hash: str = ""


_NO_PRICE = MeterPrice("", Decimal(0), None, Decimal(0))


async def answer_instantly(request: ChatRequest) -> Generated:
    """An answer made from the schema at once, stopped at the output bound like a real one."""
    text = instant.answer_text(request)
    answer = Generated(text, tokens.count_input(request.messages, request.form), tokens.count(text))
    too_long = request.max_tokens is not None and answer.output_tokens > request.max_tokens
    return answer.cut(request.max_tokens or 0) if too_long else answer


def _scaled(number: int, factor: Decimal) -> int:
    return int((number * factor).to_integral_value(ROUND_CEILING))
