"""A night that tells its story: documents, frozen offers, decisions and leases, written through the store itself."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from yakin.domain.asking import Outcome, Purpose, Reply
from yakin.domain.documents import AttemptId, DocumentId, Lease, Registration, RunId, SourceObject
from yakin.domain.fx import IDENTITY_JPY, FxRate, RateKind
from yakin.domain.levels import Level
from yakin.domain.planning import Assignment, Considered, Plan, PlanItem, Quote
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.pricing import PriceRate, Tier, Usage
from yakin.domain.routing import Api, Endpoint, Limits, Model, Offer, OutputMode
from yakin.domain.zones import Zone
from yakin.store import decisions, ledger, runs, work
from yakin.store.pool import Pool

NIGHT = date(2026, 11, 24)
USE_CASE = "contract"
VERSION = "v1"
USD = FxRate("USD", "JPY", Decimal("155.37"), RateKind.ECB, date(2026, 11, 23), "ECB")


def offer(name: str = "local", zone: Zone = Zone.ON_PREM, *, fx: FxRate = IDENTITY_JPY, sandbox: bool = False) -> Offer:
    """An offer at 100 per million input and 400 per million output tokens."""
    endpoint = Endpoint(
        name=f"{name}-endpoint", operator=f"{name} inc", operator_country="JP", zone=zone, zone_reason="test",
        api=Api.OPENAI, base_url="http://127.0.0.1:1", api_key_env=None, limits=Limits(4), zero_retention=True,
        trains_on_data=False, sandbox=sandbox,
    )  # fmt: skip
    price = PriceRate(
        date(2026, 1, 1), Tier.REALTIME, fx.base, Decimal(100), Decimal(400), Decimal(10), "list", date(2026, 11, 1)
    )
    model = Model(name, endpoint, name, 32000, 4096, OutputMode.JSON_SCHEMA, (Tier.REALTIME,), "o200k_base", (price,))
    return Offer(model, Tier.REALTIME, price, fx, 0.8)


def registration(uri: str, sha256: str | None, baseline: Level = Level.INTERNAL, version: str = "1") -> Registration:
    """A listed object of department 法務."""
    return Registration(SourceObject(uri, version, 10), sha256, "text/plain", baseline, "法務", "owner")


def new_run(
    key: str = "key", *, budget_jpy: int = 1000, rehearsal: bool = False, version: str = VERSION
) -> runs.NewRun:
    """A run with one job."""
    job = runs.NewJob(USE_CASE, version, "file:///in", "法務")
    return runs.NewRun(
        key, NIGHT, rehearsal, Decimal(budget_jpy), None, {"source": "file:///in"}, "policy-1", "catalogue-1", None,
        (job,),
    )  # fmt: skip


def answered(input_tokens: int = 1000, output_tokens: int = 100) -> Reply:
    """A good reply that used these tokens."""
    return Reply(Outcome.ANSWERED, Usage(input_tokens, output_tokens), {"parties": "甲乙"}, "req-1")


def assignment(document_id: DocumentId, chain: Sequence[Offer], level: Level, zones: Sequence[Zone]) -> Assignment:
    """A decision for a document that may go to these zones."""
    clearance = Clearance(level, tuple(ZoneRule(zone) for zone in zones), "policy-1")
    item = PlanItem(document_id, USE_CASE, clearance, 1000, 1200)
    lost = Considered("dear", "overseas", Decimal("9.5"), 0.9, "internal may not go there")
    return Assignment(item, tuple(chain), "cheapest", None if chain else "no_offer", (lost,), Decimal(1), Decimal(2))


def plan(assignments: Sequence[Assignment]) -> Plan:
    """A plan with a quote."""
    moment = datetime(2026, 11, 25, 5, tzinfo=UTC)
    return Plan(
        tuple(assignments), Quote(Decimal("1.5"), Decimal(2), Decimal(3), moment, {"on_prem": 1}, (), 0.0, None)
    )


@dataclass
class Night:
    """A run with documents that are decided and ready to be leased."""

    pool: Pool
    run_id: RunId
    document_ids: list[DocumentId]
    budget_ids: tuple[int, ...]
    use_case: str = USE_CASE

    async def lease(self, number: int = 0, seconds: float = 60) -> Lease:
        """Lease a document that must be free."""
        async with self.pool.connection() as conn:
            held = await work.lease(conn, self.run_id, self.use_case, self.document_ids[number], seconds=seconds)
        assert held is not None
        return held

    async def attempt(
        self, number: int = 0, *, worst_jpy: str = "40", held: Lease | None = None, offer: str = "local"
    ) -> ledger.NewAttempt:
        """An attempt that is not written yet."""
        held = held or await self.lease(number)
        document_id = self.document_ids[number]
        async with self.pool.connection() as conn:
            route = await decisions.route(conn, self.run_id, self.use_case, document_id)
        return ledger.NewAttempt(
            AttemptId(str(uuid.uuid4())), route.decision_id, self.run_id, offer, document_id, self.use_case, 0,
            Purpose.ANSWER, Decimal(worst_jpy), self.budget_ids, held, masked=False, basis="test",
            output_bound_tokens=200,
        )  # fmt: skip

    async def reserve(self, new: ledger.NewAttempt) -> ledger.Reserved | ledger.MustWait:
        """Reserve in a transaction of its own."""
        async with self.pool.connection() as conn:
            return await ledger.reserve(conn, new)

    async def send(self, number: int = 0, *, worst_jpy: str = "40") -> ledger.NewAttempt:
        """Reserve and mark as sent."""
        new = await self.attempt(number, worst_jpy=worst_jpy)
        await self.begin(new)
        return new

    async def begin(self, new: ledger.NewAttempt) -> None:
        """Reserve what must have room, and mark it as sent."""
        assert isinstance(await self.reserve(new), ledger.Reserved)
        async with self.pool.connection() as conn:
            await ledger.mark_sent(conn, new.attempt_id)

    async def settle(self, new: ledger.NewAttempt, reply: Reply, *, land: bool = True) -> ledger.Settled:
        """Settle, with the answer unless told otherwise."""
        answer = ledger.Landing(new.lease, reply.answer, Level.INTERNAL, True) if land and reply.answer else None
        async with self.pool.connection() as conn:
            return await ledger.settle(conn, new.attempt_id, reply, answer=answer)

    async def budget(self) -> tuple[Decimal, Decimal]:
        """Reserved and spent yen of the run's own cap."""
        async with self.pool.connection() as conn:
            cursor = await conn.execute(
                "select reserved_jpy, spent_jpy from ledger.budget where budget_id = %s", (self.budget_ids[0],)
            )
            row = await cursor.fetchone()
        assert row is not None
        return row[0], row[1]
