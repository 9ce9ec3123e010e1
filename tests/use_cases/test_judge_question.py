"""The judge's question is a folder like a use case, and no use case that anybody could run."""

import pytest

from yakin.domain.judging import LEVELS, Category
from yakin.domain.levels import Level
from yakin.use_cases.answer_schema import unbounded_fields
from yakin.use_cases.judge.answer import HARMLESS
from yakin.use_cases.judge.question import MAX_OUTPUT_TOKENS, judge_question
from yakin.use_cases.load import load_use_cases

JUDGE = judge_question()


def test_it_is_not_among_the_use_cases():
    assert "judge" not in load_use_cases(None)


def test_the_answer_is_one_word_of_a_closed_list_that_is_the_categories_and_four_harmless_kinds():
    (field,) = JUDGE.question.schema["properties"].items()

    assert field[0] == "category"
    assert set(field[1]["enum"]) == {str(category) for category in Category} | HARMLESS
    assert unbounded_fields(JUDGE.question.schema) == []
    assert max(map(len, field[1]["enum"])) < MAX_OUTPUT_TOKENS


@pytest.mark.parametrize("category", Category)
def test_the_prompt_says_what_each_category_is(category):
    assert f"- {category}:" in JUDGE.question.instructions


def test_a_sensitive_word_is_its_category_and_a_harmless_one_is_none():
    assert JUDGE.category({"category": "deal"}) is Category.DEAL
    assert {JUDGE.category({"category": word}) for word in HARMLESS} == {None}


def test_words_outside_the_list_and_a_second_object_are_no_verdict():
    for said in ('{"category": "public"}', '{"category": "none", "level": "public"}', "公開です", "{}"):
        with pytest.raises(ValueError, match=r"category|answer|unknown"):
            JUDGE.question.validate(said)


def test_the_golden_set_has_as_many_harmless_look_alikes_as_sensitive_documents_in_both_languages():
    items = JUDGE.golden()
    sensitive = [item for item in items if JUDGE.category(item.expected) is not None]

    assert len(items) >= 40
    assert len(sensitive) * 2 == len(items)
    assert {JUDGE.category(item.expected) for item in sensitive} == set(Category)
    for group in (sensitive, [item for item in items if item not in sensitive]):
        assert sum(str(item.document).isascii() for item in group) >= 4


def test_the_golden_levels_are_those_of_the_categories():
    for item in JUDGE.golden():
        category = JUDGE.category(item.expected)
        assert item.level is (LEVELS[category] if category else Level.INTERNAL), item.id
