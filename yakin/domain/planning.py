"""The plan's vocabulary: what the planner is given and what it returns. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from yakin.domain.documents import DocumentId
from yakin.domain.policy import Clearance
from yakin.domain.routing import Offer


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


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One document to plan: ids and numbers only."""

    document_id: DocumentId
    use_case: str
    clearance: Clearance
    input_tokens: int  # prompt and document, estimated
    input_tokens_bound: int  # never less than what a vendor can bill
    no_batch: str | None = None  # why it may not go into a batch


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

    @property
    def option(self) -> str:
        """The route's name: the first offer, or `none`."""
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


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """Everything that a plan depends on. `room_jpy` is the smallest room among the budgets that apply.

    `offers` are given per use case, because quality is. `output_bounds` are tokens by use case and model, where they
    were learned; elsewhere the use case's own bound counts.
    """

    items: Sequence[PlanItem]
    offers: Mapping[str, Sequence[Offer]]
    use_cases: Mapping[str, UseCaseValue]
    unhealthy_endpoints: frozenset[str]
    room_jpy: Decimal
    now: datetime
    deadline_at: datetime | None
    output_bounds: Mapping[tuple[str, str], int] = field(default_factory=dict)


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
