"""The plan's vocabulary: what the planner is given and what it returns. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from yakin.domain.documents import DocumentId
from yakin.domain.policy import Clearance
from yakin.domain.routing import Offer
from yakin.domain.verification import CascadeRule


@dataclass(frozen=True, slots=True)
class UseCaseValue:
    """What an answer of a use case is worth and what getting it wrong costs, in yen."""

    name: str
    answer_value_jpy: Decimal
    review_minute_jpy: Decimal = Decimal(0)
    review_minutes: Decimal = Decimal(0)
    review_share: Decimal = Decimal(0)
    escaped_error_jpy: Decimal = Decimal(0)
    quality_floor: float = 0.0
    max_output_tokens: int = 512
    expected_output_tokens: int = 200
    verification_asks: int = 1  # how often a cascade's first offer is asked where answers are compared; 1: never


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One document to plan: ids and numbers only."""

    document_id: DocumentId
    use_case: str
    clearance: Clearance
    input_tokens: int  # prompt and document, estimated
    input_tokens_bound: int  # never less than what a vendor can bill
    no_batch: str | None = None  # why it may not go into a batch
    qualities: Mapping[str, float] = field(
        default_factory=dict
    )  # by model and cascade, where predicted for this document


@dataclass(frozen=True, slots=True)
class Considered:
    """An alternative as it was seen: price, quality and why it lost. Stored with the decision."""

    offer: str
    zone: str
    expected_jpy: Decimal | None
    quality: float | None
    why_not: str | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """割当: a document's chain of offers (first choice, then the next of the same clearance) or none."""

    item: PlanItem
    chain: tuple[Offer, ...]
    reason: str  # why the first of the chain was chosen, or why nothing was
    unanswered: str | None  # a documents.Reason when chain is empty
    alternatives: tuple[Considered, ...] = ()
    expected_jpy: Decimal = Decimal(0)
    worst_jpy: Decimal = Decimal(0)
    cascade: CascadeRule | None = None  # its two offers begin the chain; the rest stands in when they fail
    quality: float | None = None  # expected of the option; None when it is not asked
    quality_measured: bool = False

    @property
    def option(self) -> str:
        """The route's name: the cascade, else the first offer, or `none`."""
        if self.cascade is not None:
            return self.cascade.name
        return self.chain[0].name if self.chain else "none"


@dataclass(frozen=True, slots=True)
class QuoteRoute:
    """One line of a quote."""

    offer: str
    tier: str
    documents: int
    expected_jpy: Decimal
    quality: float


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a night: how much of it the plan uses, and what one more unit would be worth."""

    name: str  # `budget of the run`, `time of plamo`, `share of OpenAI`
    kind: str  # budget (yen), capacity (seconds of work), share (documents)
    limit: float
    used: float
    price_jpy: float = 0.0  # value in yen of one more unit; 0 where it does not bind
    more: float = 0.0  # so much more of it …
    more_value_jpy: float = 0.0  # … would buy answers worth this much …
    more_quality_points: float = 0.0  # … and raise the mean quality of all documents by so many points of a hundred
    missing: float = 0.0  # what would have to be added for every document to be asked
    full_until: datetime | None = None  # of a capacity: when its work is done


@dataclass(frozen=True, slots=True)
class Quote:
    """事前見積: what a plan is expected to cost and when it ends, before anything is spent."""

    expected_jpy: Decimal
    p95_jpy: Decimal
    worst_jpy: Decimal
    finish_at: datetime
    zones: Mapping[str, int]
    routes: tuple[QuoteRoute, ...]
    lp_gap: float | None
    infeasible: str | None
    unmeasured_share: float = 1.0
    unanswered: Mapping[str, int] = field(default_factory=dict)
    quality: float | None = None  # expected mean over the documents that are asked
    value_jpy: float = 0.0  # what the plan's answers are worth after review and errors
    bound_jpy: float = 0.0  # no plan under these limits is worth more
    limits: tuple[Limit, ...] = ()
    words: tuple[str, ...] = ()  # the same for people, a sentence each


@dataclass(frozen=True, slots=True)
class BudgetRoom:
    """What one cap leaves. None: of every use case, of every vendor."""

    name: str  # `budget of the run`, `budget of the month`, `budget of vendor OpenAI per month`
    room_jpy: Decimal
    use_cases: frozenset[str] | None = None
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """How a model differs tonight from what the plan expects of it, as factors; shares are absolute."""

    cost: float = 1.0  # yen per document
    seconds: float = 1.0  # time per document
    escalated_share: float | None = None  # of its answers as a cascade's first step; None: as measured


@dataclass(frozen=True, slots=True)
class AskedAlready:
    """Documents of the night that were asked and are not planned again; how many each vendor saw of them."""

    documents: int = 0
    seen_by: Mapping[str, int] = field(default_factory=dict)  # by operator; one's own machines are not counted


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """Everything that a plan depends on. `room_jpy` is the room of the run; `budgets` are the other caps that apply.

    `offers` are given per use case, because quality is. `output_bounds` are tokens by use case and model, where they
    were learned; elsewhere the use case's own bound counts. `cascades` are by use case, `observed` by use case and
    model, `vendor_shares` by operator: the largest share of the documents of the night that it may be planned for.
    """

    items: Sequence[PlanItem]
    offers: Mapping[str, Sequence[Offer]]
    use_cases: Mapping[str, UseCaseValue]
    unhealthy_endpoints: frozenset[str]
    room_jpy: Decimal
    now: datetime
    deadline_at: datetime | None
    output_bounds: Mapping[tuple[str, str], int] = field(default_factory=dict)
    budgets: Sequence[BudgetRoom] = ()
    cascades: Mapping[str, Sequence[CascadeRule]] = field(default_factory=dict)
    observed: Mapping[tuple[str, str], Observed] = field(default_factory=dict)
    vendor_shares: Mapping[str, float] = field(default_factory=dict)
    asked_already: AskedAlready = field(default_factory=AskedAlready)


@dataclass(frozen=True, slots=True)
class Plan:
    """Assignments in the order of the request's items, and the quote over all of them."""

    assignments: tuple[Assignment, ...]
    quote: Quote


class Planner(Protocol):
    """The final interface of planning. Never breaks clearance, floor or budget."""

    def __call__(self, request: PlanRequest) -> Plan:
        """Choose a chain, or a stated reason, for every item."""
        ...
