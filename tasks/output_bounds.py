"""The output bounds of a run, learned when it opens from what earlier runs were answered."""

import logging
from collections.abc import Mapping, Sequence

from tasks.resources import Resources
from tasks.run_context import JobContext
from yakin.domain.documents import RunId
from yakin.domain.output_bounds import full_bound, output_bound
from yakin.domain.routing import Offer
from yakin.store import output_lengths
from yakin.store.output_lengths import Wanted

LOGGER = logging.getLogger("yakin.run")


async def learned_bounds(
    night: Resources, run_id: RunId, jobs: Sequence[JobContext], offers: Mapping[str, Sequence[Offer]]
) -> dict[tuple[str, str], int]:
    """By use case and model, in tokens; only where the measured bound is below the full one."""
    wanted = [Wanted(job.name, job.use_case.facts.version, offers[job.name]) for job in jobs]
    async with night.pool.connection() as conn:
        measured = await output_lengths.lengths(conn, run_id, wanted, rehearsal=night.rehearsal)
    learned: dict[tuple[str, str], int] = {}
    for job in jobs:
        for offer in offers[job.name]:
            key, full = (job.name, offer.model.name), full_bound(job.use_case.facts.value, offer)
            if key in measured and (bound := output_bound(measured[key], full)) < full:
                learned[key] = bound
        models = {offer.model.name for offer in offers[job.name]}
        below = sum((job.name, model) in learned for model in models)
        LOGGER.info("%s: output bounds learned for %d of %d models", job.name, below, len(models))
    return learned
