"""What legal has to look at, line by line."""

from dataclasses import replace
from datetime import date

import pytest

from yakin.cli.register_words import kinds, sentence
from yakin.domain.evidence import Kind
from yakin.domain.levels import Level
from yakin.domain.register import Attention, Matter, RegisterLine, attention
from yakin.domain.zones import Claim, Evidence, Zone

CHECKED = date(2026, 11, 1)
EVIDENCE = tuple(
    Evidence(claim, "contract 12", "法務 佐藤", CHECKED)
    for claim in (Claim.OPERATOR, Claim.INFRASTRUCTURE, Claim.REGION, Claim.ZERO_RETENTION, Claim.TRAINS_ON_DATA)
)
FINE = RegisterLine(
    vendor="vendor", operator_country="JP", infrastructure="JP", region="JP", zone=Zone.DOMESTIC,
    level=Level.CONFIDENTIAL, masked=False, basis="法27条5項1号", trains_on_data=False, zero_retention=True,
    documents=7, personal_documents=5, requests=8, endpoints=("e",), models=("m",), use_cases=("u",),
    purposes=("answer",), departments=("法務",), first_day=date(2026, 11, 2), last_day=date(2026, 11, 27),
    kinds={"person": 5}, evidence=EVIDENCE,
)  # fmt: skip
ABROAD = replace(FINE, operator_country="US", infrastructure="US", region="US", zone=Zone.OVERSEAS)
JAPAN_REGION = replace(FINE, operator_country="US", infrastructure="US", zone=Zone.JAPAN_REGION)


def without(claim: Claim) -> tuple[Evidence, ...]:
    return tuple(item for item in EVIDENCE if item.claim is not claim)


def expiring(claim: Claim, day: date) -> tuple[Evidence, ...]:
    return tuple(replace(item, expires=day) if item.claim is claim else item for item in EVIDENCE)


def test_a_line_with_ground_and_evidence_needs_nobody():
    assert attention(FINE) == ()
    assert attention(replace(ABROAD, masked=True)) == ()
    assert attention(replace(ABROAD, personal_documents=0, kinds={})) == ()


@pytest.mark.parametrize(
    ("line", "matter", "documents", "detail"),
    [
        (replace(FINE, basis=""), Matter.NO_BASIS, 7, ""),
        (ABROAD, Matter.UNMASKED_OUTSIDE_JAPAN, 5, "US"),
        (JAPAN_REGION, Matter.UNMASKED_FOREIGN_OPERATOR, 5, "US"),
        (replace(FINE, infrastructure="US", zone=Zone.JAPAN_REGION), Matter.UNMASKED_FOREIGN_OPERATOR, 5, "JP"),
        (replace(FINE, trains_on_data=True), Matter.TRAINS_ON_DATA, 7, ""),
        (replace(ABROAD, masked=True, region="global"), Matter.COUNTRY_UNKNOWN, 7, "global"),
        (replace(FINE, masked=True, region="unverified"), Matter.COUNTRY_UNKNOWN, 7, "unverified"),
        (replace(FINE, evidence=without(Claim.REGION)), Matter.CLAIM_WITHOUT_EVIDENCE, 7, "region"),
        (replace(FINE, evidence=without(Claim.ZERO_RETENTION)), Matter.CLAIM_WITHOUT_EVIDENCE, 7, "zero_retention"),
        (replace(FINE, evidence=expiring(Claim.OPERATOR, date(2026, 11, 26))), Matter.CLAIM_EXPIRED, 7,
         "operator 2026-11-26"),
        (replace(FINE, kinds={"person": 5, "unreadable_part": 2}), Matter.NOT_READ_WHOLLY, 2, ""),
    ],
)  # fmt: skip
def test_one_matter_is_named_with_its_number(line, matter, documents, detail):
    assert attention(line) == (Attention(matter, "vendor", Level.CONFIDENTIAL, documents, detail),)
    said = sentence(attention(line)[0])
    assert said.startswith(f"vendor, 社外秘 confidential, {documents} 文書: ")
    assert detail in said


def test_evidence_that_holds_on_the_last_day_is_enough():
    assert attention(replace(FINE, evidence=expiring(Claim.REGION, FINE.last_day))) == ()


def test_the_gravest_matter_comes_first():
    line = replace(ABROAD, basis="", trains_on_data=True, evidence=())
    assert [each.matter for each in attention(line)][:3] == [
        Matter.NO_BASIS,
        Matter.UNMASKED_OUTSIDE_JAPAN,
        Matter.TRAINS_ON_DATA,
    ]
    assert {each.matter for each in attention(line)} >= {Matter.CLAIM_WITHOUT_EVIDENCE}


NOT_PERSONAL = {
    "corporate_number", "ip_address", "postal_code", "secret_key", "not_judged", "marking_confidential",
    "marking_restricted", "marking_secret", "judged_confidential", "judged_restricted", "judged_secret",
}  # fmt: skip


def test_kinds_are_named_in_japanese_and_what_is_not_known_keeps_its_name():
    assert kinds({"person": 3, "email": 1, "of_next_year": 2}) == "メールアドレス 1、of_next_year 2、人名 3"
    assert {Kind(name) for name in NOT_PERSONAL} < set(Kind)
