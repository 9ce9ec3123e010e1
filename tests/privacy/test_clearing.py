"""What may go where, in which form, and that nothing goes when in doubt."""

import pytest

from bench.business_set import business_set
from yakin.domain.evidence import Finding, Kind
from yakin.domain.levels import Level
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused
from yakin.privacy.clearing import clear_text, text_hash
from yakin.privacy.pseudonyms import MASKED_KINDS, outside_tokens
from yakin.privacy.scanner import JapaneseScanner
from yakin.privacy.tokens import TOKEN

SCANNER = JapaneseScanner()
SECRET = b"run secret of sixteen bytes"
TEXT = "田中太郎様の電話は090-1234-5678、パスワード：Tanaka#1234"
CLEARANCE = Clearance(
    Level.CONFIDENTIAL,
    (ZoneRule(Zone.ON_PREM), ZoneRule(Zone.DOMESTIC), ZoneRule(Zone.JAPAN_REGION, masked=True)),
    "policy",
)


def cleared(zone: Zone, clearance: Clearance = CLEARANCE, scanner=SCANNER, text: str = TEXT):
    return clear_text(7, text, clearance, zone, scanner, SECRET)


def test_a_forbidden_zone_is_refused():
    with pytest.raises(EgressRefused, match="document 7: level confidential may not go to zone overseas"):
        cleared(Zone.OVERSEAS)


def test_a_quarantined_document_goes_nowhere():
    with pytest.raises(EgressRefused):
        cleared(Zone.ON_PREM, Clearance(Level.SECRET, (ZoneRule(Zone.ON_PREM),), "policy", quarantined=True))


def test_on_premises_the_text_is_plain():
    assert cleared(Zone.ON_PREM).text == TEXT


def test_outside_secrets_are_replaced_even_where_no_mask_is_due():
    result = cleared(Zone.DOMESTIC)
    assert "田中太郎" in result.text
    assert "Tanaka#1234" not in result.text
    assert not result.masked


def test_a_masked_zone_gets_no_identifier():
    result = cleared(Zone.JAPAN_REGION)
    assert result.masked
    assert SCANNER.scan(result.text) == ()
    assert set(result.restore.values()) >= {"田中太郎", "090-1234-5678"}


@pytest.mark.parametrize(
    ("zone", "open_zones"),
    [
        (Zone.ON_PREM, {Zone.ON_PREM}),
        (Zone.DOMESTIC, {Zone.ON_PREM, Zone.DOMESTIC}),
        (Zone.JAPAN_REGION, {Zone.ON_PREM, Zone.DOMESTIC, Zone.JAPAN_REGION}),
    ],
)
def test_the_clearance_opens_only_zones_that_this_form_may_go_to(zone, open_zones):
    assert cleared(zone).clearance.zones == open_zones


class _Stubborn:
    """Finds one more character in every text, whatever masking does."""

    def scan(self, text: str) -> tuple[Finding, ...]:
        at = TOKEN.sub(lambda token: "■" * len(token.group()), text).rindex("あ")
        return (Finding(Kind.PERSON, at, at + 1, 0.9),)


def test_identifiers_that_remain_refuse_the_document_without_naming_them():
    with pytest.raises(EgressRefused) as refusal:
        cleared(Zone.JAPAN_REGION, scanner=_Stubborn(), text="あいあいあいあいあい")
    assert "person" in str(refusal.value)
    assert "あ" not in str(refusal.value)


class _Broken:
    def scan(self, text: str) -> tuple[Finding, ...]:
        raise ValueError(text)


def test_a_broken_scanner_refuses_and_its_message_does_not_travel():
    with pytest.raises(EgressRefused) as refusal:
        cleared(Zone.JAPAN_REGION, scanner=_Broken())
    assert str(refusal.value) == "document 7: the scanner failed (ValueError)"
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


def test_the_repr_shows_no_text():
    assert "田中" not in repr(cleared(Zone.ON_PREM))


def test_the_text_hash_needs_its_key():
    assert text_hash("田中", b"a") == text_hash("田中", b"a") != text_hash("田中", b"b")


def test_masking_settles_and_leaves_no_identifier_in_any_business_document():
    for document in business_set(250, 11):
        text = cleared(Zone.JAPAN_REGION, text=document.text).text
        left = outside_tokens(text, SCANNER.scan(text))
        assert [one for one in left if one.kind in MASKED_KINDS] == []
