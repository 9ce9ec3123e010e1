"""The switch gate of a real run: a use case is served by approved models only, once a first one is approved.

Rehearsals serve nobody and evaluations measure what is not approved yet: both see every offer. So does the on-premises
judge, which answers no document.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.resources import Resources
from tasks.run_context import JobContext
from yakin.catalogue.offers import Rejected
from yakin.domain.documents import RunId, RunPurpose
from yakin.domain.offer_approval import Gate, gate_of, notice, real_models, uncovered
from yakin.domain.routing import Offer
from yakin.domain.use_case import UseCaseFacts
from yakin.store import offer_approvals

LOGGER = logging.getLogger("yakin.run")


@dataclass(frozen=True, slots=True)
class LetThrough:
    """The offers that may serve each use case, those that answer nobody, and what people have to hear."""

    offers: Mapping[str, Sequence[Offer]]
    exempt: tuple[Offer, ...] = ()
    notices: tuple[str, ...] = ()


async def let_through(
    night: Resources,
    run_id: RunId,
    jobs: Mapping[str, JobContext],
    usable: Mapping[str, Sequence[Offer]],
    purpose: RunPurpose,
) -> LetThrough:
    """What of the usable offers may serve in this run; keeps which approvals that rests on."""
    if night.rehearsal or purpose is RunPurpose.EVALUATION:
        return LetThrough(usable)
    gates = await gates_of(night, [job.use_case.facts for job in jobs.values()])
    async with night.pool.connection() as conn:
        await offer_approvals.opened_under(conn, run_id, [i for gate in gates.values() for i in gate.rests_on])
    notices: list[str] = []
    serving: dict[str, Sequence[Offer]] = {}
    for name, offered in usable.items():
        gate, version = gates[name], jobs[name].use_case.facts.version
        serving[name], closed = through(gate, offered)
        notices += [
            said for said in (notice(gate, version), uncovered(gate, [offer.model for offer in offered])) if said
        ]
        LOGGER.info("%s: %d offers are approved, %d are not", name, len(serving[name]), len(closed))
    for said in notices:
        LOGGER.warning("switch gate: %s", said)
    return LetThrough(serving, _judges(night, usable), tuple(notices))


async def gates_of(night: Resources, use_cases: Sequence[UseCaseFacts]) -> dict[str, Gate]:
    """The gate of each use case over the models of the catalogue."""
    async with night.pool.connection() as conn:
        given = await offer_approvals.of_use_cases(conn, [facts.name for facts in use_cases])
    models = real_models(night.catalogue.models)
    return {facts.name: gate_of(facts.name, facts.version, given, models) for facts in use_cases}


def through(gate: Gate, usable: Sequence[Offer]) -> tuple[list[Offer], list[Rejected]]:
    """The offers that the gate lets through, and the others with why not."""
    judged = [(offer, gate.why_not(offer.model.name)) for offer in usable]
    closed = [Rejected(offer.model.name, offer.tier, reason) for offer, reason in judged if reason]
    return [offer for offer, reason in judged if not reason], closed


async def explained(
    night: Resources, facts: UseCaseFacts, usable: Sequence[Offer]
) -> tuple[list[Offer], list[Rejected]]:
    """What a real run would let through for a use case; in a rehearsal everything."""
    if night.rehearsal:
        return list(usable), []
    return through((await gates_of(night, [facts]))[facts.name], usable)


def _judges(night: Resources, usable: Mapping[str, Sequence[Offer]]) -> tuple[Offer, ...]:
    rule = night.catalogue.judge
    return tuple(offer for offered in usable.values() for offer in offered if rule and offer.name == rule.model)[:1]
