"""Settlements in groups: each attempt is charged once at its frozen rates, and its answer lands with it.

Lock order as in `reserving`: work rows, attempts, caps. The caps come last, because everybody waits for them.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from psycopg import AsyncConnection, AsyncCursor
from psycopg.types.json import Jsonb

from yakin.domain.asking import AnswerFields, Outcome, Reply
from yakin.domain.documents import AttemptId, Lease
from yakin.domain.fx import to_jpy
from yakin.domain.levels import Level
from yakin.domain.verification import Verdict
from yakin.errors import LeaseLost, StoreError, YakinError
from yakin.store import budgets
from yakin.store.frozen_rates import fx_of, price_of
from yakin.store.json_values import storable
from yakin.store.queries import Row, load_queries

_SQL = load_queries("settling")


@dataclass(frozen=True, slots=True, repr=False)
class Landing:
    """An answer to land with the settlement of its attempt. Its repr shows no content."""

    lease: Lease
    answer: AnswerFields
    level: Level
    restored_complete: bool

    def __repr__(self) -> str:
        return f"Landing(document_id={self.lease.document_id}, level={self.level})"


@dataclass(frozen=True, slots=True)
class Settlement:
    """How one attempt ended, and the answer that it gave."""

    attempt_id: AttemptId
    reply: Reply
    answer: Landing | None = None
    verdict: Verdict | None = None  # of a cascade's first answer


@dataclass(frozen=True, slots=True)
class Settled:
    """What the attempt cost, and whether the answer of this call landed.

    `landed` is False when no answer was given, the lease was lost, or the document has an answer
    already. A lost lease does not raise here: the charge has to be committed all the same.
    """

    cost_jpy: Decimal
    landed: bool


@dataclass(frozen=True, slots=True)
class _Charge:
    """What is charged: nothing, an exact amount, or the worst case where only that is known."""

    native: Decimal | None
    jpy: Decimal | None
    is_bound: bool = False


@dataclass(frozen=True, slots=True)
class _Ending:
    """One attempt that ends now: its row, its settlement and its charge."""

    row: Row
    settlement: Settlement
    charge: _Charge


async def settle_group(
    conn: AsyncConnection, settlements: Sequence[Settlement]
) -> dict[Hashable, Settled | YakinError]:
    """Charge what each reply used at the frozen rates, give back the rest, land the answers.

    Settling twice changes nothing. An unknown outcome keeps its reservation and may be settled
    later; what was not billed is given back. A billed reply without usage is charged its worst case.
    Raises StoreError when Postgres refuses a row: then nothing of the group is written.
    """
    may_land, attempts = await _locked(conn, settlements)
    results: dict[Hashable, Settled | YakinError] = {}
    endings: list[_Ending] = []
    for settlement in settlements:
        row = attempts.get(settlement.attempt_id)
        if row is None:
            results[settlement.attempt_id] = StoreError(f"attempt {settlement.attempt_id} does not exist")
        elif row["outcome"] in (Outcome.INTENT, Outcome.UNKNOWN):
            endings.append(_Ending(row, settlement, _charge(row, settlement.reply)))
        else:
            results[settlement.attempt_id] = await _as_before(conn, row)
    if endings:
        results |= await _end(conn, endings, may_land)
    return results


async def note_verdict(conn: AsyncConnection, attempt_id: AttemptId, verdict: Verdict) -> None:
    """Keep what became of a cascade's first answer that was settled before it could be judged."""
    await _SQL.run(conn, "verdict", attempt_id=attempt_id, confidence=verdict.confidence, accepted=verdict.accepted)


async def land_kept(
    conn: AsyncConnection, attempt_id: AttemptId, answer: Landing, verdict: Verdict | None = None
) -> None:
    """Land the answer of an attempt that was settled without it, and keep the verdict that was made since.

    It is a cascade's first: the better offer cannot answer, or it was compared with others before it was believed.
    Raises LeaseLost when the lease is not the current one.
    """
    work = _work_columns([answer.lease])
    await _SQL.all(conn, "lock_work", **work)
    if not await _SQL.all(conn, "may_land", attempt_ids=[attempt_id], tokens=[answer.lease.token], **work):
        raise LeaseLost(f"the kept answer of attempt {attempt_id} may not land: its lease is lost")
    if verdict is not None:
        await note_verdict(conn, attempt_id, verdict)
    async with conn.pipeline():
        await _land(conn, {attempt_id: answer})


async def _as_before(conn: AsyncConnection, row: Row) -> Settled:
    landed = await _SQL.one(conn, "landed", attempt_ids=[row["attempt_id"]])
    return Settled(row["cost_jpy"] or Decimal(0), landed is not None)


