"""要配慮個人情報 is said of somebody; outages, products, rules and statistics say nothing of anybody."""

import pytest

from tests.privacy.findings import SCANNER, values
from yakin.domain.evidence import Kind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("佐藤さんはうつ病で休職中です。", ["うつ病"]),
        ("氏名：山田太郎\n保護観察中。", ["保護観察"]),
        ("傷病名　1) 心筋梗塞　2) 高血圧症", ["心筋梗塞", "高血圧症"]),
        ("氏名,傷病名\n佐藤,白血病\n鈴木,てんかん", ["白血病", "てんかん"]),
        ("傷病名　左足関節捻挫", ["左足関節捻挫"]),
        ("小川さんが脚立から落下し、病院で左足首の靱帯損傷と診断された。", ["左足首の靱帯損傷と診断"]),
        ("被災者：佐藤太郎\n医師から突発性何某と診断された佐藤さんは休む。", ["突発性何某"]),
        ("作業員の田中さんが転倒し全治3週間の打撲。", ["全治3週間の打撲"]),
        ("この社員はエホバの証人の信者である。", ["エホバの証人の信者"]),
        ("She was diagnosed with breast cancer.", ["breast cancer"]),
    ],
)
def test_a_word_said_of_somebody_is_found(text, found):
    assert values(text, Kind.SPECIAL_CARE) == found


@pytest.mark.parametrize(
    "text",
    [
        "システム障害で山田さんがサーバの診断を行い、感染した端末を隔離した。",
        "医薬品市場：糖尿病治療薬は前年比3%増。",
        "うつ病に関する研修のお知らせ。講師は佐藤先生。",
        "高橋さんの担当はがん保険の販売です。",
        "採用候補者の信条、支持政党を質問してはならない。",
        "氏名：山田太郎\n既往歴：なし\n障害者手帳：無",
        "既往歴 有・無（　　　）\n口座番号（　　　）",
        "| 氏名 | 病名 | 数量 |\n|---|---|---|\n",
        "評価者 近藤部長\n所見：納期遵守率44%。",
        "製品の損傷を佐藤さんが確認し、熱中症予防の掲示をした。",
        "自己診断で軸受の損傷と診断。佐藤さんが交換した。",
        "田中さんが講師の熱中症対策を実施した。",
        "佐藤様より納品された機器は、病院で故障と診断された。",
        "うつむいた田中さんが言った",
    ],
)
def test_what_says_nothing_of_anybody_is_left_alone(text):
    assert values(text, Kind.SPECIAL_CARE) == []


def test_a_creed_counts_where_the_words_may_be_a_name_and_both_are_found():
    kinds = {one.kind for one in SCANNER.scan("エホバの証人の信者である社員")}
    assert {Kind.SPECIAL_CARE, Kind.PERSON} <= kinds
