"""A dated price that is added later, even backdated, and a rate that is imported later leave every charge as it was."""

from dataclasses import replace
from decimal import Decimal

from tests.store.story import NIGHT, USD, answered, offer
from yakin.catalogue.load import load_catalogue
from yakin.catalogue.offers import offers
from yakin.domain.asking import Outcome, Reply
from yakin.domain.zones import Zone
from yakin.store import run_offers

DEARER = """
models:
  - name: plamo-3.0-prime
    prices:
      - {from: 2026-11-01, currency: JPY, input_per_mtok: 90, output_per_mtok: 300, source: 契約書, checked: 2026-11-24}
"""
CHARGES = """
select e.run_id::text, p.input_per_mtok, p.output_per_mtok, p.source, e.amount_jpy
from ledger.entry e join ledger.price_rate p using (price_rate_id)
where e.kind = 'charge' order by e.entry_id
"""
THEN = "api-evangelist/preferred-networks 2026-08-26, quoting the vendor's price page (Standard plan)"


def plamo(*layers):
    offered, _ = offers(
        load_catalogue(layers, on=NIGHT, embedded={}),
        use_case="contract",
        on=NIGHT,
        rates=(),
        rehearsal=False,
        has_key=lambda _: True,
    )
    (found,) = [each for each in offered if each.name == "plamo-3.0-prime"]
    return [replace(found, model=replace(found.model, name="local"))]  # the name that the story asks


async def test_a_price_that_is_added_later_reprices_no_charge_and_no_attempt_of_an_older_run(
    begin_night, rows, tmp_path
):
    before = await begin_night(2, key="before", offers=plamo(), zones=[Zone.OVERSEAS])
    await before.settle(await before.send(0), answered())
    late = await before.send(1)
    await before.settle(late, Reply(Outcome.UNKNOWN))
    (tmp_path / "contract.yaml").write_text(DEARER, encoding="utf-8")

    after = await begin_night(key="after", offers=plamo(tmp_path), zones=[Zone.OVERSEAS], folder="other")
    await after.settle(await after.send(), answered())
    await before.settle(late, answered())  # known at last: at the price of its own night

    old = (before.run_id, Decimal(60), Decimal(250), THEN, Decimal("0.085"))
    new = (after.run_id, Decimal(90), Decimal(300), "契約書", Decimal("0.12"))
    assert rows(CHARGES) == [old, new, old]


async def test_a_resumed_run_reserves_and_charges_at_the_price_the_cliffs_and_the_rate_that_it_froze(begin_night, pool):
    first = offer("local", fx=USD)
    first = replace(first, cliffs=(replace(first.price, over_input_tokens=1000, input_per_mtok=Decimal(200)),))
    night = await begin_night(offers=[first])
    dearer = replace(first.price, input_per_mtok=Decimal(900), source="list of this morning")
    risen = replace(first, price=dearer, fx=replace(USD, rate=Decimal(200), stale=True), cliffs=(), quality=0.9)

    async with pool.connection() as conn:
        (resumed,) = await run_offers.freeze_offers(conn, night.run_id, [risen])

    assert resumed == replace(first, quality=0.9)
    assert resumed.worst_jpy(2000, 100) == first.worst_jpy(2000, 100)
