"""Markings that a company prints on a document: 社外秘, 秘, 極秘 and their English counterparts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page

_JAPANESE = {
    Kind.MARKING_SECRET: ("極秘", "厳秘", "最高機密", "機密性3"),
    Kind.MARKING_RESTRICTED: (
        "関係者限り",
        "関係者限",
        "関係者外秘",
        "関係者以外秘",
        "取扱者限り",
        "部外秘",
        "部内限り",
        "親展",
        "人事秘",
        "役員限り",
        "秘",
    ),
    Kind.MARKING_CONFIDENTIAL: (
        *(
            "社外秘",
            "機密性2",
            "取扱注意",
            "取扱い注意",
            "社外持出禁止",
            "社外持ち出し禁止",
            "持出禁止",
            "社内限り",
            "社内限",
        ),
        *("社内限定", "転載禁止・社内限り", "機密情報", "対外秘"),
    ),
}
_ENGLISH = {
    Kind.MARKING_SECRET: r"TOP SECRET",
    Kind.MARKING_RESTRICTED: r"STRICTLY CONFIDENTIAL|HIGHLY CONFIDENTIAL|RESTRICTED|EYES ONLY",
    Kind.MARKING_CONFIDENTIAL: r"CONFIDENTIAL|INTERNAL USE ONLY|COMPANY CONFIDENTIAL|PROPRIETARY|DO NOT DISTRIBUTE",
}
_MIXED_CASE = {
    Kind.MARKING_SECRET: r"Top Secret",
    Kind.MARKING_RESTRICTED: r"(?:Strictly|Highly) Confidential",
    Kind.MARKING_CONFIDENTIAL: (
        r"(?:Company )?Confidential(?: ?[-/–] ?Internal Use Only)?|(?:Company |For )?(?:Internal|Official) Use Only"
        r"|Strictly Private"
    ),
}
_STAMP = {Kind.MARKING_RESTRICTED: "㊙"}
# What stands around a marking on its line: brackets and ornaments, page numbers, or a gap as wide as a column.
_OPENS = r"(?:^|[ \t]{2}|\f)[ \t]*[-=*_#■□◆◇●○★☆※~|/<(\[【《〈『〔{■]{0,8}[ \t]*"
_CLOSES = (
    r"[ \t]*[-=*_#■□◆◇●○★☆※~|/>)\]】》〉』〕}]{0,8}"
    r"(?:[ \t]*$|[ \t]{2}|\f|[ \t]*[-(]?[0-9]{1,3}[)/ -]{0,3}[0-9]{0,3}[ \t]*$)"
)
_EDGES = rf"{_OPENS}(?P<edge>WORDS){_CLOSES}|^[ \t]*「(?P<quoted>WORDS)」[ \t]*$"
# 極秘 取扱者限定, 秘(人事部限り): it says whom it is for
_READERS = (
    r"^[ \t]*[-=*_#■□◆◇●○★☆※~|/<(\[【《〈『〔{■]{0,8}[ \t]*(?P<readers>WORDS)[ \t]{0,2}[\])】》〉』〕}]{0,2}"
    r"[ \t(/:-]{1,3}[^\n。、「」]{1,16}(?:限り|限定|のみ|まで|以外(?:閲覧)?(?:禁止|不可))[ \t)\]】》〉』〕}]{0,4}$"
)
_BRACKETED = (
    r"(?:^|\f)[ \t]*[【\[(《〈<■『〔][ \t]*(?P<bracketed>WORDS)(?:[ \t/・-][^\n「」、。]{0,24}?)?"
    r"[ \t]*[\])】》〉>■』〕]"
    r"|[【\[(《〈<『〔][ \t]*(?P<last>WORDS)[ \t]*[\])】》〉>』〕][ \t]*$"
    r"|【[ \t]*(?P<named>WORDS)[ \t]*】(?![【「、・のとやをがはにも])"  # in a subject, a title, a file name
)
_DECLARED = (
    r"(?:機密|秘密|情報|取扱い?|文書|開示|管理)(?:区分|レベル|ランク|分類|種別)[ \t]*[:はを\t"
    r"|,=][ \t]*[「【\[<(\"]?(?P<declared>WORDS)"
    r"(?![」】\]>)\"]?[「、,・/又及やとの一-龥])"
    r"|(?:本書|本件|本資料|当資料|本文書|この(?:資料|文書|書類|メール)|本メール)[^\n。]{0,12}?(?P<stated>WORDS)(?=です"
    r"|であ|とし|扱|。|に指定|につき)"
    r"|(?:[Cc]lassification|[Mm]arking|[Ss]ensitivity)[ \t]*[:=][ \t]*(?P<classified>WORDS)"
)
_UPPER_CASE = r"^(?=.{4,90}$).*?(?<![A-Za-z])(?P<upper>WORDS)(?![A-Za-z])"
_CLASSES = ("edge", "readers", "quoted", "bracketed", "last", "named", "declared", "stated", "classified", "upper")


@dataclass(frozen=True)
class Marking:
    """One rank of marking. In running text and in rules about markings the word is a subject."""

    kind: Kind
    pattern: re.Pattern[str]
    english: re.Pattern[str]
    words: re.Pattern[str]
    english_words: re.Pattern[str]

    @classmethod
    def of(cls, kind: Kind) -> "Marking":
        """The marking of one rank."""
        japanese = "|".join(_letter_spaced(word) for word in _JAPANESE[kind])
        words = "|".join(filter(None, (_STAMP.get(kind), japanese, _ENGLISH[kind], _MIXED_CASE[kind])))
        pattern = "|".join(shape.replace("WORDS", words) for shape in (_EDGES, _READERS, _BRACKETED, _DECLARED))
        english = _UPPER_CASE.replace("WORDS", _ENGLISH[kind])
        # "秘" stands in many words; alone or spaced it needs no more than the shapes above
        mentioned = "|".join(filter(None, (_STAMP.get(kind), japanese, _ENGLISH[kind], _MIXED_CASE[kind])))
        return cls(
            kind,
            re.compile(pattern, re.MULTILINE),
            re.compile(english, re.MULTILINE),
            re.compile(mentioned),
            re.compile(_ENGLISH[kind]),
        )

    def find(self, page: Page) -> Iterator[Finding]:
        """At a line's edge, in brackets there, declared as the document's class, or in capitals on a short line."""
        for low, high in self._lines(page.text) if page.mentions(self.words) else ():
            shapes = (
                (self.pattern, self.english) if self.english_words.search(page.text, low, high) else (self.pattern,)
            )
            for match in (match for shape in shapes for match in shape.finditer(page.text, low, high)):
                group = next(name for name in _CLASSES if match.groupdict().get(name))
                yield Finding(self.kind, match.start(group), match.end(group), 0.9)

    def _lines(self, text: str) -> Iterator[tuple[int, int]]:
        """The lines that have a word of this rank."""
        high = -1
        for word in self.words.finditer(text):
            if word.start() > high:
                low, high = text.rfind("\n", 0, word.start()) + 1, text.find("\n", word.end())
                high = high if high >= 0 else len(text)
                yield low, high


def _letter_spaced(word: str) -> str:
    if len(word) == 1:
        return f"(?<![一-龥ァ-ヶ]){word}(?![一-龥ァ-ヶ])"
    return "[ \\t]{0,2}".join(re.escape(letter) for letter in word)
