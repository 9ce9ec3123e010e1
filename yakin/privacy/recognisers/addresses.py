"""Postal addresses down to block or house number. A city alone identifies nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers.addresses_abroad import addresses_abroad
from yakin.privacy.recognisers.any_case import any_case

_PREFECTURES = (
    "北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県"
    "|千葉県|東京都|神奈川県|新潟県|富山県|石川県|福井県|山梨県|"
    "長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県"
    "|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|"
    "愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県"
)
_LETTER = "一-龥々〆ヶケぁ-んァ-ヴー"
_KANJI = "[一二三四五六七八九十百〇]{1,4}"
# One step of a block: 3丁目, 12番地, 16条, 24地割; and what joins steps: 1-2, 1の2, 1ノ2, 北4条西12丁目.
_STEP = r"[1-9][0-9]{0,4}+(?![0-9])(?: ?(?:丁目|番地割?|地割|番丁|番町|番|号(?![室機])|条通?|線|区))?+"
_JOIN = rf"(?: ?[-ーのノ][ \n]?(?=[0-9])|(?<=[目割条線地番区])(?: ?[東西南北]?|(?:大?字)[{_LETTER}]{{1,6}})(?=[1-9]))"
_BLOCK = rf"[東西南北]?{_STEP}(?:{_JOIN}{_STEP}){{0,6}}+"
_KANJI_BLOCK = (
    rf"{_KANJI}(?:丁目|番地|番(?![町丁組])|条(?![通町院坂上下東西南北入]))"
    rf"(?:{_KANJI}番地?)?(?:の?{_KANJI}号?)?(?:{_BLOCK})?"
)
# After the city: letters of town and street, then the block; one space or line break may cut it anywhere.
_GOES_ON = rf"(?:[ \n](?!電話|携帯|内線|氏名|生年|連絡|[{_LETTER}]{{0,6}}(?:番号|コード|日|数|額))[{_LETTER}]{{1,20}}+)"
_REST = rf"[ \n]?[{_LETTER}]{{0,30}}+{_GOES_ON}{{0,2}}+[ \n]?{_BLOCK}"
_FROM_CITY = re.compile(rf"[市区郡町村](?:[ \n]?[{_LETTER}]{{1,20}}?{_KANJI_BLOCK}|{_REST})")
_HIRAGANA_CITIES = (
    "さいたま|つくば(?:みらい)?|いわき|ひたちなか|かすみがうら|みどり|にかほ|むつ|えびの|うきは|うるま|たつの|あわら"
    "|かほく|いなべ"
    "|つがる|さくら|いすみ|あま|みよし|みやま|ふじみ野|あきる野|南あわじ|東かがわ|いちき串木野|南さつま|さぬき|みやこ"
    "|おいらせ|みなかみ"
)
_WITH_PREFECTURE = re.compile(rf"(?:{_PREFECTURES})[ \n]?(?:[{_LETTER}]{{1,4}}\n)?[{_LETTER}]{{0,8}}$")
_CITY_NAME = re.compile(rf"(?:{_HIRAGANA_CITIES}|[一-龥々ヶケ]{{1,6}}ヶ[一-龥]|[一-龥々]{{1,5}})$")
_NO_CITY = re.compile(
    r"(?:^|[^一-龥])[都同当本各全他貴]市$|(?:[地学特工管選禁街漁鉱教支農墓戦]|選挙)区$|市(?:場|況|販|民|議会|役所|価"
    r"|街地)|区(?:画|分|間|別|切|域|長|役所)"
)
_ROOM = (
    r"(?:(?:[A-Z]-?)?[0-9]{1,4}(?:-[0-9]{1,4})?(?:号室?|号棟|F|階)(?:[0-9]{1,4}号室?)?"
    r"|(?:[A-Z]-?)?[0-9]{3,4}(?![0-9\-(名人円件個年月%:]))"
)
_HOUSE = (
    "ビル(?:ディング|ヂング)?|マンション|ハイツ|コーポ(?:ラス)?|アパート|荘|レジデンス|タワー|ハウス|メゾン|コート"
    "|パレス|プラザ|シティ|ヒルズ"
    "|寮|団地|棟|号館|会館|スクエア|センター|住宅|ハイム|ガーデン|テラス|ドーム|ビラ|ヴィラ"
)
_NAME = r"[一-龥々ぁ-んァ-ヴーA-Za-z0-9・'&]"
_NOT_A_HOUSE = r"(?![のにをはがでとへもやよ]|電話|携帯|内線|徒歩|定員|敷地|面積|TEL|Tel|tel|FAX|Fax)"
_BUILDING = re.compile(
    rf"(?:[ ]?{_NOT_A_HOUSE}{_NAME}{{1,20}}?(?:{_HOUSE})[ -]?{_ROOM}"
    rf"|[ ]?{_NOT_A_HOUSE}(?={_NAME}{{0,12}}?(?:[ァ-ヴー]{{2}}|宅|寮|荘|館|苑|邸)){_NAME}{{2,20}}?[ -]?{_ROOM}"
    rf"|[ ]?{_NOT_A_HOUSE}{_NAME}{{1,20}}?(?:{_HOUSE})(?![一-龥ァ-ヴー])"
    rf"|\n[ ]{{0,8}}{_NAME}{{1,20}}?(?:{_HOUSE})[ -]?{_ROOM}"
    r"|[ ]?[0-9]{1,3}(?:F|階)(?![0-9])|[ ]?[0-9]{2,5}号室?)"
)
_LABELS = re.compile(
    "住所|所在地|本籍地?|居所|届け先|送付先|配送先|自宅|勤務地|ジュウショ|ジユウシヨ|"
    + any_case("address", "ju[u]?sho")
    + "|"
    + any_case("addr", whole=True)
)
_TOWN = re.compile(
    rf"[一-龥々][{_LETTER}]{{0,19}}+ ?[0-9]{{1,4}}(?:丁目|番地|[-ー][0-9]{{1,4}}[-ー][0-9])[-0-9番地号の]{{0,12}}"
)
_WITHOUT_BLOCK = re.compile(
    rf"(?:(?:{_PREFECTURES})[{_LETTER}]{{1,8}}?[市区町村郡]"
    rf"|[一-龥]{{1,5}}[市区])[{_LETTER}0-9\-]{{1,24}}(?<![はがをにで])"
)
_COUNTED = re.compile(
    r" ?(?:人|名|件|円|万|億|千|%|パーセント|社|店|校|棟|世帯|倍|位|年|月|日|時|分(?!室)"
    r"|回|点|km|m(?![a-z])|個|台|本|ヶ所|か所|カ所|箇所|つ|ヵ|か月|歳|[.,][0-9])"
)
# Particles say that a sentence goes on: 東京都の人口は約1400万人. Not が in 自由が丘.
_PARTICLE = re.compile(
    r"を|は(?![るまなりやぎくたつら])|が(?![丘原浜崎谷岡台池森沢峰島関里瀬根])|から|まで|より|では|における|による"
    r"|として"
    r"|の(?:人口|売上|平均|面積|世帯|事業|店舗|拠点|会社|企業|場合|工場|倉庫|本社|支店)|[市区町村県都府](?:に(?!し)"
    r"|内)|[市区町村]で|(?<![0-9地番目])の(?=[0-9])| (?:19|20)[0-9]{2}-[01]"
)
_DEFINITE = re.compile(r"[0-9] ?(?:[-ーのノ] ?[0-9]|丁目|番|地割|条)|[一二三四五六七八九十](?:丁目|番|条)")
_BARE_AFTER_SPACE = re.compile(r"[ \n][0-9]+$")
_TWO_NUMBERS = re.compile(r"[^0-9-][0-9]+-[0-9]+$")  # 3-4店舗
_AFTER_TOWN = re.compile(r"[町村字部割丁][0-9]+$")
_BOUNDARY = re.compile(r"[\s、。,)」』】\"'|<;/(]|$")


@dataclass(frozen=True)
class Address:
    """Prefecture or city, town and number; with a label less will do. Addresses abroad by their street words."""

    kind: ClassVar[Kind] = Kind.ADDRESS

    def find(self, page: Page) -> Iterator[Finding]:
        """Statistics such as 東京都の人口は約1400万人 are not addresses."""
        complete = dict(_japanese(page.text))
        yield from (Finding(self.kind, start, end, 0.9) for start, end in complete.items())
        for pattern in (_TOWN, _WITHOUT_BLOCK):
            for start, end in page.values_of(_LABELS, pattern):
                if start not in complete:
                    yield Finding(self.kind, start, _with_building(page.text, end), 0.8)
        for start, end in addresses_abroad(page):
            yield Finding(self.kind, start, end, 0.7)


def _japanese(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while match := _FROM_CITY.search(text, at):
        start = _start(text, match)
        if start is None or _is_prose(text, match, start):
            at = match.start() + 1
            continue
        at = _with_building(text, match.end())
        yield start, at


def _start(text: str, match: re.Match[str]) -> int | None:
    """Where the address begins: at the prefecture, else at the name of the city; None where none is named."""
    low = max(0, match.start() - 18)
    before = text[low : match.start()]
    if prefecture := _WITH_PREFECTURE.search(before):
        return low + prefecture.start()
    name = _CITY_NAME.search(before)
    if name is None or match.group()[0] in "町村" or _NO_CITY.search(before + match.group()[:2]):
        return None
    if _NO_CITY.search(before + match.group()[0]):
        return None
    return low + name.start()


def _is_prose(text: str, match: re.Match[str], start: int) -> bool:
    """Whether a sentence about the place goes on, or the number counts something."""
    found = text[start : match.end()]
    if _PARTICLE.search(found):
        return True
    counted = _COUNTED.match(text, match.end()) is not None
    if _DEFINITE.search(found):
        return counted and _TWO_NUMBERS.search(found) is not None
    return counted or (
        _BARE_AFTER_SPACE.search(found) is not None
        or not (_AFTER_TOWN.search(found) or _BOUNDARY.match(text, match.end()) or _BUILDING.match(text, match.end()))
    )


def _with_building(text: str, end: int) -> int:
    building = _BUILDING.match(text, end)
    return building.end() if building else end
