from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.evidence import Kind
from yakin.domain.levels import Level, highest
from yakin.domain.policy import EvidenceRule, LevelRule, Policy, ZoneRule, assess, clear
from yakin.domain.zones import Zone

LEVELS = st.sampled_from(Level)
ZONE_RULES = st.builds(ZoneRule, st.sampled_from(Zone), st.booleans(), st.booleans(), st.booleans(), st.booleans())
ZONE_LISTS = st.lists(ZONE_RULES, max_size=4, unique_by=lambda rule: rule.zone).map(tuple)
COUNTS = st.dictionaries(st.sampled_from(Kind), st.integers(0, 60), max_size=6)


@st.composite
def policies(draw):
    levels = {level: LevelRule(level, draw(ZONE_LISTS), 30) for level in Level}
    rules = draw(st.lists(st.builds(EvidenceRule, st.sampled_from(Kind), st.integers(1, 50), LEVELS), max_size=8))
    return Policy("v", date(2026, 4, 1), levels, tuple(rules), draw(LEVELS))


@given(policies(), COUNTS, LEVELS, st.lists(LEVELS, max_size=3), st.frozensets(st.sampled_from(Zone)), st.booleans())
def test_nothing_opens_a_zone_outside_the_rule_of_the_level(policy, counts, baseline, floors, approved, my_number):
    assessment = assess(policy, counts, baseline=baseline, floors=tuple(floors))
    clearance = clear(policy, assessment, approved_zones=approved, my_number_purpose=my_number)
    rules = {rule.zone: rule for rule in policy.levels[assessment.level].zones}
    assert clearance.zones <= rules.keys()
    for zone in clearance.zones:
        assert clearance.rule_for(zone) == rules[zone]
        assert zone in approved or not rules[zone].approval


@given(policies(), COUNTS, LEVELS, st.lists(LEVELS, max_size=3), st.frozensets(st.sampled_from(Zone)), st.booleans())
def test_a_quarantine_kind_leaves_the_premises_under_no_circumstances(
    policy, counts, baseline, floors, approved, my_number
):
    found = {**counts, Kind.MY_NUMBER: 1}
    assessment = assess(policy, found, baseline=baseline, floors=tuple(floors))
    clearance = clear(policy, assessment, approved_zones=approved, my_number_purpose=my_number)
    assert clearance.zones <= {Zone.ON_PREM}
    assert my_number or not clearance.zones


@given(policies(), COUNTS, LEVELS, st.lists(LEVELS, max_size=3))
def test_a_level_only_rises_from_the_baseline_and_the_floors(policy, counts, baseline, floors):
    level = assess(policy, counts, baseline=baseline, floors=tuple(floors)).level
    assert level.rank >= highest([baseline, *floors]).rank
    without_evidence = assess(policy, {}, baseline=baseline, floors=tuple(floors)).level
    assert level.rank >= without_evidence.rank


@given(policies(), COUNTS, st.sampled_from(Kind), st.integers(1, 60), LEVELS)
def test_more_evidence_never_lowers_a_level(policy, counts, kind, more, baseline):
    added = {**counts, kind: counts.get(kind, 0) + more}
    before = assess(policy, counts, baseline=baseline).level
    assert assess(policy, added, baseline=baseline).level.rank >= before.rank


@given(
    policies(),
    LEVELS,
    st.sampled_from([Kind.HIDDEN_UNREADABLE, Kind.UNREADABLE_PART, Kind.DETECTOR_FAILED, Kind.LOW_CONFIDENCE]),
)
def test_doubt_counts_as_at_least_the_unreadable_level(policy, baseline, doubt):
    assert assess(policy, {doubt: 1}, baseline=baseline).level.rank >= policy.unreadable_level.rank


@given(policies(), COUNTS, LEVELS)
def test_every_reason_explains_the_level(policy, counts, baseline):
    assessment = assess(policy, counts, baseline=baseline)
    assert assessment.because
    if assessment.level is not baseline:
        assert f"baseline:{baseline}" not in assessment.because


def test_a_forbidden_zone_always_needs_a_mask():
    levels = {level: LevelRule(level, (ZoneRule(Zone.ON_PREM),), 30) for level in Level}
    policy = Policy("v", date(2026, 4, 1), levels, ())
    clearance = clear(policy, assess(policy, {}, baseline=Level.INTERNAL))
    assert clearance.needs_mask(Zone.OVERSEAS)
    assert not clearance.needs_mask(Zone.ON_PREM)
    assert clearance.reason == "internal (baseline:internal) may go to: on_prem"


def test_the_highest_of_no_levels_is_an_error_because_none_is_doubt():
    with pytest.raises(ValueError, match="empty"):
        highest([])
