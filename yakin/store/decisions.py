"""Decisions: one row per document and plan, with its reason and the alternatives that it beat."""

from dataclasses import asdict, dataclass

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.documents import DecisionId, DocumentId, RunId
from yakin.domain.drift import Trigger
from yakin.domain.levels import Level
from yakin.domain.outlook import Outlook, PlanChange
from yakin.domain.planning import Assignment, Plan
from yakin.domain.zones import Zone, in_order
from yakin.errors import StoreError
from yakin.store.json_values import plain, storable
from yakin.store.queries import Row, load_queries

_SQL = load_queries("decisions")
FIRST_PLAN = PlanChange(Trigger.START)


@dataclass(frozen=True, slots=True)
class Route:
    """The chain of offers of a document by its newest decision; empty when it is not asked."""

    decision_id: DecisionId
    zones: tuple[Zone, ...]
    level: Level
    chain: tuple[str, ...]
    was_cut: bool = False  # an answer in this run was stopped by its output bound
    accept_at: float | None = None  # of a cascade: the least expected score at which the first answer is taken


async def save_plan(
    conn: AsyncConnection, run_id: RunId, plan: Plan, *, why: str, change: PlanChange = FIRST_PLAN
) -> int:
    """Write a plan with its quote and one decision per assignment; the plan's version, from 1."""
    row = await _SQL.one(
        conn,
        "insert_plan",
        run_id=run_id,
        quote=Jsonb(storable(asdict(plan.quote))),
        why=why,
        trigger=change.trigger.value,
        before=_outlook(change.before),
        after=_outlook(change.after),
    )
    assert row is not None
    version = int(row["plan_version"])
    params = [_decision(run_id, version, assignment) for assignment in plan.assignments]
    async with conn.cursor() as cursor:
        await cursor.executemany(_SQL.by_name["insert_decision"], params)
    return version


async def route(conn: AsyncConnection, run_id: RunId, use_case: str, document_id: DocumentId) -> Route:
    """The newest decision on a document; raises StoreError when there is none."""
    row = await _SQL.one(conn, "route", run_id=run_id, use_case=use_case, document_id=document_id)
    if row is None:
        raise StoreError(f"run {run_id} has no decision on document {document_id} in {use_case}")
    return Route(
        DecisionId(row["decision_id"]),
        tuple(Zone(zone) for zone in row["allowed_zones"]),
        Level(row["level"]),
        tuple(row["chain"]),
        row["was_cut"],
        row["accept_at"],
    )


def _outlook(outlook: Outlook | None) -> Jsonb | None:
    return None if outlook is None else Jsonb(storable(asdict(outlook)))


def _decision(run_id: RunId, version: int, assignment: Assignment) -> Row:
    item = assignment.item
    chain = [offer.name for offer in assignment.chain]
    return {
        "run_id": run_id,
        "plan_version": version,
        "use_case": item.use_case,
        "document_id": item.document_id,
        "level": item.clearance.level.value,
        "allowed_zones": [zone.value for zone in in_order(item.clearance.zones)],
        "policy_version": item.clearance.policy_version,
        "option": assignment.option,
        "chain": chain,
        "slice_key": f"{item.use_case} | {' > '.join(chain) or 'none'}",
        "reason": assignment.reason,
        "unanswered": assignment.unanswered,
        "alternatives": Jsonb(plain([asdict(each) for each in assignment.alternatives])),
        "expected_jpy": assignment.expected_jpy,
        "worst_jpy": assignment.worst_jpy,
        "level_reason": item.clearance.reason,
        "accept_at": assignment.cascade.accept_at if assignment.cascade else None,
        "quality": assignment.quality,
        "quality_measured": assignment.quality_measured,
    }
