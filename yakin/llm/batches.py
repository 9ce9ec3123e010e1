"""Batches of api `openai`: the only writer of batch lines, each admitted by the gate, and what is done with the files.

A line carries what a request of its own would carry; its custom id is the attempt's id, a UUID
without content. Files go to the endpoint of the admitted lines and to nowhere else.
"""

import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass

from yakin.domain.asking import Question
from yakin.domain.batches import BatchId, VendorBatch, VendorState
from yakin.domain.cleared_text import ClearedText
from yakin.domain.documents import AttemptId
from yakin.domain.pricing import Tier
from yakin.domain.routing import Api, Endpoint, Model, Offer, OutputMode
from yakin.errors import EgressRefused
from yakin.llm.batch_calls import BatchCallFailed, BatchCalls, Json, Upload, read_object, safe_id
from yakin.llm.gate import Gate
from yakin.llm.prompts import turns
from yakin.llm.request_options import ANSWER, Options, answer_tool, request_options, sampling

MOST_LINES = 50_000
MOST_BYTES = 48 * 1024 * 1024  # vendors take 200 MB; less has to be sent again when a line breaks
_ROLES = {"system": "system", "human": "user", "ai": "assistant"}
_PATH = "/v1/chat/completions"  # as the protocol wants it, whatever the endpoint's own prefix is
_METADATA = "yakin_batch"
_PAGE = 100
_MOST_PAGES = 30


@dataclass(frozen=True, slots=True, repr=False)
class AdmittedLine:
    """One line that the gate let through for one offer. Only `Batches.line` makes one; its repr shows no content."""

    attempt_id: AttemptId
    offer: Offer
    data: bytes

    def __repr__(self) -> str:
        return f"AdmittedLine(attempt_id={self.attempt_id}, offer={self.offer.name}, bytes={len(self.data)})"


class Batches:
    """Writes, sends and fetches batches through the gate's endpoints."""

    def __init__(self, gate: Gate, key_of: Callable[[str], str | None]) -> None:
        self._gate = gate
        self._calls = BatchCalls(key_of)

    def line(self, offer: Offer, attempt_id: AttemptId, question: Question, cleared: ClearedText) -> AdmittedLine:
        """The line of one document, in memory; raises EgressRefused when the gate does not admit it."""
        self._gate.admit(cleared, offer)
        endpoint = offer.model.endpoint
        if offer.tier is not Tier.BATCH or endpoint.api is not Api.OPENAI or not endpoint.takes_batches:
            raise EgressRefused(f"document {cleared.document_id}: offer {offer.name} is not a batch of api openai")
        line = {
            "custom_id": str(uuid.UUID(attempt_id)),
            "method": "POST",
            "url": _PATH,
            "body": _body(offer.model, question, cleared),
        }
        return AdmittedLine(attempt_id, offer, json.dumps(line, ensure_ascii=False).encode() + b"\n")

    async def upload(self, batch_id: BatchId, lines: Sequence[AdmittedLine]) -> str:
        """Send the file; the vendor's id of it. Raises BatchCallFailed; an upload is not billed."""
        endpoint = _one_endpoint(lines)
        file = Upload(_file_name(batch_id), b"".join(line.data for line in lines))
        answer = await self._calls.call(endpoint, "POST", "files", content=file)
        return _required_id(read_object(answer, endpoint), "id", endpoint)

    async def create(self, endpoint: Endpoint, batch_id: BatchId, file_id: str) -> VendorBatch:
        """Start the batch. The metadata lets a later process find it again."""
        order = {
            "input_file_id": file_id,
            "endpoint": _PATH,
            "completion_window": "24h",
            "metadata": {_METADATA: batch_id},
        }
        return _batch(await self._calls.json(endpoint, "POST", "batches", content=order), endpoint)

    async def look(self, endpoint: Endpoint, provider_batch_id: str) -> VendorBatch:
        """Where the vendor says that it stands."""
        return _batch(await self._calls.json(endpoint, "GET", f"batches/{_checked(provider_batch_id)}"), endpoint)

    async def cancel(self, endpoint: Endpoint, provider_batch_id: str) -> VendorBatch:
        """Ask the vendor to stop; what has finished is billed and comes back."""
        path = f"batches/{_checked(provider_batch_id)}/cancel"
        return _batch(await self._calls.json(endpoint, "POST", path), endpoint)

    async def find(self, endpoint: Endpoint, batch_id: BatchId) -> VendorBatch | None:
        """The vendor's batch of ours by its metadata, or None when the vendor lists none."""
        async for shown in self._listed(endpoint, "batches"):
            metadata = shown.get("metadata")
            if isinstance(metadata, dict) and metadata.get(_METADATA) == batch_id:
                return _batch(shown, endpoint)
        return None

    async def files_of(self, endpoint: Endpoint, batch_id: BatchId) -> list[str]:
        """Ids of files that were uploaded for a batch of ours, found by their name."""
        name = _file_name(batch_id)
        listed = self._listed(endpoint, "files")
        found = [safe_id(shown.get("id")) async for shown in listed if shown.get("filename") == name]
        return [each for each in found if each]

    async def content(self, endpoint: Endpoint, file_id: str) -> bytes:
        """A file of results."""
        return await self._calls.call(endpoint, "GET", f"files/{_checked(file_id)}/content")

    async def delete(self, endpoint: Endpoint, file_id: str) -> None:
        """Delete a file at the vendor; one that is gone is deleted."""
        try:
            await self._calls.call(endpoint, "DELETE", f"files/{_checked(file_id)}")
        except BatchCallFailed as failed:
            if not failed.is_not_found:
                raise

    async def _listed(self, endpoint: Endpoint, what: str) -> AsyncIterator[Json]:
        """Everything that a vendor lists, newest first, page by page."""
        after = ""
        for _ in range(_MOST_PAGES):
            page = await self._calls.json(endpoint, "GET", f"{what}?limit={_PAGE}{after}")
            shown = page.get("data")
            entries = [each for each in shown if isinstance(each, dict)] if isinstance(shown, list) else []
            for each in entries:
                yield each
            last = safe_id(entries[-1].get("id")) if entries else None
            if not page.get("has_more") or last is None:
                return
            after = f"&after={last}"


