"""What evaluations measured, at the start of a run: the quality of its offers and the cascades that were learned."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.resources import Resources
from yakin.domain.document_quality import QualityByDocument, quality_by_document
from yakin.domain.evaluating import LearnedRule, RuleKind
from yakin.domain.routing import Offer
from yakin.domain.verification import CascadeRule, cascade_from
from yakin.store import evaluations
from yakin.store.evaluations import EvaluationId, MeasuredModel

LOGGER = logging.getLogger("yakin.run")
Identity = tuple[str, str]  # the vendor's model and its endpoint: what makes the answers, whatever we call it


@dataclass(frozen=True, slots=True)
class Measured:
    """By use case: offers with measured quality where there is one, cascades between them, quality by document."""

    offers: Mapping[str, Sequence[Offer]]
    cascades: Mapping[str, Sequence[CascadeRule]]
    by_document: Mapping[str, QualityByDocument]  # only where it predicts better than the mean


@dataclass(frozen=True, slots=True)
class _Newest:
    """The models of a use case as they were last measured, and the rules of those evaluations."""

    models: Mapping[Identity, MeasuredModel]
    cascades: Sequence[tuple[EvaluationId, LearnedRule]]
    qualities: Sequence[tuple[EvaluationId, LearnedRule]]


async def measured(night: Resources, versions: Mapping[str, str], offers: Mapping[str, Sequence[Offer]]) -> Measured:
    """Measured with the same version of the use case, rehearsed or real like this run; the rest keeps its prior."""
    by_use_case: dict[str, Sequence[Offer]] = dict(offers)
    cascades: dict[str, Sequence[CascadeRule]] = {}
    by_document: dict[str, QualityByDocument] = {}
    for use_case, version in versions.items():
        newest = await _newest(night, use_case, version)
        chosen = [_with_quality(offer, newest.models) for offer in offers[use_case]]
        by_use_case[use_case], cascades[use_case] = chosen, _cascades(newest, chosen)
        if predicts := _by_document(newest, chosen, cascades[use_case]):
            by_document[use_case] = predicts
        LOGGER.info(
            "%s: quality measured for %d models, %s; %d cascades",
            use_case,
            len({offer.model.name for offer in chosen if offer.quality_measured}),
            "predicted by document" if predicts else "the mean for all documents",
            len(cascades[use_case]),
        )
    return Measured(by_use_case, cascades, by_document)


async def _newest(night: Resources, use_case: str, version: str) -> _Newest:
    async with night.pool.connection() as conn:
        last = await evaluations.newest(conn, use_case, rehearsal=night.rehearsal)
        if last is None:
            return _Newest({}, (), ())
        if last.version != version:
            LOGGER.warning(
                "%s: evaluation %d measured another version of the prompt; quality is a prior until "
                "`yakin evaluate %s` has measured this one",
                use_case,
                last.evaluation_id,
                use_case,
            )
            return _Newest({}, (), ())
        models = await evaluations.measured(conn, use_case, last, rehearsal=night.rehearsal)
        ids = sorted({model.evaluation_id for model in models})
        return _Newest(
            {(model.vendor_model, model.endpoint): model for model in models},
            await evaluations.rules(conn, ids, RuleKind.CASCADE),
            await evaluations.rules(conn, ids, RuleKind.QUALITY),
        )


def _identity(offer: Offer) -> Identity:
    return offer.model.vendor_model, offer.model.endpoint.name


def _with_quality(offer: Offer, models: Mapping[Identity, MeasuredModel]) -> Offer:
    """All tiers of a model answer alike."""
    known = models.get(_identity(offer))
    return replace(offer, quality=known.quality, quality_measured=True) if known else offer


def _names_now(newest: _Newest, offers: Sequence[Offer]) -> dict[tuple[EvaluationId, str], str]:
    """What offered models are called now, by their newest evaluation and their name in it."""
    return {
        (known.evaluation_id, known.name): offer.model.name
        for offer in offers
        if (known := newest.models.get(_identity(offer)))
    }


def _cascades(newest: _Newest, offers: Sequence[Offer]) -> list[CascadeRule]:
    """Those between offered models whose scores are still the newest, by the names that the models have now."""
    names = _names_now(newest, offers)
    found = []
    for evaluation_id, learned in newest.cascades:
        rule = cascade_from(learned.rule)
        first, second = names.get((evaluation_id, rule.first)), names.get((evaluation_id, rule.second))
        if first is not None and second is not None:
            found.append(replace(rule, first=first, second=second))
    return found


def _by_document(newest: _Newest, offers: Sequence[Offer], cascades: Sequence[CascadeRule]) -> QualityByDocument | None:
    """By the evaluation that is the newest of the most offered models; the others are moved with them."""
    names = _names_now(newest, offers)
    counts = Counter(evaluation_id for evaluation_id, _ in names)
    if not counts:
        return None
    chosen = max(counts, key=lambda evaluation_id: (counts[evaluation_id], evaluation_id))
    rules = [
        replace(rule, name=names[evaluation_id, rule.name])
        for evaluation_id, rule in newest.qualities
        if evaluation_id == chosen and (evaluation_id, rule.name) in names
    ]
    means = {offer.model.name: offer.quality for offer in offers} | {rule.name: rule.quality for rule in cascades}
    return quality_by_document(rules, means)
