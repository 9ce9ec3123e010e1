"""The database itself refuses a row that the policy forbids, whatever the code above it does."""

import uuid

import psycopg
import pytest

from tests.store.story import offer
from yakin.domain.levels import Level
from yakin.domain.zones import Zone
from yakin.errors import StoreError

FAR = offer("far", Zone.OVERSEAS)


async def test_a_document_cannot_be_reserved_for_a_zone_outside_its_decision(begin_night, rows):
    night = await begin_night(level=Level.SECRET, zones=[Zone.ON_PREM], offers=[offer(), FAR])
    with pytest.raises(StoreError, match="attempt_third_wall"):
        await night.reserve(await night.attempt(offer="far"))
    assert rows("select count(*) from yakin.attempt") == [(0,)]


_FORGED = """
insert into yakin.attempt (attempt_id, decision_id, allowed_zones, level, run_id, use_case, document_id, offer, zone,
                           step, purpose, worst_jpy, budget_ids, lease_token, masked, basis, kinds)
select %s, decision_id, %s, %s, run_id, use_case, %s, %s, %s, 0, 'answer', 1, '{1}', 1, false, '', '{}'
from yakin.decision limit 1
"""


@pytest.mark.parametrize(
    ("zones", "level", "offer_name", "zone", "constraint"),
    [
        (["on_prem"], "secret", "far", "overseas", "attempt_third_wall"),
        (["on_prem", "overseas"], "secret", "far", "overseas", "attempt_decision"),  # widened zones
        (["on_prem"], "public", "local", "on_prem", "attempt_decision"),  # lowered level
        (["on_prem"], "secret", "far", "on_prem", "attempt_offer"),  # an offer that lies about its zone
    ],
)
async def test_a_forged_attempt_is_refused_even_to_the_owner(
    begin_night, rows, zones, level, offer_name, zone, constraint
):
    night = await begin_night(level=Level.SECRET, zones=[Zone.ON_PREM], offers=[offer(), FAR])
    with pytest.raises(psycopg.errors.IntegrityError) as refused:
        rows(_FORGED, uuid.uuid4(), zones, level, night.document_ids[0], offer_name, zone)
    assert refused.value.diag.constraint_name == constraint


async def test_another_documents_decision_allows_nothing(begin_night, rows):
    night = await begin_night(2, level=Level.SECRET)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        rows(_FORGED.replace("limit 1", "where document_id <> %s"), uuid.uuid4(), ["on_prem"], "secret",
             night.document_ids[0], "local", "on_prem", night.document_ids[0])  # fmt: skip


async def test_the_app_can_change_neither_decisions_nor_frozen_zones_nor_an_attempts_zone(begin_night, database):
    night = await begin_night(level=Level.SECRET)
    await night.send()
    with psycopg.connect(database.app_url, autocommit=True) as conn:
        for statement in (
            "update yakin.decision set allowed_zones = '{on_prem,overseas}'",
            "update yakin.run_offer set zone = 'on_prem'",
            "update yakin.attempt set zone = 'overseas'",
            "delete from ledger.entry",
            "update ledger.entry set amount_jpy = 0",
            "select answer from yakin.answer",
            "alter table ledger.entry disable trigger all",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)


async def test_a_sandbox_offer_cannot_be_frozen_into_a_real_run(begin_night):
    with pytest.raises(StoreError, match="run_offer_sandbox_only_in_rehearsal"):
        await begin_night(offers=[offer(sandbox=True)])
    await begin_night(offers=[offer(sandbox=True)], rehearsal=True)


async def test_a_decision_to_go_nowhere_has_no_chain(begin_night):
    with pytest.raises(StoreError, match="decision_nowhere_is_not_asked"):
        await begin_night(zones=[])
