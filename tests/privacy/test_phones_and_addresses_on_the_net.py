"""Telephone numbers, postal codes and IP addresses."""

import pytest

from tests.privacy.findings import values
from yakin.domain.evidence import Kind

PHONES = [
    ("電話 045-244-\n0367", "045-244-\n0367"),
    ("総務部（0422273316）の鈴木", "0422273316"),
    ("ご担当（050-6757-8930）", "050-6757-8930"),
    ("携帯 0 9 0 1 2 3 4 5 6 7 8", "0 9 0 1 2 3 4 5 6 7 8"),
    ("TEL………045-218-6234", "045-218-6234"),
    ("tel=+81(0)3-3581-1111", "+81(0)3-3581-1111"),
    ("☎0120-123-456", "0120-123-456"),
    ("Desk: +1-604-696-5272x565", "+1-604-696-5272x565"),
    ("They're not answering at 78 651 450", "78 651 450"),
    ("(37) 788-063-Office", "(37) 788-063"),
    ("佐藤様　0422276167", "0422276167"),
    ("代表番号：06-4055-1735", "06-4055-1735"),
]


@pytest.mark.parametrize(("text", "value"), PHONES)
def test_a_telephone_number_is_found(text, value):
    assert values(text, Kind.PHONE) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "Part number 03-8525-7830, JAN 4923706585120",
        "お問い合わせ伝票番号：4647-2377-2898",
        "電話 03-3948-3319\n2022-09-06 卒業".replace("03-3948-3319", "なし"),
        "伝票番号,連絡先\n8045-1831-4944,なし",
        "在庫 0422273316",
        "設備番号 06-4055-1735 の点検",
        "資産コード：03-5292-2880",
    ],
)
def test_a_look_alike_is_no_telephone_number(text):
    assert values(text, Kind.PHONE) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("端末IP：2001:db8:7ee::6f1", ["2001:db8:7ee::6f1"]),
        ("ERROR from 2001:db8:cbb::3c3: 認証失敗", ["2001:db8:cbb::3c3"]),
        ("The server 10.245.203.242 rejects the login. Release notes 1.2.3.4", ["10.245.203.242"]),
        ("ファームウェア 2.4.38.13 以降", []),
        ("1.2.4.5 寸法 329 mm", []),
        ("更新履歴\n10.2.3.4 から 22.13.27.155 へ", []),
    ],
)
def test_versions_and_sections_are_no_addresses_of_machines(text, found):
    assert values(text, Kind.IP_ADDRESS) == found


def test_a_part_number_before_a_town_is_no_postal_code():
    assert values("品番\t924-3703\n前田市場", Kind.POSTAL_CODE) == []


@pytest.mark.parametrize("text", ["TEL.03-3581-1111", "電話 080 (1234) 5678"])
def test_dots_and_spaced_brackets_belong_to_the_way_of_writing(text):
    assert len(values(text, Kind.PHONE)) == 1


@pytest.mark.parametrize("text", ["郵便番号 1500002", "〒1500002東京都", "zip code is 62704"])
def test_a_postal_code_without_hyphen_needs_its_mark_or_label(text):
    assert len(values(text, Kind.POSTAL_CODE)) == 1
