"""What the on-premises judge said of documents: words of its list, never text."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.documents import AttemptId, DocumentId, RunId
from yakin.domain.judging import Category, Verdict
from yakin.domain.levels import Level
from yakin.store.queries import load_queries

_SQL = load_queries("judgements")
NO_JUDGE = ""  # the version of a judge that is off: nothing was judged by it


@dataclass(frozen=True, slots=True)
class FrozenJudge:
    """The judge that a run began with. `rule` holds names and numbers."""

    offer: str
    question_version: str
    rule: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class NewJudgement:
    """A verdict on one piece of a text, to keep with the settlement of its attempt, whose document and run it has."""

    judge_version: str
    extractor_version: str
    part: int  # from 1
    parts: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict that counts for a document; `current` when this judge gave it on the whole of this text."""

    verdict: Verdict
    current: bool


async def freeze(conn: AsyncConnection, run_id: RunId, judge: FrozenJudge) -> FrozenJudge:
    """The judge of the run: this one, or the one that it began with."""
    await _SQL.run(
        conn,
        "freeze",
        run_id=run_id,
        offer=judge.offer,
        question_version=judge.question_version,
        rule=Jsonb(dict(judge.rule)),
    )
    return await frozen(conn, run_id) or judge


async def frozen(conn: AsyncConnection, run_id: RunId) -> FrozenJudge | None:
    """The judge that the run began with, or None."""
    row = await _SQL.one(conn, "frozen", run_id=run_id)
    return FrozenJudge(row["offer"], row["question_version"], row["rule"]) if row else None


async def save(conn: AsyncConnection, attempt_id: AttemptId, new: NewJudgement) -> None:
    """Keep a verdict. Call it in the transaction that settles the attempt; a second time changes nothing."""
    category, level = new.verdict.category, new.verdict.level
    await _SQL.run(
        conn,
        "save",
        attempt_id=attempt_id,
        judge_version=new.judge_version,
        extractor_version=new.extractor_version,
        part=new.part,
        parts=new.parts,
        category=category.value if category else None,
        level=level.value if level else None,
    )


async def in_force(
    conn: AsyncConnection,
    document_ids: Collection[DocumentId],
    *,
    rehearsal: bool,
    judge_version: str = NO_JUDGE,
    extractor_version: str = "",
) -> dict[DocumentId, Judgement]:
    """What was said of each document; those of which nothing was ever said are missing."""
    rows = await _SQL.all(
        conn,
        "in_force",
        document_ids=sorted(document_ids),
        rehearsal=rehearsal,
        judge_version=judge_version,
        extractor_version=extractor_version,
    )
    return {
        DocumentId(row["document_id"]): Judgement(
            Verdict(
                Category(row["category"]) if row["category"] else None,
                Level(row["level"]) if row["level"] else None,
            ),
            row["current"],
        )
        for row in rows
    }


async def judged_parts(
    conn: AsyncConnection,
    document_id: DocumentId,
    parts: int,
    *,
    rehearsal: bool,
    judge_version: str,
    extractor_version: str,
) -> set[int]:
    """The pieces of a text cut in `parts` that need not be judged again."""
    rows = await _SQL.all(
        conn,
        "judged_parts",
        document_id=document_id,
        parts=parts,
        rehearsal=rehearsal,
        judge_version=judge_version,
        extractor_version=extractor_version,
    )
    return {row["part"] for row in rows}


async def document_of(conn: AsyncConnection, sha256: str) -> DocumentId | None:
    """The document of these bytes, or None when no run has seen them."""
    row = await _SQL.one(conn, "document_of", sha256=sha256)
    return DocumentId(row["document_id"]) if row else None
