# ruff: noqa: E501 - templates read best on one line
"""Generated office lines for fitting the weights of names: persons where offices write them, look-alikes elsewhere.

Names come from the dictionary at random, so that no word of a test set is learnt.
"""

import random
import re
from collections.abc import Iterator

from yakin.privacy.morphemes import readings

_KANJI = [bytes((row, cell)).decode("euc_jp") for row in range(0xB0, 0xCF) for cell in range(0xA1, 0xFF)]
_GIVEN_KANJI = "愛葵蒼輝希空結心咲紗翔颯奏大斗陽菜那乃音羽花華陸凛琉蓮和真優悠美莉夢月星海斗太郎介人也子奈香恵"
_FOREIGN = "アイウエオカキクケコサシスセソタチツテトナニネノハヒフヘホマミムメモヤユヨラリルレロワンジバビブベボド"
_PARTS = "スマート クラウド アシスト サポート プロ マスター ネット リンク ライト フル キット セット ボード パネル センサー ケーブル モード ポート ドライブ データ タイム スター ウェア"
_COMPANY = "商事 工業 製作所 電機 電器 精機 建設 工務店 産業 運輸 物流 食品 不動産 印刷 化学 興業 技研 製薬 銀行 病院 屋 書店 酒造"
_PLACE_END = "市 町 駅 区 支店 工場 営業所 川 橋 通り 地区 インター 港 公園 小学校"
_UNIT = "営業部 人事課 総務部 経理課 品質管理課 製造一課 情報システム部 法務室 企画室 購買部 物流センター 広報室"
_OFFICE = "部長 課長 係長 主任 社長 専務 常務 取締役 室長 次長 リーダー マネージャー 所長 支店長 工場長"
POSITIVE = r"""
{S}です。お世話になっております。|{U}の{S}です。|{U} {F}|担当は{S}です。|本件は{S}が対応します。|{S}より報告があった。|{S}・{S}・{S}の3名で訪問。
出席者:{S}、{S}、{F}|出席:{F}、{F}、{S}|{F}が承認した。|{F}を採用する。|{F}に確認済み。|{S}と{S}で分担する。|{S}から連絡があり、{S}へ引き継いだ。
{F}は来月から休職する。|{S}の提案を採用。|{S}の評価はBとする。|{F}({U})|{S}({U})|{U}{F}|{U}{S}|{F}
{S}が欠席。|議事録作成:{S}|次回までに{S}が資料を作る。|{F}の件、{S}に依頼しました。|1. {F} {U}|・{F}|{K}が来日する。|講師は{K}です。
{K}と契約した。|{F}、{F}、{F}|{F} 様|{S}さんへ|{S}{O}の承認待ち。|{F}{O}に報告。|司会 {S}|作業者 {F}|{F} 印|面接官は{S}と{S}。
承認 {S} / {S}|作成 {S}/確認 {S}|{S}\t{S}\t{S}|\| {S} \| {U} \||担当 {S}|確認者 {F} 受付 済|医師 {F} 印|{U} {S} 内線 123|{S} / {F} / {S}|"{S}","{U}",12
起案\t審査\t承認#{S}\t{S}\t{S}|{S}  {S}  {F}|名義 {F}|{F}, {U}, 12|3, {S}, {U}|12\t{F}\t{P}|担当:{S}/{S}|報告者 {S}|{S} {F} {F}
{S}、了解です。|{S}は外出中、{S}は在宅勤務。|{F}も参加します。|{F}の住所を変更。|{K}({U})|{K}、{K}、{F}が参加。|{S}宛に送付。|お客様は{F}です。
"""
NEGATIVE = r"""
{C}との契約を更新した。|{C}株式会社に発注。|株式会社{C}より入荷。|{C}(株)の見積を確認。|{C}、{C}、{C}の3社で比較する。|出席:{U}、{U}、{C}|納入先は{C}。
{P}で事故があった。|{P}から{P}までの運賃。|{P}に集合。|{P}、{P}、{P}の各拠点。|{P}の在庫を確認。|{P}は休業。|場所:{P}|{P}経由で配送。
{B}を導入した。|{B}の不具合を修正。|{B}は来月から販売。|{B}、{B}、{B}を発注。|製品名:{B}|{B}・{B}の価格改定。|{B}が故障。|新製品{B}と{B}。
{U}が対応します。|{U}、{U}、{U}の合同会議。|{O}会議を開く。|{O}の承認が必要。|担当:{U}|{U}{O}|関係各位|お客様各位|仲間と協力する。|相場は上昇した。
入口と出口を確認。|水田の面積は変わらない。|森と林の保全に取り組む。|桜の開花が早い。|光の反射を測る。|大和の地で育つ。|泉の水質を検査。|平成と令和で比較。|東と西に分かれる。
{P}\t12\t30|{P}\t{P}\t{P}|\| {P} \| 12 \||{P} 12 30|担当 {U}|承認 済|{C} {B} 12箱|{P} / {P} / {P}|{P},{P},12|"{P}",12,"{B}"|{P}  {P}  {P}|{B}\t12\t{C}
・{C}|{C}|{P}|{B}|{P}、{P}は晴れ。|{P}、{P}、{P}の3工場で生産。|{P}と{P}を結ぶ。|行先 {P}|発駅 {P} 着駅 {P}|{P}-{P}間|品名 {B}|宛先 {C}|店舗 {P}
{Y}、{Y}、{Y}の3工場で生産。|{Y}、{P}、{Y}に出店。|{Y}\t120\t33|{Y}と{Y}の両拠点|{Y}支店|{Y}へ出張。|{Y}着 {Y}発|{Y}・{Y}・{Y}地区
取引先名 \| {C}|取引先名\t{C}|会員名簿 \| 12|仕入先名,{C}|店舗名 \| {P}|(株){C}(本社:{P})|{C}メディカル|㈱{C}と{C}(株)
{B}システムの更改。|{B}サービスを停止。|{C}グループの決算。|{C}製の部品。|{C}の製品を使う。|{P}支社の移転。|{P}産の野菜。|{P}方面への配送。|{C}ビル3階
"""


