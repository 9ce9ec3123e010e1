"""Dates of birth in every calendar; other dates are not personal."""

import pytest

from tests.privacy.findings import values
from yakin.domain.evidence import Kind


@pytest.mark.parametrize(
    "date",
    [
        *("S55.1.2", "S550102", "昭55.1.2", "昭和 61 年 12 月 17 日", "昭和五十五年一月二日", "一九九六年二月二日"),
        *("19800102", "1980/1/2", "1980年(昭和55年)1月2日", "02/03/1980", "March 5, 1980", "2-Jan-1980"),
    ],
)
def test_a_date_beside_its_label_is_found(date):
    assert values(f"生年月日 {date}", Kind.BIRTH_DATE) == [date]


@pytest.mark.parametrize(
    "text",
    ["生 年 月 日（2001年6月12日）", "seinengappi: 2001年6月12日", "ｾｲﾈﾝｶﾞｯﾋﾟ 2001年6月12日", "2001年6月12日生　男"],
)
def test_labels_in_other_letters_count(text):
    assert values(text, Kind.BIRTH_DATE) == ["2001年6月12日"]


@pytest.mark.parametrize(
    "text",
    [
        "生年月日の入力欄は西暦8桁に統一。試験日 2025/07/01。",
        "生年月日 不明\n在留期限 令和4年3月3日",
        "名前,誕生日,有効期限\n佐藤,,2026/10/16",
        "Adobe 1999-12-31",
    ],
)
def test_a_date_with_another_label_is_left_alone(text):
    assert values(text, Kind.BIRTH_DATE) == []
