"""The sandbox's HTTP server: every vendor under its path prefix, the meter and the controls beside them."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from aiohttp import web

from yakin.errors import UsageError
from yakin.local.sandbox import tokens
from yakin.local.sandbox.batch_counter import BatchCounter
from yakin.local.sandbox.batch_desk import BatchDesk
from yakin.local.sandbox.behaviour import Answers, Behaviour, parse_settings
from yakin.local.sandbox.desk import Ask, Desk, Outgoing, answer_instantly
from yakin.local.sandbox.forwarding import Forwarder
from yakin.local.sandbox.meter import Meter, meter_file, open_private, totals
from yakin.local.sandbox.replies import error
from yakin.local.sandbox.vendors import VENDORS, MeterPrice, key_environment, read_prices

_MOST_BYTES = 64 << 20
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Options:
    """How the sandbox answers and what it keeps."""

    answers: Answers = Answers.INSTANT
    forward_url: str | None = None
    forward_key_file: Path | None = None
    record: bool = False  # keep what was received, document text included


def application(home: Path, keys: Mapping[str, str], options: Options) -> web.Application:
    """The whole sandbox as one web application."""
    tokens.prepare(home / "sandbox" / "tokenizer")
    meter = Meter(meter_file(home))
    application = web.Application(client_max_size=_MOST_BYTES)
    ask = _asker(application, options)
    counters = {}
    for vendor in VENDORS:
        own_prices, batch_prices = _prices(vendor, "realtime"), _prices(vendor, "batch")
        recorder = open_private(home / "sandbox" / f"received-{vendor}.jsonl") if options.record else None
        desk = Desk(vendor, own_prices, meter, ask, batch_prices)
        counters[vendor] = counter = _Counter(desk, keys[key_environment(vendor)], recorder)
        BatchCounter(BatchDesk(desk), counter.authorised, counter.keep).register(application.router, vendor)
        application.router.add_post(f"/{vendor}/v1/chat/completions", counters[vendor].complete)
        application.router.add_get(f"/{vendor}/v1/models", counters[vendor].models)
    office = _Office(meter, {vendor: counter.desk for vendor, counter in counters.items()})
    application.router.add_get("/meter", office.meter)
    application.router.add_post("/control", office.control)
    application.router.add_get("/health", office.health)
    return application


def _prices(vendor: str, tier: str) -> Mapping[str, MeterPrice]:
    return {model: price for (owner, model), price in read_prices(tier=tier).items() if owner == vendor}


def _asker(application: web.Application, options: Options) -> Ask:
    if options.answers is Answers.INSTANT:
        return answer_instantly
    if options.forward_url is None:
        raise UsageError("answers are to be forwarded, but no forward_url is given")
    forwarder = Forwarder(options.forward_url, options.forward_key_file)

    async def close_at_the_end(_application: web.Application) -> AsyncIterator[None]:
        yield
        await forwarder.close()

    application.cleanup_ctx.append(close_at_the_end)
    return forwarder.ask


class _Counter:
    """Where a vendor's clients arrive: key check, recorder, connection faults."""

    def __init__(self, desk: Desk, key: str, recorder: TextIO | None) -> None:
        self.desk = desk
        self._expected = f"Bearer {key}".encode()
        self._recorder = recorder

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """POST …/chat/completions."""
        raw = await request.read()
        self.keep(request, _body(raw))
        outgoing = await self.desk.serve(raw, authorised=self.authorised(request))
        await _hang(request, outgoing.hang_s)
        if outgoing.disconnect and request.transport is not None:
            request.transport.abort()
        return _response(outgoing)

    async def models(self, request: web.Request) -> web.Response:
        """GET …/models."""
        if not self.authorised(request):
            return web.json_response(error("Incorrect API key provided.", "invalid_api_key"), status=401)
        listed = [{"id": model, "object": "model", "owned_by": self.desk.vendor} for model in self.desk.prices]
        return web.json_response({"object": "list", "data": listed})

    def authorised(self, request: web.Request) -> bool:
        """Whether the request carries the vendor's key."""
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), self._expected)

    def keep(self, request: web.Request, body: object) -> None:
        """Write down everything that arrived but the key, unescaped, so that a search finds planted text."""
        if self._recorder is None:
            return
        headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
        line = {"at": datetime.now(UTC).isoformat(), "path": request.path_qs, "headers": headers, "body": body}
        self._recorder.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._recorder.flush()


def _body(raw: bytes) -> object:
    text = raw.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


class _Office:
    """The meter and the controls."""

    def __init__(self, meter: Meter, desks: Mapping[str, Desk]) -> None:
        self._meter = meter
        self._desks = desks

    async def meter(self, request: web.Request) -> web.Response:
        """GET /meter: totals, and the records by request id unless `?totals_only=1`."""
        shown: dict[str, object] = {"totals": totals(self._meter.records)}
        if "totals_only" not in request.query:
            shown["requests"] = {record.request_id: record.as_json() for record in self._meter.records}
        return web.json_response(shown)

    async def control(self, request: web.Request) -> web.Response:
        """POST /control {vendor: name or "all", settings}: replaces the vendor's settings."""
        order = await request.json()
        vendor = order.pop("vendor", None)
        names = list(self._desks) if vendor == "all" else [vendor]
        if vendor != "all" and vendor not in self._desks:
            known = ", ".join(self._desks)
            return web.json_response(error(f"vendor: give one of {known} or all", "invalid_request_error"), status=400)
        try:
            settings = parse_settings(order)
        except UsageError as problem:
            return web.json_response(error(str(problem), "invalid_request_error"), status=400)
        for name in names:
            self._desks[name].behaviour = Behaviour(settings)
        return web.json_response({"vendors": names, "settings": settings.model_dump(mode="json")})

    async def health(self, _request: web.Request) -> web.Response:
        """GET /health."""
        return web.json_response({"status": "ok"})


async def _hang(request: web.Request, hang_s: float) -> None:
    """Stay silent until the time is over or the client has gone."""
    for _ in range(round(hang_s / _LOOK_EVERY_S)):
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(_LOOK_EVERY_S)


def _response(outgoing: Outgoing) -> web.Response:
    headers = {"x-request-id": outgoing.request_id, **outgoing.headers}
    text = json.dumps(outgoing.body, ensure_ascii=False)
    return web.Response(text=text, status=outgoing.http_status, headers=headers, content_type="application/json")
