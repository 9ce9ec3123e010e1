"""Word lists around names: what follows a name, what labels it, what is never one."""

import re
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "words"


def read_words(name: str) -> frozenset[str]:
    """The words of one of our lists; they ship beside the code."""
    return frozenset((_FOLDER / f"{name}.txt").read_text(encoding="utf-8").split())


HONORIFICS = read_words("honorifics")
TITLES = read_words("titles")
ONE_KANJI_SURNAMES = read_words("one_kanji_surnames")
LABEL = re.compile(
    r"(?:氏 ?名|お?名 ?前|姓 ?名|担当者?(?:名|氏名)?|(?:作成|起票|報告|申請|承認|確認"
    r"|記入|起案|依頼|発注|受注|登録|更新|提出|相談|回答|受付|契約|連絡|責任|管理|発表"
    r"|編集|調査|審査|執筆|出席|欠席|参加|対象|被扶養|扶養|受取|届出|代表|面談|面接)者(?:名"
    r"|氏名)?"
    r"|責任者名?|代表取締役(?:社長)?|議長|書記|患者(?:名|氏名)?|社員(?:名|氏名)|従業員(?:名"
    r"|氏名)|顧客(?:名|氏名)|会員(?:名|氏名)|宛名|宛先|差出人|発信者|名義人?|口座名義人?"
    r"|"
    r"フリガナ|ふりがな|カナ氏名|氏名カナ|氏名\(カナ\)|セイ|メイ|姓|名|配偶者|世帯主"
    r"|緊急連絡先|主治医|上司|部下|本人|保護者|応募者|候補者|Name|name|NAME)"
)
LABEL_BEFORE = re.compile(rf"(?<![一-龥]){LABEL.pattern}(?:\([^)\n]{{1,8}}\))?[ \t]*(?:[:|\t]|,(?! )| {{2,}})[ \t\"]*$")
DEFINITE_LABEL = re.compile(r"氏 ?名|姓 ?名|お名前|名義|フリガナ|ふりがな|カナ")
VALUE = re.compile(
    r"(?P<name>(?:[一-龥々]{1,5}|[ァ-ヴー]{2,8}|[ぁ-ん]{2,8}|[一-龥々][一-龥々ぁ-んァ-ヴー]{1,5})"
    r"(?:[ ・=]{1,2}(?:[一-龥々ぁ-んァ-ヴー]{1,8}))?)"
    r"(?=[ \t]*(?:$|[\n,|)(\"/、。;:・〈<【\[]|様|殿|さん|氏|印|㊞|生年|年齢|性別|[ \t]))"
)
NOT_A_NAME = re.compile(
    r"未定|不明|なし|無し|同上|各位|該当|記入|担当|全員|複数|匿名|非公開|本人|同左"
    r"|代理|別紙|以下|省略|必須|任意|男性?|女性?|氏名|名前|住所|電話|備考|部署|役職"
    r"|所属|日付|番号|年齢|性別|フリガナ|メール|"
    r".*(?:部|課|室|係|社|局|班|組|店|所|会|チーム|グループ|センター|事務局|委員会"
    r"|システム|サービス|会社|銀行|病院|大学|事業|予定|済み?|中|者|様式|一覧|番号|欄"
    r"|内容|結果|件名|製品|商品)|(?:株式|有限|合同)会社.*"
)
# 様 and 氏 after these common words make no name: お客様, 同氏.
NO_PERSON_BEFORE_HONORIFIC = read_words("common_before_honorific")
# A surname or given name alone before these is a part of the name of something else.
OTHER_THING = re.compile(
    r"^(?:飛行|地区|盆地|内閣|珈琲|コーヒー|酒造|醸造|運輸|運送|海運|水産|農園|牧場"
    r"|公園|庭園|温泉|高原|平野|半島|海岸|海峡|街道|遺跡|古墳|古道|政権|時代|年間|通り?"
    r"|駅(?!長)|線|町(?!長)|市(?!長)|区(?!長)|村(?!長)|郡|県(?!知事)|川|山|島|橋|坂"
    r"|港|湖|城|寺|神社|大社|宮|杯|賞|家|邸|流|派|焼|式|藩|氏族|朝|館(?!長)|校(?!長)"
    r"|塾(?!長)|高校|大学|学園|中学|小学|病院|医院|クリニック|銀行|信金|証券|商店|商会"
    r"|"
    r"製作所|工業|製薬|電機|電器|電気|電鉄|鉄道|建設|自動車|産業|物産|食品|化学|重工"
    r"|製鋼|製紙|書店|書房|出版|新聞|テレビ|放送|ホールディングス|グループ|工場|支店"
    r"|本店|支社|営業所|"
    r"株式会社|有限会社|事件|記念|インター|空港|競馬|球場|ビル|ホテル|劇場|文庫|コンツェルン"
    r"|財閥|組|会(?!長)|社(?!長)|系|法|理論|定理|効果|反応|関数|症候群|病|砲|級|丸"
    r"|式部|語|人|部(?!長)|杯|級|兄弟社)"
)
