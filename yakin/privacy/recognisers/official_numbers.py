"""Numbers that a state gives: 個人番号, 法人番号, licence, passport, residence card, pension, insurance."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from stdnum.jp import cn, in_

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Number, Page
from yakin.privacy.recognisers.any_case import any_case, each
from yakin.privacy.recognisers.check_digits import is_drivers_licence, is_insurer_number

_MY_NUMBER = re.compile(
    "個人番号|マイナンバ|特定個人情報|社会保障・税番号|コジンバンゴウ|"
    + any_case("my[ _-]?number", "individual[ _]number", "kojin[ _]?bango")
)
_BOXES = re.compile(r"(?<![0-9])[0-9](?:[ \t]?[|□│┃▢][ \t]?[0-9]){11}(?![0-9])")  # a form with one box per digit
_CORPORATE = re.compile(
    "法人番号|会社法人等番号|登録番号|インボイス|適格請求書|ホウジンバンゴウ|"
    + any_case("corporate[ _]number", "hojin[ _]?bango", "invoice[ _]registration")
)
_LICENCE = re.compile(
    "免許|メンキョ|" + any_case("driver'?s?[ _]?licen[cs]e", "driving[ _]licen[cs]e", "licen[cs]e[ _]no", "menkyo")
)
_LICENCE_ABROAD = re.compile(
    r"(?:[Dd]river's|[Dd]rivers|[Dd]riving) [Ll]icen[cs]e(?: (?:[Nn]umber|[Nn]o\.?|#))?(?: is)?"
)
_LICENCE_ABROAD_VALUE = re.compile(r"[A-Z]{0,2}[0-9]{6,14}(?![0-9A-Za-z-])")
_PASSPORT = re.compile("旅券|パスポート|リョケン|" + any_case("passport", "ryoken"))
_RESIDENCE = re.compile("在留|特別永住|ザイリュウ|" + any_case("residence[ _]card", "resident[ _]card", "zairyu"))
_PENSION = re.compile(
    r"年金手帳[^\n]{0,8}記号番号|年金(?:番号|手帳|証書)|基礎年金|厚生年金|国民年金|ネンキン|"
    + any_case("pension[ _]number", "pension[ _]no", "nenkin")
)
_INSURER = re.compile("保険者番号|負担者番号|ホケンシャバンゴウ|" + any_case("insurer", "hokensha"))
_INSURED = re.compile(
    "被保険者(?:証|者)?(?:等)?(?:の| )?(?:記号)?・?番号|雇用保険(?:被保険者)?(?:証)?番号|保険証番号|"
    + each("医療|公費|福祉|介護", r"[^\n]{0,8}受給者(?:証)?番号")
    + "|"
    + any_case("insured[ _]number", "insured[ _]no", "insured person no")
)
_INSURANCE = re.compile(r"被保険者|保険者番号|健康保険|健保|保険証|資格確認書|雇用保険|負担者番号|介護保険|国民健康")
_IS = r"(?:[\s:=・/、,は|が)）\]】」>]|…|\.{2,}){0,12}"
_SYMBOL = r"(?P<symbol>[0-9]{1,8}(?:-[0-9]{1,6})?(?![0-9])|[一-龥ぁ-んァ-ヶ]{1,6}[-・ ]?[0-9]{1,6}(?![0-9]))"
_SYMBOL_AND_NUMBER = re.compile(
    rf"記号(?:[・/及びと]{{0,2}}番号)?{_IS}{_SYMBOL}"
    rf"[\s,、・/|【「\[<(\-]{{1,8}}(?:番号{_IS})?(?P<number>[0-9]{{1,8}})(?![0-9年月/.-])"
    r"|記号[・/]?番号[ :\t,]{0,3}(?P<both>[0-9]{1,8}[-・ ][0-9]{1,8})(?![-0-9])"
)
_INSURED_NUMBER = re.compile(r"[0-9]{2,11}(?:-[0-9]{1,6}){0,2}(?![0-9A-Za-z年月/.])")
_SAVINGS = re.compile(r"ゆうちょ|郵便貯金|貯金|郵便局|振込先")
_SAVINGS_SYMBOL = re.compile(r"1[0-9]{3}0")
_PASSPORT_SHAPE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?[0-9]{7}(?![A-Za-z0-9])")
_RESIDENCE_SHAPE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[ -]?[0-9]{8}[ -]?[A-Z]{2}(?![A-Za-z0-9])")
_T_NUMBER = re.compile(r"(?<![A-Za-z0-9])T[- ]?(?P<digits>[0-9](?:[- ]?[0-9]){12})(?![0-9])")
_JOINED_BEFORE, _JOINED_AFTER = re.compile(r"[0-9][-.,]$|[¥\\]$"), re.compile(r"[-.,][0-9]|円")
_WHOLE = frozenset({(12,), (4, 4, 4), (4, 6), (10,)})
# Headings of numbers that may be as long as a My Number or licence; those whose length is known to differ are not.
_RIVALS = re.compile(
    r"(?<!電話)(?<!携帯)(?<!社員)(?<!従業員)(?<!職員)(?<!郵便)(?<!口座)(?<!年金)(?<!保険)(?<!保険者)(?<!保険証)(?<!内線)(?<!部屋)(?<!支店)"
    r"(?<!旅券)(?<!カード)(?<!記号)(?<!免許)(?<!免許証)(?<!個人)(?<!マイ)(?:番号|ナンバー?|コード|№|[Nn][Oo]\.?|ID|CD|[Cc]ode|[Nn]umber)(?:\([^)]*\))?$|伝票|管理"
)
_SEPARATORS = re.compile(r"[^0-9]+")
_PENSION_GROUPS = frozenset({(4, 6), (10,), (1,) * 10})
_SURE, _LIKELY, _DOUBTFUL = 1.0, 0.8, 0.4


@dataclass(frozen=True)
class MyNumber:
    """個人番号: check digit and a label near by, over the column, or anywhere when written 4-4-4."""

    kind: ClassVar[Kind] = Kind.MY_NUMBER

    def find(self, page: Page) -> Iterator[Finding]:
        """One random 12-digit number in ten has a valid check digit, so that alone says nothing."""
        if not page.has_digits or not page.mentions(_MY_NUMBER):
            return
        yield from _without_pieces(page, self._numbers(page))
        for match in page.at_numbers(_BOXES):
            digits = "".join(filter(str.isdigit, match.group()))
            if in_.is_valid(digits) and page.labelled(_MY_NUMBER, *match.span()):
                yield Finding(self.kind, *match.span(), _SURE)

    def _numbers(self, page: Page) -> Iterator[Finding]:
        listed = -1  # where the last one ended: below a heading each line of a list follows another
        for number in page.numbers(12):
            if page.touches_word(number.start, number.end):
                continue
            valid = in_.is_valid(number.digits)
            labelled = page.labelled(_MY_NUMBER, number.start, number.end) or page.text[listed : number.start] == "\n"
            row = None if labelled else _in_row(page, number, _MY_NUMBER)
            if valid and (labelled or row or _free(page, number, _MY_NUMBER)):
                listed = number.end
                yield Finding(self.kind, number.start, number.end, _SURE if labelled else _LIKELY)
            elif (labelled and not valid and len(number.groups) in {1, 3}) or (row if not valid else row is False):
                # a wrong check digit is a typing or scanning error, a row that may mean another number: doubt
                yield Finding(Kind.LOW_CONFIDENCE, number.start, number.end, _DOUBTFUL)


def _free(page: Page, number: Number, labels: re.Pattern[str]) -> bool:
    """Whether a number stands alone, as people write it, and no label of something else speaks about it."""
    if number.groups not in {(12,), (4, 4, 4)} or page.labelled_otherwise(labels, number.start):
        return False
    before, after = page.text[max(0, number.start - 2) : number.start], page.text[number.end : number.end + 2]
    return not (_JOINED_BEFORE.search(before) or _JOINED_AFTER.match(after))


def _without_pieces(page: Page, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Leaves out what took pieces of a neighbour, where a number with one separator was found in the same place."""
    found = list(findings)
    whole = sorted((one.start, one.end) for one in found if _uniform(page.text[one.start : one.end]))
    for one in found:
        at = bisect_left(whole, (one.end, 0)) - 1
        if at < 0 or whole[at][1] <= one.start or _uniform(page.text[one.start : one.end]):
            yield one


