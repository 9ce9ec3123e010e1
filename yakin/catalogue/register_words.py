"""The words that Japanese companies write into an asset register 情報資産台帳, and what they mean here."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from yakin.domain.levels import Level


class Field(StrEnum):
    """What a column of the register says."""

    PLACE = "place"
    DEPARTMENT = "department"
    OWNER = "owner"
    LEVEL = "level"
    NDA = "nda"
    EXPORT = "export"


class Scale(StrEnum):
    """How the register grades: in words, by 機密性 3/2/1, or A/B/C."""

    WORDS = "words"
    KIMITSUSEI = "kimitsusei"
    ABC = "abc"


# The first name that a register has is taken: where it gives a path and a name of the asset, the path counts.
COLUMNS: Mapping[Field, tuple[str, ...]] = {
    Field.PLACE: (
        *(
            "パス",
            "フォルダパス",
            "フォルダ",
            "フォルダー",
            "フォルダ名",
            "保管場所",
            "保存先",
            "保存場所",
            "格納場所",
            "格納先",
        ),
        *("path", "folderpath", "folder", "location", "storagelocation", "prefix", "uri", "url"),
        *("資産名", "資産名称", "情報資産名", "情報資産名称", "情報資産", "asset", "assetname"),
    ),
    Field.DEPARTMENT: (
        *("部門", "部署", "部門名", "部署名", "管理部門", "管理部署", "所管部門", "所管部署", "主管部門", "主管部署"),
        *("担当部門", "担当部署", "department", "division", "section", "owningdepartment"),
    ),
    Field.OWNER: (
        *("管理者", "責任者", "管理責任者", "情報管理責任者", "資産管理者", "オーナー"),
        *("owner", "assetowner", "manager", "responsible", "custodian"),
    ),
    Field.LEVEL: (
        *("機密区分", "秘密区分", "情報区分", "機密レベル", "機密度", "重要度", "機密性", "秘密度"),
        *("level", "classification", "sensitivity", "confidentiality", "importance"),
    ),
    Field.NDA: (
        *(
            "第三者nda",
            "nda",
            "nda有無",
            "ndaの有無",
            "nda対象",
            "秘密保持契約",
            "秘密保持契約の有無",
            "第三者秘密保持契約",
        ),
        *("thirdpartynda", "nondisclosureagreement"),
    ),
    Field.EXPORT: (
        *("外為法該非", "該非判定", "該非判定結果", "該非", "外為法", "外為法該非判定", "輸出管理", "安全保障輸出管理"),
        *("exportcontrol", "exportcontrolled"),
    ),
}
# A column that speaks of these and is not understood must not be passed over in silence.
MUST_NOT_BE_MISSED = ("nda", "秘密保持", "外為", "該非", "輸出管理", "exportcontrol")

_WORDS: Mapping[str, Level] = {
    "極秘": Level.SECRET,
    "秘": Level.RESTRICTED,
    "丸秘": Level.RESTRICTED,
    "部外秘": Level.RESTRICTED,
    "関係者外秘": Level.RESTRICTED,
    "関係者限り": Level.RESTRICTED,
    "社外秘": Level.CONFIDENTIAL,
    "取扱注意": Level.CONFIDENTIAL,
    "社内": Level.INTERNAL,
    "社内一般": Level.INTERNAL,
    "社内限り": Level.INTERNAL,
    "社内限": Level.INTERNAL,
    "公開": Level.PUBLIC,
    "一般公開": Level.PUBLIC,
    "社外公開": Level.PUBLIC,
    **{str(level): level for level in Level},
}
# 機密性3 takes in 極秘 and 秘 (政府統一基準); where a grade takes in two levels the more sensitive one counts.
_GRADES = {"3": Level.SECRET, "2": Level.CONFIDENTIAL, "1": Level.INTERNAL}
_SCALES: Mapping[Scale, Mapping[str, Level]] = {
    Scale.WORDS: {},
    Scale.KIMITSUSEI: {**_GRADES, **{f"機密性{grade}": level for grade, level in _GRADES.items()}},
    Scale.ABC: {"a": Level.SECRET, "b": Level.CONFIDENTIAL, "c": Level.INTERNAL},
}

_YES = frozenset(
    ("○", "〇", "◯", "●", "✓", "✔", "レ", "有", "有り", "あり", "該当", "該当する", "対象", "要", "締結", "締結済")
)
_NO = frozenset(
    ("×", "✕", "x", "無", "無し", "なし", "非該当", "該当しない", "対象外", "不要", "no", "n", "false", "0")
)
_ENGLISH_YES = frozenset(("yes", "y", "true", "1"))
_NOTHING = frozenset(("", "-", "ー", "―", "‐", "—"))
_NOT_JUDGED = frozenset(("未判定", "未", "判定中", "判定待ち", "不明", "要確認", "要判定", "?", "pending", "unknown"))


def folded(cell: str) -> str:
    """One spelling: full-width and half-width, case and spaces do not matter."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell)).lower()


def column_name(cell: str) -> str:
    """A column's name without hyphens and without its remarks in brackets."""
    return re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】|[-_・]", "", folded(cell))


def levels_of(scale: Scale, own: Mapping[str, Level]) -> Mapping[str, Level]:
    """What each word of the level column means; a company's own words come last."""
    return {**_WORDS, **_SCALES[scale], **{folded(word): level for word, level in own.items()}}


def nda_flag(cell: str) -> bool | None:
    """Whether a third party's contract covers it; None for a word that is not known."""
    word = folded(cell)
    if word in _YES | _ENGLISH_YES:
        return True
    return False if word in _NO | _NOTHING else None


def export_flag(cell: str) -> bool | None:
    """Whether it counts as export-controlled: what is not judged, or left empty, does. None: not known."""
    word = folded(cell)
    if word in _YES | _ENGLISH_YES | _NOT_JUDGED | _NOTHING:
        return True
    return False if word in _NO else None
