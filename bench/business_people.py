"""People, companies and addresses for the generated business set: own lists and Faker, as real papers write them."""

# ruff: noqa: E501 - one template or value per line reads better than pieces of it

import random
from dataclasses import dataclass

from faker import Faker

RARE_SURNAMES = [
    ("小鳥遊", "タカナシ", "Takanashi"), ("四月一日", "ワタヌキ", "Watanuki"), ("勅使河原", "テシガワラ", "Teshigawara"),
    ("御手洗", "ミタライ", "Mitarai"), ("東海林", "ショウジ", "Shoji"), ("五百旗頭", "イオキベ", "Iokibe"),
    ("喜屋武", "キャン", "Kyan"), ("具志堅", "グシケン", "Gushiken"), ("比嘉", "ヒガ", "Higa"), ("阿比留", "アビル", "Abiru"),
    ("纐纈", "コウケツ", "Koketsu"), ("十河", "ソゴウ", "Sogo"), ("日下部", "クサカベ", "Kusakabe"), ("原", "ハラ", "Hara"),
    ("東", "ヒガシ", "Higashi"), ("関", "セキ", "Seki"), ("髙橋", "タカハシ", "Takahashi"), ("渡邉", "ワタナベ", "Watanabe"),
    ("齋藤", "サイトウ", "Saito"), ("﨑山", "サキヤマ", "Sakiyama"), ("長谷川", "ハセガワ", "Hasegawa"),
    ("千葉", "チバ", "Chiba"), ("福島", "フクシマ", "Fukushima"), ("三重野", "ミエノ", "Mieno"), ("平", "タイラ", "Taira"),
]  # fmt: skip
RARE_GIVEN = [
    ("心愛", "ココア", "Kokoa"), ("宇宙", "ソラ", "Sora"), ("七音", "ドレミ", "Doremi"), ("騎士", "ナイト", "Naito"),
    ("姫星", "キティ", "Kitty"), ("空翔", "ツバサ", "Tsubasa"), ("一二三", "ヒフミ", "Hifumi"), ("愛夢", "アム", "Amu"),
    ("颯", "ハヤテ", "Hayate"), ("凛", "リン", "Rin"), ("さくら", "サクラ", "Sakura"), ("あおい", "アオイ", "Aoi"),
    ("リサ", "リサ", "Risa"), ("ひなた", "ヒナタ", "Hinata"), ("希空", "ノア", "Noa"), ("大和", "ヤマト", "Yamato"),
    ("海", "カイ", "Kai"), ("渚", "ナギサ", "Nagisa"), ("紬", "ツムギ", "Tsumugi"), ("権兵衛", "ゴンベエ", "Gombei"),
]  # fmt: skip
FOREIGN = [
    ("グエン・ヴァン・アン", "NGUYEN VAN AN"), ("チャン・ティ・ホア", "TRAN THI HOA"), ("マリア・サントス", "MARIA SANTOS"),
    ("ジョン・スミス", "JOHN SMITH"), ("スレシュ・クマール", "SURESH KUMAR"), ("王 麗華", "WANG LIHUA"),
    ("李 明", "LI MING"), ("朴 志勲", "PARK JIHOON"), ("アンナ・コワルスカ", "ANNA KOWALSKA"),
    ("プトゥ・アグス・ウィラワン", "PUTU AGUS WIRAWAN"), ("アウン・ミン・トゥン", "AUNG MIN TUN"),
    ("ファティマ・アル＝ザーヒル", "FATIMA AL ZAHIR"), ("陳 建宏", "CHEN CHIEN HUNG"), ("シルバ・ロドリゴ", "SILVA RODRIGO"),
]  # fmt: skip
WESTERN = ["John Smith", "Emily Clarke", "Suresh Kumar", "Anna Kowalska", "Michael O'Brien", "Nguyen Thi Lan",
           "Maria dos Santos", "Wang Lihua", "Pierre Dubois", "Hans-Peter Vogel"]  # fmt: skip
