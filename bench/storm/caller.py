"""One caller: takes a document, asks along its chain through `tasks.sending.send`, leaves it with its end."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from bench.storm.opening import CLEARANCE, Wanted
from tasks import answering
from tasks.document import Document
from tasks.document_worker import scanner
from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.sending import Ask, send
from yakin.domain.asking import Outcome, Purpose
from yakin.domain.cleared_text import ClearedText
from yakin.domain.documents import Reason
from yakin.domain.routing import Offer
from yakin.errors import BudgetExhausted, LeaseLost
from yakin.privacy.clearing import clear_text
from yakin.reading.sources import read_bytes
from yakin.store import decisions, work

TRIES_PER_OFFER = 3
LEASE_S = 600.0
SHORT_LEASE_S = 0.8
_MOST_BYTES = 1 << 20


class End(StrEnum):
    """How a document's turn ended."""

    ANSWERED = "answered"
    BUDGET = "budget"
    DEADLINE = "deadline"  # refused because money was in flight until the deadline: nobody should wait that long
    FAILED = "failed"
    LEASE_LOST = "lease_lost"
    TAKEN = "taken"


@dataclass(slots=True)
class Tally:
    """What this process saw, for the report; the ledger is judged without it."""

    ends: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks documents of one run, one after the other."""

    night: Resources
    run: RunContext
    use_case: str
    short_leases: float
    tally: Tally
    given_back: set[int] = field(default_factory=set)  # documents that wait for the next wave

    async def turn(self, wanted: Wanted) -> End:
        """One document to its end in this wave."""
        document = await self._take(wanted)
        if document is None:
            end = End.TAKEN
        else:
            try:
                end = await self._along_the_chain(document)
                if end is End.BUDGET:
                    self.given_back.add(wanted.document_id)
                if end is not End.ANSWERED:
                    await answering.leave(document, Reason.FAILED if end is End.FAILED else Reason.BUDGET)
            except LeaseLost:
                end = End.LEASE_LOST
        self.tally.ends[end] += 1
        return end

    async def _take(self, wanted: Wanted) -> Document | None:
        """As `answering.take`, with a lease that sometimes runs out while it is asked."""
        key = (self.run.run_id, self.use_case, wanted.document_id)
        draw = random.Random(f"{wanted.sha256}").random()
        seconds = SHORT_LEASE_S if draw < self.short_leases else LEASE_S
        async with self.night.pool.connection() as conn:
            lease = await work.lease(conn, *key, seconds=seconds)
            if lease is None:
                return None
            route = await decisions.route(conn, *key)
        planned = self.run.planned[self.use_case, wanted.document_id]
        return Document(
            self.night, self.run, self.run.jobs[self.use_case], wanted.document_id, planned, lease, route
        )  # fmt: skip

    async def _along_the_chain(self, document: Document) -> End:
        text = (await asyncio.to_thread(read_bytes, document.planned.source, _MOST_BYTES)).decode()
        end = End.FAILED
        for step, name in enumerate(document.route.chain):
            offer = self.run.offer(self.use_case, name)
            assert offer is not None
            looks = scanner(self.night.catalogue.company_ids)
            cleared = clear_text(
                document.document_id, text, CLEARANCE, offer.zone, looks, self.night.run_secret
            )  # fmt: skip
            end = await self._ask(document, cleared, offer, step)
            if end is End.ANSWERED:
                return end
        return end

    async def _ask(self, document: Document, text: ClearedText, offer: Offer, step: int) -> End:
        """The retry rule of a night in short: transient again, one repair of an invalid answer."""
        question, purpose = document.job.use_case.question(), Purpose.ANSWER
        for _ in range(TRIES_PER_OFFER):
            ask = Ask(offer, question, text, purpose, step, document.route.decision_id)
            try:
                reply = await send(document, ask)
            except BudgetExhausted:
                return End.DEADLINE if datetime.now(UTC) >= self.run.deadline_at else End.BUDGET
            self.tally.outcomes[reply.outcome] += 1
            if reply.outcome is Outcome.ANSWERED:
                return End.ANSWERED
            if reply.outcome is Outcome.INVALID and purpose is Purpose.ANSWER:
                question, purpose = question.repairing(reply.raw_text, reply.detail), Purpose.REPAIR
            elif reply.outcome is Outcome.TRANSIENT:
                await asyncio.sleep(random.uniform(0.02, 0.2))
            else:
                return End.FAILED
        return End.FAILED
