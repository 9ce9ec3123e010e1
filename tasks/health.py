"""Which endpoints of a run answer, asked before each plan and without any document."""

import logging
from collections.abc import Collection

from tasks.bounded import each
from tasks.resources import Resources
from tasks.run_context import RunContext
from yakin.domain.routing import Endpoint
from yakin.llm.probe import probe

LOGGER = logging.getLogger("yakin.health")
PROBES_AT_ONCE = 8


async def unhealthy_endpoints(
    night: Resources, run: RunContext, *, only: Collection[str] | None = None
) -> frozenset[str]:
    """Endpoints, of the run or only of these, whose circuit is open or that do not take our key right now."""
    every = {offer.model.endpoint.name: offer.model.endpoint for chosen in run.offers.values() for offer in chosen}
    offered = {name: endpoint for name, endpoint in every.items() if only is None or name in only}

    async def silent(endpoint: Endpoint) -> str | None:
        health = await probe(endpoint, night.keys.get(endpoint.api_key_env) if endpoint.api_key_env else None)
        if health:
            return None
        LOGGER.warning("endpoint %s does not answer as it should: %s", endpoint.name, health.detail)
        return endpoint.name

    found = await each(silent, offered.values(), at_most=PROBES_AT_ONCE)
    return night.circuits.open_endpoints() | {name for name in found if name is not None}
