"""The form that Prefect draws from the parameter model: every field in place, named, explained and plain."""

import pytest
from prefect.utilities.callables import parameter_schema
from pydantic import ValidationError

from flows.night_run import night_run
from tasks.parameters import NightRunParameters

DEFINITIONS = parameter_schema(night_run).model_dump_for_openapi()["definitions"]
FORMS = {"Night run": DEFINITIONS["NightRunParameters"], "Job": DEFINITIONS["JobParameters"]}
FIELDS = [(form, name, each) for form, schema in FORMS.items() for name, each in schema["properties"].items()]


@pytest.mark.parametrize("form", FORMS)
def test_fields_keep_the_order_of_the_model_whatever_postgres_does_to_it(form):
    positions = [each["position"] for each in FORMS[form]["properties"].values()]
    assert positions == list(range(len(positions)))


@pytest.mark.parametrize(("form", "name", "field"), FIELDS)
def test_a_field_has_a_title_in_both_languages_and_says_what_it_does(form, name, field):
    assert any(ord(character) > 0x3000 for character in field["title"])
    assert field["title"][0].isascii()
    assert field["description"]
    assert "(yen)" in field["title"] or not name.endswith("_jpy")
    assert "(minutes)" in field["title"] or not name.endswith("_minutes")


@pytest.mark.parametrize(("form", "name", "field"), FIELDS)
def test_a_field_is_one_plain_input_with_a_default_of_its_own_type(form, name, field):
    assert "anyOf" not in field
    kinds = {"string": str, "number": (int, float), "integer": int, "boolean": bool}
    if "default" in field and "type" in field:
        assert isinstance(field["default"], kinds[field["type"]])


def test_what_the_form_leaves_out_is_none_and_what_it_sends_is_decimal():
    given = {"jobs": [{"source": "s3://bucket/in"}], "budget_jpy": 0.1, "approval_above_jpy": 1500}
    parameters = NightRunParameters.model_validate(given)
    assert str(parameters.budget_jpy) == "0.1"
    assert parameters.approval_above_jpy == 1500
    assert (parameters.jobs[0].baseline, parameters.jobs[0].budget_jpy) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget_jpy": -1},
        {"budget_jpy": "NaN"},
        {"deadline": "24:00"},
        {"deadline": "6:00"},
        {"approval_wait_minutes": 0},
        {"standing_budget_jpy": None},
        {"mode": "production"},
        {"jobs": []},
        {"jobs": [{"source": "/in", "use_case": "../other"}]},
        {"jobs": [{"source": "/in", "level_floor": "top secret"}]},
        {"budget": 5},
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValidationError):
        NightRunParameters.model_validate({"jobs": [{"source": "/in"}], "budget_jpy": 5} | wrong)
