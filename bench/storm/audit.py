"""The sums after a storm: meters against ledger against caps. No line of it uses our pricing or our ledger's code."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from bench.storm.draw import Draw
from bench.storm.opening import Opened
from yakin.local.sandbox.meter import MeterRecord
from yakin.local.sandbox.request import hash_of

_ATTEMPTS = """
select a.attempt_id::text, a.run_id::text, a.document_id, a.offer, a.outcome, a.worst_jpy, a.cost_native, a.cost_jpy,
       a.cost_is_bound, a.provider_request_id, a.budget_ids, a.use_case, j.department, o.operator, o.vendor_model,
       p.currency,
       (select count(*) from ledger.entry e where e.attempt_id = a.attempt_id and e.kind = 'charge') as charges
from yakin.attempt a
join yakin.run_offer o using (run_id, offer)
join ledger.price_rate p using (price_rate_id)
join yakin.work w using (run_id, use_case, document_id)
join yakin.run_job j using (run_id, job)
"""
_BUDGETS = """
select b.budget_id, b.scope, b.key, b.cap_jpy, b.reserved_jpy, b.spent_jpy,
       coalesce(sum(e.amount_jpy) filter (where e.kind = 'reserve'), 0)
         - coalesce(sum(e.amount_jpy) filter (where e.kind = 'release'), 0) as held,
       coalesce(sum(e.amount_jpy) filter (where e.kind in ('charge', 'adjust')), 0) as charged
from ledger.budget b
left join yakin.attempt a on b.budget_id = any (a.budget_ids)
left join ledger.entry e using (attempt_id)
group by b.budget_id
"""
_TWICE = "select count(*) - count(distinct (document_id, use_case)) as twice from yakin.answer"
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CapSum:
    """One cap after the storm, in yen."""

    scope: str
    cap_jpy: Decimal
    metered_jpy: Decimal
    unknown_jpy: Decimal  # held for what may have been billed
    unknown_metered_jpy: Decimal  # of what was metered, what the ledger holds as unknown
    worst_jpy: Decimal  # the dearest call that it covered
    tight: bool

    @property
    def utilisation(self) -> Decimal:
        """Spent or held, of the cap: what unknown calls were billed is inside what is held for them."""
        used = self.metered_jpy - self.unknown_metered_jpy + self.unknown_jpy
        return used / self.cap_jpy if self.cap_jpy else Decimal(0)


@dataclass(slots=True)
class Sums:
    """What the audit found. `problems` is empty when every promise was kept."""

    caps: list[CapSum] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    requests: int = 0
    billed: int = 0
    unknown: int = 0
    lost: int = 0  # of these, what the vendors' accounts showed to have been billed
    answered: int = 0

    @property
    def tight(self) -> CapSum:
        """The cap that was too small."""
        return next(each for each in self.caps if each.tight)


def audit(drawn: Draw, opened: Opened, meter: Sequence[MeterRecord], owner_url: str) -> Sums:
    """Compare what vendors metered for this storm's documents with what the database says."""
    attempts, budgets, twice = _read(owner_url)
    books = _Books(drawn, opened, meter, attempts)
    sums = Sums(requests=len(books.records), billed=len(books.billed))
    sums.unknown = sum(row["outcome"] == "unknown" for row in attempts)
    sums.answered = sum(row["outcome"] == "answered" for row in attempts)
    sums.problems += books.charges_that_differ() + books.unexplained()
    sums.problems += [f"{twice} answers landed twice"] if twice else []
    sums.problems += [f"{row['attempt_id']} is still open" for row in attempts if row["outcome"] == "intent"]
    for row in budgets:
        sums.problems += _counters(row)
        sums.problems += books.strangers(row)
        sums.caps.append(books.cap(row, tight=_is_tight(row, opened, drawn)))
    for cap in sums.caps:
        sums.problems += _cap(cap)
    return sums


