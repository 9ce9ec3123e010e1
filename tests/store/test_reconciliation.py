"""An imported account against a real ledger: settled to zero difference, booked once, counters equal to entries."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.account_parameters import ReconcileParameters
from tasks.accounts import import_account, reconcile_account
from tests.store.story import USD, offer
from yakin.domain.account import BOOKABLE, Cause
from yakin.domain.asking import Outcome, Reply
from yakin.domain.pricing import Usage
from yakin.errors import UsageError
from yakin.store import ledger
from yakin.store.accounts import hold_vendor, still_unknown

HEADER = "time,id,model,in,out,amount"
MAPPING = """
invoices:
  - name: local inc
    columns: {time: time, request_id: id, model: model, input_tokens: in, output_tokens: out, amount: amount}
    currency: USD
"""
DAILY = MAPPING.replace("request_id: id, ", "")
_SUMS = """
select b.budget_id, b.reserved_jpy, b.spent_jpy,
  (select coalesce(sum(case e.kind when 'reserve' then e.amount_jpy when 'release' then -e.amount_jpy else 0 end), 0)
   from ledger.entry e join yakin.attempt a using (attempt_id) where b.budget_id = any (a.budget_ids)),
  (select coalesce(sum(e.amount_jpy), 0)
   from ledger.entry e left join yakin.attempt a using (attempt_id)
   where e.kind in ('charge', 'adjust') and b.budget_id = any (coalesce(e.budget_ids, a.budget_ids)))
from ledger.budget b order by b.budget_id
"""


def cost(tokens_in: int, tokens_out: int) -> Decimal:
    """The list price of the story's offer."""
    return (Decimal(tokens_in) * 100 + Decimal(tokens_out) * 400) / 1_000_000


@dataclass
class Vendor:
    """What the vendor writes down, and how we ask about it."""

    folder: object
    pool: object
    written: list[str]
    mapping: str = MAPPING

    def bill(self, request_id, tokens_in, tokens_out, amount=None, *, minutes=0):
        """One request, at the list price unless told otherwise."""
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        amount = cost(tokens_in, tokens_out) if amount is None else amount
        self.written.append(f"{at.isoformat()},{request_id},local,{tokens_in},{tokens_out},{amount}")

    async def reconcile(self, **wanted):
        """Import and reconcile; complete unless told otherwise."""
        (self.folder / "mapping.yaml").write_text(self.mapping)
        file = self.folder / "account.csv"
        file.write_text("\n".join([HEADER, *self.written]))
        given = {"source": str(file), "vendor": "local inc", "mapping": str(self.folder / "mapping.yaml")}
        parameters = ReconcileParameters(**given | {"complete": True} | wanted)
        return await reconcile_account(self.pool, parameters, await import_account(self.pool, parameters, ()))


@pytest.fixture
def vendor(tmp_path, pool):
    return Vendor(tmp_path, pool, [])


@pytest.fixture
async def night(begin_night):
    return await begin_night(6, offers=[offer(fx=USD)])


async def _answered(night, number, request_id, tokens_in=1000, tokens_out=100):
    new = await night.send(number)
    await night.settle(new, Reply(Outcome.ANSWERED, Usage(tokens_in, tokens_out), {"a": 1}, request_id))
    return new


async def _unknown(night, number):
    new = await night.send(number)
    await night.settle(new, Reply(Outcome.UNKNOWN))
    return new


def _causes(amounts):
    return {each.cause: each.native for each in amounts}


def assert_counters_are_sums(rows):
    for _, reserved, spent, held, charged in rows(_SUMS):
        assert (reserved, spent) == (held, charged)


@pytest.mark.parametrize("mapping", [MAPPING, DAILY])
async def test_unknown_attempts_are_settled_to_zero_difference(night, vendor, rows, mapping):
    vendor.mapping = mapping
    await _answered(night, 0, "r0")
    lost, unbilled = await _unknown(night, 1), await _unknown(night, 2)
    vendor.bill("r0", 1000, 100)
    vendor.bill("r1", 1500, 50)
    summary = await vendor.reconcile()
    assert _causes(summary.found) == {Cause.UNKNOWN_ATTEMPT: cost(1500, 50)}
    assert (summary.left, summary.all_explained) == ([], True)
    assert rows("select sum(amount_native) from ledger.entry where kind in ('charge', 'adjust')") == [
        (cost(1000, 100) + cost(1500, 50),)
    ]
    outcomes = dict(rows("select attempt_id::text, outcome from yakin.attempt"))
    if mapping is MAPPING:
        assert (summary.lost, summary.released) == (1, 1)
        assert sorted([outcomes[lost.attempt_id], outcomes[unbilled.attempt_id]]) == ["lost", "transient"]
        assert rows("select provider_request_id from yakin.attempt where outcome = 'lost'") == [("r1",)]
    else:  # a day's total cannot tell which of them it was
        assert (summary.lost, summary.released) == (2, 0)
    assert rows("select reserved_jpy from ledger.budget") == [(Decimal(0),)]
    assert_counters_are_sums(rows)


