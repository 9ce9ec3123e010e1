"""Numbers that a state gives: 個人番号, 法人番号, licence, passport, residence card, pension, insurance."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from stdnum.jp import cn, in_

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers.check_digits import is_drivers_licence, is_insurer_number

_MY_NUMBER = re.compile(
    r"個人番号|マイナンバ|特定個人情報|my ?number|individual number|社会保障・税番号", re.IGNORECASE
)
_CORPORATE = re.compile(r"法人番号|会社法人等番号|登録番号|インボイス|適格請求書|corporate number", re.IGNORECASE)
_LICENCE = re.compile(r"免許|driver'?s? licen[cs]e", re.IGNORECASE)
_PASSPORT = re.compile(r"旅券|パスポート|passport", re.IGNORECASE)
_RESIDENCE = re.compile(r"在留|特別永住|residence card", re.IGNORECASE)
_PENSION = re.compile(r"年金(?:番号|手帳|証書)|基礎年金|厚生年金|国民年金|pension (?:number|no)", re.IGNORECASE)
_INSURER = re.compile(r"保険者番号|公費負担者番号|insurer", re.IGNORECASE)
_INSURED = re.compile(r"被保険者(?:証|番号)|健康保険|保険証|資格確認書|雇用保険|受給者番号|介護保険", re.IGNORECASE)
_SYMBOL_AND_NUMBER = re.compile(
    r"記号[ :]{0,3}(?P<symbol>[0-9一-龥ぁ-ん]{1,8}(?:[-・][0-9]{1,6})?)[\s,、・/]{0,3}番号["
    r" :]{0,3}(?P<number>[0-9]{1,8})(?![0-9])"
    r"|記号[・/]?番号[ :\t,]{0,3}(?P<both>[0-9]{1,8}[-・ ][0-9]{1,8})(?![-0-9])"
)
_PASSPORT_SHAPE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2} ?[0-9]{7}(?![A-Za-z0-9])")
_RESIDENCE_SHAPE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[ -]?[0-9]{8}[ -]?[A-Z]{2}(?![A-Za-z0-9])")
_T_NUMBER = re.compile(r"(?<![A-Za-z0-9])T[- ]?(?P<digits>[0-9](?:[- ]?[0-9]){12})(?![0-9])")
_SURE, _LIKELY, _DOUBTFUL = 1.0, 0.8, 0.4


@dataclass(frozen=True)
class MyNumber:
    """個人番号: check digit and a label near by, over the column, or anywhere when written 4-4-4."""

    kind: ClassVar[Kind] = Kind.MY_NUMBER

    def find(self, page: Page) -> Iterator[Finding]:
        """One random 12-digit number in ten has a valid check digit, so that alone says nothing."""
        if not page.has_digits or not page.mentions(_MY_NUMBER):
            return
        listed = -1  # where the last one ended: below a heading each line of a list follows another
        for number in page.numbers(12):
            if page.touches_word(number.start, number.end):
                continue
            valid = in_.is_valid(number.digits)
            labelled = number.start - listed in {1, 2} or page.labelled(_MY_NUMBER, number.start, number.end)
            grouped = number.groups == (4, 4, 4) and not page.labelled_otherwise(_MY_NUMBER, number.start)
            if valid and (labelled or grouped):
                listed = number.end
                yield Finding(self.kind, number.start, number.end, _SURE if labelled else _LIKELY)
            elif labelled and len(number.groups) in {1, 3}:
                # a labelled number with a wrong check digit is a typing or scanning error: doubt
                yield Finding(Kind.LOW_CONFIDENCE, number.start, number.end, _DOUBTFUL)


@dataclass(frozen=True)
class CorporateNumber:
    """法人番号 and T-numbers: public information."""

    kind: ClassVar[Kind] = Kind.CORPORATE_NUMBER

    def find(self, page: Page) -> Iterator[Finding]:
        """T and 13 digits always; 13 digits with check digit and label."""
        if not page.has_digits:
            return
        for match in _T_NUMBER.finditer(page.text):
            yield Finding(self.kind, match.start(), match.end(), _SURE)
        for number in page.numbers(13):
            if cn.is_valid(number.digits) and page.labelled(_CORPORATE, number.start, number.end):
                yield Finding(self.kind, number.start, number.end, _SURE)


@dataclass(frozen=True)
class DriversLicence:
    """運転免許証番号: commission, check digit and a label."""

    kind: ClassVar[Kind] = Kind.DRIVERS_LICENCE

    def find(self, page: Page) -> Iterator[Finding]:
        """Only where the page speaks of a licence."""
        if not page.has_digits or not page.mentions(_LICENCE):
            return
        for number in page.numbers(12):
            labelled = page.labelled(_LICENCE, number.start, number.end)
            if labelled and is_drivers_licence(number.digits) and not page.touches_word(number.start, number.end):
                yield Finding(self.kind, number.start, number.end, _SURE)


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
        for match in self.shape.finditer(page.text):
            if self.anywhere or page.labelled(self.labels, match.start(), match.end()):
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
            if number.groups in {(4, 6), (10,)} and page.labelled(_PENSION, number.start, number.end):
                yield Finding(self.kind, number.start, number.end, _SURE)


@dataclass(frozen=True)
class HealthInsurance:
    """保険者番号 by check digit and label; 記号・番号; numbers of insured persons, employment insurance too."""

    kind: ClassVar[Kind] = Kind.HEALTH_INSURANCE

    def find(self, page: Page) -> Iterator[Finding]:
        """Insurer numbers and the pair of symbol and number."""
        if not page.has_digits:
            return
        if page.mentions(_INSURER):
            yield from self._labelled(page, (6, 8), _INSURER, checked=True)
        if page.mentions(_INSURED) or page.mentions(_INSURER):
            yield from self._labelled(
                page, (8, 10, 11), re.compile(r"被保険者(?:証)?(?:の)?番号|受給者番号"), checked=False
            )
            yield from self._symbol_and_number(page)

    def _labelled(
        self, page: Page, lengths: tuple[int, ...], labels: re.Pattern[str], *, checked: bool
    ) -> Iterator[Finding]:
        for number in (number for length in lengths for number in page.numbers(length)):
            plausible = not checked or is_insurer_number(number.digits)
            if plausible and page.labelled(labels, number.start, number.end):
                yield Finding(self.kind, number.start, number.end, _SURE if checked else _LIKELY)

    def _symbol_and_number(self, page: Page) -> Iterator[Finding]:
        for match in _SYMBOL_AND_NUMBER.finditer(page.text):
            for group in ("symbol", "number", "both"):
                if match[group]:
                    yield Finding(self.kind, match.start(group), match.end(group), _LIKELY)
