"""Opens a storm's runs through the store: documents, decisions, frozen offers, and the caps over them."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from bench.storm.draw import SHARED_BY_ALL, Draw, RunDraw
from yakin.catalogue.load import load_catalogue
from yakin.domain.asking import Question
from yakin.domain.documents import DocumentId, Registration, RunId, SourceObject
from yakin.domain.fx import IDENTITY_JPY, FxRate, RateKind
from yakin.domain.levels import Level
from yakin.domain.money import Scope, worst_case_jpy
from yakin.domain.planning import Assignment, Plan, PlanItem, Quote
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.pricing import Tier
from yakin.domain.routing import Offer
from yakin.domain.zones import Zone
from yakin.llm.tokens import bound_tokens, count_tokens, prompt_overhead, prompt_overhead_bound
from yakin.reading.sources import list_objects
from yakin.store import decisions, documents, ledger, run_offers, runs, work
from yakin.store.pool import Pool
from yakin.use_cases.load import load_use_cases

NIGHT = date(2026, 11, 24)
NIGHT_S = 120.0  # until the deadline: nobody may need it
CLEARANCE = Clearance(Level.INTERNAL, tuple(ZoneRule(zone) for zone in Zone), "storm")
TEXT = "{number}番のお客様より、設備の点検について折り返しの連絡がほしいとのことです。整理番号 {run}-{number}-{seed}。"
_EXPECTED_OUTPUT_TOKENS = 60
_DEMAND = Decimal("1.4")  # what the documents would cost, in caps: waiting callers must still be there when it is full


@dataclass(frozen=True, slots=True)
class Wanted:
    """One document to ask, as its run's process needs it."""

    document_id: DocumentId
    source: SourceObject
    sha256: str


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run in the database with its documents."""

    draw: RunDraw
    run_id: RunId
    offers: tuple[Offer, ...]
    deadline_at: datetime
    documents: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap as it was set, and which runs and vendors it is over. None: all."""

    budget_id: int
    scope: Scope
    key: str
    cap_jpy: Decimal


@dataclass(frozen=True, slots=True)
class Opened:
    """All runs of a storm and every cap but the runs' own."""

    runs: tuple[OpenedRun, ...]
    caps: tuple[Cap, ...]


def storm_offers(drawn: Draw, layers: Sequence[Path]) -> tuple[Offer, ...]:
    """The offers of a storm at the catalogue's prices and the drawn exchange rate."""
    usd = FxRate("USD", "JPY", drawn.usd_jpy, RateKind.ECB, NIGHT, "storm")
    models = load_catalogue(layers, on=NIGHT, embedded={}).models
    chosen = (models[name] for name in drawn.offers)
    return tuple(
        Offer(model, Tier.REALTIME, price, IDENTITY_JPY if price.currency == "JPY" else usd, 0.8)
        for model in chosen
        for price in model.prices
        if price.tier is Tier.REALTIME
    )


def open_storm(drawn: Draw, layers: Sequence[Path], app_url: str, folder: Path) -> Opened:
    """Write the documents' files and everything in the database that a night needs before it asks."""
    return asyncio.run(_open(drawn, storm_offers(drawn, layers), app_url, folder))


async def _open(drawn: Draw, offers: tuple[Offer, ...], app_url: str, folder: Path) -> Opened:
    sums = _Sums(drawn, offers)
    pool = await Pool.open(app_url, max_size=2)
    try:
        caps = await _set_caps(pool, drawn, sums)
        opened = [await _open_run(pool, drawn, each, sums, folder) for each in drawn.runs]
    finally:
        await pool.close()
    return Opened(tuple(opened), caps)


class _Sums:
    """How large the caps and how many the documents are. These only size the storm; the audit has its own."""

    def __init__(self, drawn: Draw, offers: tuple[Offer, ...]) -> None:
        self.offers = offers
        self._questions = {name: use_case.question() for name, use_case in load_use_cases(None).items()}
        text = TEXT.format(run=0, number=10_000, seed=drawn.seed)
        used = {each.use_case for each in drawn.runs}
        pairs = list(itertools.product(offers, (self._questions[name] for name in used)))
        # a repair carries the invalid answer as well, which can be as long as the output bound
        self.worst_jpy = max(_worst_jpy(offer, question, text) for offer, question in pairs) * Decimal("1.3")
        expected = [_expected_jpy(drawn, offer, question, text) for offer, question in pairs]
        self.expected_jpy = sum(expected, Decimal(0)) / len(expected)
        self.tight_jpy = (drawn.tight_calls * self.worst_jpy).quantize(Decimal("0.01"))
        takers = Decimal(1 if drawn.tight in SHARED_BY_ALL else 2 if drawn.tight is not Scope.VENDOR else "1.2")
        needed = int(_DEMAND * takers * self.tight_jpy / self.expected_jpy)
        self.documents_per_run = max(drawn.size.callers, needed) // drawn.size.processes

    def run_cap_jpy(self, drawn: Draw, run: RunDraw) -> Decimal:
        """A share of what the run would spend by itself, or more than all of it."""
        share = Decimal(str(run.cap_share)) if run.cap_share else Decimal(20)
        return (share * self.tight_jpy / len(drawn.runs)).quantize(Decimal("0.01"))


