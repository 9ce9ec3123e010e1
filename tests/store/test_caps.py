"""Caps that nest: per what, set by whom, what a new one finds already spent, what the catalogue may change."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from tests.store.story import NIGHT, USE_CASE, answered, new_run
from yakin.domain.caps import BudgetRules, CapRule, CapSource, SetBy
from yakin.domain.money import Per, Period, Scope
from yakin.errors import BudgetExhausted
from yakin.store import budgets, ledger, runs

PERSON = SetBy(CapSource.CLI, "経理 花子", "year end")
HISTORY = (
    "select from_jpy, to_jpy, set_by, made_by, because from bi.cap_changes where scope <> 'run' order by change_id"
)


def rule(cap_jpy, scope=Scope.MONTH, key="", per=Per.MONTH, *, rehearsal=False):
    return CapRule(scope, key, per, Decimal(cap_jpy), rehearsal, "ours.yaml:3")


@pytest.fixture
def setting(pool):
    """Set a cap for the period of the night."""

    async def set_cap(scope, cap_jpy, key="", **options):
        async with pool.connection() as conn:
            on = options.pop("on", NIGHT)
            return await budgets.set_cap(conn, scope, key, on, Decimal(cap_jpy), rehearsal=False, **options)

    return set_cap


@pytest.fixture
def applying(pool):
    """Apply what a catalogue declares, as at the opening of a run; whether each cap changed."""

    async def apply(*rules, on=NIGHT):
        async with pool.connection() as conn:
            return [each.changed for each in await budgets.apply_rules(conn, BudgetRules(caps=rules), on)]

    return apply


async def _caps(pool, on=NIGHT):
    async with pool.connection() as conn:
        return {(cap.scope, cap.key, cap.per): cap for cap in await budgets.caps(conn, on, False)}


async def test_a_department_may_have_a_cap_per_month_and_one_per_fiscal_year(pool, setting, begin_night):
    await setting(Scope.DEPARTMENT, 90, "法務")
    yearly = await setting(Scope.DEPARTMENT, 50, "法務", per=Per.FISCAL_YEAR)
    night = await begin_night()

    assert yearly in night.budget_ids
    assert len(night.budget_ids) == 3
    with pytest.raises(BudgetExhausted, match=f"department budget {yearly} has 50"):
        await night.send(worst_jpy="51")
    assert (await _caps(pool))[Scope.DEPARTMENT, "法務", Per.FISCAL_YEAR].period == Period(
        date(2026, 4, 1), date(2027, 3, 31)
    )


async def test_both_are_carried_each_into_its_own_next_period(pool, setting):
    for per in (Per.MONTH, Per.FISCAL_YEAR):
        await setting(Scope.VENDOR, 90, "local inc", per=per, on=date(2026, 3, 1))
    async with pool.connection() as conn:
        await runs.open_run(conn, new_run())

    caps = await _caps(pool)
    assert caps[Scope.VENDOR, "local inc", Per.MONTH].period == Period(date(2026, 11, 1), date(2026, 11, 30))
    assert caps[Scope.VENDOR, "local inc", Per.FISCAL_YEAR].period == Period(date(2026, 4, 1), date(2027, 3, 31))


async def test_a_cap_set_in_the_middle_of_its_period_counts_what_is_spent_and_holds_what_is_in_flight(
    begin_night, setting, rows
):
    night = await begin_night(3)
    await night.settle(await night.send(0), answered())  # 0.14 yen
    in_flight = await night.send(1)
    ids = [
        await setting(Scope.MONTH, 50),
        await setting(Scope.DEPARTMENT, 50, "法務"),
        await setting(Scope.USE_CASE, 50, USE_CASE),
        await setting(Scope.VENDOR, 50, "local inc"),
        await setting(Scope.VENDOR, 50, "other inc"),
    ]

    read = (
        "select reserved_jpy, spent_jpy, spent_before_jpy from bi.budgets where budget_id = any (%s) order by 2 desc, 1"
    )
    before = Decimal("0.14")
    assert rows(read, ids) == [(40, before, before)] * 4 + [(0, 0, 0)]
    await night.settle(in_flight, answered())
    assert rows(read, ids) == [(0, 2 * before, before)] * 4 + [(0, 0, 0)]
    await setting(Scope.MONTH, 60)  # changing it counts nothing again
    assert rows(read, ids[:1]) == [(0, 2 * before, before)]


async def test_a_cap_that_is_made_while_calls_settle_counts_each_yen_once(begin_night, setting, rows):
    night = await begin_night(8)
    sent = [await night.send(number) for number in range(8)]

    made = await asyncio.gather(
        *[night.settle(new, answered()) for new in sent[:6]],
        setting(Scope.MONTH, 900),
        setting(Scope.VENDOR, 900, "local inc"),
    )
    counters = "select spent_jpy, reserved_jpy from bi.budgets where budget_id = any (%s)"
    assert rows(counters, made[-2:]) == [(Decimal("0.84"), 80)] * 2
    for new in sent[6:]:
        await night.settle(new, answered())
    assert rows(counters, made[-2:]) == [(Decimal("1.12"), 0)] * 2


async def test_rehearsals_and_other_days_are_not_counted_in_a_new_cap(begin_night, setting, rows):
    rehearsal = await begin_night(rehearsal=True)
    await rehearsal.settle(await rehearsal.send(), answered())
    night = await begin_night()
    await night.settle(await night.send(), answered())

    await setting(Scope.DAY, 50, on=date(2026, 11, 25))
    assert rows("select spent_jpy from bi.budgets where scope = 'day'") == [(0,)]
    await setting(Scope.DAY, 50)
    spent = rows("select spent_jpy from bi.budgets where scope = 'day' order by period_start")
    assert spent == [(Decimal("0.14"),), (0,)]


async def test_what_a_person_set_stays_for_that_period_and_yaml_rules_the_next(pool, setting, applying):
    assert await applying(rule(100)) == [True]
    assert await applying(rule(100)) == [False]
    assert await applying(rule(120)) == [True]
    await setting(Scope.MONTH, 300, set_by=PERSON)
    assert await applying(rule(130)) == [False]
    assert (await _caps(pool))[Scope.MONTH, "", Per.MONTH].set_by == PERSON

    later = date(2026, 12, 1)
    assert await applying(rule(130), on=later) == [True]
    async with pool.connection() as conn:
        await budgets.carry_standing_caps(conn, later, rehearsal=False)
    cap = (await _caps(pool, later))[Scope.MONTH, "", Per.MONTH]
    assert (cap.cap_jpy, cap.set_by) == (130, SetBy(CapSource.YAML, "", "ours.yaml:3"))


async def test_every_change_of_a_cap_is_a_row_that_says_who_when_from_to_and_why(setting, applying, rows):
    await applying(rule(100))
    await setting(Scope.MONTH, 300, set_by=PERSON)
    await setting(Scope.MONTH, 300, set_by=PERSON)  # no change

    assert rows(HISTORY) == [
        (None, 100, "yaml", "", "ours.yaml:3"),
        (100, 300, "cli", "経理 花子", "year end"),
    ]


async def test_counters_leave_no_history(begin_night, setting, rows):
    await setting(Scope.MONTH, 300)
    night = await begin_night()
    await night.settle(await night.send(), answered())

    assert rows("select scope, count(*) from bi.cap_changes group by 1 order by 1") == [("month", 1), ("run", 1)]


async def test_a_carried_cap_says_from_where(pool, setting, rows):
    await setting(Scope.MONTH, 300, on=date(2026, 10, 1), set_by=PERSON)
    async with pool.connection() as conn:
        await runs.open_run(conn, new_run())

    assert rows("select to_jpy, made_by, because from bi.cap_changes where scope = 'month' order by change_id")[1] == (
        300, "経理 花子", "carried from 2026-10-01"
    )  # fmt: skip


async def test_a_cap_that_is_reached_by_what_was_spent_before_it_refuses(begin_night, setting):
    night = await begin_night(2)
    await night.settle(await night.send(0), answered())
    await setting(Scope.DAY, "40.1")
    async with night.pool.connection() as conn:
        night.budget_ids = await ledger.budgets_for(conn, night.run_id, USE_CASE, "法務", "local inc")

    with pytest.raises(BudgetExhausted):
        await night.send(1)
