"""Each kind: what it finds, in which spellings, and what only looks like it."""

import pytest

from yakin.domain.evidence import Kind
from yakin.errors import UsageError
from yakin.privacy.scanner import JapaneseScanner

SCANNER = JapaneseScanner({"employee": r"EMP-[0-9]{6}", "customer": r"C[0-9]{8}"})


def found(text: str) -> set[tuple[Kind, str]]:
    return {(one.kind, text[one.start : one.end]) for one in SCANNER.scan(text)}


POSITIVES = [
    (Kind.MY_NUMBER, "個人番号：123456789018です", "123456789018"),
    (Kind.MY_NUMBER, "マイナンバーは１２３４－５６７８－９０１８です", "１２３４－５６７８－９０１８"),
    (Kind.MY_NUMBER, "個人番号 1234 5678\n9018", "1234 5678\n9018"),
    (Kind.MY_NUMBER, "マイナンバー 1 2 3 4 5 6 7 8 9 0 1 8", "1 2 3 4 5 6 7 8 9 0 1 8"),
    (Kind.MY_NUMBER, "氏名,個人番号\n佐藤 花子,123456789018\n鈴木 一郎,621498320257", "621498320257"),
    (Kind.MY_NUMBER, "社員名簿\t\n氏名\t部署\tマイナンバー\n佐藤\t総務\t621498320257", "621498320257"),
    (Kind.MY_NUMBER, "特定個人情報を含む別表\n\n" + "あ" * 80 + "\n1234-5678-9018", "1234-5678-9018"),
    (Kind.MY_NUMBER, "123456789018（個人番号）", "123456789018"),
    (Kind.MY_NUMBER, "My Number: 123456789018", "123456789018"),
    (Kind.CORPORATE_NUMBER, "登録番号T7000012050002", "T7000012050002"),
    (Kind.CORPORATE_NUMBER, "法人番号は7000012050002", "7000012050002"),
    (Kind.DRIVERS_LICENCE, "運転免許証番号：301234567810", "301234567810"),
    (Kind.PASSPORT, "旅券番号はTK1234567です", "TK1234567"),
    (Kind.PASSPORT, "Passport No. ＴＫ１２３４５６７", "ＴＫ１２３４５６７"),
    (Kind.RESIDENCE_CARD, "在留カード番号AB12345678CDを確認", "AB12345678CD"),
    (Kind.PENSION_NUMBER, "基礎年金番号 1234-567890", "1234-567890"),
    (Kind.HEALTH_INSURANCE, "保険者番号 01130012", "01130012"),
    (Kind.HEALTH_INSURANCE, "健康保険 被保険者証 記号 1234 番号 567", "567"),
    (Kind.BANK_ACCOUNT, "みずほ銀行丸の内支店 普通 1234567", "1234567"),
    (Kind.BANK_ACCOUNT, "ゆうちょ銀行 記号 12340 番号 12345671", "12345671"),
    (Kind.CREDIT_CARD, "カードは4111-1111-1111-1111です", "4111-1111-1111-1111"),
    (Kind.CREDIT_CARD, "支払い４１１１１１１１１１１１１１１１で", "４１１１１１１１１１１１１１１１"),
    (Kind.PHONE, "電話は03-3581-1111まで", "03-3581-1111"),
    (Kind.PHONE, "携帯０９０－１２３４－５６７８", "０９０－１２３４－５６７８"),
    (Kind.PHONE, "TEL 0335811111", "0335811111"),
    (Kind.PHONE, "電話は90-1260-3009まで", "90-1260-3009"),
    (Kind.PHONE, "連絡は09012345678へ", "09012345678"),
    (Kind.PHONE, "携帯 090-1234-\n5678", "090-1234-\n5678"),
    (Kind.PHONE, "Call +81-3-3581-1111.", "+81-3-3581-1111"),
    (Kind.EMAIL, "メールはtaro@example.co.jpまで", "taro@example.co.jp"),
    (Kind.EMAIL, "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
    (Kind.IP_ADDRESS, "サーバは192.168.1.10です", "192.168.1.10"),
    (Kind.IP_ADDRESS, "経路は2001:db8::1へ", "2001:db8::1"),
    (Kind.POSTAL_CODE, "〒100-8914 東京都", "100-8914"),
    (Kind.ADDRESS, "住所は東京都千代田区永田町1丁目7番1号です", "東京都千代田区永田町1丁目7番1号"),
    (Kind.ADDRESS, "横浜市中区日本大通１－２まで", "横浜市中区日本大通１－２"),
    (Kind.ADDRESS, "Ship to 221 Baker Street today", "221 Baker Street"),
    (Kind.PERSON, "田中太郎様と会った", "田中太郎"),
    (Kind.PERSON, "担当：ｽｽﾞｷ ｲﾁﾛｳ", "ｽｽﾞｷ ｲﾁﾛｳ"),
    (Kind.PERSON, "氏名：髙橋　凛音", "髙橋　凛音"),
    (Kind.PERSON, "佐藤部長が承認した", "佐藤"),
    (Kind.PERSON, "岡田部長の承認", "岡田"),
    (Kind.PERSON, "森部長の承認", "森"),
    (Kind.PERSON, "林 翼が出席した", "林 翼"),
    (Kind.PERSON, "福岡さんに聞く", "福岡"),
    (Kind.PERSON, "社員番号,氏名\n1,小鳥遊 六花\n2,一二三 四五六", "小鳥遊 六花"),
    (Kind.PERSON, "I met Ms. Jane Doe there", "Jane Doe"),
    (Kind.PERSON, "Regards,\nHanako Yamada", "Hanako Yamada"),
    (Kind.BIRTH_DATE, "生年月日：昭和55年1月2日", "昭和55年1月2日"),
    (Kind.BIRTH_DATE, "1980年1月2日生まれ", "1980年1月2日"),
    (Kind.BIRTH_DATE, "Date of birth: 1980-01-02", "1980-01-02"),
    (Kind.COMPANY_ID, "社員ＥＭＰ－１２３４５６が申請", "ＥＭＰ－１２３４５６"),
    (Kind.SECRET_KEY, "鍵はAKIAIOSFODNN7EXAMPLEです", "AKIAIOSFODNN7EXAMPLE"),
    (Kind.SECRET_KEY, "api_key = 'q9w8e7r6t5'", "q9w8e7r6t5"),
    (Kind.SECRET_KEY, "パスワード：Tanaka#1234", "Tanaka#1234"),
    (Kind.SECRET_KEY, "postgres://app:s3cr3t@db/yakin", "s3cr3t"),
    (Kind.SPECIAL_CARE, "田中さんは適応障害と診断された", "適応障害と診断"),
    (Kind.SPECIAL_CARE, "既往歴：高血圧", "高血圧"),
    (Kind.SPECIAL_CARE, "鈴木氏は労働組合に加入している", "労働組合に加入し"),
    (Kind.MARKING_CONFIDENTIAL, "【社外秘】\n会議録", "社外秘"),
    (Kind.MARKING_CONFIDENTIAL, "ACME CONFIDENTIAL - draft", "CONFIDENTIAL"),
    (Kind.MARKING_RESTRICTED, "㊙\n人事案", "㊙"),
    (Kind.MARKING_RESTRICTED, "取扱区分：関係者限り", "関係者限り"),
    (Kind.MARKING_SECRET, "極秘\n買収計画", "極秘"),
]


@pytest.mark.parametrize(("kind", "text", "value"), POSITIVES)
def test_an_identifier_is_found_with_its_exact_place(kind, text, value):
    assert (kind, value) in found(text)


def test_a_private_key_is_found_to_its_last_line():
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----"
    assert (Kind.SECRET_KEY, key) in found(f"鍵です\n{key}\n以上")


NEGATIVES = [
    "注文番号 123456789018 を出荷",
    "個人番号は不要です。注文番号 123456789018",
    "伝票番号 1234-5678-9018",
    "個人番号は収集しない。" + "あ" * 40 + "伝票番号：1234-5678-9018",
    "営業部長と人事部長が出席",
    "書籍「森」と林の間の道",
    "JAN 4901234567894",
    "部品 03-1234-ABCD を発注",
    "型番 03-3581-1111 の在庫",
    "図番：090-1234-5678",
    "東京都の人口は約1400万人",
    "東京都千代田区に本社を置く企業",
    "売上 1,234,567円、前年比 12.5%",
    "バージョン 10.2.3.4 を公開",
    "大規模障害報告書：ネットワーク障害の診断ツール",
    "システム障害で通院予約サービスが停止、感染したサーバを隔離",
    "病歴などの要配慮個人情報を取得しない方針とする。",
    "社外秘の情報をメールで送らないこと",
    "秘密保持契約を締結する",
    "The contract has a confidential information clause.",
    "お客様各位、皆様、同氏、奥様、仕様、模様",
    "担当：営業部\n担当者：未定",
    "password: <your password>",
    "パスワード：変更してください",
    "2026年4月1日に開始",
    "品番 AB1234567 を確認",
    "追跡番号 4111111111111111",
    "JavaScript Object Notation and Visual Studio Code",
]


@pytest.mark.parametrize("text", NEGATIVES)
def test_a_look_alike_is_left_alone(text):
    assert found(text) == set()


def test_a_labelled_my_number_with_a_wrong_check_digit_is_doubt():
    assert found("個人番号：123456789012") == {(Kind.LOW_CONFIDENCE, "123456789012")}


def test_every_line_of_a_list_below_its_heading_is_found():
    assert len(SCANNER.scan("個人番号\n" + "123456789018\n" * 40)) == 40


def test_a_company_pattern_does_not_match_inside_a_longer_word():
    assert found("型式XC12345678Z") == set()


@pytest.mark.parametrize("pattern", ["(", "[0-9]*"])
def test_an_unusable_company_pattern_is_named_in_the_error(pattern):
    with pytest.raises(UsageError, match="employee"):
        JapaneseScanner({"employee": pattern})


def test_where_kinds_overlap_the_surer_one_wins():
    assert found("法人番号 7000012050002 電話") == {(Kind.CORPORATE_NUMBER, "7000012050002")}
