"""The gate trusts neither the planner nor the caller."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.llm.conftest import DOCUMENT, NothingFound, cleared_for, endpoint_at, offer_of
from yakin.domain.cleared_text import ClearedText
from yakin.domain.evidence import Finding, Kind
from yakin.domain.levels import Level
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.routing import Limits
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused
from yakin.llm.gate import IDENTIFIERS, Gate

ABROAD = endpoint_at("https://vendor.example", zone=Zone.OVERSEAS)


class Finds:
    """A scanner that finds these kinds in every text."""

    def __init__(self, *kinds: Kind):
        self.kinds = kinds

    def scan(self, text: str) -> tuple[Finding, ...]:
        return tuple(Finding(kind, 0, 1, 1.0) for kind in self.kinds)


class Fails:
    def scan(self, text: str) -> tuple[Finding, ...]:
        raise RuntimeError(f"cannot scan {text}")


def admit(endpoint, cleared, scanner=None, known=None):
    Gate({endpoint.name: known or endpoint}, scanner or NothingFound()).admit(cleared, offer_of(endpoint))


@given(st.sets(st.sampled_from(Zone)), st.sampled_from(Zone), st.booleans(), st.booleans())
def test_nothing_passes_outside_of_its_clearance(zones, zone, quarantined, masked):
    endpoint = endpoint_at("http://127.0.0.1:1", zone=zone)
    clearance = Clearance(Level.INTERNAL, tuple(ZoneRule(each) for each in zones), "v", quarantined)
    cleared = ClearedText(1, "text", clearance, masked)
    if zone in zones and not quarantined:
        admit(endpoint, cleared)
        return
    with pytest.raises(EgressRefused):
        admit(endpoint, cleared)


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "https://elsewhere.example/v1"},
        {"zone": Zone.ON_PREM},
        {"proxy": "http://proxy.example"},
        {"trains_on_data": True},
        {"ca_bundle": "/other.pem"},
    ],
)
def test_an_endpoint_that_is_not_the_catalogues_is_refused(changes):
    forged = endpoint_at("https://vendor.example", **{"zone": Zone.OVERSEAS, **changes})
    with pytest.raises(EgressRefused, match="not the one in the catalogue"):
        admit(forged, cleared_for(*Zone), known=ABROAD)


def test_an_endpoint_that_the_catalogue_does_not_have_is_refused():
    with pytest.raises(EgressRefused, match="no such endpoint"):
        Gate({}, NothingFound()).admit(cleared_for(*Zone), offer_of(ABROAD))


def test_tuned_limits_do_not_stop_a_run():
    admit(
        ABROAD,
        cleared_for(Zone.OVERSEAS),
        known=endpoint_at("https://vendor.example", zone=Zone.OVERSEAS, limits=Limits(9)),
    )


def test_conditions_of_the_zone_hold_for_the_endpoint():
    trains = endpoint_at("https://vendor.example", zone=Zone.OVERSEAS, trains_on_data=True)
    keeps = endpoint_at("https://vendor.example", zone=Zone.OVERSEAS, zero_retention=False)
    with pytest.raises(EgressRefused, match="train"):
        admit(trains, cleared_for(Zone.OVERSEAS))
    with pytest.raises(EgressRefused, match="retention"):
        admit(keeps, cleared_for(Zone.OVERSEAS, zero_retention=True))


def masked_text(*, done: bool) -> ClearedText:
    clearance = Clearance(Level.CONFIDENTIAL, (ZoneRule(Zone.OVERSEAS, masked=True),), "v")
    return ClearedText(7, DOCUMENT, clearance, masked=done)


def test_a_text_that_should_be_masked_and_is_not_is_refused():
    with pytest.raises(EgressRefused, match="not masked"):
        admit(ABROAD, masked_text(done=False))


@pytest.mark.parametrize("kind", Kind)
def test_a_masked_text_that_still_holds_an_identifier_is_refused(kind):
    if kind not in IDENTIFIERS:
        admit(ABROAD, masked_text(done=True), Finds(kind))
        return
    with pytest.raises(EgressRefused, match=kind):
        admit(ABROAD, masked_text(done=True), Finds(kind))


def test_secret_keys_leave_for_nowhere_even_where_no_mask_is_due():
    with pytest.raises(EgressRefused, match="secret_key"):
        admit(ABROAD, cleared_for(Zone.OVERSEAS), Finds(Kind.SECRET_KEY))
    admit(endpoint_at("http://127.0.0.1:1"), cleared_for(Zone.ON_PREM), Finds(Kind.SECRET_KEY))


def test_without_a_scanner_only_on_prem_is_open():
    gate = Gate({"vendor": ABROAD}, None)
    with pytest.raises(EgressRefused, match="no scanner"):
        gate.admit(cleared_for(Zone.OVERSEAS), offer_of(ABROAD))
    home = endpoint_at("http://127.0.0.1:1")
    Gate({"vendor": home}, None).admit(cleared_for(Zone.ON_PREM), offer_of(home))


def test_a_scanner_that_fails_refuses_without_quoting_the_text():
    with pytest.raises(EgressRefused) as refused:
        admit(ABROAD, cleared_for(Zone.OVERSEAS), Fails())
    assert str(refused.value) == "document 7 → vendor (overseas): the scanner failed: RuntimeError"
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.parametrize("url", ["http://192.0.2.7:8000", "http://169.254.169.254", "http://no-such-host.invalid"])
def test_an_on_prem_address_that_is_not_private_is_refused(url):
    with pytest.raises(EgressRefused, match="private"):
        admit(endpoint_at(url), cleared_for(Zone.ON_PREM))


@pytest.mark.parametrize("url", ["http://10.1.2.3", "http://192.168.0.9", "http://[fd00::1]", "http://localhost"])
def test_private_addresses_are_on_prem(url):
    admit(endpoint_at(url), cleared_for(Zone.ON_PREM))
