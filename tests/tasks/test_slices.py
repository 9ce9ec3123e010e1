"""In which order the slices of a plan are started, and how large they are."""

from datetime import UTC, datetime
from decimal import Decimal

from tasks.slices import slices_of
from tests.domain.test_planner import BETTER_DOMESTIC, CHEAP_OVERSEAS, item
from yakin.domain.planning import Assignment, Plan, Quote
from yakin.domain.zones import Zone

QUOTE = Quote(Decimal(0), Decimal(0), Decimal(0), datetime(2026, 11, 24, tzinfo=UTC), {}, (), None, None)


def planned(cheap: int, better: int) -> Plan:
    """Documents by their route, those of one route after those of the other."""
    offers = [CHEAP_OVERSEAS] * cheap + [BETTER_DOMESTIC] * better
    zones = {Zone.OVERSEAS, Zone.DOMESTIC}
    made = [
        Assignment(item(number, zones), (offer,), "test", None, expected_jpy=Decimal(2))
        for number, offer in enumerate(offers)
    ]
    return Plan(tuple(made), QUOTE)


def test_routes_take_turns_and_begin_with_a_small_slice():
    slices = slices_of(planned(6000, 400), 100)

    assert [(each.option, len(each.document_ids)) for each in slices[:4]] == [
        ("cheap", 8), ("better", 8), ("cheap", 100), ("better", 100)
    ]  # fmt: skip
    assert [each.number for each in slices] == list(range(1, len(slices) + 1))
    assert sorted(id_ for each in slices for id_ in each.document_ids) == list(range(6400))
    assert slices[0].expected_jpy == 16


def test_small_runs_have_small_slices_and_a_person_may_ask_for_smaller_ones():
    assert {len(each.document_ids) for each in slices_of(planned(40, 0), 100)} == {5}
    assert {len(each.document_ids) for each in slices_of(planned(300, 0), 100)} == {8, 4}
    assert {len(each.document_ids) for each in slices_of(planned(300, 0), 3)} == {3}
