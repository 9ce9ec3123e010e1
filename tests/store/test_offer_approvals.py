"""Approvals of offers as rows: what a test said stays as it was said, and only pairs on one golden set are compared."""

from dataclasses import replace

import psycopg
import pytest

from tests.store.golden_story import evaluated
from tests.store.story import USE_CASE, VERSION, new_run, offer
from yakin.domain.non_inferiority import Trial, Verdict, non_inferiority
from yakin.domain.offer_approval import Basis, fingerprint, gate_of
from yakin.domain.use_case import SwitchGate
from yakin.errors import StoreError
from yakin.store import offer_approvals, runs
from yakin.store.offer_approvals import NewApproval

LOCAL, BETTER = offer("local"), offer("better")
UNMEASURED = Trial(Verdict.NOT_MEASURED, SwitchGate(), needed_items=100)


def approval(of=LOCAL, basis=Basis.FIRST, **changes):
    made_by = (fingerprint(of.model), of.model.vendor_model, of.model.endpoint.name)
    tested = None if basis is None else UNMEASURED
    return replace(
        NewApproval(USE_CASE, VERSION, of.model.name, *made_by, "品質 花子", "稟議 12", basis, tested), **changes
    )


@pytest.fixture
async def measured(pool):
    """100 items: local is right on the first 90, better on 95 of them; the 20 last ones only better was asked."""
    await evaluated(pool, {"local": [1] * 90 + [0] * 10, "better": [1] * 95 + [0] * 25}, (LOCAL, BETTER))
    async with pool.connection() as conn:
        return {each.model: each for each in await offer_approvals.scored(conn, USE_CASE)}


async def test_a_test_is_kept_with_every_number_that_it_rests_on(pool, rows, measured):
    async with pool.connection() as conn:
        ours, theirs = await offer_approvals.pairs(conn, measured["better"], measured["local"])
        tested = non_inferiority(ours, theirs, SwitchGate())
        new = approval(BETTER, Basis.TESTED, tested=tested, scored=measured["better"], against=measured["local"])
        await offer_approvals.save(conn, approval())
        await offer_approvals.save(conn, new)

    assert (len(ours), sum(ours), sum(theirs)) == (100, 95, 90)
    shown = "model, basis, verdict, against, items, round(difference::numeric, 3)::text, low > -margin, in_force, runs"
    assert rows(f"select {shown} from bi.offer_approvals order by approval_id") == [
        ("local", "first", "not_measured", None, 0, None, None, True, 0),
        ("better", "tested", "non_inferior", "local", 100, "0.050", True, True, 0),
    ]


async def test_a_revocation_is_a_row_too_and_nothing_is_ever_changed(pool, database, rows):
    async with pool.connection() as conn:
        await offer_approvals.save(conn, approval())
        await offer_approvals.save(conn, approval(basis=None))
        given = await offer_approvals.of_use_cases(conn, [USE_CASE])

    assert [(each.basis, each.revoked, each.by) for each in given] == [
        (Basis.FIRST, False, "品質 花子"),
        (None, True, "品質 花子"),
    ]
    assert rows("select revoked, in_force from bi.offer_approvals order by approval_id") == [
        (False, False),
        (True, False),
    ]
    with psycopg.connect(database.owner_url, autocommit=True) as conn:
        for change in ("update yakin.offer_approval set model = 'x'", "delete from yakin.offer_approval",
                       "truncate yakin.offer_approval cascade"):  # fmt: skip
            with pytest.raises(psycopg.Error, match="offer_approval"):
                conn.execute(change)
    with psycopg.connect(database.app_url) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("delete from yakin.offer_approval")


@pytest.mark.parametrize(
    "wrong",
    [
        approval(BETTER, Basis.TESTED),
        approval(basis=None, tested=UNMEASURED),
        approval(by=" "),
        approval(because=""),
        approval(basis=Basis.WITHOUT_TEST, tested=replace(UNMEASURED, verdict=Verdict.NON_INFERIOR)),
    ],
    ids=["tested without a test", "revoked with a test", "by nobody", "for nothing", "an exception that is none"],
)
async def test_a_row_that_says_more_than_was_tested_cannot_be_written(pool, wrong):
    with pytest.raises(StoreError, match="23514"):
        async with pool.connection() as conn:
            await offer_approvals.save(conn, wrong)


async def test_a_run_keeps_which_approvals_it_was_opened_under(pool, rows):
    async with pool.connection() as conn:
        approval_id = await offer_approvals.save(conn, approval())
        run = await runs.open_run(conn, new_run())
        for _ in range(2):  # resumed
            await offer_approvals.opened_under(conn, run.run_id, [approval_id])
    assert rows("select approval_id, runs from bi.offer_approvals") == [(approval_id, 1)]


async def test_what_was_measured_is_known_by_what_made_the_answers_then(pool, measured):
    await evaluated(pool, {"local": [1.0] * 3}, (LOCAL,), rehearsal=True)
    newer = replace(LOCAL, model=replace(LOCAL.model, vendor_model="local-2"))
    await evaluated(pool, {"local": [0.5] * 3}, (newer,), version="v2")
    async with pool.connection() as conn:
        found = await offer_approvals.scored(conn, USE_CASE)

    assert [(each.model, each.use_case_version, each.quality) for each in found] == [
        ("local", "v2", 0.5),
        ("better", "v1", pytest.approx(95 / 120)),
        ("local", "v1", 0.9),
    ]
    assert found[0].fingerprint == fingerprint(newer.model) != found[2].fingerprint == fingerprint(LOCAL.model)
    assert (found[0].low, found[0].high) == (0.4, 0.6)


async def test_the_gate_reads_what_was_stored(pool):
    async with pool.connection() as conn:
        await offer_approvals.save(conn, approval())
        given = await offer_approvals.of_use_cases(conn, [USE_CASE, "other"])
    gate = gate_of(USE_CASE, VERSION, given, {"local": LOCAL.model, "better": BETTER.model})
    assert (gate.serving, gate.why_not("better") is None) == ({"local"}, False)
