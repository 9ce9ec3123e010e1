"""The judge is off until a company writes the section, and a mistake in it is named by file, line, field and remedy."""

import re
from datetime import date
from pathlib import Path

import pytest

from yakin.catalogue.judge import WhenItFails
from yakin.catalogue.load import load_catalogue
from yakin.domain.judging import LEVELS, Category
from yakin.domain.levels import Level
from yakin.errors import CatalogueError

TODAY = date(2026, 11, 25)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "judge.md"
OWN = "judge:\n  model: qwen2.5-coder-1.5b\n"


def judge(tmp_path, *texts: str):
    layers = []
    for number, text in enumerate(texts):
        layers.append(tmp_path / f"{number}.yaml")
        layers[-1].write_text(text, encoding="utf-8")
    return load_catalogue(layers, on=TODAY, embedded={}).judge


def test_nobody_judges_until_a_company_says_so(tmp_path):
    assert judge(tmp_path, "sources: []\n") is None


def test_naming_a_model_is_enough_and_doubt_counts_as_sensitive(tmp_path):
    rule = judge(tmp_path, OWN)

    assert (rule.model, rule.below, rule.when_it_fails) == (
        "qwen2.5-coder-1.5b", Level.RESTRICTED, WhenItFails.RESTRICTED,
    )  # fmt: skip
    assert rule.levels == LEVELS


def test_a_later_layer_changes_single_fields(tmp_path):
    rule = judge(tmp_path, OWN, "judge:\n  when_it_fails: keep\n  levels: {deal: secret}\n")

    assert (rule.model, rule.when_it_fails) == ("qwen2.5-coder-1.5b", WhenItFails.KEEP)
    assert rule.levels == {**LEVELS, Category.DEAL: Level.SECRET}


def test_the_section_on_the_page_is_one_that_loads(tmp_path):
    shown = re.search(r"^```yaml judge\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    assert judge(tmp_path, shown[1]).levels == {**LEVELS, Category.DEAL: Level.SECRET}


def test_the_table_on_the_page_is_the_default_levels():
    rows = re.findall(r"^\| `(\w+)` \| .* \| (\w+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert {Category(category): Level(level) for category, level in rows} == LEVELS


def test_the_judge_is_part_of_the_catalogue_s_version(tmp_path):
    (tmp_path / "judge.yaml").write_text(OWN)
    plain = load_catalogue([], on=TODAY, embedded={})
    judged = load_catalogue([tmp_path / "judge.yaml"], on=TODAY, embedded={})

    assert plain.version != judged.version


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("judge:\n  model: gpt-6-luna\n", "0.yaml:2: judge model: gpt-6-luna runs at openai, which is overseas"),
        ("judge:\n  model: gpt-7\n", "0.yaml:2: judge model: there is no model gpt-7; a document that is not judged"),
        ("judge:\n  below: secret\n", "0.yaml:2: judge model: is missing"),
        (OWN + "  below: public\n", "0.yaml:3: judge below: no document is below public"),
        (OWN + "  when_it_fails: send\n", "0.yaml:3: judge when_it_fails: is not usable"),
        (OWN + "  levels: {deal: internal}\n", "judge levels: gives deal the level internal; use one of confidential"),
        (OWN + "  levels: {gossip: secret}\n", "judge levels.gossip"),
        (OWN + "  at_most_tokens: 5\n", "judge at_most_tokens: is less than at_least_tokens"),
        (OWN + "  strict: true\n", "0.yaml:3: judge strict: is not a known field"),
        ("judge: on\n", "0.yaml:1: judge: an entry is not a mapping; indent its fields under `judge:`"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, problem):
    with pytest.raises(CatalogueError) as raised:
        judge(tmp_path, text)

    assert problem in str(raised.value)
