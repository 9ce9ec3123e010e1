"""Several budgets, vendors' shares and cascades in one night: none is broken, and the quote says which one binds."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_planner import NOW, VALUE, item, items, offer, offers, request, rooms
from tests.domain.test_planning_batches import by_batch
from yakin.domain.documents import Reason
from yakin.domain.options import Options
from yakin.domain.planner import plan
from yakin.domain.planning import AskedAlready, BudgetRoom, Observed
from yakin.domain.pricing import Tier
from yakin.domain.verification import CONSISTENCY, Calibration, CascadeRule
from yakin.domain.zones import Zone

SIGNAL = Calibration("logprob", ((-1.0, 0.2), (0.0, 1.0)))
CHEAP = offer("cheap", Zone.DOMESTIC, 100, 0.6)  # ¥0.11 a document
GOOD = offer("good", Zone.DOMESTIC, 2000, 0.9)  # ¥2.2
CASCADE = CascadeRule("cheap", "good", 0.8, quality=0.88, escalated_share=0.3, calibration=SIGNAL)  # ¥0.77
THREE = [item(number, {Zone.DOMESTIC}) for number in range(3)]


def with_vendor(made, operator: str, **limits: int):
    endpoint = replace(made.model.endpoint, operator=operator, limits=replace(made.model.endpoint.limits, **limits))
    return replace(made, model=replace(made.model, endpoint=endpoint))


def test_a_cascade_is_chosen_where_money_for_the_better_model_is_short_and_its_offers_begin_the_chain():
    planned = plan(request(THREE[:1], [CHEAP, GOOD], room_jpy="1", cascades={"triage": [CASCADE]}))

    [chosen] = planned.assignments
    assert chosen.option == "cheap>good@0.80"
    assert [each.name for each in chosen.chain] == ["cheap", "good"]
    assert (chosen.expected_jpy, chosen.quality, chosen.cascade) == (Decimal("0.770000"), 0.88, CASCADE)


def test_a_cascade_that_compares_answers_is_planned_with_every_ask_and_only_where_the_use_case_asks_again():
    compares = replace(CASCADE, calibration=Calibration(CONSISTENCY, SIGNAL.knots))
    thrice = {"triage": replace(VALUE, verification_asks=3)}
    night = request(THREE[:1], [CHEAP, GOOD], room_jpy="1", cascades={"triage": [compares]}, use_cases=thrice)

    [chosen] = plan(night).assignments
    assert chosen.expected_jpy == Decimal("0.99")  # three times ¥0.11 and 30 % of ¥2.2
    [first, _] = Options(night).of(THREE[0]).allowed[-1].steps
    once = Options(night).of(THREE[0]).allowed[0].steps[0]
    assert (first.worst_jpy, first.seconds, first.tokens, first.requests) == (
        3 * once.worst_jpy, 3 * once.seconds, 3 * once.tokens, 3,
    )  # fmt: skip
    assert "cheap first, 3 times to compare, good where" in chosen.reason
    assert plan(replace(night, use_cases={"triage": VALUE})).assignments[0].option == "cheap"


def test_with_plenty_of_money_the_better_model_is_asked_at_once():
    planned = plan(request(THREE[:1], [CHEAP, GOOD], cascades={"triage": [CASCADE]}))
    assert planned.assignments[0].option == "good"


def test_an_offer_below_the_floor_may_begin_a_cascade_and_never_stands_alone():
    poor = replace(CHEAP, quality=0.3)

    planned = plan(request(THREE[:1], [poor, GOOD], room_jpy="1", cascades={"triage": [CASCADE]}))
    alone = plan(request(THREE[:1], [poor, GOOD], room_jpy="1"))

    assert planned.assignments[0].option == "cheap>good@0.80"
    assert alone.assignments[0].unanswered is Reason.BUDGET


def test_a_cascade_needs_both_its_offers_inside_the_clearance():
    abroad = replace(GOOD, model=replace(GOOD.model, endpoint=replace(GOOD.model.endpoint, zone=Zone.OVERSEAS)))
    planned = plan(request(THREE[:1], [CHEAP, abroad], cascades={"triage": [CASCADE]}))
    assert planned.assignments[0].option == "cheap"


def test_what_the_night_shows_of_a_model_is_planned_with():
    dearer = {("triage", "good"): Observed(cost=1.5, seconds=2.0), ("triage", "cheap"): Observed(escalated_share=0.5)}

    alone = plan(request(THREE[:1], [GOOD], observed=dearer)).quote
    both = plan(request(THREE[:1], [CHEAP, GOOD], room_jpy=3, observed=dearer, cascades={"triage": [CASCADE]}))

    assert alone.expected_jpy == Decimal("3.300000")
    assert alone.finish_at == NOW + timedelta(seconds=5)  # 10 s twice as slow, four at once
    assert both.assignments[0].expected_jpy == Decimal("0.11") + Decimal("3.3") / 2


def test_a_vendors_budget_holds_for_its_step_of_a_cascade_and_leaves_other_vendors_alone():
    good, cheap = with_vendor(GOOD, "Good KK"), with_vendor(CHEAP, "Cheap KK")
    cap = BudgetRoom("budget of vendor Good KK", Decimal("1.4"), operator="Good KK")

    planned = plan(request(THREE, [cheap, good], budgets=[cap], cascades={"triage": [CASCADE]}))

    assert Counter(each.option for each in planned.assignments) == {"cheap>good@0.80": 2, "cheap": 1}
    used = {limit.name: limit.used for limit in planned.quote.limits}
    assert used["budget of vendor Good KK"] == pytest.approx(1.32)


def test_a_jobs_budget_counts_its_own_documents_only():
    values = {"triage": VALUE, "other": replace(VALUE, name="other")}
    mixed = [*THREE, *(replace(each, use_case="other") for each in THREE)]
    cap = BudgetRoom("budget of the job other", Decimal("0.3"), use_cases=frozenset({"other"}))

    planned = plan(replace(request(mixed, [GOOD, CHEAP]), offers={"triage": [GOOD], "other": [CHEAP]},
                           use_cases=values, budgets=[cap]))  # fmt: skip

    asked = Counter(each.item.use_case for each in planned.assignments if each.chain)
    assert asked == {"triage": 3, "other": 2}
    [limit] = [each for each in planned.quote.limits if each.name == "budget of the job other"]
    assert (limit.limit, limit.missing) == (pytest.approx(0.3), pytest.approx(0.03))
    assert limit.price_jpy > 0
    assert "budget of the job other is short by ¥0.0300" in (planned.quote.infeasible or "")


def test_no_vendor_gets_more_than_its_share_of_the_documents():
    good, cheap = with_vendor(GOOD, "Good KK"), with_vendor(CHEAP, "Cheap KK")
    planned = plan(request(THREE, [cheap, good], vendor_shares={"Good KK": 0.4}))
    assert Counter(each.option for each in planned.assignments) == {"good": 1, "cheap": 2}


def test_ones_own_machines_are_nobodys_share_and_star_means_every_vendor_without_its_own_share():
    own = with_vendor(offer("own", Zone.ON_PREM, 10, 0.7), "ourselves")
    both = [item(number, {Zone.ON_PREM, Zone.DOMESTIC}) for number in range(4)]
    every, named = (
        plan(request(both, [own, GOOD], vendor_shares=share)) for share in ({"*": 0.25}, {"*": 0, "op": 0.5})
    )
    assert Counter(each.option for each in every.assignments) == {"good": 1, "own": 3}
    assert Counter(each.option for each in named.assignments) == {"good": 2, "own": 2}


def test_a_vendors_share_is_of_the_night_and_not_of_what_each_plan_finds_left():
    good, cheap = with_vendor(GOOD, "Good KK"), with_vendor(CHEAP, "Cheap KK")
    night = request(THREE, [cheap, good], vendor_shares={"Good KK": 0.5})

    none_left = plan(replace(night, asked_already=AskedAlready(3, {"Good KK": 3})))
    two_left = plan(replace(night, asked_already=AskedAlready(3, {"Good KK": 1, "Cheap KK": 2})))

    assert Counter(each.option for each in none_left.assignments) == {"cheap": 3}
    assert Counter(each.option for each in two_left.assignments) == {"good": 2, "cheap": 1}


def test_a_share_that_floats_cannot_hold_is_whole_documents_all_the_same():
    good, cheap = with_vendor(GOOD, "Good KK"), with_vendor(CHEAP, "Cheap KK")
    hundred = [item(number, {Zone.DOMESTIC}) for number in range(100)]
    planned = plan(request(hundred, [cheap, good], vendor_shares={"Good KK": 0.29}))
    assert Counter(each.option for each in planned.assignments)["good"] == 29  # 0.29 * 100 is 28.999999999999996


def test_requests_per_minute_bound_what_is_planned_before_the_deadline():
    slow = with_vendor(GOOD, "Good KK", requests_per_minute=2)
    planned = plan(request(THREE, [slow], deadline_at=NOW + timedelta(minutes=1)))
    assert Counter(each.unanswered for each in planned.assignments) == {None: 2, Reason.DEADLINE: 1}


def test_tokens_per_minute_bound_it_as_well_and_count_the_document_and_the_longest_answer():
    slow = with_vendor(GOOD, "Good KK", tokens_per_minute=2 * (1000 + 512))
    planned = plan(request(THREE, [slow], deadline_at=NOW + timedelta(minutes=1)))
    assert Counter(each.unanswered for each in planned.assignments) == {None: 2, Reason.DEADLINE: 1}


def test_the_second_step_of_a_cascade_takes_its_share_of_time_requests_and_tokens():
    good, poor = (
        with_vendor(GOOD, "Good KK", requests_per_minute=60, tokens_per_minute=10**6),
        replace(CHEAP, quality=0.3),
    )
    night = request(THREE, [poor, good], room_jpy="2.4", deadline_at=NOW + timedelta(hours=1))

    quote = plan(replace(night, cascades={"triage": [CASCADE]})).quote

    used = {limit.name: limit.used for limit in quote.limits if limit.name.endswith("at-good")}
    assert used == {
        "time of at-good": pytest.approx(3 * 0.3 * 10),
        "requests per minute of at-good": pytest.approx(3 * 0.3),
        "tokens per minute of at-good": pytest.approx(3 * 0.3 * 1512),
    }
    assert quote.finish_at == NOW + timedelta(seconds=3 * 10 / 4)  # all of them are asked of the first


def test_the_quote_says_what_more_money_would_buy():
    quote = plan(request(THREE, [CHEAP, GOOD], room_jpy="2.5")).quote

    [budget] = [each for each in quote.limits if each.name == "budget of the run"]
    assert budget.more == 100
    assert budget.more_value_jpy == pytest.approx(60 * 0.3 * 3 - 60 * 0.3 * (2.5 - 0.33) / 2.09, rel=1e-3)
    assert budget.more_quality_points == pytest.approx(100 * budget.more_value_jpy / 180, rel=1e-6)
    assert any("¥100 more" in sentence for sentence in quote.words)
    assert quote.value_jpy <= quote.bound_jpy


@st.composite
def nights(draw):
    """Offers of few vendors, cascades between any two, budgets of jobs and vendors, shares, windows."""
    market = [
        with_vendor(
            each, draw(st.sampled_from(["A", "B", "C"])), requests_per_minute=draw(st.sampled_from([None, 1, 60]))
        )
        for each in draw(offers)
    ]
    pairs = [(one.name, two.name) for one in market for two in market if one.quality < two.quality]
    cascades = [
        CascadeRule(first, second, 0.5, draw(st.floats(0, 1)), draw(st.floats(0, 1)), SIGNAL)
        for first, second in draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True) if pairs else st.just([]))
    ]
    caps = [
        BudgetRoom(f"budget of vendor {name}", draw(rooms), operator=name)
        for name in draw(st.sets(st.sampled_from(["A", "B"])))
    ]
    shares = draw(st.dictionaries(st.sampled_from(["A", "B", "*"]), st.floats(0, 1)))
    window_s = draw(st.integers(0, 120))
    return {
        "items": draw(items), "offers": market, "room_jpy": draw(rooms), "cascades": {"triage": cascades},
        "budgets": caps, "vendor_shares": shares, "deadline_at": NOW + timedelta(seconds=window_s),
    }  # fmt: skip


def made(night, **changes):
    night = {**night, **changes}
    return plan(request(night.pop("items"), night.pop("offers"), **night))


@given(nights())
@settings(max_examples=200, deadline=None)
def test_no_plan_breaks_a_clearance_the_floor_a_budget_a_window_or_a_share(night):
    planned = made(night)

    for each in planned.assignments:
        assert all(chosen.zone in each.item.clearance.zones for chosen in each.chain)
        assert each.quality is None or each.quality >= VALUE.quality_floor
        assert each.cascade is None or [offer.name for offer in each.chain[:2]] == [
            each.cascade.first,
            each.cascade.second,
        ]
    for limit in planned.quote.limits:
        assert limit.used <= limit.limit * (1 + 1e-9) + 1e-9, limit.name
    assert planned.quote.expected_jpy <= night["room_jpy"]
    for cap in night["budgets"]:
        assert _of_vendor(planned, cap.operator) <= cap.room_jpy
    possible = sum(any(one.why_not is None for one in each.alternatives) for each in planned.assignments)
    for vendor in ("A", "B", "C"):
        share = night["vendor_shares"].get(vendor, night["vendor_shares"].get("*", 1.0))
        assert _seen_by(planned, vendor) <= share * possible + 1e-9


def _of_vendor(planned, vendor: str) -> Decimal:
    """A single offer's cost is its vendor's; of a cascade both steps count where both are the vendor's."""
    return sum(
        (
            each.expected_jpy
            for each in planned.assignments
            if each.chain
            and {offer.model.endpoint.operator for offer in each.chain[: 2 if each.cascade else 1]} == {vendor}
        ),
        Decimal(0),
    )