async def test_until_the_account_is_complete_nothing_is_released(night, vendor, rows):
    await _unknown(night, 0)
    vendor.bill("other", 9_000_000, 10)  # somebody else's, far above the reservation
    summary = await vendor.reconcile(complete=False)
    assert (summary.lost, summary.released, summary.all_explained) == (0, 0, False)
    assert "1 attempts stay unknown: the account is not complete" in summary.notes
    assert rows("select outcome from yakin.attempt") == [("unknown",)]


async def test_a_month_is_complete_by_itself_when_it_has_been_over_for_days(night, vendor, rows, database):
    await _answered(night, 0, "r0")
    vendor.bill("r0", 1000, 100)
    month = f"{datetime.now(UTC):%Y-%m}"
    assert not (await vendor.reconcile(complete=False, month=month)).complete
    with psycopg.connect(database.owner_url) as conn:
        conn.execute("update yakin.attempt set sent_at = sent_at - interval '400 days'")
    vendor.written.clear()
    vendor.bill("r0", 1000, 100, minutes=-400 * 24 * 60)
    day = datetime.now(UTC) - timedelta(days=400)
    assert (await vendor.reconcile(complete=False, month=f"{day:%Y-%m}")).complete
    assert not (await vendor.reconcile(complete=False)).complete  # a file may cover part of its days


async def test_what_differs_is_proposed_and_booked_once_by_a_name(night, vendor, rows):
    new = await _answered(night, 0, "r0")
    vendor.bill("r0", 1000, 100, Decimal("0.15"))
    proposed = await vendor.reconcile()
    assert _causes(proposed.proposed) == {Cause.PRICE: Decimal("0.01")}
    assert rows("select count(*) from ledger.entry where kind = 'adjust'") == [(0,)]
    booked = await vendor.reconcile(book=True, by="経理 太郎")
    again = await vendor.reconcile(book=True, by="経理 太郎")
    assert (booked.booked, booked.left, again.booked, again.left) == (1, [], 0, [])
    assert rows("select attempt_id::text, amount_native, amount_jpy, reason, made_by from bi.adjustments") == [
        (new.attempt_id, Decimal("0.01"), Decimal("1.5537"), "price", "経理 太郎")
    ]
    assert_counters_are_sums(rows)


async def test_a_correction_of_a_locked_month_is_booked_on_the_first_open_day(night, vendor, rows, database):
    await _answered(night, 0, "r0")
    vendor.bill("r0", 1000, 100, Decimal("0.15"))
    with psycopg.connect(database.owner_url) as conn:
        for month, end in (("2026-11", "2026-11-30"), ("2026-12", "2026-12-31")):
            conn.execute(
                "insert into ledger.period_lock (label, period_start, period_end, locked_by, because) "
                "values (%s, %s, %s, '経理 花子', 'month end')", (month, f"{month}-01", end),
            )  # fmt: skip
    booked = await vendor.reconcile(book=True, by="経理 太郎")
    assert (booked.booked, booked.left) == (1, [])
    assert rows("select business_date from bi.adjustments") == [(date(2027, 1, 1),)]
    assert_counters_are_sums(rows)


