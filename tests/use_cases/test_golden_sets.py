import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from yakin.domain.levels import Level
from yakin.errors import UseCaseError
from yakin.use_cases.golden import GoldenItem
from yakin.use_cases.load import load_use_cases

LOADED = load_use_cases(None)


@pytest.mark.parametrize(("name", "at_least"), [("inquiry_triage", 40), ("trouble_report", 12), ("contract_terms", 12)])
def test_every_golden_set_is_large_enough_and_names_samples_that_exist(name, at_least):
    items = LOADED[name].golden()
    assert len(items) >= at_least
    assert sum(isinstance(item.document, Path) and item.document.is_file() for item in items) >= 4


def test_the_triage_set_is_balanced_over_categories_languages_and_levels():
    items = LOADED["inquiry_triage"].golden()
    categories = Counter(item.expected["category"] for item in items)
    assert len(categories) == 7
    assert max(categories.values()) <= 2 * min(categories.values())
    assert Counter(item.expected["language"] for item in items)["en"] >= 12
    assert {item.level for item in items} == set(Level)


@pytest.mark.parametrize("name", sorted(LOADED))
def test_a_label_is_an_answer_that_the_schema_allows(name):
    use_case = LOADED[name]
    for item in use_case.golden():
        plain = {key: value for key, value in item.expected.items() if not isinstance(value, dict)}
        filled = {field: _any_value(schema) for field, schema in use_case.schema["properties"].items()}
        assert use_case.question().validate(json.dumps(filled | plain)).items() >= plain.items(), item.id


def _any_value(schema):
    branch = schema.get("anyOf", [schema])[-1]
    kinds = {"null": None, "string": "x", "array": ["x"]}
    return branch["enum"][0] if "enum" in branch else kinds[branch["type"]]


def test_agreement_is_the_share_of_expected_fields_that_are_right():
    expected = {"category": "quote", "product": {"contains": ["P-12"]}, "parties": ["甲社", "乙社"], "cause": None}
    item = GoldenItem("one", "text", expected, Level.INTERNAL)
    right = {"category": "quote", "product": "ポンプ Ｐ-12", "parties": ["乙社", "甲 社"], "cause": None}
    assert item.agreement(right) == 1.0
    assert item.agreement(right | {"cause": "不明", "product": None}) == 0.5
    assert item.agreement({}) == 0.25  # only the null agrees with nothing


def test_true_does_not_agree_with_one():
    assert GoldenItem("one", "text", {"renewal": True}, Level.INTERNAL).agreement({"renewal": 1}) == 0.0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"golden.jsonl:1: line: json_invalid"),
        ({"level": "top"}, r"golden.jsonl:1: level: enum"),
        ({"expected": {"kategory": "quote"}}, r"golden.jsonl:1: expected.kategory is not a field of Answer"),
        ({"expected": {"category": "quotes"}}, r"golden.jsonl:1: expected.category is none of quote, delivery"),
        ({"expected": {"product": {"contains": ["P-12", " "]}}}, r"golden.jsonl:1: expected.product.*contains"),
        ({"document": "samples/gone.txt"}, r"golden.jsonl:1: there is no sample samples/gone.txt; add"),
    ],
)
def test_a_wrong_golden_line_is_named_by_number_and_remedy(tmp_path, line, message):
    folder = tmp_path / "triage_copy"
    shutil.copytree(LOADED["inquiry_triage"].folder, folder)
    item = {"id": "a", "document": "text", "expected": {"category": "quote"}, "level": "internal"}
    written = line if isinstance(line, str) else json.dumps(item | line)
    (folder / "golden.jsonl").write_text(written, encoding="utf-8")
    with pytest.raises(UseCaseError, match=message):
        load_use_cases(tmp_path)["triage_copy"].golden()
