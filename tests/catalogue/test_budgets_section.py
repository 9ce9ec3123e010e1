"""Caps that a company declares: later layers win cap by cap, and a mistake is named by file, line, field and remedy."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from yakin.catalogue.budgets import budget_rules
from yakin.domain.money import Per, Scope
from yakin.errors import CatalogueError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "budgets.md"
OPERATORS = ("OpenAI", "Preferred Networks")


def rules(tmp_path, *texts: str, operators=None):
    layers = []
    for number, text in enumerate(texts):
        layers.append(tmp_path / f"{number}.yaml")
        layers[-1].write_text(text, encoding="utf-8")
    return budget_rules(layers, operators=operators)


def test_nothing_declared_is_no_cap_april_and_the_usual_thresholds(tmp_path):
    found = rules(tmp_path, "budgets:\n")

    assert (found.caps, found.fiscal_start_month, found.thresholds) == ((), 4, (50, 80, 100))


def test_caps_are_per_what_their_scope_says_unless_told_otherwise(tmp_path):
    found = rules(
        tmp_path,
        "budgets:\n  fiscal_start_month: 10\n  thresholds: [100, 90]\n  caps:\n"
        "    - {scope: month, cap_jpy: 300_000}\n"
        "    - {scope: department, key: 品質保証部, cap_jpy: 20000.5}\n"
        "    - {scope: department, key: 品質保証部, per: fiscal_year, cap_jpy: 0}\n"
        "  rehearsal:\n    - {scope: day, cap_jpy: 50}\n",
    )

    assert [(cap.scope, cap.key, cap.per, cap.cap_jpy, cap.rehearsal) for cap in found.caps] == [
        (Scope.MONTH, "", Per.MONTH, 300_000, False),
        (Scope.DEPARTMENT, "品質保証部", Per.MONTH, Decimal("20000.5"), False),
        (Scope.DEPARTMENT, "品質保証部", Per.FISCAL_YEAR, 0, False),
        (Scope.DAY, "", Per.DAY, 50, True),
    ]
    assert found.caps[1].declared_at == "0.yaml:6"
    assert (found.fiscal_start_month, found.thresholds) == (10, (90, 100))


def test_a_later_layer_changes_one_cap_and_leaves_the_others(tmp_path):
    group = (
        "budgets:\n  fiscal_start_month: 1\n  caps:\n    - {scope: day, cap_jpy: 5}\n    - {scope: month, cap_jpy: 9}\n"
    )
    found = rules(tmp_path, group, "budgets:\n  caps: [{scope: month, cap_jpy: 7}]\n")

    assert [(cap.scope, cap.cap_jpy, cap.declared_at) for cap in found.caps] == [
        (Scope.DAY, 5, "0.yaml:4"), (Scope.MONTH, 7, "1.yaml:2"),
    ]  # fmt: skip
    assert found.fiscal_start_month == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- {scope: run, cap_jpy: 5}", "0.yaml:3: budgets caps.0 scope: is run, whose cap comes with its command"),
        ("- {scope: department, cap_jpy: 5}", "0.yaml:3: budgets caps.0 key: is missing; name the department"),
        ("- {scope: month, key: x, cap_jpy: 5}", "0.yaml:3: budgets caps.0 key: is given for scope month"),
        ("- {scope: month, per: day, cap_jpy: 5}", "0.yaml:3: budgets caps.0 per: is given for scope month"),
        ("- {scope: month, cap_jpy: -1}", "0.yaml:3: budgets caps.0.cap_jpy: is not usable"),
        ("- {scope: mouth, cap_jpy: 1}", "0.yaml:3: budgets caps.0.scope: is not usable; it should be 'run', 'day'"),
        ("- {scope: month}", "0.yaml:3: budgets caps.0.cap_jpy: is missing; add this field"),
        (
            "- {scope: vendor, key: OpenAl, cap_jpy: 5}",
            "key: is no operator of an endpoint, so it would hold nothing back; use one of OpenAI, P",
        ),
        ("- {scope: day, cap_jpy: 5}\n    - {scope: day, cap_jpy: 6}", "0.yaml:4: budgets caps.1: is given twice"),
    ],
)
def test_a_cap_that_would_hold_nothing_is_refused_with_its_line(tmp_path, line, said):
    with pytest.raises(CatalogueError) as refused:
        rules(tmp_path, f"budgets:\n  caps:\n    {line}\n", operators=OPERATORS)

    assert said in str(refused.value)


@pytest.mark.parametrize("wrong", ["fiscal_start_month: 13", "thresholds: []", "thresholds: [0]", "caps: 5", "cap: []"])
def test_a_setting_out_of_its_range_is_refused(tmp_path, wrong):
    with pytest.raises(CatalogueError, match=r"0\.yaml:2: budgets "):
        rules(tmp_path, f"budgets:\n  {wrong}\n")


def test_the_section_on_the_page_is_one_that_loads(tmp_path):
    shown = re.search(r"^```yaml budgets\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    assert len(rules(tmp_path, shown[1]).caps) == 6
