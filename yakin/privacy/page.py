"""A text prepared once for all recognisers: folded, with its numbers, tables and words at hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from yakin.privacy.folding import Folded, fold
from yakin.privacy.tables import Tables
from yakin.privacy.tokens import TOKEN

BEFORE = 24  # characters in which a label counts, spaces collapsed
AFTER = 12
_LONGEST = 19  # digits of the longest payment card
_DIGITS = re.compile(r"[0-9]+")
_GAP = re.compile(r" ?[-ー・]? ?|[ \t]*[-ー・]?[ \t]*\r?\n[ \t]*[-ー・]?[ \t]*")
_SPACES = re.compile(r"\s+")
# What a label looks like, so that the nearest one wins: 個人番号は不要。注文番号 1234… is an order number.
_LABEL = re.compile(
    r"(?:[一-龥々ァ-ヶー]{1,8}|[A-Za-z]{2,12} ?)(?:番号|コード|ナンバー|(?:No|NO)\.?|ID|#)"
    r"|型番|品番|図番|JAN|ロット|電話|TEL|FAX|金額|数量|単価|合計"
)


@dataclass(frozen=True, slots=True, repr=False)
class Number:
    """Digits with single separators or line breaks between them."""

    digits: str
    start: int
    end: int
    groups: tuple[int, ...]  # how many digits each group has


class Page:
    """The folded text of one document. Masking tokens are blanked: they are neither value nor context."""

    def __init__(self, text: str) -> None:
        self.folded: Folded = fold(text)
        self._mentioned: dict[re.Pattern[str], bool] = {}
        self.text = TOKEN.sub(lambda token: "■" * len(token.group()), self.folded.text)

    @cached_property
    def tables(self) -> Tables:
        """Rows and columns of comma-, tab- or bar-separated blocks."""
        return Tables(self.text)

    @cached_property
    def has_digits(self) -> bool:
        """Whether there is any digit at all."""
        return _DIGITS.search(self.text) is not None

    @cached_property
    def _numbers(self) -> dict[int, list[Number]]:
        runs = [match.span() for match in _DIGITS.finditer(self.text)]
        found: dict[int, list[Number]] = {}
        for first in range(len(runs)):
            for number in self._from_run(runs, first):
                found.setdefault(len(number.digits), []).append(number)
        return found

    def _from_run(self, runs: list[tuple[int, int]], first: int) -> Iterator[Number]:
        digits = ""
        groups: tuple[int, ...] = ()
        for index in range(first, len(runs)):
            start, end = runs[index]
            if index > first and (
                len(digits) + end - start > _LONGEST or not _GAP.fullmatch(self.text, runs[index - 1][1], start)
            ):
                return
            digits += self.text[start:end]
            groups = (*groups, end - start)
            if 6 <= len(digits) <= _LONGEST:
                yield Number(digits, runs[first][0], end, groups)

    def numbers(self, length: int) -> list[Number]:
        """Every way to read that many digits, unbroken or broken by spaces, hyphens, line breaks."""
        return self._numbers.get(length, [])

    def before(self, start: int, width: int = BEFORE) -> str:
        """What precedes a span, white space collapsed."""
        return _SPACES.sub(" ", self.text[max(0, start - width * 3) : start])[-width:]

    def after(self, end: int, width: int = AFTER) -> str:
        """What follows a span, white space collapsed."""
        return _SPACES.sub(" ", self.text[end : end + width * 2])[:width]

    def labelled(self, labels: re.Pattern[str], start: int, end: int) -> bool:
        """Whether a label stands close before (and no other label between), in brackets after, or heads the column."""
        if not self.mentions(labels):
            return False
        window = self.before(start)
        named = max((match.end() for match in labels.finditer(window)), default=-1)
        if named >= 0 and named >= _nearest_other(window, labels):
            return True
        after = self.after(end)
        if after.lstrip()[:1] in {"(", "[", "<"} and labels.search(after):
            return True
        return labels.search(self.tables.heading(start)) is not None

    def labelled_otherwise(self, labels: re.Pattern[str], start: int) -> bool:
        """Whether any other label than these stands close before."""
        return _nearest_other(self.before(start), labels) >= 0

    def mentions(self, labels: re.Pattern[str]) -> bool:
        """Whether the words occur anywhere; remembered, because every candidate asks."""
        if labels not in self._mentioned:
            self._mentioned[labels] = labels.search(self.text) is not None
        return self._mentioned[labels]

    def otherwise_labelled(self, labels: re.Pattern[str], start: int) -> bool:
        """Whether the nearest label before a span names something else."""
        if not self.mentions(labels):
            return False
        window = self.before(start, 16)
        return labels.search(window) is not None or labels.search(self.tables.heading(start)) is not None

    def touches_word(self, start: int, end: int) -> bool:
        """Whether an ASCII letter, digit or underscore adjoins: then the span is a part of something longer."""
        beside = self.text[start - 1 : start] + self.text[end : end + 1]
        return any(character.isascii() and (character.isalnum() or character == "_") for character in beside)


def _nearest_other(window: str, labels: re.Pattern[str]) -> int:
    return max((match.end() for match in _LABEL.finditer(window) if not labels.search(match.group())), default=-1)
