"""What a run did, in ids, numbers and reasons: the source of totals, artifacts and the morning report."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from psycopg import AsyncConnection

from yakin.domain.documents import DocumentId, Reason, RunId, WorkState
from yakin.domain.fx import YEN_PLACES
from yakin.domain.levels import Level
from yakin.domain.zones import Zone
from yakin.store.queries import load_queries

_SQL = load_queries("run_report")


@dataclass(frozen=True, slots=True)
class RunTotals:
    """Documents by state and yen. `seen` is the sum of the states; `unanswered` excludes awaiting approval."""

    seen: int
    answered: int
    skipped: int
    unanswered: int
    awaiting_approval: int
    pending: int  # pending or leased
    cost_jpy: Decimal
    reserved_unknown_jpy: Decimal  # held by attempts that may have been billed
    by_zone: Mapping[Zone, int]  # answered documents
    by_reason: Mapping[Reason, int]

    @property
    def cost_per_answer_jpy(self) -> Decimal | None:
        """All that the run cost, per document that it answered; None when it answered none."""
        return (self.cost_jpy / self.answered).quantize(YEN_PLACES, ROUND_HALF_UP) if self.answered else None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A document without an answer and why; awaiting approval included."""

    uri: str
    document_id: DocumentId
    reason: Reason


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One document in one use case of a run; never the answer. `reason` is the decision's."""

    uri: str
    document_id: DocumentId
    use_case: str
    level: Level | None
    option: str | None  # what was planned
    offer: str | None  # who answered
    zone: Zone | None  # where it was answered
    reason: str | None
    state: WorkState
    unanswered_reason: Reason | None
    cost_jpy: Decimal


@dataclass(frozen=True, slots=True)
class OfferCost:
    """What one offer was asked and cost in a run."""

    offer: str
    zone: Zone
    attempts: int
    documents: int
    cost_jpy: Decimal


@dataclass(frozen=True, slots=True)
class Waste:
    """Requests of one kind that gave no document its answer. `kind` is one of bi.waste's words."""

    kind: str
    attempts: int
    cost_jpy: Decimal


async def totals(conn: AsyncConnection, run_id: RunId) -> RunTotals:
    """The run in numbers, as of now."""
    states = {row["state"]: row["documents"] for row in await _SQL.all(conn, "states", run_id=run_id)}
    money = await _SQL.one(conn, "money", run_id=run_id)
    assert money is not None
    zones = {Zone(row["zone"]): row["documents"] for row in await _SQL.all(conn, "zones", run_id=run_id)}
    reasons = {Reason(row["reason"]): row["documents"] for row in await _SQL.all(conn, "reasons", run_id=run_id)}
    return RunTotals(
        seen=sum(states.values()),
        answered=states.get(WorkState.ANSWERED, 0),
        skipped=states.get(WorkState.SKIPPED, 0),
        unanswered=states.get(WorkState.UNANSWERED, 0),
        awaiting_approval=states.get(WorkState.AWAITING_APPROVAL, 0),
        pending=states.get(WorkState.PENDING, 0) + states.get(WorkState.LEASED, 0),
        cost_jpy=money["cost_jpy"],
        reserved_unknown_jpy=money["reserved_unknown_jpy"],
        by_zone=zones,
        by_reason=reasons,
    )


async def unanswered(conn: AsyncConnection, run_id: RunId) -> list[Unanswered]:
    """Every document that ended without an answer, by URI."""
    rows = await _SQL.all(conn, "unanswered", run_id=run_id)
    return [Unanswered(row["uri"], DocumentId(row["document_id"]), Reason(row["reason"])) for row in rows]


async def results(conn: AsyncConnection, run_id: RunId) -> list[ResultRow]:
    """Every document of the run, by URI and use case."""
    rows = await _SQL.all(conn, "results", run_id=run_id)
    return [
        ResultRow(
            uri=row["uri"],
            document_id=DocumentId(row["document_id"]),
            use_case=row["use_case"],
            level=Level(row["level"]) if row["level"] else None,
            option=row["option"],
            offer=row["offer"],
            zone=Zone(row["zone"]) if row["zone"] else None,
            reason=row["decision_reason"],
            state=WorkState(row["state"]),
            unanswered_reason=Reason(row["unanswered_reason"]) if row["unanswered_reason"] else None,
            cost_jpy=row["cost_jpy"],
        )
        for row in rows
    ]


async def cost_by_offer(conn: AsyncConnection, run_id: RunId) -> list[OfferCost]:
    """What each offer that was asked cost, dearest first."""
    rows = await _SQL.all(conn, "cost_by_offer", run_id=run_id)
    return [
        OfferCost(row["offer"], Zone(row["zone"]), row["attempts"], row["documents"], row["cost_jpy"]) for row in rows
    ]


async def waste(conn: AsyncConnection, run_id: RunId) -> list[Waste]:
    """What the run paid beside the requests that answered, dearest first; repairs and judging included."""
    rows = await _SQL.all(conn, "waste", run_id=run_id)
    return [Waste(row["kind"], row["attempts"], row["cost_jpy"]) for row in rows]