def _seen_by(planned, vendor: str) -> int:
    return sum(
        any(
            offer.model.endpoint.operator == vendor and offer.zone is not Zone.ON_PREM
            for offer in each.chain[: 2 if each.cascade else 1]
        )
        for each in planned.assignments
    )


@given(nights(), rooms)
@settings(max_examples=100, deadline=None)
def test_more_money_never_lowers_the_planned_value_by_more_than_the_stated_gap(night, more):
    poor, rich = made(night), made(night, room_jpy=night["room_jpy"] + more)
    assert rich.quote.value_jpy >= poor.quote.value_jpy * (1 - (rich.quote.lp_gap or 0)) - 1e-6
    assert rich.quote.bound_jpy >= poor.quote.bound_jpy * (1 - 1e-9) - 1e-3


def test_where_quality_is_predicted_by_document_each_gets_the_model_that_is_good_at_it():
    one, two = THREE[0], replace(THREE[1], qualities={"cheap": 0.951, "good": 0.7})
    planned = plan(request([one, two], [CHEAP, GOOD]))
    assert [(each.option, each.quality, each.quality_measured) for each in planned.assignments] == [
        ("good", 0.9, False),
        ("cheap", 0.95, False),
    ]


def test_the_finish_follows_what_an_endpoint_takes_per_minute():
    slow = with_vendor(GOOD, "Good KK", requests_per_minute=2)
    assert plan(request(THREE, [slow])).quote.finish_at == NOW + timedelta(seconds=90)


def test_a_cascade_is_asked_at_once_and_never_as_a_batch():
    market = [CHEAP, by_batch(CHEAP, hours=0.1), GOOD, by_batch(GOOD, hours=0.1)]
    deadline = NOW + timedelta(hours=8)
    choice = Options(request(THREE[:1], market, deadline_at=deadline, cascades={"triage": [CASCADE]})).of(THREE[0])

    assert [option.name for option in choice.allowed if option.cascade] == ["cheap>good@0.80"]
    assert {step.offer.tier for option in choice.allowed if option.cascade for step in option.steps} == {Tier.REALTIME}