async def _locked(
    conn: AsyncConnection, settlements: Sequence[Settlement]
) -> tuple[set[AttemptId], dict[AttemptId, Row]]:
    """Those whose answers may land, and the attempts with their frozen rates; one round trip."""
    leases = [(each.attempt_id, each.answer.lease) for each in settlements if each.answer is not None]
    work = _work_columns([lease for _, lease in leases])
    attempt_ids = [each.attempt_id for each in settlements]
    async with conn.pipeline():
        await _SQL.send(conn, "lock_work", **work)
        landing = await _SQL.send(
            conn,
            "may_land",
            attempt_ids=[attempt_id for attempt_id, _ in leases],
            tokens=[lease.token for _, lease in leases],
            **work,
        )
        await budgets.lock_attempts(conn, attempt_ids)
        attempts = await _SQL.send(
            conn,
            "attempts",
            attempt_ids=attempt_ids,
            input_tokens=[each.reply.usage.input_tokens if each.reply.usage else 0 for each in settlements],
        )
    may_land = {AttemptId(str(row["attempt_id"])) for row in await landing.fetchall()}
    return may_land, {AttemptId(str(row["attempt_id"])): row for row in await attempts.fetchall()}


def _work_columns(leases: Sequence[Lease]) -> dict[str, object]:
    return {
        "run_ids": [each.run_id for each in leases],
        "use_cases": [each.use_case for each in leases],
        "document_ids": [each.document_id for each in leases],
    }


async def _end(
    conn: AsyncConnection, endings: Sequence[_Ending], may_land: set[AttemptId]
) -> dict[Hashable, Settled | YakinError]:
    """Everything that is written, in one round trip; the caps last."""
    known = [each for each in endings if each.settlement.reply.outcome is not Outcome.UNKNOWN]
    landing = {
        each.settlement.attempt_id: each.settlement.answer
        for each in known
        if each.settlement.attempt_id in may_land and each.settlement.answer is not None
    }
    answers: AsyncCursor[Row] | None = None
    async with conn.pipeline():
        await _SQL.send(conn, "end_attempts", **_ends(endings))
        if known:
            await _SQL.send(conn, "enter", **_entries(known))
        if landing:
            answers = await _land(conn, landing)
        if known:
            await budgets.give_back(
                conn,
                [(each.row["budget_ids"], each.row["worst_jpy"], each.charge.jpy or Decimal(0)) for each in known],
            )
    landed = {AttemptId(str(row["attempt_id"])) for row in await answers.fetchall()} if answers else set()
    return {
        each.settlement.attempt_id: Settled(each.charge.jpy or Decimal(0), each.settlement.attempt_id in landed)
        for each in endings
    }


_ALWAYS_BILLED = frozenset({Outcome.ANSWERED, Outcome.INVALID, Outcome.TRUNCATED, Outcome.LOST})


def _charge(attempt: Row, reply: Reply) -> _Charge:
    if reply.outcome is Outcome.UNKNOWN:
        return _Charge(None, None)
    if reply.usage is not None:
        native = price_of(attempt).cost_native(reply.usage)
        return _Charge(native, to_jpy(native, fx_of(attempt)))
    if reply.outcome in _ALWAYS_BILLED:
        return _Charge(None, attempt["worst_jpy"], is_bound=True)
    return _Charge(None, None)


def _ends(endings: Sequence[_Ending]) -> Mapping[str, object]:
    replies = [each.settlement.reply for each in endings]
    verdicts = [each.settlement.verdict for each in endings]
    usages = [reply.usage for reply in replies]
    return {
        "attempt_ids": [each.settlement.attempt_id for each in endings],
        "outcomes": [reply.outcome.value for reply in replies],
        "input_tokens": [usage.input_tokens if usage else None for usage in usages],
        "cached_input_tokens": [usage.cached_input_tokens if usage else None for usage in usages],
        "cache_write_tokens": [usage.cache_write_tokens if usage else None for usage in usages],
        "output_tokens": [usage.output_tokens if usage else None for usage in usages],
        "reasoning_tokens": [usage.reasoning_tokens if usage else None for usage in usages],
        "cost_native": [each.charge.native for each in endings],
        "cost_jpy": [each.charge.jpy for each in endings],
        "cost_is_bound": [each.charge.is_bound for each in endings],
        "provider_request_ids": [storable(reply.provider_request_id) for reply in replies],
        "details": [storable(reply.detail) for reply in replies],
        "confidences": [verdict.confidence if verdict else None for verdict in verdicts],
        "accepted": [verdict.accepted if verdict else None for verdict in verdicts],
    }


def _entries(known: Sequence[_Ending]) -> Mapping[str, object]:
    return {
        "attempt_ids": [each.settlement.attempt_id for each in known],
        "cost_jpy": [each.charge.jpy for each in known],
        "cost_native": [each.charge.native for each in known],
        "currencies": [each.row["currency"] for each in known],
        "price_rate_ids": [each.row["price_rate_id"] for each in known],
        "fx_rate_ids": [each.row["fx_rate_id"] for each in known],
    }


async def _land(conn: AsyncConnection, landing: Mapping[AttemptId, Landing]) -> AsyncCursor[Row]:
    """Land the answers; the rows are those that are now their document's."""
    answers = list(landing.values())
    work = _work_columns([answer.lease for answer in answers])
    landed = await _SQL.send(
        conn,
        "land",
        attempt_ids=list(landing),
        answers=[Jsonb(storable(dict(answer.answer))) for answer in answers],
        levels=[answer.level.value for answer in answers],
        restored_complete=[answer.restored_complete for answer in answers],
        **work,
    )
    await _SQL.send(conn, "answered", **work)
    return landed
