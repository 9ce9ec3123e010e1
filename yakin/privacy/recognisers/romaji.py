"""Japanese names in Latin letters: from kana, and one spelling for Hepburn, Kunrei and passport style."""

import re

_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "y": "ヤ-ユ-ヨ", "r": "ラリルレロ", "w": "ワヰ-ヱヲ", "g": "ガギグゲゴ", "z": "ザジズゼゾ",
    "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ",
}  # fmt: skip
_KANA = {kana: consonant + vowel for consonant, row in _ROWS.items() for kana, vowel in zip(row, "aiueo", strict=True)}
_KANA |= {
    "シ": "shi",
    "チ": "chi",
    "ツ": "tsu",
    "フ": "fu",
    "ジ": "ji",
    "ヂ": "ji",
    "ヅ": "zu",
    "ヲ": "o",
    "ン": "n",
    "ヴ": "vu",
    "ー": "",
}
_SMALL = {"ャ": "ya", "ュ": "yu", "ョ": "yo", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_SPELLINGS = (
    (re.compile(r"sy(?=[auo])"), "sh"),
    (re.compile(r"(?:ty|cy)(?=[auo])"), "ch"),
    (re.compile(r"(?:zy|jy)(?=[auo])"), "j"),
    (re.compile(r"(?<![csk])hu"), "fu"),
    (re.compile(r"(?<!s)si"), "shi"),
    (re.compile(r"ti"), "chi"),
    (re.compile(r"tu"), "tsu"),
    (re.compile(r"zi"), "ji"),
    (re.compile(r"tch"), "cch"),
    (re.compile(r"m(?=[bp])"), "n"),
    (re.compile(r"o[uh](?![aiueo])|oo"), "o"),
    (re.compile(r"uu"), "u"),
)
_MORAE = re.compile(
    r"(?:(?:[kgnhbpmr]y|sh|ch|ts|[kgsztdnhbpmrfjyw])?(?:oh(?![aiueo])|[aiueo])|[nm](?![aiueoy])|t(?=ch)|([kstpc])(?=\1))+"
)


def romaji(kana: str) -> str:
    """Hepburn of katakana, long vowels as they are written; nothing for anything else."""
    out, double = "", False
    for one in kana:
        if one == "ッ":
            double = True
            continue
        if one in _SMALL and out:
            if _SMALL[one][0] == "y" and out[-1] == "i":
                out = out[:-1] + (_SMALL[one][1:] if out.endswith(("shi", "chi", "ji")) else _SMALL[one])
            else:
                out = out[:-1] + _SMALL[one]
            continue
        if one not in _KANA:
            return ""
        sound = _KANA[one]
        out += (sound[:1] if double else "") + sound
        double = False
    return out


def plain_romaji(word: str) -> str:
    """One spelling for one name: Satoh, Satou and Sato; Simizu and Shimizu."""
    word = word.lower().replace("'", "").replace("-", "")
    for pattern, spelling in _SPELLINGS:
        word = pattern.sub(spelling, word)
    return word


def sounds_japanese(word: str) -> bool:
    """Whether Latin letters can be read as kana, two or more."""
    word = word.lower()
    return len(word) > 2 and _MORAE.fullmatch(word) is not None
