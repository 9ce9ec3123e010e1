"""Levels 機密区分 and flags of the asset register: how sensitive a document is. Doubt counts as sensitive."""

from collections.abc import Iterable
from enum import StrEnum


class Level(StrEnum):
    """public 公開 < internal 社内一般 < confidential 社外秘 < restricted 秘 < secret 極秘."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"
    SECRET = "secret"  # noqa: S105 - a level, not a password

    @property
    def rank(self) -> int:
        """0 for public up to 4 for secret. Compare ranks; strings do not sort by sensitivity."""
        return _RANK[self]

    @property
    def japanese(self) -> str:
        """The word that a Japanese company prints on the document."""
        return _JAPANESE[self]


_RANK = {level: rank for rank, level in enumerate(Level)}
_JAPANESE = {
    Level.PUBLIC: "公開",
    Level.INTERNAL: "社内一般",
    Level.CONFIDENTIAL: "社外秘",
    Level.RESTRICTED: "秘",
    Level.SECRET: "極秘",
}


class Flag(StrEnum):
    """What the asset register 情報資産台帳 says beside the level. A flag narrows zones and opens none."""

    THIRD_PARTY_NDA = "third_party_nda"  # 第三者との秘密保持契約の対象
    EXPORT_CONTROLLED = "export_controlled"  # 外為法該当, or not judged yet


def highest(levels: Iterable[Level]) -> Level:
    """The most sensitive of the levels; raises ValueError for none, because none is doubt."""
    return max(levels, key=lambda level: level.rank)