COMPANY_NAMES = [
    "松下電器", "本田技研", "田中精機", "佐藤製作所", "小林工務店", "渡辺ホールディングス", "山本商事", "鈴木運輸", "高橋建設",
    "伊藤フーズ", "三浦化成", "石川ロジスティクス", "長野テクノ", "中村屋", "加藤メディカル", "青空システムズ", "みらい物産",
    "ケイエス電子", "日東精密", "太陽印刷", "北斗ネットワーク", "サンライズ警備", "大和リース", "東亜樹脂", "ひまわり薬品",
]  # fmt: skip
COMPANY_FORMS = ["株式会社{}", "{}株式会社", "{}（株）", "(株){}", "有限会社{}", "{}合同会社", "㈱{}", "{}工業株式会社"]
PLACES = [
    ("東京都", "千代田区", "丸の内", "100"), ("東京都", "新宿区", "西新宿", "160"), ("東京都", "港区", "芝浦", "108"),
    ("東京都", "世田谷区", "三軒茶屋", "154"), ("東京都", "八王子市", "明神町", "192"), ("神奈川県", "横浜市西区", "みなとみらい", "220"),
    ("神奈川県", "川崎市中原区", "小杉町", "211"), ("千葉県", "船橋市", "本町", "273"), ("埼玉県", "さいたま市大宮区", "桜木町", "330"),
    ("埼玉県", "比企郡川島町", "大字上伊草", "350"), ("茨城県", "つくば市", "吾妻", "305"), ("宮城県", "仙台市青葉区", "一番町", "980"),
    ("新潟県", "新潟市中央区", "万代", "950"), ("石川県", "金沢市", "香林坊", "920"), ("長野県", "松本市", "中央", "390"),
    ("愛知県", "名古屋市中村区", "名駅", "450"), ("愛知県", "豊田市", "トヨタ町", "471"), ("三重県", "四日市市", "諏訪町", "510"),
    ("大阪府", "大阪市北区", "梅田", "530"), ("大阪府", "堺市堺区", "南瓦町", "590"), ("大阪府", "東大阪市", "高井田", "577"),
    ("兵庫県", "神戸市中央区", "三宮町", "650"), ("奈良県", "奈良市", "登大路町", "630"), ("岡山県", "岡山市北区", "表町", "700"),
    ("広島県", "広島市中区", "紙屋町", "730"), ("香川県", "高松市", "番町", "760"), ("福岡県", "福岡市博多区", "博多駅前", "812"),
    ("熊本県", "熊本市中央区", "手取本町", "860"), ("鹿児島県", "鹿児島市", "鴨池新町", "890"), ("沖縄県", "那覇市", "おもろまち", "900"),
    ("沖縄県", "中頭郡北谷町", "字北谷", "904"), ("岐阜県", "大野郡白川村", "荻町", "501"),
]  # fmt: skip
KYOTO = [
    "京都府京都市中京区烏丸通御池上る二条殿町{}", "京都市下京区四条通烏丸東入ル長刀鉾町{}番地", "京都市上京区今出川通大宮西入元北小路町{}",
    "京都府京都市東山区大和大路通四条下る四丁目小松町{}番地",
]  # fmt: skip
HOKKAIDO = ["北海道札幌市中央区北{}条西{}丁目{}番地", "札幌市北区北{}条西{}丁目{}-1", "北海道旭川市{}条通{}丁目{}",
            "北海道帯広市西{}条南{}丁目{}番地"]  # fmt: skip
BUILDINGS = ["サンハイツ203", "メゾン青葉 501号室", "丸の内ビルディング12F", "第2山本ビル3階", "コーポ桜103", "グランドタワー2304号",
             "レジデンス清水　A-102", "市営住宅3-405", "ＮＫビル５Ｆ"]  # fmt: skip
KANJI = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Person:
    """One name in every spelling."""

    surname: str
    given: str
    kana: tuple[str, str]
    romaji: tuple[str, str]


def person(rng: random.Random, fake: Faker) -> Person:
    """A Japanese person; one in eight with a rare surname, one in six with a rare given name."""
    sei = rng.choice(RARE_SURNAMES) if rng.random() < 0.12 else fake.last_name_pair()
    mei = rng.choice(RARE_GIVEN) if rng.random() < 0.16 else fake.first_name_pair()
    return Person(sei[0], mei[0], (sei[1], mei[1]), (sei[2], mei[2]))


def company(rng: random.Random) -> str:
    """A company's name with its form, often with a surname inside."""
    return rng.choice(COMPANY_FORMS).format(rng.choice(COMPANY_NAMES))


def block_number(rng: random.Random) -> str:
    """The part of an address after the town."""
    a, b, c = rng.randint(1, 6), rng.randint(1, 29), rng.randint(1, 19)
    return rng.choice(
        [f"{a}-{b}-{c}"] * 3
        + [
            f"{a}丁目{b}番{c}号",
            f"{a}丁目{b}-{c}",
            f"{b}番地{c}",
            f"{b}番地の{c}",
            f"{b}{c}番地",
            f"{a}−{b}−{c}",
            f"{b}-{c}",
        ]
        + [f"{a}‐{b}‐{c}", f"{a}－{b}－{c}".translate(WIDE), f"{KANJI[a]}丁目{KANJI[c % 9 + 1]}番{KANJI[a]}号"]
    )


WIDE = {ord("0") + n: "０１２３４５６７８９"[n] for n in range(10)}


def address(rng: random.Random) -> str:
    """One Japanese address: usual, Kyoto, Hokkaido; with or without prefecture and building."""
    choice = rng.random()
    if choice < 0.07:
        where = rng.choice(KYOTO).format(rng.randint(1, 600))
    elif choice < 0.15:
        where = rng.choice(HOKKAIDO).format(rng.randint(1, 30), rng.randint(1, 20), rng.randint(1, 30))
    else:
        prefecture, city, town, _ = rng.choice(PLACES)
        where = (prefecture if rng.random() < 0.7 else "") + city + town + block_number(rng)
    building = rng.choice(BUILDINGS) if rng.random() < 0.3 else ""
    return (
        where
        + (rng.choice([" ", "　", ""]) if not where[-1].isdigit() else rng.choice([" ", "　"])) * bool(building)
        + building
    )


def english_address(rng: random.Random) -> str:
    """A Japanese address as English letters write it."""
    a, b, c = rng.randint(1, 6), rng.randint(1, 29), rng.randint(1, 19)
    ward, city, code = rng.choice(
        [
            ("Nishi-Shinjuku", "Shinjuku-ku, Tokyo", "160-0023"),
            ("Umeda", "Kita-ku, Osaka", "530-0001"),
            ("Marunouchi", "Chiyoda-ku, Tokyo", "100-0005"),
            ("Hakataekimae", "Hakata-ku, Fukuoka", "812-0011"),
        ]
    )
    return rng.choice([f"{a}-{b}-{c} {ward}, {city}", f"{a}-{b}-{c} {ward}, {city} {code}, Japan"])
