"""What one run has frozen: its jobs, use cases, offers and deadline. Ids and numbers, no text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from yakin.catalogue.judge import JudgeRule
from yakin.domain.asking import Question
from yakin.domain.document_features import features_of
from yakin.domain.document_quality import QualityByDocument
from yakin.domain.documents import DocumentId, Reason, RunId, RunPurpose, SourceObject
from yakin.domain.drift import Watch
from yakin.domain.levels import Level
from yakin.domain.output_bounds import first_bound, full_bound
from yakin.domain.planning import Observed
from yakin.domain.policy import Clearance
from yakin.domain.routing import Offer
from yakin.domain.verification import CascadeRule
from yakin.domain.zones import Zone
from yakin.use_cases.golden import GoldenItem
from yakin.use_cases.judge.question import JudgeQuestion
from yakin.use_cases.use_case import UseCase


@dataclass(frozen=True, slots=True)
class JobContext:
    """One job of a run with its use case."""

    number: int
    use_case: UseCase
    source: str
    department: str
    baseline: Level | None
    level_floor: Level | None
    backfill: bool
    budget_jpy: Decimal | None
    approved_zones: frozenset[Zone] = frozenset()  # which somebody approved for this use case

    @property
    def name(self) -> str:
        """The use case's name: a run has at most one job per use case."""
        return self.use_case.facts.name


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning knew of a document; asking checks that it still holds."""

    source: SourceObject
    sha256: str | None
    text_hash: str
    extractor_version: str
    clearance: Clearance
    input_tokens: int = 0  # prompt and document, as the plan counted them


@dataclass(frozen=True, slots=True)
class Judging:
    """The on-premises judge of a run. `failed` are the documents that it will not judge in this process."""

    rule: JudgeRule
    question: JudgeQuestion
    offer: Offer | None  # None: its model cannot be asked tonight
    version: str  # of question and model: what it judged once it need not judge again
    failed: set[DocumentId] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Evaluating:
    """The golden set of an evaluation as documents. One document may be several items: the same bytes are one."""

    evaluation_id: int
    items: Mapping[DocumentId, Sequence[GoldenItem]]
    features: dict[DocumentId, Mapping[str, float]] = field(default_factory=dict)  # as planned
    not_asked: dict[str, str] = field(default_factory=dict)  # models that no item may or can be asked of, and why


@dataclass(slots=True)
class RunContext:
    """A run in this process. `reasons` keeps why a document is still pending, for the close."""

    run_id: RunId
    business_date: date
    rehearsal: bool
    started_at: datetime
    deadline_at: datetime
    jobs: Mapping[str, JobContext]
    offers: Mapping[str, Sequence[Offer]]
    slice_documents: int
    planned: dict[tuple[str, DocumentId], Planned] = field(default_factory=dict)
    approved: bool = True
    reasons: dict[tuple[str, DocumentId], Reason] = field(default_factory=dict)
    judging: Judging | None = None  # off, or a quote, which asks nobody

    batch: bool = False  # it may wait for batches
    no_batch: dict[tuple[str, DocumentId], str] = field(default_factory=dict)  # why one may not go into a batch
    output_bounds: Mapping[tuple[str, str], int] = field(default_factory=dict)  # learned, by use case and model
    cascades: Mapping[str, Sequence[CascadeRule]] = field(default_factory=dict)  # learned, by use case
    observed: dict[tuple[str, str], Observed] = field(
        default_factory=dict
    )  # how tonight differs, by use case and model
    purpose: RunPurpose = RunPurpose.NIGHT
    by_document: Mapping[str, QualityByDocument] = field(default_factory=dict)  # where quality is predicted
    notices: tuple[str, ...] = ()  # what people have to hear with every quote of the run
    evaluating: Evaluating | None = None  # of an evaluation, once its golden set is registered
    replanning: bool = True  # when what comes back differs from the plan
    watch: Watch | None = None  # the plan in force against what comes back of it
    replans: int = 0  # because of drift, so far
    cost_error: float = 0.0  # of the observed costs: standard error of their logarithm

    def qualities(self, use_case: str, level: Level, input_tokens: int, media_type: str) -> Mapping[str, float]:
        """By model and cascade, where quality is predicted by document; else nothing."""
        predicts = self.by_document.get(use_case)
        return predicts.of(features_of(level, input_tokens, media_type)) if predicts else {}

    def offer(self, use_case: str, name: str) -> Offer | None:
        """The frozen offer of that name, or None when this process no longer knows it."""
        return next((offer for offer in self.offers[use_case] if offer.name == name), None)

    def cascade(self, use_case: str, chain: Sequence[str], accept_at: float) -> CascadeRule | None:
        """The rule of a decision that chose a cascade, or None when this process no longer knows it."""
        known = self.cascades.get(use_case, ())
        return next((each for each in known if each.chain == tuple(chain[:2]) and each.accept_at == accept_at), None)

    def first_asks(self, use_case: str, option: str) -> int:
        """How often the first offer of a route is asked of a document."""
        compares = any(rule.compares and rule.name == option for rule in self.cascades.get(use_case, ()))
        return self.jobs[use_case].use_case.facts.value.verification_asks if compares else 1

    def question(self, use_case: str, offer: Offer, *, was_cut: bool) -> Question:
        """What is asked of a document; one whose answer was cut before has all the room there is."""
        asked = self.jobs[use_case].use_case
        value = asked.facts.value
        bound = full_bound(value, offer) if was_cut else first_bound(self.output_bounds, value, offer)
        return asked.question().bounded(bound)
