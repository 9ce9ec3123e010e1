"""Which models named people approved for which use case, and the golden scores that approvals rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import AsyncConnection

from yakin.domain.documents import RunId
from yakin.domain.non_inferiority import Trial
from yakin.domain.offer_approval import Approval, Basis
from yakin.store.evaluations import EvaluationId
from yakin.store.queries import load_queries

_SQL = load_queries("offer_approvals")


@dataclass(frozen=True, slots=True)
class ScoredModel:
    """What an evaluation of a real run scored of a model, with what made its answers then."""

    evaluation_id: EvaluationId
    use_case_version: str
    golden_version: str
    evaluated_at: datetime
    model: str
    fingerprint: str
    items: int
    quality: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class NewApproval:
    """A model to approve with its test, or to take back: then `basis` and `tested` are None."""

    use_case: str
    use_case_version: str
    model: str
    fingerprint: str
    vendor_model: str
    endpoint: str
    by: str
    because: str
    basis: Basis | None = None
    tested: Trial | None = None
    scored: ScoredModel | None = None
    against: ScoredModel | None = None


async def save(conn: AsyncConnection, new: NewApproval) -> int:
    """Add the row; its id."""
    row = await _SQL.one(
        conn,
        "save",
        use_case=new.use_case,
        use_case_version=new.use_case_version,
        model=new.model,
        fingerprint=new.fingerprint,
        vendor_model=new.vendor_model,
        endpoint=new.endpoint,
        revoked=new.basis is None,
        basis=None if new.basis is None else new.basis.value,
        evaluation_id=new.scored.evaluation_id if new.scored else None,
        against=new.against.model if new.against else None,
        against_evaluation_id=new.against.evaluation_id if new.against else None,
        by=new.by,
        because=new.because,
        **_numbers(new),
    )
    assert row is not None
    return int(row["approval_id"])


def _numbers(new: NewApproval) -> dict[str, object]:
    tested = new.tested
    return {
        "verdict": tested.verdict.value if tested else None,
        "items": tested.items if tested else 0,
        "quality": tested.quality if tested else None,
        "against_quality": tested.against_quality if tested else None,
        "difference": tested.difference if tested else None,
        "low": tested.low if tested else None,
        "high": tested.high if tested else None,
        "needed_items": tested.needed_items if tested else None,
        "mcnemar_p": tested.mcnemar_p if tested else None,
        "margin": tested.gate.margin if tested else None,
        "confidence": tested.gate.confidence if tested else None,
        "min_items": tested.gate.min_items if tested else None,
    }


async def of_use_cases(conn: AsyncConnection, use_cases: Sequence[str]) -> list[Approval]:
    """Every approval and revocation of these use cases, the oldest first."""
    rows = await _SQL.all(conn, "of_use_cases", use_cases=list(use_cases))
    return [Approval(**row | {"basis": Basis(row["basis"]) if row["basis"] else None}) for row in rows]


async def opened_under(conn: AsyncConnection, run_id: RunId, approval_ids: Sequence[int]) -> None:
    """Keep which approvals a run was opened under."""
    await _SQL.run(conn, "opened_under", run_id=run_id, approval_ids=list(approval_ids))


async def scored(conn: AsyncConnection, use_case: str) -> list[ScoredModel]:
    """What real evaluations scored of a use case's models, the newest first."""
    return [ScoredModel(**row) for row in await _SQL.all(conn, "scored", use_case=use_case)]


async def pairs(conn: AsyncConnection, ours: ScoredModel, theirs: ScoredModel) -> tuple[list[float], list[float]]:
    """Scores of both on the golden items that both were asked, item by item."""
    rows = await _SQL.all(
        conn,
        "pairs",
        ours=ours.evaluation_id,
        our_model=ours.model,
        theirs=theirs.evaluation_id,
        their_model=theirs.model,
    )
    return [row["ours"] for row in rows], [row["theirs"] for row in rows]
