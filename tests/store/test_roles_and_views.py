"""Real logins, real rights: what BI, restricted BI, audit and the app see by view and by base table."""

from urllib.parse import urlsplit

import psycopg
import pytest

from tests.store.story import answered, offer
from yakin.domain.levels import Level
from yakin.domain.zones import Zone

CONTRACT = {
    "runs": "run_id use_case business_date state started_at finished_at budget_jpy cost_jpy documents answered "
    "unanswered rehearsal prefect_flow_run_id",
    "documents": "document_id item_id uri department sha256 is_current media_type bytes level state reason "
    "first_seen_at last_run_id",
    "answers": "document_id use_case use_case_version run_id answer level zone offer answered_at review_state",
    "attempts": "attempt_id run_id document_id step purpose endpoint model zone tier outcome provider_request_id "
    "input_tokens cached_input_tokens output_tokens cost_native currency cost_jpy started_at finished_at rehearsal",
    "decisions": "run_id plan_version document_id level zones option reason alternatives decided_at",
    "ledger": "entry_id at business_date kind attempt_id run_id amount_jpy amount_native currency price_rate_id "
    "fx_rate_id rehearsal",
    "budgets": "budget_id scope period_start period_end cap_jpy reserved_jpy spent_jpy",
    "unanswered": "run_id document_id uri reason",
    "zone_flow": "business_date run_id level zone vendor endpoint use_case attempts documents rehearsal "
    "operator_country infrastructure region masked basis personal purpose model",
    "transfers": "document_id business_date endpoint vendor operator_country region infrastructure zone level use_case "
    "purpose masked basis kinds requests decision_ids rehearsal",
    "charges": "entry_id at business_date month kind run_id attempt_id document_id provider_request_id use_case "
    "department cost_centre vendor endpoint model vendor_model level zone tier purpose outcome rehearsal input_tokens "
    "cached_input_tokens cache_write_tokens output_tokens reasoning_tokens cost_is_bound price_rate_id input_per_mtok "
    "cached_input_per_mtok cache_write_per_mtok output_per_mtok over_input_tokens price_source price_valid_from "
    "price_checked cost_native currency fx_rate_id fx_rate fx_kind fx_as_of fx_source fx_stale cost_jpy reason made_by",
    "cost_by_run": "run_id business_date cost_jpy attempts documents",
    "cost_by_day": "business_date department use_case cost_jpy attempts documents",
    "cost_by_month": "month cost_jpy attempts documents",
    "cost_by_department": "month department cost_jpy attempts documents",
    "cost_by_cost_centre": "month cost_centre cost_jpy attempts documents",
    "cost_by_use_case": "month use_case cost_jpy attempts documents",
    "cost_by_level": "month level zone cost_jpy attempts documents",
    "cost_by_vendor": "month vendor model tier currency cost_native cost_jpy attempts documents",
    "cost_per_answer": "run_id use_case business_date cost_jpy answered cost_per_answer_jpy rehearsal",
    "cost_per_answer_by_month": "month use_case cost_jpy answered cost_per_answer_jpy rehearsal",
    "waste": "run_id business_date month use_case model kind outcome attempts input_tokens output_tokens cost_jpy "
    "share rehearsal",
    "fx_exposure": "month currency cost_native cost_jpy average_rate one_yen_jpy ten_percent_jpy without_native_jpy "
    "at_stale_rate_jpy accounting_rate accounting_kind accounting_as_of accounting_source accounting_jpy "
    "difference_jpy",
    "purges": "purged_at what level count oldest",
    "offer_approvals": "approval_id use_case model revoked basis verdict against items quality against_quality "
    "difference low high margin confidence min_items needed_items mcnemar_p by because at in_force runs",
    "quote_approvals": "quote_approval_id business_date run_id plan_version verdict up_to_jpy by said_in at "
    "expected_jpy p95_jpy worst_jpy used_by_run_id night_key rehearsal",
    "model_quality": "use_case use_case_version model offer field feature items quality low high confidence "
    "evaluated_at run_id rehearsal is_newest",
}
_NAIVE_VIEW = (
    "set role yakin_bi; create view bi.naive as select level from yakin.answer; grant select on bi.naive to bi_reader"
)
BASE_TABLES = ["yakin.answer", "yakin.attempt", "yakin.decision", "yakin.item", "ledger.entry", "ledger.budget"]


@pytest.fixture
def login(database):
    """Read as a fresh login that is a member of one group role, over its own connection."""
    made = []

    def read(group: str, query: str) -> list[tuple]:
        name = f"{group}_{database.name[-8:]}"
        if name not in made:
            with psycopg.connect(database.owner_url, autocommit=True) as conn:
                conn.execute(f"create role {name} login password 'test' in role {group}")
            made.append(name)
        parts = urlsplit(database.owner_url)
        url = parts._replace(netloc=f"{name}:test@{parts.hostname}:{parts.port}").geturl()
        with psycopg.connect(url) as conn:
            return conn.execute(query).fetchall()

    yield read
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for name in made:
            conn.execute(f"drop role {name}")


@pytest.fixture
async def two_levels(begin_night):
    """A night that answered one confidential and one restricted document."""
    for key, level in (("a", Level.CONFIDENTIAL), ("b", Level.RESTRICTED)):
        night = await begin_night(2 if key == "b" else 1, key=key, level=level)
        number = len(night.document_ids) - 1
        await night.settle(await night.send(number), answered())


