"""Caps: one row per scope, key and period with its counters. Every cap that applies must have room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg import AsyncConnection

from yakin.domain.caps import FISCAL_START_MONTH, BudgetRules, CapRule, CapSource, SetBy
from yakin.domain.documents import RunId
from yakin.domain.money import Per, Period, Scope, period_of, usual_per
from yakin.store.json_values import storable
from yakin.store.queries import Row, load_queries

_SQL = load_queries("budgets")


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A cap and how much of it is spent and reserved."""

    budget_id: int
    scope: Scope
    key: str
    period: Period
    rehearsal: bool
    cap_jpy: Decimal
    reserved_jpy: Decimal
    spent_jpy: Decimal
    standing: bool  # the next period starts with the same cap
    per: Per
    set_by: SetBy
    set_at: datetime
    locked: bool  # its period is closed


def run_key(run_id: RunId, job: int | None = None) -> str:
    """The key of a run's own cap, or of one job inside it."""
    return run_id if job is None else f"{run_id}/{job}"


async def set_cap(  # noqa: PLR0913 - what identifies the row, by name
    conn: AsyncConnection,
    scope: Scope,
    key: str,
    on: date,
    cap_jpy: Decimal,
    *,
    rehearsal: bool,
    fiscal_start_month: int = FISCAL_START_MONTH,
    standing: bool = True,
    per: Per | None = None,
    set_by: SetBy | None = None,
) -> int:
    """Set the cap of the period that covers a day; the budget's id. What is spent stays spent.

    A new cap begins with what its period has spent and holds already. The key of day, month and
    fiscal year is the empty string. A standing cap is carried into the next periods when a run opens
    there. Raises PeriodLocked.
    """
    said = set_by or SetBy(CapSource.RUN if scope is Scope.RUN else CapSource.CLI)
    if scope is not Scope.RUN:
        await _SQL.run(conn, "make_caps_alone")
    params = {"scope": scope.value, "key": key, "rehearsal": rehearsal, "standing": standing, "cap_jpy": cap_jpy}
    row = await _SQL.one(
        conn, "set_cap", **params, **_period(scope, on, fiscal_start_month, per or usual_per(scope)), **_said(said)
    )
    assert row is not None
    if row["is_new"] and scope is not Scope.RUN:  # a run's cap is older than its first attempt
        await _count_before(conn, row["budget_id"])
    return int(row["budget_id"])


def _period(scope: Scope, on: date, fiscal_start_month: int, per: Per) -> Row:
    period = period_of(scope, on, fiscal_start_month, per)
    return {"per": per.value, "period_start": period.start, "period_end": period.end}


def _said(said: SetBy) -> Row:
    return {"set_by": said.source.value, "made_by": storable(said.person), "because": storable(said.because)}


