"""Dates of birth: a date with a label, or a date that somebody was born on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page

_LABELS = re.compile(r"生年月日|誕生日|生まれ|出生|birth ?(?:date|day)|date of birth|d\.?o\.?b\.?|born", re.IGNORECASE)
_YEAR = r"(?:(?:19|20)[0-9]{2}|(?:明治|大正|昭和|平成|令和|[MTSHR]) ?(?:元|[0-9]{1,2}))"
_DATE = re.compile(
    rf"(?<![0-9A-Za-z]){_YEAR} ?(?:年 ?[0-9]{{1,2}} ?月 ?[0-9]{{1,2}} ?日|[-/.] ?[0-9]{{1,2}} ?"
    rf"[-/.] ?[0-9]{{1,2}}(?![0-9]))"
    r"|(?<![0-9A-Za-z])(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z/])[0-9]{1,2}/[0-9]{1,2}/(?:19|20)[0-9]{2}(?![0-9])"
    r"|(?<![A-Za-z])(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? [0-9]{1,2}(?:st"
    r"|nd|rd|th)?,? (?:19|20)[0-9]{2}"
    r"|(?<![0-9])[0-9]{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?,? (?:19|20)[0-9]{2}"
)
_BORN_FOLLOWS = re.compile(r"[ (]{0,2}(?:生まれ|うまれ|生(?![一-龥]))")


@dataclass(frozen=True)
class BirthDate:
    """Western and Japanese years, with a label near by, over the column, or 生まれ after it."""

    kind: ClassVar[Kind] = Kind.BIRTH_DATE

    def find(self, page: Page) -> Iterator[Finding]:
        """Other dates are not personal."""
        if not page.has_digits or not (page.mentions(_LABELS) or "生" in page.text):
            return
        for match in _DATE.finditer(page.text):
            born = _BORN_FOLLOWS.match(page.text, match.end())
            if born or page.labelled(_LABELS, match.start(), match.end()):
                yield Finding(self.kind, match.start(), match.end(), 0.9)
