"""Dates of birth: a date with a label, or a date that somebody was born on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers.any_case import any_case

_LABELS = re.compile(
    "生年月日|誕生日|生まれ|出生|生年(?:月)?(?![一-龥])|セイネンガッピ|タンジョウビ|"
    + any_case("seinengappi", "tanjoubi", "date[ _]of[ _]birth")
    + "|"
    + any_case("birth[ _]?date", "birth[ _]?day", "birth", "dob", "d[.]o[.]b", "born", whole=True)
)
_KANJI = "[〇○零一二三四五六七八九十]"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_MONTH_AND_DAY = (
    r"(?: ?年(?:\([^)\n]{2,8}\))? ?[0-9]{1,2} ?月 ?[0-9]{1,2} ?日| ?[-/.] ?[0-9]{1,2} ?[-/.] ?[0-9]{1,2}(?![0-9]))"
)
_COMPACT = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9A-Za-z])"
_FROM_DIGIT = re.compile(
    rf"(?<![0-9A-Za-z])(?:(?:19|20)[0-9]{{2}}(?:{_MONTH_AND_DAY}|{_COMPACT}|[ -]{_MONTH}[ -][0-9]{{1,2}}(?![0-9]))"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH},?[ -](?:19|20)[0-9]{{2}})"
    r"|(?<![0-9A-Za-z/.-])[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:19|20)[0-9]{2}(?![0-9])"
)
_YEAR_OF_ERA = rf" ?(?:元|[0-9]{{1,2}}){_MONTH_AND_DAY}"
_FROM_WORD = re.compile(
    "|".join(
        f"{era}(?:{_YEAR_OF_ERA}|(?:元|{_KANJI}{{1,3}})年{_KANJI}{{1,2}}月{_KANJI}{{1,3}}日)"
        for era in ("明治", "大正", "昭和", "平成", "令和")
    )
    + "|"
    + "|".join(f"{era}(?=[0-9 ]){_YEAR_OF_ERA}" for era in "明大昭平令")
    + "|"
    + "|".join(rf"{era}(?<![A-Za-z0-9]{era})(?:{_YEAR_OF_ERA}|[0-9]{{2}}{_COMPACT})" for era in "MTSHR")
    + "|"
    + "|".join(f"{first}{_KANJI}{{3}}年{_KANJI}{{1,2}}月{_KANJI}{{1,3}}日" for first in "一二")
    + "|"
    + "|".join(
        rf"{name}(?<![A-Za-z]{name})[a-z]{{0,6}}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}}"
        for name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    )
)
_BORN = re.compile(r"[0-9日][ )]{0,2}(?:生|うまれ)")
_BORN_FOLLOWS = re.compile(r"[ (]{0,2}(?:生まれ|うまれ|生(?![一-龥])|born)")
_OTHER_DATES = re.compile(r"日付|[^生月]日$|(?<!生)年月|期限|期間|満了|取得|[Dd]ate|入社|採用|登録|更新")


@dataclass(frozen=True)
class BirthDate:
    """Western and Japanese years, with a label near by, over the column, or 生まれ after it."""

    kind: ClassVar[Kind] = Kind.BIRTH_DATE

    def find(self, page: Page) -> Iterator[Finding]:
        """Other dates are not personal."""
        if not page.mentions(_LABELS) and not _BORN.search(page.text):
            return
        for match in (*page.at_numbers(_FROM_DIGIT), *page.finditer(_FROM_WORD)):
            born = _BORN_FOLLOWS.match(page.text, match.end())
            named = born or page.labelled(_LABELS, match.start(), match.end())
            if named or page.in_row(_LABELS, _OTHER_DATES, match.start()):
                yield Finding(self.kind, match.start(), match.end(), 0.9)