def _in_row(page: Page, number: Number, labels: re.Pattern[str]) -> bool | None:
    """Whether the number stands whole in a row below the label; False where another number may be meant."""
    if number.groups not in _WHOLE or not _uniform(page.text[number.start : number.end]):
        return None
    before, after = page.text[max(0, number.start - 2) : number.start], page.text[number.end : number.end + 2]
    if _JOINED_BEFORE.search(before) or _JOINED_AFTER.match(after):
        return None
    return page.in_row(labels, _RIVALS, number.start)


def _uniform(written: str) -> bool:
    """One separator: 0167 0798-4567 are pieces of two numbers."""
    return len(set(_SEPARATORS.findall(written))) <= 1


@dataclass(frozen=True)
class CorporateNumber:
    """法人番号 and T-numbers: public information."""

    kind: ClassVar[Kind] = Kind.CORPORATE_NUMBER

    def find(self, page: Page) -> Iterator[Finding]:
        """T and 13 digits always; 13 digits with check digit and label."""
        if not page.has_digits:
            return
        for match in page.finditer(_T_NUMBER):
            yield Finding(self.kind, match.start(), match.end(), _SURE)
        for number in page.numbers(13):
            if cn.is_valid(number.digits) and page.labelled(_CORPORATE, number.start, number.end):
                yield Finding(self.kind, number.start, number.end, _SURE)