async def _count_before(conn: AsyncConnection, budget_id: int) -> None:
    """A cap that is made in the middle of its period counts what was spent before and holds what is in flight."""
    in_flight = [row["attempt_id"] for row in await _SQL.all(conn, "in_flight", budget_id=budget_id)]
    held = await _SQL.all(conn, "lock_in_flight", attempt_ids=in_flight)
    await _SQL.run(conn, "adopt", budget_id=budget_id, attempt_ids=[row["attempt_id"] for row in held])
    await _SQL.run(conn, "count_before", budget_id=budget_id, held_jpy=sum(row["worst_jpy"] for row in held))


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a cap that the catalogue declares: changed, as it was, or left to the person who set it."""

    rule: CapRule
    changed: bool
    kept: BudgetRow | None = None  # what a person set for this period


async def apply_rules(conn: AsyncConnection, rules: BudgetRules, on: date, *, person: str = "") -> list[Applied]:
    """Bring the caps of the periods that cover a day to what the catalogue declares, in the order of the rules.

    What a person set for a period stays for that period. Raises PeriodLocked. Locks caps that exist
    already: give it a transaction of its own.
    """
    there = {rule: await _find(conn, rule, rules, on) for rule in rules.caps}
    done: dict[CapRule, Applied] = {}
    # new caps lock what is in flight, and everybody locks attempts before caps that exist
    for rule in sorted(rules.caps, key=lambda rule: there[rule] is not None):
        done[rule] = await _apply(conn, rule, rules, on, person, there[rule])
    return [done[rule] for rule in rules.caps]


async def _find(conn: AsyncConnection, rule: CapRule, rules: BudgetRules, on: date) -> BudgetRow | None:
    row = await _SQL.one(conn, "find_cap", **_declared(rule, rules, on))
    return None if row is None else _budget(row)


def _declared(rule: CapRule, rules: BudgetRules, on: date) -> Row:
    key: Row = {"scope": rule.scope.value, "key": rule.key, "rehearsal": rule.rehearsal}
    return key | _period(rule.scope, on, rules.fiscal_start_month, rule.per)


async def _apply(
    conn: AsyncConnection, rule: CapRule, rules: BudgetRules, on: date, person: str, there: BudgetRow | None
) -> Applied:
    if there is not None and there.set_by.source is CapSource.YAML and there.cap_jpy == rule.cap_jpy and there.standing:
        return Applied(rule, changed=False)
    said = _said(SetBy(CapSource.YAML, person, rule.declared_at))
    await _SQL.run(conn, "make_caps_alone")
    row = await _SQL.one(conn, "declare_cap", **_declared(rule, rules, on), cap_jpy=rule.cap_jpy, **said)
    if row is None:
        return Applied(rule, changed=False, kept=await _find(conn, rule, rules, on))
    if row["is_new"]:
        await _count_before(conn, row["budget_id"])
    return Applied(rule, changed=True)


async def carry_standing_caps(conn: AsyncConnection, on: date, *, rehearsal: bool) -> None:
    """Open the period that covers a day for every standing cap whose newest period is over. Raises PeriodLocked."""
    for row in await _SQL.all(conn, "ended_standing_caps", on=on, rehearsal=rehearsal):
        per = Per(row["per"])
        start_month = row["period_start"].month if per is Per.FISCAL_YEAR else FISCAL_START_MONTH
        period = period_of(Scope(row["scope"]), on, start_month, per)
        await _SQL.run(conn, "make_caps_alone")
        carried = await _SQL.one(
            conn,
            "carry_cap",
            budget_id=row["budget_id"],
            period_start=period.start,
            period_end=period.end,
        )
        if carried is not None:
            await _count_before(conn, carried["budget_id"])


async def caps(conn: AsyncConnection, on: date, rehearsal: bool) -> list[BudgetRow]:
    """Every cap in force on a day, runs' own caps left out."""
    return [_budget(row) for row in await _SQL.all(conn, "caps", on=on, rehearsal=rehearsal)]


async def budgets_for(
    conn: AsyncConnection, run_id: RunId, use_case: str, department: str, vendor: str, *, job: int = 0
) -> tuple[int, ...]:
    """The ids of every cap that a call has to fit: the run's, its job's, and those of its business day."""
    rows = await _SQL.all(
        conn,
        "for_call",
        run_id=run_id,
        job=job,
        use_case=use_case,
        department=department,
        vendor=vendor,
    )
    return tuple(int(row["budget_id"]) for row in rows)


@dataclass(frozen=True, slots=True)
class CapRoom:
    """What one cap leaves, and the jobs whose calls it counts."""

    scope: Scope
    key: str
    per: Per
    room_jpy: Decimal
    use_cases: frozenset[str]


async def rooms(conn: AsyncConnection, run_id: RunId, vendors: Sequence[str]) -> list[CapRoom]:
    """Every cap that calls of the run to one of these vendors can meet, with what it leaves now."""
    rows = await _SQL.all(conn, "rooms", run_id=run_id, vendors=list(vendors))
    return [
        CapRoom(Scope(row["scope"]), row["key"], Per(row["per"]), Decimal(row["room_jpy"]), frozenset(row["use_cases"]))
        for row in rows
    ]


async def room_jpy(conn: AsyncConnection, budget_ids: Sequence[int]) -> Decimal:
    """The smallest room among these caps, reservations counted; never below zero. No cap means no room."""
    row = await _SQL.one(conn, "room", budget_ids=list(budget_ids))
    assert row is not None
    return Decimal(row["room_jpy"])


