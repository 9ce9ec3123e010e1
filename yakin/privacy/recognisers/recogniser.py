"""What every recogniser promises."""

from collections.abc import Iterator
from typing import Protocol

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page


class Recogniser(Protocol):
    """Finds one kind in a page. Offsets are those of the page's folded text; findings may overlap."""

    @property
    def kind(self) -> Kind:
        """The kind that it finds."""
        ...

    def find(self, page: Page) -> Iterator[Finding]:
        """Every finding, in any order."""
        ...
