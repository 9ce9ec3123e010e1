"""Golden items: documents with the answer that a person gave, and how far another answer agrees with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yakin.domain.asking import AnswerFields
from yakin.domain.levels import Level
from yakin.use_cases.scoring import field_scores, mean_score


@dataclass(frozen=True, slots=True)
class GoldenItem:
    """One labelled document: its text, or the path of a sample that has to be read first.

    `expected` holds the fields that are compared, not necessarily all of them. A value
    `{"contains": ["…", …]}` asks that a text holds each of the words.
    """

    id: str
    document: str | Path
    expected: Mapping[str, object]
    level: Level

    def agreement(self, answer: AnswerFields) -> float:
        """The share of the expected fields that the answer has right, 0..1."""
        return mean_score(field_scores(self.expected, answer))
