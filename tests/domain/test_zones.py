from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.zones import Claim, Evidence, Jurisdiction, Zone, derive_zone, in_order

TODAY = date(2026, 11, 24)
PLACES = st.sampled_from(["own", "JP", "US", "DE", "global", "unverified"])
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
EVIDENCE = st.builds(Evidence, st.sampled_from(Claim), st.just("contract"), st.just("legal"), DAYS, st.none() | DAYS)
JURISDICTIONS = st.builds(Jurisdiction, PLACES, PLACES, PLACES, st.lists(EVIDENCE, max_size=6).map(tuple))


def proven(*claims, expires=None):
    return tuple(Evidence(claim, "contract", "legal", date(2026, 11, 1), expires) for claim in claims)


def zone(jurisdiction, private=False):
    return derive_zone(jurisdiction, TODAY, address_is_private=private)


def test_own_machines_at_a_private_address_are_on_prem_without_outside_evidence():
    assert zone(Jurisdiction("US", "own", "own"), private=True) is Zone.ON_PREM


def test_own_machines_at_a_public_address_are_overseas():
    assert zone(Jurisdiction("JP", "own", "own"), private=False) is Zone.OVERSEAS


def test_a_private_address_alone_does_not_make_on_prem():
    assert zone(Jurisdiction("JP", "JP", "own"), private=True) is Zone.OVERSEAS


def test_a_japanese_operator_with_all_evidence_is_domestic():
    evidence = proven(Claim.OPERATOR, Claim.INFRASTRUCTURE, Claim.REGION)
    assert zone(Jurisdiction("JP", "JP", "JP", evidence)) is Zone.DOMESTIC


def test_a_japanese_operator_whose_country_is_not_evidenced_is_only_japan_region():
    assert zone(Jurisdiction("JP", "JP", "JP", proven(Claim.REGION))) is Zone.JAPAN_REGION


def test_a_foreign_operator_pinned_to_japan_is_japan_region_and_never_domestic():
    evidence = proven(*Claim)
    assert zone(Jurisdiction("US", "JP", "JP", evidence)) is Zone.JAPAN_REGION
    assert zone(Jurisdiction("JP", "US", "JP", evidence)) is Zone.JAPAN_REGION


def test_a_declared_region_without_evidence_is_overseas():
    assert zone(Jurisdiction("JP", "JP", "JP", proven(Claim.OPERATOR, Claim.INFRASTRUCTURE))) is Zone.OVERSEAS


def test_evidence_counts_on_its_last_day_and_not_after():
    evidence = proven(Claim.REGION, expires=TODAY)
    assert derive_zone(Jurisdiction("US", "US", "JP", evidence), TODAY, address_is_private=False) is Zone.JAPAN_REGION
    tomorrow = date(2026, 11, 25)
    assert derive_zone(Jurisdiction("US", "US", "JP", evidence), tomorrow, address_is_private=False) is Zone.OVERSEAS


@given(JURISDICTIONS, st.booleans())
def test_everything_unverified_is_overseas(jurisdiction, private):
    found = zone(jurisdiction, private)
    own = jurisdiction.infrastructure == "own" and jurisdiction.region == "own"
    assert (found is Zone.ON_PREM) == (own and private)
    if found in (Zone.DOMESTIC, Zone.JAPAN_REGION):
        assert jurisdiction.region == "JP"
        assert any(item.claim is Claim.REGION and item.holds(TODAY) for item in jurisdiction.evidence)


@given(JURISDICTIONS, st.booleans(), st.integers(0, 5))
def test_taking_evidence_away_never_makes_a_zone_safer(jurisdiction, private, kept):
    fewer = Jurisdiction(
        jurisdiction.operator_country, jurisdiction.infrastructure, jurisdiction.region, jurisdiction.evidence[:kept]
    )
    order = list(Zone)
    assert order.index(zone(fewer, private)) >= order.index(zone(jurisdiction, private))


def test_zones_are_listed_from_the_safest_once_each():
    assert in_order([Zone.OVERSEAS, Zone.ON_PREM, Zone.OVERSEAS]) == (Zone.ON_PREM, Zone.OVERSEAS)
