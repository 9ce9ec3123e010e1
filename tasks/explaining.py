"""Why a document may go where: the same steps as a run, for one file, without asking anybody."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from tasks.document_worker import TOKENIZER, Classified, classify_bytes
from tasks.exchange_rates import known_rates
from tasks.judged import said_of_bytes
from tasks.loading import Loaded, load, worked_on
from tasks.measured import measured
from tasks.resources import Resources
from tasks.switch_gate import explained
from yakin.catalogue.offers import offers
from yakin.catalogue.sources import SourceRule
from yakin.domain.calendar import business_date
from yakin.domain.document_features import features_of
from yakin.domain.documents import DocumentId, Reason, SourceObject
from yakin.domain.evidence import Assessment, Kind
from yakin.domain.levels import Flag, Level, highest
from yakin.domain.planner import plan
from yakin.domain.planning import Assignment, Considered, PlanItem, PlanRequest
from yakin.domain.policy import Clearance, ZoneRule, assess, clear, quarantine_kinds, why_closed
from yakin.domain.review import Review
from yakin.domain.zones import Zone, in_order
from yakin.errors import UsageError
from yakin.llm.tokens import prompt_overhead, prompt_overhead_bound
from yakin.reading.sources import list_objects
from yakin.store import approvals, levels
from yakin.store.levels import KnownDocument, OtherPlace
from yakin.use_cases.use_case import UseCase

PLENTY_JPY = Decimal(1_000_000_000)  # explain shows the rules, not tonight's money


@dataclass(frozen=True, slots=True)
class ZoneVerdict:
    """A zone with the policy's conditions for this level, and what keeps it closed, by rule names."""

    zone: Zone
    rule: ZoneRule | None
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What the register says of the file, and of other places that hold the same bytes."""

    rule: SourceRule
    baseline: Level
    baseline_elsewhere: Level | None
    flags: frozenset[Flag]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that decides, in kinds, counts, names and yen. No values, no text."""

    uri: str
    sha256: str | None
    document_id: DocumentId | None  # None: no run has seen these bytes
    unreadable: Reason | None
    forgotten: bool
    assessment: Assessment
    quarantined_by: frozenset[Kind]
    place: Place
    review: Review | None
    verdicts: tuple[ZoneVerdict, ...]
    offers: tuple[Considered, ...]
    choice: str
    reason: str

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that the document may be asked in."""
        asked = self.unreadable is None and not self.forgotten
        return tuple(str(each.zone) for each in self.verdicts if asked and not each.closed)


@dataclass(frozen=True, slots=True, repr=False)
class _Read:
    """One file as it was read, with what the store knows of its bytes."""

    source: SourceObject
    sha256: str | None
    classified: Classified | Reason
    counts: Mapping[Kind, int]
    known: KnownDocument | None
    others: tuple[OtherPlace, ...]


async def explain(night: Resources, file: str, use_case_name: str, baseline: Level | None) -> Explanation:
    """Level, clearance, offers and choice for one file; raises UsageError for what is not one file."""
    use_case = night.use_cases.get(use_case_name)
    if use_case is None:
        raise UsageError(f"unknown use case {use_case_name!r}; known: {', '.join(sorted(night.use_cases))}")
    sources = await asyncio.to_thread(lambda: list(list_objects(file)))
    if len(sources) != 1:
        raise UsageError(f"{file} is not one document: {len(sources)} found; give a single file")
    read = await _read(night, sources[0])
    place = _place(night.sources.rule_for(read.source.uri), baseline, read.others)
    assessed = assess(
        night.policy,
        read.counts,
        baseline=place.baseline,
        floors=(use_case.facts.level_floor,),
        review=read.known.review if read.known else None,
    )
    clearance = clear(
        night.policy,
        assessed,
        approved_zones=await _approved(night, use_case_name),
        my_number_purpose=use_case.facts.my_number_purpose,
        flags=place.flags,
    )
    if isinstance(read.classified, Reason):
        return _explanation(night, read, place, assessed, clearance, f"cannot be asked: {read.classified}")
    if read.known and read.known.forgotten_at:
        return _explanation(night, read, place, assessed, clearance, f"cannot be asked: {Reason.FORGOTTEN}")
    assignment, rejected = await _decide(night, use_case, read.classified, clearance)
    return _explanation(night, read, place, assessed, clearance, assignment.reason, (assignment, rejected))


async def _approved(night: Resources, use_case: str) -> frozenset[Zone]:
    async with night.pool.connection() as conn:
        given = await approvals.in_force(conn, [use_case], business_date(datetime.now(UTC)))
    return approvals.zones(given, use_case)


async def _read(night: Resources, source: SourceObject) -> _Read:
    loaded = await load(source, night.s3)
    classified = await _classify(night, loaded)
    counts = {Kind.UNREADABLE_PART: 1} if isinstance(classified, Reason) else dict(classified.counts)
    if isinstance(loaded, Reason):
        return _Read(source, None, classified, counts, None, ())
    counts |= await said_of_bytes(night, loaded.sha256)
    async with night.pool.connection() as conn:
        found = await levels.by_sha256(conn, loaded.sha256)
        known = await levels.known(conn, found[0]) if found else None
        others = await levels.elsewhere(conn, known.document_id, source.uri) if known else []
    return _Read(source, loaded.sha256, classified, counts, known, tuple(others))


def _place(rule: SourceRule, requested: Level | None, others: tuple[OtherPlace, ...]) -> Place:
    """The document's level starts from the highest of its places, with the flags of all of them."""
    elsewhere = highest(other.baseline for other in others) if others else None
    own = rule.baseline(requested)
    return Place(
        rule=rule,
        baseline=highest((own, elsewhere)) if elsewhere else own,
        baseline_elsewhere=elsewhere,
        flags=rule.flags.union(*(other.flags for other in others)),
    )


