"""Person names: where they stand in office documents, and the many words that only look like them."""

import itertools
import re

import pytest

from yakin.domain.evidence import Kind
from yakin.privacy.morphemes import readings, words
from yakin.privacy.page import Page
from yakin.privacy.recognisers.latin_words import latin
from yakin.privacy.recognisers.name_candidates import candidates
from yakin.privacy.recognisers.name_evidence import evidence
from yakin.privacy.recognisers.name_words import LABEL, WEIGHTS
from yakin.privacy.recognisers.names import PersonName
from yakin.privacy.recognisers.romaji import plain_romaji, romaji, sounds_japanese
from yakin.privacy.scanner import JapaneseScanner

SCANNER = JapaneseScanner()


def names(text: str) -> list[str]:
    return [text[one.start : one.end] for one in SCANNER.scan(text) if one.kind == Kind.PERSON]


FOUND = [
    # one name, by what stands around it
    ("本件は佐々木が担当します。", ["佐々木"]),
    ("総務部の南主任に連絡した。", ["南"]),
    ("森です。お世話になっております。", ["森"]),
    ("行為者：千葉課長", ["千葉"]),
    ("佐藤営業部長と協議した。", ["佐藤"]),
    ("道明寺さんへ引き継ぐ。", ["道明寺"]),
    ("水野心愛殿より受領", ["水野心愛"]),
    ("山田光宙さんが欠席", ["山田光宙"]),
    ("承認 長谷川", ["長谷川"]),
    ("鈴木が外出中です", ["鈴木"]),
    # lists
    ("佐藤・鈴木・高橋が参加した。", ["佐藤", "鈴木", "高橋"]),
    ("出席者：佐藤、鈴木（営業部）、高橋", ["佐藤", "鈴木", "高橋"]),
    ("参加者：田中/山本/森", ["田中", "山本", "森"]),
    # forms, tables, chats, signatures
    ("氏名\n小鳥遊 六花\n部署\n総務部", ["小鳥遊 六花"]),
    ("担当者\n森\n内線\n1234", ["森"]),
    ("【お名前】福田 零", ["福田 零"]),
    ("担当,部署\n青木,営業部\n石井,総務部", ["青木", "石井"]),
    ("姓\t名\n佐藤\t花子", ["佐藤", "花子"]),
    ("起案\t審査\t承認\n高橋\t山内\t佐野", ["高橋", "山内", "佐野"]),
    ("佐藤: 了解です\n鈴木: お願いします", ["佐藤", "鈴木"]),
    ("山本 09:15\n会議に遅れます", ["山本"]),
    ("13:49 @島田 お願いします", ["島田"]),
    ("よろしくお願いいたします。\n\n営業部 中村美咲", ["中村美咲"]),
    ('{"user_name": "佐藤花子", "qty": 3}', ["佐藤花子"]),
    ("氏名：佐藤太郎です。", ["佐藤太郎"]),
    ("担当：佐藤が対応", ["佐藤"]),
    ("口座名義：ﾊﾔｼ ｱﾂｼです。", ["ﾊﾔｼ ｱﾂｼ"]),
    ("【お名前】小林篤司様", ["小林篤司"]),
    ("参加: 吉田舞 岡本海斗 山口亮介", ["吉田舞", "岡本海斗", "山口亮介"]),
    ("鈴木里佳: 太田部長の承認待ち", ["鈴木里佳", "太田"]),
    ("1. Naoko Nishimura reported on sales.", ["Naoko Nishimura"]),
    # spelling on the page
    ("氏名：佐 藤 太 郎", ["佐 藤 太 郎"]),
    ("本日の議事録は営業企画部の担当者である佐藤太\n郎が作成した。", ["佐藤太\n郎"]),
    ("𠮷田　永遠様", ["𠮷田　永遠"]),
    ("受取人名,ｽｽﾞｷ ｵｻﾑ", ["ｽｽﾞｷ ｵｻﾑ"]),
    ("シメイ ﾔﾏﾀﾞ ﾕｳｷ", ["ﾔﾏﾀﾞ ﾕｳｷ"]),
    ("山田太郎（ヤマダ タロウ）", ["山田太郎", "ヤマダ タロウ"]),
    ("佐藤 一二三（さとう ひふみ）", ["佐藤 一二三", "さとう ひふみ"]),
    # from abroad
    ("講師はジョン・スミス氏です。", ["ジョン・スミス"]),
    ("グエン・ヴァン・アンが入社した。", ["グエン・ヴァン・アン"]),
    ("氏名：王 麗華", ["王 麗華"]),
    ("技術者のポポフが来日した。", ["ポポフ"]),
    # Latin letters
    ("出張者 SAITO SOTARO の旅券", ["SAITO SOTARO"]),
    ("担当はYosuke Takahashiです。", ["Yosuke Takahashi"]),
    ("Name: NGUYEN VAN AN", ["NGUYEN VAN AN"]),
    ("Hi Wang Lihua,\n\nPlease find the minutes attached.", ["Wang Lihua"]),
    ("Best regards,\nSuresh Kumar\nTechnical Support", ["Suresh Kumar"]),
    ("My name is Zargan Vedzizhev and I live here.", ["Zargan Vedzizhev"]),
    ("From: Emily Clarke <e@example.com>", ["Emily Clarke"]),
    (
        "Attendees: Maria dos Santos, Chiyo Yoshida and Hans-Peter Vogel",
        ["Maria dos Santos", "Chiyo Yoshida", "Hans-Peter Vogel"],
    ),
    ("The report by Ivan Petřík was late.", ["Ivan Petřík"]),
    ("Mr. O'Brien's laptop was stolen.", ["O'Brien"]),
    ("SMITH, John attended.", ["SMITH, John"]),
    ("please change it to Soib K. Kishiev", ["Soib K. Kishiev"]),
    ("follow up with monika fischer in a week", ["monika fischer"]),
    ("We met Faina D. Yefremova. Yefremova left early.", ["Faina D. Yefremova", "Yefremova"]),
    ("Dear Tanaka-san, thank you.", ["Tanaka"]),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_a_name_is_found_without_its_title_or_particle(text, expected):
    assert names(text) == expected


NONE = [
    "松下電器と本田技研工業に発注した。",
    "佐藤製作所（株）の見積を確認",
    "株式会社小林工務店より入荷した。",
    "㈱加藤メディカルと(株)高橋建設の3社",
    "田中精機株式会社、山本商事合同会社",
    "福島、山口、宮崎の3工場で生産する。",
    "千葉工場と松本支店、福山営業所の在庫",
    "大島、八丈島、小笠原の各航路は欠航。",
    "高崎駅から熊谷駅まで乗車",
    "新製品のスマートアシストを販売する。",
    "クラウドサービスとデータセンターの費用",
    "部長、課長、担当者様、お客様、各位、皆様へ",
    "担当：営業部\n承認：未定\n氏名：（必須）",
    "氏名,（必須）\nメールアドレス,（必須）\n",
    "平成から令和、昭和の時代",
    "仲間と協力し、相場の入口で判断した。",
    "森と林の保全、桜の開花、泉の水質、光の反射",
    "取引先名 | 三浦化成株式会社\n商品名 | ボルト",
    "従業員氏名 | 生年月日 | 入社日",
    "大さん橋で荷を降ろす。",
    "Google Cloud Platform and Amazon Aurora on Red Hat Enterprise Linux",
    "Microsoft Azure の Visual Studio Code と GitHub Copilot を導入",
    "This product complies with ISO 9001:2015 and CE.",
    "Annual Report and Quarterly Review for Tokyo Office",
    "The Princess Royal arrived at the Port of Kobe on Monday.",
    "Morgan Stanley Group and Hayashi Seiki Co., Ltd.",
    "import os\nfrom pathlib import Path\nreturn self.value",
]


@pytest.mark.parametrize("text", NONE)
def test_a_word_that_only_looks_like_a_name_is_left_alone(text):
    assert names(text) == []


def test_a_rare_name_found_once_is_found_everywhere_but_not_inside_a_company():
    text = "氏名：小鳥遊六花\n小鳥遊六花は来週から、小鳥遊六花工業株式会社へ出向する。"
    assert [match.start() for match in re.finditer("小鳥遊六花", text)][:2] == [
        one.start for one in PersonName().find(Page(text))
    ]


def test_findings_do_not_overlap_and_stay_inside_the_text():
    text = "出席者：佐藤太郎（サトウ タロウ）、Emily Clarke、鈴木部長\n" * 3
    spans = [(one.start, one.end) for one in PersonName(threshold=0.0).find(Page(text))]
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_a_lower_threshold_finds_no_less():
    text = "サリナス・スパーズと青木バスターミナル、田中が来た。"
    few = {one.start for one in PersonName(threshold=0.5).find(Page(text))}
    assert few <= {one.start for one in PersonName(threshold=0.1).find(Page(text))}


def test_words_tile_the_text_and_know_their_class():
    (part,) = words("佐藤太郎は東京へ")
    assert (part.classes, part.starts) == ("SGpPp", [0, 2, 4, 5, 7, 8])
    assert [part.surface(at) for at in (-1, 0, 4, 5)] == ["", "佐藤", "へ", ""]


def test_the_dictionary_says_all_that_a_word_can_be():
    assert readings("福岡") == "PS"
    assert readings("本田技研") == "R"
    assert readings("凛桜") == ""


def test_what_speaks_for_and_against_a_name_can_be_read():
    (part,) = words("佐藤製作所と佐藤部長")
    observed = [set(evidence(part, first, last)) for first, last in candidates(part)]
    assert "after:thing" in observed[0]
    assert "after:role" in observed[1]
    assert WEIGHTS["after:role"] > 0 > WEIGHTS["after:thing"]


@pytest.mark.parametrize(
    ("kana", "latin_letters"),
    [("サトウ", "satou"), ("シュンスケ", "shunsuke"), ("ハットリ", "hattori"), ("システム?", "")],
)
def test_kana_are_written_in_hepburn(kana, latin_letters):
    assert romaji(kana) == latin_letters


@pytest.mark.parametrize("spelling", ["Satoh", "Satou", "SATO", "satoo"])
def test_spellings_of_one_japanese_name_are_one(spelling):
    assert plain_romaji(spelling) == "sato"
    assert sounds_japanese(spelling)


def test_a_latin_word_is_known_whatever_its_accents_and_case():
    assert latin("ŽELJKO").given == latin("zeljko").given > 0
    assert latin("the").given == 0
    assert latin("Smith").english


def test_no_label_is_taken_for_a_name():
    for label in ("氏名", "担当者", "承認者", "フリガナ", "議長"):
        assert LABEL.fullmatch(label)
        assert names(f"{label}：{label}") == []


@pytest.mark.parametrize(
    "text", ["ア" * 50_000, "パスワード" * 20_000, "Ab " * 20_000, "佐藤・" * 15_000, "氏名:" * 15_000, "一" * 50_000]
)
def test_a_hostile_text_ends(text):
    assert isinstance(list(PersonName().find(Page(text))), list)


@pytest.mark.parametrize(
    "text",
    [
        "山田錦を使った限定商品",
        "佐藤錦(2kg箱)に適用する。",
        "福島印刷との取引条件",
        "岡田商事と契約",
        "依頼先の千葉設備に連絡",
    ],
)
def test_what_is_named_after_a_family_is_no_person(text):
    assert names(text) == []


def test_a_reading_after_an_honorific_is_a_name():
    assert names("お客様：岩田 隆様（イワタタカシ）") == ["岩田 隆", "イワタタカシ"]
