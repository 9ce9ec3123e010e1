"""Bank accounts and payment cards."""

import pytest

from tests.privacy.findings import values
from yakin.domain.evidence import Kind

ACCOUNTS = [
    ("みどり銀行 豊田支店(123) 普) 1234567", "1234567"),
    ("普通預金 No.1234567", "1234567"),
    ("口座: 0005-001-1234567", "1234567"),
    ("口 座 番 号 普 通 1 2 3 4 5 6 7", "1 2 3 4 5 6 7"),
    ("ｺｳｻﾞﾊﾞﾝｺﾞｳ 1234567 ﾌﾂｳ", "1234567"),
    ("bank,account_number\n0009,1234567", "1234567"),
    ("口座番号：12345678", "12345678"),
    ("20001ﾐｽﾞﾎ          001ﾎﾝﾃﾝ           00001" + "1234567ﾔﾏﾀﾞ ﾀﾛｳ                      0000012345", "1234567"),
]


@pytest.mark.parametrize(("text", "value"), ACCOUNTS)
def test_an_account_is_found(text, value):
    assert values(text, Kind.BANK_ACCOUNT) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "預金残高 1,234,567円",
        "普通自動車 1234567台",
        "借方 普通預金 45,200 伝票 1234567",
        "<口座番号></口座番号><id>1234567</id>",
    ],
)
def test_an_amount_or_another_number_is_no_account(text):
    assert values(text, Kind.BANK_ACCOUNT) == []


def test_a_savings_account_has_two_numbers():
    assert values("ゆうちょ 記号10180　番号12345671", Kind.BANK_ACCOUNT) == ["10180", "12345671"]


@pytest.mark.parametrize("text", ["トランザクションID 6450696968770583", "加盟店番号 223308693701490、カード決済"])
def test_a_number_with_another_label_is_no_card(text):
    assert values(text, Kind.CREDIT_CARD) == []
