"""What evaluations measured, at the start of a run: the quality of its offers and the cascades that were learned."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.resources import Resources
from tasks.run_context import JobContext
from yakin.domain.evaluating import LearnedRule, RuleKind
from yakin.domain.routing import Offer
from yakin.domain.verification import CascadeRule, cascade_from
from yakin.store import evaluations
from yakin.store.evaluations import EvaluationId, MeasuredModel

LOGGER = logging.getLogger("yakin.run")
Identity = tuple[str, str]  # the vendor's model and its endpoint: what makes the answers, whatever we call it


@dataclass(frozen=True, slots=True)
class Measured:
    """Offers by use case with measured quality where there is one, and the cascades between them."""

    offers: Mapping[str, Sequence[Offer]]
    cascades: Mapping[str, Sequence[CascadeRule]]


async def measured(night: Resources, jobs: Iterable[JobContext], offers: Mapping[str, Sequence[Offer]]) -> Measured:
    """Measured with the same question, rehearsed or real like this run; what was not measured keeps its prior."""
    by_use_case: dict[str, Sequence[Offer]] = dict(offers)
    cascades: dict[str, Sequence[CascadeRule]] = {}
    for job in jobs:
        models, rules = await _newest(night, job)
        by_use_case[job.name] = [_with_quality(offer, models) for offer in offers[job.name]]
        cascades[job.name] = _cascades(rules, models, by_use_case[job.name])
        count = len({offer.model.name for offer in by_use_case[job.name] if offer.quality_measured})
        LOGGER.info("%s: quality measured for %d models, %d cascades", job.name, count, len(cascades[job.name]))
    return Measured(by_use_case, cascades)


async def _newest(
    night: Resources, job: JobContext
) -> tuple[dict[Identity, MeasuredModel], list[tuple[EvaluationId, LearnedRule]]]:
    """The models as they were last measured, and the cascades of those evaluations."""
    async with night.pool.connection() as conn:
        last = await evaluations.newest(conn, job.name, rehearsal=night.rehearsal)
        if last is None:
            return {}, []
        if last.version != job.use_case.facts.version:
            LOGGER.warning(
                "%s: evaluation %d measured another version of the prompt; quality is a prior until "
                "`yakin evaluate %s` has measured this one", job.name, last.evaluation_id, job.name,
            )  # fmt: skip
            return {}, []
        models = await evaluations.measured(conn, job.name, last, rehearsal=night.rehearsal)
        ids = sorted({model.evaluation_id for model in models})
        return {_measured_identity(model): model for model in models}, await evaluations.rules(
            conn, ids, RuleKind.CASCADE
        )


def _measured_identity(model: MeasuredModel) -> Identity:
    return model.vendor_model, model.endpoint


def _identity(offer: Offer) -> Identity:
    return offer.model.vendor_model, offer.model.endpoint.name


def _with_quality(offer: Offer, models: Mapping[Identity, MeasuredModel]) -> Offer:
    """All tiers of a model answer alike."""
    known = models.get(_identity(offer))
    return replace(offer, quality=known.quality, quality_measured=True) if known else offer


def _cascades(
    rules: Sequence[tuple[EvaluationId, LearnedRule]],
    models: Mapping[Identity, MeasuredModel],
    offers: Sequence[Offer],
) -> list[CascadeRule]:
    """Those between offered models whose scores are still the newest, by the names that the models have now."""
    names: dict[tuple[EvaluationId, str], str] = {}
    for offer in offers:
        if known := models.get(_identity(offer)):
            names[known.evaluation_id, known.name] = offer.model.name
    found = []
    for evaluation_id, learned in rules:
        rule = cascade_from(learned.rule)
        first, second = names.get((evaluation_id, rule.first)), names.get((evaluation_id, rule.second))
        if first is not None and second is not None:
            found.append(replace(rule, first=first, second=second))
    return found
