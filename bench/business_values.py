"""Words of the generated business set: sensitive facts, markings, secrets, departments, products, places."""

# ruff: noqa: E501 - one template or value per line reads better than pieces of it

import random
import string
from collections.abc import Callable

from yakin.domain.evidence import Kind

ALNUM = string.ascii_letters + string.digits


def _token(rng: random.Random, count: int, alphabet: str = ALNUM) -> str:
    return "".join(rng.choices(alphabet, k=count))


SECRETS: list[Callable[[random.Random], str]] = [
    lambda rng: "AKIA" + _token(rng, 16, string.ascii_uppercase + "234567"),
    lambda rng: "ghp_" + _token(rng, 36),
    lambda rng: "sk-proj-" + _token(rng, 48),
    lambda rng: f"xoxb-{_token(rng, 11, string.digits)}-{_token(rng, 12, string.digits)}-{_token(rng, 24)}",
    lambda rng: "AIza" + _token(rng, 35),
    lambda rng: _token(rng, 40),
    lambda rng: _token(rng, 32, "0123456789abcdef"),
    lambda rng: "sk_live_" + _token(rng, 24),
    lambda rng: f"eyJhbGciOiJIUzI1NiJ9.eyJ{_token(rng, 40)}.{_token(rng, 43)}",
    lambda rng: "glpat-" + _token(rng, 20),
]

# 要配慮個人情報 of the person whom the document is about (APPI art. 2(3), 施行令 2条).
CARE = [
    "うつ病", "適応障害", "双極性障害", "統合失調症", "パニック障害", "発達障害", "ADHD", "自閉スペクトラム症", "乳がん", "胃癌", "白血病",
    "糖尿病", "高血圧症", "HIV陽性", "C型肝炎", "てんかん", "心筋梗塞", "脳梗塞", "潰瘍性大腸炎", "クローン病", "関節リウマチ", "慢性腎不全",
    "椎間板ヘルニア", "メニエール病", "睡眠時無呼吸症候群", "バセドウ病", "アルコール依存症", "結核", "新型コロナウイルス感染症", "喘息",
    "切迫早産", "子宮筋腫", "緑内障", "難病（全身性エリテマトーデス）", "高次脳機能障害", "聴覚障害", "身体障害者手帳2級", "精神障害者保健福祉手帳3級",
    "療育手帳B", "人工透析",
]  # fmt: skip
FACTS = [
    "{special_care|窃盗の前科}がある", "{date}に{special_care|傷害容疑で逮捕され、不起訴}となった", "{special_care|懲役1年6月執行猶予3年の判決}",
    "{special_care|被差別部落の出身}", "{special_care|アイヌ民族}であること", "{special_care|カトリック信者}であること",
    "{special_care|イスラム教徒のため礼拝}の時間に配慮", "{special_care|DV被害}を受けて転居", "{special_care|ストーカー被害}の申告",
    "{special_care|健康診断の結果は要精密検査}", "{special_care|ストレスチェックで高ストレス者と判定}", "{special_care|産業医より就業制限の意見}",
    "{special_care|抗うつ薬を服用}中", "{special_care|少年院}に入っていた過去", "{special_care|保護観察}中", "{special_care|性同一性障害の診断}",
]  # fmt: skip

KIND_WORDS: dict[str, tuple[Kind, list[str]]] = {
    "m_confidential": (Kind.MARKING_CONFIDENTIAL, ["社外秘", "【社外秘】", "CONFIDENTIAL", "＜社外秘＞", "社 外 秘", "Company Confidential", "機密区分：社外秘", "[社外秘]", "※社外秘※"]),
    "m_restricted": (Kind.MARKING_RESTRICTED, ["㊙", "【秘】", "関係者限り", "機密区分：秘", "取扱区分：関係者限り", "【関係者限り】", "（秘）"]),
    "m_secret": (Kind.MARKING_SECRET, ["極秘", "【極秘】", "機密区分：極秘", "極　秘", "TOP SECRET", "《極秘》"]),
    "en_marking": (Kind.MARKING_CONFIDENTIAL, ["CONFIDENTIAL", "Company Confidential", "[CONFIDENTIAL]", "Confidential – Internal Use Only"]),
    "en_care": (Kind.SPECIAL_CARE, ["depression", "breast cancer", "type 2 diabetes", "epilepsy", "bipolar disorder", "HIV positive", "a criminal record", "hepatitis C", "an anxiety disorder", "multiple sclerosis"]),
}  # fmt: skip

