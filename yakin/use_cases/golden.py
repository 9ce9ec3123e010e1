"""Golden items: documents with the answer that a person gave, and how far another answer agrees with it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from yakin.domain.asking import AnswerFields
from yakin.domain.levels import Level


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
        agreeing = sum(_agrees(value, answer.get(name)) for name, value in self.expected.items())
        return agreeing / len(self.expected)


def _agrees(expected: object, given: object) -> bool:
    if isinstance(expected, dict):
        words = cast("list[str]", expected["contains"])
        return isinstance(given, str) and all(_plain(word) in _plain(given) for word in words)
    if isinstance(expected, list) and isinstance(given, list):
        return sorted(map(_plain, expected)) == sorted(map(_plain, given))
    if isinstance(expected, str) and isinstance(given, str):
        return _plain(expected) == _plain(given)
    return type(expected) is type(given) and expected == given


def _plain(value: object) -> str:
    """Text as a person compares it: full-width, case and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", str(value)).casefold().split())
