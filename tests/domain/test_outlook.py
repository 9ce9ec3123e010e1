"""What is left under the plan before and under the new one, at the costs seen so far."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.domain.test_planner import BETTER_DOMESTIC, CHEAP_OVERSEAS, NOW, item, request
from yakin.domain.outlook import Decided, carried_on, of_plan
from yakin.domain.planner import plan
from yakin.domain.planning import Observed
from yakin.domain.zones import Zone

ITEMS = [item(number, {Zone.OVERSEAS, Zone.DOMESTIC}) for number in range(10)]
OFFERS = [CHEAP_OVERSEAS, BETTER_DOMESTIC]
TONIGHT = {("triage", "better"): Observed(cost=1.5, seconds=2.0)}
DECIDED = {("triage", each.document_id): Decided("better", ("better", "cheap"), Decimal("2.2")) for each in ITEMS}


def test_the_plan_before_runs_out_of_money_where_the_new_one_asks_everybody():
    asked = request(ITEMS, OFFERS, room_jpy=22, observed=TONIGHT)
    planned = plan(asked)

    before, after = carried_on(DECIDED, planned, asked), of_plan(planned, asked)

    assert before is not None
    assert (before.planned_jpy, before.expected_jpy) == (Decimal("22.0"), Decimal(33))  # 1,100 tokens at ¥2,000
    assert (before.documents, before.unanswered) == (10, 4)
    assert before.finish_at == NOW + timedelta(seconds=10 * 20 / 4 * 22 / 33)
    assert after.unanswered == 0
    assert after.expected_jpy <= 22
    assert after.value_jpy > before.value_jpy
    assert before.quality == pytest.approx(0.95)


def test_an_option_that_is_no_longer_allowed_is_not_asked_and_without_a_plan_there_is_nothing_before():
    asked = request(ITEMS, OFFERS, unhealthy_endpoints=frozenset({"at-better"}))
    planned = plan(asked)

    before = carried_on(DECIDED, planned, asked)

    assert before is not None
    assert (before.unanswered, before.expected_jpy, before.quality) == (10, 0, None)
    assert carried_on({}, planned, asked) is None
