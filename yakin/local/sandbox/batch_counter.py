"""The HTTP side of a vendor's batches: /v1/files and /v1/batches."""

import json
from collections.abc import Callable, Iterable

from aiohttp import web
from aiohttp.web_request import FileField

from yakin.local.sandbox.batch_desk import Batch, BatchDesk, Kept
from yakin.local.sandbox.replies import Json, error

Keep = Callable[[web.Request, object], None]


class BatchCounter:
    """Where a vendor's clients bring files and order batches. Everything that arrives is recorded."""

    def __init__(self, desk: BatchDesk, authorised: Callable[[web.Request], bool], keep: Keep) -> None:
        self._desk = desk
        self._authorised = authorised
        self._record = keep

    def register(self, router: web.UrlDispatcher, vendor: str) -> None:
        """Every route of the protocol under the vendor's prefix."""
        files, batches = f"/{vendor}/v1/files", f"/{vendor}/v1/batches"
        router.add_post(files, self.upload)
        router.add_get(files, self.list_files)
        router.add_get(f"{files}/{{id}}/content", self.content)
        router.add_delete(f"{files}/{{id}}", self.delete)
        router.add_post(batches, self.order)
        router.add_get(batches, self.list_batches)
        router.add_get(f"{batches}/{{id}}", self.look)
        router.add_post(f"{batches}/{{id}}/cancel", self.cancel)

    async def upload(self, request: web.Request) -> web.Response:
        """POST …/files: purpose and file."""
        if not self._authorised(request):
            return _unauthorised()
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, FileField):
            return _problem(400, "file is missing", "invalid_request_error")
        data = file.file.read()
        self._record(request, {"filename": file.filename, "lines": [_read(raw) for raw in data.split(b"\n") if raw]})
        return web.json_response(self._desk.keep(file.filename, str(form.get("purpose")), data).shown())

    async def list_files(self, request: web.Request) -> web.Response:
        """GET …/files, newest first."""
        return self._list(request, reversed(self._desk.files.values()), lambda each: each.file_id)

    async def content(self, request: web.Request) -> web.Response:
        """GET …/files/{id}/content."""
        kept = self._desk.files.get(request.match_info["id"])
        if not self._authorised(request):
            return _unauthorised()
        return web.Response(body=kept.data) if kept else _problem(404, "No such file.", "not_found")

    async def delete(self, request: web.Request) -> web.Response:
        """DELETE …/files/{id}."""
        if not self._authorised(request):
            return _unauthorised()
        self._record(request, None)
        if self._desk.keeps_files:
            return _problem(500, "The server had an error.", "server_error")
        kept = self._desk.files.pop(request.match_info["id"], None)
        if kept is None:
            return _problem(404, "No such file.", "not_found")
        return web.json_response({"id": kept.file_id, "object": "file", "deleted": True})

    async def order(self, request: web.Request) -> web.Response:
        """POST …/batches."""
        if not self._authorised(request):
            return _unauthorised()
        body = await request.json()
        self._record(request, body)
        if body.get("input_file_id") not in self._desk.files:
            return _problem(400, "No such file.", "invalid_request_error")
        return web.json_response(self._desk.start(body["input_file_id"], body.get("metadata") or {}).shown())

    async def list_batches(self, request: web.Request) -> web.Response:
        """GET …/batches, newest first."""
        return self._list(request, reversed(self._desk.batches.values()), lambda each: each.batch_id)

    async def look(self, request: web.Request) -> web.Response:
        """GET …/batches/{id}."""
        return self._one(request)

    async def cancel(self, request: web.Request) -> web.Response:
        """POST …/batches/{id}/cancel."""
        batch = self._desk.batches.get(request.match_info["id"])
        if batch is not None and self._authorised(request):
            self._record(request, None)
            self._desk.cancel(batch)
        return self._one(request)

    def _one(self, request: web.Request) -> web.Response:
        if not self._authorised(request):
            return _unauthorised()
        batch = self._desk.batches.get(request.match_info["id"])
        return web.json_response(batch.shown()) if batch else _problem(404, "No such batch.", "not_found")

    def _list(self, request: web.Request, every: Iterable[Kept | Batch], id_of: Callable[..., str]) -> web.Response:
        if not self._authorised(request):
            return _unauthorised()
        entries, after = list(every), request.query.get("after")
        ids = [id_of(each) for each in entries]
        start = ids.index(after) + 1 if after in ids else 0
        limit = int(request.query.get("limit", 20))
        shown = [each.shown() for each in entries[start : start + limit]]
        return web.json_response({"object": "list", "data": shown, "has_more": start + limit < len(entries)})


def _read(raw: bytes) -> object:
    text = raw.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _unauthorised() -> web.Response:
    return _problem(401, "Incorrect API key provided.", "invalid_api_key")


def _problem(status: int, message: str, kind: str) -> web.Response:
    body: Json = error(message, kind)
    return web.json_response(body, status=status)
