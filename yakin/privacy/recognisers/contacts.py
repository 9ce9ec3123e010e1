"""E-mail, IP address and postal code. Word boundaries do not exist beside kana, so none is used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers.any_case import any_case

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+(?:@| ?[(\[](?:at|アット|あっと)[)\]] ?)"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_IP4 = re.compile(r"(?<![A-Za-z0-9])(?<![0-9A-Za-z]\.)(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![A-Za-z0-9]|\.[0-9])")
_IP6 = re.compile(
    r"(?<![A-Za-z0-9.])(?:[0-9A-Fa-f]{1,4}|(?=::))(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?<=::)|(?<!:))(?![A-Za-z0-9]"
    r"|:[0-9A-Fa-f:])"
)
_COLONS = re.compile(r"::|:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{1,4}:")
_VERSION = re.compile(
    r"(?:(?<![A-Za-z])(?:ver(?:sion)?|rev)\.?|バージョン|版|リリース|リリースノート|release(?: notes)?|firmware"
    r"|ファームウェア|build|ビルド"
    r"|driver|ドライバ|定義は?|(?<![A-Za-z])v|章|節|項|第)[ :=\"']{0,3}$",
    re.IGNORECASE,
)
_VERSIONS = re.compile(
    r"ver(?:sion)?\.? ?[0-9]|バージョン|リリースノート|更新履歴|改訂履歴|release notes|changelog|firmware"
    r"|ファームウェア|build ?[0-9]"
    r"|ソフトの定義",
    re.IGNORECASE,
)
_NETWORK = re.compile(
    r"IP|アドレス|サーバ|ホスト|接続|端末|ルータ|ゲートウェイ|踏み台|ログイン|アクセス|ネットワーク|プロキシ|VPN|DNS"
    r"|NAS|LAN|FW|host"
    r"|server|ping|ssh|gateway|client|src|dst|addr|(?<![a-z])port|login|firewall|remote|(?<![a-z])from|//|@",
    re.IGNORECASE,
)
_MOST_SECTIONS = 30
_SECTION = re.compile(r"[ \t]{1,3}[一-龥ぁ-んァ-ヶA-Z(「]")
_POSTAL = re.compile(
    r"(?<![0-9A-Za-z-])(?<![0-9A-Za-z]\.)[0-9]{3}(?:(?P<dash>[-ー]?)|(?P<blank> ))[0-9]{4}(?![0-9A-Za-z]|-)"
)
_MARK = re.compile(r"〒 ?$")
_POSTAL_WORDS = re.compile(
    "郵便番号|〒|ユウビン|" + any_case("postal[ _]?code", "yuubin", "yubin") + "|" + any_case("zip", whole=True)
)
_ZIP_WORDS = re.compile(r"(?<![A-Za-z])zip(?:[ _]?code)?(?![A-Za-z])(?: is)?|postal[ _]code(?: is)?", re.IGNORECASE)
_ZIP = re.compile(r"[0-9]{5}(?:-[0-9]{4})?(?![0-9A-Za-z-])")
# Kita-ku, Osaka 530-0001; Tokyo, JAPAN 100-0001
_CITY_BEFORE = re.compile(
    r"-(?:ku|shi|gun|cho|machi|ken|fu|to)(?:,? [A-Z][a-z]{2,12}){0,2}(?:, ?(?:Japan|JAPAN))?,? 〒?$"
)
_SEVEN_DIGITS = re.compile(r"(?<!電話)(?<!携帯)(?<!年金)(?<!個人)(?<!免許証)(?:番号|コード|No\.?|ID)|型番|品番")
_PREFECTURE_FOLLOWS = re.compile(r"\s{0,3}[\",]?(?:[一-龥]{2,3}[都道府県]|[一-龥ぁ-ん]{1,5}[市区郡])")


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
        colons = page.finditer(_IP6) if _COLONS.search(page.text) else ()
        for match in (*page.at_numbers(_IP4), *colons):
            if _is_ip(match.group()) and not self._is_version(page, match):
                yield Finding(self.kind, match.start(), match.end(), 0.9)

    @staticmethod
    def _is_version(page: Page, match: re.Match[str]) -> bool:
        """Four numbers and dots also count versions and sections; words about networks near by decide."""
        if ":" in match.group():
            return False
        text, start, end = page.text, match.start(), match.end()
        before = text[max(0, start - 24) : start]
        private = match.group().startswith(("192.168.", "127."))
        if _VERSION.search(before):
            return not private
        if _NETWORK.search(before) or _NETWORK.search(text[end : end + 12]):
            return False
        parts = [int(part) for part in match.group().split(".")]
        starts_line = not text[max(0, text.rfind("\n", max(0, start - 24), start)) : start].strip()
        if starts_line and max(parts) <= _MOST_SECTIONS and _SECTION.match(text, end):
            return True
        return page.mentions(_VERSIONS) and not private


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
        for match in page.at_numbers(_POSTAL):
            marked = _MARK.search(page.text[max(0, match.start() - 2) : match.start()])
            if match["blank"] and not marked:  # 123 4567 is two numbers, 〒123 4567 is not
                continue
            if (
                marked
                or (
                    match["dash"]
                    and _PREFECTURE_FOLLOWS.match(page.text, match.end())
                    and not page.labelled_otherwise(_POSTAL_WORDS, match.start())
                )
                or _CITY_BEFORE.search(page.text, max(0, match.start() - 48), match.start())
                or page.labelled(_POSTAL_WORDS, match.start(), match.end())
                or page.in_row(_POSTAL_WORDS, _SEVEN_DIGITS, match.start())
            ):
                yield Finding(self.kind, match.start(), match.end(), 0.9)
        for start, end in page.values_of(_ZIP_WORDS, _ZIP):
            yield Finding(self.kind, start, end, 0.7)