@pytest.mark.parametrize("view", CONTRACT)
def test_a_view_begins_with_the_columns_of_the_contract(rows, view):
    columns = rows(
        "select column_name::text from information_schema.columns where table_schema = 'bi' and table_name = %s "
        "order by ordinal_position",
        view,
    )
    expected = CONTRACT[view].split()
    assert [each[0] for each in columns][: len(expected)] == expected


async def test_bi_reader_sees_answers_up_to_confidential(two_levels, login):
    assert login("bi_reader", "select level from bi.answers") == [("confidential",)]
    assert login("bi_reader", "select count(*) from bi.answers where answer::text like '%%甲乙%%'") == [(1,)]


@pytest.mark.parametrize(
    ("weaken", "query"),
    [
        ("alter table yakin.answer disable row level security", "select level from bi.answers"),
        (_NAIVE_VIEW, "select level from bi.naive"),
    ],
)
async def test_the_view_and_the_row_policy_each_suffice_alone(two_levels, login, database, weaken, query):
    with psycopg.connect(database.owner_url) as conn:
        conn.execute(weaken)
    assert login("bi_reader", query) == [("confidential",)]


async def test_bi_restricted_sees_every_answer(two_levels, login):
    assert login("bi_restricted", "select level from bi.answers order by level") == [("confidential",), ("restricted",)]


async def test_the_auditor_sees_where_everything_went_and_no_answer(two_levels, login):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        login("auditor", "select * from bi.answers")
    assert login("auditor", "select level, zone, attempts, documents from bi.zone_flow order by level") == [
        ("confidential", "on_prem", 1, 1),
        ("restricted", "on_prem", 1, 1),
    ]
    for view in ("runs", "decisions", "attempts", "ledger", "charges", "cost_by_level", "cost_per_answer"):
        assert login("auditor", f"select count(*) > 0 from bi.{view}") == [(True,)]


@pytest.mark.parametrize("group", ["bi_reader", "bi_restricted", "auditor"])
def test_no_reader_has_rights_on_a_base_table(login, group):
    for table in BASE_TABLES:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            login(group, f"select * from {table}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        login(group, "insert into bi.budgets (scope) values ('day')")


@pytest.mark.parametrize("group", ["bi_reader", "bi_restricted", "auditor"])
async def test_every_reader_reads_every_view_of_money(begin_night, login, group):
    night = await begin_night()
    await night.settle(await night.send(), answered())
    sums = [
        f"cost_by_{key}" for key in ("run", "day", "month", "department", "cost_centre", "use_case", "level", "vendor")
    ]
    for view in ("charges", "cost_per_answer", "cost_per_answer_by_month", *sums):
        assert login(group, f"select cost_jpy::text from bi.{view}") in ([("0.140000",)], [("0.14",)])
    assert login(group, "select * from bi.waste union all select * from bi.waste") == []
    assert login(group, "select * from bi.fx_exposure") == []  # yen are no exposure


async def test_the_names_of_restricted_files_are_for_restricted_readers(two_levels, login):
    query = "select count(*), count(uri) from bi.documents"
    assert login("bi_reader", query) == [(2, 0)]  # the newest decision on both is restricted
    assert login("bi_restricted", query) == [(2, 2)]


async def test_a_function_of_the_reader_is_not_shown_hidden_rows(two_levels, login, database):
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute("create function public.peek(jsonb) returns boolean language plpgsql cost 0.0000001 as "
                     "$$ begin raise notice '%', $1; return true; end $$")  # fmt: skip
        conn.execute("grant execute on function public.peek to public")
    assert login("bi_reader", "select level from bi.answers where public.peek(answer)") == [("confidential",)]


async def test_the_app_reads_answers_through_the_view_and_not_from_the_table(two_levels, database):
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        shown = conn.execute("select level from bi.answers order by level").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select answer from yakin.answer")
    assert shown == [("confidential",), ("restricted",)]


async def test_the_views_belong_to_a_role_that_cannot_log_in_and_owns_no_table(rows):
    assert rows("select distinct viewowner::text from pg_views where schemaname = 'bi'") == [("yakin_bi",)]
    assert rows("select rolcanlogin, rolsuper, rolbypassrls from pg_roles where rolname = 'yakin_bi'") == [
        (False, False, False)
    ]
    assert rows("select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = 'yakin_app'") == [
        (False, False, False)
    ]
    assert rows("select count(*) from pg_tables where tableowner in ('yakin_bi', 'yakin_app')") == [(0,)]


async def test_a_run_is_flagged_as_rehearsal_and_costs_what_it_cost(begin_night, rows):
    real, rehearsal = await begin_night(), await begin_night(rehearsal=True)
    await real.settle(await real.send(), answered())
    await rehearsal.settle(await rehearsal.send(), answered(2000, 0))
    assert rows("select rehearsal, answered, cost_jpy::text from bi.runs order by 1") == [
        (False, 1, "0.140000"),
        (True, 1, "0.200000"),
    ]


async def test_only_what_left_is_in_the_zone_flow(begin_night, rows):
    night = await begin_night(2, offers=[offer("local", Zone.DOMESTIC)], zones=[Zone.DOMESTIC])
    await night.send(0)
    await night.reserve(await night.attempt(1))
    assert rows("select zone, vendor, attempts from bi.zone_flow") == [("domestic", "local inc", 1)]


def test_every_table_view_and_column_says_what_it_is(rows):
    silent = rows("""
        select c.oid::regclass::text, a.attname::text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped
        where n.nspname in ('yakin', 'ledger', 'knowledge', 'bi') and c.relkind in ('r', 'v')
          and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)
    """)
    assert silent == []
