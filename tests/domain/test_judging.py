"""A verdict is evidence like any other: whatever it says, it can only raise."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yakin.catalogue.policy import load_policy
from yakin.domain.evidence import Kind
from yakin.domain.judging import KINDS, LEVELS, NOTHING, Category, Verdict, judged_counts, verdict_of
from yakin.domain.levels import Level
from yakin.domain.policy import assess, clear
from yakin.domain.zones import Zone

POLICY = load_policy(None, date(2026, 11, 25))
VERDICTS = st.one_of(
    st.just(NOTHING), st.builds(Verdict, st.sampled_from(Category), st.sampled_from(sorted(KINDS, key=str)))
)
RULES = st.fixed_dictionaries({category: st.sampled_from(sorted(KINDS, key=str)) for category in Category})


@given(
    VERDICTS,
    RULES,
    st.dictionaries(st.sampled_from(Kind), st.integers(0, 60), max_size=6),
    st.sampled_from(Level),
    st.frozensets(st.sampled_from(Zone)),
)
def test_no_verdict_lowers_a_level_or_opens_a_zone(verdict, rule, counts, baseline, approved):
    plain = assess(POLICY, counts, baseline=baseline)
    judged = assess(POLICY, {**counts, **judged_counts(verdict, rule)}, baseline=baseline)

    assert judged.level.rank >= plain.level.rank
    assert clear(POLICY, judged, approved_zones=approved).zones <= clear(POLICY, plain, approved_zones=approved).zones


@pytest.mark.parametrize("category", Category)
def test_each_category_raises_an_internal_document_to_its_level(category):
    counts = judged_counts(verdict_of(category, LEVELS))

    assert assess(POLICY, counts, baseline=Level.INTERNAL).level is LEVELS[category]


def test_of_the_level_at_the_verdict_and_the_level_in_force_now_the_higher_counts():
    now_lower = {**LEVELS, Category.DEAL: Level.CONFIDENTIAL}
    now_higher = {**LEVELS, Category.DEAL: Level.SECRET}
    verdict = Verdict(Category.DEAL, Level.RESTRICTED)

    assert judged_counts(verdict, now_lower) == {Kind.JUDGED_RESTRICTED: 1}
    assert judged_counts(verdict, now_higher) == {Kind.JUDGED_SECRET: 1}


def test_finding_nothing_is_no_evidence():
    assert judged_counts(verdict_of(None, LEVELS)) == {}
