"""Why a document may go where: the same steps as a run, for one file, without asking anybody."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from tasks.document_worker import TOKENIZER, Classified, classify_bytes
from tasks.loading import EXTRACT_TIMEOUT_S, Loaded, load
from tasks.open_run import known_rates
from tasks.resources import Resources
from yakin.catalogue.offers import offers
from yakin.domain.calendar import business_date
from yakin.domain.documents import DocumentId, Reason
from yakin.domain.evidence import Assessment, Kind
from yakin.domain.levels import Level
from yakin.domain.planner import plan
from yakin.domain.planning import Assignment, Considered, PlanItem, PlanRequest
from yakin.domain.policy import assess, clear
from yakin.domain.pricing import Tier
from yakin.domain.zones import in_order
from yakin.errors import UsageError
from yakin.llm.tokens import prompt_overhead, prompt_overhead_bound
from yakin.reading.process_pool import ParseTimeout, WorkerDied, WorkFailed
from yakin.reading.sources import list_objects
from yakin.use_cases.use_case import UseCase

PLENTY_JPY = Decimal(1_000_000_000)  # explain shows the rules, not tonight's money


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that decides, in kinds, counts, names and yen. No values, no text."""

    uri: str
    sha256: str | None
    unreadable: Reason | None
    assessment: Assessment
    zones: tuple[str, ...]
    offers: tuple[Considered, ...]
    tiers: dict[str, Tier]
    choice: str
    reason: str


async def explain(night: Resources, file: str, use_case_name: str, baseline: Level | None) -> Explanation:
    """Level, clearance, offers and choice for one file; raises UsageError for what is not one file."""
    use_case = night.use_cases.get(use_case_name)
    if use_case is None:
        raise UsageError(f"unknown use case {use_case_name!r}; known: {', '.join(sorted(night.use_cases))}")
    sources = await asyncio.to_thread(lambda: list(list_objects(file)))
    if len(sources) != 1:
        raise UsageError(f"{file} is not one document: {len(sources)} found; give a single file")
    loaded = await load(sources[0], night.s3)
    classified = await _classify(night, loaded)
    start = night.sources.rule_for(sources[0].uri).baseline(baseline)
    if isinstance(classified, Reason):
        assessed = assess(night.policy, {Kind.UNREADABLE_PART: 1}, baseline=start)
        return _unreadable(sources[0].uri, loaded, classified, assessed)
    assessed = assess(night.policy, classified.counts, baseline=start, floors=(use_case.facts.level_floor,))
    assignment, rejected = await _decide(night, use_case, classified, assessed)
    return Explanation(
        uri=sources[0].uri,
        sha256=loaded.sha256 if isinstance(loaded, Loaded) else None,
        unreadable=None,
        assessment=assessed,
        zones=tuple(str(zone) for zone in in_order(assignment.item.clearance.zones)),
        offers=(*assignment.alternatives, *rejected),
        tiers={offer.name: offer.tier for offer in assignment.chain},
        choice=assignment.option,
        reason=assignment.reason,
    )


async def _classify(night: Resources, loaded: Loaded | Reason) -> Classified | Reason:
    if isinstance(loaded, Reason):
        return loaded
    try:
        classified: Classified = await night.workers.run(
            classify_bytes, loaded.data, loaded.name, night.hash_key, timeout_s=EXTRACT_TIMEOUT_S
        )
    except ParseTimeout:
        return Reason.PARSE_TIMEOUT
    except (WorkerDied, WorkFailed):
        return Reason.PARSER_FAILED
    return classified.unreadable or classified


def _unreadable(uri: str, loaded: Loaded | Reason, reason: Reason, assessed: Assessment) -> Explanation:
    sha256 = loaded.sha256 if isinstance(loaded, Loaded) else None
    return Explanation(uri, sha256, reason, assessed, (), (), {}, "none", f"cannot be asked: {reason}")


async def _decide(
    night: Resources, use_case: UseCase, classified: Classified, assessed: Assessment
) -> tuple[Assignment, tuple[Considered, ...]]:
    name, question = use_case.facts.name, use_case.question()
    today = business_date(datetime.now(UTC))
    usable, rejected = offers(
        night.catalogue,
        use_case=name,
        on=today,
        rates=await known_rates(night, today),
        rehearsal=night.rehearsal,
        has_key=lambda env: env is None or env in night.keys,
    )
    clearance = clear(night.policy, assessed, my_number_purpose=use_case.facts.my_number_purpose)
    item = PlanItem(
        DocumentId(0),
        name,
        clearance,
        classified.input_tokens + prompt_overhead(question, TOKENIZER),
        classified.input_tokens_bound + prompt_overhead_bound(question),
    )
    request = PlanRequest(
        [item], {name: usable}, {name: use_case.facts.value}, frozenset(), PLENTY_JPY, datetime.now(UTC), None
    )
    unusable = tuple(
        Considered(f"{each.model}:{each.tier}", _zone(night, each.model), None, None, each.why_not) for each in rejected
    )
    return plan(request).assignments[0], unusable


def _zone(night: Resources, model: str) -> str:
    known = night.catalogue.models.get(model)
    return str(known.endpoint.zone) if known else ""