def files(lines: Sequence[AdmittedLine]) -> Iterator[list[AdmittedLine]]:
    """The lines in files that a vendor takes."""
    part: list[AdmittedLine] = []
    size = 0
    for line in lines:
        if part and (size + len(line.data) > MOST_BYTES or len(part) == MOST_LINES):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line.data)
    if part:
        yield part


def sha256_of(lines: Sequence[AdmittedLine]) -> str:
    """Hash of the file that these lines make."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.data)
    return digest.hexdigest()


def _body(model: Model, question: Question, cleared: ClearedText) -> Options:
    """The request as it would be sent at once, field by field."""
    options = request_options(model, question)
    extra = options.pop("extra_body", {})
    said = turns(question, cleared.text, model.output, masked=cleared.masked)
    body: Options = {
        "model": model.vendor_model,
        "messages": [{"role": _ROLES[turn.role], "content": turn.text} for turn in said],
        **sampling(model),
        **options,
        **(extra if isinstance(extra, dict) else {}),
    }
    if model.output is OutputMode.TOOL:
        body["tools"] = [answer_tool(model, question)]
        body["tool_choice"] = {"type": "function", "function": {"name": ANSWER}}
    return body


def _file_name(batch_id: BatchId) -> str:
    return f"{batch_id}.jsonl"


def _one_endpoint(lines: Sequence[AdmittedLine]) -> Endpoint:
    endpoints = {line.offer.name: line.offer.model.endpoint for line in lines}
    if len(endpoints) != 1:
        raise EgressRefused(f"a batch has lines of one offer; these are of {len(endpoints)}")
    return next(iter(endpoints.values()))


def _batch(shown: Json, endpoint: Endpoint) -> VendorBatch:
    try:
        state = VendorState(str(shown.get("status")))
    except ValueError:
        raise BatchCallFailed(f"{endpoint.name}: a batch is in a state that is not known") from None
    return VendorBatch(
        _required_id(shown, "id", endpoint),
        state,
        safe_id(shown.get("input_file_id")),
        safe_id(shown.get("output_file_id")),
        safe_id(shown.get("error_file_id")),
    )


def _required_id(shown: Json, name: str, endpoint: Endpoint) -> str:
    found = safe_id(shown.get(name))
    if found is None:
        raise BatchCallFailed(f"{endpoint.name}: the answer has no usable {name}")
    return found


def _checked(vendor_id: str) -> str:
    if safe_id(vendor_id) is None:
        raise EgressRefused("a vendor's id that cannot stand in a path was refused")
    return vendor_id
