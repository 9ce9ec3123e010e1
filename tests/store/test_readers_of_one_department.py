"""A reader that is limited to departments sees their rows only, by view and by row policy, with real logins."""

from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.store.conftest import hash_of
from tests.store.story import USE_CASE, VERSION, Night, answered, assignment, new_run, offer, plan, registration
from yakin.domain.levels import Level
from yakin.domain.zones import Zone
from yakin.errors import UsageError
from yakin.store import decisions, documents, ledger, run_offers, runs, work
from yakin.store.reader_departments import grant_department, reader_departments, revoke_department

NAIVE = (
    "set role yakin_bi; create view bi.naive as select document_id from yakin.answer; "
    "create view bi.places as select uri from yakin.item; grant select on bi.naive, bi.places to bi_reader"
)
BARE = "alter table yakin.answer disable row level security; alter table yakin.item disable row level security"


@pytest.fixture
async def two_departments(pool) -> dict[str, int]:
    """A night of 法務 and one of 営業 over a document of their own, both answered; one more of each is not."""
    answered_documents = {}
    for department in ("法務", "営業"):
        async with pool.connection() as conn:
            night = new_run(department)
            job = replace(night.jobs[0], department=department)
            run = await runs.open_run(conn, replace(night, jobs=(job,)))
            listed = [
                replace(registration(f"file:///{department}/{n}.txt", hash_of(department, n)), department=department)
                for n in range(2)
            ]
            ids = [each.document_id for each in await documents.register(conn, listed)]
            await work.add_work(conn, run.run_id, USE_CASE, VERSION, ids, backfill=False, rehearsal=False)
            await run_offers.freeze_offers(conn, run.run_id, [offer()])
            decided = plan([assignment(each, [offer()], Level.INTERNAL, [Zone.ON_PREM]) for each in ids])
            await decisions.save_plan(conn, run.run_id, decided, why="first")
            budgets = await ledger.budgets_for(conn, run.run_id, USE_CASE, department, "local inc")
        story = Night(pool, run.run_id, ids, budgets)
        await story.settle(await story.send(0), answered())
        answered_documents[department] = ids[0]
    return answered_documents


@pytest.fixture
def login(database):
    """Connections of fresh logins in one group; `names` gives their role names."""
    groups = ("bi_reader", "bi_restricted", "auditor")
    names = {group: f"dept_{group}_{database.name[-8:]}" for group in groups}

    @contextmanager
    def connect(group: str):
        parts = urlsplit(database.owner_url)
        url = parts._replace(netloc=f"{names[group]}:test@{parts.hostname}:{parts.port}").geturl()
        with psycopg.connect(url, autocommit=True) as conn:
            yield conn

    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for group, name in names.items():
            conn.execute(f"create role {name} login password 'test' in role {group}")
    connect.names = names
    yield connect
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for name in names.values():
            conn.execute(f"drop role {name}")


def _departments(login, group: str, view: str) -> set[str]:
    column = {"documents": "uri", "unanswered": "uri"}.get(view, "department")
    with login(group) as conn:
        rows = conn.execute(f"select {column} from bi.{view}").fetchall()
    return {name for (value,) in rows for name in ("法務", "営業") if name in value}


@pytest.mark.parametrize("group", ["bi_reader", "bi_restricted", "auditor"])
async def test_only_rows_of_the_granted_department_are_seen(two_departments, login, database, group):
    views = ["documents"] if group == "auditor" else ["documents", "answers"]
    assert [_departments(login, group, view) for view in views] == [{"法務", "営業"}] * len(views)

    assert grant_department(database.owner_url, login.names[group], "営業") is True

    assert [_departments(login, group, view) for view in views] == [{"営業"}] * len(views)


async def test_a_second_department_adds_and_the_last_revoke_opens_all(two_departments, login, database):
    reader = login.names["bi_reader"]
    assert grant_department(database.owner_url, reader, "人事") is False  # nobody writes it like that
    assert _departments(login, "bi_reader", "answers") == set()
    grant_department(database.owner_url, reader, "法務")
    assert _departments(login, "bi_reader", "answers") == {"法務"}
    assert [each.department for each in reader_departments(database.owner_url)] == ["人事", "法務"]
    assert revoke_department(database.owner_url, reader, "人事") == 1
    assert revoke_department(database.owner_url, reader, "法務") == 0
    assert _departments(login, "bi_reader", "answers") == {"法務", "営業"}


async def test_members_of_a_limited_group_are_limited_whatever_else_they_are(two_departments, login, database):
    group = f"dept_group_{database.name[-8:]}"
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        conn.execute(f"create role {group} in role bi_reader")
        conn.execute(f"grant {group} to {login.names['bi_restricted']}")
    try:
        grant_department(database.owner_url, group, "営業")
        assert _departments(login, "bi_restricted", "answers") == {"営業"}
        assert _departments(login, "bi_reader", "answers") == {"法務", "営業"}
    finally:
        with psycopg.connect(database.owner_url, autocommit=True) as conn:
            conn.execute(f"drop role {group}")


@pytest.mark.parametrize(
    ("weaken", "answers", "places"),
    [(NAIVE, "bi.naive", "bi.places"), (BARE, "bi.answers", "bi.documents")],
)
async def test_the_view_and_the_row_policy_each_suffice_alone(
    two_departments, login, database, weaken, answers, places
):
    grant_department(database.owner_url, login.names["bi_reader"], "営業")
    with psycopg.connect(database.owner_url) as conn:
        conn.execute(weaken)
    with login("bi_reader") as conn:
        assert conn.execute(f"select document_id from {answers}").fetchall() == [(two_departments["営業"],)]
        assert {uri.split("/")[3] for (uri,) in conn.execute(f"select uri from {places}")} == {"営業"}


async def test_a_limited_reader_finds_no_way_around(two_departments, login, database):
    grant_department(database.owner_url, login.names["bi_reader"], "営業")
    heard: list[str] = []
    with login("bi_reader") as conn:
        conn.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
        conn.execute("create function pg_temp.peek(text) returns boolean language plpgsql cost 0.0000001 as "
                     "$$ begin raise notice '%', $1; return true; end $$")  # fmt: skip
        conn.execute("select count(*) from bi.answers where pg_temp.peek(department)")
        conn.execute("select count(*) from bi.documents where pg_temp.peek(uri) and pg_temp.peek(department)")
        for statement in (
            "select * from yakin.reader_department", "select * from yakin.reader_limit",
            "delete from yakin.reader_department", f"set role {login.names['bi_restricted']}",
            "set role bi_restricted", "create view bi.reader_limit as select 1",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)
        conn.execute("set role bi_reader")  # a member may become the group, which is not limited
        assert conn.execute("select department from bi.answers").fetchall() == [("営業",)]
    assert any("営業" in line for line in heard)
    assert not any("法務" in line for line in heard)


async def test_the_app_and_the_owner_are_never_blinded(two_departments, login, database, pool):
    for role, why in [
        ("bi_restricted", "what yakin itself works as"),
        ("yakin_app", "what yakin itself works as"),
        ("nobody_at_all", "does not exist"),
        ("prefect_app", "reads nothing|does not exist"),
    ]:
        with pytest.raises(UsageError, match=why):
            grant_department(database.owner_url, role, "営業")
    grant_department(database.owner_url, login.names["bi_reader"], "営業")
    async with pool.connection() as conn:
        assert await (await conn.execute("select count(*) from bi.answers")).fetchone() == (2,)
        assert await (await conn.execute("select count(*) from yakin.item")).fetchone() == (4,)
