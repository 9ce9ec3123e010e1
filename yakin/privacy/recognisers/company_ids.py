"""Numbers that only this company knows: employee, customer and member numbers, from its own patterns."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.errors import UsageError
from yakin.privacy.page import Page


@dataclass(frozen=True)
class CompanyIds:
    """Patterns by name; they see the folded text (ASCII digits and hyphens)."""

    patterns: tuple[re.Pattern[str], ...]
    kind: ClassVar[Kind] = Kind.COMPANY_ID

    @classmethod
    def of(cls, patterns: Mapping[str, str]) -> "CompanyIds":
        """Compiles the patterns; raises UsageError that names the pattern that cannot be used."""
        return cls(tuple(_compiled(name, pattern) for name, pattern in patterns.items()))

    def find(self, page: Page) -> Iterator[Finding]:
        """Every match of every pattern that does not lie inside a longer word."""
        for pattern in self.patterns:
            for match in pattern.finditer(page.text):
                if match.start() < match.end() and not page.touches_word(match.start(), match.end()):
                    yield Finding(self.kind, match.start(), match.end(), 1.0)


def _compiled(name: str, pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise UsageError(f"company pattern {name}: not a regular expression ({error.msg}); correct it") from None
    if compiled.search("") is not None:
        raise UsageError(f"company pattern {name}: matches nothing at all; make it match at least one character")
    return compiled
