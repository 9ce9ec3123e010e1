"""Many documents whose every sensitive string has a shape, so that the search for all of them is one pass."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from stdnum.jp import in_

from yakin.domain.zones import Zone
from yakin.privacy.recognisers.check_digits import is_luhn

OUTSIDE = (Zone.DOMESTIC, Zone.JAPAN_REGION, Zone.OVERSEAS)
VENDOR_OF = {
    Zone.ON_PREM: "on-prem",
    Zone.DOMESTIC: "domestic",
    Zone.JAPAN_REGION: "japan-region",
    Zone.OVERSEAS: "overseas",
}
_SURNAMES = ("冷泉", "雲母坂", "勅使河原", "小鳥遊", "御手洗", "長曾我部", "五百旗頭", "左衛門三郎")
_FIRST, _SECOND = "鷹怜昴凛朔慧律颯湊蓮葵楓椿茜梓雅陸蒼暁澪瑛碧柊栞絢奏遥詩環翠紬", "緒介斗弥哉也志真吾平人希奈子香美乃"
_GIVEN = [first + last for first, last in product(_FIRST, _SECOND)]
_SHAPES = re.compile(
    r"WIRE[A-Z][0-9]{5}[BCDFGHJKLM]{4}|(?<![0-9])[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}(?![0-9])"
    r"|090-[0-9]{4}-[0-9]{4}|wire[0-9]{5}@example-kakuu\.co\.jp|(?<![0-9])[0-9]{12}(?![0-9])|AKIA[A-Z2-7]{16}"
    rf"|(?:{'|'.join(_SURNAMES)}) [一-龥]{{2}}"
)


@dataclass(slots=True)
class Wire:
    """What was written, and which of it may be received by nobody of a zone."""

    all_sensitive: bool = False
    forbidden: dict[Zone, set[str]] = field(default_factory=lambda: {zone: set() for zone in Zone})
    everything: set[str] = field(default_factory=set)  # of documents above internal: in no log, database or artifact
    documents: int = 0

    def add(self, strings: Iterable[str], zones: Iterable[Zone]) -> None:
        """These strings may not be received in these zones."""
        wanted = set(strings)
        for zone in {*zones, *(OUTSIDE if self.all_sensitive else ())}:
            self.forbidden[zone] |= wanted
            self.everything |= wanted

    def sample(self, count: int) -> list[str]:
        """Some of the strings, for the slow search in every spelling."""
        return random.Random(1).sample(sorted(self.everything), min(count, len(self.everything)))


def write_documents(folder: Path, count: int, *, all_sensitive: bool = False) -> Wire:
    """Plain files: a third internal, a third confidential, the rest restricted, secret, with keys, with My Number.

    `all_sensitive`: a judge will say so of all of them, and none may leave the premises.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wire, rng = Wire(all_sensitive), random.Random(1)
    kinds = [_internal, _confidential, _restricted, _internal, _confidential, _secret, _internal, _confidential, _keyed]
    for number in range(count):
        kind = _my_number if number % 50 == 49 else kinds[number % len(kinds)]
        (folder / f"{number:05}.txt").write_text(kind(wire, _Strings(number, rng)), encoding="utf-8")
        wire.documents += 1
    return wire


class _Strings:
    """The strings of one document; no other document has them."""

    def __init__(self, number: int, rng: random.Random) -> None:
        self.number, self._rng = number, rng
        self.name = f"{_SURNAMES[number % len(_SURNAMES)]} {_GIVEN[number // len(_SURNAMES) % len(_GIVEN)]}"
        self.phone = f"090-{3000 + number // 5000:04}-{number % 10000:04}"
        self.email = f"wire{number:05}@example-kakuu.co.jp"
        self.key = "AKIA" + "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))

    def marker(self, letter: str) -> str:
        return f"WIRE{letter}{self.number:05}" + "".join(self._rng.choice("BCDFGHJKLM") for _ in range(4))

    def card(self) -> str:
        return self._until(lambda: f"4539{self._rng.randrange(10**12):012}", is_luhn, 4)

    def my_number(self) -> str:
        return self._until(lambda: f"{self._rng.randrange(10**12):012}", in_.is_valid, 12)

    @staticmethod
    def _until(draw, good, group: int) -> str:
        while not good(drawn := draw()):
            pass
        return " ".join(drawn[at : at + group] for at in range(0, len(drawn), group))


def _internal(wire: Wire, strings: _Strings) -> str:
    marker = strings.marker("I")
    wire.add([marker], [])
    return f"ポンプ{strings.number}号機の点検日程についてお知らせください。\n管理符号 {marker}\n"


def _confidential(wire: Wire, strings: _Strings) -> str:
    marker = strings.marker("C")
    wire.add([marker], [Zone.OVERSEAS])
    wire.add([strings.name, strings.phone, strings.email], [Zone.OVERSEAS, Zone.JAPAN_REGION])  # masked there
    return (
        f"社外秘\n静音ポンプの御見積書をお送りください。\n担当者：{strings.name}\n"
        f"電話 {strings.phone}\nメール {strings.email}\n管理符号 {marker}\n"
    )


def _restricted(wire: Wire, strings: _Strings) -> str:
    marker, card = strings.marker("R"), strings.card()
    wire.add([marker, card, strings.name], OUTSIDE)
    return f"秘 人事部限り\n{strings.name}さんは適応障害と診断されました。\nカード番号 {card}\n管理符号 {marker}\n"


def _secret(wire: Wire, strings: _Strings) -> str:
    marker = strings.marker("S")
    wire.add([marker, strings.name], OUTSIDE)
    return f"極秘\n買収の件、先方の窓口は{strings.name}様です。\n管理符号 {marker}\n"


def _keyed(wire: Wire, strings: _Strings) -> str:
    marker = strings.marker("K")
    wire.add([marker, strings.key], OUTSIDE)
    return f"サーバの設定です。\nexport AWS_ACCESS_KEY_ID={strings.key}\n管理符号 {marker}\n"


def _my_number(wire: Wire, strings: _Strings) -> str:
    marker, my_number = strings.marker("M"), strings.my_number()
    wire.add([marker, my_number, strings.name], Zone)
    return f"扶養控除等申告書\n氏名：{strings.name}\n個人番号：{my_number}\n管理符号 {marker}\n"


def strings_in(data: bytes) -> set[str]:
    """Every string of a planted shape, as plain UTF-8 and with JSON's escapes undone."""
    text = data.decode("utf-8", "replace")
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda escape: chr(int(escape[1], 16)), text)
    return set(_SHAPES.findall(text)) | set(_SHAPES.findall(plain))


def leaks(wire: Wire, received: Mapping[Zone, bytes]) -> Iterator[tuple[Zone, str]]:
    """What a zone received that it must not have."""
    for zone, data in received.items():
        for string in sorted(strings_in(data) & wire.forbidden[zone]):
            yield zone, string
