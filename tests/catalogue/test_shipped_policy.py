"""The shipped policy is the table of the design, and a company's policy is checked before it counts."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yakin.catalogue import layers as data
from yakin.catalogue.policy import load_policy
from yakin.domain.evidence import Kind
from yakin.domain.levels import Level
from yakin.domain.policy import ZoneRule, assess, clear
from yakin.domain.zones import Zone
from yakin.errors import CatalogueError, PolicyError

TODAY = date(2026, 11, 24)
POLICY = load_policy(None, TODAY)
SHIPPED = (data.SHIPPED / "policy.yaml").read_text(encoding="utf-8")


def test_the_table_of_the_design():
    table = {level: tuple(replace(zone, basis="") for zone in rule.zones) for level, rule in POLICY.levels.items()}
    assert table[Level.SECRET] == (ZoneRule(Zone.ON_PREM),)
    assert table[Level.RESTRICTED] == (
        ZoneRule(Zone.ON_PREM),
        ZoneRule(Zone.DOMESTIC, masked=True, approval=True, zero_retention=True),
    )
    assert table[Level.CONFIDENTIAL] == (
        ZoneRule(Zone.ON_PREM),
        ZoneRule(Zone.DOMESTIC),
        ZoneRule(Zone.JAPAN_REGION, masked=True),
    )
    assert table[Level.INTERNAL] == tuple(ZoneRule(zone) for zone in Zone)
    assert table[Level.PUBLIC] == tuple(ZoneRule(zone, no_training=False) for zone in Zone)
    assert [POLICY.levels[level].kept_days for level in Level] == [180, 180, 90, 30, 0]


def test_every_place_where_personal_data_may_go_has_a_ground_that_names_the_article():
    grounds = {(level, zone.zone): zone.basis for level, rule in POLICY.levels.items() for zone in rule.zones}
    assert all(grounds.values())
    assert "27条5項1号" in grounds[Level.CONFIDENTIAL, Zone.DOMESTIC]
    assert "25条" in grounds[Level.RESTRICTED, Zone.DOMESTIC]
    assert "28条" in grounds[Level.CONFIDENTIAL, Zone.JAPAN_REGION]
    assert "7-53" in grounds[Level.CONFIDENTIAL, Zone.JAPAN_REGION]


RAISED = {
    Level.SECRET: [Kind.MY_NUMBER, Kind.MARKING_SECRET, Kind.JUDGED_SECRET],
    Level.RESTRICTED: [
        *(Kind.SPECIAL_CARE, Kind.DRIVERS_LICENCE, Kind.PASSPORT, Kind.RESIDENCE_CARD, Kind.PENSION_NUMBER),
        *(Kind.HEALTH_INSURANCE, Kind.CREDIT_CARD, Kind.BANK_ACCOUNT, Kind.SECRET_KEY, Kind.MARKING_RESTRICTED),
        *(Kind.HIDDEN_UNREADABLE, Kind.UNREADABLE_PART, Kind.DETECTOR_FAILED, Kind.LOW_CONFIDENCE),
        *(Kind.NOT_JUDGED, Kind.JUDGED_RESTRICTED),
    ],
    Level.CONFIDENTIAL: [
        *(Kind.PERSON, Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.BIRTH_DATE, Kind.COMPANY_ID),
        *(Kind.MARKING_CONFIDENTIAL, Kind.JUDGED_CONFIDENTIAL),
    ],
    Level.INTERNAL: [Kind.CORPORATE_NUMBER, Kind.IP_ADDRESS, Kind.POSTAL_CODE],
}


@pytest.mark.parametrize(("kind", "level"), [(kind, level) for level, kinds in RAISED.items() for kind in kinds])
def test_one_finding_raises_an_internal_document(kind, level):
    assert assess(POLICY, {kind: 1}, baseline=Level.INTERNAL).level is level


def test_every_kind_has_been_thought_of():
    assert {kind for kinds in RAISED.values() for kind in kinds} == set(Kind)


def test_a_list_of_people_is_restricted():
    assert assess(POLICY, {Kind.PERSON: 49}, baseline=Level.INTERNAL).level is Level.CONFIDENTIAL
    assert assess(POLICY, {Kind.PERSON: 50}, baseline=Level.INTERNAL).level is Level.RESTRICTED


def test_my_number_is_quarantined_unless_the_use_case_declares_the_purpose():
    assessment = assess(POLICY, {Kind.MY_NUMBER: 1}, baseline=Level.PUBLIC)
    assert clear(POLICY, assessment).zones == frozenset()
    assert clear(POLICY, assessment, my_number_purpose=True).zones == {Zone.ON_PREM}


def test_a_restricted_document_goes_to_a_domestic_vendor_only_when_approved():
    assessment = assess(POLICY, {Kind.SPECIAL_CARE: 1}, baseline=Level.INTERNAL)
    assert clear(POLICY, assessment).zones == {Zone.ON_PREM}
    approved = clear(POLICY, assessment, approved_zones=frozenset(Zone))
    assert approved.zones == {Zone.ON_PREM, Zone.DOMESTIC}
    assert approved.needs_mask(Zone.DOMESTIC)


@given(
    st.dictionaries(st.sampled_from(Kind), st.integers(0, 60), max_size=6),
    st.sampled_from(Level),
    st.frozensets(st.sampled_from(Zone)),
    st.booleans(),
)
def test_under_the_shipped_policy_no_evidence_ever_opens_a_zone(counts, baseline, approved, my_number):
    plain = clear(POLICY, assess(POLICY, {}, baseline=baseline), approved_zones=approved)
    found = clear(
        POLICY, assess(POLICY, counts, baseline=baseline), approved_zones=approved, my_number_purpose=my_number
    )
    assert found.zones <= plain.zones


def write(tmp_path, text, name="policy.yaml"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_newest_policy_that_has_started_is_in_force(tmp_path):
    write(tmp_path, SHIPPED, "a.yaml")
    later = SHIPPED.replace("valid_from: 2026-04-01", "valid_from: 2027-04-01").replace(
        "kept_days: 90", "kept_days: 60"
    )
    write(tmp_path, later, "b.yaml")
    assert load_policy(tmp_path, date(2027, 3, 31)).levels[Level.CONFIDENTIAL].kept_days == 90
    assert load_policy(tmp_path, date(2027, 4, 1)).levels[Level.CONFIDENTIAL].kept_days == 60


def test_a_company_policy_that_has_not_started_does_not_bring_the_default_back(tmp_path):
    write(tmp_path, SHIPPED.replace("valid_from: 2026-04-01", "valid_from: 2027-04-01"))
    with pytest.raises(PolicyError, match="no policy is in force on 2026-11-24; the first starts on 2027-04-01"):
        load_policy(tmp_path, TODAY)


def test_files_without_a_policy_leave_the_default_in_place(tmp_path):
    assert load_policy(write(tmp_path, "endpoints: []\n"), TODAY) == POLICY


def test_comments_and_layout_are_not_the_policy(tmp_path):
    assert load_policy(write(tmp_path, "# 2\n" + SHIPPED), TODAY).version == POLICY.version
    changed = write(tmp_path, SHIPPED.replace("kept_days: 90", "kept_days: 91"))
    assert load_policy(changed, TODAY).version != POLICY.version


ONLY_ON_PREM = SHIPPED[SHIPPED.index("      secret:") : SHIPPED.index("    evidence:")]
UNMASKED = SHIPPED[SHIPPED.index("      confidential:") : SHIPPED.index("      restricted:")]
DOMESTIC = "zone: domestic\n"
LINE = SHIPPED[: SHIPPED.index("valid_from: 2026")].count("\n") + 1
MISTAKES = [
    (ONLY_ON_PREM, ONLY_ON_PREM.replace("on_prem", "overseas"), "allows secret in overseas but not restricted"),
    (
        UNMASKED,
        UNMASKED.replace(DOMESTIC, DOMESTIC + "            no_training: false\n"),
        "asks less of confidential than of int",
    ),
    ("      internal: #", "      intern: #", "levels.intern"),
    ("kind: passport", "kind: passprot", "evidence.3.kind: is not usable; it should be 'my_number'"),
    ("kept_days: 90", "kept_days: -1", "levels.confidential.kept_days"),
    ("valid_from: 2026-04-01", "valid_from: soon", f"policy.yaml:{LINE}: policy valid_from: is not a day; write it as"),
    (
        DOMESTIC + "            masked: true",
        "zone: on_prem\n            masked: true",
        "gives restricted one zone twice; keep one",
    ),
]


@pytest.mark.parametrize(("written", "instead", "said"), MISTAKES)
def test_a_policy_mistake_is_named(tmp_path, written, instead, said):
    assert written in SHIPPED
    with pytest.raises(CatalogueError) as caught:
        load_policy(write(tmp_path, SHIPPED.replace(written, instead, 1)), TODAY)
    assert said in str(caught.value)


def test_a_missing_level_is_named(tmp_path):
    start = SHIPPED.index("      secret:")
    text = SHIPPED[:start] + SHIPPED[SHIPPED.index("    evidence:") :]
    with pytest.raises(CatalogueError, match="has no rule for secret; give every level its zones"):
        load_policy(write(tmp_path, text), TODAY)
