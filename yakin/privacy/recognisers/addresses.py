"""Postal addresses down to block or house number. A city alone identifies nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page

_PREFECTURES = (
    "北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県"
    "|千葉県|東京都|神奈川県|新潟県|富山県|石川県|福井県|山梨県|"
    "長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県"
    "|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|"
    "愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県"
)
_NAME = "一-龥々ヶケノツぁ-んァ-ヴー"
_NUMBER = r"(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,4})"
_DASH = r" ?[-ー‐の] ?"
_BLOCK = (
    rf"(?:{_NUMBER} ?丁目(?: ?{_NUMBER} ?(?:番地?|{_DASH}))?(?: ?(?:の ?)?{_NUMBER} ?号?)?(?:{_DASH}[0-9]{{1,5}}号?)?"
    rf"|{_NUMBER} ?番地?(?: ?の ?)?(?: ?{_NUMBER} ?号?)?|[0-9]{{1,5}}(?:{_DASH}[0-9]{{1,5}}){{1,3}}(?:号室?)?)"
)
_BUILDING = (
    r"(?:[ \u3000]?[一-龥々ぁ-んァ-ヴーA-Za-z0-9・]{1,24}?(?:ビル(?:ディング)?|マンション"
    r"|ハイツ|コーポ|アパート|荘|レジデンス|タワー|ハウス|メゾン|コート|パレス"
    r"|プラザ|シティ|ヒルズ|寮|団地|棟|号館|スクエア|センター)(?:[ -]?[A-Z]?[0-9]{1,5}(?:号室?"
    r"|[F階])?)?|[ ]?[0-9]{1,3}(?:F|階)|[ ]?[0-9]{2,5}号室"
    r"|[ ][ァ-ヴー一-龥ぁ-ん]{2,16}[0-9]{1,4}(?:号室?)?(?![0-9]))"
)
_CITY = rf"(?:[{_NAME}]{{1,6}}?郡[{_NAME}]{{1,6}}?[町村]|[{_NAME}]{{1,7}}?[市区町村](?:[{_NAME}]{{1,5}}?区)?)"
_WITH_PREFECTURE = re.compile(
    rf"(?P<found>(?:{_PREFECTURES})[ \n]?{_CITY}[ \n]?[{_NAME}0-9 ]{{0,20}}?{_BLOCK}(?:{_BUILDING}){{0,2}})"
)
_WITHOUT_PREFECTURE = re.compile(
    rf"(?P<found>(?:[一-龥]{{1,5}}市(?:[一-龥]{{1,3}}区)?|[一-龥]{{1,4}}区|[一-龥]{{1,4}}郡[一-龥]{{1,4}}[町村])"
    rf"[一-龥々ヶケノぁ-んァ-ヴー]{{1,12}}? ?{_BLOCK}(?:{_BUILDING}){{0,2}})"
)
_LABELLED = re.compile(
    rf"(?:住所|所在地|本籍地?|居所|現住所|届け先|送付先|自宅|勤務地)[ \t]*[:\t|,はが][ \t]*"
    rf"(?P<found>(?:(?:{_PREFECTURES}){_CITY}"
    rf"|[一-龥]{{1,5}}[市区])[{_NAME}0-9\-]{{1,24}})"
)
_COUNTED = re.compile(
    r" ?(?:人|名|件|円|万|億|千|%|パーセント|社|店|校|棟|世帯|倍|位|年|月|日|時|分"
    r"|回|点|km|m|個|台|本|ヶ所|か所|カ所|箇所|つ|ヵ|の)"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z0-9-])(?P<found>[0-9]{1,6}[A-Z]?(?:-[0-9]+)? (?:(?:[NSEW]|North|South"
    r"|East|West)\.? )?(?:[A-Z][A-Za-z'.]+ |[0-9]+(?:st|nd|rd|th) ){1,4}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way"
    r"|Place|Pl|Terrace|Square|Parkway|Pkwy|Highway|Hwy)(?![A-Za-z])\.?"
    r"(?:,? (?:Apt|Suite|Unit|Ste)\.? ?#?[A-Za-z0-9]+)?"
    r"(?:,? [A-Z][A-Za-z]+(?: [A-Z][a-z]+)?,? [A-Z]{2} [0-9]{5}(?:-[0-9]{4})?)?)"
    r"|(?<![A-Za-z0-9-])(?P<romaji>[0-9]{1,4}(?:-[0-9]{1,4}){1,3},? [A-Z][A-Za-z-]+(?:,? [A-Z][A-Za-z-]+){0,3}-(?:ku"
    r"|shi|cho|machi|gun)(?:,? [A-Z][a-z]+(?:-to|-fu|-ken)?)?)"
)


@dataclass(frozen=True)
class Address:
    """Prefecture or city, town and number; with a label the number may be missing. English lightly."""

    kind: ClassVar[Kind] = Kind.ADDRESS

    def find(self, page: Page) -> Iterator[Finding]:
        """Statistics such as 東京都の人口は約1400万人 are not addresses."""
        found = list(self._complete(page)) if page.has_digits or "丁目" in page.text or "番地" in page.text else []
        yield from found
        starts = {finding.start for finding in found}
        for match in _LABELLED.finditer(page.text):
            if match.start("found") not in starts:
                yield Finding(self.kind, match.start("found"), match.end("found"), 0.8)

    def _complete(self, page: Page) -> Iterator[Finding]:
        for match in (*_WITH_PREFECTURE.finditer(page.text), *_WITHOUT_PREFECTURE.finditer(page.text)):
            if not _is_statistic(page.text, match):
                yield Finding(self.kind, match.start("found"), match.end("found"), 0.9)
        for match in _ENGLISH.finditer(page.text):
            group = "found" if match["found"] else "romaji"
            yield Finding(self.kind, match.start(group), match.end(group), 0.7)


def _is_statistic(text: str, match: re.Match[str]) -> bool:
    plain_number = not re.search(r"[-ー]|丁目|番|号", match["found"])
    particle = re.search(
        r"[市区町村都道府県](?:は|が|を|で|に(?!し)|と(?!う)|から|では)[^0-9]*[0-9一二三四五六七八九十]", match["found"]
    )
    return particle is not None or (plain_number and _COUNTED.match(text, match.end()) is not None)