def _word(rng: random.Random, letter: str, length: int) -> str:
    while True:
        word = "".join(rng.choice(_KANJI) for _ in range(length))
        if letter in readings(word):
            return word


class _Office:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.surnames = [_word(rng, "S", 2) for _ in range(500)]
        self.places = [_word(rng, "P", 2) for _ in range(300)]
        self.both = [word for word in (_word(rng, "P", 2) for _ in range(600)) if "S" in readings(word)]
        self.given = [_word(rng, "G", 2) for _ in range(400)]

    def foreign(self) -> str:
        size = self.rng.randint(2, 5)
        return "".join(self.rng.choice(_FOREIGN) for _ in range(size)) + self.rng.choice(("", "ー", "ン", "ス"))

    def full(self) -> str:
        kind = self.rng.random()
        if kind < 0.55:
            given = self.rng.choice(self.given)
        elif kind < 0.75:
            given = "".join(self.rng.sample(_GIVEN_KANJI, self.rng.randint(1, 2)))
        elif kind < 0.85:
            given = self.rng.choice(("さくら", "ひかり", "あかね", "みのり", "つばさ", "かえで", "すみれ", "まこと"))
        else:
            return self.person_of_abroad()
        return self.rng.choice(self.surnames) + self.rng.choice(("", "", " ", "　")) + given

    def person_of_abroad(self) -> str:
        return "・".join(self.foreign() for _ in range(self.rng.choice((2, 2, 3))))

    def fill(self, slot: str) -> str:
        """S surname, F full name, K name from abroad, C company, P place, Y place and surname, B product, U unit, O office."""
        choose = self.rng.choice
        makers = {
            "S": lambda: choose(self.surnames),
            "F": self.full,
            "K": self.person_of_abroad,
            "C": self.company,
            "P": lambda: choose(self.places) + choose(("", "", choose(_PLACE_END.split()))),
            "Y": lambda: choose(self.both),
            "B": self.product,
            "U": lambda: choose(_UNIT.split()),
            "O": lambda: choose(_OFFICE.split()),
        }
        return makers[slot]()

    def company(self) -> str:
        head = self.rng.choice((self.rng.choice(self.surnames), self.rng.choice(self.places), self.product()))
        return head + self.rng.choice(_COMPANY.split())

    def product(self) -> str:
        return "".join(self.rng.sample(_PARTS.split(), 2)) if self.rng.random() < 0.6 else self.foreign()


def office_lines(count: int, seed: int) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Lines with the spans of their persons, half of them without any."""
    rng = random.Random(seed)
    office = _Office(rng)
    for index in range(count):
        template = rng.choice(re.split(r"(?<!\\)[|\n]", (NEGATIVE if index % 2 else POSITIVE).strip()))
        template = template.replace("\\|", "|").replace("\\t", "\t").replace("#", "\n")
        text, spans = "", []
        for piece in re.split(r"(\{.\})", template):
            value = office.fill(piece[1]) if piece.startswith("{") else piece
            if piece in {"{S}", "{F}", "{K}"}:
                spans.append((len(text), len(text) + len(value)))
            text += value
        yield text, spans
