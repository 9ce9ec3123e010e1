"""A named person may lower a level, only from what that person saw; flags and floors only narrow."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.evidence import Kind
from yakin.domain.levels import Flag, Level, highest
from yakin.domain.policy import FLAG_ZONES, EvidenceRule, LevelRule, Policy, ZoneRule, assess, clear
from yakin.domain.review import Review
from yakin.domain.zones import Zone

LEVELS = st.sampled_from(Level)
ZONE_RULES = st.builds(ZoneRule, st.sampled_from(Zone), st.booleans(), st.booleans(), st.booleans(), st.booleans())
ZONE_LISTS = st.lists(ZONE_RULES, max_size=4, unique_by=lambda rule: rule.zone).map(tuple)
KINDS = st.sampled_from(Kind)
COUNTS = st.dictionaries(KINDS, st.integers(0, 60), max_size=6)
FLOORS = st.lists(LEVELS, max_size=3).map(tuple)
FLAGS = st.frozensets(st.sampled_from(Flag))
ZONES = st.frozensets(st.sampled_from(Zone))
REVIEWS = st.builds(Review, st.integers(1, 9), LEVELS, LEVELS, COUNTS, st.frozensets(KINDS, max_size=4))
MAYBE_REVIEWED = st.none() | REVIEWS


@st.composite
def policies(draw):
    levels = {level: LevelRule(level, draw(ZONE_LISTS), 30) for level in Level}
    rules = draw(st.lists(st.builds(EvidenceRule, KINDS, st.integers(1, 50), LEVELS), max_size=8))
    flags = draw(st.dictionaries(st.sampled_from(Flag), ZONES))
    return Policy("v", date(2026, 4, 1), levels, tuple(rules), draw(LEVELS), flags=flags)


SITUATIONS = st.fixed_dictionaries({"baseline": LEVELS, "floors": FLOORS, "review": MAYBE_REVIEWED})


@given(policies(), COUNTS, SITUATIONS, ZONES, st.booleans(), FLAGS)
def test_nothing_opens_a_zone_outside_the_rule_of_the_level(policy, counts, situation, approved, my_number, flags):
    assessment = assess(policy, counts, **situation)
    clearance = clear(policy, assessment, approved_zones=approved, my_number_purpose=my_number, flags=flags)
    rules = {rule.zone: rule for rule in policy.levels[assessment.level].zones}
    assert clearance.level is assessment.level
    assert clearance.zones <= rules.keys()
    for zone in clearance.zones:
        assert clearance.rule_for(zone) == rules[zone]
        assert zone in approved or not rules[zone].approval
        assert all(zone in policy.flags.get(flag, {Zone.ON_PREM}) for flag in flags)


@given(policies(), COUNTS, SITUATIONS, ZONES, st.booleans(), FLAGS, FLAGS)
def test_a_flag_only_narrows(policy, counts, situation, approved, my_number, flags, more):
    assessment = assess(policy, counts, **situation)
    few, many = (
        clear(policy, assessment, approved_zones=approved, my_number_purpose=my_number, flags=each)
        for each in (flags, flags | more)
    )
    assert many.zones <= few.zones
    assert all(many.rule_for(zone) == few.rule_for(zone) for zone in many.zones)


@given(policies(), COUNTS, SITUATIONS, LEVELS)
def test_a_floor_only_raises_also_over_a_review(policy, counts, situation, floor):
    before = assess(policy, counts, **situation).level
    raised = assess(policy, counts, **{**situation, "floors": (*situation["floors"], floor)}).level
    assert raised is highest([before, floor])


@given(policies(), COUNTS, KINDS, st.integers(1, 60), SITUATIONS)
def test_more_evidence_never_lowers_a_level(policy, counts, kind, more, situation):
    before = assess(policy, counts, **situation)
    after = assess(policy, {**counts, kind: counts.get(kind, 0) + more}, **situation)
    assert after.level.rank >= before.level.rank
    assert after.dismissed - {kind} == before.dismissed - {kind}


@given(policies(), COUNTS, SITUATIONS, LEVELS)
def test_a_higher_baseline_never_lowers_a_level(policy, counts, situation, other):
    higher = {**situation, "baseline": highest([situation["baseline"], other])}
    assert assess(policy, counts, **higher).level.rank >= assess(policy, counts, **situation).level.rank


@given(policies(), COUNTS, SITUATIONS, REVIEWS, ZONES, FLAGS)
def test_a_review_never_releases_a_my_number_that_it_did_not_dismiss(
    policy, counts, situation, review, approved, flags
):
    found = {**counts, Kind.MY_NUMBER: max(1, counts.get(Kind.MY_NUMBER, 0))}
    review = replace(review, dismissed=review.dismissed - {Kind.MY_NUMBER})
    assessment = assess(policy, found, **{**situation, "review": review})
    without = assess(policy, {Kind.MY_NUMBER: found[Kind.MY_NUMBER]}, baseline=Level.PUBLIC)
    assert assessment.level.rank >= without.level.rank
    assert not clear(policy, assessment, approved_zones=approved, flags=flags).zones
    on_premises = clear(policy, assessment, approved_zones=approved, my_number_purpose=True, flags=flags)
    assert on_premises.zones <= {Zone.ON_PREM}


@given(policies(), COUNTS, LEVELS, REVIEWS)
def test_a_review_covers_what_the_reviewer_saw_and_raises_as_well(policy, seen, baseline, review):
    review = replace(review, counts=seen, baseline=baseline, dismissed=frozenset(seen))
    assessment = assess(policy, seen, baseline=baseline, review=review)
    assert assessment.level is review.level
    assert assessment.because == (f"review:{review.review_id}",)


@given(policies(), COUNTS, LEVELS, REVIEWS, KINDS)
def test_a_kind_that_was_not_seen_then_counts_as_without_a_review(policy, counts, baseline, review, kind):
    review = replace(review, counts={k: n for k, n in review.counts.items() if k is not kind})
    found = {**counts, kind: 60}
    alone = assess(policy, {kind: 60}, baseline=Level.PUBLIC).level
    assert assess(policy, found, baseline=baseline, review=review).level.rank >= alone.rank


LEVEL_RULES = {level: LevelRule(level, tuple(ZoneRule(zone) for zone in Zone), 30) for level in Level}
POLICY = Policy(
    "v",
    date(2026, 4, 1),
    LEVEL_RULES,
    (
        EvidenceRule(Kind.MY_NUMBER, 1, Level.SECRET),
        EvidenceRule(Kind.PERSON, 1, Level.CONFIDENTIAL),
        EvidenceRule(Kind.PERSON, 50, Level.RESTRICTED),
    ),
)


@pytest.mark.parametrize(
    ("counts", "baseline", "level"),
    [
        ({Kind.PERSON: 3}, Level.CONFIDENTIAL, Level.INTERNAL),  # as it was seen
        ({Kind.PERSON: 3}, Level.RESTRICTED, Level.RESTRICTED),  # the register was changed
        ({Kind.PERSON: 50}, Level.CONFIDENTIAL, Level.RESTRICTED),  # a list of people was not seen
        ({Kind.PERSON: 3, Kind.DETECTOR_FAILED: 1}, Level.CONFIDENTIAL, Level.RESTRICTED),
        ({Kind.PERSON: 3, Kind.MY_NUMBER: 1}, Level.CONFIDENTIAL, Level.SECRET),
    ],
)
def test_what_was_not_seen_at_the_review_still_raises(counts, baseline, level):
    review = Review(12, Level.INTERNAL, Level.CONFIDENTIAL, {Kind.PERSON: 3})
    assert assess(POLICY, counts, baseline=baseline, review=review).level is level


def test_a_dismissed_my_number_is_released_and_a_second_one_is_not():
    review = Review(12, Level.INTERNAL, Level.INTERNAL, {Kind.MY_NUMBER: 1}, frozenset({Kind.MY_NUMBER}))
    one, two = (assess(POLICY, {Kind.MY_NUMBER: n}, baseline=Level.INTERNAL, review=review) for n in (1, 2))
    assert (one.level, one.dismissed, one.because) == (Level.INTERNAL, {Kind.MY_NUMBER}, ("review:12",))
    assert clear(POLICY, one).zones == frozenset(Zone)
    assert (two.level, two.dismissed) == (Level.SECRET, frozenset())
    assert clear(POLICY, two).quarantined


def test_flagged_documents_stay_with_japanese_operators_and_say_so():
    clearance = clear(POLICY, assess(POLICY, {}, baseline=Level.INTERNAL), flags=frozenset(Flag))
    assert clearance.zones == {Zone.ON_PREM, Zone.DOMESTIC} == FLAG_ZONES[Flag.EXPORT_CONTROLLED]
    assert clearance.reason == (
        "internal (baseline:internal, flag:export_controlled, flag:third_party_nda) may go to: on_prem, domestic"
    )
