"""What has come back of a plan, and what the plan before decided: the two sides of a re-plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain.documents import DocumentId, RunId
from yakin.domain.outlook import Decided
from yakin.store.queries import Row, load_queries

_SQL = load_queries("drift")


@dataclass(frozen=True, slots=True)
class Came:
    """What a document took of an offer: billed yen and tokens, and the seconds of its requests."""

    use_case: str
    document_id: DocumentId
    offer: str
    cost_jpy: float
    input_tokens: int  # of one request
    output_tokens: int
    seconds: float
    escalated: bool | None  # None: it was not the first step of a cascade
    steps: tuple[str, ...]  # the first two offers of the decision
    accept_at: float | None  # of a cascade
    asks: int = 1  # of the same question, to compare the answers


async def came_back(
    conn: AsyncConnection, run_id: RunId, use_case: str, document_ids: Sequence[DocumentId], plan_version: int
) -> list[Came]:
    """Of these documents under that plan; settled attempts that brought something back."""
    return await _came_back(conn, run_id, use_case, list(document_ids), plan_version)


async def came_back_in_run(conn: AsyncConnection, run_id: RunId) -> list[Came]:
    """Of the whole run, for a process that goes on with it."""
    return await _came_back(conn, run_id, None, None, None)


async def decided(conn: AsyncConnection, run_id: RunId) -> dict[tuple[str, DocumentId], Decided]:
    """The newest plan's decisions on what is pending; empty when there is no plan yet."""
    rows = await _SQL.all(conn, "decided", run_id=run_id)
    return {(row["use_case"], DocumentId(row["document_id"])): _decided(row) for row in rows}


async def planned_before(conn: AsyncConnection, run_id: RunId) -> bool:
    """Whether the run has a plan of asking."""
    row = await _SQL.one(conn, "planned_before", run_id=run_id)
    return bool(row and row["planned"])


async def _came_back(
    conn: AsyncConnection,
    run_id: RunId,
    use_case: str | None,
    document_ids: list[DocumentId] | None,
    plan_version: int | None,
) -> list[Came]:
    rows = await _SQL.all(
        conn, "came_back", run_id=run_id, use_case=use_case, document_ids=document_ids, plan_version=plan_version
    )
    return [
        Came(
            row["use_case"],
            DocumentId(row["document_id"]),
            row["offer"],
            row["cost_jpy"],
            row["input_tokens"],
            row["output_tokens"],
            row["seconds"],
            row["escalated"],
            tuple(row["steps"]),
            row["accept_at"],
            row["asks"],
        )
        for row in rows
    ]


def _decided(row: Row) -> Decided:
    return Decided(row["option"], tuple(row["chain"]), Decimal(row["expected_jpy"]))
