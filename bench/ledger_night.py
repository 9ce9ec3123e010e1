"""A run for the ledger's speed bench: documents under lease, one decision each, three caps over all of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import psycopg

from yakin.domain.documents import DecisionId, DocumentId, Lease, Registration, RunId, SourceObject
from yakin.domain.fx import FxRate, RateKind
from yakin.domain.levels import Level
from yakin.domain.money import Scope
from yakin.domain.planning import Assignment, Plan, PlanItem, Quote
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.pricing import PriceRate, Tier
from yakin.domain.routing import Api, Endpoint, Limits, Model, Offer, OutputMode
from yakin.domain.zones import Zone
from yakin.store import decisions, documents, ledger, run_offers, runs, work
from yakin.store.pool import Pool

NIGHT = date(2026, 11, 24)
USE_CASE, VERSION, DEPARTMENT, VENDOR = "contract", "v1", "法務", "vendor"
CAP_JPY = Decimal(100_000_000)  # never in the way: what is measured is the writing
_USD = FxRate("USD", "JPY", Decimal("155.37"), RateKind.ECB, date(2026, 11, 23), "ECB")
_CLEARANCE = Clearance(Level.INTERNAL, (ZoneRule(Zone.OVERSEAS),), "bench")
_LEASE_ALL = """
update yakin.work set state = 'leased', lease_token = nextval('yakin.lease_token'),
                      lease_until = clock_timestamp() + interval '1 hour'
where run_id = %s
returning document_id, lease_token, lease_until
"""
_DECISIONS = "select document_id, decision_id from yakin.decision where run_id = %s"


@dataclass(frozen=True, slots=True)
class Ready:
    """One document that may be asked at once."""

    lease: Lease
    decision_id: DecisionId


@dataclass(frozen=True, slots=True)
class Night:
    """A run with its caps, the documents under lease."""

    run_id: RunId
    offer: str
    budget_ids: tuple[int, ...]
    documents: tuple[Ready, ...]


def begin(owner_url: str, app_url: str, name: str, count: int) -> Night:
    """Open the run through the store; leases are given at once, which a night does one by one."""
    run_id, budget_ids = asyncio.run(_open(app_url, name, count))
    with psycopg.connect(owner_url) as conn:
        decided: dict[int, int] = dict(conn.execute(_DECISIONS, (run_id,)).fetchall())
        leased = conn.execute(_LEASE_ALL, (run_id,)).fetchall()
    ready = (
        Ready(Lease(run_id, DocumentId(each), USE_CASE, token, until), DecisionId(decided[each]))
        for each, token, until in leased
    )
    return Night(run_id, _offer().name, budget_ids, tuple(ready))


def analyse(owner_url: str) -> None:
    """As autovacuum does within a minute."""
    with psycopg.connect(owner_url) as conn:
        conn.execute("analyze")


async def _open(app_url: str, name: str, count: int) -> tuple[RunId, tuple[int, ...]]:
    deadline_at = datetime.now(UTC) + timedelta(hours=1)
    job = runs.NewJob(USE_CASE, VERSION, "file:///bench", DEPARTMENT)
    new = runs.NewRun(name, NIGHT, True, CAP_JPY, deadline_at, {}, "bench", "bench", None, (job,))
    pool = await Pool.open(app_url, max_size=1)
    try:
        async with pool.connection() as conn:
            for scope in (Scope.MONTH, Scope.DAY):
                await ledger.set_cap(conn, scope, "", NIGHT, CAP_JPY, rehearsal=True)
            opened = await runs.open_run(conn, new)
            listed = [_registration(name, number) for number in range(count)]
            ids = [each.document_id for each in await documents.register(conn, listed)]
            await work.add_work(conn, opened.run_id, USE_CASE, VERSION, ids, backfill=False, rehearsal=True)
            await run_offers.freeze_offers(conn, opened.run_id, [_offer()])
            await decisions.save_plan(conn, opened.run_id, _plan(ids, deadline_at), why="bench")
            budget_ids = await ledger.budgets_for(conn, opened.run_id, USE_CASE, DEPARTMENT, VENDOR)
    finally:
        await pool.close()
    return opened.run_id, budget_ids


def _registration(name: str, number: int) -> Registration:
    source = SourceObject(f"file:///{name}/{number:06}.txt", "1", 10)
    hash_ = sha256(f"{name} {number}".encode()).hexdigest()
    return Registration(source, hash_, "text/plain", Level.INTERNAL, DEPARTMENT, "bench")


def _offer() -> Offer:
    endpoint = Endpoint(
        name="bench", operator=VENDOR, operator_country="US", zone=Zone.OVERSEAS, zone_reason="bench",
        api=Api.OPENAI, base_url="http://127.0.0.1:1", api_key_env=None, limits=Limits(4), zero_retention=True,
        trains_on_data=False, sandbox=True,
    )  # fmt: skip
    price = PriceRate(date(2026, 1, 1), Tier.REALTIME, "USD", Decimal(2), Decimal(10), Decimal("0.2"), "list", NIGHT)
    model = Model(
        "bench", endpoint, "bench", 32000, 4096, OutputMode.JSON_SCHEMA, (Tier.REALTIME,), "o200k_base", (price,)
    )  # fmt: skip
    return Offer(model, Tier.REALTIME, price, _USD, 0.8)


def _plan(ids: Sequence[DocumentId], finish_at: datetime) -> Plan:
    assignments = (
        Assignment(PlanItem(each, USE_CASE, _CLEARANCE, 1000, 5000), (_offer(),), "bench", None) for each in ids
    )
    return Plan(tuple(assignments), Quote(Decimal(0), Decimal(0), Decimal(0), finish_at, {}, (), 0.0, None))