def audit_reconciled(drawn: Draw, opened: Opened, meter: Sequence[MeterRecord], owner_url: str) -> list[str]:
    """What is still wrong once accounts have settled what was unknown: there should be no difference at all."""
    attempts, budgets, _ = _read(owner_url)
    books = _Books(drawn, opened, meter, attempts)
    found = books.charges_that_differ()
    found += [f"{record.request_id}: {record.amount} metered, not charged" for record in books.unseen]
    found += [f"{row['attempt_id']} is still unknown" for row in attempts if row["outcome"] == "unknown"]
    for row in budgets:
        found += _counters(row)
        held, left = Decimal(str(row["reserved_jpy"])), Decimal(str(row["cap_jpy"])) - Decimal(str(row["spent_jpy"]))
        if held != 0 or left < 0:
            found.append(f"{row['scope']} {row['key']}: {held} still held, {left} left")
    return [f"after reconciliation: {each}" for each in found]


def of_the_storm(opened: Opened, meter: Sequence[MeterRecord]) -> list[MeterRecord]:
    """The meter records of this storm's documents."""
    hashes = set(_run_by_hash(opened))
    return [record for record in meter if record.document_hash in hashes]


def _read(owner_url: str) -> tuple[Sequence[Row], Sequence[Row], int]:
    with psycopg.connect(owner_url, row_factory=dict_row) as conn:
        attempts = conn.execute(_ATTEMPTS).fetchall()
        budgets = conn.execute(_BUDGETS).fetchall()
        twice = conn.execute(_TWICE).fetchone()
    return attempts, budgets, int(twice["twice"]) if twice else 0


def _run_by_hash(opened: Opened) -> dict[str, tuple[str, int]]:
    """Hash of a text → whose document it is: run and document."""
    found = {}
    for run in opened.runs:
        for each in run.documents:
            text = Path(each.source.uri.removeprefix("file://")).read_text(encoding="utf-8")
            found[hash_of(text)] = (str(run.run_id), int(each.document_id))
    return found


def _is_tight(row: Row, opened: Opened, drawn: Draw) -> bool:
    first = next(cap for cap in opened.caps if cap.scope is drawn.tight)
    return row["budget_id"] == first.budget_id


def _counters(row: Row) -> list[str]:
    """The counters on a budget row are the sums of its entries."""
    same = (row["reserved_jpy"], row["spent_jpy"]) == (row["held"], row["charged"])
    counted = f"reserved {row['reserved_jpy']} spent {row['spent_jpy']}, entries {row['held']} and {row['charged']}"
    return [] if same else [f"{row['scope']} {row['key']}: {counted}"]


def _cap(cap: CapSum) -> list[str]:
    """Never over by a sen; and where it was too small for what was asked, used up."""
    found = []
    if cap.metered_jpy > cap.cap_jpy:
        found.append(f"{cap.scope}: vendors metered {cap.metered_jpy} of {cap.cap_jpy}")
    if cap.tight and cap.cap_jpy < 100 * cap.worst_jpy:
        found.append(f"{cap.scope}: the cap is only {cap.cap_jpy / cap.worst_jpy:.0f} worst-case calls")
    if cap.tight and cap.utilisation < Decimal("0.98"):
        found.append(f"{cap.scope}: only {cap.utilisation:.2%} of {cap.cap_jpy} used")
    return found


