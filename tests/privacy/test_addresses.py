"""Addresses in Japan and abroad, to their last character."""

import pytest

from tests.privacy.findings import values
from yakin.domain.evidence import Kind

ADDRESSES = [
    "京都府京都市中京区河原町通三条上る恵比須町862",
    "京都市上京区油小路通中立売下ル甲斐守町78",
    "札幌市中央区南5条西6丁目10-796 レジデンス東 12階",
    "北海道帯広市大通南24丁目14番地",
    "岩手県九戸郡洋野町種市第14地割301番地7",
    "石川県鹿島郡中能登町末坂ヲ部88",
    "長野県北安曇郡白馬村大字北城510",
    "東京都小笠原村父島字東町873",
    "愛知県豊田市トヨタ町五丁目一番五号",
    "さいたま市大宮区桜木町58番地コーポ桜103",
    "高知県高知市駅前町6ノ18ノ22",
    "四日市市諏訪町10番地の3",
    "愛知県豊田\n市西町五丁目17番9号",
    "横浜市西区みなとみらい3丁目4番8号 メゾン青葉 501号室",
    "大阪市北区梅田三丁目1番3号ノースゲートビル14階",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_found_to_its_last_character(address):
    assert values(f"住所 {address}\n以上", Kind.ADDRESS) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "横浜市内の3-4店舗を閉鎖する",
        "大阪市 2025-10-01 開催",
        "市場区分1-2の見直し、区間3-4の工事",
        "同市1-2位、町内会3-1班、選挙区1-1",
        "埼玉県さいたま市大宮区に支店、電話は048-123-4567",
        "茨城県つくば市の人口25万人",
        "12 Main features Drive adoption.",
    ],
)
def test_a_sentence_about_a_place_is_no_address(text):
    assert values(text, Kind.ADDRESS) == []


def test_what_follows_an_address_is_not_swallowed():
    text = "渋谷区道玄坂1-2-3　電話 03-3581-1111"
    assert values(text, Kind.ADDRESS) == ["渋谷区道玄坂1-2-3"]
    assert values(text, Kind.PHONE) == ["03-3581-1111"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ship to 221 Baker Street today", "221 Baker Street"),
        ("He lives at 67952 Villacher Strasse 89.", "67952 Villacher Strasse 89"),
        ("PSC 3294, Box 9168\nAPO AA 61487", "PSC 3294, Box 9168\nAPO AA 61487"),
        ("1-14-19 Umeda, Kita-ku, Osaka 530-0001, Japan", "1-14-19 Umeda, Kita-ku, Osaka 530-0001, Japan"),
    ],
)
def test_an_address_abroad_is_found(text, value):
    assert values(text, Kind.ADDRESS) == [value]
