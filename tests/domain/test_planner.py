"""The plan never leaves a clearance, a floor or the money, and says why for every document."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yakin.domain.documents import DocumentId, Reason
from yakin.domain.fx import IDENTITY_JPY
from yakin.domain.levels import Level
from yakin.domain.planner import plan
from yakin.domain.planning import Observed, PlanItem, PlanRequest, UseCaseValue
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.pricing import PriceRate, Tier
from yakin.domain.routing import Api, Endpoint, Limits, Model, Offer, OutputMode
from yakin.domain.zones import Zone

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
VALUE = UseCaseValue("triage", answer_value_jpy=Decimal(60), quality_floor=0.5, expected_output_tokens=100)


def offer(name: str, zone: Zone, jpy_per_mtok: int, quality: float, *, trains: bool = False, concurrency: int = 4):
    endpoint = Endpoint(
        name=f"at-{name}", operator="op", operator_country="JP", zone=zone, zone_reason="test", api=Api.OPENAI,
        base_url="http://127.0.0.1:1/v1", api_key_env=None, limits=Limits(concurrency), zero_retention=True,
        trains_on_data=trains, sandbox=True,
    )  # fmt: skip
    price = PriceRate(
        date(2026, 1, 1), Tier.REALTIME, "JPY", Decimal(jpy_per_mtok), Decimal(jpy_per_mtok), None, "test",
        date(2026, 1, 1),
    )  # fmt: skip
    model = Model(
        name=name, endpoint=endpoint, vendor_model=name, context_tokens=8192, max_output_tokens=1024,
        output=OutputMode.JSON_SCHEMA, tiers=(Tier.REALTIME,), tokenizer="o200k_base", prices=(price,),
        seconds_per_document=10.0,
    )  # fmt: skip
    return Offer(model, Tier.REALTIME, price, IDENTITY_JPY, quality)


def item(number: int, zones: set[Zone], *, tokens: int = 1000, quarantined: bool = False) -> PlanItem:
    clearance = Clearance(
        Level.INTERNAL, tuple(ZoneRule(zone) for zone in sorted(zones)), "test", quarantined, "because of the test"
    )
    return PlanItem(DocumentId(number), "triage", clearance, tokens, tokens * 3)


def request(items, offers, *, room_jpy: object = 1000, **changes: object) -> PlanRequest:
    whole = PlanRequest(items, {"triage": offers}, {"triage": VALUE}, frozenset(), Decimal(str(room_jpy)), NOW, None)
    return replace(whole, **changes)


CHEAP_OVERSEAS = offer("cheap", Zone.OVERSEAS, 100, 0.9)
DEAR_ON_PREM = offer("dear", Zone.ON_PREM, 5000, 0.7)
BETTER_DOMESTIC = offer("better", Zone.DOMESTIC, 2000, 0.95)


def test_restricted_document_stays_on_premises_even_when_overseas_is_cheaper():
    [assignment] = plan(request([item(1, {Zone.ON_PREM})], [CHEAP_OVERSEAS, DEAR_ON_PREM])).assignments

    assert [each.name for each in assignment.chain] == ["dear"]
    assert [each.why_not for each in assignment.alternatives] == ["internal may not go to zone overseas", None]


def test_plenty_of_money_buys_the_best_and_little_money_the_cheapest():
    items = [item(1, {Zone.OVERSEAS, Zone.DOMESTIC})]

    rich = plan(request(items, [CHEAP_OVERSEAS, BETTER_DOMESTIC]))
    poor = plan(request(items, [CHEAP_OVERSEAS, BETTER_DOMESTIC], room_jpy="0.2"))

    assert rich.assignments[0].option == "better"
    assert poor.assignments[0].option == "cheap"
    assert poor.quote.expected_jpy == Decimal("0.110000")


def test_without_money_every_document_waits_for_it_and_the_quote_says_so():
    planned = plan(request([item(1, {Zone.OVERSEAS}), item(2, {Zone.OVERSEAS})], [CHEAP_OVERSEAS], room_jpy="0.11"))

    assert {each.unanswered for each in planned.assignments} == {None, Reason.BUDGET}
    assert planned.quote.infeasible == (
        "1 of 2 documents are not asked: 1 by budget; budget of the run is short by ¥0.1100"
    )


@pytest.mark.parametrize(
    ("document", "changes", "reason"),
    [
        (item(1, {Zone.ON_PREM}), {}, Reason.NO_OFFER),
        (item(1, {Zone.OVERSEAS}, quarantined=True), {}, Reason.QUARANTINE),
        (item(1, {Zone.OVERSEAS}, tokens=9000), {}, Reason.NO_OFFER),
        (
            item(1, {Zone.OVERSEAS}, tokens=6500),
            {},
            Reason.NO_OFFER,
        ),  # others may count more tokens in it
        (item(1, {Zone.OVERSEAS}), {"unhealthy_endpoints": frozenset({"at-cheap"})}, Reason.ENDPOINT_DOWN),
        (item(1, {Zone.OVERSEAS}), {"deadline_at": NOW}, Reason.DEADLINE),
        (item(1, {Zone.OVERSEAS}), {"deadline_at": NOW - timedelta(hours=1)}, Reason.DEADLINE),
        (item(1, {Zone.OVERSEAS}), {"room_jpy": Decimal(-1)}, Reason.BUDGET),
        (item(1, {Zone.OVERSEAS}), {"room_jpy": Decimal("0.1099999")}, Reason.BUDGET),  # it costs ¥0.11
    ],
)
def test_a_document_that_cannot_be_asked_has_its_reason(document, changes, reason):
    [assignment] = plan(replace(request([document], [CHEAP_OVERSEAS]), **changes)).assignments

    assert (assignment.chain, assignment.unanswered) == ((), reason)


def test_work_beyond_an_endpoints_time_goes_to_the_next_one():
    slow = offer("slow", Zone.OVERSEAS, 100, 0.95, concurrency=1)  # ten seconds each, one at a time
    items = [item(number, {Zone.OVERSEAS}) for number in range(5)]

    planned = plan(request(items, [slow, CHEAP_OVERSEAS], deadline_at=NOW + timedelta(seconds=25)))

    assert sorted(each.option for each in planned.assignments) == ["cheap"] * 3 + ["slow"] * 2
    assert planned.quote.finish_at <= NOW + timedelta(seconds=25)


def test_an_offer_that_trains_on_data_is_not_used_where_the_rule_forbids_it():
    training = offer("training", Zone.OVERSEAS, 1, 0.99, trains=True)

    [assignment] = plan(request([item(1, {Zone.OVERSEAS})], [training, CHEAP_OVERSEAS])).assignments

    assert assignment.option == "cheap"


def test_the_quote_says_what_the_spread_of_costs_leaves_of_the_run_and_never_more():
    free, full = (plan(request([item(1, {Zone.OVERSEAS})], [CHEAP_OVERSEAS], room_jpy=room)).quote for room in (9, 0.2))

    assert free.worst_jpy == Decimal("0.3512")  # 3,000 tokens of the bound and 512 of the answer
    assert free.p95_jpy == pytest.approx(Decimal("0.11") + Decimal("1.645") * Decimal("0.2412") / 3)
    assert full.p95_jpy == Decimal("0.2")


def test_what_costs_more_than_a_first_ask_can_is_expected_in_the_worst_case_too():
    dear = {("triage", "cheap"): Observed(cost=5.0)}  # by repairs
    quote = plan(request([item(1, {Zone.OVERSEAS})], [CHEAP_OVERSEAS], observed=dear)).quote
    assert (quote.expected_jpy, quote.p95_jpy, quote.worst_jpy) == (Decimal("0.55"),) * 3


def test_each_document_costs_what_its_own_size_bound_and_use_case_say():
    other = replace(VALUE, name="other", expected_output_tokens=300)
    small = item(1, {Zone.OVERSEAS})
    items = [small, replace(small, input_tokens_bound=1500), replace(small, use_case="other")]
    night = request(items, [CHEAP_OVERSEAS], output_bounds={("triage", "cheap"): 16})

    planned = plan(replace(night, offers={"triage": [CHEAP_OVERSEAS], "other": [CHEAP_OVERSEAS]},
                           use_cases={"triage": VALUE, "other": other}))  # fmt: skip

    assert [(each.expected_jpy, each.worst_jpy) for each in planned.assignments] == [
        (Decimal("0.1016"), Decimal("0.3016")),  # no answer is expected to be longer than its bound
        (Decimal("0.1016"), Decimal("0.1516")),
        (Decimal("0.13"), Decimal("0.3512")),
    ]


zones = st.sets(st.sampled_from(Zone), max_size=4)
offers = st.lists(
    st.builds(
        offer, st.sampled_from("abcdef"), st.sampled_from(Zone), st.integers(1, 5000), st.floats(0, 1),
        trains=st.booleans(), concurrency=st.integers(1, 8),
    ),
    max_size=6, unique_by=lambda each: each.name,
)  # fmt: skip
items = st.lists(zones, max_size=12).map(lambda sets: [item(number, each) for number, each in enumerate(sets)])
rooms = st.decimals(0, 50, places=6)


@given(items, offers, rooms, st.integers(0, 120))
@settings(max_examples=300, deadline=None)
def test_no_plan_leaves_clearance_floor_money_or_time(items, offers, room, window_s):
    planned = plan(request(items, offers, room_jpy=room, deadline_at=NOW + timedelta(seconds=window_s)))

    assert [each.item for each in planned.assignments] == items
    for each in planned.assignments:
        assert all(chosen.zone in each.item.clearance.zones for chosen in each.chain)
        assert all(chosen.quality >= VALUE.quality_floor for chosen in each.chain)
        assert not any(chosen.model.endpoint.trains_on_data for chosen in each.chain)
        assert bool(each.chain) != bool(each.unanswered)
    assert planned.quote.expected_jpy <= room
    assert planned.quote.expected_jpy <= planned.quote.p95_jpy <= min(planned.quote.worst_jpy, room)
    assert planned.quote.finish_at <= NOW + timedelta(seconds=window_s)


@given(items, offers, rooms, rooms)
@settings(max_examples=200, deadline=None)
def test_more_money_never_lowers_the_planned_value_by_more_than_the_gap(items, offers, one, other):
    little, much = sorted((one, other))

    poor, rich = (plan(request(items, offers, room_jpy=room)) for room in (little, much))

    gap = Decimal(str(rich.quote.lp_gap or 0)) + Decimal("1e-9")
    assert _value(rich) >= _value(poor) * (1 - gap)


def _value(planned) -> Decimal:
    return sum((60 * Decimal(str(each.chain[0].quality)) for each in planned.assignments if each.chain), Decimal(0))