def _worst_jpy(offer: Offer, question: Question, text: str) -> Decimal:
    bound = bound_tokens(text) + prompt_overhead_bound(question)
    return worst_case_jpy(offer, input_tokens_bound=bound, max_output_tokens=question.max_output_tokens)


def _expected_jpy(drawn: Draw, offer: Offer, question: Question, text: str) -> Decimal:
    vendor = offer.model.endpoint.name.removeprefix("sandbox-")
    factor = Decimal(str(drawn.vendors[vendor]["input_factor"]))
    tokens = prompt_overhead(question, "o200k_base") + count_tokens(text, "o200k_base")
    native = tokens * factor * offer.price.input_per_mtok + _EXPECTED_OUTPUT_TOKENS * offer.price.output_per_mtok
    return native / 1_000_000 * offer.fx.rate


async def _set_caps(pool: Pool, drawn: Draw, sums: _Sums) -> tuple[Cap, ...]:
    """The cap that is too small, and wide ones of every other kind, so that all kinds are counted."""
    caps = []
    async with pool.connection() as conn:
        for scope, keys in _keys(drawn, sums.offers).items():
            for number, key in enumerate(keys):
                tight = scope is drawn.tight and number == 0
                cap_jpy = sums.tight_jpy * (1 if tight else 30)
                budget_id = await ledger.set_cap(conn, scope, key, NIGHT, cap_jpy, rehearsal=True)
                caps.append(Cap(budget_id, scope, key, cap_jpy))
    return tuple(caps)


def _keys(drawn: Draw, offers: tuple[Offer, ...]) -> Mapping[Scope, Sequence[str]]:
    return {
        Scope.DAY: [""],
        Scope.MONTH: [""],
        Scope.FISCAL_YEAR: [""],
        Scope.VENDOR: list(dict.fromkeys(each.model.endpoint.operator for each in offers)),
        Scope.DEPARTMENT: list(dict.fromkeys(each.department for each in drawn.runs)),
        Scope.USE_CASE: list(dict.fromkeys(each.use_case for each in drawn.runs)),
    }


async def _open_run(pool: Pool, drawn: Draw, run: RunDraw, sums: _Sums, folder: Path) -> OpenedRun:
    listed = await asyncio.to_thread(_write, folder / f"run{run.number}", drawn, run, sums.documents_per_run)
    version = load_use_cases(None)[run.use_case].facts.version
    cap_jpy = sums.run_cap_jpy(drawn, run)
    job = runs.NewJob(run.use_case, version, f"file://{folder}", run.department)
    deadline_at = datetime.now().astimezone() + timedelta(seconds=NIGHT_S)
    new = runs.NewRun(
        f"storm {drawn.seed} {run.number}", NIGHT, True, cap_jpy, deadline_at, {}, "storm", "storm", None, (job,)
    )  # fmt: skip
    async with pool.connection() as conn:
        opened = await runs.open_run(conn, new)
        known = await documents.register(conn, [_registration(each, run) for each in listed])
        ids = {each.uri: each.document_id for each in known}
        await work.add_work(
            conn, opened.run_id, run.use_case, version, list(ids.values()), backfill=False, rehearsal=True
        )
        await run_offers.freeze_offers(conn, opened.run_id, sums.offers)
        plan = _plan(drawn, run, sums.offers, list(ids.values()), deadline_at)
        await decisions.save_plan(conn, opened.run_id, plan, why="storm")
    wanted = tuple(Wanted(ids[source.uri], source, hash_) for source, hash_ in listed)
    return OpenedRun(run, opened.run_id, sums.offers, deadline_at, wanted)


def _write(folder: Path, drawn: Draw, run: RunDraw, count: int) -> list[tuple[SourceObject, str]]:
    folder.mkdir(parents=True)
    for number in range(count):
        text = TEXT.format(run=run.number, number=number, seed=drawn.seed)
        (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")
    listed = list(list_objects(str(folder)))
    return [(each, sha256(Path(each.uri.removeprefix("file://")).read_bytes()).hexdigest()) for each in listed]


def _registration(listed: tuple[SourceObject, str], run: RunDraw) -> Registration:
    source, hash_ = listed
    return Registration(source, hash_, "text/plain", Level.INTERNAL, run.department, "storm")


def _plan(
    drawn: Draw, run: RunDraw, offers: tuple[Offer, ...], ids: Sequence[DocumentId], deadline_at: datetime
) -> Plan:
    """Every offer comes first for its share of the documents; the next one is what a failure falls back to.

    Where a vendor's cap is the one that is too small, most documents want that vendor.
    """
    assignments = []
    for number, document_id in enumerate(ids):
        first = (number + run.number) % len(offers)
        if drawn.tight is Scope.VENDOR and number % 5:
            first = 0
        chain = (offers[first:] + offers[:first])[:2]
        item = PlanItem(document_id, run.use_case, CLEARANCE, 1000, 5000)
        assignments.append(Assignment(item, chain, "storm", None))
    quote = Quote(Decimal(0), Decimal(0), Decimal(0), deadline_at, {}, (), 0.0, None)
    return Plan(tuple(assignments), quote)
