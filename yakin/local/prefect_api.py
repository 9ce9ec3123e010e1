"""The few questions that we ask a Prefect server on loopback, without importing Prefect."""

import http.client
import json
from urllib import error, request

_DIRECT = request.build_opener(request.ProxyHandler({}))  # a company's proxy must not see loopback
_TIMEOUT_S = 3.0


def is_healthy(api_url: str) -> bool:
    """Whether a server answers there and can reach its database."""
    return _ask(f"{api_url}/health") is True


def heartbeats(api_url: str, pool: str) -> dict[str, str]:
    """When each worker of a pool was last heard, by worker name; empty when the pool is unknown."""
    found = _ask(f"{api_url}/work_pools/{pool}/workers/filter", {})
    workers = found if isinstance(found, list) else []
    return {worker["name"]: worker["last_heartbeat_time"] for worker in workers if worker["last_heartbeat_time"]}


def _ask(url: str, body: object = None) -> object:
    data = None if body is None else json.dumps(body).encode()
    question = request.Request(url, data=data, headers={"content-type": "application/json"})  # noqa: S310 - ours
    try:
        with _DIRECT.open(question, timeout=_TIMEOUT_S) as answer:
            return json.load(answer)
    except (error.URLError, OSError, http.client.HTTPException, json.JSONDecodeError):
        return None  # not up, or not yet