@dataclass(frozen=True)
class DriversLicence:
    """運転免許証番号: commission, check digit and a label."""

    kind: ClassVar[Kind] = Kind.DRIVERS_LICENCE

    def find(self, page: Page) -> Iterator[Finding]:
        """Labelled, or alone on a page that speaks of a licence."""
        if not page.has_digits or not page.mentions(_LICENCE):
            return
        yield from _without_pieces(page, self._numbers(page))
        for start, end in page.values_of(_LICENCE_ABROAD, _LICENCE_ABROAD_VALUE):
            yield Finding(self.kind, start, end, _LIKELY)

    def _numbers(self, page: Page) -> Iterator[Finding]:
        for number in page.numbers(12):
            if not is_drivers_licence(number.digits) or page.touches_word(number.start, number.end):
                continue
            labelled = page.labelled(_LICENCE, number.start, number.end)
            alone = len(number.groups) == 1 and _free(page, number, _LICENCE)
            if labelled or alone or _in_row(page, number, _LICENCE):
                yield Finding(self.kind, number.start, number.end, _SURE if labelled else _LIKELY)


@dataclass(frozen=True)
class Shaped:
    """A number with letters in it (旅券, 在留カード); part numbers look alike, so a label is needed."""

    kind: Kind
    shape: re.Pattern[str]
    labels: re.Pattern[str]
    anywhere: bool  # a label anywhere will do where the shape is distinctive

    def find(self, page: Page) -> Iterator[Finding]:
        """Every match of the shape that is labelled."""
        if not page.has_digits or not page.mentions(self.labels):
            return
        for match in page.finditer(self.shape):
            free = self.anywhere and not page.labelled_otherwise(self.labels, match.start())
            if free or page.labelled(self.labels, match.start(), match.end()):
                yield Finding(self.kind, match.start(), match.end(), _SURE)


def passport() -> Shaped:
    """旅券番号, two letters and seven digits."""
    return Shaped(Kind.PASSPORT, _PASSPORT_SHAPE, _PASSPORT, anywhere=False)


def residence_card() -> Shaped:
    """在留カード番号, two letters, eight digits, two letters."""
    return Shaped(Kind.RESIDENCE_CARD, _RESIDENCE_SHAPE, _RESIDENCE, anywhere=True)


@dataclass(frozen=True)
class PensionNumber:
    """基礎年金番号: ten digits, mostly written 4-6, with a label; it has no public check digit."""

    kind: ClassVar[Kind] = Kind.PENSION_NUMBER

    def find(self, page: Page) -> Iterator[Finding]:
        """Ten labelled digits."""
        if not page.has_digits or not page.mentions(_PENSION):
            return
        for number in page.numbers(10):
            if number.groups in _PENSION_GROUPS and (
                page.labelled(_PENSION, number.start, number.end) or self._in_row(page, number)
            ):
                yield Finding(self.kind, number.start, number.end, _SURE)

    @staticmethod
    def _in_row(page: Page, number: Number) -> bool | None:
        """A telephone number without hyphens has ten digits as well, and begins with 0."""
        if number.groups == (10,) and number.digits[0] == "0":
            return None
        return _in_row(page, number, _PENSION)


@dataclass(frozen=True)
class HealthInsurance:
    """保険者番号 by check digit and label; 記号・番号; numbers of insured persons, employment insurance too."""

    kind: ClassVar[Kind] = Kind.HEALTH_INSURANCE

    def find(self, page: Page) -> Iterator[Finding]:
        """Insurer numbers, numbers of insured persons, and the pair of symbol and number."""
        if not page.has_digits:
            return
        if page.mentions(_INSURER):
            yield from self._insurers(page)
        if page.mentions(_INSURED):
            for start, end in page.values_of(_INSURED, _INSURED_NUMBER):
                yield Finding(self.kind, start, end, _LIKELY)
        if "記号" in page.text and page.mentions(_INSURANCE):
            yield from self._symbol_and_number(page)

    def _insurers(self, page: Page) -> Iterator[Finding]:
        for number in (number for length in (6, 8) for number in page.numbers(length)):
            if is_insurer_number(number.digits) and page.labelled(_INSURER, number.start, number.end):
                yield Finding(self.kind, number.start, number.end, _SURE)

    def _symbol_and_number(self, page: Page) -> Iterator[Finding]:
        for match in page.finditer(_SYMBOL_AND_NUMBER):
            bank = _SAVINGS.search(page.text, max(0, match.start() - 24), match.start())
            if bank and _SAVINGS_SYMBOL.fullmatch(match["symbol"] or ""):
                continue
            for group in ("symbol", "number", "both"):
                if match[group]:
                    yield Finding(self.kind, match.start(group), match.end(group), _LIKELY)
