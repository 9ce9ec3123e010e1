"""Numbers that a state gives, in the spellings of forms, tables, scans and code; and what only looks like one."""

import pytest

from tests.privacy.findings import SCANNER, values
from yakin.domain.evidence import Kind

MINE, OTHER = "123456789018", "621498320257"

MY_NUMBERS = {
    "romaji key": (f"kojin_bango={OTHER}", OTHER),
    "camel case": (f'{{"myNumber":"{MINE}"}}', MINE),
    "half-width kana heading": (f"No | ﾏｲﾅﾝﾊﾞｰ\n1 | {MINE}", MINE),
    "one box per digit": ("個人番号\n□1□2□3□4□5□6□7□8□9□0□1□8", "1□2□3□4□5□6□7□8□9□0□1□8"),
    "scan in threes": ("個 人 番 号 123 456 789 018", "123 456 789 018"),
    "cut by a line": ("個 人 番 号 123456\n789018", "123456\n789018"),
    "after a name": (f"以下の方のマイナンバーです。\n・佐藤：{MINE}", MINE),
    "SQL": (f"INSERT INTO t (id, my_number) VALUES (1, '{MINE}')", MINE),
}


@pytest.mark.parametrize(("text", "value"), MY_NUMBERS.values(), ids=MY_NUMBERS.keys())
def test_a_my_number_is_found_however_it_is_written(text, value):
    assert values(text, Kind.MY_NUMBER) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "マイナンバーは不要です。お問い合わせ番号は1234-5678-9018です。",
        f"マイナンバーの研修。\n製造番号 {MINE}",
        f"氏名,個人番号,伝票番号\n佐藤,{OTHER},{MINE}".replace(OTHER, "なし"),
        f"CREATE TABLE c (my_number char(12));\nINSERT INTO s (jan, slip_no) VALUES ('x', '{MINE}');",
    ],
)
def test_a_number_with_another_label_is_no_my_number(text):
    assert values(text, Kind.MY_NUMBER) == []


def test_a_licence_number_goes_by_its_own_label():
    assert values("免許証 第301234567810号、マイナンバー 621498320257", Kind.DRIVERS_LICENCE) == ["301234567810"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("旅券（TK1234567）を確認", "TK1234567"),
        ("氏名 旅券番号 期限\n王 小明 TK1234567 2030/1/1", "TK1234567"),
        ("passport_no: TK1234567", "TK1234567"),
    ],
)
def test_a_passport_number_is_found_by_label_or_column(text, value):
    assert values(text, Kind.PASSPORT) == [value]


def test_a_model_of_a_card_reader_is_no_residence_card():
    assert values("型式 AB12345678CD（在留カード読取機用）", Kind.RESIDENCE_CARD) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("健康保険証 記号 12-34 番号 5678", ["12-34", "5678"]),
        ("健康保険 記号・番号 名協732・15", ["名協732", "15"]),
        ("被保険者証\n記号\n2234　番号\n362", ["2234", "362"]),
        ("職員,被保険者証番号\nA,4605\nB,366", ["4605", "366"]),
        ("雇用保険被保険者番号 1234-567890-1", ["1234-567890-1"]),
    ],
)
def test_numbers_of_insured_persons_are_found(text, found):
    assert values(text, Kind.HEALTH_INSURANCE) == found


def test_a_savings_account_is_no_insurance():
    assert values("健康保険の還付先：ゆうちょ銀行 記号 12340 番号 12345671", Kind.HEALTH_INSURANCE) == []


def test_a_pension_number_is_found_after_its_book():
    assert values("年金手帳を確認。記号番号 2594-462527。", Kind.PENSION_NUMBER) == ["2594-462527"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("社員番号：E12345", "E12345"),
        ("customer_no,name\n26068110,佐藤", "26068110"),
        ("His social security number is 125-17-4954", "125-17-4954"),
    ],
)
def test_a_number_that_a_label_gives_to_a_person_is_found(text, value):
    assert values(text, Kind.COMPANY_ID) == [value]


def test_a_heading_at_the_end_of_its_row_is_not_filled_by_the_next_line():
    assert SCANNER.scan("数量,会員番号\n0711,") == ()


def test_symbol_and_number_are_found_in_brackets():
    assert values("【被保険者記号】21700023 【番号】456", Kind.HEALTH_INSURANCE) == ["21700023", "456"]


ROWS = "氏名　部署　住所　個人番号　{}\n"
GAPS = "西川 誠　営業部　港区三田1-2-3 三田ハイツ137　1234 5678 9018　x\n"


def test_a_my_number_in_a_row_whose_cells_cannot_be_counted_is_found():
    assert values(ROWS.format("備考") + GAPS, Kind.MY_NUMBER) == ["1234 5678 9018"]


def test_beside_the_heading_of_another_number_it_is_doubt_and_a_wrong_check_digit_is_too():
    assert values(ROWS.format("注文番号") + GAPS, Kind.LOW_CONFIDENCE) == ["1234 5678 9018"]
    assert values(ROWS.format("備考") + GAPS.replace("9018", "9019"), Kind.LOW_CONFIDENCE) == ["1234 5678 9019"]


def test_an_employee_number_in_such_a_row_is_found_but_no_amount():
    text = "氏名　フリガナ　社員番号\n東優斗　ヒガシ　ユウト　265053\n森 零　モリレイ　A473042\n"
    assert values(text, Kind.COMPANY_ID) == ["265053", "A473042"]
    assert values("氏名　社員番号　金額\n佐藤　太郎 みなし　265053\n", Kind.COMPANY_ID) == []


def test_a_number_without_such_a_heading_over_its_row_is_none():
    assert SCANNER.scan("品名　部署　棚　注文番号\n箱 大　営業部　い 3　1234 5678 9018\n") == ()


CHAT = "[17:36] 森: {}\n[17:37] 南: 少し待って\n[17:38] 北村: お願いします→ {}です\n"


@pytest.mark.parametrize(
    ("question", "kind", "value"),
    [
        ("マイナンバー教えてください", Kind.MY_NUMBER, "1234-5678-9018"),
        ("免許証の番号いります？", Kind.DRIVERS_LICENCE, "4575-7637-0001"),
        ("年金番号がわからなくて", Kind.PENSION_NUMBER, "6616-632897"),
        ("口座番号もう一回送って", Kind.BANK_ACCOUNT, "3420245"),
    ],
)
def test_an_answer_in_a_chat_has_the_label_of_its_question(question, kind, value):
    assert values(CHAT.format(question, value), kind) == [value]
    assert values(CHAT.format("明日の会議は何時？", value), kind) == []
