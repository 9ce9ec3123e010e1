"""How far several answers agree: on choices, numbers, dates and codes in any notation; free text does not count."""

import pytest

from yakin.use_cases.consistency import compared_fields, consistency
from yakin.use_cases.load import load_use_cases

FIRST = {"effective_date": "2026-04-01", "auto_renewal": True, "notice_days": 30, "governing_law": "JP",
         "liability_cap": "委託料の12か月分", "expiry_date": None, "amount_jpy": 4800000}  # fmt: skip


@pytest.fixture(scope="module")
def schemas():
    return {name: each.schema for name, each in load_use_cases(None).items()}


def test_free_text_is_not_compared(schemas):
    assert compared_fields(schemas["inquiry_triage"]) == ("category", "urgency", "department", "language")
    assert set(compared_fields(schemas["contract_terms"])) == FIRST.keys() - {"liability_cap"}
    assert compared_fields(schemas["trouble_report"]) == ("severity",)


def test_the_signal_is_the_share_of_fields_on_which_the_others_agree_with_the_first(schemas):
    schema = schemas["contract_terms"]
    same = {**FIRST, "effective_date": "令和8年4月1日", "liability_cap": "another wording"}
    one_differs = {**FIRST, "notice_days": 60}

    assert consistency(schema, FIRST, [same, same]) == 1
    assert consistency(schema, FIRST, [same, one_differs]) == pytest.approx(11 / 12)
    assert consistency(schema, FIRST, [same, None]) == 0.5  # an ask without a valid answer agrees on nothing
    assert consistency(schema, FIRST, []) is None
    assert consistency({"properties": {}}, {}, [{}]) is None