BILLED = st.tuples(st.sampled_from(["known", "unknown", "stranger"]), st.integers(0, 3), st.integers(0, 500),
                   st.one_of(st.none(), st.integers(0, 300)))  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ends=st.lists(st.sampled_from(["answered", "unknown", "transient", "bound"]), min_size=1, max_size=4),
    billed=st.lists(BILLED, max_size=5),
    daily=st.booleans(),
)
async def test_whatever_is_billed_counters_are_sums_and_booking_twice_books_once(
    begin_night, vendor, rows, ends, billed, daily
):
    name = str(uuid.uuid4())  # a vendor, run and documents of its own
    night = await begin_night(len(ends), offers=[offer(name, fx=USD)], key=name, folder=name)
    for number, end in enumerate(ends):
        new = await night.attempt(number, offer=name)
        assert isinstance(await night.reserve(new), ledger.Reserved)
        async with night.pool.connection() as conn:
            await ledger.mark_sent(conn, new.attempt_id)
        usage = Usage(1000, 100) if end == "answered" else None
        outcome = Outcome.INVALID if end == "bound" else Outcome(end)
        await night.settle(new, Reply(outcome, usage, {"a": 1}, f"{name}{number}"), land=False)
    vendor.written.clear()
    for who, number, tokens, thousandths in billed:
        request_id = f"{name}{number}" if who == "known" else f"{who}{number}"
        vendor.bill(request_id, tokens, tokens // 2, None if thousandths is None else Decimal(thousandths) / 1000)
    vendor.written = [each.replace(",local,", f",{name},") for each in vendor.written] or [
        f"{datetime.now(UTC).isoformat()},none,{name},0,0,0"
    ]
    vendor.mapping = (DAILY if daily else MAPPING).replace("local inc", f"{name} inc")
    wanted = {"vendor": f"{name} inc", "book": True, "by": "経理 太郎"}
    first, second = await vendor.reconcile(**wanted), await vendor.reconcile(**wanted)
    assert_counters_are_sums(rows)
    assert (second.lost, second.released, second.booked, second.left) == (0, 0, 0, first.left)
    for summary in (first, second):
        differences = sum((part.theirs_jpy - part.ours_jpy for part in summary.parts), Decimal(0))
        assert sum((each.jpy for each in summary.left), Decimal(0)) == differences
        assert not {each.cause for each in summary.left} & set(BOOKABLE)


async def test_a_days_difference_is_booked_for_each_department_by_what_it_cost(night, vendor, rows):
    vendor.mapping = DAILY
    for number in range(3):
        await _answered(night, number, f"r{number}")
        vendor.bill("", 1000, 100, Decimal("0.15"))
    booked = await vendor.reconcile(book=True, by="経理 太郎")
    assert (booked.booked, booked.left) == (1, [])
    assert rows("select amount_native, department from bi.adjustments") == [(Decimal("0.03"), "法務")]
    assert_counters_are_sums(rows)


async def test_a_lost_request_that_cost_another_price_is_charged_what_the_vendor_bills(night, vendor, rows):
    await _unknown(night, 0)
    vendor.bill("r0", 1000, 100, Decimal("0.15"))
    summary = await vendor.reconcile()
    assert (summary.lost, summary.booked, summary.left) == (1, 1, [])
    assert rows("select amount_native, made_by from bi.adjustments") == [(Decimal("0.01"), "yakin reconcile")]
    assert_counters_are_sums(rows)


async def test_money_without_tokens_settles_unknown_attempts_too(night, vendor, rows):
    vendor.mapping = MAPPING.replace("input_tokens: in, output_tokens: out, ", "")
    await _unknown(night, 0)
    vendor.bill("r0", 0, 0, Decimal("0.15"))
    summary = await vendor.reconcile()
    assert (summary.lost, summary.left, summary.all_explained) == (1, [], True)
    assert rows("select reason, amount_native from bi.adjustments") == [("unknown_attempt", Decimal("0.15"))]
    assert_counters_are_sums(rows)
    assert (await vendor.reconcile()).left == []


async def test_the_same_file_twice_changes_nothing(night, vendor, rows):
    await _answered(night, 0, "r0")
    vendor.bill("r0", 1000, 100)
    first, second = await vendor.reconcile(), await vendor.reconcile()
    assert (first.imported.already_there, second.imported.already_there) == (0, 1)
    assert first.imported.invoice_ids == second.imported.invoice_ids
    assert rows("select count(*) from ledger.invoice_line") == [(1,)]
    vendor.mapping = MAPPING + "    timezone: Asia/Tokyo\n"  # read another way it is another account
    assert (await vendor.reconcile()).imported.already_there == 0


async def test_the_view_shows_the_newest_reconciliation_with_its_causes(night, vendor, rows):
    await _answered(night, 0, "r0")
    vendor.bill("r0", 1000, 100, Decimal("0.15"))
    vendor.bill("theirs", 10, 10, minutes=-1)
    await vendor.reconcile()
    await vendor.reconcile(book=True, by="経理 太郎")
    shown = rows(
        "select state, lines, attempts, ours_native, theirs_native, cause, price_jpy, unexplained_jpy "
        "from bi.reconciliation order by state"
    )
    assert shown == [
        ("at_vendor", 1, 0, 0, cost(10, 10), "unexplained", 0, Decimal("0.776850")),
        ("matched", 1, 1, Decimal("0.15"), Decimal("0.15"), None, 0, 0),
    ]


async def test_rehearsals_are_reconciled_apart(begin_night, vendor):
    night = await begin_night(offers=[offer(fx=USD)], rehearsal=True)
    await _answered(night, 0, "r0")
    vendor.bill("r0", 1000, 100)
    with pytest.raises(UsageError, match="no run has asked anybody; rehearsals are reconciled with --rehearsal"):
        await vendor.reconcile()
    assert (await vendor.reconcile(rehearsal=True)).left == []


async def test_two_at_once_do_not_book_twice(night, vendor, pool):
    await _answered(night, 0, "r0")
    vendor.bill("r0", 1000, 100)
    async with pool.connection() as conn:
        await hold_vendor(conn, "local inc")
        with pytest.raises(UsageError, match="reconciled by another process"):
            await vendor.reconcile()


async def test_an_answer_that_comes_while_the_account_is_read_is_charged_once(night, vendor, rows):
    new = await _unknown(night, 0)
    async with night.pool.connection() as conn:
        assert await still_unknown(conn, new.attempt_id)
    await night.settle(new, Reply(Outcome.ANSWERED, Usage(1000, 100), {"a": 1}, "r0"))
    async with night.pool.connection() as conn:
        assert not await still_unknown(conn, new.attempt_id)
    vendor.bill("r0", 1000, 100)
    assert (await vendor.reconcile()).lost == 0
    assert rows("select count(*) from ledger.entry where kind = 'charge'") == [(1,)]
