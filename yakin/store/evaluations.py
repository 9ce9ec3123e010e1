"""Evaluations: scores of golden items as they are bought, and what was measured and learned when one is closed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.asking import Outcome
from yakin.domain.documents import DocumentId, RunId
from yakin.domain.evaluating import Billed, LearnedRule, MeasuredQuality, RuleKind, ScoredAnswer
from yakin.errors import StoreError, UsageError
from yakin.store.json_values import storable
from yakin.store.queries import Row, load_queries

_SQL = load_queries("evaluations")
EvaluationId = NewType("EvaluationId", int)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Which question and which golden set an evaluation measured. `version` is the use case's."""

    evaluation_id: EvaluationId
    version: str
    golden_version: str
    items: int


@dataclass(frozen=True, slots=True)
class MeasuredModel:
    """A vendor's model at an endpoint with the quality that its newest measurement gave it."""

    vendor_model: str
    endpoint: str
    name: str  # our name of it at that time
    quality: float
    items: int
    evaluation_id: EvaluationId


async def begin(  # noqa: PLR0913 - what identifies the measurement, by name
    conn: AsyncConnection,
    run_id: RunId,
    use_case: str,
    use_case_version: str,
    golden_version: str,
    *,
    items: int,
    rehearsal: bool,
) -> EvaluationId:
    """Open the run's evaluation, or go on with it; raises UsageError when question or golden set changed meanwhile."""
    versions = {"use_case_version": use_case_version, "golden_version": golden_version}
    await _SQL.run(conn, "open", run_id=run_id, use_case=use_case, items=items, rehearsal=rehearsal, **versions)
    row = await _SQL.one(conn, "find", run_id=run_id, use_case=use_case)
    assert row is not None
    if {name: row[name] for name in versions} != versions:
        raise UsageError(f"evaluation run {run_id} began with another prompt or golden set; start another with --new")
    return EvaluationId(row["evaluation_id"])


async def save_answer(conn: AsyncConnection, evaluation_id: EvaluationId, scored: ScoredAnswer) -> None:
    """Keep one score; its tokens, yen and seconds are those of its attempts. A second score of an item is dropped."""
    await _SQL.run(
        conn,
        "save_answer",
        evaluation_id=evaluation_id,
        item=scored.item,
        model=scored.model,
        offer=scored.offer,
        document_id=scored.document_id,
        outcome=scored.outcome.value,
        score=scored.score,
        fields=Jsonb(storable(scored.fields)),
        features=Jsonb(storable(scored.features)),
        signals=Jsonb(storable(scored.signals)),
    )


async def asked(conn: AsyncConnection, evaluation_id: EvaluationId) -> set[tuple[DocumentId, str]]:
    """Documents and models whose scores are there already."""
    rows = await _SQL.all(conn, "asked", evaluation_id=evaluation_id)
    return {(DocumentId(row["document_id"]), row["model"]) for row in rows}


async def answers(conn: AsyncConnection, evaluation_id: EvaluationId) -> list[Billed]:
    """Every score of an evaluation, by model and item."""
    return [_billed(row) for row in await _SQL.all(conn, "answers", evaluation_id=evaluation_id)]


def _billed(row: Row) -> Billed:
    scored = ScoredAnswer(
        item=row["item"],
        model=row["model"],
        offer=row["offer"],
        document_id=DocumentId(row["document_id"]),
        outcome=Outcome(row["outcome"]),
        fields=row["fields"],
        features=row["features"],
        signals=_numbers(row["signals"]),
    )
    return Billed(
        scored,
        row["input_tokens"] or 0,
        row["output_tokens"] or 0,
        row["cost_jpy"],
        row["seconds"],
        row["consistency_jpy"],
    )


def _numbers(signals: Mapping[str, float | None]) -> dict[str, float]:
    """Without what was no finite number when it was stored."""
    return {name: value for name, value in signals.items() if value is not None}


async def close(
    conn: AsyncConnection,
    evaluation_id: EvaluationId,
    qualities: Iterable[MeasuredQuality],
    rules: Iterable[LearnedRule],
) -> None:
    """Keep what was measured and learned; the evaluation counts from now on. Raises StoreError when it does already."""
    if await _SQL.run(conn, "complete", evaluation_id=evaluation_id) == 0:
        raise StoreError(f"evaluation {evaluation_id} is closed")
    for each in qualities:
        await _SQL.run(
            conn,
            "save_quality",
            evaluation_id=evaluation_id,
            model=each.model,
            field=each.field,
            feature=each.feature,
            items=each.items,
            quality=each.quality,
            low=each.low,
            high=each.high,
            confidence=each.confidence,
        )
    for rule in rules:
        await _SQL.run(
            conn,
            "save_rule",
            evaluation_id=evaluation_id,
            kind=rule.kind.value,
            rule_name=rule.name,
            used=rule.used,
            why=rule.why,
            rule=Jsonb(storable(rule.rule)),
        )


async def newest(conn: AsyncConnection, use_case: str, *, rehearsal: bool) -> Measurement | None:
    """The newest complete evaluation of a use case, of whatever version; None when there is none."""
    row = await _SQL.one(conn, "newest", use_case=use_case, rehearsal=rehearsal)
    if row is None:
        return None
    return Measurement(row["evaluation_id"], row["use_case_version"], row["golden_version"], row["items"])


async def measured(
    conn: AsyncConnection, use_case: str, measurement: Measurement, *, rehearsal: bool
) -> list[MeasuredModel]:
    """The models that were measured with this question and golden set, each by its newest evaluation."""
    rows = await _SQL.all(
        conn,
        "measured",
        use_case=use_case,
        rehearsal=rehearsal,
        use_case_version=measurement.version,
        golden_version=measurement.golden_version,
    )
    return [
        MeasuredModel(
            row["vendor_model"], row["endpoint"], row["model"], row["quality"], row["items"], row["evaluation_id"]
        )
        for row in rows
    ]


async def rules(
    conn: AsyncConnection, evaluation_ids: Sequence[EvaluationId], kind: RuleKind
) -> list[tuple[EvaluationId, LearnedRule]]:
    """The rules of that kind that planning uses, with the evaluation that they were learned from."""
    found = await _SQL.all(conn, "rules", evaluation_ids=list(evaluation_ids), kind=kind.value)
    return [
        (row["evaluation_id"], LearnedRule(kind, row["name"], row["used"], row["why"], row["rule"])) for row in found
    ]
