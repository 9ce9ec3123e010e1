"""One end for every line of a batch: charged and landed once, whoever brings it and however often."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tasks.resources import Resources
from tasks.run_context import RunContext
from yakin.domain.asking import AnswerFields, Outcome, Question, Reply
from yakin.domain.batches import BatchId, BatchState
from yakin.domain.documents import AttemptId, Reason
from yakin.domain.routing import Model
from yakin.errors import StoreError
from yakin.llm.batch_results import ResultLine, reply_of
from yakin.privacy.pseudonyms import restore_answer
from yakin.privacy.sealing import SealBroken, unseal
from yakin.store import batches, ledger
from yakin.store.batches import Oddities, OpenLine
from yakin.store.lane import through_conflicts
from yakin.store.ledger import Landing

LOGGER = logging.getLogger("yakin.batch")
MISSING = Reply(Outcome.UNKNOWN, detail="missing from the results of its batch")
_REASON_AFTER = {
    Outcome.INVALID: Reason.INVALID_ANSWER,
    Outcome.TRUNCATED: Reason.TRUNCATED,
    Outcome.REFUSED: Reason.REFUSED,
    Outcome.TRANSIENT: Reason.ENDPOINT_DOWN,
    Outcome.ENDPOINT_DOWN: Reason.ENDPOINT_DOWN,
}


@dataclass(frozen=True, slots=True)
class Landed:
    """How many documents were answered, and how many wait for the next wave instead."""

    answered: int = 0
    given_back: int = 0

    def __add__(self, other: "Landed") -> "Landed":
        return Landed(self.answered + other.answered, self.given_back + other.given_back)


async def not_taken(night: Resources, batch_id: BatchId, reply: Reply, run: RunContext | None) -> int:
    """The vendor never ran it: nothing was billed, and every document may be asked again; how many."""
    outcome = Outcome.TRANSIENT if reply.outcome is Outcome.UNKNOWN else reply.outcome
    unbilled = Reply(outcome, detail=f"batch not taken: {reply.detail}")
    lines = await _open_lines(night, batch_id)
    for line in lines:
        await _settle(night, line, unbilled, run)
    async with night.pool.connection() as conn:
        await batches.end(conn, batch_id, BatchState.NOT_SUBMITTED, Oddities())
    LOGGER.warning("batch %s was not taken (%s); %d lines go back", batch_id, reply.detail, len(lines))
    return len(lines)


async def settle_results(
    night: Resources, batch_id: BatchId, model: Model, results: Iterable[ResultLine], rest: Reply
) -> Landed:
    """Settle what came back, each id once, and end what did not come back with `rest`."""
    run = night.run
    lines = {line.attempt_id: line for line in await _open_lines(night, batch_id)}
    async with night.pool.connection() as conn:
        known = await batches.known_ids(conn, batch_id)
    seen: set[AttemptId] = set()
    duplicates = strangers = 0
    landed = Landed()
    for result in results:
        attempt_id = AttemptId(result.custom_id)
        strangers += attempt_id not in known
        duplicates += attempt_id in seen
        if attempt_id in lines and attempt_id not in seen:
            reply = reply_of(result, _question(night, lines[attempt_id]), model)
            landed += await _settle(night, lines[attempt_id], reply, run)
        seen.add(attempt_id)
    left = [line for attempt_id, line in lines.items() if attempt_id not in seen]
    for line in left:
        landed += await _settle(night, line, rest, run)
    missing = len(left) if rest.outcome is Outcome.UNKNOWN else 0
    async with night.pool.connection() as conn:
        await batches.end(conn, batch_id, BatchState.HARVESTED, Oddities(duplicates, strangers, missing))
    if duplicates or strangers or missing:
        LOGGER.warning("batch %s: %d duplicate, %d unknown, %d missing", batch_id, duplicates, strangers, missing)
    return landed


async def _open_lines(night: Resources, batch_id: BatchId) -> list[OpenLine]:
    async with night.pool.connection() as conn:
        return await batches.open_lines(conn, batch_id)


async def _settle(night: Resources, line: OpenLine, reply: Reply, run: RunContext | None) -> Landed:
    """Charge and release; with an answer, land it in the same transaction. The map goes either way."""
    landing = _landing(night, line, reply)
    try:
        landed = await _settle_once(night, line, reply, landing)
    except StoreError as refused:  # an answer that Postgres refuses has been paid for all the same
        LOGGER.error("the answer of attempt %s does not land: %s", line.attempt_id, refused)
        landing, landed = None, await _settle_once(night, line, reply, None)
    if landing is None and run is not None and run.run_id == line.lease.run_id:
        run.reasons[line.lease.use_case, line.lease.document_id] = _REASON_AFTER.get(reply.outcome, Reason.FAILED)
    return Landed(int(landed), int(landing is None))


async def _settle_once(night: Resources, line: OpenLine, reply: Reply, landing: Landing | None) -> bool:
    async def transaction() -> bool:
        async with night.pool.connection() as conn:
            await batches.settle_line(conn, line.attempt_id, again=landing is None)
            return (await ledger.settle(conn, line.attempt_id, reply, answer=landing)).landed

    return await through_conflicts(transaction)


def _landing(night: Resources, line: OpenLine, reply: Reply) -> Landing | None:
    if reply.outcome is not Outcome.ANSWERED or reply.answer is None:
        return None
    restore = _map(night, line)
    if restore is None:
        return None
    fields, complete = restore_answer(reply.answer, restore)
    return Landing(line.lease, fields, line.level, complete)


def _map(night: Resources, line: OpenLine) -> Mapping[str, str] | None:
    """What the answer is restored by; None when it is needed and gone: an unrestored answer is of no use."""
    if not line.needs_map:
        return {}
    if line.sealed is None:
        LOGGER.warning("attempt %s has no restore map any more; its answer is not kept", line.attempt_id)
        return None
    try:
        return unseal(line.sealed.ciphertext, line.attempt_id, night.seal_key)
    except SealBroken as broken:
        LOGGER.error("%s; workers share a key through YAKIN_SEAL_KEY", broken)
        return None


def _question(night: Resources, line: OpenLine) -> Question:
    """What the line was asked; an answer to another version than today's cannot be checked."""
    use_case = night.use_cases.get(line.lease.use_case)
    if use_case is None:
        return Question(line.lease.use_case, "", {}, _changed, 1)
    question = use_case.question()
    return question if use_case.facts.version == line.use_case_version else replace(question, validate=_changed)


def _changed(_: str) -> AnswerFields:
    raise ValueError("the use case changed while its batch was under way")