def _explanation(  # noqa: PLR0913 - what an explanation is made of
    night: Resources,
    read: _Read,
    place: Place,
    assessed: Assessment,
    clearance: Clearance,
    reason: str,
    decided: tuple[Assignment, tuple[Considered, ...]] | None = None,
) -> Explanation:
    rules = {rule.zone: rule for rule in night.policy.levels[assessed.level].zones}
    return Explanation(
        uri=read.source.uri,
        sha256=read.sha256,
        document_id=read.known.document_id if read.known else None,
        unreadable=read.classified if isinstance(read.classified, Reason) else None,
        forgotten=bool(read.known and read.known.forgotten_at),
        assessment=assessed,
        quarantined_by=quarantine_kinds(night.policy, assessed),
        place=place,
        review=read.known.review if read.known else None,
        verdicts=tuple(
            ZoneVerdict(zone, rules.get(zone), why_closed(night.policy, assessed, clearance, zone, place.flags))
            for zone in in_order(frozenset(Zone))
        ),
        offers=(*decided[0].alternatives, *decided[1]) if decided else (),
        choice=decided[0].option if decided else "none",
        reason=reason,
    )


async def _classify(night: Resources, loaded: Loaded | Reason) -> Classified | Reason:
    if isinstance(loaded, Reason):
        return loaded
    classified = await worked_on(night.workers, classify_bytes, loaded, night.classify_request)
    return classified if isinstance(classified, Reason) else classified.unreadable or classified


async def _decide(
    night: Resources, use_case: UseCase, classified: Classified, clearance: Clearance
) -> tuple[Assignment, tuple[Considered, ...]]:
    name, question = use_case.facts.name, use_case.question()
    today = business_date(datetime.now(UTC))
    usable, rejected = offers(
        night.catalogue,
        use_case=name,
        on=today,
        rates=await known_rates(night.pool, night.catalogue, night.settings.catalogue_layers, today),
        rehearsal=night.rehearsal,
        has_key=lambda env: env is None or env in night.keys,
    )
    usable, closed = await explained(night, use_case.facts, usable)
    found = await measured(night, {name: use_case.facts.version}, {name: usable})
    predicts = found.by_document.get(name)
    features = features_of(clearance.level, classified.input_tokens, classified.media_type)
    item = PlanItem(
        DocumentId(0),
        name,
        clearance,
        classified.input_tokens + prompt_overhead(question, TOKENIZER),
        classified.input_tokens_bound + prompt_overhead_bound(question),
        qualities=predicts.of(features) if predicts else {},
    )
    request = PlanRequest(
        items=[item],
        offers=found.offers,
        use_cases={name: use_case.facts.value},
        unhealthy_endpoints=frozenset(),
        room_jpy=PLENTY_JPY,
        now=datetime.now(UTC),
        deadline_at=None,
        cascades=found.cascades,
    )
    unusable = tuple(
        Considered(f"{each.model}:{each.tier}", _zone(night, each.model), None, None, each.why_not)
        for each in (*rejected, *closed)
    )
    return plan(request).assignments[0], unusable


def _zone(night: Resources, model: str) -> str:
    known = night.catalogue.models.get(model)
    return str(known.endpoint.zone) if known else ""
