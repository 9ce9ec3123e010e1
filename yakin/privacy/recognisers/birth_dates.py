"""Dates of birth: a date with a label, or a date that somebody was born on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page

_LABELS = re.compile(
    r"生年月日|誕生日|生まれ|出生|生年(?:月)?(?![一-龥])|セイネンガッピ|タンジョウビ|seinengappi|tanjoubi"
    r"|(?<![a-z])birth(?:[ _]?(?:date|day))?(?![a-z])|date[ _]of[ _]birth|(?<![a-z])d\.?o\.?b(?![a-z])"
    r"|(?<![a-z])born(?![a-z])",
    re.IGNORECASE,
)
_ERA = r"(?:明治|大正|昭和|平成|令和|[明大昭平令](?=[0-9 ])|(?<![A-Za-z])[MTSHR])"
_KANJI = "[〇○零一二三四五六七八九十]"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?:19|20)[0-9]{{2}}|{_ERA} ?(?:元|[0-9]{{1,2}}))"
    rf"(?: ?年(?:\([^)\n]{{2,8}}\))? ?[0-9]{{1,2}} ?月 ?[0-9]{{1,2}} ?日| ?[-/.] ?[0-9]{{1,2}} ?[-/.] ?[0-9]{{1,2}}(?![0-9]))"
    rf"|(?<![0-9A-Za-z])(?:(?:19|20)[0-9]{{2}}|[MTSH](?=[0-9]))(?:[0-9]{{2}}(?=[01][0-9]{{3}}))?"
    rf"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9A-Za-z])"
    rf"|(?:(?:明治|大正|昭和|平成|令和)(?:元|{_KANJI}{{1,3}})|[一二]{_KANJI}{{3}})年{_KANJI}{{1,2}}月{_KANJI}{{1,3}}日"
    rf"|(?<![0-9A-Za-z/.-])[0-9]{{1,2}}([/.-])[0-9]{{1,2}}\1(?:19|20)[0-9]{{2}}(?![0-9])"
    rf"|(?<![A-Za-z]){_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}}"
    rf"|(?<![0-9A-Za-z])(?:(?:19|20)[0-9]{{2}}[ -]{_MONTH}[ -][0-9]{{1,2}}(?![0-9])"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH},?[ -](?:19|20)[0-9]{{2}})"
)
_BORN = re.compile(r"[0-9日][ )]{0,2}(?:生|うまれ)")
_BORN_FOLLOWS = re.compile(r"[ (]{0,2}(?:生まれ|うまれ|生(?![一-龥])|born)")


@dataclass(frozen=True)
class BirthDate:
    """Western and Japanese years, with a label near by, over the column, or 生まれ after it."""

    kind: ClassVar[Kind] = Kind.BIRTH_DATE

    def find(self, page: Page) -> Iterator[Finding]:
        """Other dates are not personal."""
        if not page.mentions(_LABELS) and not _BORN.search(page.text):
            return
        for match in page.finditer(_DATE):
            born = _BORN_FOLLOWS.match(page.text, match.end())
            if born or page.labelled(_LABELS, match.start(), match.end()):
                yield Finding(self.kind, match.start(), match.end(), 0.9)
