"""A batch is an option like any other: cheaper, slower, once per document, and inside the clearance."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.domain.test_planner import CHEAP_OVERSEAS, DEAR_ON_PREM, NOW, item, offer, request
from yakin.domain.batches import ASKED_BEFORE, NO_LINE, has_time, margin, pause_s, usual_time
from yakin.domain.documents import Reason
from yakin.domain.planner import plan
from yakin.domain.pricing import Tier
from yakin.domain.routing import Limits, Offer
from yakin.domain.zones import Zone


def by_batch(realtime: Offer, *, hours: float = 2.0) -> Offer:
    """The same model at half the price, hours later."""
    half = {name: getattr(realtime.price, name) / 2 for name in ("input_per_mtok", "output_per_mtok")}
    limits = replace(realtime.model.endpoint.limits, batch_hours=hours)
    model = replace(realtime.model, endpoint=replace(realtime.model.endpoint, limits=limits))
    return replace(realtime, model=model, tier=Tier.BATCH, price=replace(realtime.price, tier=Tier.BATCH, **half))


BATCH = by_batch(CHEAP_OVERSEAS)
OFFERS = [CHEAP_OVERSEAS, BATCH, DEAR_ON_PREM]
IN_TIME = NOW + timedelta(hours=8)


def test_a_batch_that_is_back_in_time_wins_by_its_price_and_the_chain_after_it_is_realtime():
    (assigned,) = plan(request([item(1, {Zone.OVERSEAS, Zone.ON_PREM})], OFFERS, deadline_at=IN_TIME)).assignments
    assert [each.name for each in assigned.chain] == ["cheap:batch", "cheap", "dear"]


def test_a_realtime_chain_never_falls_back_to_a_batch():
    batches = [CHEAP_OVERSEAS, replace(BATCH, quality=0.4 + 0.11)]
    (assigned,) = plan(request([item(1, {Zone.OVERSEAS})], batches, deadline_at=IN_TIME)).assignments
    assert [each.name for each in assigned.chain] == ["cheap"]


@pytest.mark.parametrize(("hours", "option"), [(2.1, "cheap"), (2.3, "cheap:batch"), (2.0, "cheap")])
def test_a_batch_needs_its_usual_time_and_time_to_ask_the_rest_one_by_one(hours, option):
    planned = plan(request([item(1, {Zone.OVERSEAS})], OFFERS, deadline_at=NOW + timedelta(hours=hours)))
    assert planned.assignments[0].option == option


def test_a_document_goes_into_one_batch_of_a_run_only():
    tried = replace(item(1, {Zone.OVERSEAS}), no_batch=ASKED_BEFORE)
    assert plan(request([tried], OFFERS, deadline_at=IN_TIME)).assignments[0].option == "cheap"


@pytest.mark.parametrize(("why", "reason"), [(ASKED_BEFORE, Reason.DEADLINE), (NO_LINE, Reason.NO_OFFER)])
def test_what_only_a_batch_may_answer_says_why_it_has_no_answer(why, reason):
    (assigned,) = plan(
        request([replace(item(1, {Zone.OVERSEAS}), no_batch=why)], [BATCH], deadline_at=IN_TIME)
    ).assignments
    assert (assigned.chain, assigned.unanswered) == ((), reason)


def test_a_batch_outside_the_clearance_is_no_option():
    planned = plan(request([item(1, {Zone.ON_PREM})], OFFERS, deadline_at=IN_TIME))
    assert planned.assignments[0].option == "dear"


def test_batches_take_no_realtime_capacity_and_the_quote_says_when_they_are_back():
    slow = by_batch(offer("slow", Zone.OVERSEAS, 100, 0.9, concurrency=1))
    planned = plan(request([item(n, {Zone.OVERSEAS}) for n in range(2000)], [slow], deadline_at=IN_TIME))
    assert {each.option for each in planned.assignments} == {"slow:batch"}
    assert planned.quote.finish_at == NOW + timedelta(hours=2)


def test_lines_of_a_batch_take_nothing_of_the_limits_per_minute():
    few = replace(Limits(1, batch_hours=2.0), requests_per_minute=1, tokens_per_minute=1)
    model = replace(BATCH.model, endpoint=replace(BATCH.model.endpoint, limits=few))
    quote = plan(request([item(1, {Zone.OVERSEAS})], [replace(BATCH, model=model)], deadline_at=IN_TIME)).quote
    assert {limit.name: limit.used for limit in quote.limits if limit.kind == "other"} == {
        "requests per minute of at-cheap": 0.0,
        "tokens per minute of at-cheap": 0.0,
    }


def test_a_vendor_sees_what_is_in_its_batches_too():
    items = [item(number, {Zone.OVERSEAS, Zone.ON_PREM}) for number in range(4)]
    planned = plan(request(items, OFFERS, deadline_at=IN_TIME, vendor_shares={"*": 0.25}))
    assert sorted(each.option for each in planned.assignments) == ["cheap:batch", "dear", "dear", "dear"]


def test_the_margin_is_a_tenth_of_the_usual_time_and_half_an_hour_at_most():
    day, minute = Limits(1), Limits(1, batch_hours=1 / 60)
    assert (margin(usual_time(day)), margin(usual_time(minute))) == (timedelta(minutes=30), timedelta(seconds=6))
    assert (pause_s(usual_time(day)), pause_s(usual_time(minute))) == (60.0, 1.2)
    assert has_time(day, NOW, None)
    assert Decimal(str(day.batch_hours)) == 24
