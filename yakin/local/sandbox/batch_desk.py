"""One vendor's batches and the files that it keeps for them, as OpenAI-compatible vendors do."""

import asyncio
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from yakin.local.sandbox.behaviour import BatchFault
from yakin.local.sandbox.desk import Desk
from yakin.local.sandbox.replies import Json

MOST_LINES = 50_000
_LOOK_EVERY_S = 0.05


@dataclass(slots=True, repr=False)
class Kept:
    """A file at the vendor, content included: what is not deleted stays."""

    file_id: str
    filename: str
    purpose: str
    data: bytes
    created_at: int = field(default_factory=lambda: int(time.time()))

    def shown(self) -> Json:
        """As the vendor lists it."""
        return {
            "id": self.file_id,
            "object": "file",
            "bytes": len(self.data),
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
        }


@dataclass(slots=True, repr=False)
class Batch:
    """A batch on its way."""

    batch_id: str
    input_file_id: str
    metadata: Mapping[str, object]
    fault: BatchFault | None
    status: str = "validating"
    output_file_id: str | None = None
    error_file_id: str | None = None
    counts: dict[str, int] = field(default_factory=lambda: {"total": 0, "completed": 0, "failed": 0})
    stop: asyncio.Event = field(default_factory=asyncio.Event)  # it was cancelled
    created_at: int = field(default_factory=lambda: int(time.time()))

    def shown(self) -> Json:
        """As the vendor shows it."""
        names = ("input_file_id", "status", "output_file_id", "error_file_id", "metadata", "created_at")
        return {
            "id": self.batch_id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "request_counts": self.counts,
            **{name: getattr(self, name) for name in names},
        }


class BatchDesk:
    """Keeps files and runs batches for one vendor, on its meter."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.files: dict[str, Kept] = {}
        self.batches: dict[str, Batch] = {}
        self._running: set[asyncio.Task[None]] = set()

    @property
    def keeps_files(self) -> bool:
        """Whether deleting fails right now."""
        return self._desk.behaviour.settings.keeps_files

    def keep(self, filename: str, purpose: str, data: bytes) -> Kept:
        """Take a file."""
        kept = Kept(f"file-{uuid.uuid4().hex}", filename, purpose, data)
        self.files[kept.file_id] = kept
        return kept

    def start(self, input_file_id: str, metadata: Mapping[str, object]) -> Batch:
        """Take an order; it runs by itself after the vendor's delay."""
        fault = self._desk.behaviour.next_batch_fault()
        batch = Batch(f"batch_{uuid.uuid4().hex}", input_file_id, metadata, fault)
        if fault is not BatchFault.NEVER_LISTED:
            self.batches[batch.batch_id] = batch
        task = asyncio.get_running_loop().create_task(self._run(batch))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return batch

    def cancel(self, batch: Batch) -> None:
        """Stop a batch that has not run yet; one that has is left as it is."""
        if batch.status in ("validating", "in_progress") and batch.fault is not BatchFault.KEEPS_RUNNING:
            batch.status = "cancelling"
            batch.stop.set()

    async def _run(self, batch: Batch) -> None:
        lines = [json.loads(raw) for raw in self.files[batch.input_file_id].data.split(b"\n") if raw.strip()]
        batch.counts["total"] = len(lines)
        if batch.fault is BatchFault.NEVER_LISTED:
            return
        if batch.fault is BatchFault.FAILED_VALIDATION or not 0 < len(lines) <= MOST_LINES:
            batch.status = "failed"
            return
        batch.status = "in_progress"
        if await self._is_left_alone(batch):
            await self._finish(batch, lines)
        else:
            self._write(batch, [], [_not_run(line, "batch_cancelled") for line in lines])
            batch.status = "cancelled"

    async def _is_left_alone(self, batch: Batch) -> bool:
        """Wait for the vendor's delay, which may be changed meanwhile; False as soon as the batch is cancelled."""
        began = time.monotonic()
        while time.monotonic() - began < self._desk.behaviour.settings.batch_delay_s:
            if batch.stop.is_set():
                return False
            await asyncio.sleep(_LOOK_EVERY_S)
        return not batch.stop.is_set()

    async def _finish(self, batch: Batch, lines: list[Json]) -> None:
        expired = batch.fault is BatchFault.EXPIRED
        ran = lines[: len(lines) // 2] if expired else lines
        errors = [_not_run(line, "batch_expired") for line in lines[len(ran) :]]
        if batch.fault is BatchFault.LINE_ERROR:
            errors.append(_failed_line(ran[0]))
            ran = ran[1:]
        output = [await self._answered(line) for line in reversed(ran)]  # the order is not the order of the input
        self._write(batch, _tampered(output, batch.fault), errors)
        batch.status = "expired" if expired else "completed"

    async def _answered(self, line: Json) -> Json:
        sent = await self._desk.serve_line(json.dumps(line["body"]).encode())
        response = {"status_code": sent.http_status, "request_id": sent.request_id, "body": sent.body}
        return _result(line["custom_id"], response, None)

    def _write(self, batch: Batch, output: list[Json], errors: list[Json]) -> None:
        """A batch whose every line failed has no output file, and one without failures no error file."""
        batch.counts |= {"completed": len(output), "failed": len(errors)}
        if output:
            batch.output_file_id = self.keep(f"{batch.batch_id}_output.jsonl", "batch_output", _jsonl(output)).file_id
        if errors:
            batch.error_file_id = self.keep(f"{batch.batch_id}_error.jsonl", "batch_output", _jsonl(errors)).file_id


def _tampered(output: list[Json], fault: BatchFault | None) -> list[Json]:
    if fault is BatchFault.MISSING_LINE:
        return output[1:]
    if fault is BatchFault.DUPLICATE_LINE:
        return [output[0], *output]
    if fault is BatchFault.UNKNOWN_ID:
        return [*output, {**output[0], "custom_id": str(uuid.uuid4())}]
    return output


def _result(custom_id: object, response: Json | None, error: Json | None) -> Json:
    return {"id": f"batch_req_{uuid.uuid4().hex}", "custom_id": custom_id, "response": response, "error": error}


def _not_run(line: Json, code: str) -> Json:
    return _result(line["custom_id"], None, {"code": code, "message": "This request could not be executed."})


def _failed_line(line: Json) -> Json:
    body = {"error": {"message": "Bad request.", "type": "invalid_request_error", "code": "unsupported_value"}}
    return _result(line["custom_id"], {"status_code": 400, "request_id": uuid.uuid4().hex, "body": body}, None)


def _jsonl(lines: list[Json]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
