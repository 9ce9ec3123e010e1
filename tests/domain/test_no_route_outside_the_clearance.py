"""From any policy and situation to routes: none leads where the level, a flag, a condition or the law forbids."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_planner import NOW, offer, request
from tests.domain.test_planning_batches import by_batch
from tests.domain.test_reviews_and_flags import COUNTS, FLAGS, SITUATIONS, ZONES, policies
from yakin.domain.documents import DocumentId
from yakin.domain.planner import plan
from yakin.domain.planning import PlanItem
from yakin.domain.policy import assess, clear, quarantine_kinds
from yakin.domain.zones import Zone


@st.composite
def markets(draw):
    """Offers of all zones, cheap and dear, good and bad, with and without batches, retention and training."""
    found = []
    for number, zone in enumerate(draw(st.lists(st.sampled_from(Zone), min_size=1, max_size=6))):
        price, quality = draw(st.integers(1, 5000)), draw(st.floats(0.5, 1))
        made = offer(f"m{number}", zone, price, quality, trains=draw(st.booleans()))
        endpoint = replace(made.model.endpoint, zero_retention=draw(st.booleans()))
        made = replace(made, model=replace(made.model, endpoint=endpoint))
        found += [made, by_batch(made)] if draw(st.booleans()) else [made]
    return found


DOCUMENTS = st.lists(st.tuples(COUNTS, SITUATIONS, FLAGS, st.booleans()), min_size=1, max_size=6)
NIGHTS = st.fixed_dictionaries(
    {
        "room_jpy": st.decimals(0, 50, places=6),
        "unhealthy_endpoints": st.frozensets(st.sampled_from([f"at-m{number}" for number in range(6)])),
        "deadline_at": st.integers(0, 12).map(lambda hours: NOW + timedelta(hours=hours)),
    }
)


@given(policies(), DOCUMENTS, markets(), ZONES, NIGHTS)
@settings(max_examples=300, deadline=None)
def test_no_combination_of_policy_level_flags_health_time_and_money_leads_outside_the_clearance(
    policy, documents, offers, approved, night
):
    assessed = [assess(policy, counts, **situation) for counts, situation, _, _ in documents]
    items = [
        PlanItem(DocumentId(number), "triage", _clear(policy, one, approved, flags, purpose), 1000, 3000)
        for number, (one, (_, _, flags, purpose)) in enumerate(zip(assessed, documents, strict=True))
    ]

    planned = plan(request(items, offers, **night))

    for assignment, one, (_, _, flags, purpose) in zip(planned.assignments, assessed, documents, strict=True):
        rules = {rule.zone: rule for rule in policy.levels[one.level].zones}
        for chosen in assignment.chain:
            rule, endpoint = (
                rules[chosen.zone],
                chosen.model.endpoint,
            )  # a zone that the level has no rule for: KeyError
            assert chosen.zone in policy.zones_under(flags)
            assert chosen.zone in approved or not rule.approval
            assert endpoint.zero_retention or not rule.zero_retention
            assert not (rule.no_training and endpoint.trains_on_data)
            assert endpoint.name not in night["unhealthy_endpoints"]
            if quarantine_kinds(policy, one):
                assert purpose
                assert chosen.zone is Zone.ON_PREM
    assert planned.quote.expected_jpy <= Decimal(night["room_jpy"])


def _clear(policy, assessment, approved, flags, purpose):
    return clear(policy, assessment, approved_zones=approved, my_number_purpose=purpose, flags=flags)