async def lock_attempts(conn: AsyncConnection, attempt_ids: Sequence[str]) -> None:
    """Lock attempts as every writer does: in the order of their ids, after work rows and before caps that exist."""
    await _SQL.send(conn, "lock_attempts", attempt_ids=list(attempt_ids))


async def release(conn: AsyncConnection, attempt_ids: Sequence[str]) -> int:
    """Give back the reservations of attempts that were not sent; how many. A second time does nothing."""
    await lock_attempts(conn, attempt_ids)
    rows = await _SQL.all(conn, "release_attempts", attempt_ids=list(attempt_ids))
    if rows:
        await _SQL.run(conn, "ledger_release", attempt_ids=[row["attempt_id"] for row in rows])
        await give_back(conn, [(row["budget_ids"], row["worst_jpy"], Decimal(0)) for row in rows])
    return len(rows)


async def give_back(conn: AsyncConnection, ended: Iterable[tuple[Sequence[int], Decimal, Decimal]]) -> None:
    """Turn reservations into what was spent: caps, held and spent yen of each. Locks in the order of the ids."""
    endings = list(ended)
    held_jpy = per_cap((budget_ids, held) for budget_ids, held, _ in endings)
    spent_jpy = per_cap((budget_ids, spent) for budget_ids, _, spent in endings)
    order = list(held_jpy)
    await _SQL.send(conn, "lock", budget_ids=order)
    await _SQL.send(
        conn,
        "give_back",
        budget_ids=order,
        held_jpy=list(held_jpy.values()),
        spent_jpy=list(spent_jpy.values()),
    )


def per_cap(amounts: Iterable[tuple[Sequence[int], Decimal]]) -> dict[int, Decimal]:
    """The sum of each cap, in the order of their ids."""
    sums: dict[int, Decimal] = {}
    for budget_ids, amount in amounts:
        for budget_id in set(budget_ids):
            sums[budget_id] = sums.get(budget_id, Decimal(0)) + amount
    return dict(sorted(sums.items()))


@dataclass(frozen=True, slots=True)
class Pressure:
    """A cap as a refused call sees it. `in_flight_jpy` is what live workers hold and may give back."""

    budget_id: int
    scope: Scope
    cap_jpy: Decimal
    reserved_jpy: Decimal
    spent_jpy: Decimal
    in_flight_jpy: Decimal

    @property
    def left_jpy(self) -> Decimal:
        """What is neither spent nor reserved; below zero when a vendor billed over its worst case."""
        return self.cap_jpy - self.spent_jpy - self.reserved_jpy

    def may_fit(self, worst_jpy: Decimal) -> bool:
        """Whether the call can fit once everything in flight is given back."""
        return self.spent_jpy + self.reserved_jpy - self.in_flight_jpy + worst_jpy <= self.cap_jpy


async def pressure(conn: AsyncConnection, budget_ids: Sequence[int]) -> list[Pressure]:
    """These caps as they are now, with what live workers hold in each."""
    rows = await _SQL.all(conn, "pressure", budget_ids=list(budget_ids))
    return [
        Pressure(
            row["budget_id"],
            Scope(row["scope"]),
            row["cap_jpy"],
            row["reserved_jpy"],
            row["spent_jpy"],
            row["in_flight_jpy"],
        )
        for row in rows
    ]


def _budget(row: Row) -> BudgetRow:
    return BudgetRow(
        budget_id=row["budget_id"],
        scope=Scope(row["scope"]),
        key=row["key"],
        period=Period(row["period_start"], row["period_end"]),
        rehearsal=row["rehearsal"],
        cap_jpy=row["cap_jpy"],
        reserved_jpy=row["reserved_jpy"],
        spent_jpy=row["spent_jpy"],
        standing=row["standing"],
        per=Per(row["per"]),
        set_by=SetBy(CapSource(row["set_by"]), row["made_by"], row["because"]),
        set_at=row["set_at"],
        locked=row["locked"],
    )