class _Books:
    """Meter records by whose request they were, beside the attempts."""

    def __init__(self, drawn: Draw, opened: Opened, meter: Sequence[MeterRecord], attempts: Sequence[Row]) -> None:
        self._rates = {"JPY": Decimal(1), "USD": drawn.usd_jpy}
        self._attempts = attempts
        self._run_of = _run_by_hash(opened)
        self._runs = {str(each.run_id): each.draw for each in opened.runs}
        self._operators = {
            offer.model.vendor_model: offer.model.endpoint.operator for run in opened.runs for offer in run.offers
        }
        self.records = [record for record in meter if record.document_hash in self._run_of]
        self.billed = {record.request_id: record for record in self.records if record.amount > 0}
        self._charged = {str(row["provider_request_id"]): row for row in attempts if row["charges"]}
        self.unseen = [record for id_, record in self.billed.items() if id_ not in self._charged]

    def charges_that_differ(self) -> list[str]:
        """Every charge is one meter record, to the last digit of the vendor's currency and six digits of yen."""
        found = []
        for id_, row in self._charged.items():
            record = self.billed.get(id_)
            if record is None or row["cost_is_bound"]:
                found.append(f"{row['attempt_id']} is charged {row['cost_native']}, no meter shows it ({id_})")
            elif (record.currency, record.amount) != (row["currency"], row["cost_native"]):
                found.append(f"{id_}: metered {record.amount}, charged {row['cost_native']}")
            elif abs(self._jpy(record) - Decimal(str(row["cost_jpy"]))) > Decimal("0.0000005"):
                found.append(f"{id_}: {self._jpy(record)} yen metered, {row['cost_jpy']} charged")
        return found

    def unexplained(self) -> list[str]:
        """What was metered and not charged belongs to an unknown attempt of the same document, which holds enough."""
        holds: dict[tuple[str, int, str], list[Decimal]] = defaultdict(list)
        for row in self._attempts:
            if row["outcome"] == "unknown":
                holds[str(row["run_id"]), int(str(row["document_id"])), str(row["vendor_model"])].append(
                    Decimal(str(row["worst_jpy"]))
                )
        found = []
        for record in sorted(self.unseen, key=lambda each: each.amount, reverse=True):
            held = holds[(*self._run_of[record.document_hash], record.model)]
            if not held or max(held) < self._jpy(record):
                found.append(f"{record.request_id} ({record.status}): {record.amount} metered, nobody holds it")
            else:
                held.remove(max(held))
        return found

    def strangers(self, budget: Row) -> list[str]:
        """The attempts that count against a cap are those that its scope and key say."""
        wrong = Counter(
            "counted" if budget["budget_id"] in row["budget_ids"] else "left out"  # type: ignore[operator]
            for row in self._attempts
            if (budget["budget_id"] in row["budget_ids"]) != _covers(budget, row)  # type: ignore[operator]
        )
        return [f"{budget['scope']} {budget['key']}: {dict(wrong)} wrongly"] if wrong else []

    def cap(self, budget: Row, *, tight: bool) -> CapSum:
        """What vendors metered of the calls that a cap is over, found without the ledger."""
        mine = [row for row in self._attempts if _covers(budget, row)]
        return CapSum(
            scope=f"{budget['scope']} {budget['key']}".strip(),
            cap_jpy=Decimal(str(budget["cap_jpy"])),
            metered_jpy=self._sum(record for record in self.records if self._is_of(budget, record)),
            unknown_jpy=sum(
                (Decimal(str(row["worst_jpy"])) for row in mine if row["outcome"] == "unknown"), Decimal(0)
            ),
            unknown_metered_jpy=self._sum(record for record in self.unseen if self._is_of(budget, record)),
            worst_jpy=max((Decimal(str(row["worst_jpy"])) for row in mine), default=Decimal(1)),
            tight=tight,
        )

    def _is_of(self, budget: Row, record: MeterRecord) -> bool:
        run_id, _ = self._run_of[record.document_hash]
        run = self._runs[run_id]
        facts = {
            "run_id": run_id,
            "department": run.department,
            "use_case": run.use_case,
            "operator": self._operators[record.model],
        }
        return _covers(budget, facts)

    def _sum(self, records: Iterable[MeterRecord]) -> Decimal:
        return sum((self._jpy(record) for record in records), Decimal(0))

    def _jpy(self, record: MeterRecord) -> Decimal:
        return record.amount * self._rates[record.currency]


_KEY_OF = {"run": "run_id", "department": "department", "use_case": "use_case", "vendor": "operator"}


def _covers(budget: Row, facts: Row) -> bool:
    name = _KEY_OF.get(str(budget["scope"]))
    return name is None or facts[name] == budget["key"]
