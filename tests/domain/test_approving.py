"""An approved quote is a cap: who has to say what, and what may be spent then."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.approving import (
    Allowed,
    Said,
    Terms,
    Verdict,
    allowed_after,
    allowed_before,
    must_wait,
    night_key,
    proposed_jpy,
)

TERMS = Terms(Decimal(100), Decimal(10), Decimal(30))
FREE = replace(TERMS, threshold_jpy=None)
EXPIRED = Said(Verdict.EXPIRED, "")
DECLINED = Said(Verdict.DECLINE, "鈴木")
JOB = {"source": "file:///in", "use_case": "triage", "department": "営業部", "baseline": None, "level_floor": None,
       "backfill": False, "budget_jpy": "50"}  # fmt: skip
NIGHT = date(2026, 11, 26)
YEN = st.decimals(0, 10**6, places=6)


def approved(up_to_jpy: object) -> Said:
    return Said(Verdict.APPROVE, "佐藤", Decimal(str(up_to_jpy)))


@pytest.mark.parametrize(
    ("expected", "spent", "terms", "before", "waits"),
    [
        (30, 0, TERMS, None, False),
        (31, 0, TERMS, None, True),
        (90, 0, FREE, None, False),
        (40, 0, TERMS, approved(40), False),
        (40, 1, TERMS, approved(40), True),  # what is spent already was approved only once
        (41, 0, TERMS, approved(40), True),
        (25, 0, TERMS, approved(20), False),  # below the threshold nobody is asked; the cap holds all the same
        (90, 0, TERMS, DECLINED, False),
    ],
)
def test_a_person_is_waited_for_only_above_the_threshold_and_above_what_was_approved(
    expected, spent, terms, before, waits
):
    assert must_wait(Decimal(expected), Decimal(spent), terms, before) is waits


@pytest.mark.parametrize(
    ("said", "before", "room", "is_approved"),
    [
        (approved(55.5), None, "55.5", True),
        (approved(200), None, 100, True),  # never above the budget
        (DECLINED, None, 10, False),
        (DECLINED, approved(40), 10, False),  # the newest word counts
        (EXPIRED, None, 10, False),
        (EXPIRED, approved(40), 40, False),  # what was approved in the afternoon stands where nobody is there
        (EXPIRED, approved(5), 10, False),
    ],
)
def test_the_cap_is_what_was_said_last(said, before, room, is_approved):
    assert allowed_after(TERMS, before, said) == Allowed(Decimal(room), is_approved)


def test_what_is_offered_is_p95_in_whole_yen_and_never_above_the_budget():
    assert proposed_jpy(Decimal("38.000001"), Decimal(100)) == 39
    assert proposed_jpy(Decimal("0.2"), Decimal("0.5")) == Decimal("0.5")


@given(budget=YEN, standing=YEN, up_to=YEN, before=YEN)
def test_no_word_lifts_the_cap_above_the_budget(budget, standing, up_to, before):
    terms = Terms(budget, standing, Decimal(0))
    for said in (approved(up_to), DECLINED, EXPIRED):
        assert 0 <= allowed_after(terms, approved(before), said).room_jpy <= budget
    assert allowed_before(terms, approved(up_to)).room_jpy <= up_to


def test_a_quote_and_its_night_have_one_key_whatever_else_they_were_started_with():
    other = {"source": "s3://b", "use_case": "terms"}
    key = night_key([JOB, other], NIGHT, rehearsal=False)
    assert night_key([other, JOB | {"budget_jpy": "50.00"}], NIGHT, rehearsal=False) == key
    different = [
        night_key([JOB], NIGHT, rehearsal=False),
        night_key([JOB | {"department": "法務部"}, other], NIGHT, rehearsal=False),
        night_key([JOB | {"budget_jpy": None}, other], NIGHT, rehearsal=False),
        night_key([JOB, other], date(2026, 11, 27), rehearsal=False),
        night_key([JOB, other], NIGHT, rehearsal=True),
    ]
    assert len({key, *different}) == 6
