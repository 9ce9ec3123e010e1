"""A level that a named person set: the only way down, and only from what that person saw."""

from collections.abc import Mapping
from dataclasses import dataclass

from yakin.domain.evidence import Kind
from yakin.domain.levels import Level


@dataclass(frozen=True, slots=True)
class Review:
    """The newest review of a document: the level set, and what the reviewer had before their eyes.

    Who and why stay in the row: outside of it a review is known by its id.
    """

    review_id: int
    level: Level
    baseline: Level
    counts: Mapping[Kind, int]
    dismissed: frozenset[Kind] = frozenset()

    def saw(self, kind: Kind, at_least: int) -> bool:
        """Whether that many findings of the kind were there at the review."""
        return self.counts.get(kind, 0) >= at_least

    def dismisses(self, kind: Kind, count: int) -> bool:
        """Whether every one of these findings was called a false alarm; more than were seen are not."""
        return kind in self.dismissed and self.saw(kind, count)
