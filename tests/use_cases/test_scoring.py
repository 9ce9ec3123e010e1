"""What counts as the same answer, notation by notation."""

import pytest

from yakin.use_cases.scoring import field_scores, mean_score, no_scores, score

SAME = [
    ("quote", "quote"),
    ("見本電子工業株式会社", "見本電子工業 株式会社"),
    ("Ｐ-12", "p-12"),
    ("ｸﾞﾘｰｽ", "グリース"),
    ("2026-10-01", "令和8年10月1日"),
    ("2026-10-01", "令和８年１０月１日"),
    ("2019-05-01", "令和元年5月1日"),
    ("1989-01-08", "H1.1.8"),
    ("2026-10-01", "2026/10/1"),
    ("2026-10-01", "20261001"),
    ("2026-10-01", "令和八年十月一日"),
    ("2026-10-21", "二〇二六年十月二十一日"),
    ("2026-10-01", "2026年10月1日（木）"),
    ("2026-10-15", "15 October 2026"),
    ("2026-10-15", "Oct. 15th, 2026"),
    (4_800_000, 4_800_000.0),
    (4_800_000, "4,800,000円"),
    (4_800_000, "金四百八拾万円也"),
    (4_800_000, "480万円"),
    ("¥1,200", "千二百円"),
    ("120", "一二〇"),
    ("1.5億円", 150_000_000),
    ("480万5000", 4_805_000),
    ("三百二十一", 321),
    (-5000, "△5,000円"),
    (-5000, "−5000"),
    (None, None),
    (True, True),
    ({"contains": ["P-12", "異音"]}, "ポンプ Ｐ-12 の異音"),
    ([], []),
    (["甲社", "乙社"], ["乙 社", "甲社"]),
    (["2026-10-01"], ["令和8年10月1日"]),
]
DIFFERENT = [
    ("quote", "quotes"),
    ("2026-10-01", "2026-10-10"),
    ("2026-02-30", "令和8年2月28日"),
    (True, 1),
    (0, False),
    ("0012", "12"),
    ("1.0", "1"),
    (4_800_000, "480円"),
    (None, ""),
    (None, "なし"),
    (1, "一" * 5_000),  # a model that repeats itself until it is cut
    (15_000, "1.5万" + "9" * 5_000),
    ("一" * 5_000, "一" * 4_999),
    ("甲社", None),
    ("甲社", ["甲社"]),
    (["甲社"], "甲社"),
    ({"contains": ["P-12"]}, None),
    ({"contains": ["P-12", "異音"]}, "ポンプ P-12"),
    ([], ["甲社"]),
]


@pytest.mark.parametrize(("expected", "given"), SAME)
def test_notations_of_one_value_are_right(expected, given):
    assert score(expected, given) == 1.0


@pytest.mark.parametrize(("expected", "given"), DIFFERENT)
def test_different_values_are_wrong(expected, given):
    assert score(expected, given) == 0.0


def test_a_list_scores_the_f1_of_its_items():
    assert score(["甲社", "乙社"], ["甲社"]) == pytest.approx(2 / 3)
    assert score(["甲社", "乙社"], ["甲社", "乙社", "丙社", "甲 社"]) == pytest.approx(4 / 5)


def test_fields_score_one_by_one_and_no_answer_is_wrong_in_all_of_them():
    expected = {"category": "quote", "cause": None, "amount_jpy": 1200}
    scores = field_scores(expected, {"category": "quote", "amount_jpy": 12})
    assert scores == {"category": 1.0, "cause": 1.0, "amount_jpy": 0.0}
    assert mean_score(scores) == pytest.approx(2 / 3)
    assert no_scores(expected) == {"category": 0.0, "cause": 0.0, "amount_jpy": 0.0}
