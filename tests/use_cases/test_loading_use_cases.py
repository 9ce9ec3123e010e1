import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from yakin.domain.levels import Level
from yakin.domain.use_case import SwitchGate
from yakin.errors import UseCaseError
from yakin.use_cases.load import load_use_cases

OWN = Path(load_use_cases.__code__.co_filename).parent


@pytest.fixture
def company(tmp_path):
    """A company's folder with a copy of one of ours under a name of its own."""
    shutil.copytree(OWN / "trouble_report", tmp_path / "our_reports")
    return tmp_path


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_three_use_cases_come_with_yakin():
    loaded = load_use_cases(None)
    assert set(loaded) == {"inquiry_triage", "trouble_report", "contract_terms"}
    facts = loaded["inquiry_triage"].facts
    assert facts.title == "問い合わせの仕分け (Inquiry triage)"
    assert facts.value.review_share == Decimal("0.05")
    assert facts.value.name == facts.name == "inquiry_triage"
    assert loaded["contract_terms"].facts.level_floor is Level.CONFIDENTIAL


def test_a_company_adds_a_use_case_by_copying_a_folder(company):
    loaded = load_use_cases(company)
    assert set(loaded) == {"inquiry_triage", "trouble_report", "contract_terms", "our_reports"}
    assert loaded["our_reports"].folder == company / "our_reports"


def test_a_company_replaces_ours_by_the_same_name(company):
    (company / "our_reports").rename(company / "inquiry_triage")
    loaded = load_use_cases(company)["inquiry_triage"]
    assert "symptom" in loaded.schema["properties"]


def test_the_same_folder_keeps_its_version_wherever_it_lies(company):
    loaded = load_use_cases(company)
    assert loaded["our_reports"].facts.version == loaded["trouble_report"].facts.version
    assert len(loaded["our_reports"].facts.version) == 16


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("prompt.md", "要点", "要所"),
        ("use_case.yaml", "answer_value_jpy: 600", "answer_value_jpy: 601"),
        ("answer.py", 'Literal["critical", ', "Literal["),
    ],
)
def test_a_change_of_prompt_numbers_or_schema_is_a_new_version(company, part, old, new):
    before = load_use_cases(company)["our_reports"].facts.version
    replace_in(company / "our_reports" / part, old, new)
    assert load_use_cases(company)["our_reports"].facts.version != before


def test_a_comment_in_the_answer_code_is_no_new_version(company):
    before = load_use_cases(company)["our_reports"].facts.version
    replace_in(company / "our_reports" / "answer.py", "class Answer", "# a comment\nclass Answer")
    assert load_use_cases(company)["our_reports"].facts.version == before


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        ("use_case.yaml", "review_share: 0.10", "review_share: 1.5", r"use_case.yaml: value.review_share: .*less than"),
        ("use_case.yaml", "level_floor: internal", "level_flor: internal", r"use_case.yaml: level_flor: Extra inputs"),
        ("use_case.yaml", "title:", "verification: {asks: 6}\ntitle:", r"verification.asks: .*less than or equal to 5"),
        ("use_case.yaml", "title:", "verification: {}\ntitle:", r"verification.asks: Field required"),
        ("use_case.yaml", "level_floor: internal", "level_floor: [", r"use_case.yaml:\d+: not readable .*syntax"),
        ("use_case.yaml", "level_floor: internal", "scoring: {judge: x}", r"use_case.yaml: scoring: .*not there yet"),
        ("answer.py", "class Answer", "class Reply", r"answer.py: Answer is missing; define"),
        ("answer.py", "import Annotated", "import Anotated", r"answer.py: ImportError while loading"),
        ("answer.py", 'extra="forbid", ', "", r"answer.py: Answer would accept .*write"),
        ("answer.py", ", hide_input_in_errors=True", "", r"answer.py: Answer would accept .*write"),
        ("answer.py", "min_length=1, max_length=120", "min_length=1", r"answer.py: symptom: a string needs max_length"),
    ],
)
def test_a_wrong_part_is_named_by_file_field_and_remedy(company, part, old, new, message):
    replace_in(company / "our_reports" / part, old, new)
    with pytest.raises(UseCaseError, match=message):
        load_use_cases(company)


@pytest.mark.parametrize("part", ["use_case.yaml", "prompt.md", "answer.py"])
def test_a_missing_part_is_named(company, part):
    (company / "our_reports" / part).unlink()
    with pytest.raises(UseCaseError, match=rf"{part}: missing; a use case needs"):
        load_use_cases(company)


def test_an_empty_prompt_is_refused(company):
    (company / "our_reports" / "prompt.md").write_text(" \n", encoding="utf-8")
    with pytest.raises(UseCaseError, match=r"prompt.md: empty; write"):
        load_use_cases(company)


def test_a_folder_name_that_no_table_could_hold_is_refused(company):
    (company / "our_reports").rename(company / "Our Reports")
    with pytest.raises(UseCaseError, match="rename the folder"):
        load_use_cases(company)


def test_pointing_at_one_use_case_says_to_point_at_its_parent(company):
    with pytest.raises(UseCaseError, match="the folder that holds it"):
        load_use_cases(company / "our_reports")
    with pytest.raises(UseCaseError, match="not a folder"):
        load_use_cases(company / "nowhere")


GATES = [
    "switch_gate: {margin: 0.02, confidence: 0.9, min_items: 300}\n",
    "switch_gate:  # as quality assurance decided\n  margin: 0.02\n  confidence: 0.9\n  min_items: 300  # a year's\n",
]


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("first", [True, False])
def test_a_switch_gate_is_read_and_is_no_new_version(company, gate, first):
    before = load_use_cases(company)["our_reports"].facts
    path = company / "our_reports" / "use_case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(gate + text if first else text + gate, encoding="utf-8")

    after = load_use_cases(company)["our_reports"].facts

    assert after.switch_gate == SwitchGate(0.02, 0.9, 300)
    assert (before.switch_gate, before.version) == (SwitchGate(0.03, 0.95, 100), after.version)


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        ("{margin: 0}", "switch_gate.margin: .*greater than 0; correct this field"),
        ("{confidence: 95}", "switch_gate.confidence: .*less than 1; correct"),
        ("{min_items: 3}", "switch_gate.min_items: .*greater than or equal to 10; correct"),
        ("{tolerance: 0.1}", "switch_gate.tolerance: Extra inputs"),
    ],
)
def test_a_switch_gate_that_tests_nothing_is_refused(company, gate, message):
    path = company / "our_reports" / "use_case.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}switch_gate: {gate}\n", encoding="utf-8")
    with pytest.raises(UseCaseError, match=message):
        load_use_cases(company)


def test_asking_several_times_is_read_and_is_no_new_version(company):
    before = load_use_cases(company)["our_reports"].facts
    replace_in(company / "our_reports" / "use_case.yaml", "title:", "verification: {asks: 3}\ntitle:")

    after = load_use_cases(company)["our_reports"].facts

    assert (before.value.verification_asks, after.value.verification_asks) == (1, 3)
    assert after.version == before.version


def test_asking_several_times_needs_a_field_that_can_be_compared(company):
    replace_in(company / "our_reports" / "use_case.yaml", "title:", "verification: {asks: 3}\ntitle:")
    replace_in(company / "our_reports" / "answer.py", 'Literal["critical", "major", "minor"]', "Words")
    with pytest.raises(UseCaseError, match=r"use_case.yaml: verification: .*no field to be compared by; leave it out"):
        load_use_cases(company)
