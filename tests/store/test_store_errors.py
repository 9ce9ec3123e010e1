"""psycopg prints the failing row and Postgres logs it: neither may show what a document says."""

import logging
import traceback

import pytest
from psycopg.types.json import Jsonb

from yakin.errors import StoreError, StoreUnavailable
from yakin.store.pool import Pool, dedicated_connection

PLANTED = "極秘の合併計画 planted-4711"

_FAILING = [
    ("insert into yakin.item (uri, department, owner, baseline) values (%s, 'd', 'o', 'no level')", [PLANTED]),
    ("insert into yakin.item (uri, department, owner, baseline) values (%s, 'd', 'o', null)", [PLANTED]),
    ("insert into yakin.document (sha256, media_type, bytes) values (%s, 't', 1)", [PLANTED]),
    ("insert into yakin.use_case (name, version) values (%s, '1'), (%s, '1')", [PLANTED, PLANTED]),
    ("insert into yakin.plan (run_id, plan_version, quote, why) values (gen_random_uuid(), 1, %s, %s)",
     [Jsonb({"text": PLANTED}), PLANTED]),
    ("insert into yakin.plan (run_id, plan_version, quote, why) values (gen_random_uuid(), 1, %s, 'w')",
     [Jsonb({"text": PLANTED + "\x00"})]),
    ("select %s::yakin.level", [PLANTED]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "params"), _FAILING)
async def test_a_refused_row_shows_neither_in_the_error_nor_in_the_log(pool, postgres, caplog, statement, params):
    caplog.set_level(logging.DEBUG)
    before = postgres.log_path.stat().st_size
    with pytest.raises(StoreError, match=r"SQLSTATE [0-9A-Z]{5}") as refused:
        async with pool.connection() as conn:
            await conn.execute(statement, params)
    chain = [refused.value, refused.value.__context__, refused.value.__cause__]
    shown = "".join(traceback.format_exception(refused.value)) + repr(chain) + "".join(map(str, chain)) + caplog.text
    with postgres.log_path.open("rb") as log:
        log.seek(before)
        shown += log.read().decode(errors="replace")
    assert "planted-4711" not in shown
    assert "SQLSTATE" in shown


async def test_an_error_names_the_constraint_and_the_table(pool):
    with pytest.raises(StoreError, match=r"23505, UniqueViolation, constraint use_case_pkey, table use_case"):
        async with pool.connection() as conn:
            await conn.execute("insert into yakin.use_case (name, version) values ('a', '1'), ('a', '1')")


async def test_a_failed_block_leaves_nothing_behind(pool, rows):
    async def work():
        async with pool.connection() as conn:
            await conn.execute("insert into yakin.use_case (name, version) values ('a', '1')")
            await conn.execute("select 1 / 0")

    with pytest.raises(StoreError):
        await work()
    assert rows("select count(*) from yakin.use_case") == [(0,)]


async def test_an_unreachable_server_is_unavailable_and_shows_no_password(monkeypatch):
    monkeypatch.setattr("yakin.store.pool.OPEN_TIMEOUT_S", 0.5)
    password = f"pass-{4711}"  # not in the source as shown by a traceback
    for connect in (Pool.open, dedicated_connection):
        with pytest.raises(StoreUnavailable) as refused:
            await connect(f"postgresql://yakin_app:{password}@127.0.0.1:1/yakin")
        assert password not in "".join(traceback.format_exception(refused.value))


async def test_a_killed_session_is_unavailable_and_the_next_one_works(pool, rows):
    async def work():
        async with pool.connection() as conn:
            rows("select pg_terminate_backend(%s, 5000)", conn.info.backend_pid)
            await conn.execute("select 1")

    with pytest.raises(StoreUnavailable):
        await work()
    async with pool.connection() as conn:
        assert await (await conn.execute("select 1")).fetchone() == (1,)
