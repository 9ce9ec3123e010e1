"""Markings that a company prints on a document: 社外秘, 秘, 極秘 and their English counterparts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page

_JAPANESE = {
    Kind.MARKING_SECRET: r"極秘|厳秘|機密性3|最高機密",
    Kind.MARKING_RESTRICTED: (
        r"関係者(?:限り?|外秘|以外秘)|取扱者限り|部外秘|親展|人事秘"
        r"|㊙|(?<![一-龥ぁ-んァ-ヶ])秘(?![一-龥ぁ-んァ-ヶ])"
    ),
    Kind.MARKING_CONFIDENTIAL: (
        r"社外秘|機密性2|取扱い?注意|社外持ち?出し?禁止|持出禁止|転載禁止・社内限り|社内限り?"
        r"|機密情報|Confidential"
    ),
}
_ENGLISH = {
    Kind.MARKING_SECRET: r"TOP SECRET",
    Kind.MARKING_RESTRICTED: r"STRICTLY CONFIDENTIAL|HIGHLY CONFIDENTIAL|RESTRICTED|EYES ONLY",
    Kind.MARKING_CONFIDENTIAL: r"CONFIDENTIAL|INTERNAL USE ONLY|COMPANY CONFIDENTIAL|PROPRIETARY|DO NOT DISTRIBUTE|"
    r"(?:Company |For )?(?:Internal|Official) Use Only|Company Confidential|Strictly Private",
}
_DECORATION = r"[ \t\-=*_#■□◆◇●○★※~|/・<>(\[【《〈「『〔{})\]】》〉」』〕}:.,0-9]*"
_BRACKETED = (
    r"[【\[(《〈<「『〔](?:[^\S\n]*)(?P<bracketed>{words})[^\S\n]*(?:[/／・ ]?[A-Za-z ]{{0,24}})[】\])》〉>」』〕]"
)
_ALONE = r"^{decoration}(?P<alone>{words}){decoration}(?:[A-Za-z一-龥 ]{{0,12}}(?:限り|のみ|まで)?{decoration})?$"
_DECLARED = (
    r"(?:機密|秘密|情報|取扱い?|文書|開示|管理)(?:区分|レベル|ランク|分類)[ \t]*[:はを\t"
    r"|,][ \t]*[「【]?(?P<declared>{words})"
    r"|(?:本書|本件|本資料|当資料|本文書|この(?:資料|文書|書類|メール)|本メール)[^\n。]{{0,12}}?(?P<stated>{words})(?=です"
    r"|であ|とし|扱|。|に指定)"
    r"|(?:classification|marking)[ \t]*:[ \t]*(?P<classified>{words})"
)
_UPPER_CASE = r"^(?=.{{4,90}}$).*?(?<![A-Za-z])(?P<upper>{words})(?![A-Za-z])"
_CLASSES = ("bracketed", "alone", "declared", "stated", "classified", "upper")


@dataclass(frozen=True)
class Marking:
    """One rank of marking. In running text the word is a subject, not a marking."""

    kind: Kind
    pattern: re.Pattern[str]
    english: re.Pattern[str]
    words: re.Pattern[str]

    @classmethod
    def of(cls, kind: Kind) -> "Marking":
        """The marking of one rank."""
        words = f"{_JAPANESE[kind]}|{_ENGLISH[kind]}"
        shapes = (_BRACKETED, _ALONE, _DECLARED)
        pattern = "|".join(shape.format(words=words, decoration=_DECORATION) for shape in shapes)
        english = _UPPER_CASE.format(words=_ENGLISH[kind])
        return cls(kind, re.compile(pattern, re.MULTILINE), re.compile(english, re.MULTILINE), re.compile(words))

    def find(self, page: Page) -> Iterator[Finding]:
        """In brackets, alone on a line, declared as the document's class, or in capitals in a short line."""
        if not self.words.search(page.text):
            return
        for match in (*self.pattern.finditer(page.text), *self.english.finditer(page.text)):
            group = next(name for name in _CLASSES if match.groupdict().get(name))
            yield Finding(self.kind, match.start(group), match.end(group), 0.9)