WORDS: dict[str, list[str]] = {
    "dept": ["営業部", "第二営業課", "総務部", "人事部", "経理課", "情報システム部", "品質保証部", "製造一課", "購買部", "法務室", "広報室",
             "カスタマーサポート課", "物流センター", "研究開発本部", "大阪支店", "経営企画部", "千葉工場"],
    "title": ["様", "さん", "氏", "部長", "課長", "係長", "先生", "主任", "殿", "社長", "マネージャー", "リーダー"],
    "product": ["ステンレスボルトM8", "油圧ポンプ HP-200", "電源ユニット", "会議室用ディスプレイ", "カップ麺しょうゆ味", "サーボモータ", "LED照明器具",
                "業務用洗剤", "スマートロック", "コピー用紙A4", "マリアージュ紅茶", "アレクサンダー工具セット", "ジョージアコーヒー", "保冷ボックス",
                "ミドリムシサプリ", "フォークリフト用バッテリー", "Ｏリング P-12", "樹脂ペレット", "圧力センサー"],
    "city": ["松本市", "福島県", "山口県", "石川県", "千葉市", "長野県", "宮崎県", "高松市", "豊田市", "三浦市", "大分県", "秋田県", "東京都",
             "大阪府", "北海道", "川口市", "岡崎市", "小林市", "本庄市", "中野区"],
    "station": ["上野駅", "大宮駅", "三宮駅", "中野駅", "松本駅", "石川町駅", "本田駅前", "渋谷駅", "高田馬場駅", "原宿駅", "福山駅",
                "小川町駅", "武蔵小杉駅", "千葉駅"],
    "bank": ["みずほ銀行", "三井住友銀行", "三菱UFJ銀行", "りそな銀行", "横浜銀行", "千葉銀行", "京都信用金庫", "住信SBIネット銀行", "北洋銀行"],
    "branch": ["丸の内支店", "本店営業部", "新宿西口支店", "梅田支店", "イチゴ支店", "名古屋駅前支店", "松本支店", "高崎支店"],
    "atype": ["普通", "当座", "普通預金", "（普）"],
    "greet": ["いつもお世話になっております。", "お疲れ様です。", "平素より大変お世話になっております。", "突然のご連絡失礼いたします。", "お世話になります。"],
    "close": ["よろしくお願いいたします。", "以上、よろしくお願い申し上げます。", "ご確認のほどお願いいたします。", "取り急ぎご連絡まで。"],
    "job": ["見積書の件", "来月の定例会の件", "納期の確認", "契約更新のご相談", "新製品の打合せ", "出荷トラブルの報告", "支払条件の変更"],
    "symptom": ["ログイン画面でエラーが出る", "商品が届かない", "電源が入らない", "請求金額が前月と違う", "画面が固まる", "部品が欠品していた"],
    "action": ["交換品を発送", "返金手続きを開始", "現地調査を実施", "再起動で復旧", "担当部署へエスカレーション", "代替品を手配"],
    "l_my": ["個人番号", "マイナンバー", "個人番号（マイナンバー）", "ﾏｲﾅﾝﾊﾞｰ", "個人番号(12桁)"],
    "l_phone": ["TEL", "電話", "Tel.", "電話番号", "℡", "連絡先", "携帯", "ＴＥＬ", "日中のご連絡先"],
    "l_mail": ["E-mail", "メール", "Mail", "メールアドレス", "Eメール", "ﾒｰﾙ"],
    "l_birth": ["生年月日", "生年月日（西暦・和暦）", "誕生日", "生　年　月　日"],
    "l_addr": ["住所", "現住所", "所在地", "ご住所", "住　所", "居所"],
    "l_name": ["氏名", "お名前", "名前", "氏　名", "申請者", "担当者", "担当"],
    "l_lic": ["運転免許証番号", "免許証番号", "免許証の番号", "運転免許 第"],
    "l_pw": ["パスワード", "PW", "初期パスワード", "Password", "ﾊﾟｽﾜｰﾄﾞ", "仮パスワード"],
    "l_key": ["API_KEY", "api_key", "ACCESS_TOKEN", "SECRET_KEY", "client_secret", "AUTH_TOKEN"],
    "c": ["：", ":", "： ", " ", ": "],
    "law": ["個人情報保護法第20条", "労働安全衛生法第66条", "番号法第12条", "下請法第3条", "電子帳簿保存法第7条", "民法第709条"],
}  # fmt: skip
