"""Telephone, e-mail, IP address and postal code. Word boundaries do not exist beside kana, so none is used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar

import phonenumbers

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page

_PHONE_WORDS = re.compile(
    r"電話|携帯|TEL|FAX|ファ[ック]ク?ス|連絡先|内線|直通|phone|mobile|cell|call|contact|℡|☎", re.IGNORECASE
)
_NOT_A_PHONE = re.compile(
    r"(?:注文|受注|発注|伝票|請求書?|見積書?|管理|製造|製品|部品|追跡|問い?合わ?せ"
    r"|送り状|受付|案件|チケット|シリアル|契約|文書|図面|特許|社員|口座)"
    r"(?:番号|No\.?|NO\.?|ID|コード)|型番|品番|図番|型式|JAN|ISBN|ロット|規格|part no|model|serial",
    re.IGNORECASE,
)
_SEP = r"[-ー.・ ]"
_DOMESTIC = re.compile(
    rf"(?<![A-Za-z0-9.+-])\(?0[0-9]{{1,4}}(?:\)[ -]?|{_SEP}|\()"
    rf"[0-9]{{1,4}}(?:\)|{_SEP}){{1,2}}[0-9]{{3,4}}(?![A-Za-z0-9]"
    rf"|-[A-Za-z0-9])"
    r"|(?<![A-Za-z0-9.+-])0[0-9]{9,10}(?![A-Za-z0-9]|[-.][0-9])"
)
_BROKEN_MOBILE = re.compile(r"(?<![A-Za-z0-9.+-])0[5-9]0[-\s]{0,3}[0-9]{4}[-\s]{0,3}[0-9]{4}(?![A-Za-z0-9]|-[0-9])")
_LABELLED = re.compile(  # abroad, without the leading 0, or in no plan at all: the label says what it is
    r"(?<![A-Za-z0-9.+/-])\(?[0-9]{2,5}\)?(?:[- ][0-9]{2,4}){2,4}(?![A-Za-z0-9]|-[A-Za-z0-9])"
)
_INTERNATIONAL = re.compile(r"(?<![A-Za-z0-9])\+[0-9][0-9 ().-]{7,18}[0-9](?![A-Za-z0-9])")
_AMERICAN = re.compile(
    r"(?<![A-Za-z0-9.(+-])\(?[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4}(?![A-Za-z0-9]|[-.][0-9])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+(?:@| ?[(\[](?:at|アット|あっと)[)\]] ?)"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_IP4 = re.compile(r"(?<![A-Za-z0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![A-Za-z0-9]|\.[0-9])")
_IP6 = re.compile(r"(?<![A-Za-z0-9:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![A-Za-z0-9:])")
_VERSION = re.compile(r"(?:ver(?:sion)?\.?|バージョン|版|rev\.?|リリース|v|章|節|項|第) ?$", re.IGNORECASE)
_POSTAL = re.compile(
    r"(?:〒 ?|(?<![0-9A-Za-z.-]))(?P<code>[0-9]{3}[-ー][0-9]{4})(?![0-9A-Za-z]|-)|〒 ?(?P<plain>[0-9]{7})(?![0-9])"
)
_POSTAL_WORDS = re.compile(r"郵便番号|〒|postal ?code|zip", re.IGNORECASE)
_PREFECTURE_FOLLOWS = re.compile(r"\s{0,3}[\",]?(?:[一-龥]{2,3}[都道府県]|[一-龥ぁ-ん]{1,5}[市区郡])")


@dataclass(frozen=True)
class Phone:
    """Numbers that exist in the Japanese numbering plan, or that start with + and a country's plan."""

    kind: ClassVar[Kind] = Kind.PHONE

    def find(self, page: Page) -> Iterator[Finding]:
        """Hyphens, brackets, none; unbroken land lines only with a label."""
        if not page.has_digits:
            return
        for match in _LABELLED.finditer(page.text):
            if 8 <= sum(map(str.isdigit, match.group())) <= 13 and self._named(page, match):
                yield Finding(self.kind, match.start(), match.end(), 0.7)
        for pattern, region in ((_DOMESTIC, "JP"), (_BROKEN_MOBILE, "JP"), (_INTERNATIONAL, "ZZ"), (_AMERICAN, "US")):
            for match in pattern.finditer(page.text):
                if self._accepts(page, match, region):
                    yield Finding(self.kind, match.start(), match.end(), 0.9)

    @staticmethod
    def _named(page: Page, match: re.Match[str]) -> bool:
        return page.labelled(_PHONE_WORDS, match.start(), match.end())

    def _accepts(self, page: Page, match: re.Match[str], region: str) -> bool:
        found = match.group()
        named = self._named(page, match)
        if not named and page.otherwise_labelled(_NOT_A_PHONE, match.start()):
            return False
        if found.isdigit() and len(found) == 10 and not named:
            return False
        return _exists(found, region, lenient=named or region == "US")


def _exists(found: str, region: str, *, lenient: bool) -> bool:
    digits = re.sub(r"[^0-9+]", "", found)
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return False
    # a labelled number of a plausible length counts: fictitious and new area codes are not in the plan
    return phonenumbers.is_possible_number(number) if lenient else phonenumbers.is_valid_number(number)


@dataclass(frozen=True)
class Email:
    """E-mail addresses, also beside kana and with (at)."""

    kind: ClassVar[Kind] = Kind.EMAIL

    def find(self, page: Page) -> Iterator[Finding]:
        """Every address."""
        if "@" in page.text or "(at)" in page.text or "[at]" in page.text or "アット" in page.text:
            for match in _EMAIL.finditer(page.text):
                yield Finding(self.kind, match.start(), match.end(), 1.0)


@dataclass(frozen=True)
class IpAddress:
    """IPv4 and IPv6; not version numbers."""

    kind: ClassVar[Kind] = Kind.IP_ADDRESS

    def find(self, page: Page) -> Iterator[Finding]:
        """Every valid address."""
        if not page.has_digits:
            return
        colons = _IP6.finditer(page.text) if page.text.count(":") > 1 else ()
        for match in (*_IP4.finditer(page.text), *colons):
            version = _VERSION.search(page.text[max(0, match.start() - 10) : match.start()])
            if not version and _is_ip(match.group()):
                yield Finding(self.kind, match.start(), match.end(), 0.9)


def _is_ip(found: str) -> bool:
    try:
        address = ip_address(found)
    except ValueError:
        return False
    return address.version == 4 or ((found.count(":") >= 3 or "::" in found) and len(found) > 4)


@dataclass(frozen=True)
class PostalCode:
    """〒 or a label before, or an address after, three and four digits."""

    kind: ClassVar[Kind] = Kind.POSTAL_CODE

    def find(self, page: Page) -> Iterator[Finding]:
        """Without either, 123-4567 is any number."""
        if not page.has_digits:
            return
        for match in _POSTAL.finditer(page.text):
            group = "code" if match["code"] else "plain"
            marked = match.group().startswith("〒") or _PREFECTURE_FOLLOWS.match(page.text, match.end())
            if marked or page.labelled(_POSTAL_WORDS, match.start(), match.end()):
                yield Finding(self.kind, match.start(group), match.end(group), 0.9)
