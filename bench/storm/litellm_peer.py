"""One process of LiteLLM callers. Runs in the environment that `litellm_budget.py` makes; imports nothing of yakin."""

import asyncio
import itertools
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else the import fetches a price list from the net

import litellm  # type: ignore[import-not-found]  # not in the project's environment, on purpose
from litellm import Router

litellm.telemetry = False
litellm.suppress_debug_info = True
TRIES = 3
_CROSSED = "crossed budget"  # as litellm.types.router.RouterErrors words it


async def main(order: dict[str, Any]) -> None:
    """Ask until the documents or the money are gone; the counts go to stdout."""
    router = Router(
        model_list=order["deployments"],
        provider_budget_config={"openai": {"budget_limit": order["cap_usd"], "time_period": "1d"}},
        redis_host="127.0.0.1" if order["redis_port"] else None,
        redis_port=order["redis_port"],
        num_retries=0,
        timeout=order["timeout_s"],
        disable_cooldowns=True,  # faults here are drawn; a cooled-down deployment would ask less
    )
    print("ready", flush=True)
    sys.stdin.readline()  # all processes begin at once
    ends: Counter[str] = Counter()
    waiting, began = iter(order["requests"]), time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(order["callers"]):
            group.create_task(_caller(router, waiting, ends))
    print(json.dumps({"ends": ends, "seconds": time.monotonic() - began}), flush=True)


async def _caller(router: Any, waiting: Iterator[dict[str, Any]], ends: Counter[str]) -> None:
    for request in waiting:
        end = await _ask(router, request)
        ends[end] += 1
        if end == "budget":
            return


async def _ask(router: Any, request: dict[str, Any]) -> str:
    for attempt in itertools.count(1):
        try:
            await router.acompletion(model="night", **request)
        except Exception as error:  # noqa: BLE001 - whatever the router raises is an end
            if _CROSSED in str(error):
                return "budget"
            if attempt == TRIES:
                return type(error).__name__
        else:
            return "answered"
    raise AssertionError("unreachable")


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
