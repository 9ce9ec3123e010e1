"""Word lists around names: what follows a name, what labels it, what is never one."""

import re
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "words"


def read_words(name: str) -> frozenset[str]:
    """The words of one of our lists; they ship beside the code."""
    return frozenset((_FOLDER / f"{name}.txt").read_text(encoding="utf-8").split())


def read_weights(name: str) -> dict[str, float]:
    """Observation and weight per line; they ship beside the code."""
    lines = (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return {one: float(weight) for one, weight in (line.rsplit("\t", 1) for line in lines if "\t" in line)}


WEIGHTS = read_weights("name_weights")
HONORIFICS = read_words("honorifics")
TITLES = read_words("titles")
ONE_KANJI_SURNAMES = read_words("one_kanji_surnames")
_ACTORS = (
    "作成|起票|報告|申請|承認|確認|記入|起案|依頼|発注|受注|登録|更新|提出|相談|回答|受付|契約|連絡|責任|管理"
    "|発表|編集|調査|審査|執筆"
    "|出席|欠席|参加|同席|発言|対象|被扶養|扶養|受取|届出|代表|面談|面接|訪問|来訪|来社|対応|推薦|紹介|予約|宿泊"
    "|使用|所有|運転|被保険"
    "|応募|候補|受講|受験|評価|被評価|送信|受信|発信|検印|決裁|点検|作業|施工|検査|測定|記録|購入|利用|注文|加入"
    "|相続|債務|債権|保証"
)
LABEL = re.compile(
    r"[ご御お]?(?:依頼主|注文主|荷送人|荷受人|お?客様名|氏 ?名|お?名 ?前|ご?芳名|姓 ?名|(?:主|副|営業|経理|技術"
    r"|受付|窓口|対応|正|前|新|現)?担当者?(?:名|氏名)?"
    rf"|(?:{_ACTORS})者(?:名|氏名)?|出席|欠席|参加|同席|司会|進行|記録|講師|文責|幹事|報告|作成|承認|起案|決裁"
    rf"|審査|査閲|照査|検収|検印|確認|起票|立会"
    r"|責任者名?|代表取締役(?:社長)?|議長|書記|(?:患者|社員|従業員|職員|顧客|会員|生徒|児童|学生|お客様|被保険者"
    r"|本人|家族)(?:名|氏名)"
    r"|患者|宛名|宛先|差出人|(?:連帯)?保証人|(?:口座)?名義人?"
    r"|フリガナ|ふりがな|カナ氏名|氏名カナ|氏名\((?:カナ|漢字|フリガナ)\)|セイ|メイ|姓|名|配偶者|世帯主"
    r"|緊急連絡先|主治医|担当医|産業医|医師|弁護士|税理士|会計士|社労士|上司|部下|本人|保護者|(?:受取|支払|振込"
    r"|依頼|送金|請求|届出)人(?:名|氏名)?|口座名義"
    r"|(?:口座)?名義人?(?:カナ|\\(カナ\\))"
    r"|カナ(?:名|名義)?|控除対象配偶者|扶養親族|組合員|契約者|被相続人|相続人|行為者|被害者|加害者|負傷者|被災者"
    r"|目撃者|運転手|乗務員"
    r"|(?:[Uu]ser|[Ff]ull|[Ff]irst|[Ll]ast|[Ff]amily|[Gg]iven|[Cc]ustomer|[Ee]mployee|[Cc]ontact|[Mm]ember"
    r"|[Ss]taff|[Oo]wner|[Pp]atient|[Ss]ender"
    r"|[Rr]ecipient|[Pp]ayee|[Pp]erson|[Kk]anji|[Kk]ana|[Dd]isplay)[_ ]?[Nn]ame|(?:name|NAME)_(?:kana|kanji|KANA"
    r"|KANJI)|Name|name|NAME|kana|furigana|シメイ|カナシメイ|ナマエ|Full name|Employee|Customer|Reporter|Assignee"
    r"|Owner|Requester|Attendee|Passenger|Beneficiary)"
)
DEFINITE_LABEL = re.compile(
    r"氏 ?名|芳名|姓 ?名|お名前|名義|フリガナ|ふりがな|カナ|kana|furigana|シメイ|ナマエ|^[姓名]$|^セイ$|^メイ$"
)
_KANJI_NAME = r"[一-龥々]{1,5}|[一-龥々][一-龥々ぁ-んァ-ヴー]{1,5}"
_KANA_NAME = r"[ァ-ヴー]{2,10}|[ぁ-んー]{2,8}"
_NAME_PART = r"(?:[ァ-ヴー]{1,10}|[ぁ-んー]{1,8}|[一-龥々][一-龥々ぁ-んァ-ヴー]{0,5}?)"
VALUE = re.compile(
    rf"(?P<name>(?:{_KANJI_NAME}|{_KANA_NAME})(?:[・=][ァ-ヴー]{{1,10}}){{0,3}}"
    rf"(?: {{1,2}}{_NAME_PART}(?:[・=][ァ-ヴー]{{1,10}}){{0,2}})?)"
    r"(?=[ \t]*(?:$|[\n,|)(\"/、。;:・〈<【\[]|様|殿|さん|氏|印|㊞|生年|年齢|性別|[ \t]"
    r"|です|と申|より|から|[はがをにのともへ](?![ぁ-ん])))"
)
NOT_A_NAME = re.compile(
    r"未定|不明|なし|無し|同上|各位|該当|記入|担当|全員|複数|匿名|非公開|本人|同左"
    r"|代理|別紙|以下|省略|必須|任意|男性?|女性?|氏名|名前|住所|電話|備考|部署|役職"
    r"|所属|日付|番号|年齢|性別|フリガナ|メール|(?:株式|有限|合同)会社.*"
)
# What departments, dates and amounts end in; 田中 and 服部 do as well, so that the dictionary is asked first.
ENDS_LIKE_A_THING = re.compile(
    r"(?:部|課|室|係|社|局|班|組|店|所|会|チーム|グループ|センター|事務局|委員会"
    r"|システム|サービス|工場|支社|本社|営業|会社|銀行|病院|大学|事業|予定|済み?|中|者|様式|一覧|番号|欄"
    r"|内容|結果|件名|製品|商品|年月日|日付|入社日|誕生日|期日|締日|国籍|続柄|区分|種別|金額|単価|数量|合計|取引先名?)$"
)
# A title or office after a name: 佐藤部長, 佐藤支店長.
ROLE = re.compile(
    rf"(?:(?:{'|'.join(sorted(TITLES, key=len, reverse=True))})(?:補佐?|代理|代行|心得|級)?|.{{0,6}}(?:長|長官"
    rf"|首相|外相|大使|元帥|将軍|提督))$"
)
# Between a name and an office: 佐藤営業部長.
DEPARTMENT = re.compile(
    r"(?:(?:営業|人事|総務|経理|財務|技術|開発|製造|品質|購買|調達|法務|企画|経営|情報|生産|物流|研究|広報|管理"
    r"|業務|統括|事業|システム"
    r"|海外|国内|監査|安全|設計|製品|商品|販売|保全|工務|労務|渉外|秘書|資材|第[一二三四五0-9])+[部課室局]?|副|元"
    r"|前|新|現|常任|上席|主席|首席"
    r"|筆頭|専任|代表|シニア|チーフ|ゼネラル|アシスタント|プロジェクト)"
)
# Offices that come after a place as often as after a name: 福岡支店長, 大阪市長.
PLACE_OFFICE = re.compile(
    r"(?:[市区町村]長|(?:県|府|都)?知事|(?:支店|支社|支部|支局|工場|営業所|事業所|出張所|研究所|センター|所|駅|署"
    r"|局|院|校|館|園|港|場)長"
    r"|.*(?:大使|領事|総督|司教|校長|代表|記者|監督|議員))"
)
# The end of the name of an organisation, before 様 as well: 三菱電機様.
ORGANISATION_END = re.compile(
    r"(?:会社|商事|興産|設備|精工|鉄工|工芸|農産|畜産|製本|通商|商運|電工|電機|電器|電気|電子|工業|産業|興業|建設|工務店|製作所|精機|精密|製薬|薬品|化学|化成|印刷|運輸"
    r"|運送|物流|物産|商会|商店|食品|水産"
    r"|不動産|証券|銀行|信金|信組|保険|生命|火災|海上|病院|医院|クリニック|大学|高校|学校|学園|協会|組合|連合"
    r"|財団|法人|事務所|研究所|センター"
    r"|ホールディングス|グループ|システムズ?|サービス|テクノ|リース|フーズ|エンジニアリング|ソリューションズ?"
    r"|コーポレーション|カンパニー|メディカル|ケミカル|セラミックス?|フード|パーツ|エナジー|トレーディング"
    r"|マテリアル|ファーマ|ロジスティクス|コンサルティング"
    r"|プラスチック|メタル|スチール|モータース?|テクノス|テック|ハウス|ホーム|ネット|ラボ|ファーム"
    r"|[部課室局庁省係社店屋]|市役所|役場)$"
)
# A noun that says of its neighbour that it is a person: 歌手の, デザイナー, 営業担当.
SPEAKS_OF_A_PERSON = re.compile(
    r"(?:[^業]家|者|[歌選助騎投捕]手|[師士員優督授監佐尉]|[^成校部店市村町係所社課駅室]長|[一-龥]長|担当|責任者|議長"
    r"|[夫妻父母兄弟姉妹娘]|[一-龥ァ-ヴー]人|息子|長男|次男|長女|次女|[女男芸詩求]人|[王帝后侯卿爵]|大臣|総理"
    r"|首相|大統領|被告|容疑者"
    r"|作曲|作詞|監督|主演|出演|アナ|主人公|氏|さん|代表|先生|友人|同僚|上司|部下|後輩|先輩|取締役|社長|部長|課長"
    r"|係長|主任"
    r"|(?:ナー|ター|イター|サー|ダー|ラー|リスト|シスト|ニスト|タレント|モデル|スタッフ|マネージャー|シェフ"
    r"|メンバー|パイロット|ミュージシャン|アイドル|ライバル|ヒロイン))$"
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
    r"|製鋼|製紙|印刷|精機|精密|精工|商事|興産|興業|設備|建材|建機|通商|電工|電子|不動産|保険|証券|ガス|塗料|硝子|紡績|鋼材|鉄工|鋳造|木材|石油|電力|造船|車体|製菓|製粉|製糖|乳業|酪農|醤油|製麺|製茶|薬局"
    r"|樹脂|塗装|金属|金型|工芸|陶器|織物|縫製|書店|書房|出版|新聞|テレビ|放送|ホールディングス|グループ|工場|支店"
    r"|本店|支社|営業所|"
    r"株式会社|有限会社|事件|記念|インター|空港|競馬|球場|ビル|ホテル|劇場|文庫|コンツェルン"
    r"|財閥|組|会(?!長)|社(?!長)|系|法|理論|定理|効果|反応|関数|症候群|病|砲|級|丸"
    r"|式部|語|人|部(?!長)|杯|級|兄弟社)"
)
