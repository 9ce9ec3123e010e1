"""The register's query: counted from what left, with what was frozen when it left."""

from dataclasses import replace
from datetime import date

import psycopg
import pytest

from tests.domain.test_register import NOT_PERSONAL
from tests.store.story import answered, offer
from yakin.domain.evidence import Kind
from yakin.domain.zones import Claim, Evidence, Jurisdiction, Zone
from yakin.store import ledger, run_offers, transfers

NOVEMBER = (date(2026, 11, 1), date(2026, 12, 1))
REGION = Evidence(Claim.REGION, "price page", "佐藤", date(2026, 11, 1), date(2026, 12, 31))


def abroad(*evidence: Evidence, region: str = "US"):
    """An overseas offer whose place rests on this evidence."""
    far = offer("far", Zone.OVERSEAS)
    place = Jurisdiction("US", "US", region, evidence)
    endpoint = replace(far.model.endpoint, jurisdiction=place, operator_country="US", zero_retention=False)
    return replace(far, model=replace(far.model, endpoint=endpoint))


async def send(night, number: int, **how: object) -> ledger.NewAttempt:
    """Send a request in a form and on a ground of its own."""
    new = replace(await night.attempt(number, offer="far"), **how)
    await night.reserve(new)
    async with night.pool.connection() as conn:
        await ledger.mark_sent(conn, new.attempt_id)
    return new


async def november(pool, *, rehearsal: bool = False):
    async with pool.connection() as conn:
        return await transfers.register(conn, *NOVEMBER, rehearsal=rehearsal)


def classify(database, counts: str) -> None:
    """What detection found in every document."""
    with psycopg.connect(database.owner_url) as conn:
        conn.execute(
            "insert into yakin.classification (document_id, extractor_version, detector_version, hash_key_id, "
            "media_type, counts, input_tokens, input_tokens_bound) "
            "select document_id, 'e', clock_timestamp()::text, 'k', 'text/plain', %s, 1, 1 from yakin.document",
            (counts,),
        )


async def test_lines_differ_by_form_and_ground_and_count_documents_and_requests(begin_night, pool, database):
    night = await begin_night(3, offers=[abroad(REGION)], zones=[Zone.OVERSEAS])
    classify(database, '{"person": 4, "corporate_number": 1}')
    await night.settle(await send(night, 0, masked=True, basis="法28条"), answered(), land=False)
    await night.settle(await send(night, 1, masked=True, basis="法28条"), answered())
    await night.settle(await send(night, 2, masked=False, basis=""), answered())

    plain, masked = await november(pool)

    assert (plain.masked, plain.basis, plain.documents, plain.requests) == (False, "", 1, 1)
    assert (masked.masked, masked.basis, masked.documents, masked.requests) == (True, "法28条", 2, 2)
    assert (masked.operator_country, masked.region, masked.zone) == ("US", "US", Zone.OVERSEAS)
    assert (masked.zero_retention, masked.trains_on_data) == (False, False)
    assert masked.kinds == {"person": 2}
    assert masked.personal_documents == 2
    assert masked.evidence == (REGION,)
    assert await november(pool, rehearsal=True) == []


async def test_what_did_not_leave_and_what_stayed_inside_is_no_transfer(begin_night, pool, rows):
    inside = await begin_night(1, key="inside")
    await inside.settle(await inside.send(), answered())
    night = await begin_night(2, key="far", offers=[abroad()], zones=[Zone.OVERSEAS], folder="far")
    await night.reserve(await night.attempt(0, offer="far"))
    refused = await send(night, 1)
    async with pool.connection() as conn:
        await ledger.release(conn, refused.attempt_id)  # the gate said no after the intent was marked

    assert await november(pool) == []
    assert rows("select count(*) from bi.transfers") == [(0,)]
    assert rows("select zone from bi.zone_flow") == [("on_prem",)]


async def test_the_register_says_what_was_evidenced_then_not_what_the_catalogue_says_now(begin_night, pool):
    night = await begin_night(2, offers=[abroad(REGION)], zones=[Zone.OVERSEAS])
    await send(night, 0)
    async with pool.connection() as conn:
        await run_offers.freeze_offers(conn, night.run_id, [abroad(region="CN")])  # a resumed run keeps what it froze
    await send(night, 1)

    (line,) = await november(pool)

    assert line.region == "US"
    assert line.evidence == (REGION,)


async def test_kinds_are_those_of_the_moment_of_sending(begin_night, pool, database, rows):
    night = await begin_night(2, offers=[abroad()], zones=[Zone.OVERSEAS])
    classify(database, '{"phone": 1}')
    await send(night, 0)
    classify(database, '{"phone": 1, "my_number": 1}')
    await send(night, 1)

    (line,) = await november(pool)

    assert line.kinds == {"phone": 2, "my_number": 1}
    found = rows("select kinds from bi.transfers order by document_id")
    assert found == [({"phone": 1},), ({"phone": 1, "my_number": 1},)]


@pytest.mark.parametrize("kind", [*map(str, Kind), "a_kind_of_next_year"])
def test_a_kind_is_personal_unless_it_is_known_not_to_be(rows, kind):
    found = rows("select yakin.personal_kinds(jsonb_build_object(%s::text, 3))", kind)
    assert found == [({} if kind in NOT_PERSONAL else {kind: 3},)]
